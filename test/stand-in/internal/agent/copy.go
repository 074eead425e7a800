package agent

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"antdb.io/stand-in/internal/agentrpc"
	"antdb.io/stand-in/internal/front"
)

// slaveKind is what a copy of a master is.
var slaveKind = map[string]string{
	agentrpc.KindGtmcoord: agentrpc.KindGtmcoordSlave, agentrpc.KindCoordinator: agentrpc.KindCoordinatorSlave,
	agentrpc.KindDatanode: agentrpc.KindDatanodeSlave,
}

// basebackup copies a master into an absent or empty directory and makes it that master's standby under its own name. Asked for a
// master's kind it leaves a node of its own: what APPEND of a coordinator or datanode starts from.
func basebackup(c *call) (string, error) {
	out, err := execute("pg_basebackup", "-h", c.Host, "-p", strconv.Itoa(c.Port), "-U", c.User, "-D", c.Path,
		"-X", "stream", "-F", "p", "-c", "fast", "--no-sync")
	if err != nil {
		return "", err
	}
	identity, err := front.ReadIdentity(c.Path)
	if err != nil {
		return "", fmt.Errorf("%s:%d is no node of the stand-in: %w", c.Host, c.Port, err)
	}
	identity.NodeName = c.NodeName
	_, master := slaveKind[c.Kind]
	if kind, ok := slaveKind[identity.Kind]; ok && !master {
		identity.Kind = kind
	}
	raw, err := json.Marshal(identity)
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(c.Path, front.IdentityFile), raw, 0o600); err != nil {
		return "", err
	}
	if err := editConf(c.Path, map[string]string{"pgxc_node_name": c.NodeName}, nil); err != nil {
		return "", err
	}
	if master {
		return out, nil
	}
	return out, writeRecovery(c.Path, fmt.Sprintf("host=%s port=%d user=%s application_name=%s", c.Host, c.Port, c.User, c.NodeName))
}

// rewind brings an old master's directory in line with the new master (pg_rewind).
func rewind(c *call) (string, error) {
	return execute("pg_rewind", "--target-pgdata", c.Path,
		"--source-server", fmt.Sprintf("host=%s port=%d user=%s dbname=postgres", c.Host, c.Port, c.User), "--no-sync")
}

// recovery writes recovery.conf; it takes effect at the next start.
func recovery(c *call) (string, error) {
	if _, err := os.Stat(c.Path); err != nil {
		return "", fmt.Errorf("could not find: %s", c.Path)
	}
	return "", writeRecovery(c.Path, c.PrimaryConninfo)
}

func writeRecovery(path, conninfo string) error {
	content := "recovery_target_timeline = 'latest'\nstandby_mode = 'on'\nprimary_conninfo = " + quote(conninfo) + "\n"
	return os.WriteFile(filepath.Join(path, front.RecoveryFile), []byte(content), 0o600)
}
