package command

import (
	"context"
	"fmt"

	"antdb.io/stand-in/internal/agentrpc"
	"antdb.io/stand-in/internal/catalog"
	"antdb.io/stand-in/internal/grammar"
)

// slaves copies and starts the slaves of a kind, children after parents. Whatever happened, one row with status t is all it says.
func (r *initRun) slaves(operation, name string, kind byte) func(context.Context) error {
	return func(ctx context.Context) error {
		nodes, err := r.env.Store.Nodes(ctx)
		if err != nil {
			return err
		}
		text := "success"
		for _, master := range nodes.OfKind(catalog.MasterKind(kind)) {
			if !master.Inited { // its slaves are passed over, and the row says success all the same
				continue
			}
			ok, err := r.children(ctx, master)
			if err != nil {
				return err
			}
			if !ok {
				text = "failed"
			}
		}
		r.rows.add(operation, name, true, text)
		return nil
	}
}

func (r *initRun) children(ctx context.Context, master catalog.Node) (bool, error) {
	nodes, err := r.env.Store.Nodes(ctx)
	if err != nil {
		return false, err
	}
	all := true
	for _, slave := range nodes.SlavesOf(master.OID) {
		if !slave.InCluster {
			ok, _, err := initSlave(ctx, r.env, slave, nodes)
			if err != nil {
				return false, err
			}
			if ok {
				slave.Inited = true
				ok, err = r.startSlave(ctx, slave)
				if err != nil {
					return false, err
				}
			}
			all = all && ok
		}
		ok, err := r.children(ctx, slave)
		if err != nil {
			return false, err
		}
		all = all && ok
	}
	return all, nil
}

func (r *initRun) startSlave(ctx context.Context, slave catalog.Node) (bool, error) {
	ok, _, err := powerOne(ctx, r.env, slave, grammar.Power{Start: true}, true)
	return ok, err
}

// initSlave copies a slave from its running master and marks it initialised.
func initSlave(ctx context.Context, env *Env, node catalog.Node, nodes catalog.Nodes) (bool, string, error) {
	if node.Inited {
		return false, "", Fail(codeInternal, "%s \"%s\" has been initialized", describeKind(node.Kind), node.Name)
	}
	name := map[byte]string{'p': "INIT GTMCOORD SLAVE ", 's': "INIT CNDN SLAVE", 'b': "INIT CNDN SLAVE"}[node.Kind]
	if err := needAgent(ctx, node.Host, name); err != nil {
		return false, "", err
	}
	master, _ := nodes.WithOID(node.MasterOID)
	seen, err := ping(ctx, env, master)
	if err != nil {
		return false, "", err
	}
	if seen != pingOK {
		env.warning("%s %s is not running normal", describeKind(master.Kind), master.Name)
		return false, fmt.Sprintf("%s \"%s\" is not running normal", describeKind(master.Kind), master.Name), nil
	}
	if err := copyFromMaster(ctx, env, node, master, name); err != nil {
		return false, err.Error(), nil
	}
	if err := writeFiles(ctx, env, node, nodes, false); err != nil {
		return false, "", err
	}
	if _, err := call(ctx, env, node.Host, agentrpc.Request{Op: agentrpc.OpRecovery, Path: node.Path, PrimaryConninfo: conninfo(master, node.Name)}); err != nil {
		return false, err.Error(), nil
	}
	return true, "success", env.Flags.SetFlags(ctx, node.OID, true, node.InCluster)
}

func copyFromMaster(ctx context.Context, env *Env, node, master catalog.Node, name string) error {
	params := fmt.Sprintf(" -p %d -h %s -D %s -U %s --nodename %s", master.Port, master.Host.Address, node.Path, node.Host.User, node.Name)
	_, err := call(ctx, env, node.Host, agentrpc.Request{Op: agentrpc.OpBasebackup, Path: node.Path, Host: master.Host.Address, Port: master.Port,
		User: node.Host.User, NodeName: node.Name, Kind: string(node.Kind)})
	reportCall(env, node.Host.Address, name, params, err)
	return err
}

func (r *initRun) coordinatorSlaves(ctx context.Context) error {
	nodes, err := r.env.Store.Nodes(ctx)
	if err != nil {
		return err
	}
	for _, node := range nodes.OfKind('s') {
		status, text, err := initSlave(ctx, r.env, node, nodes)
		if err != nil {
			return err
		}
		r.rows.add("init coordinator slave", node.Name, status, text)
	}
	return nil
}
