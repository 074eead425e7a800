// Package initmgr makes a manager's data directory (initmgr) and starts and stops the server on it (mgr_ctl).
package initmgr

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strings"

	"antdb.io/stand-in/internal/catalog"
	"antdb.io/stand-in/internal/stock"
)

const usage = `initmgr initializes a manager's database cluster.

Usage:
  initmgr [OPTION]... [DATADIR]

Options are initdb's; -D DATADIR is the one that is needed.
`

// conf is appended to postgresql.conf: the settings in which a manager differs from PostgreSQL's own defaults.
const conf = `
# manager
port = 6432
shared_buffers = 32MB
max_connections = 100
max_worker_processes = 128
`

// Main is initmgr.
func Main(args []string) int {
	if slices.Contains(args, "--help") || slices.Contains(args, "-?") {
		fmt.Print(usage)
		return 0
	}
	if slices.Contains(args, "--version") || slices.Contains(args, "-V") {
		fmt.Println("initmgr (PostgreSQL) 11.10")
		return 0
	}
	dir := dataDirectory(args)
	if dir == "" {
		fmt.Fprintln(os.Stderr, "initmgr: no data directory specified\nYou must identify the directory where the data for this database system\nwill reside.  Do this with either the invocation option -D or the\nenvironment variable PGDATA.")
		return 1
	}
	if err := initialise(dir, args); err != nil {
		fmt.Fprintf(os.Stderr, "initmgr: %v\n", err)
		return 1
	}
	fmt.Printf("\nSuccess. You can now start the database server using:\n\n    mgr_ctl -D %s -l logfile start\n\n", dir)
	return 0
}

func initialise(dir string, args []string) error {
	me, err := user.Current()
	if err != nil {
		return err
	}
	if err := runInitdb(dir, me.Username, args); err != nil {
		return err
	}
	sample := filepath.Join(stock.Share(), "pg_hba.conf.sample")
	if text, err := os.ReadFile(sample); err == nil {
		if err := os.WriteFile(filepath.Join(dir, "pg_hba.conf"), text, 0o600); err != nil {
			return err
		}
	} else if !os.IsNotExist(err) {
		return err
	}
	if err := appendConf(filepath.Join(dir, "postgresql.conf")); err != nil {
		return err
	}
	if err := single(dir, "template1", catalog.Schema+"\n\nCREATE DATABASE antdbmgr;\n\n"); err != nil {
		return err
	}
	// initdb made postgres from template1 before the schema was there.
	return single(dir, "postgres", catalog.Schema)
}

func runInitdb(dir, superuser string, args []string) error {
	options := []string{"-D", dir, "-U", superuser, "-A", "trust", "-E", "UTF8", "--locale=C"}
	for _, arg := range args {
		if strings.HasPrefix(arg, "-k") || strings.HasPrefix(arg, "--data-checksums") || strings.HasPrefix(arg, "--wal-segsize") || arg == "-N" {
			options = append(options, arg)
		}
	}
	command := exec.Command(stock.Program("initdb"), options...)
	command.Stdout, command.Stderr = io.Discard, os.Stderr
	return command.Run()
}

func appendConf(path string) error {
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = file.WriteString(conf)
	return err
}

// single runs a script in single-user mode; the server's own text is shown when it fails.
func single(dir, database, script string) error {
	command := exec.Command(stock.Program("postgres"), "--single", "-j", "-D", dir, "-c", "exit_on_error=on", "-c", "log_checkpoints=off", database)
	command.Stdin = strings.NewReader(script)
	var output strings.Builder
	command.Stdout, command.Stderr = io.Discard, &output
	if err := command.Run(); err != nil {
		return fmt.Errorf("cannot make the manager's catalogs in %s: %w\n%s", database, err, output.String())
	}
	return nil
}

// dataDirectory finds -D in the forms getopt takes, a bare argument, or PGDATA.
func dataDirectory(args []string) string {
	for index, arg := range args {
		switch {
		case (arg == "-D" || arg == "--pgdata") && index+1 < len(args):
			return args[index+1]
		case strings.HasPrefix(arg, "-D") && len(arg) > 2:
			return arg[2:]
		case strings.HasPrefix(arg, "--pgdata="):
			return arg[len("--pgdata="):]
		}
	}
	if last := len(args) - 1; last >= 0 && !strings.HasPrefix(args[last], "-") && (last == 0 || !strings.HasPrefix(args[last-1], "-")) {
		return args[last]
	}
	return os.Getenv("PGDATA")
}
