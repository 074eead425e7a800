package front

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
)

// AntDB 5.0 is PostgreSQL 11: a standby has a recovery.conf, read at start only. PostgreSQL 15 refuses to start where it finds a file
// of that name, so the stand-in keeps it as RecoveryFile and translates it at each start; the front renames it in the SQL of clients.
const (
	RecoveryFile     = "recovery.antdb"
	RecoveryDoneFile = "recovery.done" // its name after promotion, as in PostgreSQL 11
	recoveryConf     = "recovery.conf"
	standbySignal    = "standby.signal"
)

// recoveryParameters are those of recovery.conf that PostgreSQL 15 takes as ordinary ones.
var recoveryParameters = map[string]string{
	"primary_conninfo": "primary_conninfo", "primary_slot_name": "primary_slot_name", "restore_command": "restore_command",
	"recovery_min_apply_delay": "recovery_min_apply_delay", "trigger_file": "promote_trigger_file",
}

// recoveryArgs makes the directory a standby's or a master's, as its recovery.conf says, and returns the server's arguments. Given as
// arguments they can't be changed by a reload, which is how PostgreSQL 11 is.
func recoveryArgs(dir string) ([]string, error) {
	if err := os.Rename(filepath.Join(dir, recoveryConf), filepath.Join(dir, RecoveryFile)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	raw, err := os.ReadFile(filepath.Join(dir, RecoveryFile))
	signal := filepath.Join(dir, standbySignal)
	if errors.Is(err, os.ErrNotExist) {
		os.Remove(signal)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	values := parseRecovery(string(raw))
	if values["standby_mode"] != "on" && values["standby_mode"] != "true" {
		os.Remove(signal)
		return nil, nil
	}
	if err := os.WriteFile(signal, nil, 0o600); err != nil {
		return nil, err
	}
	args := []string{"-c", "recovery_target_timeline=latest"}
	for old, name := range recoveryParameters {
		if value, ok := values[old]; ok {
			args = append(args, "-c", name+"="+value)
		}
	}
	return args, nil
}

// parseRecovery reads name = 'value' lines.
func parseRecovery(content string) map[string]string {
	values := map[string]string{}
	for _, line := range strings.Split(content, "\n") {
		name, value, found := strings.Cut(line, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if !found || strings.HasPrefix(name, "#") {
			continue
		}
		value = strings.TrimSpace(value)
		if strings.HasPrefix(value, "'") {
			value = tokenize(value)[0].text
		} else if at := strings.IndexAny(value, " \t#"); at >= 0 {
			value = value[:at]
		}
		values[name] = value
	}
	return values
}
