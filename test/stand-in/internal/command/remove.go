package command

import (
	"context"

	"antdb.io/stand-in/internal/catalog"
	"antdb.io/stand-in/internal/grammar"
)

// remove takes stopped nodes out of the cluster: flags f, no row for them anywhere. Their definition stays.
func remove(ctx context.Context, env *Env, s grammar.Remove) error {
	if s.Kind == 'd' || s.Kind == 'g' {
		return Fail(codeSyntax, "it can't remove gtmcoord master, datanode master, only can remove coordinator master.")
	}
	nodes, err := env.Store.Nodes(ctx)
	if err != nil {
		return err
	}
	members := len(nodes.Members().OfKind('c'))
	if s.Kind == 'c' {
		if members == 1 {
			return Fail(codeInternal, "the cluster only has one coordinator, cannot be removed")
		}
		if err := makeSure(ctx, env, nodes, 'g'); err != nil {
			return err
		}
	}
	for _, name := range s.Names {
		if err := removable(ctx, env, s.Kind, name, nodes); err != nil {
			return err
		}
	}
	if s.Kind == 'c' && members <= len(s.Names) {
		return Fail(codeInternal, "the cluster must has at least one read-write coordinator, cannot be removed")
	}
	for _, name := range s.Names {
		node, _ := nodes.Named(name)
		if s.Kind == 'c' || s.Kind == 's' {
			err = removeCoordinator(ctx, env, node, nodes)
		} else {
			err = removeSlave(ctx, env, node, nodes)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func removable(ctx context.Context, env *Env, kind byte, name string, nodes catalog.Nodes) error {
	node, found := nodes.Named(name)
	if !found || node.Kind != kind || !node.InCluster {
		return Fail(codeUndefined, "%s \"%s\" does not exist in cluster", describeKind(kind), name)
	}
	if len(nodes.SlavesOf(node.OID)) > 0 {
		return Fail(codeUndefined, "%s has slave node, cannot remove it. please drop the slave node first.", name)
	}
	status, err := ping(ctx, env, node)
	if err == nil && status == pingOK {
		err = Fail(codeInUse, "\"%s\" is running, stop it first", name)
	}
	return err
}

// removeCoordinator drops its row on the gc and the other coordinators; one that is down keeps it, with a WARNING.
func removeCoordinator(ctx context.Context, env *Env, node catalog.Node, nodes catalog.Nodes) error {
	if node.Kind == 'c' {
		for _, peer := range nodes.Members().OfKind('g', 'c') {
			if peer.OID == node.OID {
				continue
			}
			status, err := ping(ctx, env, peer)
			if err != nil {
				return err
			}
			if status != pingOK {
				env.warning("%s \"%s\" is not running, so the pgxc_node of this node is not modify, please modify it by hand.", describeKind(peer.Kind), peer.Name)
				continue
			}
			if err := execOnNode(ctx, peer, "DROP NODE "+quoteName(node.Name), poolReload); err != nil {
				env.warning("drop node %s on %s fail: %s", node.Name, peer.Name, reasonOf(err))
			}
		}
	}
	return env.Flags.SetFlags(ctx, node.OID, false, false)
}

func removeSlave(ctx context.Context, env *Env, node catalog.Node, nodes catalog.Nodes) error {
	master, found := nodes.WithOID(node.MasterOID)
	if !found {
		return Fail(codeUndefined, "the master \"%s\" does not exist", node.Name)
	}
	if err := promotePotential(ctx, env, nodes, node); err != nil {
		return err
	}
	names := syncNames(nodes, master, node.OID)
	if err := setSyncNames(ctx, env, nodes, master, node.OID); err != nil {
		env.warning("set synchronous_standby_names = '%s' in postgresql.conf of %s \"%s\"fail", names, describeKind(master.Kind), master.Name)
	}
	if names == "" {
		env.warning("the %s \"%s\" has no synchronous slave node", describeKind(master.Kind), master.Name)
	}
	node.Sync = "async"
	if err := env.Store.UpdateNode(ctx, node); err != nil {
		return err
	}
	return env.Flags.SetFlags(ctx, node.OID, false, false)
}
