package command

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"antdb.io/stand-in/internal/agentrpc"
	"antdb.io/stand-in/internal/catalog"
)

// connectTimeout is the manager's for libpq connections to nodes.
const connectTimeout = 10 * time.Second

const nodeDatabase = "postgres"

// connectNode opens a session on a node as the host's user, without a password: pg_hba must trust the manager's address.
func connectNode(ctx context.Context, node catalog.Node) (*pgx.Conn, error) {
	return connectTo(ctx, node, nodeDatabase)
}

func connectTo(ctx context.Context, node catalog.Node, database string) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig("sslmode=disable")
	if err != nil {
		return nil, err
	}
	config.Host, config.Port, config.Database = node.Host.Address, uint16(node.Port), database
	config.User, config.Password, config.Fallbacks = node.Host.User, "", nil
	config.ConnectTimeout = connectTimeout
	config.RuntimeParams = map[string]string{}
	config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	return pgx.ConnectConfig(ctx, config)
}

// onNode connects to a node, does the work and leaves.
func onNode(ctx context.Context, node catalog.Node, work func(conn *pgx.Conn) error) error {
	conn, err := connectNode(ctx, node)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	return work(conn)
}

// execOnNode runs statements one by one, each its own transaction.
func execOnNode(ctx context.Context, node catalog.Node, statements ...string) error {
	return onNode(ctx, node, func(conn *pgx.Conn) error {
		for _, statement := range statements {
			if _, err := conn.Exec(ctx, statement); err != nil {
				return fmt.Errorf("%s: %w", statement, err)
			}
		}
		return nil
	})
}

// reasonOf is a node's own message without the driver's wrapping.
func reasonOf(err error) string {
	var failed *pgconn.PgError
	if errors.As(err, &failed) {
		return failed.Message
	}
	return err.Error()
}

func quoteName(name string) string { return pgx.Identifier{name}.Sanitize() }

func quoteText(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// createNode is the statement that registers a peer on gc or a coordinator.
func createNode(peer catalog.Node) string {
	if peer.Kind == 'd' {
		return fmt.Sprintf("CREATE NODE %s WITH (TYPE='datanode', HOST=%s, PORT=%d)", quoteName(peer.Name), quoteText(peer.Host.Address), peer.Port)
	}
	return fmt.Sprintf("CREATE NODE %s WITH (TYPE='coordinator', HOST=%s, PORT=%d, GTM=%d)", quoteName(peer.Name), quoteText(peer.Host.Address), peer.Port, isGtm(peer))
}

// alterSelf is the statement that gives a node's own row its address.
func alterSelf(node catalog.Node) string {
	return fmt.Sprintf("ALTER NODE %s WITH (HOST=%s, PORT=%d, GTM=%d)", quoteName(node.Name), quoteText(node.Host.Address), node.Port, isGtm(node))
}

func alterAddress(node catalog.Node) string {
	return fmt.Sprintf("ALTER NODE %s WITH (HOST=%s)", quoteName(node.Name), quoteText(node.Host.Address))
}

func isGtm(node catalog.Node) int {
	if node.Kind == 'g' {
		return 1
	}
	return 0
}

const poolReload = "SELECT pgxc_pool_reload()"

// registerGtm tells a gc that is up and not yet a member that it is the gtm; failures are nobody's concern.
func registerGtm(ctx context.Context, env *Env, node catalog.Node) {
	_ = execOnNode(ctx, node, fmt.Sprintf("ALTER NODE %s WITH (GTM=1)", quoteName(node.Name)))
}

// configure writes postgresql.conf through the agent.
func configure(ctx context.Context, env *Env, node catalog.Node, set map[string]string, reload bool) error {
	_, err := call(ctx, env, node.Host, agentrpc.Request{Op: agentrpc.OpConf, Path: node.Path, Set: set, Reload: reload})
	return err
}

// admit appends pg_hba lines through the agent.
func admit(ctx context.Context, env *Env, node catalog.Node, lines []string, reload bool) error {
	_, err := call(ctx, env, node.Host, agentrpc.Request{Op: agentrpc.OpHba, Path: node.Path, Append: lines, Reload: reload})
	return err
}
