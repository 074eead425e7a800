package command

import (
	"context"
	"fmt"

	"antdb.io/stand-in/internal/agentrpc"
	"antdb.io/stand-in/internal/catalog"
	"antdb.io/stand-in/internal/grammar"
)

// maxWalSegSize bounds walsegsize, in MB.
const maxWalSegSize = 1024

// initRun is one INIT ALL.
type initRun struct {
	env  *Env
	rows *table
}

// initAll runs the sections one after the other; only an ERROR ends it early, and flags set until then stay.
func initAll(ctx context.Context, env *Env, s grammar.InitAll) (Result, error) {
	if err := readInitOptions(env.Init, s.Checksums, s.Options); err != nil {
		return Result{}, err
	}
	run := &initRun{env: env, rows: newTable(mixedColumns)}
	sections := []func(context.Context) error{
		run.masters("init gtmcoord master", 'g'), run.start("start gtmcoord master", 'g'), run.slaves("init gtmcoord slave", "init gtmcood slave", 'p'),
		run.masters("init coordinator master", 'c'), run.start("start coordinator master", 'c'),
		run.coordinatorSlaves, run.start("start coordinator slave", 's'),
		run.masters("init datanode master", 'd'), run.start("start datanode master", 'd'), run.slaves("init datanode slave", "init datanode slave", 'b'),
		run.configure,
	}
	for _, section := range sections {
		if err := section(ctx); err != nil {
			return Result{}, err
		}
		if ctx.Err() != nil {
			return Result{}, ctx.Err()
		}
	}
	return run.rows.done(), nil
}

// readInitOptions writes the session's options. A statement without walsegsize keeps the last one given: they leak, as in the real one.
func readInitOptions(init *InitOptions, checksums bool, list []grammar.Option) error {
	init.Checksums = checksums
	for _, option := range list {
		if option.Name != "walsegsize" {
			continue // the real one takes any word and heeds none but walsegsize
		}
		size, err := integerOf(option)
		if err != nil {
			return err
		}
		if size < 1 || size > maxWalSegSize || size&(size-1) != 0 {
			return Fail(codeSyntax, "The value of walsegsize must be a power of 2 between 1 and %d.", maxWalSegSize)
		}
		init.WalSegSize = size
	}
	return nil
}

// masters initialises every node of a kind with initdb.
func (r *initRun) masters(operation string, kind byte) func(context.Context) error {
	return func(ctx context.Context) error {
		nodes, err := r.env.Store.Nodes(ctx)
		if err != nil {
			return err
		}
		for _, node := range nodes.OfKind(kind) {
			status, text, err := initMaster(ctx, r.env, node, nodes)
			if err != nil {
				return err
			}
			r.rows.add(operation, node.Name, status, text)
		}
		return nil
	}
}

// initMaster runs initdb, writes the node's files and marks it initialised.
func initMaster(ctx context.Context, env *Env, node catalog.Node, nodes catalog.Nodes) (bool, string, error) {
	if node.Inited {
		return false, "", Fail(codeInternal, "%s \"%s\" has been initialized", describeKind(node.Kind), node.Name)
	}
	name := "INIT CNDN MASTER"
	if node.Kind == 'g' {
		name = "INIT GTMCOORD MASTER"
	}
	if err := needAgent(ctx, node.Host, name); err != nil {
		return false, "", err
	}
	params := fmt.Sprintf(" -D %s --nodename %s -E UTF8 --locale=C", node.Path, node.Name)
	_, err := call(ctx, env, node.Host, agentrpc.Request{Op: agentrpc.OpInitdb, Path: node.Path, NodeName: node.Name, Kind: string(node.Kind), Port: node.Port,
		Checksums: env.Init.Checksums, WalSegSize: env.Init.WalSegSize})
	if err != nil && node.Kind == 'g' {
		return false, "", Fail(codeInternal, "[ERROR] init gtmcoord(%s) failed. host(%s), cmd(%s), params(%s), fail info(%s).", node.Name, node.Host.Address, name, params, err)
	}
	reportCall(env, node.Host.Address, name, params, err)
	if err != nil {
		return false, err.Error(), nil
	}
	if err := writeFiles(ctx, env, node, nodes, true); err != nil {
		return false, "", err
	}
	return true, "success", env.Flags.SetFlags(ctx, node.OID, true, node.InCluster)
}

// writeFiles gives a fresh directory its postgresql.conf and pg_hba.conf.
func writeFiles(ctx context.Context, env *Env, node catalog.Node, nodes catalog.Nodes, master bool) error {
	conf := baseConf(node, nodes)
	conf["pgxc_node_name"] = node.Name
	if err := storedConf(ctx, env, node, conf); err != nil {
		return err
	}
	if err := configure(ctx, env, node, conf, false); err != nil {
		env.warning("refresh postgresql.conf of %s \"%s\" failed: %s", describeKind(node.Kind), node.Name, err)
	}
	lines, err := hbaLines(ctx, env, node, nodes)
	if err != nil {
		return err
	}
	if err := admit(ctx, env, node, lines, false); err != nil {
		env.warning("refresh pg_hba.conf of %s \"%s\" failed: %s", describeKind(node.Kind), node.Name, err)
	}
	return nil
}

func (r *initRun) start(operation string, kind byte) func(context.Context) error {
	return func(ctx context.Context) error {
		nodes, err := r.env.Store.Nodes(ctx)
		if err != nil {
			return err
		}
		before := len(r.rows.result.Rows)
		s := grammar.Power{Start: true, Mixed: true}
		if err := powerKind(ctx, r.env, s, kind, nodes.OfKind(kind), r.rows); err != nil {
			return err
		}
		for _, row := range r.rows.result.Rows[before:] {
			row[0] = []byte(operation)
		}
		return nil
	}
}
