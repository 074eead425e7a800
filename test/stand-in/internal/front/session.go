package front

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"antdb.io/stand-in/internal/pgauth"
)

// session is one client: its connection, and the one to the server that belongs to it.
type session struct {
	node      *node
	client    net.Conn
	startup   *pgproto3.StartupMessage
	server    net.Conn
	from      *bufio.Reader // the client
	to        *bufio.Writer // the server
	answers   *answers
	role      pgauth.Role
	wait      waiting
	pausing   bool // this session holds the cluster's pause
	replay    bool // another node of the cluster is the client: nothing is spread again
	unchecked bool // asked to be served by a gtm whose nodes are not all back yet
}

func newSession(n *node, client net.Conn) *session { return &session{node: n, client: client} }

func (s *session) run() {
	backend := pgproto3.NewBackend(s.client, s.client)
	message, err := pgauth.ReadStartup(backend, s.client)
	if err != nil {
		return
	}
	if cancel, ok := message.(*pgproto3.CancelRequest); ok {
		s.cancel(cancel)
		return
	}
	startup, ok := message.(*pgproto3.StartupMessage)
	if !ok {
		return
	}
	s.startup = startup
	if refusal := s.admit(backend); refusal != nil {
		backend.Send(refusal)
		_ = backend.Flush()
		return
	}
	if stream := streamOption.FindStringSubmatch(startup.Parameters["options"]); stream != nil {
		s.serveStream(backend, stream[1])
		return
	}
	if s.server, err = net.Dial("unix", s.node.socket); err != nil {
		backend.Send(refusalOf(err))
		_ = backend.Flush()
		return
	}
	defer s.server.Close()
	s.from = bufio.NewReaderSize(s.client, 64<<10)
	s.relay(backend)
}

// admit lets the client in by pg_hba.conf; it returns the FATAL to answer otherwise.
func (s *session) admit(backend *pgproto3.Backend) *pgproto3.ErrorResponse {
	peer := pgauth.PeerOf(s.client, s.startup.Parameters)
	role, loaded, err := s.node.role(peer.User)
	if err != nil {
		return refusalOf(err)
	}
	s.role = role
	lookup := func(string) (pgauth.Role, error) { return role, nil }
	refusal, err := pgauth.Authenticate(backend, s.node.rules.at(loaded), peer, lookup)
	if err != nil {
		return refusalOf(err)
	}
	if refusal != nil {
		return refusal
	}
	if err := s.node.adopted.ensure(s.database(), s.user()); err != nil {
		return refusalOf(err)
	}
	return nil
}

// refusalOf words an error of the server's side. A server that does not listen is starting up (or going down): nothing else keeps
// the front alive.
func refusalOf(err error) *pgproto3.ErrorResponse {
	var answer *pgconn.PgError
	if errors.As(err, &answer) {
		return pgauth.Failure(answer.Code, answer.Message)
	}
	return pgauth.Failure("57P03", "the database system is starting up")
}

// relay sends the startup message on and then carries both directions until one side ends.
func (s *session) relay(backend *pgproto3.Backend) {
	s.to = bufio.NewWriterSize(s.server, 64<<10)
	s.replay = isReplay(s.startup.Parameters["options"])
	s.unchecked = asksUnchecked(s.startup)
	fromServer := bufio.NewReaderSize(s.server, 64<<10)
	toClient := bufio.NewWriterSize(s.client, 64<<10)
	dropUnknownOptions(s.startup)
	s.limitOnDatanode()
	if err := send(s.to, s.startup); err != nil {
		return
	}
	if !s.awaitEntry(fromServer, toClient, backend) {
		return
	}
	s.answers = newAnswers(fromServer, toClient)
	s.answers.onKey = func(pid uint32) {
		s.node.clients.add(pid, s)
		s.leaveAddress(pid)
	}
	defer s.node.clients.remove(s)
	defer func() { os.Remove(s.node.peerFile(s.wait.pid)) }()
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.answers.carry()
		s.client.Close()
	}()
	s.carryRequests()
	s.server.Close()
	<-done
}

// limitOnDatanode makes a client's session on a datanode read only, as AntDB's are: rows are written through a coordinator.
func (s *session) limitOnDatanode() {
	if !s.replay && (s.node.Kind == "d" || s.node.Kind == "b") {
		s.startup.Parameters["default_transaction_read_only"] = "on"
	}
}

// leaveAddress writes down where a standby comes from, for pg_stat_replication.
func (s *session) leaveAddress(pid uint32) {
	if address, ok := s.client.RemoteAddr().(*net.TCPAddr); ok && isPhysical(s.startup.Parameters["replication"]) {
		_ = os.WriteFile(s.node.peerFile(pid), []byte(address.IP.String()), 0o600)
	}
}

func (n *node) peerFile(pid uint32) string {
	return fmt.Sprintf("%s/peer.%d", filepath.Dir(n.socket), pid)
}

// awaitEntry reads the server's first answer: the trust line lets every user in, the client hears of it from us.
func (s *session) awaitEntry(reader *bufio.Reader, writer *bufio.Writer, backend *pgproto3.Backend) bool {
	h, err := readHead(reader)
	if err != nil {
		return false
	}
	if h.kind != 'R' {
		_ = passOn(writer, reader, h)
		_ = writer.Flush()
		return false
	}
	body, err := readBody(reader, h)
	if err != nil {
		return false
	}
	if binary.BigEndian.Uint32(body) != 0 {
		backend.Send(pgauth.Failure("28000", fmt.Sprintf("the stand-in needs the line \"local all all trust\" in %s", s.node.rules.path)))
		_ = backend.Flush()
		return false
	}
	return backend.Flush() == nil
}

func (s *session) cancel(request *pgproto3.CancelRequest) {
	s.node.clients.interrupt(request.ProcessID)
	conn, err := net.Dial("unix", s.node.socket)
	if err != nil {
		return
	}
	defer conn.Close()
	raw, err := request.Encode(nil)
	if err == nil {
		_, _ = conn.Write(raw)
		_, _ = conn.Read(make([]byte, 1)) // the server closes when it has done it
	}
}

// context is bound to the front's life only: what it covers has its own limits.
func (s *session) context() context.Context { return context.Background() }

func (s *session) user() string { return s.startup.Parameters["user"] }

func (s *session) database() string {
	if name := s.startup.Parameters["database"]; name != "" {
		return name
	}
	return s.user()
}
