package command

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"antdb.io/stand-in/internal/catalog"
	"antdb.io/stand-in/internal/grammar"
)

func listParamQuery(ctx context.Context, env *Env, s grammar.ListParam) (string, []any, error) {
	if s.All {
		return "SELECT * FROM adbmgr.updateparm", nil, nil
	}
	var kinds []string
	for _, kind := range s.Kinds {
		kinds = append(kinds, describeKind(kind))
	}
	if s.Name != "" {
		nodes, err := env.Store.Nodes(ctx)
		if err != nil {
			return "", nil, err
		}
		if node, found := nodes.Named(s.Name); !found || node.Kind != s.Kinds[0] {
			return "", nil, Fail(codeInternal, "%s \"%s\" does not exist", kinds[0], s.Name)
		}
	}
	// A row for all nodes of a kind reads "datanode master|slave": it is about each of them.
	where := `EXISTS (SELECT FROM unnest($1::text[]) AS k WHERE nodetype = k OR nodetype = split_part(k, ' ', 1) || ' master|slave')`
	where += ` AND ($2 = '' OR nodename = $2 OR nodename = '*') AND key ~~ ('%' || $3 || '%')`
	return "SELECT * FROM adbmgr.updateparm WHERE " + where, []any{kinds, s.Name, s.Like}, nil
}

const listDoctorQuery = `SELECT * FROM (SELECT 'PARAMETER' AS type, '--' AS subtype, k AS key, v AS value, comment FROM adb_doctor.adb_doctor_conf ORDER BY sort) AS p
	UNION ALL SELECT 'NODE', adbmgr.kind_text(nodetype), nodename::text, allowcure::text, 'enable doctor' FROM pg_catalog.mgr_node
	UNION ALL SELECT 'HOST', '--', hostname::text, allowcure::text, 'enable doctor' FROM pg_catalog.mgr_host`

// antdbParams are settings AntDB has and stock PostgreSQL has not; mgr_parm must know them too.
var antdbParams = [][]any{
	{"agtm_host", "sighup", "string", "", ""}, {"agtm_port", "sighup", "integer", "1", "65535"},
	{"max_coordinators", "postmaster", "integer", "2", "65535"}, {"max_datanodes", "postmaster", "integer", "2", "65535"},
	{"pgxc_node_name", "postmaster", "string", "", ""}, {"wal_keep_segments", "sighup", "integer", "0", "2147483647"},
	{"enable_readsql_on_slave", "user", "bool", "", ""}, {"enable_readsql_on_slave_async", "user", "bool", "", ""},
	{"min_pool_size", "sighup", "integer", "1", "65535"}, {"max_pool_size", "sighup", "integer", "1", "65535"},
}

// flushParam fills mgr_parm from the settings of a coordinator (the gc when there is none) that runs.
func flushParam(ctx context.Context, env *Env) error {
	nodes, err := env.Store.Nodes(ctx)
	if err != nil {
		return err
	}
	for _, node := range append(nodes.OfKind('c'), nodes.OfKind('g')...) {
		if !node.InCluster {
			continue
		}
		settings, err := settingsOf(ctx, node)
		if err == nil {
			return replaceParm(ctx, env, settings)
		}
	}
	return Fail(codeInternal, "get active coordinator fail in cluster")
}

func settingsOf(ctx context.Context, node catalog.Node) (settings [][]any, err error) {
	err = onNode(ctx, node, func(conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, `SELECT name, setting, context, vartype, coalesce(unit, ''), coalesce(min_val, ''), coalesce(max_val, ''),
			coalesce(enumvals::text, '') FROM pg_settings WHERE name !~ '[.]'`)
		if err != nil {
			return err
		}
		for rows.Next() {
			values, err := rows.Values()
			if err != nil {
				return err
			}
			settings = append(settings, values)
		}
		return rows.Err()
	})
	return settings, err
}

func replaceParm(ctx context.Context, env *Env, settings [][]any) error {
	if err := env.Flags.Exec(ctx, `DELETE FROM pg_catalog.mgr_parm`); err != nil {
		return err
	}
	batch := &pgx.Batch{}
	const insert = `INSERT INTO pg_catalog.mgr_parm VALUES ('*', $1, left($2, 63), $3, $4, $5, $6, $7, $8)`
	for _, setting := range settings {
		batch.Queue(insert, setting...)
	}
	for _, extra := range antdbParams {
		batch.Queue(insert, extra[0], "", extra[1], extra[2], "", extra[3], extra[4], "")
	}
	return env.Flags.Conn.SendBatch(context.WithoutCancel(ctx), batch).Close()
}

// showParam reads a live value from a node, or from every node whose name the pattern is.
func showParam(ctx context.Context, env *Env, s grammar.ShowParam) (Result, error) {
	nodes, err := env.Store.Nodes(ctx)
	if err != nil {
		return Result{}, err
	}
	node, found := nodes.Named(s.Node)
	if !found {
		return Result{}, Fail(codeUndefined, "the node \"%s\" does not exist", s.Node)
	}
	rows := newTable(showParamColumns)
	var lines []string
	err = onNode(ctx, node, func(conn *pgx.Conn) error {
		result, err := conn.Query(ctx, `SELECT name || ' = ' || setting FROM pg_settings WHERE name LIKE '%' || $1 || '%' ORDER BY name`, s.Name)
		if err != nil {
			return err
		}
		lines, err = pgx.CollectRows(result, pgx.RowTo[string])
		return err
	})
	if err != nil {
		rows.add(describeKind(node.Kind), false, reasonOf(err))
	} else {
		rows.add(describeKind(node.Kind), true, strings.Join(lines, "\n"))
	}
	return rows.done(), nil
}
