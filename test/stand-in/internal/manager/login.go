package manager

import (
	"context"
	"errors"
	"log"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"antdb.io/stand-in/internal/pgauth"
)

// loginTimeout is PostgreSQL's authentication_timeout.
const loginTimeout = 60 * time.Second

// serve runs one client connection from its startup packet to its end.
func (s *server) serve(ctx context.Context, conn net.Conn) {
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(loginTimeout))
	client := pgproto3.NewBackend(conn, conn)
	message, err := pgauth.ReadStartup(client, conn)
	if err != nil {
		return
	}
	switch message := message.(type) {
	case *pgproto3.CancelRequest:
		s.forwardCancel(message)
	case *pgproto3.StartupMessage:
		parameters := map[string]string{}
		for name, value := range message.Parameters {
			parameters[name] = value
		}
		session, refusal := s.login(ctx, client, conn, parameters)
		if refusal != nil {
			client.Send(refusal)
			client.Flush()
			return
		}
		if session != nil {
			conn.SetDeadline(time.Time{})
			session.run(ctx)
		}
	}
}

func (s *server) forwardCancel(request *pgproto3.CancelRequest) {
	s.cancel(cancelKey{pid: request.ProcessID, secret: string(request.SecretKey)})
	conn, err := net.DialTimeout("unix", s.backing.socket(), 5*time.Second)
	if err != nil {
		return
	}
	defer conn.Close()
	packet, err := request.Encode(nil)
	if err == nil {
		conn.Write(packet)
	}
}

// login authenticates and opens the session's own connection to the backing server.
func (s *server) login(ctx context.Context, client *pgproto3.Backend, conn net.Conn, parameters map[string]string) (*session, *pgproto3.ErrorResponse) {
	peer := pgauth.PeerOf(conn, parameters)
	if peer.User == "" {
		return nil, pgauth.Failure("28000", "no PostgreSQL user name specified in startup packet")
	}
	rules, role, err := s.rulesAndRole(ctx, peer.User)
	if err != nil {
		log.Printf("login of %q: %v", peer.User, err)
		return nil, pgauth.Failure("57P03", "the database system is not yet accepting connections")
	}
	refusal, err := pgauth.Authenticate(client, rules, peer, func(string) (pgauth.Role, error) { return role, nil })
	if refusal != nil || err != nil {
		return nil, refusal
	}
	options, refusal := readOptions(parameters, role)
	if refusal != nil {
		return nil, refusal
	}
	if err := s.applyRoleMode(ctx, peer.User, &options); err != nil {
		return nil, refusalOf(err)
	}
	backing, err := s.backing.connect(ctx, peer.User, peer.Database, options.backing)
	if err != nil {
		return nil, refusalOf(err)
	}
	return newSession(s, client, conn, backing, peer, options), nil
}

func refusalOf(err error) *pgproto3.ErrorResponse {
	var failed *pgconn.PgError
	if !errors.As(err, &failed) {
		return pgauth.Failure("57P03", "the database system is shutting down")
	}
	return &pgproto3.ErrorResponse{Severity: "FATAL", SeverityUnlocalized: "FATAL", Code: failed.Code, Message: failed.Message, Detail: failed.Detail, Hint: failed.Hint}
}

// rulesAndRole reads what authentication needs, as the superuser.
func (s *server) rulesAndRole(ctx context.Context, name string) (pgauth.Rules, pgauth.Role, error) {
	var role pgauth.Role
	conn, err := s.backing.connect(ctx, "", "template1", nil)
	if err != nil {
		return nil, role, err
	}
	defer conn.Close(ctx)
	var loaded time.Time
	if err := conn.QueryRow(ctx, `SELECT pg_conf_load_time()`).Scan(&loaded); err != nil {
		return nil, role, err
	}
	rules, err := s.hba(loaded)
	if err != nil {
		return nil, role, err
	}
	err = conn.QueryRow(ctx, `SELECT true, rolcanlogin, rolsuper, coalesce(rolpassword, '') FROM pg_authid WHERE rolname = $1`, name).
		Scan(&role.Exists, &role.CanLogin, &role.Superuser, &role.Verifier)
	if errors.Is(err, pgx.ErrNoRows) {
		err = nil
	}
	return rules, role, err
}

// applyRoleMode gives a session the command_mode that a superuser has set for its role (ALTER ROLE … SET), unless it asked for one itself.
func (s *server) applyRoleMode(ctx context.Context, name string, asked *options) error {
	if asked.ownMode {
		return nil
	}
	conn, err := s.backing.connect(ctx, "", "template1", nil)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	var mode string
	err = conn.QueryRow(ctx, `SELECT split_part(setting, '=', 2) FROM pg_db_role_setting, unnest(setconfig) setting`+
		` WHERE setdatabase = 0 AND setrole = to_regrole(quote_ident($1)) AND split_part(setting, '=', 1) = $2`, name, modeSetting).Scan(&mode)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if sql, valid := modeOf(mode); valid {
		asked.setMode(sql)
	}
	return err
}

// options is what the startup packet asks for: the manager's own settings, and the rest for the backing server.
type options struct {
	superuser bool
	sqlMode   bool
	ownMode   bool // the startup packet says which mode
	zone      string
	backing   map[string]string
}

func (o *options) setMode(sql bool) {
	o.sqlMode = sql
	o.backing[modeSetting] = map[bool]string{true: "sql", false: "manager"}[sql]
}

// readOptions takes command_mode and mgr_zone out of a startup packet, be they parameters or in options=-c ….
func readOptions(parameters map[string]string, role pgauth.Role) (options, *pgproto3.ErrorResponse) {
	out := options{superuser: role.Superuser, zone: defaultZone, backing: map[string]string{}}
	var rest []string
	settings := map[string]string{}
	for name, value := range parameters {
		switch name {
		case "user", "database", "replication":
		case "options":
			rest = splitOptions(value, settings)
		case "command_mode", "mgr_zone":
			settings[name] = value
		default:
			out.backing[name] = value
		}
	}
	if zone, ok := settings["mgr_zone"]; ok {
		out.zone = zone
	}
	if mode, ok := settings["command_mode"]; ok {
		if !role.Superuser {
			return out, pgauth.Failure("42501", "permission denied to set parameter \"command_mode\"")
		}
		sql, valid := modeOf(mode)
		if !valid {
			refusal := pgauth.Failure("22023", "invalid value for parameter \"command_mode\": \""+mode+"\"")
			refusal.Hint = modeHint
			return out, refusal
		}
		out.sqlMode, out.ownMode = sql, true
	}
	out.backing[zoneSetting] = out.zone
	out.setMode(out.sqlMode)
	if len(rest) > 0 {
		out.backing["options"] = strings.Join(rest, " ")
	}
	return out, nil
}

// splitOptions sorts the words of a startup packet's options into the manager's settings and the rest.
func splitOptions(text string, settings map[string]string) []string {
	var rest []string
	words := strings.Fields(text)
	for index := 0; index < len(words); index++ {
		word := words[index]
		if word == "-c" && index+1 < len(words) {
			index++
			word += words[index]
		}
		assignment, ok := strings.CutPrefix(word, "-c")
		if !ok {
			assignment, ok = strings.CutPrefix(word, "--")
		}
		name, value, _ := strings.Cut(assignment, "=")
		name = strings.ReplaceAll(name, "-", "_")
		if ok && (name == "command_mode" || name == "mgr_zone") {
			settings[name] = value
			continue
		}
		rest = append(rest, word)
	}
	return rest
}
