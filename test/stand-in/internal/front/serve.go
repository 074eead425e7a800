package front

import (
	"fmt"
	"log"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// node is one serving front: what it knows of the server behind it.
type node struct {
	Identity
	dir     string // the data directory
	port    string
	socket  string // of the real server
	pid     int    // of the real server
	control *control
	gate    *gate
	rules   *hbaRules
	clients *clients
	stream  *stream  // to the gtm
	streams *streams // from the nodes, when this is the gtm
	began   time.Time
	known   *knownSettings
	adopted *adopted
}

// serve is the front's process: dir, port, socket directory and pid of the server, then one name per inherited listener.
func serve(args []string) int {
	pid, err := strconv.Atoi(args[3])
	if err != nil {
		fmt.Fprintln(os.Stderr, "front: bad pid", args[3])
		return 1
	}
	log.SetFlags(log.LstdFlags | log.Lmicroseconds)
	log.SetPrefix("front: ")
	identity, err := ReadIdentity(args[0])
	if err != nil {
		fmt.Fprintln(os.Stderr, "front: the data directory was not made by the stand-in's agent:", err)
		return 1
	}
	n := &node{Identity: identity, dir: args[0], port: args[1], socket: args[2] + "/.s.PGSQL." + args[1], pid: pid}
	n.control = newControl(n)
	n.gate, n.stream, n.streams, n.began = &gate{node: n}, &stream{node: n}, &streams{}, time.Now()
	n.clients = &clients{}
	n.rules = &hbaRules{path: n.dir + "/pg_hba.conf"}
	n.known = &knownSettings{node: n}
	n.adopted = &adopted{node: n}
	listeners, err := inherited(args[4:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "front:", err)
		return 1
	}
	for _, listener := range listeners {
		go n.accept(listener)
	}
	if !n.isGtm() {
		go n.stream.keep()
	}
	n.waitForEnd()
	for _, listener := range listeners {
		if address, ok := listener.Addr().(*net.UnixAddr); ok {
			os.Remove(address.Name)
		}
		listener.Close()
	}
	os.Remove(filepath.Dir(n.socket)) // only when it is empty: a new server may be there already
	return 0
}

// isGtm holds for the gtm and its standby.
func (n *node) isGtm() bool { return n.Kind == "g" || n.Kind == "p" }

func inherited(names []string) ([]net.Listener, error) {
	var listeners []net.Listener
	for i, name := range names {
		file := os.NewFile(uintptr(3+i), name)
		listener, err := net.FileListener(file)
		file.Close()
		if err != nil {
			return nil, fmt.Errorf("listener %s: %w", name, err)
		}
		listeners = append(listeners, listener)
	}
	return listeners, nil
}

func (n *node) accept(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return // closed at the end; the process follows
		}
		go func() {
			defer conn.Close()
			defer func() {
				if fault := recover(); fault != nil {
					log.Printf("session ended by a fault of the stand-in: %v", fault)
				}
			}()
			if tcp, ok := conn.(*net.TCPConn); ok {
				_ = tcp.SetNoDelay(true)
			}
			newSession(n, conn).run()
		}()
	}
}

// waitForEnd returns when the server's process is gone, reaped or not. It is no child of ours.
func (n *node) waitForEnd() {
	for alive(n.pid) {
		time.Sleep(40 * time.Millisecond)
	}
}

func alive(pid int) bool {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	rest := string(raw)[strings.LastIndexByte(string(raw), ')')+1:]
	fields := strings.Fields(rest)
	return len(fields) > 0 && fields[0] != "Z" && fields[0] != "X"
}

// knownSettings tells the server's own parameters from AntDB's.
type knownSettings struct {
	node  *node
	mutex sync.Mutex
	names map[string]bool
}

func (k *knownSettings) has(name string) bool {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if k.names == nil {
		rows, err := k.node.control.query("SELECT lower(name) FROM pg_catalog.pg_settings WHERE NOT antdb.is_later(name)" +
			" UNION SELECT unnest(array['is_superuser', 'session_authorization', 'role', 'include', 'include_dir', 'include_if_exists'])")
		if err != nil {
			return true // let the server answer
		}
		k.names = map[string]bool{}
		for _, row := range rows {
			k.names[string(row[0])] = true
		}
	}
	return k.names[name]
}
