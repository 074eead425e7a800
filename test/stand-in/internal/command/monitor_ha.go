package command

import (
	"cmp"
	"context"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"

	"antdb.io/stand-in/internal/catalog"
	"antdb.io/stand-in/internal/grammar"
)

var haNames = []string{"type", "nodename", "application_name", "client_addr", "state", "sent_lsn", "replay_lsn", "sync_state", "master_lsn",
	"sent_delay", "replay_deplay", "zone"}

// haQuery is one slave's row as its master sees it.
const haQuery = `SELECT r.client_addr::text, r.state, pg_walfile_name_offset(r.sent_lsn)::text, pg_walfile_name_offset(r.replay_lsn)::text,
	r.sync_state, pg_walfile_name_offset(pg_current_wal_insert_lsn())::text,
	pg_size_pretty(pg_wal_lsn_diff(pg_current_wal_insert_lsn(), r.sent_lsn)), pg_size_pretty(pg_wal_lsn_diff(pg_current_wal_insert_lsn(), r.replay_lsn))
	FROM (SELECT) one LEFT JOIN pg_stat_replication r ON r.application_name = $1`

func haColumns(selected []string) ([]pgproto3.FieldDescription, []int, error) {
	if selected == nil {
		selected = []string{"*"}
	}
	var columns []pgproto3.FieldDescription
	var indexes []int
	for _, name := range selected {
		for index, known := range haNames {
			if name == "*" || name == known {
				columns, indexes = append(columns, column(known, typeName)), append(indexes, index)
			}
		}
		if name != "*" && !slices.Contains(haNames, name) {
			return nil, nil, Fail("42703", "column \"%s\" does not exist", name)
		}
	}
	return columns, indexes, nil
}

// monitorHA does MONITOR HA: one row for each member slave, state down when its master does not know it.
func monitorHA(ctx context.Context, env *Env, s grammar.MonitorHA) (Result, error) {
	columns, indexes, err := haColumns(s.Columns)
	if err != nil {
		return Result{}, err
	}
	if err := checkNodes(ctx, env, s.Names); err != nil {
		return Result{}, err
	}
	nodes, err := env.Store.Nodes(ctx)
	if err != nil {
		return Result{}, err
	}
	slaves := slices.DeleteFunc(nodes.Members(), func(node catalog.Node) bool {
		return node.IsMaster() || s.Names != nil && !slices.Contains(s.Names, node.Name) || s.Zone != "" && node.Zone != s.Zone
	})
	slices.SortFunc(slaves, func(a, b catalog.Node) int { return cmp.Compare(a.Name, b.Name) })
	rows := newTable(columns)
	for _, slave := range slaves {
		all := haRow(ctx, slave, nodes)
		row := make([]any, len(indexes))
		for at, index := range indexes {
			row[at] = all[index]
		}
		rows.add(row...)
	}
	return rows.done(), ctx.Err()
}

func haRow(ctx context.Context, slave catalog.Node, nodes catalog.Nodes) []any {
	row := []any{describeKind(slave.Kind), slave.Name, slave.Name, "", "down", "", "", "", "", "", "", slave.Zone}
	master, found := nodes.WithOID(slave.MasterOID)
	if !found {
		return row
	}
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	_ = onNode(ctx, master, func(conn *pgx.Conn) error {
		values := make([]*string, 8)
		targets := make([]any, len(values))
		for index := range values {
			targets[index] = &values[index]
		}
		if err := conn.QueryRow(ctx, haQuery, slave.Name).Scan(targets...); err != nil {
			return err
		}
		for index, value := range values {
			if value != nil {
				row[3+index] = *value
			}
		}
		return nil
	})
	return row
}
