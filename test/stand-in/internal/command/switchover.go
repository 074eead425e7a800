package command

import (
	"context"
	"fmt"

	"antdb.io/stand-in/internal/agentrpc"
	"antdb.io/stand-in/internal/catalog"
	"antdb.io/stand-in/internal/grammar"
)

func switchover(ctx context.Context, env *Env, statement grammar.Switchover) (Result, error) {
	nodes, err := env.Store.Nodes(ctx)
	if err != nil {
		return Result{}, err
	}
	run, err := readySwitchover(ctx, env, statement, nodes)
	if err != nil {
		return Result{}, err
	}
	stop := agentrpc.Request{Op: agentrpc.OpStop, Path: run.old.Path, Mode: "fast", Wait: true}
	if _, err := call(ctx, env, run.old.Host, stop); err != nil {
		return Result{}, Fail(codeInternal, "stop %s failed: %s", run.old.Name, err)
	}
	if err := run.promote(ctx); err != nil {
		return Result{}, err
	}
	if err := run.record(ctx); err != nil {
		return Result{}, err
	}
	if err := run.announce(ctx); err != nil {
		return Result{}, err
	}
	if err := run.follow(ctx); err != nil {
		return Result{}, err
	}
	env.notice("Switch the %s master from %s to %s has been successfully completed", run.word(), run.old.Name, run.next.Name)
	rows := newTable(statusColumns)
	rows.add(run.next.Name, true, fmt.Sprintf("switchover %s success", run.word()))
	return rows.done(), nil
}

func readySwitchover(ctx context.Context, env *Env, statement grammar.Switchover, nodes catalog.Nodes) (*switching, error) {
	word := map[byte]string{'d': "datanode", 'b': "datanode", 'g': "gtmcoord", 'p': "gtmcoord"}[statement.Kind]
	node, found := nodes.Named(statement.Name)
	switch {
	case catalog.IsMasterKind(statement.Kind):
		return nil, Fail(codeSyntax, "it is the %s master, no need switchover", word)
	case !found || node.Kind != statement.Kind || !node.InCluster:
		long := map[string]string{"datanode": "datanode", "gtmcoord": "gtm coordinator"}[word]
		stop := map[string]string{"datanode": ".", "gtmcoord": ""}[word]
		env.notice("revert switchover %s begin%s", long, stop)
		env.notice("revert switchover %s end%s", long, stop)
		return nil, Fail(codeInternal, "%s does not exist or is not a %s slave node", statement.Name, word)
	}
	master, _ := nodes.WithOID(node.MasterOID)
	run := &switching{env: env, nodes: nodes, old: master, next: node, force: statement.Force}
	if err := run.checkPeers(ctx); err != nil {
		return nil, err
	}
	if !streams(ctx, master, node.Name) {
		return nil, Fail(codeInternal, "%s can't be switched over: it does not stream from %s", node.Name, master.Name)
	}
	if node.Sync != "sync" && !statement.Force {
		return nil, Fail(codeInternal, "candidate %s is not a Synchronous standby node of old master %s, abort switching to avoid data loss", node.Name, master.Name)
	}
	return run, nil
}

// follow makes the old master, which was stopped cleanly, the new one's slave.
func (s *switching) follow(ctx context.Context) error {
	lines, err := hbaLines(ctx, s.env, s.next, s.nodes)
	if err != nil {
		return err
	}
	if err := admit(ctx, s.env, s.next, lines, true); err != nil {
		return Fail(codeInternal, "%s", err)
	}
	request := agentrpc.Request{Op: agentrpc.OpRecovery, Path: s.old.Path, PrimaryConninfo: conninfo(s.next, s.old.Name)}
	if _, err := call(ctx, s.env, s.old.Host, request); err != nil {
		return Fail(codeInternal, "%s", err)
	}
	if err := configure(ctx, s.env, s.old, map[string]string{"synchronous_standby_names": "", "hot_standby": "on"}, false); err != nil {
		return Fail(codeInternal, "%s", err)
	}
	if err := startOrFail(ctx, s.env, s.old); err != nil {
		return err
	}
	return joinSlave(ctx, s.env, s.old.OID, s.next)
}

// rewind brings a kicked-out master back as a slave of its successor.
func rewind(ctx context.Context, env *Env, statement grammar.Rewind) (Result, error) {
	nodes, err := env.Store.Nodes(ctx)
	if err != nil {
		return Result{}, err
	}
	node, found := nodes.Named(statement.Name)
	if !found || node.Kind != statement.Kind {
		return Result{}, Fail(codeUndefined, "the master of node \"%s\" does not exist", statement.Name)
	}
	master, _ := nodes.WithOID(node.MasterOID)
	if status, err := ping(ctx, env, master); err != nil || status != pingOK {
		return Result{}, cmpErr(ctx, Fail(codeInternal, "%s \"%s\" is not running", describeKind(master.Kind), master.Name))
	}
	if err := needAgent(ctx, node.Host, "REWIND NODE"); err != nil {
		return Result{}, err
	}
	if err := rewindDirectory(ctx, env, node, master, nodes); err != nil {
		return Result{}, Fail(codeInternal, "rewind %s \"%s\" fail, %s", describeKind(node.Kind), node.Name, reasonOf(err))
	}
	if syncNames(nodes, master, node.OID) == "" {
		node.Sync = "sync"
		if err := env.Store.UpdateNode(ctx, node); err != nil {
			return Result{}, err
		}
	}
	if err := joinSlave(ctx, env, node.OID, master); err != nil {
		return Result{}, err
	}
	rows := newTable(rewindColumns)
	rows.add(true)
	return rows.done(), nil
}

// rewindDirectory lets the old master recover by itself, stops it, and makes its directory the new master's past.
func rewindDirectory(ctx context.Context, env *Env, node, master catalog.Node, nodes catalog.Nodes) error {
	if err := startOrFail(ctx, env, node); err != nil {
		return err
	}
	if _, err := call(ctx, env, node.Host, agentrpc.Request{Op: agentrpc.OpStop, Path: node.Path, Mode: "fast", Wait: true}); err != nil {
		return err
	}
	lines, err := hbaLines(ctx, env, master, nodes)
	if err != nil {
		return err
	}
	if err := admit(ctx, env, master, lines, true); err != nil {
		return err
	}
	request := agentrpc.Request{Op: agentrpc.OpRewind, Path: node.Path, Host: master.Host.Address, Port: master.Port, User: master.Host.User,
		NodeName: node.Name, Kind: string(node.Kind)}
	if _, err := call(ctx, env, node.Host, request); err != nil {
		return err
	}
	if err := writeFiles(ctx, env, node, nodes, false); err != nil {
		return err
	}
	follow := agentrpc.Request{Op: agentrpc.OpRecovery, Path: node.Path, PrimaryConninfo: conninfo(master, node.Name)}
	if _, err := call(ctx, env, node.Host, follow); err != nil {
		return err
	}
	return startOrFail(ctx, env, node)
}
