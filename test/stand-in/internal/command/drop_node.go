package command

import (
	"context"

	"antdb.io/stand-in/internal/catalog"
	"antdb.io/stand-in/internal/grammar"
)

func dropNode(ctx context.Context, env *Env, s grammar.DropNode) error {
	nodes, err := env.Store.Nodes(ctx)
	if err != nil {
		return err
	}
	node, found := nodes.Named(s.Name)
	switch {
	case !found:
		return Fail(codeUndefined, "%s \"%s\" does not exist", describeKind(s.Kind), s.Name)
	case node.InCluster:
		return Fail(codeInUse, "%s \"%s\" has been initialized in the cluster, cannot be dropped", describeKind(s.Kind), s.Name)
	case len(nodes.SlavesOf(node.OID)) > 0:
		return Fail(codeInUse, "%s \"%s\" has been used by slave, cannot be dropped", describeKind(s.Kind), s.Name)
	}
	if err := env.Store.DropNode(ctx, node); err != nil {
		return err
	}
	return promotePotential(ctx, env, nodes, node)
}

// promotePotential makes one potential slave sync when the sync one of its master is gone.
func promotePotential(ctx context.Context, env *Env, nodes catalog.Nodes, gone catalog.Node) error {
	if gone.IsMaster() || gone.Sync != "sync" {
		return nil
	}
	var candidate *catalog.Node
	for _, slave := range nodes.SlavesOf(gone.MasterOID) {
		switch {
		case slave.OID == gone.OID:
		case slave.Sync == "sync":
			return nil
		case slave.Sync == "potential" && candidate == nil:
			candidate = &slave
		}
	}
	if candidate == nil {
		return nil
	}
	candidate.Sync = "sync"
	return env.Store.UpdateNode(ctx, *candidate)
}

func setClusterInit(ctx context.Context, env *Env) error {
	return env.Store.Exec(ctx, "UPDATE pg_catalog.mgr_node SET nodeinited = true, nodeincluster = true")
}
