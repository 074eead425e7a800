package command

import (
	"context"
	"net"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

	"antdb.io/stand-in/internal/agentrpc"
	"antdb.io/stand-in/internal/catalog"
	"antdb.io/stand-in/internal/grammar"
)

// cleaned is the description of a cleaned node: the manager looks for tablespaces first and complains that there are none.
const cleaned = "WARNING: Failed to clean the tablespace directory, or the tablespace directory does not exist.\nsuccess"

func cleanColumnsOf(s grammar.Clean) []pgproto3.FieldDescription {
	if s.All || s.Zone != "" {
		return cleanColumns
	}
	return statusColumns
}

func clean(ctx context.Context, env *Env, s grammar.Clean) (Result, error) {
	nodes, err := env.Store.Nodes(ctx)
	if err != nil {
		return Result{}, err
	}
	if s.Names != nil {
		return cleanNamed(ctx, env, s, nodes)
	}
	if s.Zone != "" {
		nodes = slices.DeleteFunc(nodes, func(node catalog.Node) bool { return node.Zone != s.Zone })
	}
	if node, running := firstRunning(ctx, nodes); running {
		return Result{}, Fail(codeInUse, "%s \"%s\" still running, please stop it before clean all", shortKind(node.Kind), node.Name).hinted("try \"monitor all;\" for more information")
	}
	rows := newTable(cleanColumns)
	for _, node := range nodes {
		_, err := call(ctx, env, node.Host, agentrpc.Request{Op: agentrpc.OpClean, Path: node.Path, NodeName: node.Name})
		if ctx.Err() != nil {
			return Result{}, ctx.Err()
		}
		if err != nil {
			env.warning("clean folder \"%s\" fail %s", node.Path, err)
			rows.add(node.Name, shortKind(node.Kind), false, err.Error())
			continue
		}
		if err := env.Flags.SetFlags(ctx, node.OID, false, false); err != nil {
			return Result{}, err
		}
		rows.add(node.Name, shortKind(node.Kind), true, cleaned)
	}
	return rows.done(), nil
}

// firstRunning looks for a node whose port takes a TCP connection from here. A second look forgives the moment between a node's
// server being gone and the process in front of it being gone, which the real engine does not have.
func firstRunning(ctx context.Context, nodes catalog.Nodes) (catalog.Node, bool) {
	for _, node := range nodes {
		if !accepts(ctx, node) {
			continue
		}
		pause(ctx, 500*time.Millisecond)
		if accepts(ctx, node) {
			return node, true
		}
	}
	return catalog.Node{}, false
}

func accepts(ctx context.Context, node catalog.Node) bool {
	dialer := net.Dialer{Timeout: 3 * time.Second}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(node.Host.Address, strconv.Itoa(node.Port)))
	if err == nil {
		conn.Close()
	}
	return err == nil
}

// cleanNamed empties the directories of nodes outside the cluster; it does not reset initialized.
func cleanNamed(ctx context.Context, env *Env, s grammar.Clean, nodes catalog.Nodes) (Result, error) {
	for _, name := range s.Names {
		node, found := nodes.Named(name)
		if !found || node.Kind != s.Kind {
			return Result{}, Fail(codeUndefined, "%s \"%s\" does not exist", describeKind(s.Kind), name)
		}
		if node.InCluster {
			return Result{}, Fail(codeInUse, "%s \"%s\" already exists in cluster, cannot be cleaned", describeKind(s.Kind), name)
		}
		seen, err := ping(ctx, env, node)
		if err != nil {
			return Result{}, err
		}
		if seen == pingOK {
			return Result{}, Fail(codeInUse, "%s \"%s\" is running, cannot be cleaned, stop it first", describeKind(s.Kind), name)
		}
	}
	rows := newTable(statusColumns)
	for _, name := range s.Names {
		node, _ := nodes.Named(name)
		if err := needAgent(ctx, node.Host, "CLEAN NODE"); err != nil {
			return Result{}, err
		}
		_, err := call(ctx, env, node.Host, agentrpc.Request{Op: agentrpc.OpClean, Path: node.Path, NodeName: node.Name})
		params := "rm -rf " + node.Path + "; mkdir -p " + node.Path + "; chmod 0700 " + node.Path
		reportCall(env, node.Host.Address, "CLEAN NODE", params, err)
		if err != nil {
			rows.add(name, false, err.Error())
			continue
		}
		rows.add(name, true, cleaned)
	}
	return rows.done(), ctx.Err()
}
