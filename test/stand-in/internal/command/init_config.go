package command

import (
	"context"
	"log"
	"time"

	"antdb.io/stand-in/internal/catalog"
)

// configure is INIT ALL's last section: every gc and coordinator learns of its peers, initialised nodes become members, masters
// wait for their synchronous slaves.
func (r *initRun) configure(ctx context.Context) error {
	nodes, err := r.env.Store.Nodes(ctx)
	if err != nil {
		return err
	}
	if len(nodes.OfKind('g')) == 0 {
		return Fail(codeUndefined, "there is not any gtmcoord in the node table")
	}
	for _, node := range nodes {
		if node.Kind != 'g' && node.Kind != 'c' {
			continue
		}
		err := execOnNode(ctx, node, registration(node, nodes)...)
		if err != nil {
			log.Printf("register peers on %s: %v", node.Name, err)
			r.rows.add("config gtmcoord and coordinator", node.Name, false, "fail")
			continue
		}
		r.rows.add("config gtmcoord and coordinator", node.Name, true, "success")
	}
	return r.join(ctx, nodes)
}

// registration lists the statements that make a fresh node know itself and its peers.
func registration(node catalog.Node, nodes catalog.Nodes) []string {
	var statements []string
	for _, peer := range nodes.OfKind('g', 'c', 'd') {
		if peer.Name == node.Name {
			statements = append(statements, alterSelf(node))
		} else {
			statements = append(statements, createNode(peer))
		}
	}
	return append(statements, poolReload)
}

// join marks every initialised node a member, then sets synchronous replication and reads the parameters there are.
func (r *initRun) join(ctx context.Context, nodes catalog.Nodes) error {
	for _, node := range nodes {
		if !node.Inited {
			continue
		}
		if err := r.env.Flags.SetFlags(ctx, node.OID, true, true); err != nil {
			return err
		}
	}
	nodes, err := r.env.Store.Nodes(ctx)
	if err != nil {
		return err
	}
	for _, master := range nodes.OfKind('g', 'd') {
		if err := setSyncNames(ctx, r.env, nodes, master, 0); err != nil {
			r.env.warning("%s, set %s synchronous_standby_names='%s' failed.", master.Host.Address, master.Path, syncNames(nodes, master, 0))
		}
	}
	r.settle(ctx, nodes)
	if err := reapplyHba(ctx, r.env, nodes); err != nil {
		return err
	}
	_ = flushParam(ctx, r.env) // without a coordinator that answers there is nothing to learn
	return nil
}

func setSyncNames(ctx context.Context, env *Env, nodes catalog.Nodes, master catalog.Node, without uint32) error {
	return configure(ctx, env, master, map[string]string{"synchronous_standby_names": syncNames(nodes, master, without)}, true)
}

// settle gives nodes the moment the real manager's fixed sleep gives them: until each member answers, a few seconds at most.
func (r *initRun) settle(ctx context.Context, nodes catalog.Nodes) {
	const limit = 3 * time.Second
	for deadline := time.Now().Add(limit); time.Now().Before(deadline) && ctx.Err() == nil; time.Sleep(100 * time.Millisecond) {
		ready := true
		for _, node := range nodes.Members() {
			seen, err := ping(ctx, r.env, node)
			ready = ready && err == nil && seen == pingOK
		}
		if ready {
			return
		}
	}
}
