package manager

import (
	"context"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgproto3"

	"antdb.io/stand-in/internal/command"
	"antdb.io/stand-in/internal/grammar"
)

// manage answers one message in manager mode.
func (s *session) manage(ctx context.Context, message pgproto3.FrontendMessage) error {
	switch message := message.(type) {
	case *pgproto3.Query:
		s.failed = false
		s.simple(ctx, message.String)
		return s.finish()
	case *pgproto3.Sync:
		s.failed = false
		return s.finish()
	case *pgproto3.Flush:
		return s.client.Flush()
	case *pgproto3.Parse, *pgproto3.Bind, *pgproto3.Describe, *pgproto3.Execute, *pgproto3.Close:
		if !s.failed { // after an error everything up to Sync is skipped
			s.extended(ctx, message)
		}
	case *pgproto3.FunctionCall:
		s.sendError(command.Fail("0A000", "the stand-in's manager mode takes no function calls"))
		return s.finish()
	}
	return nil
}

// finish ends a message cycle; the transaction, if one is open, is the backing session's.
func (s *session) finish() error {
	s.failed = false
	return s.ready()
}

// simple runs a query string: several statements are one implicit transaction.
func (s *session) simple(ctx context.Context, query string) {
	statements, err := s.parse(query)
	if err != nil {
		s.sendError(err)
		return
	}
	if len(statements) == 0 {
		s.client.Send(&pgproto3.EmptyQueryResponse{})
		return
	}
	s.implicit = len(statements) > 1
	defer func() { s.implicit = false }()
	if s.implicit {
		s.transaction(ctx, "BEGIN")
	}
	for _, statement := range statements {
		if err := s.execute(ctx, statement, !s.implicit, true); err != nil {
			s.sendError(err)
			if s.implicit {
				s.transaction(ctx, "ROLLBACK")
			}
			return
		}
	}
	if s.implicit {
		s.transaction(ctx, "COMMIT")
	}
}

func (s *session) parse(query string) ([]grammar.Statement, error) {
	if s.txStatus == 'E' {
		return nil, command.Fail("25P02", "current transaction is aborted, commands ignored until end of transaction block")
	}
	return grammar.Parse(query)
}

// transaction opens or ends a transaction unless the client has one open (it can have begun one in SQL mode).
func (s *session) transaction(ctx context.Context, verb string) error {
	if s.txStatus != 'I' {
		return nil
	}
	_, err := s.backing.Exec(context.WithoutCancel(ctx), verb)
	return err
}

// execute runs one statement and sends its rows and tag.
func (s *session) execute(ctx context.Context, statement grammar.Statement, own, describe bool) error {
	if set, ok := statement.(grammar.SetVariable); ok {
		return s.setVariable(ctx, set)
	}
	ctx, done, err := s.commandContext(ctx)
	if err != nil {
		return err
	}
	defer done()
	result, err := s.runCommand(ctx, statement, own)
	if err != nil {
		return interrupted(ctx, err)
	}
	if describe && result.Columns != nil {
		s.client.Send(&pgproto3.RowDescription{Fields: result.Columns})
	}
	for _, row := range result.Rows {
		s.client.Send(&pgproto3.DataRow{Values: row})
	}
	s.client.Send(&pgproto3.CommandComplete{CommandTag: []byte(result.Tag)})
	return nil
}

// runCommand runs a statement in a transaction of its own, unless it is part of a longer one.
func (s *session) runCommand(ctx context.Context, statement grammar.Statement, own bool) (command.Result, error) {
	env, err := s.environment(ctx)
	if err != nil {
		return command.Result{}, err
	}
	own = own && command.NeedsTransaction(statement)
	if own {
		if err := s.transaction(ctx, "BEGIN"); err != nil {
			return command.Result{}, err
		}
	}
	result, err := command.Run(ctx, env, statement)
	if own {
		verb := "COMMIT"
		if err != nil {
			verb = "ROLLBACK"
		}
		if ended := s.transaction(ctx, verb); err == nil {
			err = ended
		}
	}
	return result, err
}

// sendError sends any error as an ErrorResponse; a failed command inside the client's own transaction aborts that.
func (s *session) sendError(err error) {
	s.failed = true
	if s.txStatus == 'T' {
		s.backing.Exec(context.Background(), "SELECT aborted_by_a_manager_command")
		s.txStatus = 'E'
	}
	var syntax *grammar.Error
	if errors.As(err, &syntax) {
		s.client.Send(&pgproto3.ErrorResponse{Severity: "ERROR", SeverityUnlocalized: "ERROR", Code: "42601", Message: syntax.Message, Position: int32(syntax.Position)})
		return
	}
	failure := command.AsFailure(err)
	s.client.Send(&pgproto3.ErrorResponse{Severity: "ERROR", SeverityUnlocalized: "ERROR", Code: failure.Code, Message: failure.Message,
		Detail: failure.Detail, Hint: failure.Hint})
}

// sendNotice sends progress at once.
func (s *session) sendNotice(severity, code, message string) {
	s.client.Send(&pgproto3.NoticeResponse{Severity: severity, SeverityUnlocalized: severity, Code: code, Message: message})
	s.client.Flush()
}

// quoteLiteral writes a value for the backing server's SET.
func quoteLiteral(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
