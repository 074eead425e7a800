package agent

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"antdb.io/stand-in/internal/agentrpc"
	"antdb.io/stand-in/internal/front"
)

// pingPatience is PQping's connect_timeout in the real agent.
const pingPatience = 10 * time.Second

// start runs pg_ctl start; without wait it returns as soon as the postmaster is launched.
func start(c *call) (string, error) {
	wait := "-W"
	if c.Wait {
		wait = "-w"
	}
	args := []string{"start", "-D", c.Path, "-p", postgresPath(), "-l", filepath.Join(c.Path, "logfile"), wait}
	if c.TimeoutMs > 0 {
		args = append(args, "-t", strconv.Itoa((c.TimeoutMs+999)/1000))
	}
	return execute("pg_ctl", args...)
}

func stop(c *call) (string, error) {
	wait := "-W"
	if c.Wait {
		wait = "-w"
	}
	args := []string{"stop", "-D", c.Path, wait}
	if c.Mode != "" {
		args = append(args, "-m", c.Mode)
	}
	if c.TimeoutMs > 0 {
		args = append(args, "-t", strconv.Itoa((c.TimeoutMs+999)/1000))
	}
	return execute("pg_ctl", args...)
}

// promote makes a standby a master; PostgreSQL 11 renames recovery.conf when it is done, and the real agent waits for that.
func promote(c *call) (string, error) {
	out, err := execute("pg_ctl", "promote", "-D", c.Path, "-w", "-t", "240")
	if err != nil {
		return "", err
	}
	err = os.Rename(filepath.Join(c.Path, front.RecoveryFile), filepath.Join(c.Path, front.RecoveryDoneFile))
	if err != nil {
		return "", fmt.Errorf("could not update recovery.conf to recovery.done in %s", c.Path)
	}
	return out, nil
}

// ping is PQping: no postmaster.pid or no answer is no_response, a server that is starting or going down is reject, and any other
// answer, an authentication error too, is ok.
func ping(c *call) (string, error) {
	if _, err := os.Stat(filepath.Join(c.Path, "postmaster.pid")); err != nil {
		return agentrpc.PingNoResponse, nil
	}
	conn, err := c.connectOwn()
	if err == nil {
		_ = conn.Close(context.Background())
		return agentrpc.PingOK, nil
	}
	var answer *pgconn.PgError
	switch {
	case !errors.As(err, &answer):
		return agentrpc.PingNoResponse, nil
	case answer.Code == "57P03":
		return agentrpc.PingReject, nil
	}
	return agentrpc.PingOK, nil
}

// connectOwn opens a session to the node on this host as its superuser, over TCP as the real agent does.
func (c *call) connectOwn() (*pgconn.PgConn, error) {
	host := os.Getenv("STAND_IN_LISTEN")
	if host == "" {
		host = "127.0.0.1"
	}
	identity, err := front.ReadIdentity(c.Path)
	if err != nil {
		return nil, err
	}
	config, err := pgconn.ParseConfig(fmt.Sprintf("sslmode=disable host=%s port=%d", host, c.Port))
	if err != nil {
		return nil, err
	}
	config.User, config.Database, config.Password, config.Fallbacks = identity.Superuser, "postgres", "", nil
	config.ConnectTimeout = pingPatience
	config.DialFunc = (&net.Dialer{Timeout: pingPatience}).DialContext
	return pgconn.ConnectConfig(context.Background(), config)
}

// bootTime is when the postmaster started, from its pid file (line 3, seconds since 1970), or empty.
func bootTime(c *call) (string, error) {
	raw, err := os.ReadFile(filepath.Join(c.Path, "postmaster.pid"))
	if err != nil {
		return "", nil
	}
	lines := strings.Split(string(raw), "\n")
	if len(lines) < 3 {
		return "", nil
	}
	seconds, err := strconv.ParseInt(strings.TrimSpace(lines[2]), 10, 64)
	if err != nil {
		return "", nil
	}
	return time.Unix(seconds, 0).UTC().Format(time.DateTime), nil
}
