package front

import (
	"context"
	"net"
	"regexp"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// Every cn and dn keeps a stream to the gtm it was told (AntDB: the snapshot receiver). Without it no statement runs; and a gtm that
// has just started serves nobody until all of its nodes are back. The stand-in's stream carries nothing, it is only there or not.

// streamRetry is the receiver's pause between two attempts.
const streamRetry = 3 * time.Second

var streamOption = regexp.MustCompile(`antdb\.stream=(\S+)`)

// stream is the node's side.
type stream struct {
	node  *node
	mutex sync.Mutex
	up    bool
	to    address // the gtm it leads to, which need not be the one the node was told meanwhile
}

func (s *stream) state() (to address, up bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.to, s.up
}

func (s *stream) set(to address, up bool) {
	s.mutex.Lock()
	s.to, s.up = to, up
	s.mutex.Unlock()
}

// keep dials for ever.
func (s *stream) keep() {
	for {
		told, err := s.node.gtm()
		if err != nil {
			time.Sleep(streamRetry / 30) // the server is still starting
			continue
		}
		s.hold(told)
		time.Sleep(streamRetry)
	}
}

// hold connects and returns when the stream breaks. As in AntDB neither the connect nor the stream has a limit: a gtm that vanished
// without a word leaves the stream standing, and a new agtm_host has no effect until it ends.
func (s *stream) hold(told gtmAddress) {
	ctx := context.Background()
	conn, err := s.node.dialGtm(ctx, told.address, replayOption+" -c antdb.stream="+told.self)
	if err != nil {
		return
	}
	defer conn.Close(ctx)
	if tcp, ok := conn.Conn().(*net.TCPConn); ok {
		_ = tcp.SetKeepAlive(false)
	}
	s.set(told.address, true)
	defer s.set(told.address, false)
	_, _ = conn.Conn().Read(make([]byte, 1))
}

// dialGtm opens a session to the gtm as this node's superuser.
func (n *node) dialGtm(ctx context.Context, to address, options string) (*pgconn.PgConn, error) {
	config, err := nodeConfig(to, n.Superuser, "postgres")
	if err != nil {
		return nil, err
	}
	config.RuntimeParams["options"] = options
	return pgconn.ConnectConfig(ctx, config)
}

// streams is the gtm's side: who is connected now.
type streams struct {
	mutex sync.Mutex
	names map[string]int
	whole bool // everybody was there once since the start
}

// serveStream answers a node's stream and holds it until it breaks.
func (s *session) serveStream(backend *pgproto3.Backend, name string) {
	backend.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
	if backend.Flush() != nil {
		return
	}
	s.node.streams.add(name, 1)
	defer s.node.streams.add(name, -1)
	_, _ = s.client.Read(make([]byte, 1))
}

func (t *streams) add(name string, count int) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if t.names == nil {
		t.names = map[string]int{}
	}
	t.names[name] += count
}

// complete reports whether every one of the nodes has been there at the same time since the gtm started.
func (t *streams) complete(nodes []string) bool {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	for _, name := range nodes {
		if !t.whole && t.names[name] == 0 {
			return false
		}
	}
	t.whole = true
	return true
}

func (t *streams) isWhole() bool {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return t.whole
}
