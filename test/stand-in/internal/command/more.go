package command

import (
	"context"

	"github.com/jackc/pgx/v5/pgproto3"

	"antdb.io/stand-in/internal/grammar"
)

var (
	showParamColumns = []pgproto3.FieldDescription{column("type", typeName), column("status", typeBool), column("message", typeText)}
	rewindColumns    = []pgproto3.FieldDescription{column("mgr_failover_manual_rewind_func", typeBool)}
)

// runMore does the statements about a cluster that runs.
func runMore(ctx context.Context, env *Env, statement grammar.Statement) (Result, error) {
	switch s := statement.(type) {
	case grammar.FlushParam:
		return tag("FLUSH PARAM", flushParam(ctx, env))
	case grammar.FlushHost:
		return tag("FLUSH HOST", flushHost(ctx, env))
	case grammar.ShowParam:
		return showParam(ctx, env, s)
	case grammar.Monitor:
		return monitor(ctx, env, s)
	case grammar.MonitorHA:
		return monitorHA(ctx, env, s)
	case grammar.BootTime:
		return bootTime(ctx, env, s)
	case grammar.AddHba:
		return addHba(ctx, env, s)
	case grammar.DropHba:
		return dropHba(ctx, env, s)
	case grammar.ShowHba:
		return showHba(ctx, env, s)
	}
	return runMembership(ctx, env, statement)
}

// runMembership does the statements that change who is in the cluster and who is master.
func runMembership(ctx context.Context, env *Env, statement grammar.Statement) (Result, error) {
	switch s := statement.(type) {
	case grammar.Append:
		return appendNode(ctx, env, s)
	case grammar.Remove:
		return tag("REMOVE NODE", remove(ctx, env, s))
	case grammar.Failover:
		return failover(ctx, env, s)
	case grammar.Switchover:
		return switchover(ctx, env, s)
	case grammar.Rewind:
		return rewind(ctx, env, s)
	case grammar.Doctor:
		return doctor(ctx, env, s)
	case grammar.SetDoctor:
		return tag("SET DOCTOR", setDoctor(ctx, env, s))
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
	case grammar.AddHba, grammar.DropHba:
		return addHbaColumns
	case grammar.ShowHba:
		return showHbaColumns
	case grammar.Append, grammar.Failover, grammar.Switchover:
		return statusColumns
	case grammar.Rewind:
		return rewindColumns
	case grammar.Doctor:
		return doctorColumns(s.Start)
	}
	return nil
}
