package manager

import (
	"context"
	"net"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"

	"antdb.io/stand-in/internal/command"
	"antdb.io/stand-in/internal/pgauth"
)

// reported lists the parameters PostgreSQL 11 reports to clients; the stand-in adds the manager's own two.
var reported = []string{"application_name", "client_encoding", "DateStyle", "integer_datetimes", "IntervalStyle", "is_superuser",
	"server_encoding", "session_authorization", "standard_conforming_strings", "TimeZone"}

// serverVersion is what AntDB 5.0 reports.
const serverVersion = "11.10"

// session is one client with its own connection to the backing server.
type session struct {
	server  *server
	client  *pgproto3.Backend
	conn    net.Conn
	backing *pgx.Conn
	peer    pgauth.Peer
	options options

	sqlMode bool
	// wantMode is the mode a SET just forwarded in SQL asks for; it counts once the server is ready again without an error.
	wantMode *bool
	txStatus byte
	implicit bool // several statements in one query: one transaction
	failed   bool // an error since the last ReadyForQuery
	pending  []expectation
	prepared map[string]string // mgr mode: statement name → text
	portals  map[string]string // mgr mode: portal name → text
	init     command.InitOptions
	flags    *pgx.Conn

	mutex  sync.Mutex
	cancel context.CancelFunc // of the manager command that runs
}

func newSession(server *server, client *pgproto3.Backend, conn net.Conn, backing *pgx.Conn, peer pgauth.Peer, options options) *session {
	return &session{server: server, client: client, conn: conn, backing: backing, peer: peer, options: options, sqlMode: options.sqlMode,
		txStatus: 'I', prepared: map[string]string{}, portals: map[string]string{}}
}

func (s *session) key() cancelKey {
	return cancelKey{pid: s.backing.PgConn().PID(), secret: string(s.backing.PgConn().SecretKey())}
}

func (s *session) run(ctx context.Context) {
	key := s.key()
	s.server.enlist(key, s)
	defer s.server.dismiss(key)
	defer s.end()
	if s.greet() != nil {
		return
	}
	for {
		message, err := s.client.Receive()
		if err != nil {
			return
		}
		if _, ok := message.(*pgproto3.Terminate); ok {
			return
		}
		if s.sqlMode {
			err = s.forward(message)
		} else {
			err = s.manage(ctx, message)
		}
		if err != nil {
			return
		}
	}
}

func (s *session) end() {
	ctx := context.Background()
	s.backing.Close(ctx)
	if s.flags != nil {
		s.flags.Close(ctx)
	}
}

func (s *session) greet() error {
	for _, name := range reported {
		s.report(name, s.backing.PgConn().ParameterStatus(name))
	}
	s.report("server_version", serverVersion)
	s.report("mgr_zone", s.options.zone)
	s.reportMode()
	s.client.Send(&pgproto3.BackendKeyData{ProcessID: s.backing.PgConn().PID(), SecretKey: s.backing.PgConn().SecretKey()})
	return s.ready()
}

func (s *session) report(name, value string) {
	s.client.Send(&pgproto3.ParameterStatus{Name: name, Value: value})
}

func (s *session) reportMode() {
	s.report("command_mode", map[bool]string{true: "sql", false: "manager"}[s.sqlMode])
}

func (s *session) setMode(sql bool) {
	if s.sqlMode == sql {
		return
	}
	s.sqlMode = sql
	s.reportMode()
}

func (s *session) ready() error {
	s.client.Send(&pgproto3.ReadyForQuery{TxStatus: s.txStatus})
	return s.client.Flush()
}

// cancelCommand ends the manager command that runs, as pg_cancel_backend would.
func (s *session) cancelCommand() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.cancel != nil {
		s.cancel()
	}
}

// shutDown ends the session as a fast shutdown does: the socket closes under it.
func (s *session) shutDown() {
	s.cancelCommand()
	s.conn.Close()
}
