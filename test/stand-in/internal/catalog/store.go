package catalog

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Store reads and writes the mgr_* tables over one connection, in whatever transaction that connection is. A statement here is short
// and is let finish: cancelling it would cost the session its connection.
type Store struct{ Conn *pgx.Conn }

// Hosts reads mgr_host, oldest row first.
func (s Store) Hosts(ctx context.Context) ([]Host, error) {
	rows, err := s.Conn.Query(context.WithoutCancel(ctx), `SELECT oid, hostname::text, hostuser::text, hostport, hostproto::text, hostagentport, allowcure,
		coalesce(hostaddr, ''), coalesce(hostadbhome, '') FROM pg_catalog.mgr_host ORDER BY oid`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Host])
}

// Nodes reads mgr_node with each node's host, oldest row first.
func (s Store) Nodes(ctx context.Context) (Nodes, error) {
	rows, err := s.Conn.Query(context.WithoutCancel(ctx), `SELECT n.oid, n.nodename::text, n.nodetype::text, n.nodesync::text, n.nodeport, n.nodeinited, n.nodemasternameoid,
		n.nodeincluster, n.nodezone::text, n.curestatus::text, coalesce(n.nodepath, ''), n.nodehost, coalesce(h.hostname::text, ''),
		coalesce(h.hostuser::text, ''), coalesce(h.hostagentport, 0), coalesce(h.hostaddr, '')
		FROM pg_catalog.mgr_node n LEFT JOIN pg_catalog.mgr_host h ON h.oid = n.nodehost ORDER BY n.oid`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Node, error) {
		var node Node
		var kind string
		err := row.Scan(&node.OID, &node.Name, &kind, &node.Sync, &node.Port, &node.Inited, &node.MasterOID, &node.InCluster, &node.Zone,
			&node.CureStatus, &node.Path, &node.Host.OID, &node.Host.Name, &node.Host.User, &node.Host.AgentPort, &node.Host.Address)
		if kind != "" {
			node.Kind = kind[0]
		}
		return node, err
	})
}

// Exec runs one statement with arguments.
func (s Store) Exec(ctx context.Context, sql string, args ...any) error {
	_, err := s.Conn.Exec(context.WithoutCancel(ctx), sql, args...)
	return err
}

// AddHost inserts a row.
func (s Store) AddHost(ctx context.Context, host Host) error {
	return s.Exec(ctx, `INSERT INTO pg_catalog.mgr_host (hostname, hostuser, hostport, hostproto, hostagentport, allowcure, hostaddr, hostadbhome)
		VALUES ($1, $2, $3, $4::text::"char", $5, true, $6, $7)`, host.Name, host.User, host.Port, host.Proto, host.AgentPort, host.Address, host.Home)
}

// UpdateHost writes every column but the name.
func (s Store) UpdateHost(ctx context.Context, host Host) error {
	return s.Exec(ctx, `UPDATE pg_catalog.mgr_host SET hostuser = $2, hostport = $3, hostproto = $4::text::"char", hostagentport = $5, hostaddr = $6,
		hostadbhome = $7 WHERE oid = $1`, host.OID, host.User, host.Port, host.Proto, host.AgentPort, host.Address, host.Home)
}

// DropHost deletes a row.
func (s Store) DropHost(ctx context.Context, oid uint32) error {
	return s.Exec(ctx, `DELETE FROM pg_catalog.mgr_host WHERE oid = $1`, oid)
}

// AddNode inserts a definition: neither initialised nor in the cluster.
func (s Store) AddNode(ctx context.Context, node Node) error {
	return s.Exec(ctx, `INSERT INTO pg_catalog.mgr_node (nodename, nodehost, nodetype, nodesync, nodeport, nodeinited, nodemasternameoid, nodeincluster,
		nodezone, allowcure, curestatus, nodepath) VALUES ($1, $2, $3::text::"char", $4, $5, false, $6, false, $7, false, 'normal', $8)`,
		node.Name, node.Host.OID, string(node.Kind), node.Sync, node.Port, node.MasterOID, node.Zone, node.Path)
}

// UpdateNode writes the columns commands change; the flags are not among them (SetFlags).
func (s Store) UpdateNode(ctx context.Context, node Node) error {
	return s.Exec(ctx, `UPDATE pg_catalog.mgr_node SET nodehost = $2, nodetype = $3::text::"char", nodesync = $4, nodeport = $5, nodemasternameoid = $6,
		nodezone = $7, curestatus = $8, nodepath = $9 WHERE oid = $1`,
		node.OID, node.Host.OID, string(node.Kind), node.Sync, node.Port, node.MasterOID, node.Zone, node.CureStatus, node.Path)
}

// DropNode deletes a definition with its parameters and pg_hba lines.
func (s Store) DropNode(ctx context.Context, node Node) error {
	if err := s.Exec(ctx, `DELETE FROM pg_catalog.mgr_node WHERE oid = $1`, node.OID); err != nil {
		return err
	}
	if err := s.Exec(ctx, `DELETE FROM pg_catalog.mgr_updateparm WHERE updateparmnodename = $1`, node.Name); err != nil {
		return err
	}
	return s.Exec(ctx, `DELETE FROM pg_catalog.mgr_hba WHERE nodename = $1`, node.Name)
}

// SetFlags writes nodeinited and nodeincluster. The real manager changes them in place, outside any transaction: give it a
// connection of its own in autocommit, so that they survive the failure of the command.
func (s Store) SetFlags(ctx context.Context, oid uint32, inited, incluster bool) error {
	return s.Exec(ctx, `UPDATE pg_catalog.mgr_node SET nodeinited = $2, nodeincluster = $3 WHERE oid = $1`, oid, inited, incluster)
}

// SetAllowCure writes whether doctor may touch the node.
func (s Store) SetAllowCure(ctx context.Context, oid uint32, allow bool) error {
	return s.Exec(ctx, `UPDATE pg_catalog.mgr_node SET allowcure = $2 WHERE oid = $1`, oid, allow)
}
