package manager

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"

	"antdb.io/stand-in/internal/catalog"
	"antdb.io/stand-in/internal/command"
	"antdb.io/stand-in/internal/grammar"
)

// flagLockTimeout bounds the wait for a row that another client's transaction holds.
const flagLockTimeout = "30s"

var errTimeout = errors.New("statement timeout")

// commandContext bounds a command by the session's statement_timeout and lets a CancelRequest end it.
func (s *session) commandContext(ctx context.Context) (context.Context, func(), error) {
	var milliseconds int
	err := s.backing.QueryRow(ctx, `SELECT setting::int FROM pg_settings WHERE name = 'statement_timeout'`).Scan(&milliseconds)
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	stop := func() {}
	if milliseconds > 0 {
		ctx, stop = context.WithTimeoutCause(ctx, time.Duration(milliseconds)*time.Millisecond, errTimeout)
	}
	s.mutex.Lock()
	s.cancel = cancel
	s.mutex.Unlock()
	return ctx, func() {
		s.mutex.Lock()
		s.cancel = nil
		s.mutex.Unlock()
		stop()
		cancel()
	}, nil
}

// interrupted words the error of a command that was cancelled or timed out.
func interrupted(ctx context.Context, err error) error {
	switch {
	case ctx.Err() == nil:
		return err
	case errors.Is(context.Cause(ctx), errTimeout):
		return command.Fail("57014", "canceling statement due to statement timeout")
	default:
		return command.Fail("57014", "canceling statement due to user request")
	}
}

// environment is what a command sees of its session.
func (s *session) environment(ctx context.Context) (*command.Env, error) {
	if s.flags == nil {
		flags, err := s.server.backing.connect(ctx, "", s.peer.Database, map[string]string{"lock_timeout": flagLockTimeout})
		if err != nil {
			return nil, err
		}
		s.flags = flags
	}
	flags := s.flags
	if s.implicit || s.txStatus != 'I' {
		// Rows this session changed and did not commit are locked for the other connection: in a longer transaction flags roll
		// back with the rest, which the real ones do not.
		flags = s.backing
	}
	return &command.Env{
		Store: catalog.Store{Conn: s.backing}, Flags: catalog.Store{Conn: flags}, Zone: s.options.zone, User: s.peer.User,
		Superuser: s.options.superuser, Init: &s.init, Notice: s.sendNotice,
	}, nil
}

// setVariable runs SET name TO value: the manager's own two settings here, everything else in the backing session.
func (s *session) setVariable(ctx context.Context, set grammar.SetVariable) error {
	switch set.Name {
	case "command_mode":
		if err := s.setCommandMode(set); err != nil {
			return err
		}
	case "mgr_zone":
		s.options.zone = set.Values[0].Value
		s.report("mgr_zone", s.options.zone)
	default:
		return s.setInBacking(set)
	}
	s.client.Send(&pgproto3.CommandComplete{CommandTag: []byte("SET")})
	return nil
}

func (s *session) setCommandMode(set grammar.SetVariable) error {
	if !s.options.superuser {
		return command.Fail("42501", "permission denied to set parameter \"command_mode\"")
	}
	sql, valid := modeOf(set.Values[0].Value)
	if !valid {
		failure := command.Fail("22023", "invalid value for parameter \"command_mode\": \"%s\"", set.Values[0].Value)
		failure.Hint = modeHint
		return failure
	}
	s.setMode(sql)
	return nil
}

// setInBacking forwards the SET, and with it any ParameterStatus it causes.
func (s *session) setInBacking(set grammar.SetVariable) error {
	values := make([]string, len(set.Values))
	for index, value := range set.Values {
		values[index] = value.Value
		if value.Kind == grammar.Text {
			values[index] = quoteLiteral(value.Value)
		}
	}
	name := strings.Split(set.Name, ".")
	for index, part := range name {
		name[index] = pgx.Identifier{part}.Sanitize()
	}
	server := s.backing.PgConn().Frontend()
	server.Send(&pgproto3.Query{String: "SET " + strings.Join(name, ".") + " TO " + strings.Join(values, ", ")})
	if err := server.Flush(); err != nil {
		return err
	}
	for {
		message, err := server.Receive()
		if err != nil {
			return err
		}
		if _, ok := message.(*pgproto3.ReadyForQuery); ok {
			return nil
		}
		if err := s.pass(message, 0); err != nil {
			return err
		}
	}
}
