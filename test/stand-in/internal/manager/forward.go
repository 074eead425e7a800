package manager

import (
	"github.com/jackc/pgx/v5/pgproto3"
)

// expectation is one answer an extended-protocol message owes; a Flush message waits for all of them.
type expectation int

const (
	expectOne     expectation = iota // ParseComplete, BindComplete, CloseComplete
	expectRows                       // RowDescription or NoData
	expectExecute                    // until CommandComplete, EmptyQueryResponse or PortalSuspended
)

// flushEvery bounds how many data rows wait in memory before they are sent on.
const flushEvery = 200

// forward passes one client message to the backing server and its answers back. Statements that set command_mode are rewritten to
// a setting PostgreSQL knows; the switch itself happens here, when the server is ready again.
func (s *session) forward(message pgproto3.FrontendMessage) error {
	server := s.backing.PgConn().Frontend()
	switch message := message.(type) {
	case *pgproto3.Query:
		server.Send(&pgproto3.Query{String: s.rewrite(message.String)})
		return s.exchange()
	case *pgproto3.Parse:
		server.Send(&pgproto3.Parse{Name: message.Name, Query: s.rewrite(message.Query), ParameterOIDs: message.ParameterOIDs})
		s.pending = append(s.pending, expectOne)
	case *pgproto3.Bind, *pgproto3.Close:
		server.Send(message)
		s.pending = append(s.pending, expectOne)
	case *pgproto3.Describe:
		server.Send(message)
		s.pending = append(s.pending, expectRows)
	case *pgproto3.Execute:
		server.Send(message)
		s.pending = append(s.pending, expectExecute)
	case *pgproto3.Flush:
		server.Send(message)
		return s.drain()
	case *pgproto3.Sync, *pgproto3.FunctionCall:
		server.Send(message)
		s.pending = nil
		return s.exchange()
	default: // CopyData and CopyDone outside a copy: the server ignores them
		server.Send(message)
	}
	return nil
}

func (s *session) rewrite(query string) string {
	text, mode := rewriteMode(query)
	if mode != nil {
		s.wantMode = mode
	}
	return text
}

// exchange passes answers on until the server is ready.
func (s *session) exchange() error {
	server := s.backing.PgConn().Frontend()
	if err := server.Flush(); err != nil {
		return err
	}
	for rows := 0; ; rows++ {
		message, err := server.Receive()
		if err != nil {
			return err
		}
		if ready, ok := message.(*pgproto3.ReadyForQuery); ok {
			return s.becomeReady(ready.TxStatus)
		}
		if err := s.pass(message, rows); err != nil {
			return err
		}
	}
}

func (s *session) becomeReady(status byte) error {
	s.txStatus = status
	if s.wantMode != nil && !s.failed {
		s.setMode(*s.wantMode)
	}
	s.wantMode, s.failed = nil, false
	return s.ready()
}

// pass sends one answer to the client, and the client's copy data to the server when that is what the answer asks for.
func (s *session) pass(message pgproto3.BackendMessage, rows int) error {
	switch message := message.(type) {
	case *pgproto3.ParameterStatus:
		if message.Name == "server_version" {
			return nil
		}
	case *pgproto3.ErrorResponse:
		s.failed = true
	case *pgproto3.CopyInResponse, *pgproto3.CopyBothResponse:
		s.client.Send(message)
		if err := s.client.Flush(); err != nil {
			return err
		}
		return s.copyIn()
	case *pgproto3.DataRow, *pgproto3.CopyData:
		s.client.Send(message)
		if rows%flushEvery != flushEvery-1 {
			return nil
		}
		return s.client.Flush()
	}
	s.client.Send(message)
	return s.client.Flush()
}

func (s *session) copyIn() error {
	server := s.backing.PgConn().Frontend()
	for {
		message, err := s.client.Receive()
		if err != nil {
			return err
		}
		server.Send(message)
		if err := server.Flush(); err != nil {
			return err
		}
		switch message.(type) {
		case *pgproto3.CopyDone, *pgproto3.CopyFail:
			return nil
		}
	}
}

// drain passes on everything the messages so far are owed, for clients that use Flush.
func (s *session) drain() error {
	server := s.backing.PgConn().Frontend()
	if err := server.Flush(); err != nil {
		return err
	}
	for len(s.pending) > 0 {
		message, err := server.Receive()
		if err != nil {
			return err
		}
		if err := s.pass(message, 0); err != nil {
			return err
		}
		if _, failed := message.(*pgproto3.ErrorResponse); failed {
			s.pending = nil
		} else if settles(s.pending[0], message) {
			s.pending = s.pending[1:]
		}
	}
	return nil
}

func settles(owed expectation, message pgproto3.BackendMessage) bool {
	switch message.(type) {
	case *pgproto3.ParseComplete, *pgproto3.BindComplete, *pgproto3.CloseComplete:
		return owed == expectOne
	case *pgproto3.RowDescription, *pgproto3.NoData:
		return owed == expectRows
	case *pgproto3.CommandComplete, *pgproto3.EmptyQueryResponse, *pgproto3.PortalSuspended:
		return owed == expectExecute
	}
	return false
}
