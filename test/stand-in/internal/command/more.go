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
	case grammar.Monitor:
		return monitor(ctx, env, s)
	case grammar.MonitorHA:
		return monitorHA(ctx, env, s)
	case grammar.BootTime:
		return bootTime(ctx, env, s)
	case grammar.FlushHost:
		return tag("FLUSH HOST", flushHost(ctx, env))
	}
	return Result{}, Fail("0A000", "the stand-in does not know this command")
}

func moreColumns(statement grammar.Statement) []pgproto3.FieldDescription {
	switch s := statement.(type) {
	case grammar.ShowParam:
		return showParamColumns
	case grammar.Monitor:
		return monitorColumns
	case grammar.BootTime:
		return bootColumns
	case grammar.MonitorHA:
		columns, _, _ := haColumns(s.Columns)
		return columns
	}
	return nil
}

func reapplyHba(ctx context.Context, env *Env, nodes catalog.Nodes) error { return nil }
