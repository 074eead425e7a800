package front

import (
	"slices"

	"github.com/jackc/pgx/v5/pgproto3"
)

// runScript runs the statements of one simple query one after the other. As in PostgreSQL they are one transaction, unless they say
// otherwise; the client sees one ReadyForQuery at the end.
func (s *session) runScript(steps []step) error {
	status := s.answers.settle()
	if status == 0 {
		return nil
	}
	s.answers.begin()
	wrap := status == 'I' && len(steps) > 1 && !slices.ContainsFunc(steps, func(one step) bool { return one.control || one.alone })
	if wrap {
		if err := s.runQuiet("BEGIN"); err != nil {
			return err
		}
	}
	failed := false
	for _, one := range steps {
		if err := s.runStep(one); err != nil {
			return err
		}
		if failed = s.answers.hadError(); failed {
			break
		}
	}
	if wrap {
		if err := s.endWrap(failed); err != nil {
			return err
		}
	}
	return s.answers.finish()
}

func (s *session) endWrap(failed bool) error {
	if failed {
		return s.runQuiet("ROLLBACK")
	}
	return s.runQuiet("COMMIT")
}

func (s *session) runStep(one step) error {
	s.answers.mode(passAll)
	switch {
	case len(one.on) > 0:
		return s.runOn(one)
	case one.direct != "":
		return s.runDirect(one)
	case one.cluster:
		return s.runOnCluster(one)
	}
	s.retagFor(one)
	return s.runServer(one.sql)
}

// runServer runs one statement on the server in the client's session and waits for its end.
func (s *session) runServer(sql string) error {
	s.answers.expect()
	if err := send(s.to, &pgproto3.Query{String: sql}); err != nil {
		return err
	}
	s.answers.settle()
	return nil
}

// runQuiet does so with nothing but errors reaching the client.
func (s *session) runQuiet(sql string) error {
	s.answers.mode(passErrors)
	return s.runServer(sql)
}

// fail reports an error of the front's own as the step's result.
func (s *session) fail(message *pgproto3.ErrorResponse) error {
	if err := s.answers.say(message); err != nil {
		return err
	}
	if s.answers.settle() == 'T' {
		s.answers.mode(passNone)
		if err := s.runServer("SELECT 1/0"); err != nil {
			return err
		}
	}
	s.answers.markError()
	return nil
}
