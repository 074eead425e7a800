package command

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"antdb.io/stand-in/internal/catalog"
	"antdb.io/stand-in/internal/grammar"
)

var (
	monitorColumns = []pgproto3.FieldDescription{column("nodename", typeName), column("nodetype", typeName), column("status", typeBool),
		column("description", typeText), column("host", typeName), column("port", typeInt4), column("recovery", typeName),
		column("boot time", typeText), column("nodezone", typeName)}
	bootColumns = []pgproto3.FieldDescription{column("nodename", typeName), column("nodetype", typeName), column("status", typeBool),
		column("description", typeText), column("host", typeName), column("boot time", typeText)}
)

const unknown = "unknown"

// seenNode is what MONITOR says of one node.
type seenNode struct {
	running     bool
	description string
	recovery    string
	bootTime    string
}

// monitor does MONITOR of nodes. It needs the gc: with the gc a member and down there are no rows at all, only an ERROR.
func monitor(ctx context.Context, env *Env, s grammar.Monitor) (Result, error) {
	nodes, err := monitored(ctx, env, s.Kinds, s.Names, s.Zone)
	if err != nil {
		return Result{}, err
	}
	rows := newTable(monitorColumns)
	for _, node := range nodes {
		seen, err := lookAt(ctx, env, node)
		if err != nil {
			return Result{}, err
		}
		want := map[bool]string{true: "false", false: "true"}[node.IsMaster()]
		if seen.recovery != want {
			env.warning("%s %s recovery status is %s", describeKind(node.Kind), node.Name, seen.recovery)
		}
		rows.add(node.Name, describeKind(node.Kind), seen.running, seen.description, node.Host.Address, node.Port, seen.recovery, seen.bootTime, node.Zone)
	}
	return rows.done(), ctx.Err()
}

// monitored selects the nodes of a MONITOR or SHOW BOOTTIME; the whole-cluster forms warn of nodes outside the cluster.
func monitored(ctx context.Context, env *Env, kinds []byte, names []string, zone string) (catalog.Nodes, error) {
	nodes, err := env.Store.Nodes(ctx)
	if err != nil {
		return nil, err
	}
	switch {
	case names != nil:
		return namedOfKind(nodes, kinds[0], names)
	case kinds != nil:
		return nodes.OfKind(kinds...), nil
	case zone != "":
		return slices.DeleteFunc(nodes, func(node catalog.Node) bool { return node.Zone != zone }), nil
	}
	nodes = nodes.OfKind('g', 'p', 'c', 's', 'd', 'b')
	return nodes, warnOutside(ctx, env)
}

func namedOfKind(nodes catalog.Nodes, kind byte, names []string) (catalog.Nodes, error) {
	var selected catalog.Nodes
	for _, name := range names {
		node, found := nodes.Named(name)
		if !found || node.Kind != kind {
			return nil, Fail(codeInternal, "%s \"%s\" does not exist", shortKind(kind), name)
		}
		selected = append(selected, node)
	}
	return selected, nil
}

// lookAt asks one node's agent, and the node itself for its recovery state and start time.
func lookAt(ctx context.Context, env *Env, node catalog.Node) (seenNode, error) {
	gcMember, err := checkGtm(ctx, env)
	if err != nil {
		return seenNode{}, err
	}
	out := seenNode{recovery: unknown, bootTime: unknown}
	status, err := ping(ctx, env, node)
	if err != nil {
		return out, err
	}
	switch status {
	case pingOK:
		out.running, out.description = true, "running"
		if gcMember {
			out.recovery, out.bootTime = askNode(ctx, node)
		}
	case pingReject:
		out.description = rejection(ctx, node)
	case pingNoResponse:
		out.description = "not running"
	case pingAgentDown:
		out.description = "could not connect socket for agent \"" + node.Host.Address + "\""
	}
	return out, nil
}

// checkGtm raises the ERROR that makes MONITOR useless without the gc, and says whether the gc is a member.
func checkGtm(ctx context.Context, env *Env) (bool, error) {
	nodes, err := env.Store.Nodes(ctx)
	if err != nil {
		return false, err
	}
	masters := nodes.OfKind('g')
	if len(masters) == 0 {
		return false, Fail(codeInternal, "gtm master does not exist in node table")
	}
	gc := masters[0]
	if !gc.InCluster {
		return false, nil
	}
	status, err := ping(ctx, env, gc)
	if err != nil {
		return true, err
	}
	if status != pingOK {
		return true, Fail(codeInternal, "gtmcoord master %s is not running", gc.Name)
	}
	return true, nil
}

func askNode(ctx context.Context, node catalog.Node) (recovery, bootTime string) {
	recovery, bootTime = unknown, unknown
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	_ = onNode(ctx, node, func(conn *pgx.Conn) error {
		return conn.QueryRow(ctx, `SELECT pg_is_in_recovery()::text, pg_postmaster_start_time()::text`).Scan(&recovery, &bootTime)
	})
	return recovery, bootTime
}

// rejection is libpq's own message for a server that is up and lets nobody in.
func rejection(ctx context.Context, node catalog.Node) string {
	conn, err := connectNode(ctx, node)
	if err == nil {
		conn.Close(ctx)
		return "server is alive but rejecting connections"
	}
	var failed *pgconn.PgError
	if errors.As(err, &failed) {
		return failed.Severity + ":  " + failed.Message + "\n"
	}
	return strings.TrimSpace(err.Error())
}

func bootTime(ctx context.Context, env *Env, s grammar.BootTime) (Result, error) {
	nodes, err := monitored(ctx, env, s.Kinds, s.Names, "")
	if err != nil {
		return Result{}, err
	}
	rows := newTable(bootColumns)
	for _, node := range nodes {
		seen, err := lookAt(ctx, env, node)
		if err != nil {
			return Result{}, err
		}
		rows.add(node.Name, describeKind(node.Kind), seen.running, seen.description, node.Host.Address, seen.bootTime)
	}
	return rows.done(), ctx.Err()
}

// makeSure raises the manager's ERROR when a member of the kinds in the zone does not run.
func makeSure(ctx context.Context, env *Env, nodes catalog.Nodes, kinds ...byte) error {
	for _, node := range nodes.OfKind(kinds...) {
		if !node.Inited || !node.InCluster || node.Zone != env.Zone {
			continue
		}
		status, err := ping(ctx, env, node)
		if err != nil {
			return err
		}
		if status != pingOK {
			return Fail(codeInternal, "%s \"%s\" is not running, so you can't perform the current operation.", describeKind(node.Kind), node.Name)
		}
	}
	return nil
}

// pause waits between two looks, or less when the command is cancelled.
func pause(ctx context.Context, duration time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(duration):
	}
}
