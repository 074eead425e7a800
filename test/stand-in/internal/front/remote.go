package front

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// replayOption marks sessions from node to node: what they say is not spread again.
const replayOption = "-c antdb.replay=on"

func isReplay(options string) bool { return strings.Contains(options, "antdb.replay=on") }

// unknownOption is a parameter of AntDB that its tools give as a start-up option and the stock server would refuse.
var unknownOption = regexp.MustCompile(`-c\s*(adb_check_sync_nextid|grammar|enable_readsql_on_slave)\s*=\s*\S+`)

// unchecked is the start-up option by which a session on a gtm that has just started is served before all nodes are back (AntDB's
// adb_check_sync_nextid, src/backend/replication/snapsender.c SnapSenderGetSnapshot).
var unchecked = regexp.MustCompile(`-c\s*adb_check_sync_nextid\s*=\s*(off|false|no|0)\b`)

// asksUnchecked looks at both ways a startup packet gives a parameter: by itself, or in its options.
func asksUnchecked(startup *pgproto3.StartupMessage) bool {
	by := startup.Parameters["adb_check_sync_nextid"]
	return unchecked.MatchString(startup.Parameters["options"]) || by != "" && unchecked.MatchString("-c adb_check_sync_nextid="+by)
}

func dropUnknownOptions(startup *pgproto3.StartupMessage) {
	for _, name := range []string{"adb_check_sync_nextid", "grammar", "enable_readsql_on_slave"} {
		delete(startup.Parameters, name)
	}
	if options, ok := startup.Parameters["options"]; ok {
		startup.Parameters["options"] = unknownOption.ReplaceAllString(options, "")
	}
}

// address is where another node is, as this node's pgxc_node says.
type address struct{ name, host, port string }

// itself stands for the server behind this front in messages.
func (n *node) itself() address { return address{"self", n.socket, n.port} }

// others lists the nodes this one spreads to: every row of pgxc_node but its own.
func (n *node) others() ([]address, error) {
	rows, err := n.control.query("SELECT node_name, node_host, node_port FROM antdb.node WHERE node_name <> antdb.self() ORDER BY node_name")
	if err != nil {
		return nil, err
	}
	list := make([]address, len(rows))
	for i, row := range rows {
		list[i] = address{string(row[0]), string(row[1]), string(row[2])}
	}
	return list, nil
}

// connectNode opens a session to another node as AntDB's pool does: no time-out of its own, no password.
func (n *node) connectNode(ctx context.Context, to address, user, database string) (*pgconn.PgConn, error) {
	config, err := nodeConfig(to, user, database)
	if err != nil {
		return nil, err
	}
	return pgconn.ConnectConfig(ctx, config)
}

func nodeConfig(to address, user, database string) (*pgconn.Config, error) {
	config, err := pgconn.ParseConfig(fmt.Sprintf("sslmode=disable connect_timeout=0 host=%s port=%s", to.host, to.port))
	if err != nil {
		return nil, err
	}
	config.User, config.Password, config.Database, config.Fallbacks = user, "", database, nil
	config.RuntimeParams = map[string]string{"options": replayOption}
	return config, nil
}

func failure(code, message string) *pgproto3.ErrorResponse {
	return &pgproto3.ErrorResponse{Severity: "ERROR", SeverityUnlocalized: "ERROR", Code: code, Message: message}
}
