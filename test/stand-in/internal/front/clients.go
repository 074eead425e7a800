package front

import (
	"net"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/jackc/pgx/v5/pgproto3"
)

// clients are the sessions by their server process, so that a cancel request reaches one that waits in the front.
type clients struct {
	mutex sync.Mutex
	byPid map[uint32]*session
}

func (c *clients) add(pid uint32, s *session) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.byPid == nil {
		c.byPid = map[uint32]*session{}
	}
	s.wait.pid = pid
	c.byPid[pid] = s
}

func (c *clients) remove(s *session) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.byPid[s.wait.pid] == s {
		delete(c.byPid, s.wait.pid)
	}
}

func (c *clients) interrupt(pid uint32) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if s := c.byPid[pid]; s != nil {
		s.wait.cancelled.Store(true)
	}
}

// waiting is a session's state while the front holds its statement back.
type waiting struct {
	pid       uint32
	cancelled atomic.Bool
}

// broken returns why a wait has to end early: the client cancelled, or left.
func (s *session) broken() *pgproto3.ErrorResponse {
	if s.wait.cancelled.Load() {
		return failure("57014", "canceling statement due to user request")
	}
	if hasLeft(s.client) {
		return failure("08006", "connection to client lost")
	}
	return nil
}

// hasLeft looks whether the peer has closed, without taking anything off the socket.
func hasLeft(conn net.Conn) (left bool) {
	raw, ok := conn.(syscall.Conn)
	if !ok {
		return false
	}
	control, err := raw.SyscallConn()
	if err != nil {
		return true
	}
	_ = control.Read(func(fd uintptr) bool {
		size, _, err := syscall.Recvfrom(int(fd), make([]byte, 1), syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		left = size == 0 && err == nil
		return true
	})
	return left
}
