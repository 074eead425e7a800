package manager

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"antdb.io/stand-in/internal/stock"
)

// settings is where and how the server listens; the rest of postgresql.conf is the backing server's.
type settings struct {
	directory string
	override  map[string]string // from the command line

	port       int
	addresses  []string // hosts to listen on; empty is every one
	socketDirs []string
}

// load asks PostgreSQL itself what the configuration files say.
func (s *settings) load() error {
	directory, err := filepath.Abs(s.directory)
	if err != nil {
		return err
	}
	s.directory = directory
	port, err := s.ask("port")
	if err != nil {
		return err
	}
	if s.port, err = strconv.Atoi(port); err != nil {
		return fmt.Errorf("port %q is no number", port)
	}
	addresses, err := s.ask("listen_addresses")
	if err != nil {
		return err
	}
	s.addresses = splitList(addresses)
	dirs, ok := s.override["unix_socket_directories"]
	if !ok {
		// AntDB's default is /tmp whatever Debian's build of PostgreSQL says; a value in the file is kept.
		if dirs, err = s.ask("unix_socket_directories"); err != nil {
			return err
		}
		dirs = strings.ReplaceAll(dirs, "/var/run/postgresql", "/tmp")
	}
	s.socketDirs = splitList(dirs)
	return nil
}

func (s *settings) ask(name string) (string, error) {
	if value, ok := s.override[name]; ok {
		return value, nil
	}
	output, err := exec.Command(stock.Program("postgres"), "-D", s.directory, "-C", name).Output()
	if err != nil {
		return "", fmt.Errorf("cannot read %s of %s: %w%s", name, s.directory, err, stderrOf(err))
	}
	return strings.TrimSpace(string(output)), nil
}

func stderrOf(err error) string {
	if failed, ok := err.(*exec.ExitError); ok {
		return ": " + strings.TrimSpace(string(failed.Stderr))
	}
	return ""
}

func splitList(text string) []string {
	var out []string
	for _, item := range strings.Split(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			out = append(out, item)
		}
	}
	return out
}

// hba is the file client authentication follows.
func (s settings) hba() string { return filepath.Join(s.directory, "pg_hba.conf") }
