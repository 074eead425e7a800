package front

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"antdb.io/stand-in/internal/pgauth"
)

// Identity is what initdb wrote down about a node, in IdentityFile of its data directory.
type Identity struct {
	NodeName  string `json:"nodename"`
	Kind      string `json:"kind"`
	Superuser string `json:"superuser"`
}

// IdentityFile is its name.
const IdentityFile = "antdb.json"

// ReadIdentity reads a data directory's identity.
func ReadIdentity(dir string) (Identity, error) {
	var identity Identity
	raw, err := os.ReadFile(filepath.Join(dir, IdentityFile))
	if err != nil {
		return identity, err
	}
	return identity, json.Unmarshal(raw, &identity)
}

// idleControl is how long the front keeps its own session to the server when nobody needs it: a smart shutdown waits for sessions.
const idleControl = 400 * time.Millisecond

// control is the front's own superuser session to the server, made when needed.
type control struct {
	node  *node
	mutex sync.Mutex
	conn  *pgconn.PgConn
	timer *time.Timer
}

func newControl(n *node) *control { return &control{node: n} }

// query runs one statement with text parameters and returns the rows in text format.
func (c *control) query(sql string, params ...string) ([][][]byte, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if c.conn == nil || c.conn.IsClosed() {
		conn, err := c.node.connectServer(ctx, "postgres")
		if err != nil {
			return nil, err
		}
		c.conn = conn
	}
	c.closeWhenIdle()
	values := make([][]byte, len(params))
	for i, param := range params {
		values[i] = []byte(param)
	}
	oids := make([]uint32, len(params))
	for i := range oids {
		oids[i] = pgtype.TextOID
	}
	result := c.conn.ExecParams(ctx, sql, values, oids, nil, nil).Read()
	return result.Rows, result.Err
}

func (c *control) closeWhenIdle() {
	if c.timer != nil {
		c.timer.Stop()
	}
	c.timer = time.AfterFunc(idleControl, func() {
		c.mutex.Lock()
		defer c.mutex.Unlock()
		if c.conn != nil {
			_ = c.conn.Close(context.Background())
			c.conn = nil
		}
	})
}

// connectServer opens a superuser session to the server behind the front.
func (n *node) connectServer(ctx context.Context, database string) (*pgconn.PgConn, error) {
	config, err := pgconn.ParseConfig("sslmode=disable host=/ port=1")
	if err != nil {
		return nil, err
	}
	config.User, config.Database, config.Host = n.Superuser, database, n.socket
	// Upkeep of the stand-in must not wait for a standby: a log-in would hang where AntDB's does not.
	config.RuntimeParams = map[string]string{"application_name": "antdb front", "options": "-c synchronous_commit=local"}
	config.Fallbacks = nil
	config.DialFunc = func(ctx context.Context, _, _ string) (net.Conn, error) {
		var dialer net.Dialer
		return dialer.DialContext(ctx, "unix", n.socket)
	}
	return pgconn.ConnectConfig(ctx, config)
}

// role is pgauth's view of a user, and the moment the server read its configuration last.
func (n *node) role(user string) (pgauth.Role, string, error) {
	rows, err := n.control.query("SELECT pg_catalog.pg_conf_load_time()::text, a.rolcanlogin, a.rolsuper, a.rolpassword"+
		" FROM (SELECT) one LEFT JOIN pg_catalog.pg_authid a ON a.rolname = $1", user)
	if err != nil {
		return pgauth.Role{}, "", err
	}
	row := rows[0]
	role := pgauth.Role{Exists: row[1] != nil, CanLogin: string(row[1]) == "t", Superuser: string(row[2]) == "t", Verifier: string(row[3])}
	return role, string(row[0]), nil
}

// hbaRules is pg_hba.conf as of the server's last reload; a broken file leaves the earlier rules in force, as in PostgreSQL.
type hbaRules struct {
	path   string
	mutex  sync.Mutex
	loaded string
	rules  pgauth.Rules
}

func (h *hbaRules) at(loadTime string) pgauth.Rules {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if h.loaded == loadTime {
		return h.rules
	}
	h.loaded = loadTime
	rules, err := pgauth.ReadFile(h.path)
	if err != nil {
		fmt.Fprintf(os.Stderr, "LOG:  pg_hba.conf was not reloaded: %v\n", err)
		return h.rules
	}
	h.rules = rules
	return rules
}
