package manager

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"antdb.io/stand-in/internal/initmgr"
	"antdb.io/stand-in/internal/pgauth"
)

// server accepts clients and keeps the sessions a CancelRequest may ask for.
type server struct {
	settings settings
	backing  *backing

	mutex     sync.Mutex
	listeners []net.Listener
	sessions  map[cancelKey]*session
	rules     pgauth.Rules
	loaded    time.Time // pg_conf_load_time() the rules belong to
}

// cancelKey is the backing server's BackendKeyData, which clients get as it is.
type cancelKey struct {
	pid    uint32
	secret string
}

func newServer(settings settings, backing *backing) *server {
	return &server{settings: settings, backing: backing, sessions: map[cancelKey]*session{}}
}

// owner is the OS user, which is the superuser's name everywhere.
func owner() string {
	me, err := user.Current()
	if err != nil {
		return "postgres"
	}
	return me.Username
}

func (s *server) listen(ctx context.Context) error {
	port := strconv.Itoa(s.settings.port)
	for _, address := range s.settings.addresses {
		if address == "*" {
			address = ""
		}
		listener, err := net.Listen("tcp", net.JoinHostPort(address, port))
		if err != nil {
			return fmt.Errorf("could not bind port %s: %w", port, err)
		}
		s.accept(ctx, listener)
	}
	for _, dir := range s.settings.socketDirs {
		if err := s.listenUnix(ctx, filepath.Join(dir, ".s.PGSQL."+port)); err != nil {
			return err
		}
	}
	log.Printf("adbmgrd is ready to accept connections on port %s", port)
	return os.WriteFile(initmgr.ReadyFile(s.settings.directory), []byte(strconv.Itoa(os.Getpid())+"\n"), 0o600)
}

// listenUnix takes a socket path nobody listens on any more; a live one is somebody else's.
func (s *server) listenUnix(ctx context.Context, path string) error {
	if conn, err := net.Dial("unix", path); err == nil {
		conn.Close()
		return fmt.Errorf("could not bind Unix socket %s: another server listens on it", path)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("could not replace Unix socket %s: %w", path, err)
	}
	listener, err := net.Listen("unix", path)
	if err != nil {
		return err
	}
	os.Chmod(path, 0o777)
	s.accept(ctx, listener)
	return nil
}

func (s *server) accept(ctx context.Context, listener net.Listener) {
	s.listeners = append(s.listeners, listener)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go s.serve(ctx, conn)
		}
	}()
}

func (s *server) close() {
	os.Remove(initmgr.ReadyFile(s.settings.directory))
	for _, listener := range s.listeners {
		listener.Close()
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for _, session := range s.sessions {
		session.shutDown()
	}
}

func (s *server) enlist(key cancelKey, session *session) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.sessions[key] = session
}

func (s *server) dismiss(key cancelKey) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	delete(s.sessions, key)
}

// cancel ends the manager command of the session, if one runs, and tells the backing server too.
func (s *server) cancel(key cancelKey) {
	s.mutex.Lock()
	found := s.sessions[key]
	s.mutex.Unlock()
	if found != nil {
		found.cancelCommand()
	}
}

// hba returns the rules as of the last configuration load; a broken file keeps the old ones, as in PostgreSQL.
func (s *server) hba(loaded time.Time) (pgauth.Rules, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.rules != nil && loaded.Equal(s.loaded) {
		return s.rules, nil
	}
	rules, err := pgauth.ReadFile(s.settings.hba())
	if err != nil {
		log.Printf("could not load pg_hba.conf: %v", err)
		if s.rules == nil {
			return nil, err
		}
		return s.rules, nil
	}
	s.rules, s.loaded = rules, loaded
	return rules, nil
}
