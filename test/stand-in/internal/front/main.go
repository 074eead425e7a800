// Package front is the stand-in's `postgres`: a stock PostgreSQL 15 with a process in front of it that owns the node's port, decides
// who comes in (pg_hba.conf), and adds AntDB's own SQL. The real server runs behind it on a unix socket of its own.
package front

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// words that make postgres do something else than serve.
var passThrough = []string{"--version", "-V", "--help", "-?", "--single", "--boot", "--describe-config", "--check"}

// Main is `postgres`. Called to serve it puts the front beside the server and becomes the server, under its own pid.
func Main(args []string) int {
	if len(args) > 0 && args[0] == launchWord {
		return launch(args[1:])
	}
	if len(args) > 0 && args[0] == serveWord {
		return serve(args[1:])
	}
	if len(args) > 0 && (slices.Contains(passThrough, args[0]) || strings.HasPrefix(args[0], "--fork")) || slices.Contains(args, "-C") {
		return become(args)
	}
	extra, err := start(args)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return become(append(slices.Clone(args), extra...))
}

// BinDir is where the stock PostgreSQL 15 lives: $STAND_IN_PGBIN, else Debian's place.
func BinDir() string {
	if dir := os.Getenv("STAND_IN_PGBIN"); dir != "" {
		return dir
	}
	return "/usr/lib/postgresql/15/bin"
}

// become replaces this process by the stock postgres.
func become(args []string) int {
	path := filepath.Join(BinDir(), "postgres")
	err := syscall.Exec(path, append([]string{path}, args...), os.Environ())
	fmt.Fprintf(os.Stderr, "postgres: could not execute %s: %v (set STAND_IN_PGBIN to the directory of PostgreSQL 15's programs)\n", path, err)
	return 1
}
