package command

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"antdb.io/stand-in/internal/agentrpc"
	"antdb.io/stand-in/internal/catalog"
	"antdb.io/stand-in/internal/grammar"
)

// listQuery is the query a LIST command stands for; empty for every other statement. Names are checked first, as at parse time.
func listQuery(ctx context.Context, env *Env, statement grammar.Statement) (string, []any, error) {
	switch s := statement.(type) {
	case grammar.ListHost:
		if err := checkHosts(ctx, env, s.Names); err != nil {
			return "", nil, err
		}
		return selectFrom("adbmgr.host", s.Columns, "name", s.Names)
	case grammar.ListNode:
		return listNodeQuery(ctx, env, s)
	case grammar.ListParam:
		return listParamQuery(ctx, env, s)
	case grammar.ListHba:
		if s.Names != nil { // another function than without names: other columns, and only the first name counts
			return `SELECT nodename, hbavalue AS "values" FROM pg_catalog.mgr_hba WHERE nodename = $1`, []any{s.Names[0]}, nil
		}
		return selectFrom("adbmgr.hba", nil, "nodename", nil)
	case grammar.ListDoctor:
		return listDoctorQuery, nil, nil
	}
	return "", nil, nil
}

// selectFrom builds a query on a view with an optional column list and an optional name list.
func selectFrom(view string, columns []string, key string, names []string) (string, []any, error) {
	list := "*"
	if columns != nil {
		quoted := make([]string, len(columns))
		for index, name := range columns {
			quoted[index] = name
			if name != "*" {
				quoted[index] = pgx.Identifier{name}.Sanitize()
			}
		}
		list = strings.Join(quoted, ", ")
	}
	query := "SELECT " + list + " FROM " + view
	if names == nil {
		return query, nil, nil
	}
	return query + fmt.Sprintf(" WHERE %s::text = ANY($1)", key), []any{names}, nil
}

func checkHosts(ctx context.Context, env *Env, names []string) error {
	for _, name := range names {
		_, _, found, err := findHost(ctx, env, name)
		if err != nil {
			return err
		}
		if !found {
			return Fail(codeInternal, "host name \"%s\" does not exist", name)
		}
	}
	return nil
}

func checkNodes(ctx context.Context, env *Env, names []string) error {
	nodes, err := env.Store.Nodes(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		if _, found := nodes.Named(name); !found {
			return Fail(codeInternal, "node name \"%s\" does not exist", name)
		}
	}
	return nil
}

func listNodeQuery(ctx context.Context, env *Env, s grammar.ListNode) (string, []any, error) {
	switch {
	case s.Zone != "":
		return selectFrom("adbmgr.node", nil, "zone", []string{s.Zone})
	case s.Hosts != nil:
		if err := checkHosts(ctx, env, s.Hosts); err != nil {
			return "", nil, err
		}
		return selectFrom("adbmgr.node", nil, "host", s.Hosts)
	case s.MasterName != "":
		nodes, err := env.Store.Nodes(ctx)
		if err != nil {
			return "", nil, err
		}
		if node, found := nodes.Named(s.MasterName); !found || node.Kind != 'd' {
			return "", nil, Fail(codeInternal, "datanode master \"%s\" does not exist", s.MasterName)
		}
		return "SELECT * FROM adbmgr.node WHERE name = $1 OR mastername = $1", []any{s.MasterName}, nil
	case s.Kinds != nil:
		var kinds []string
		for _, kind := range s.Kinds {
			kinds = append(kinds, describeKind(kind))
		}
		return selectFrom("adbmgr.node", nil, "type", kinds)
	}
	if err := checkNodes(ctx, env, s.Names); err != nil {
		return "", nil, err
	}
	if s.Names == nil && s.Columns == nil {
		if err := warnOutside(ctx, env); err != nil {
			return "", nil, err
		}
	}
	return selectFrom("adbmgr.node", s.Columns, "name", s.Names)
}

// warnOutside warns of every node that is defined and not in the cluster.
func warnOutside(ctx context.Context, env *Env) error {
	nodes, err := env.Store.Nodes(ctx)
	for _, node := range nodes {
		if !node.InCluster {
			env.warning("%s %s does not in the cluster", describeKind(node.Kind), node.Name)
		}
	}
	return err
}

func listNodeSize(ctx context.Context, env *Env, s grammar.ListNodeSize) (Result, error) {
	nodes, err := env.Store.Nodes(ctx)
	if err != nil {
		return Result{}, err
	}
	rows := newTable(sizeColumnsOf(s))
	for _, node := range nodes {
		if !s.All && !slices.Contains(s.Names, node.Name) {
			continue
		}
		var size any = sizeOf(ctx, env, node)
		if s.Pretty {
			size = pretty(size.(int64))
		}
		rows.add(node.Name, shortKind(node.Kind), node.Port, node.Path, size)
	}
	return rows.done(), ctx.Err()
}

// sizeOf asks the node's agent. Whatever goes wrong is an INFO and the size 0: zero alone proves nothing.
func sizeOf(ctx context.Context, env *Env, node catalog.Node) int64 {
	text, err := call(ctx, env, node.Host, agentrpc.Request{Op: agentrpc.OpSize, Path: node.Path})
	if isUnreachable(err) {
		env.info("ndoename \"%s\" : agent is not running", node.Name)
		return 0
	}
	if err != nil {
		env.info("ndoename \"%s\" %s", node.Name, err)
		return 0
	}
	var size int64
	fmt.Sscan(text, &size)
	return size
}

// pretty writes a size as pg_size_pretty does.
func pretty(size int64) string {
	const keepBytes = 10 * 1024
	if size < keepBytes {
		return fmt.Sprintf("%d bytes", size)
	}
	units := []string{"kB", "MB", "GB", "TB"}
	value := (size>>9 + 1) >> 1
	index := 0
	for value >= keepBytes && index < len(units)-1 {
		value = (value>>9 + 1) >> 1
		index++
	}
	return fmt.Sprintf("%d %s", value, units[index])
}
