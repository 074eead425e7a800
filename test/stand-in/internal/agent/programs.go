package agent

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"antdb.io/stand-in/internal/front"
)

// programDir is where this executable was called from (not where a symlink leads): the node's programs are beside it.
func programDir() string {
	path, err := exec.LookPath(os.Args[0])
	if err != nil {
		path = os.Args[0]
	}
	if path, err = filepath.Abs(path); err == nil {
		if _, err := os.Stat(filepath.Join(filepath.Dir(path), "postgres")); err == nil {
			return filepath.Dir(path)
		}
	}
	path, err = os.Executable()
	if err != nil {
		return ""
	}
	return filepath.Dir(path)
}

// program finds a PostgreSQL program: beside the agent, else among the stock ones.
func program(name string) string {
	path := filepath.Join(programDir(), name)
	if _, err := os.Stat(path); err == nil {
		return path
	}
	return filepath.Join(front.BinDir(), name)
}

// postgresPath is the stand-in's own postgres, the one with the front.
func postgresPath() string { return filepath.Join(programDir(), "postgres") }

// execute runs a program; what it printed is the result. When it failed the error is what it said on stderr, worded as PostgreSQL 11.
func execute(name string, args ...string) (string, error) {
	var out, complaint bytes.Buffer
	cmd := exec.Command(program(name), args...)
	cmd.Stdout, cmd.Stderr = &out, &complaint
	err := cmd.Run()
	switch {
	case err == nil:
		return out.String(), nil
	case complaint.Len() > 0:
		return "", errors.New(wording.Replace(complaint.String()))
	case out.Len() > 0:
		return "", errors.New(out.String())
	}
	return "", err
}

// wording takes the prefixes off that PostgreSQL 12 and later put before errors and hints.
var wording = strings.NewReplacer(": error: ", ": ", "initdb: hint: ", "", "pg_basebackup: hint: ", "", "pg_rewind: hint: ", "", "pg_ctl: hint: ", "")
