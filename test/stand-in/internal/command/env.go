// Package command is what each of the manager's commands does: checks in the manager's order, with its messages and SQLSTATEs, and
// its effects on the catalogs, on agents and on nodes.
package command

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"

	"antdb.io/stand-in/internal/catalog"
	"antdb.io/stand-in/internal/grammar"
)

// Env is the session a command runs in.
type Env struct {
	Store     catalog.Store // the session's own connection: what the command writes may roll back
	Flags     catalog.Store // autocommit: what is changed in place survives the command's failure
	Zone      string        // mgr_zone
	User      string        // the session's role
	Superuser bool
	Init      *InitOptions // session-global, as in the real one: options of one INIT or APPEND leak into the next
	Notice    func(severity, code, message string)
}

// InitOptions are the options initdb gets.
type InitOptions struct {
	Checksums  bool
	WalSegSize int
}

func (e *Env) notice(format string, args ...any) {
	e.Notice("NOTICE", "00000", fmt.Sprintf(format, args...))
}

func (e *Env) warning(format string, args ...any) {
	e.Notice("WARNING", "01000", fmt.Sprintf(format, args...))
}

func (e *Env) info(format string, args ...any) {
	e.Notice("INFO", "00000", fmt.Sprintf(format, args...))
}

// Failure is an ERROR with its SQLSTATE.
type Failure struct{ Code, Message, Detail, Hint string }

func (f *Failure) Error() string { return f.Message }

// SQLSTATEs the manager uses. Most of its errors carry none, which is XX000.
const (
	codeInternal  = "XX000"
	codeSyntax    = "42601"
	codeDuplicate = "42710"
	codeUndefined = "42704"
	codeInUse     = "55006"
)

// Fail makes an ERROR.
func Fail(code, format string, args ...any) *Failure {
	return &Failure{Code: code, Message: fmt.Sprintf(format, args...)}
}

// hinted adds a hint.
func (f *Failure) hinted(hint string) *Failure {
	f.Hint = hint
	return f
}

// AsFailure turns any error into an ERROR; one of the catalog's PostgreSQL keeps its code.
func AsFailure(err error) *Failure {
	var failure *Failure
	if errors.As(err, &failure) {
		return failure
	}
	var failed *pgconn.PgError
	if errors.As(err, &failed) {
		return &Failure{Code: failed.Code, Message: failed.Message, Detail: failed.Detail, Hint: failed.Hint}
	}
	return Fail(codeInternal, "%v", err)
}

// Run does one statement.
func Run(ctx context.Context, env *Env, statement grammar.Statement) (Result, error) {
	if !env.Superuser {
		if refusal := refuse(statement); refusal != nil {
			return Result{}, refusal
		}
	}
	switch s := statement.(type) {
	case grammar.AddHost:
		return tag("ADD HOST", addHost(ctx, env, s))
	case grammar.AlterHost:
		return tag("ALTER HOST", alterHost(ctx, env, s))
	case grammar.DropHost:
		return tag("DROP HOST", dropHost(ctx, env, s))
	case grammar.AddNode:
		return tag("ADD NODE", addNode(ctx, env, s))
	case grammar.AlterNode:
		return tag("ALTER NODE", alterNode(ctx, env, s))
	case grammar.DropNode:
		return tag("DROP NODE", dropNode(ctx, env, s))
	case grammar.SetClusterInit:
		return tag("SET CLUSTER INIT", setClusterInit(ctx, env))
	case grammar.Other:
		return Result{}, Fail("0A000", "the stand-in does not know this command: %s", s.Text)
	}
	return runCluster(ctx, env, statement)
}

// runCluster does the statements that give rows or reach beyond the catalogs.
func runCluster(ctx context.Context, env *Env, statement grammar.Statement) (Result, error) {
	if query, args, err := listQuery(ctx, env, statement); query != "" || err != nil {
		if err != nil {
			return Result{}, err
		}
		return selectRows(ctx, env, query, args...)
	}
	switch s := statement.(type) {
	case grammar.ListNodeSize:
		return listNodeSize(ctx, env, s)
	case grammar.Agent:
		return agents(ctx, env, s)
	case grammar.Deploy:
		return deploy(ctx, env, s)
	case grammar.InitAll:
		return initAll(ctx, env, s)
	case grammar.Power:
		return power(ctx, env, s)
	case grammar.Clean:
		return clean(ctx, env, s)
	case grammar.SetParam:
		if s.Reset {
			return tag("RESET PARAM", setParam(ctx, env, s))
		}
		return tag("SET PARAM", setParam(ctx, env, s))
	}
	return runMore(ctx, env, statement)
}

// NeedsTransaction reports whether the statement's writes are one transaction. Long commands that reach nodes run each of their
// writes alone: what they wrote before an error stays, as the real in-place updates do.
func NeedsTransaction(statement grammar.Statement) bool {
	switch statement.(type) {
	case grammar.AddHost, grammar.AlterHost, grammar.DropHost, grammar.AddNode, grammar.AlterNode, grammar.DropNode, grammar.SetParam:
		return true
	}
	return false
}

// refuse is what a role without rights hears. A LIST is a query: PostgreSQL itself refuses that.
func refuse(statement grammar.Statement) *Failure {
	const insufficient = "42501"
	switch s := statement.(type) {
	case grammar.ListHost, grammar.ListNode, grammar.ListParam, grammar.ListHba:
		return nil
	case grammar.Monitor:
		return Fail(insufficient, "permission denied for view monitor_all")
	case grammar.InitAll:
		return Fail(insufficient, "permission denied for view initall")
	case grammar.Power:
		return Fail(insufficient, "permission denied for view %s", map[bool]string{true: "startall", false: "stopall"}[s.Start])
	case grammar.Agent:
		return Fail(insufficient, "permission denied for function mgr_%s_agent_all", s.Verb)
	}
	return Fail(codeInternal, "permission denied")
}
