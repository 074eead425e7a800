package command

import (
	"context"

	"github.com/jackc/pgx/v5/pgproto3"

	"antdb.io/stand-in/internal/catalog"
	"antdb.io/stand-in/internal/grammar"
)

var showParamColumns = []pgproto3.FieldDescription{column("type", typeName), column("status", typeBool), column("message", typeText)}

func runMore(ctx context.Context, env *Env, statement grammar.Statement) (Result, error) {
	switch s := statement.(type) {
	case grammar.FlushParam:
		return tag("FLUSH PARAM", flushParam(ctx, env))
	case grammar.ShowParam:
		return showParam(ctx, env, s)
	}
	return Result{}, Fail("0A000", "the stand-in does not know this command")
}

func moreColumns(statement grammar.Statement) []pgproto3.FieldDescription {
	switch statement.(type) {
	case grammar.ShowParam:
		return showParamColumns
	}
	return nil
}

func reapplyHba(ctx context.Context, env *Env, nodes catalog.Nodes) error { return nil }

func alterNode(ctx context.Context, env *Env, s grammar.AlterNode) error { return nil }
