package command

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"antdb.io/stand-in/internal/agentrpc"
	"antdb.io/stand-in/internal/catalog"
	"antdb.io/stand-in/internal/grammar"
)

// appendPing is how long APPEND waits for the new node to take connections.
const appendPing = 60 * time.Second

// appendNode brings one defined node into a running cluster. Nearly everything that goes wrong is an ERROR; only a node that does
// not answer in the end is a row with f.
func appendNode(ctx context.Context, env *Env, s grammar.Append) (Result, error) {
	if err := readInitOptions(env.Init, s.Checksums, s.Options); err != nil {
		return Result{}, err
	}
	nodes, err := env.Store.Nodes(ctx)
	if err != nil {
		return Result{}, err
	}
	node, err := appendable(ctx, env, s, nodes)
	if err != nil {
		return Result{}, err
	}
	if node.IsMaster() {
		err = appendMaster(ctx, env, node, nodes)
	} else {
		err = appendSlave(ctx, env, node, nodes)
	}
	if err != nil {
		return Result{}, err
	}
	rows := newTable(statusColumns)
	if awaitNode(ctx, env, node, appendPing) {
		rows.add(node.Name, true, "success")
	} else {
		env.warning("waiting %d seconds for the new node can accept connections failed", appendPing/time.Second)
		rows.add(node.Name, false, fmt.Sprintf("waiting %d seconds for the new node can accept connections failed", appendPing/time.Second))
	}
	return rows.done(), ctx.Err()
}

// appendable checks what must hold before anything is changed.
func appendable(ctx context.Context, env *Env, s grammar.Append, nodes catalog.Nodes) (catalog.Node, error) {
	node, found := nodes.Named(s.Name)
	switch {
	case found && node.Kind == s.Kind && node.Inited && node.InCluster:
		return node, Fail(codeInternal, "%s \"%s\" already exists in cluster", describeKind(s.Kind), s.Name)
	case !found || node.Kind != s.Kind || node.Inited || node.InCluster:
		return node, Fail(codeInternal, "%s \"%s\" does not exist or has been inited, incluster.", describeKind(s.Kind), s.Name)
	}
	if err := makeSure(ctx, env, nodes, 'g'); err != nil {
		return node, err
	}
	if node.IsMaster() {
		if err := makeSure(ctx, env, nodes, 'c'); err != nil {
			return node, err
		}
	} else if err := masterReady(ctx, env, node, nodes); err != nil {
		return node, err
	}
	if err := needAgent(ctx, node.Host, "CHECK DIR EXIST"); err != nil {
		return node, err
	}
	state, err := call(ctx, env, node.Host, agentrpc.Request{Op: agentrpc.OpEmpty, Path: node.Path})
	if err == nil && state == "used" {
		return node, Fail(codeInternal, "append the node: directory \"%s\" is not empty", node.Path)
	}
	return node, err
}

func masterReady(ctx context.Context, env *Env, node catalog.Node, nodes catalog.Nodes) error {
	master, _ := nodes.WithOID(node.MasterOID)
	status, err := ping(ctx, env, master)
	if err != nil {
		return err
	}
	if status != pingOK {
		return Fail(codeInternal, "%s \"%s\" is not running", describeKind(master.Kind), master.Name)
	}
	if node.Sync == "potential" && syncNames(nodes, master, node.OID) == "" {
		return Fail(codeInternal, "datanode \"%s\" has no sync slave node, can not append this node as potential node", master.Name)
	}
	return nil
}

func awaitNode(ctx context.Context, env *Env, node catalog.Node, limit time.Duration) bool {
	for deadline := time.Now().Add(limit); time.Now().Before(deadline) && ctx.Err() == nil; pause(ctx, 100*time.Millisecond) {
		if status, err := ping(ctx, env, node); err == nil && status == pingOK {
			return true
		}
	}
	return false
}

func appendSlave(ctx context.Context, env *Env, node catalog.Node, nodes catalog.Nodes) error {
	master, _ := nodes.WithOID(node.MasterOID)
	line := fmt.Sprintf("host    replication    %s    %s/32    trust", node.Host.User, node.Host.Address)
	if err := admit(ctx, env, master, []string{line}, true); err != nil {
		return Fail(codeInternal, "%s", err)
	}
	if err := copyFromMaster(ctx, env, node, master, "INIT CNDN SLAVE"); err != nil {
		return Fail(codeInternal, "%s", err)
	}
	if err := writeFiles(ctx, env, node, nodes, false); err != nil {
		return err
	}
	request := agentrpc.Request{Op: agentrpc.OpRecovery, Path: node.Path, PrimaryConninfo: conninfo(master, node.Name)}
	if _, err := call(ctx, env, node.Host, request); err != nil {
		return Fail(codeInternal, "%s", err)
	}
	if err := startOrFail(ctx, env, node); err != nil {
		return err
	}
	return joinSlave(ctx, env, node.OID, master)
}

// joinSlave marks a slave a member and lets its master wait for it, if it is synchronous.
func joinSlave(ctx context.Context, env *Env, oid uint32, master catalog.Node) error {
	if err := env.Flags.SetFlags(ctx, oid, true, true); err != nil {
		return err
	}
	nodes, err := env.Store.Nodes(ctx)
	if err != nil {
		return err
	}
	if err := setSyncNames(ctx, env, nodes, master, 0); err != nil {
		env.warning("refresh synchronous_standby_names of %s \"%s\" fail %s", describeKind(master.Kind), master.Name, err)
	}
	return nil
}

// startOrFail starts a node that is not yet marked initialised.
func startOrFail(ctx context.Context, env *Env, node catalog.Node) error {
	node.Inited = true
	started, text, err := powerOne(ctx, env, node, grammar.Power{Start: true}, true)
	if err == nil && !started {
		err = Fail(codeInternal, "%s", text)
	}
	return err
}

// appendMaster makes a coordinator or datanode master. The real one loads a dump of the schema into a fresh initdb; here the copy
// of a member of the same kind, emptied, has the same schema, roles and databases.
func appendMaster(ctx context.Context, env *Env, node catalog.Node, nodes catalog.Nodes) error {
	peers := nodes.Members().OfKind(node.Kind)
	if len(peers) == 0 {
		return Fail(codeInternal, "there is no running %s to copy the schema from", describeKind(node.Kind))
	}
	source := peers[0]
	if err := letIn(ctx, env, node, nodes); err != nil {
		return err
	}
	line := fmt.Sprintf("host    replication    %s    %s/32    trust", node.Host.User, node.Host.Address)
	if err := admit(ctx, env, source, []string{line}, true); err != nil {
		return Fail(codeInternal, "%s", err)
	}
	if err := copyFromMaster(ctx, env, node, source, "INIT CNDN MASTER"); err != nil {
		return Fail(codeInternal, "%s", err)
	}
	if err := writeFiles(ctx, env, node, nodes, true); err != nil {
		return err
	}
	if err := startOrFail(ctx, env, node); err != nil {
		return err
	}
	if err := settleCopy(ctx, node, source, nodes); err != nil {
		return Fail(codeInternal, "%s", reasonOf(err))
	}
	for _, peer := range nodes.Members().OfKind('g', 'c') {
		if err := execOnNode(ctx, peer, createNode(node), poolReload); err != nil {
			return Fail(codeInternal, "%s", reasonOf(err))
		}
	}
	return env.Flags.SetFlags(ctx, node.OID, true, true)
}

// letIn appends the new node's address to pg_hba of every member.
func letIn(ctx context.Context, env *Env, node catalog.Node, nodes catalog.Nodes) error {
	line := fmt.Sprintf("host    all    all    %s/32    trust", node.Host.Address)
	for _, peer := range nodes.Members() {
		if err := admit(ctx, env, peer, []string{line}, true); err != nil {
			return Fail(codeInternal, "%s", err)
		}
	}
	return nil
}

// settleCopy turns the copy of a member into a node of its own: a coordinator knows itself and its source by their own rows, a
// datanode has the source's tables without their rows.
func settleCopy(ctx context.Context, node, source catalog.Node, nodes catalog.Nodes) error {
	if node.Kind == 'c' {
		drop := "DROP NODE " + quoteName(source.Name)
		return execOnNode(ctx, node, drop, createNode(source), createNode(node), poolReload)
	}
	return onNode(ctx, node, func(conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, `SELECT datname FROM pg_database WHERE datallowconn AND datname !~ '^template'`)
		if err != nil {
			return err
		}
		databases, err := pgx.CollectRows(rows, pgx.RowTo[string])
		for _, database := range databases {
			if err == nil {
				err = truncateAll(ctx, node, database)
			}
		}
		return err
	})
}

const truncateEveryTable = `SET transaction_read_only = off; DO $$DECLARE name text; BEGIN
	FOR name IN SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema', 'antdb') LOOP
		EXECUTE 'TRUNCATE ' || name || ' CASCADE';
	END LOOP; END$$`

func truncateAll(ctx context.Context, node catalog.Node, database string) error {
	conn, err := connectTo(ctx, node, database)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	_, err = conn.Exec(ctx, truncateEveryTable)
	return err
}
