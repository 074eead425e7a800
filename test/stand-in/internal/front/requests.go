package front

import (
	"errors"
	"io"
	"log"
	"net"
	"syscall"

	"github.com/jackc/pgx/v5/pgproto3"
)

// maxLooked bounds the statements the front reads; larger ones (bulk INSERT … VALUES) can't be ours.
const maxLooked = 1 << 20

// carryRequests reads the client's messages until it leaves. Query and Parse are looked into, the rest goes to the server as it is.
func (s *session) carryRequests() {
	physical := isPhysical(s.startup.Parameters["replication"])
	for {
		h, err := readHead(s.from)
		if err != nil {
			return
		}
		switch {
		case physical || h.size > maxLooked:
			err = s.forward(h)
		case h.kind == 'Q':
			err = s.query(h)
		case h.kind == 'P':
			err = s.parse(h)
		default:
			err = s.forward(h)
		}
		if err != nil {
			if !isHangUp(err) {
				log.Printf("session of %s: %v", s.user(), err)
			}
			return
		}
	}
}

// isHangUp holds for what a client does that just leaves.
func isHangUp(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

func isPhysical(replication string) bool {
	switch replication {
	case "true", "on", "yes", "1":
		return true
	}
	return false
}

// forward sends one message on, and flushes when the client has sent no more for now.
func (s *session) forward(h head) error {
	if h.kind == 'Q' || h.kind == 'S' || h.kind == 'F' {
		s.answers.expect()
	}
	if err := passOn(s.to, s.from, h); err != nil {
		return err
	}
	if s.from.Buffered() < 5 {
		return s.to.Flush()
	}
	return nil
}

// query handles a simple query: plain text goes on, statements of AntDB's are run one by one.
func (s *session) query(h head) error {
	body, err := readBody(s.from, h)
	if err != nil {
		return err
	}
	var message pgproto3.Query
	if err := message.Decode(body); err != nil {
		return err
	}
	steps := s.node.translateAll(message.String)
	if refusal := s.checkGtm(steps); refusal != nil {
		return s.refuse(refusal)
	}
	if needsScript(steps) {
		return s.runScript(steps)
	}
	for _, step := range steps {
		s.retagFor(step)
	}
	if changed(steps) || message.String == remoteBegin {
		message.String = joined(steps)
	}
	s.answers.expect()
	return send(s.to, &message)
}

// refuse answers a simple query with an error. Inside a transaction the server must fail too, or the next COMMIT would commit.
func (s *session) refuse(refusal *pgproto3.ErrorResponse) error {
	if s.answers.settle() == 0 {
		return nil
	}
	s.answers.begin()
	if err := s.fail(refusal); err != nil {
		return err
	}
	return s.answers.finish()
}

func (s *session) retagFor(step step) {
	if step.tag != "" {
		s.answers.retag(tagChange{step.fromTag, step.tag})
	}
}

// parse handles the extended protocol's Parse. A refusal reaches the client as an error of that statement: the server is given one that
// raises it.
func (s *session) parse(h head) error {
	body, err := readBody(s.from, h)
	if err != nil {
		return err
	}
	var message pgproto3.Parse
	if err := message.Decode(body); err != nil {
		return err
	}
	steps := s.node.translateAll(message.Query)
	if refusal := s.checkGtm(steps); refusal != nil {
		return s.forwardFailing(&message, refusal)
	}
	if len(steps) == 1 {
		if steps[0].cluster {
			if failure := s.spreadAtOnce(steps[0]); failure != nil {
				return s.forwardFailing(&message, failure)
			}
		}
		s.retagFor(steps[0])
		message.Query = steps[0].sql
	}
	return s.sendBuffered(&message)
}

// forwardFailing replaces a statement by one that can't be parsed, and its error by ours.
func (s *session) forwardFailing(message *pgproto3.Parse, refusal *pgproto3.ErrorResponse) error {
	s.answers.replaceError(refusal)
	message.Query = "SELECT refused_by_the_front"
	message.ParameterOIDs = nil
	return s.sendBuffered(message)
}

func (s *session) sendBuffered(message pgproto3.Message) error {
	raw, err := message.Encode(nil)
	if err != nil {
		return err
	}
	if _, err := s.to.Write(raw); err != nil {
		return err
	}
	if s.from.Buffered() < 5 {
		return s.to.Flush()
	}
	return nil
}
