package agent

import (
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

// execute runs a program; what it printed is the result, and the error when it failed.
func execute(name string, args ...string) (string, error) {
	out, err := exec.Command(program(name), args...).CombinedOutput()
	text := string(out)
	var exit *exec.ExitError
	switch {
	case err == nil:
		return text, nil
	case errors.As(err, &exit) && strings.TrimSpace(text) != "":
		return "", errors.New(text)
	}
	return "", err
}
