// Package agent is the daemon beside each node: the manager tells it to initialise, start, stop and rewrite the node on its host. Like
// the real one it asks nobody for a password.
package agent

import (
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

const (
	bindTries = 10
	bindPause = time.Second
)

// Main is `agent -P port [-b]`.
func Main(args []string) int {
	flags := flag.NewFlagSet("agent", flag.ContinueOnError)
	port := flags.Int("P", 0, "listen port; random when 0")
	background := flags.Bool("b", false, "go to the background after start-up")
	version := flags.Bool("V", false, "print the version, then exit")
	if err := flags.Parse(args); err != nil {
		return 1
	}
	if *version {
		fmt.Println("mgr_agent (stand-in based on PostgreSQL) 15")
		return 0
	}
	listener, err := listen(*port)
	if err != nil {
		fmt.Fprintf(os.Stderr, "could not listen on IPv4 socket: %v\n", err)
		return 1
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	if *background {
		return detach(listener)
	}
	fmt.Println(os.Getpid())
	return run(listener)
}

// listen binds all IPv4 addresses, or the one of STAND_IN_AGENT_ADDRESS. A background agent finds its socket as file descriptor 3.
func listen(port int) (net.Listener, error) {
	if os.Getenv(inheritedMark) != "" {
		os.Unsetenv(inheritedMark)
		return net.FileListener(os.NewFile(3, "listener"))
	}
	address := net.JoinHostPort(os.Getenv("STAND_IN_AGENT_ADDRESS"), strconv.Itoa(port))
	var err error
	for range bindTries {
		var listener net.Listener
		if listener, err = net.Listen("tcp4", address); err == nil {
			return listener, nil
		}
		time.Sleep(bindPause)
	}
	return nil, err
}

const inheritedMark = "STAND_IN_AGENT_INHERITED"

// detach hands the socket to a second process in a session of its own.
func detach(listener net.Listener) int {
	file, err := listener.(*net.TCPListener).File()
	if err != nil {
		fmt.Fprintln(os.Stderr, "agent:", err)
		return 1
	}
	cmd := exec.Command("/proc/self/exe")
	cmd.Args = []string{filepath.Join(programDir(), "agent")}
	cmd.Env = append(os.Environ(), inheritedMark+"=1")
	cmd.ExtraFiles = []*os.File{file}
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		fmt.Fprintf(os.Stderr, "could not fork new process: %v\n", err)
		return 1
	}
	fmt.Println(cmd.Process.Pid)
	return 0
}

// run serves until TERM, which ends the real agent with code 1 too. Nodes live on: pg_ctl has put them out of our reach.
func run(listener net.Listener) int {
	signal.Ignore(syscall.SIGHUP, syscall.SIGINT, syscall.SIGPIPE)
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	go Serve(listener)
	<-stop
	return 1
}

// Serve answers requests, a goroutine per connection, until the listener is closed.
func Serve(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			converse(conn)
		}()
	}
}
