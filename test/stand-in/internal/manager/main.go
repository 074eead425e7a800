// Package manager is adbmgrd: a server that speaks PostgreSQL's protocol, knows the manager's grammar, and keeps its catalogs in a
// stock PostgreSQL it starts itself on the same data directory.
package manager

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
)

// Main is adbmgrd -D DIR [-p PORT] [-c name=value] [--name=value].
func Main(args []string) int {
	if len(args) > 0 && (args[0] == "--version" || args[0] == "-V") {
		fmt.Println("adbmgrd (PostgreSQL) 11.10")
		return 0
	}
	log.SetFlags(log.LstdFlags | log.Lmicroseconds)
	settings, err := parseArguments(args)
	if err == nil {
		err = run(settings)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "adbmgrd: %v\n", err)
		return 1
	}
	return 0
}

func run(settings settings) error {
	// The backing server is told of the death of the thread that started it: this one must last as long as we do.
	runtime.LockOSThread()
	stop := make(chan os.Signal, 4)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGHUP)
	if err := settings.load(); err != nil {
		return err
	}
	backing, err := startBacking(settings)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	server := newServer(settings, backing)
	if err := server.listen(ctx); err != nil {
		backing.stop(syscall.SIGINT)
		return err
	}
	defer server.close()
	for {
		select {
		case received := <-stop:
			if received != syscall.SIGHUP {
				log.Printf("received %v, shutting down", received)
			}
			backing.signal(received.(syscall.Signal))
		case <-backing.ended:
			log.Printf("database system is shut down")
			return nil
		}
	}
}

// parseArguments takes postgres's own option forms.
func parseArguments(args []string) (settings, error) {
	out := settings{directory: os.Getenv("PGDATA"), override: map[string]string{}}
	for index := 0; index < len(args); index++ {
		arg := args[index]
		value := func(short string) (string, bool) {
			if arg == short && index+1 < len(args) {
				index++
				return args[index], true
			}
			return strings.CutPrefix(arg, short)
		}
		if strings.HasPrefix(arg, "--") {
			name, text, _ := strings.Cut(arg[2:], "=")
			out.override[strings.ReplaceAll(name, "-", "_")] = text
		} else if text, ok := value("-D"); ok {
			out.directory = text
		} else if text, ok := value("-p"); ok {
			out.override["port"] = text
		} else if text, ok := value("-h"); ok {
			out.override["listen_addresses"] = text
		} else if text, ok := value("-k"); ok {
			out.override["unix_socket_directories"] = text
		} else if text, ok := value("-c"); ok {
			name, setting, _ := strings.Cut(text, "=")
			out.override[name] = setting
		} else if arg == "-i" {
			out.override["listen_addresses"] = "*"
		} else {
			return out, fmt.Errorf("invalid argument: %q", arg)
		}
	}
	if out.directory == "" {
		return out, fmt.Errorf("does not know where to find the server configuration file: give -D or set PGDATA")
	}
	return out, nil
}
