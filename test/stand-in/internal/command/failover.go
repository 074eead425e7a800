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

const (
	shutdownSeconds  = 5
	promotionSeconds = 60
)

// switching is one FAILOVER or SWITCHOVER.
type switching struct {
	env       *Env
	nodes     catalog.Nodes
	old, next catalog.Node
	force     bool
}

// word is how the switcher calls the kind: datanode or gtmcoord.
func (s *switching) word() string {
	if catalog.MasterKind(s.old.Kind) == 'g' {
		return "gtmcoord"
	}
	return "datanode"
}

func failover(ctx context.Context, env *Env, statement grammar.Failover) (Result, error) {
	nodes, err := env.Store.Nodes(ctx)
	if err != nil {
		return Result{}, err
	}
	run := &switching{env: env, nodes: nodes, force: statement.Force}
	if err := run.takeMaster(statement); err != nil {
		return Result{}, err
	}
	if err := run.checkPeers(ctx); err != nil {
		return Result{}, err
	}
	fenced := run.shutDownOld(ctx)
	if err := run.carryOut(ctx, statement.To); err != nil {
		run.revert(ctx, fenced)
		return Result{}, err
	}
	env.notice("%s has been kicked out of the cluster", run.old.Name)
	env.notice("Switch the %s master from %s to %s has been successfully completed", run.word(), run.old.Name, run.next.Name)
	rows := newTable(statusColumns)
	rows.add(run.next.Name, true, fmt.Sprintf("failover %s success", run.word()))
	return rows.done(), nil
}

func (s *switching) takeMaster(statement grammar.Failover) error {
	node, found := s.nodes.Named(statement.Name)
	role := map[byte]string{'d': "datanode master node", 'g': "master gtm coordinator"}[statement.Kind]
	switch {
	case !found || node.Kind != statement.Kind:
		return Fail(codeInternal, "%s does not exist or is not a %s", statement.Name, role)
	case !node.Inited:
		return Fail(codeInternal, "%s has not be initialized", node.Name)
	case !node.InCluster:
		return Fail(codeInternal, "%s has been kicked out of the cluster", node.Name)
	case node.Zone != s.env.Zone:
		return Fail(codeInternal, "the node(%s) is not in current zone(%s), can't operator it.", node.Name, s.env.Zone)
	}
	s.old = node
	return nil
}

// checkPeers: the gc and every coordinator must take connections, and a synchronous gcs must stream.
func (s *switching) checkPeers(ctx context.Context) error {
	for _, peer := range s.nodes.Members().OfKind('g', 'c') {
		if peer.OID == s.old.OID {
			continue
		}
		conn, err := connectNode(ctx, peer)
		if err != nil {
			return cmpErr(ctx, Fail(codeInternal, "connect to %s failed", peer.Name))
		}
		conn.Close(ctx)
		for _, slave := range s.nodes.SlavesOf(peer.OID).Members() {
			if slave.Sync == "sync" && !streams(ctx, peer, slave.Name) {
				return Fail(codeInternal, "%s Synchronous standby node Streaming Replication failure", peer.Name)
			}
		}
	}
	return nil
}

// shutDownOld stops the old master if its agent answers; if not, nothing fences it.
func (s *switching) shutDownOld(ctx context.Context) bool {
	for _, mode := range []string{"fast", "immediate"} {
		request := agentrpc.Request{Op: agentrpc.OpStop, Path: s.old.Path, Mode: mode, Wait: true, TimeoutMs: shutdownSeconds * 1000}
		_, err := call(ctx, s.env, s.old.Host, request)
		if isUnreachable(err) {
			return false
		}
		if status, _ := ping(ctx, s.env, s.old); status == pingNoResponse {
			return true
		}
	}
	return false
}

func (s *switching) carryOut(ctx context.Context, to string) error {
	candidate, err := s.candidate(ctx, to)
	if err != nil {
		return err
	}
	s.next = candidate
	if err := s.promote(ctx); err != nil {
		return err
	}
	if err := s.record(ctx); err != nil {
		return err
	}
	return s.announce(ctx)
}

// candidate is the slave to promote: TO's, else the one that received most; without FORCE it must be synchronous.
func (s *switching) candidate(ctx context.Context, to string) (catalog.Node, error) {
	var best catalog.Node
	bestPlace, anySync := int64(-1), false
	for _, slave := range s.nodes.SlavesOf(s.old.OID).Members() {
		place, running := received(ctx, slave)
		if !running || slave.Zone != s.env.Zone {
			continue
		}
		anySync = anySync || slave.Sync == "sync"
		if to != "" && slave.Name != to {
			continue
		}
		if place > bestPlace {
			best, bestPlace = slave, place
		}
	}
	switch {
	case best.Name == "":
		return best, Fail(codeInternal, "Can't find any slave node that can be promoted")
	case !s.force && !anySync:
		return best, Fail(codeInternal, "Can't find a Synchronous standby node, Abort switching to avoid data loss")
	case !s.force && best.Sync != "sync":
		return best, Fail(codeInternal, "candidate %s is not a Synchronous standby node of old master %s, abort switching to avoid data loss", best.Name, s.old.Name)
	}
	if to == "" {
		s.env.notice("%s have the best wal lsn, choose it as a candidate for promotion", best.Name)
	}
	return best, nil
}

// received is how far a standby got, in bytes of log.
func received(ctx context.Context, slave catalog.Node) (place int64, running bool) {
	err := onNode(ctx, slave, func(conn *pgx.Conn) error {
		return conn.QueryRow(ctx, `SELECT (greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) - '0/0')::bigint`).Scan(&place)
	})
	return place, err == nil
}

func (s *switching) promote(ctx context.Context) error {
	if _, err := call(ctx, s.env, s.next.Host, agentrpc.Request{Op: agentrpc.OpPromote, Path: s.next.Path}); err != nil {
		return Fail(codeInternal, "promote %s failed: %s", s.next.Name, err)
	}
	for deadline := time.Now().Add(promotionSeconds * time.Second); time.Now().Before(deadline) && ctx.Err() == nil; pause(ctx, 100*time.Millisecond) {
		if recovery, _ := askNode(ctx, s.next); recovery == "false" {
			return nil
		}
	}
	return cmpErr(ctx, Fail(codeInternal, "%s is still in recovery after %d seconds", s.next.Name, promotionSeconds))
}
