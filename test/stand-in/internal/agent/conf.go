package agent

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"antdb.io/stand-in/internal/front"
)

// conf edits postgresql.conf and reloads it if asked. A reload of a node that is down is no error, as in the real agent.
func conf(c *call) (string, error) {
	if err := editConf(c.Path, c.Set, c.Reset); err != nil {
		return "", err
	}
	if c.Reload {
		_, _ = execute("pg_ctl", "reload", "-D", c.Path)
	}
	return "success", nil
}

// stockParameters are those PostgreSQL 15 knows; all others are AntDB's and kept as antdb.<name>.
var stockParameters = sync.OnceValue(func() map[string]bool {
	names := map[string]bool{}
	out, err := exec.Command(filepath.Join(front.BinDir(), "postgres"), "--describe-config").Output()
	if err != nil {
		return names
	}
	for _, line := range strings.Split(string(out), "\n") {
		name, _, _ := strings.Cut(line, "\t")
		names[strings.ToLower(name)] = true
	}
	return names
})

// walSegment is the size wal_keep_segments counts in, in MB.
const walSegment = 16

// stockNames translates parameters into what the file gets.
func stockNames(set map[string]string) map[string]string {
	known := stockParameters()
	out := map[string]string{}
	for name, value := range set {
		name = strings.ToLower(name)
		switch {
		case strings.Contains(name, ".") || known[name]:
			out[name] = value
		default:
			out["antdb."+name] = value
		}
		if count, err := strconv.Atoi(value); err == nil && name == "wal_keep_segments" {
			out["wal_keep_size"] = strconv.Itoa(count*walSegment) + "MB" // its name since PostgreSQL 13
		}
	}
	return out
}

// editConf sets parameters (at their last place in the file, else at its end) and comments others out.
func editConf(path string, set map[string]string, reset []string) error {
	file := filepath.Join(path, "postgresql.conf")
	raw, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("could not find: %s", file)
	}
	pending := stockNames(set)
	gone := map[string]string{}
	for _, name := range reset {
		gone[name] = ""
	}
	gone = stockNames(gone)
	lines := strings.Split(strings.TrimRight(string(raw), "\n"), "\n")
	for i, line := range slices.Backward(lines) {
		name := parameterOf(line)
		if value, ok := pending[name]; ok {
			lines[i] = name + " = " + quote(value)
			delete(pending, name)
		} else if _, ok := gone[name]; ok {
			lines[i] = "#" + line
		} else if _, ok := stockNames(set)[name]; ok {
			lines[i] = "#" + line // an earlier place of one that is set
		}
	}
	for _, name := range slices.Sorted(maps.Keys(pending)) {
		lines = append(lines, name+" = "+quote(pending[name]))
	}
	return replaceFile(file, strings.Join(lines, "\n")+"\n")
}

func parameterOf(line string) string {
	line = strings.TrimSpace(line)
	end := strings.IndexAny(line, " \t=#")
	if end <= 0 {
		return strings.ToLower(line)
	}
	return strings.ToLower(line[:end])
}

func quote(value string) string { return "'" + strings.ReplaceAll(value, "'", "''") + "'" }

// replaceFile writes a file in one piece, so that no reader sees half of it.
func replaceFile(path, content string) error {
	fresh := path + ".new"
	if err := os.WriteFile(fresh, []byte(content), 0o600); err != nil {
		return err
	}
	return os.Rename(fresh, path)
}
