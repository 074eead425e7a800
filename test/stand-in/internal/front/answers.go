package front

import (
	"bufio"
	"sync"

	"github.com/jackc/pgx/v5/pgproto3"
)

// answers carries the server's messages to the client. Most go through as they are; while a statement of ours runs, some are held back
// or changed.
type answers struct {
	reader *bufio.Reader
	mutex  sync.Mutex // guards writer and what follows
	writer *bufio.Writer
	change *sync.Cond
	open   int  // ReadyForQuery messages the server still owes
	status byte // of the last ReadyForQuery: I idle, T in a transaction, E in a failed one
	failed bool // an error came since the last ReadyForQuery
	ended  bool // the server's side is closed
	hold   bool // keep ReadyForQuery back: we are in the middle of several statements
	pass   passing
	swap   *pgproto3.ErrorResponse // replaces the next error
	tags   []tagChange
	onKey  func(pid uint32) // hears of the server's process, which a cancel request names
}

// passing says what of a statement's answer the client gets.
type passing int

const (
	passAll    passing = iota
	passErrors         // errors and notices only
	passNone
)

// tagChange replaces a command tag, once.
type tagChange struct{ from, to string }

func newAnswers(reader *bufio.Reader, writer *bufio.Writer) *answers {
	a := &answers{reader: reader, writer: writer, open: 1}
	a.change = sync.NewCond(&a.mutex)
	return a
}

// carry runs until the server closes the session.
func (a *answers) carry() {
	for a.next() == nil {
	}
	a.mutex.Lock()
	a.ended = true
	a.change.Broadcast()
	a.mutex.Unlock()
}

func (a *answers) next() error {
	h, err := readHead(a.reader)
	if err != nil {
		return err
	}
	switch h.kind {
	case 'Z':
		return a.ready(h)
	case 'C':
		return a.complete(h)
	}
	a.mutex.Lock()
	defer a.mutex.Unlock()
	switch h.kind {
	case 'E':
		a.failed = true
		return a.fail(h)
	case 'K':
		return a.key(h)
	case 'G':
		a.open = 0 // a Sync sent before COPY data is ignored by the server
	}
	if a.pass == passNone || a.pass == passErrors && h.kind != 'N' {
		return skip(a.reader, h)
	}
	if err := passOn(a.writer, a.reader, h); err != nil {
		return err
	}
	return a.flush()
}

// fail passes an error on, in our words where they differ.
func (a *answers) fail(h head) error {
	body, err := readBody(a.reader, h)
	if err != nil || a.pass == passNone {
		return err
	}
	var message pgproto3.ErrorResponse
	if err := message.Decode(body); err != nil {
		return err
	}
	out := &message
	if mine := likePool(out); mine != nil {
		out = mine
	}
	if a.swap != nil {
		out, a.swap = a.swap, nil
	}
	return send(a.writer, out)
}

func (a *answers) key(h head) error {
	body, err := readBody(a.reader, h)
	if err != nil {
		return err
	}
	var message pgproto3.BackendKeyData
	if err := message.Decode(body); err != nil {
		return err
	}
	a.onKey(message.ProcessID)
	return send(a.writer, &message)
}

// flush empties the writer unless more of the server's answer is at hand.
func (a *answers) flush() error {
	if a.reader.Buffered() >= 5 {
		return nil
	}
	return a.writer.Flush()
}

func (a *answers) ready(h head) error {
	body, err := readBody(a.reader, h)
	if err != nil {
		return err
	}
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.status = body[0]
	a.open = max(a.open-1, 0)
	defer a.change.Broadcast()
	if a.hold {
		return a.flush()
	}
	a.tags, a.swap, a.failed = nil, nil, false
	return send(a.writer, &pgproto3.ReadyForQuery{TxStatus: body[0]})
}

func (a *answers) complete(h head) error {
	body, err := readBody(a.reader, h)
	if err != nil {
		return err
	}
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if a.pass != passAll {
		return nil
	}
	var message pgproto3.CommandComplete
	if err := message.Decode(body); err != nil {
		return err
	}
	for i, change := range a.tags {
		if string(message.CommandTag) == change.from {
			message.CommandTag = []byte(change.to)
			a.tags = append(a.tags[:i:i], a.tags[i+1:]...)
			break
		}
	}
	raw, err := message.Encode(nil)
	if err != nil {
		return err
	}
	if _, err := a.writer.Write(raw); err != nil {
		return err
	}
	return a.flush()
}
