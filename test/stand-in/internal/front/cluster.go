package front

import (
	"context"
	"sync"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// remote is a session to another node while one statement on roles or databases runs everywhere.
type remote struct {
	address
	conn *pgconn.PgConn
}

// runOnCluster runs a statement on every other node first, then here, and commits it there only when it succeeded here.
func (s *session) runOnCluster(one step) error {
	if err := s.node.prepare(one); err != nil {
		return s.fail(asResponse(s.node.itself(), err))
	}
	remotes, refusal := s.openRemotes()
	defer closeRemotes(remotes)
	if refusal == nil {
		refusal = s.runRemotes(remotes, one)
	}
	if refusal != nil {
		return s.fail(refusal)
	}
	if err := s.runServer(one.sql); err != nil {
		return err
	}
	if s.answers.hadError() {
		s.undoRemotes(remotes, one)
		return nil
	}
	if !one.alone {
		if refusal := onEach(remotes, "COMMIT"); refusal != nil {
			return s.fail(refusal)
		}
	}
	return nil
}

// spreadAtOnce is for the extended protocol: when the statement is parsed, it is run and committed on the other nodes.
func (s *session) spreadAtOnce(one step) *pgproto3.ErrorResponse {
	if err := s.node.prepare(one); err != nil {
		return asResponse(s.node.itself(), err)
	}
	remotes, refusal := s.openRemotes()
	defer closeRemotes(remotes)
	if refusal != nil {
		return refusal
	}
	if refusal := s.runRemotes(remotes, one); refusal != nil || one.alone {
		return refusal
	}
	return onEach(remotes, "COMMIT")
}

// openRemotes connects to every node this one knows; a node that can't be reached makes the statement fail.
func (s *session) openRemotes() ([]remote, *pgproto3.ErrorResponse) {
	if s.replay {
		return nil, nil
	}
	list, err := s.node.spreadTargets()
	if err != nil {
		return nil, asResponse(s.node.itself(), err)
	}
	remotes := make([]remote, len(list))
	errs := make([]error, len(list))
	var group sync.WaitGroup
	for i, to := range list {
		group.Go(func() {
			remotes[i].address = to
			remotes[i].conn, errs[i] = s.node.connectNode(s.context(), to, s.user(), "postgres")
		})
	}
	group.Wait()
	for i, err := range errs {
		if err != nil {
			return remotes, asResponse(list[i], err)
		}
	}
	return remotes, nil
}

// spreadTargets is empty on nodes that are no coordinator.
func (n *node) spreadTargets() ([]address, error) {
	rows, err := n.control.query("SELECT antdb.is_coordinator()")
	if err != nil || string(rows[0][0]) != "t" {
		return nil, err
	}
	return n.others()
}

func closeRemotes(remotes []remote) {
	for _, one := range remotes {
		if one.conn != nil {
			_ = one.conn.Close(context.Background())
		}
	}
}

// runRemotes runs the statement on each.
func (s *session) runRemotes(remotes []remote, one step) *pgproto3.ErrorResponse {
	if !one.alone {
		if refusal := onEach(remotes, "BEGIN"); refusal != nil {
			return refusal
		}
	}
	for i := range remotes {
		if refusal := onEach(remotes[i:i+1], one.sql); refusal != nil {
			s.undoRemotes(remotes[:i], one)
			return refusal
		}
	}
	return nil
}

// undoRemotes takes back what can't be rolled back: databases made on some nodes when another one refused.
func (s *session) undoRemotes(remotes []remote, one step) {
	if one.alone && one.starts("create", "database") {
		onEach(remotes, "DROP DATABASE IF EXISTS "+identifier(one.tokens[2].text))
	}
}

func onEach(remotes []remote, sql string) *pgproto3.ErrorResponse {
	for _, one := range remotes {
		if _, err := one.conn.Exec(context.Background(), sql).ReadAll(); err != nil {
			return asResponse(one.address, err)
		}
	}
	return nil
}
