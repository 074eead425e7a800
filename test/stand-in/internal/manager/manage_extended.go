package manager

import (
	"context"

	"github.com/jackc/pgx/v5/pgproto3"

	"antdb.io/stand-in/internal/command"
	"antdb.io/stand-in/internal/grammar"
)

// extended answers Parse, Bind, Describe, Execute and Close. A prepared statement is its text: it has no parameters, and what rows
// it gives is known from its form.
func (s *session) extended(ctx context.Context, message pgproto3.FrontendMessage) {
	var err error
	switch message := message.(type) {
	case *pgproto3.Parse:
		err = s.prepare(message.Name, message.Query)
	case *pgproto3.Bind:
		err = s.bind(message)
	case *pgproto3.Describe:
		err = s.describe(ctx, message)
	case *pgproto3.Execute:
		err = s.executePortal(ctx, message.Portal)
	case *pgproto3.Close:
		if message.ObjectType == 'S' {
			delete(s.prepared, message.Name)
		} else {
			delete(s.portals, message.Name)
		}
		s.client.Send(&pgproto3.CloseComplete{})
	}
	if err != nil {
		s.sendError(err)
		s.client.Flush()
	}
}

func (s *session) prepare(name, query string) error {
	statements, err := s.parse(query)
	if err != nil {
		return err
	}
	if len(statements) > 1 {
		return command.Fail("42601", "cannot insert multiple commands into a prepared statement")
	}
	s.prepared[name] = query
	s.client.Send(&pgproto3.ParseComplete{})
	return nil
}

func (s *session) bind(message *pgproto3.Bind) error {
	query, ok := s.prepared[message.PreparedStatement]
	if !ok {
		return command.Fail("26000", "prepared statement \"%s\" does not exist", message.PreparedStatement)
	}
	if len(message.Parameters) > 0 {
		return command.Fail("08P01", "bind message supplies %d parameters, but prepared statement \"%s\" requires 0", len(message.Parameters), message.PreparedStatement)
	}
	s.portals[message.DestinationPortal] = query
	s.client.Send(&pgproto3.BindComplete{})
	return nil
}

func (s *session) describe(ctx context.Context, message *pgproto3.Describe) error {
	query, ok := s.portals[message.Name]
	if message.ObjectType == 'S' {
		if query, ok = s.prepared[message.Name]; ok {
			s.client.Send(&pgproto3.ParameterDescription{})
		}
	}
	if !ok {
		return command.Fail("34000", "portal \"%s\" does not exist", message.Name)
	}
	columns, err := s.columnsOf(ctx, query)
	if err != nil {
		return err
	}
	if columns == nil {
		s.client.Send(&pgproto3.NoData{})
	} else {
		s.client.Send(&pgproto3.RowDescription{Fields: columns})
	}
	return nil
}

func (s *session) columnsOf(ctx context.Context, query string) ([]pgproto3.FieldDescription, error) {
	statements, err := grammar.Parse(query)
	if err != nil || len(statements) == 0 {
		return nil, err
	}
	env, err := s.environment(ctx)
	if err != nil {
		return nil, err
	}
	return command.Columns(ctx, env, statements[0])
}

func (s *session) executePortal(ctx context.Context, name string) error {
	query, ok := s.portals[name]
	if !ok {
		return command.Fail("34000", "portal \"%s\" does not exist", name)
	}
	statements, err := s.parse(query)
	if err != nil {
		return err
	}
	if len(statements) == 0 {
		s.client.Send(&pgproto3.EmptyQueryResponse{})
		return nil
	}
	return s.execute(ctx, statements[0], true, false)
}
