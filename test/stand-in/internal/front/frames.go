package front

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5/pgproto3"
)

// maxFrame bounds a message we hold in memory; larger ones (CopyData, DataRow) are passed on in pieces.
const maxFrame = 1 << 30

// head is the five bytes before a message's body: its type and length. Messages we do not look into are copied as they are,
// those we do are decoded by pgproto3.
type head struct {
	kind byte
	size int // of the body, in bytes
}

func readHead(reader *bufio.Reader) (head, error) {
	var raw [5]byte
	if _, err := io.ReadFull(reader, raw[:]); err != nil {
		return head{}, err
	}
	size := int(binary.BigEndian.Uint32(raw[1:])) - 4
	if size < 0 || size > maxFrame {
		return head{}, fmt.Errorf("a message of type %q says it is %d bytes long", raw[0], size)
	}
	return head{raw[0], size}, nil
}

func readBody(reader *bufio.Reader, h head) ([]byte, error) {
	body := make([]byte, h.size)
	_, err := io.ReadFull(reader, body)
	return body, err
}

func writeHead(writer io.Writer, h head) error {
	var raw [5]byte
	raw[0] = h.kind
	binary.BigEndian.PutUint32(raw[1:], uint32(h.size+4))
	_, err := writer.Write(raw[:])
	return err
}

// passOn copies one message whose head is read already.
func passOn(writer *bufio.Writer, reader *bufio.Reader, h head) error {
	if err := writeHead(writer, h); err != nil {
		return err
	}
	_, err := io.CopyN(writer, reader, int64(h.size))
	return err
}

// skip reads over a body.
func skip(reader *bufio.Reader, h head) error {
	_, err := io.CopyN(io.Discard, reader, int64(h.size))
	return err
}

// send encodes a message and flushes.
func send(writer *bufio.Writer, message pgproto3.Message) error {
	raw, err := message.Encode(nil)
	if err != nil {
		return err
	}
	if _, err := writer.Write(raw); err != nil {
		return err
	}
	return writer.Flush()
}
