package command

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

	"antdb.io/stand-in/internal/agentrpc"
	"antdb.io/stand-in/internal/catalog"
	"antdb.io/stand-in/internal/grammar"
)

// call runs one request on a host's agent. It blocks as long as the agent, or the kernel's connect, does.
func call(ctx context.Context, env *Env, host catalog.Host, request agentrpc.Request) (string, error) {
	client := agentrpc.Client{Host: host.Address, Port: host.AgentPort, Notice: func(text string) { env.notice("%s", text) }}
	return client.Call(ctx, request)
}

func isUnreachable(err error) bool {
	var unreachable *agentrpc.UnreachableError
	return errors.As(err, &unreachable)
}

func reachable(ctx context.Context, host catalog.Host) bool {
	return agentrpc.Client{Host: host.Address, Port: host.AgentPort}.Reachable(ctx)
}

func agentColumns(s grammar.Agent) []pgproto3.FieldDescription {
	if s.Verb == "start" {
		return hostColumns
	}
	return statusColumns
}

func selectedHosts(ctx context.Context, env *Env, names []string) ([]catalog.Host, error) {
	hosts, err := env.Store.Hosts(ctx)
	if err != nil || names == nil {
		return hosts, err
	}
	if err := checkHosts(ctx, env, names); err != nil {
		return nil, err
	}
	var selected []catalog.Host
	for _, name := range names {
		for _, host := range hosts {
			if host.Name == name {
				selected = append(selected, host)
			}
		}
	}
	return selected, nil
}

// agents does START, STOP and MONITOR AGENT: a row for each host, one after the other, and never an ERROR for a dead one.
func agents(ctx context.Context, env *Env, s grammar.Agent) (Result, error) {
	hosts, err := selectedHosts(ctx, env, s.Hosts)
	if err != nil {
		return Result{}, err
	}
	rows := newTable(agentColumns(s))
	for _, host := range hosts {
		var status bool
		var text string
		switch s.Verb {
		case "start":
			status, text, err = startAgent(ctx, env, host)
		case "stop":
			status, text, err = stopAgent(ctx, env, host)
		default:
			status, text = reachable(ctx, host), "not running"
			if status {
				text = "running"
			}
		}
		if err != nil {
			return Result{}, err
		}
		rows.add(host.Name, status, text)
	}
	return rows.done(), ctx.Err()
}

func setHostCure(ctx context.Context, env *Env, host catalog.Host, allow bool) error {
	return env.Flags.Exec(ctx, `UPDATE pg_catalog.mgr_host SET allowcure = $2 WHERE oid = $1`, host.OID, allow)
}

func startAgent(ctx context.Context, env *Env, host catalog.Host) (bool, string, error) {
	if err := setHostCure(ctx, env, host, true); err != nil {
		return false, "", err
	}
	switch {
	case reachable(ctx, host):
		return true, "success", nil
	case host.Proto == "t":
		return false, "telnet not support yet", nil
	}
	return false, "could not establish host connection", nil
}

func stopAgent(ctx context.Context, env *Env, host catalog.Host) (bool, string, error) {
	if err := setHostCure(ctx, env, host, false); err != nil {
		return false, "", err
	}
	_, err := call(ctx, env, host, agentrpc.Request{Op: agentrpc.OpStopAgent})
	if err != nil && !isUnreachable(err) {
		return false, err.Error(), nil
	}
	for range 10 {
		if !reachable(ctx, host) {
			return true, "success", nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return false, "stop agent fail", nil
}

func deploy(ctx context.Context, env *Env, s grammar.Deploy) (Result, error) {
	hosts, err := selectedHosts(ctx, env, s.Hosts)
	if err != nil {
		return Result{}, err
	}
	rows := newTable(hostColumns)
	for _, host := range hosts {
		if reachable(ctx, host) {
			return Result{}, Fail(codeInUse, "on host \"%s\" the agent still running, please stop it before deploy", host.Name)
		}
		rows.add(host.Name, false, "could not establish host connection")
	}
	return rows.done(), nil
}
