package front

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

const (
	gtmFresh    = time.Second            // how long an answer of the gtm counts
	gtmPatience = 3 * time.Second        // how long a statement waits for one
	gtmRetry    = 100 * time.Millisecond // between attempts
	gtmIdle     = 2 * time.Second        // an unused session to the gtm is closed: a smart stop of the gtm waits for sessions
)

// gate is the node's tie to the gtm it was told (agtm_host, agtm_port): without it no transaction.
type gate struct {
	node  *node
	mutex sync.Mutex
	conn  *pgconn.PgConn
	to    address
	good  time.Time
	bad   time.Time // when the last check failed, and how
	cause error
	timer *time.Timer
}

// checkGtm returns the error for a client whose statements need the gtm while it can't be reached.
func (s *session) checkGtm(steps []step) *pgproto3.ErrorResponse {
	if !slices.ContainsFunc(steps, func(one step) bool { return !one.local }) {
		return nil
	}
	if err := s.node.gate.check(); err != nil {
		return failure("XX000", err.Error())
	}
	return nil
}

// check waits up to gtmPatience for a sign of life that is fresh.
func (g *gate) check() error {
	arrived := time.Now()
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if g.bad.After(arrived) {
		return g.cause // another session waited for us
	}
	if time.Since(g.good) < gtmFresh {
		return nil
	}
	deadline := time.Now().Add(gtmPatience)
	for {
		err := g.tick(deadline)
		if err == nil {
			g.good = time.Now()
			return nil
		}
		if time.Now().Add(gtmRetry).After(deadline) {
			g.bad, g.cause = time.Now(), errors.New("cannot connect to GTMCOORD: wait stream timeout")
			return g.cause
		}
		time.Sleep(gtmRetry)
	}
}

// tick makes the gtm commit something, if this node depends on one: the gtm itself and standbys do not.
func (g *gate) tick(deadline time.Time) error {
	rows, err := g.node.control.query("SELECT antdb.setting('kind') IN ('g', 'p') OR pg_catalog.pg_is_in_recovery()," +
		" coalesce(antdb.setting('agtm_host'), 'localhost'), coalesce(antdb.setting('agtm_port'), '6666')")
	if err != nil {
		return nil // the server itself is unwell: it says so in its own words
	}
	if string(rows[0][0]) == "t" {
		return nil
	}
	ctx, cancel := context.WithDeadline(context.Background(), deadline)
	defer cancel()
	if err := g.connect(ctx, address{"gtm", string(rows[0][1]), string(rows[0][2])}); err != nil {
		return err
	}
	if _, err := g.conn.Exec(ctx, "SELECT antdb.tick()").ReadAll(); err != nil {
		g.drop()
		return err
	}
	return nil
}

func (g *gate) connect(ctx context.Context, to address) error {
	if g.timer != nil {
		g.timer.Stop()
	}
	g.timer = time.AfterFunc(gtmIdle, func() {
		g.mutex.Lock()
		defer g.mutex.Unlock()
		g.drop()
	})
	if g.conn != nil && !g.conn.IsClosed() && g.to == to {
		return nil
	}
	g.drop()
	identity, err := ReadIdentity(g.node.dir)
	if err != nil {
		return err
	}
	conn, err := g.node.connectNode(ctx, to, identity.Superuser, "postgres")
	if err != nil {
		return err
	}
	g.conn, g.to = conn, to
	return nil
}

func (g *gate) drop() {
	if g.conn != nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = g.conn.Close(ctx)
		g.conn = nil
	}
}
