package command

import (
	"context"
	"fmt"

	"antdb.io/stand-in/internal/agentrpc"
	"antdb.io/stand-in/internal/catalog"
)

// pingResult is what the manager knows of a node's process.
type pingResult int

const (
	pingOK pingResult = iota
	pingReject
	pingNoResponse
	pingAgentDown
)

func (p pingResult) alive() bool { return p == pingOK || p == pingReject }

// ping asks whether a node runs. Like the real one it looks the host up by ADDRESS, first row wins, and then the node by that host
// and the port: when two hosts share an address it errs, or asks about the wrong node.
func ping(ctx context.Context, env *Env, node catalog.Node) (pingResult, error) {
	hosts, err := env.Store.Hosts(ctx)
	if err != nil {
		return pingAgentDown, err
	}
	nodes, err := env.Store.Nodes(ctx)
	if err != nil {
		return pingAgentDown, err
	}
	for _, host := range hosts {
		if host.Address != node.Host.Address {
			continue
		}
		for _, other := range nodes.OnHost(host.OID) {
			if other.Port == node.Port {
				return pingAt(ctx, env, host, other)
			}
		}
		return pingAgentDown, Fail(codeInternal, "port \"%d\" does not exist in the node table", node.Port)
	}
	return pingAgentDown, Fail(codeInternal, "host\"%s\" does not exist in the host table", node.Host.Address)
}

func pingAt(ctx context.Context, env *Env, host catalog.Host, node catalog.Node) (pingResult, error) {
	answer, err := call(ctx, env, host, agentrpc.Request{Op: agentrpc.OpPing, Path: node.Path, Port: node.Port})
	switch {
	case ctx.Err() != nil:
		return pingAgentDown, ctx.Err()
	case isUnreachable(err):
		return pingAgentDown, nil
	case err != nil || answer == agentrpc.PingNoResponse:
		return pingNoResponse, nil
	case answer == agentrpc.PingReject:
		return pingReject, nil
	}
	return pingOK, nil
}

// needAgent raises the manager's ERROR when a host's agent cannot be reached.
func needAgent(ctx context.Context, host catalog.Host, commandName string) error {
	if reachable(ctx, host) {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return Fail(codeInternal, "[failed] agent on host(%s) may be not running, please check the agent is running, cmd(%s).", host.Address, commandName)
}

// reportCall is the NOTICE after each command an agent ran.
func reportCall(env *Env, address, name, params string, err error) {
	if err == nil {
		env.notice("[SUCCESS] host(%s) cmd(%s) params(%s).", address, name, params)
		return
	}
	env.notice("%s", fmt.Sprintf("[ERROR] host(%s), cmd(%s), params(%s), fail info(%s).", address, name, params, err))
}
