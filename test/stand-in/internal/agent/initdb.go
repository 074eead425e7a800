package agent

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"antdb.io/stand-in/internal/front"
	"antdb.io/stand-in/internal/nodesql"
)

const defaultShare = "/opt/app/antdb/share/postgresql"

// initdb makes a data directory: stock initdb, pg_hba.conf from the share directory's sample, AntDB's catalog in template1, and the
// databases every node has (postgres, antdb).
func initdb(c *call) (string, error) {
	args := []string{"-D", c.Path, "-E", "UTF8", "--locale=C", "--auth=trust", "--no-sync"}
	if c.Checksums {
		args = append(args, "--data-checksums")
	}
	if c.WalSegSize > 0 {
		args = append(args, "--wal-segsize="+strconv.Itoa(c.WalSegSize))
	}
	out, err := execute("initdb", args...)
	if err != nil {
		return "", err
	}
	for _, step := range []func(*call) error{installHba, installConf, installIdentity, installCatalog} {
		if err := step(c); err != nil {
			return "", fmt.Errorf("initdb: %w", err)
		}
	}
	return out, nil
}

func installHba(c *call) error {
	share := os.Getenv("STAND_IN_SHARE")
	if share == "" {
		share = defaultShare
	}
	sample, err := os.ReadFile(filepath.Join(share, "pg_hba.conf.sample"))
	if errors.Is(err, os.ErrNotExist) {
		return nil // initdb's own: everybody local
	}
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(c.Path, "pg_hba.conf"), sample, 0o600)
}

func installConf(c *call) error {
	return editConf(c.Path, map[string]string{
		"pgxc_node_name": c.NodeName, "kind": c.Kind, "enable_partitionwise_aggregate": "on", "unix_socket_directories": "/tmp",
	}, nil)
}

// installIdentity writes down what the front has to know before it can ask the server.
func installIdentity(c *call) error {
	out, err := exec.Command("id", "-un").Output()
	if err != nil {
		return fmt.Errorf("the user %d has no name in /etc/passwd: %w", os.Getuid(), err)
	}
	raw, err := json.Marshal(front.Identity{NodeName: c.NodeName, Kind: c.Kind, Superuser: strings.TrimSpace(string(out))})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(c.Path, front.IdentityFile), raw, 0o600)
}

// installCatalog runs the SQL in single-user mode. As AntDB's initdb does, every node first knows itself only: as a coordinator on
// localhost:5432, whatever it is.
func installCatalog(c *call) error {
	commands := []string{
		nodesql.Script(),
		fmt.Sprintf("CALL antdb.create_node('%s', '{\"type\": \"coordinator\"}')", c.NodeName),
		"DROP DATABASE postgres", "CREATE DATABASE postgres TEMPLATE template1", "CREATE DATABASE antdb TEMPLATE template1",
		"COMMENT ON DATABASE postgres IS 'default administrative connection database'",
	}
	cmd := exec.Command(filepath.Join(front.BinDir(), "postgres"), "--single", "-F", "-j", "-D", c.Path, "-c", "antdb.one_database=on",
		"-c", "log_min_messages=warning", "-c", "log_min_error_statement=panic", "template1")
	var input strings.Builder
	for _, command := range commands {
		input.WriteString(strings.TrimRight(command, "\n;") + ";\n\n")
	}
	cmd.Stdin = strings.NewReader(input.String())
	out, err := cmd.CombinedOutput()
	if err != nil || strings.Contains(string(out), "ERROR:") || strings.Contains(string(out), "FATAL:") {
		return fmt.Errorf("the node's catalog could not be installed: %s", string(out))
	}
	return nil
}
