package front

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

const (
	launchWord = "--stand-in-launch"
	serveWord  = "--stand-in-front"
)

// start prepares everything a serving node needs and returns the arguments the real server gets on top of its own.
func start(args []string) ([]string, error) {
	dir, err := dataDir(args)
	if err != nil {
		return nil, err
	}
	if err := checkLock(dir); err != nil {
		return nil, err
	}
	port, err := setting(args, "port")
	if err != nil {
		return nil, nil // a broken configuration: the real server says what is wrong with it
	}
	addresses, err := setting(args, "listen_addresses")
	if err != nil {
		return nil, nil
	}
	if err := noteStart(dir); err != nil {
		return nil, err
	}
	recovery, err := recoveryArgs(dir)
	if err != nil {
		return nil, err
	}
	private, err := privateSocketDir(dir)
	if err != nil {
		return nil, err
	}
	listeners, err := bind(addresses, port)
	if err != nil {
		return nil, err
	}
	if err := launchFront(listeners, []string{dir, port, private, strconv.Itoa(os.Getpid())}); err != nil {
		return nil, fmt.Errorf("FATAL:  could not start the front: %w", err)
	}
	return append(recovery, "-c", "listen_addresses=", "-c", "unix_socket_directories="+private), nil
}

func dataDir(args []string) (string, error) {
	for i, arg := range args {
		if arg == "-D" && i+1 < len(args) {
			return filepath.Abs(args[i+1])
		}
		if strings.HasPrefix(arg, "-D") && len(arg) > 2 {
			return filepath.Abs(arg[2:])
		}
	}
	if dir := os.Getenv("PGDATA"); dir != "" {
		return filepath.Abs(dir)
	}
	return "", errors.New("postgres does not know where to find the server configuration file.\n" +
		"You must specify the --config-file or -D invocation option or set the PGDATA environment variable.")
}

// checkLock refuses a directory whose postmaster.pid names a live process, as the server would later, when our port is taken already.
func checkLock(dir string) error {
	path := filepath.Join(dir, "postmaster.pid")
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil // absent, or unreadable: the server's to judge
	}
	first, _, _ := strings.Cut(string(raw), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil || pid == 0 || pid == os.Getpid() || pid == os.Getppid() {
		return nil
	}
	if syscall.Kill(pid, 0) != nil { // gone, or another user's
		return nil
	}
	return fmt.Errorf("FATAL:  lock file \"postmaster.pid\" already exists\nHINT:  Is another postmaster (PID %d) running in data directory \"%s\"?",
		pid, dir)
}

// setting asks the server what a parameter is in its files and arguments.
func setting(args []string, name string) (string, error) {
	out, err := exec.Command(filepath.Join(BinDir(), "postgres"), append([]string{"-C", name}, args...)...).Output()
	return strings.TrimSpace(string(out)), err
}

// privateSocketDir is where the real server listens; short, a unix socket's path is limited to 107 bytes. It is this start's own: the front of
// the server before may still be at work, and takes its own directory away when it ends.
func privateSocketDir(dir string) (string, error) {
	sum := sha256.Sum256([]byte(dir))
	stem := filepath.Join("/tmp", ".antdb-"+hex.EncodeToString(sum[:6])+"-")
	removeDead(stem)
	path := stem + strconv.Itoa(os.Getpid())
	_ = os.RemoveAll(path) // a lock file in it is a dead server's: checkLock has looked
	if err := os.MkdirAll(path, 0o700); err != nil {
		return "", fmt.Errorf("FATAL:  could not create lock file \"%s\": %w", path, rootCause(err))
	}
	return path, nil
}

// removeDead takes away what servers left that were killed together with their fronts.
func removeDead(stem string) {
	old, _ := filepath.Glob(stem + "*")
	for _, path := range old {
		if pid, err := strconv.Atoi(strings.TrimPrefix(path, stem)); err == nil && syscall.Kill(pid, 0) == syscall.ESRCH {
			_ = os.RemoveAll(path)
		}
	}
}

// launchFront starts the front twice removed: the server must not find it among its children, it would take its end for a crash.
func launchFront(listeners []*os.File, arguments []string) error {
	names := make([]string, 0, len(listeners))
	for _, file := range listeners {
		names = append(names, file.Name())
	}
	cmd := self(launchWord, append(arguments, names...), listeners)
	if err := cmd.Run(); err != nil {
		return err
	}
	for _, file := range listeners {
		file.Close()
	}
	return nil
}

// launch is the process in between: it starts the front and ends.
func launch(args []string) int {
	listeners := make([]*os.File, 0, len(args)-4)
	for i, name := range args[4:] {
		listeners = append(listeners, os.NewFile(uintptr(3+i), name))
	}
	cmd := self(serveWord, args, listeners)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		fmt.Fprintln(os.Stderr, "front:", err)
		return 1
	}
	return 0
}

func self(what string, args []string, files []*os.File) *exec.Cmd {
	cmd := exec.Command("/proc/self/exe")
	cmd.Args = append([]string{"postgres", what}, args...)
	cmd.ExtraFiles = files
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd
}
