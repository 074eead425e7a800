package manager

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"antdb.io/stand-in/internal/stock"
)

// startTimeout bounds the backing server's start, crash recovery included.
const startTimeout = 120 * time.Second

// backing is the stock PostgreSQL behind the manager; it listens on a unix socket inside the data directory only.
type backing struct {
	directory string
	port      int
	process   *os.Process
	ended     chan struct{}
}

func startBacking(settings settings) (*backing, error) {
	arguments := []string{"-D", settings.directory, "-c", "listen_addresses=", "-c", "unix_socket_directories=" + settings.directory,
		"-c", "unix_socket_permissions=0700", "-c", "port=" + strconv.Itoa(settings.port)}
	for name, value := range settings.override {
		switch name {
		case "port", "listen_addresses", "unix_socket_directories":
		default:
			arguments = append(arguments, "-c", name+"="+value)
		}
	}
	command := exec.Command(stock.Program("postgres"), arguments...)
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	// A group of its own: a terminal's ^C must reach it through us only, once.
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGINT}
	if err := command.Start(); err != nil {
		return nil, err
	}
	b := &backing{directory: settings.directory, port: settings.port, process: command.Process, ended: make(chan struct{})}
	go func() { command.Wait(); close(b.ended) }()
	return b, b.awaitReady()
}

func (b *backing) awaitReady() error {
	deadline := time.Now().Add(startTimeout)
	for time.Now().Before(deadline) {
		select {
		case <-b.ended:
			return fmt.Errorf("the server on %s ended while starting: see its messages above", b.directory)
		case <-time.After(20 * time.Millisecond):
		}
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		conn, err := b.connect(ctx, "", "template1", nil)
		cancel()
		if err == nil {
			return conn.Close(context.Background())
		}
	}
	b.stop(syscall.SIGINT)
	return fmt.Errorf("the server on %s did not start within %s", b.directory, startTimeout)
}

// connect opens a session as the user; an empty user is the superuser who owns the directory.
func (b *backing) connect(ctx context.Context, user, database string, parameters map[string]string) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig("sslmode=disable")
	if err != nil {
		return nil, err
	}
	config.Host, config.Port, config.Database = b.directory, uint16(b.port), database
	config.Fallbacks = nil
	if user == "" {
		user = owner()
	}
	config.User, config.Password = user, ""
	config.RuntimeParams = parameters
	config.DefaultQueryExecMode = pgx.QueryExecModeExec
	return pgx.ConnectConfig(ctx, config)
}

func (b *backing) socket() string {
	return filepath.Join(b.directory, ".s.PGSQL."+strconv.Itoa(b.port))
}

func (b *backing) signal(signal syscall.Signal) { b.process.Signal(signal) }

func (b *backing) stop(signal syscall.Signal) {
	b.signal(signal)
	<-b.ended
}
