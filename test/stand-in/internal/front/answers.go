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

// expect notes that the server will send one more ReadyForQuery.
func (a *answers) expect() {
	a.mutex.Lock()
	a.open++
	a.mutex.Unlock()
}

// retag asks for a command tag to be replaced when it comes.
func (a *answers) retag(change tagChange) {
	a.mutex.Lock()
	a.tags = append(a.tags, change)
	a.mutex.Unlock()
}

// replaceError puts our error in place of the next one of the server.
func (a *answers) replaceError(mine *pgproto3.ErrorResponse) {
	a.mutex.Lock()
	a.swap = mine
	a.mutex.Unlock()
}

// settle waits until the server owes nothing, and reports the transaction's status; 0 when the session ended.
func (a *answers) settle() byte {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	for a.open > 0 && !a.ended {
		a.change.Wait()
	}
	if a.ended {
		return 0
	}
	return a.status
}

// begin holds ReadyForQuery back until finish.
func (a *answers) begin() {
	a.mutex.Lock()
	a.hold, a.failed = true, false
	a.mutex.Unlock()
}

// mode sets what passes during the next statement, and clears the error mark.
func (a *answers) mode(pass passing) {
	a.mutex.Lock()
	a.pass, a.failed = pass, false
	a.mutex.Unlock()
}

func (a *answers) hadError() bool {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	return a.failed
}

func (a *answers) markError() {
	a.mutex.Lock()
	a.failed = true
	a.mutex.Unlock()
}

// say sends messages of our own to the client.
func (a *answers) say(messages ...pgproto3.Message) error {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	for _, message := range messages {
		if err := send(a.writer, message); err != nil {
			return err
		}
	}
	return nil
}

// finish ends what begin began and tells the client that it is its turn.
func (a *answers) finish() error {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.hold, a.pass, a.failed, a.tags, a.swap = false, passAll, false, nil, nil
	return send(a.writer, &pgproto3.ReadyForQuery{TxStatus: a.status})
}
