package initmgr

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// waitSeconds is pg_ctl's own default for -w.
const waitSeconds = 60

type control struct {
	verb, dir, log, mode string
	wait                 bool
	timeout              time.Duration
	options              string
}

// Control is mgr_ctl: start, stop, restart, reload, status.
func Control(args []string) int {
	job, err := parseControl(args)
	if err != nil {
		fmt.Fprintf(os.Stderr, "mgr_ctl: %v\nTry \"mgr_ctl --help\" for more information.\n", err)
		return 1
	}
	switch job.verb {
	case "start":
		return job.start()
	case "stop":
		return job.stop()
	case "restart":
		job.stop()
		return job.start()
	case "reload":
		return job.signal(syscall.SIGHUP, "server signaled")
	case "status":
		return job.status()
	}
	fmt.Fprintf(os.Stderr, "mgr_ctl: unrecognized operation mode \"%s\"\n", job.verb)
	return 1
}

func parseControl(args []string) (control, error) {
	job := control{mode: "fast", wait: true, timeout: waitSeconds * time.Second, dir: os.Getenv("PGDATA")}
	value := func(index *int) string {
		if *index++; *index < len(args) {
			return args[*index]
		}
		return ""
	}
	for index := 0; index < len(args); index++ {
		arg := args[index]
		switch {
		case arg == "-D":
			job.dir = value(&index)
		case strings.HasPrefix(arg, "-D"):
			job.dir = arg[2:]
		case arg == "-l":
			job.log = value(&index)
		case arg == "-m":
			job.mode = value(&index)
		case arg == "-o":
			job.options = value(&index)
		case arg == "-t":
			seconds, err := strconv.Atoi(value(&index))
			if err != nil {
				return job, fmt.Errorf("invalid time-out: %w", err)
			}
			job.timeout = time.Duration(seconds) * time.Second
		case arg == "-w", arg == "-s":
		case arg == "-W":
			job.wait = false
		case strings.HasPrefix(arg, "-"):
			return job, fmt.Errorf("unknown option %q", arg)
		default:
			job.verb = arg
		}
	}
	if job.dir == "" {
		return job, fmt.Errorf("no database directory specified and environment variable PGDATA unset")
	}
	return job, nil
}

func (job control) start() int {
	if job.pid() != 0 {
		fmt.Fprintln(os.Stderr, "mgr_ctl: another server might be running; trying to start server anyway")
	}
	self, err := os.Executable()
	if err != nil {
		fmt.Fprintln(os.Stderr, "mgr_ctl:", err)
		return 1
	}
	arguments := append([]string{"adbmgrd", "-D", job.dir}, strings.Fields(job.options)...)
	command := exec.Command(self, arguments...)
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if job.log != "" {
		file, err := os.OpenFile(job.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			fmt.Fprintln(os.Stderr, "mgr_ctl:", err)
			return 1
		}
		defer file.Close()
		command.Stdout, command.Stderr = file, file
	} else {
		command.Stdout, command.Stderr = os.Stdout, os.Stderr
	}
	if err := command.Start(); err != nil {
		fmt.Fprintln(os.Stderr, "mgr_ctl: could not start server:", err)
		return 1
	}
	ended := make(chan struct{})
	go func() { command.Wait(); close(ended) }()
	if !job.wait {
		fmt.Println("server starting")
		return 0
	}
	return job.awaitReady(ended)
}

func (job control) awaitReady(ended <-chan struct{}) int {
	deadline := time.After(job.timeout)
	for {
		select {
		case <-ended:
			fmt.Fprintln(os.Stderr, "mgr_ctl: could not start server\nExamine the log output.")
			return 1
		case <-deadline:
			fmt.Fprintln(os.Stderr, "mgr_ctl: server did not start in time")
			return 1
		case <-time.After(50 * time.Millisecond):
			if _, err := os.Stat(ReadyFile(job.dir)); err == nil {
				fmt.Println("server started")
				return 0
			}
		}
	}
}

func (job control) stop() int {
	pid := job.pid()
	if pid == 0 {
		fmt.Fprintf(os.Stderr, "mgr_ctl: PID file \"%s\" does not exist\nIs server running?\n", filepath.Join(job.dir, "postmaster.pid"))
		return 1
	}
	signals := map[string]syscall.Signal{"s": syscall.SIGTERM, "f": syscall.SIGINT, "i": syscall.SIGQUIT}
	signal, ok := signals[job.mode[:min(1, len(job.mode))]]
	if !ok {
		fmt.Fprintf(os.Stderr, "mgr_ctl: unrecognized shutdown mode \"%s\"\n", job.mode)
		return 1
	}
	if err := syscall.Kill(pid, signal); err != nil {
		fmt.Fprintln(os.Stderr, "mgr_ctl: could not send stop signal:", err)
		return 1
	}
	for deadline := time.Now().Add(job.timeout); job.wait && time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		_, err := os.Stat(ReadyFile(job.dir))
		if job.pid() == 0 && os.IsNotExist(err) {
			fmt.Println("server stopped")
			return 0
		}
	}
	if job.wait {
		fmt.Fprintln(os.Stderr, "mgr_ctl: server does not shut down")
		return 1
	}
	return 0
}

func (job control) signal(signal syscall.Signal, done string) int {
	pid := job.pid()
	if pid == 0 || syscall.Kill(pid, signal) != nil {
		fmt.Fprintln(os.Stderr, "mgr_ctl: no server running")
		return 1
	}
	fmt.Println(done)
	return 0
}

func (job control) status() int {
	if pid := job.pid(); pid != 0 {
		fmt.Printf("mgr_ctl: server is running (PID: %d)\n", pid)
		return 0
	}
	fmt.Println("mgr_ctl: no server running")
	return 3
}

// pid is the recorded server that still lives, or 0.
func (job control) pid() int {
	text, err := os.ReadFile(filepath.Join(job.dir, "postmaster.pid"))
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil || syscall.Kill(pid, 0) != nil {
		return 0
	}
	return pid
}

// ReadyFile exists while adbmgrd takes connections; PostgreSQL's own pid file says so a little earlier.
func ReadyFile(dir string) string { return filepath.Join(dir, "adbmgrd.ready") }
