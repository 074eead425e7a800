package front

import (
	"context"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

const (
	gtmFresh        = time.Second            // how long an answer of the gtm counts
	gtmRetry        = 50 * time.Millisecond  // between looks
	gtmGlance       = 200 * time.Millisecond // what a read waits for a silent gtm before it takes an old snapshot
	gtmIdle         = 2 * time.Second        // an unused session to the gtm is closed: a smart stop of the gtm waits for sessions
	receiverTimeout = 60 * time.Second       // AntDB's snap_receiver_timeout
	restartTimeout  = 300 * time.Second      // AntDB's snap_restart_timeout
	pauseLimit      = 5 * time.Minute        // nobody pauses a cluster that long; a session would hang for ever otherwise
	freeDatabase    = "template1"            // AntDB's sessions there never ask the gtm
)

func noStream() *pgproto3.ErrorResponse {
	return failure("XX000", "cannot connect to GTMCOORD: wait stream timeout")
}

// gate is the node's tie to the gtm: every statement passes it.
type gate struct {
	node  *node
	mutex sync.Mutex
	conn  *pgconn.PgConn
	to    address
	good  time.Time
	bad   time.Time   // when the last check failed
	halts atomic.Bool // the cluster was paused when it was last asked
	timer *time.Timer
}

// gtmAddress is what a node was told of its gtm.
type gtmAddress struct {
	address
	self string // the node's own name
}

// gtm asks the server for the parameters in force.
func (n *node) gtm() (gtmAddress, error) {
	rows, err := n.control.query("SELECT coalesce(antdb.setting('agtm_host'), 'localhost')," +
		" coalesce(antdb.setting('agtm_port'), '6666'), antdb.self()")
	if err != nil {
		return gtmAddress{}, err
	}
	row := rows[0]
	return gtmAddress{address{"gtm", string(row[0]), string(row[1])}, string(row[2])}, nil
}

// The session that paused the cluster works on.
var (
	pauseStart = regexp.MustCompile(`(?i)\bpg_pause_cluster\b`)
	pauseEnd   = regexp.MustCompile(`(?i)\bpg_unpause_cluster\b`)
)

// checkGtm returns the error for a client whose statements need the gtm while it can't be reached.
func (s *session) checkGtm(steps []step) *pgproto3.ErrorResponse {
	mine := s.pausing
	for _, one := range steps {
		s.pausing = s.pausing && !pauseEnd.MatchString(one.sql) || pauseStart.MatchString(one.sql)
	}
	need := needOf(steps)
	if mine || s.pausing || s.database() == freeDatabase || need == needNothing {
		return nil
	}
	s.wait.cancelled.Store(false)
	if s.node.isGtm() {
		return s.awaitNodes()
	}
	return s.node.gate.check(s, need == needCommit)
}

// awaitNodes holds a statement on a gtm that has just started until all of its nodes are connected, five minutes at most.
func (s *session) awaitNodes() *pgproto3.ErrorResponse {
	if s.replay || s.unchecked || s.node.streams.isWhole() {
		return nil
	}
	for limit := s.node.began.Add(restartTimeout); time.Now().Before(limit); time.Sleep(gtmRetry) {
		rows, err := s.node.control.query("SELECT node_name FROM antdb.node WHERE node_name <> antdb.self() AND NOT pg_catalog.pg_is_in_recovery()")
		if err != nil {
			return nil // a server that is unwell says so in its own words
		}
		names := make([]string, len(rows))
		for i, row := range rows {
			names[i] = string(row[0])
		}
		if s.node.streams.complete(names) {
			return nil
		}
		if why := s.broken(); why != nil {
			return why
		}
	}
	return nil
}

// what the statements of one message need of the gtm
type need int

const (
	needNothing  need = iota
	needSnapshot      // the stream
	needCommit        // a gtm at its end that commits
)

func needOf(steps []step) need {
	most := needNothing
	for _, one := range steps {
		switch {
		case one.local:
		case one.reads:
			most = max(most, needSnapshot)
		default:
			most = needCommit
		}
	}
	return most
}

// patience is snap_receiver_timeout; STAND_IN_GTM_TIMEOUT (seconds) shortens it for tests.
func patience() time.Duration {
	if seconds, err := strconv.ParseFloat(strings.TrimSpace(os.Getenv("STAND_IN_GTM_TIMEOUT")), 64); err == nil {
		return time.Duration(seconds * float64(time.Second))
	}
	return receiverTimeout
}

// check waits for the stream. What writes also needs a gtm that commits, at the far end of that very stream; a coordinator's
// statements wait while the cluster is paused.
func (g *gate) check(s *session, writes bool) *pgproto3.ErrorResponse {
	arrived, heedsPause := time.Now(), g.node.Kind == "c"
	if _, up := g.node.stream.state(); up && !writes && !heedsPause {
		return nil
	}
	if !writes && !g.turn() {
		return nil
	}
	if writes {
		g.mutex.Lock()
	}
	defer g.mutex.Unlock()
	if g.bad.After(arrived) {
		return noStream() // another session waited for us
	}
	for deadline := arrived.Add(patience()); time.Now().Before(deadline); time.Sleep(gtmRetry) {
		if why := s.broken(); why != nil {
			return why
		}
		to, up := g.node.stream.state()
		if up && time.Since(g.good) < gtmFresh {
			return nil
		}
		if !up {
			continue
		}
		limit := deadline
		if !writes { // an old snapshot will do when the gtm is silent
			limit = time.Now().Add(gtmGlance)
		}
		paused, err := g.tick(to, heedsPause, limit)
		g.halts.Store(paused)
		switch {
		case paused && time.Since(arrived) < pauseLimit:
			deadline = time.Now().Add(patience())
		case err == nil:
			g.good = time.Now()
			return nil
		case !writes:
			if _, still := g.node.stream.state(); still {
				return nil
			}
		}
	}
	g.bad = time.Now()
	return noStream()
}

// turn takes the gate for a read; false when somebody else's commit keeps it and the stream is there: a read does not wait for that, it takes an old snapshot.
func (g *gate) turn() bool {
	for limit := time.Now().Add(gtmGlance); !g.mutex.TryLock(); time.Sleep(gtmRetry / 5) {
		if time.Now().Before(limit) {
			continue
		}
		if _, up := g.node.stream.state(); up && !g.halts.Load() {
			return false
		}
	}
	return true
}

// tick makes the gtm commit something, and asks whether the cluster is paused.
func (g *gate) tick(to address, heedsPause bool, deadline time.Time) (paused bool, err error) {
	ctx, cancel := context.WithDeadline(context.Background(), deadline)
	defer cancel()
	if err := g.connect(ctx, to); err != nil {
		return false, err
	}
	question := "SELECT antdb.tick(); SELECT false"
	if heedsPause {
		question = "SELECT antdb.tick(); SELECT antdb.is_paused()"
	}
	results, err := g.conn.Exec(ctx, question).ReadAll()
	if err != nil {
		g.drop()
		return false, err
	}
	return string(results[1].Rows[0][0]) == "t", nil
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
	conn, err := g.node.dialGtm(ctx, to, replayOption)
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
