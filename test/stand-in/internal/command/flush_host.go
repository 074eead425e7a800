package command

import (
	"context"
	"fmt"

	"antdb.io/stand-in/internal/agentrpc"
	"antdb.io/stand-in/internal/catalog"
)

// flushHost writes the hosts' addresses where nodes keep them. It needs every agent of every host and every master; it restarts
// every gcs and ds; it leaves pgxc_node of the gc, the coordinators' gc row and the gc's own agtm_host as they were. Trouble on the
// way is a WARNING and the tag comes all the same.
func flushHost(ctx context.Context, env *Env) error {
	hosts, err := env.Store.Hosts(ctx)
	if err != nil {
		return err
	}
	for _, host := range hosts {
		if !reachable(ctx, host) {
			return cmpErr(ctx, Fail(codeInternal, "hostname \"%s\" : agent is not running", host.Name))
		}
	}
	nodes, err := env.Store.Nodes(ctx)
	if err != nil {
		return err
	}
	if err := makeSure(ctx, env, nodes, 'g', 'c', 'd'); err != nil {
		return err
	}
	for _, step := range []func(context.Context, *Env, catalog.Nodes) error{flushHba, flushStandbys, flushGtmAddress, flushCoordinators} {
		if err := step(ctx, env, nodes); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// cmpErr prefers the reason a command was ended for.
func cmpErr(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// flushHba appends lines for the present addresses; the lines of the past stay.
func flushHba(ctx context.Context, env *Env, nodes catalog.Nodes) error {
	for _, node := range nodes.Members() {
		lines, err := hbaLines(ctx, env, node, nodes)
		if err != nil {
			return err
		}
		if err := admit(ctx, env, node, lines, true); err != nil {
			env.warning("%s  add address in %s/pg_hba.conf fail: %s", node.Host.Address, node.Path, err)
		}
	}
	return nil
}

func flushStandbys(ctx context.Context, env *Env, nodes catalog.Nodes) error {
	for _, node := range nodes.Members() {
		if node.IsMaster() {
			continue
		}
		master, _ := nodes.WithOID(node.MasterOID)
		request := agentrpc.Request{Op: agentrpc.OpRecovery, Path: node.Path, PrimaryConninfo: conninfo(master, node.Name)}
		if _, err := call(ctx, env, node.Host, request); err != nil {
			env.warning("%s  add address in %s/recovery.conf fail: %s", node.Host.Address, node.Path, err)
		}
		if node.Kind == 's' {
			continue
		}
		if err := restart(ctx, env, node); err != nil {
			return err
		}
	}
	return nil
}

// restart stops a node fast and starts it, as pg_ctl restart does: a node that was down is started.
func restart(ctx context.Context, env *Env, node catalog.Node) error {
	name := map[byte]string{'g': "RESTART AGTM", 'p': "RESTART AGTM", 'c': "RESTART COORD", 's': "RESTART COORD"}[node.Kind]
	if name == "" {
		name = "RESTART DATANODE"
	}
	if err := needAgent(ctx, node.Host, name); err != nil {
		return err
	}
	_, _ = call(ctx, env, node.Host, agentrpc.Request{Op: agentrpc.OpStop, Path: node.Path, Mode: "fast", Wait: true})
	_, err := call(ctx, env, node.Host, agentrpc.Request{Op: agentrpc.OpStart, Path: node.Path, Port: node.Port, Kind: string(node.Kind), NodeName: node.Name, Wait: true})
	params := fmt.Sprintf(" restart -D %s -Z %s -m fast -o -i -w -c -l %s/logfile", node.Path, pgctlMode(node.Kind), node.Path)
	reportCall(env, node.Host.Address, name, params, err)
	return ctx.Err()
}

// flushGtmAddress tells every member but gc and gcs where the gtm is.
func flushGtmAddress(ctx context.Context, env *Env, nodes catalog.Nodes) error {
	gc, found := gtmOf(nodes.Members())
	if !found {
		return nil
	}
	for _, node := range nodes.Members() {
		if node.Kind == 'g' || node.Kind == 'p' {
			continue
		}
		if err := configure(ctx, env, node, map[string]string{"agtm_host": gc.Host.Address}, true); err != nil {
			env.warning("modify agtm_host of %s \"%s\" fail: %s", describeKind(node.Kind), node.Name, err)
		}
	}
	return nil
}

// flushCoordinators corrects pgxc_node on each coordinator master: rows of coordinators and datanodes, not the gc's.
func flushCoordinators(ctx context.Context, env *Env, nodes catalog.Nodes) error {
	var statements []string
	for _, node := range nodes.Members().OfKind('c', 'd') {
		statements = append(statements, alterAddress(node))
	}
	statements = append(statements, poolReload)
	for _, coordinator := range nodes.Members().OfKind('c') {
		conn, err := connectNode(ctx, coordinator)
		if err != nil {
			return cmpErr(ctx, Fail(codeInternal, "get conn from %s fail.", coordinator.Name))
		}
		for _, statement := range statements {
			if _, err := conn.Exec(ctx, statement); err != nil {
				env.warning("on %s execute %s fail: %s", coordinator.Name, statement, reasonOf(err))
			}
		}
		conn.Close(ctx)
	}
	return nil
}
