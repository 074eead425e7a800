package front

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
)

// bind opens what clients connect to, before the server starts, so that a taken port is an error of the start as it is in PostgreSQL.
// STAND_IN_LISTEN narrows it to one address, without local sockets unless STAND_IN_SOCKETS names their directory: tests run many
// nodes on one machine.
func bind(addresses, port string) ([]*os.File, error) {
	hosts := strings.Split(addresses, ",")
	sockets := []string{"/tmp", "/var/run/postgresql"}
	if only := os.Getenv("STAND_IN_LISTEN"); only != "" {
		hosts, sockets = []string{only}, nil
	}
	if dirs := os.Getenv("STAND_IN_SOCKETS"); dirs != "" {
		sockets = strings.Split(dirs, ",")
	}
	var files []*os.File
	for _, host := range hosts {
		if host = strings.TrimSpace(host); host == "" {
			continue
		}
		file, err := bindTCP(host, port)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	for i, dir := range sockets {
		file, err := bindUnix(dir, port)
		if err != nil && i == 0 {
			return nil, err
		}
		if err == nil {
			files = append(files, file)
		}
	}
	return files, nil
}

func bindTCP(host, port string) (*os.File, error) {
	address := host
	if host == "*" {
		address = "0.0.0.0" // the real engine's inter-node code is IPv4 only
	}
	listener, err := net.Listen("tcp4", net.JoinHostPort(address, port))
	if err != nil {
		return nil, fmt.Errorf("LOG:  could not bind IPv4 address \"%s\": %w\nHINT:  Is another postmaster already running on port %s?"+
			" If not, wait a few seconds and retry.\nWARNING:  could not create listen socket for \"%s\"\n"+
			"FATAL:  could not create any TCP/IP sockets", address, rootCause(err), port, host)
	}
	defer listener.Close()
	return listener.(*net.TCPListener).File()
}

// bindUnix opens dir/.s.PGSQL.port; a socket nobody answers on is a dead server's and replaced.
func bindUnix(dir, port string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o775); err != nil {
		return nil, err
	}
	path := filepath.Join(dir, ".s.PGSQL."+port)
	if conn, err := net.Dial("unix", path); err == nil {
		conn.Close()
		return nil, fmt.Errorf("FATAL:  lock file \"%s.lock\" already exists\nHINT:  Is another postmaster using socket file \"%s\"?", path, path)
	}
	os.Remove(path)
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("FATAL:  could not create Unix-domain socket in directory \"%s\": %w", dir, rootCause(err))
	}
	listener.SetUnlinkOnClose(false)
	defer listener.Close()
	if err := os.Chmod(path, 0o777); err != nil {
		return nil, err
	}
	return listener.File()
}

func rootCause(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
