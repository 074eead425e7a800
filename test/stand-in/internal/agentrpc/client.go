package agentrpc

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strconv"
)

// maxLine bounds one line of an answer (the real protocol's packets are capped at 10 MB too).
const maxLine = 10 << 20

// UnreachableError says that no agent answers at an address: refused, reset, or no route.
type UnreachableError struct {
	Address string
	Cause   error
}

func (e *UnreachableError) Error() string {
	return fmt.Sprintf("no agent at %s: %v", e.Address, e.Cause)
}

func (e *UnreachableError) Unwrap() error { return e.Cause }

// FailedError is an agent's own report that the operation failed; Text is what the program it ran printed.
type FailedError struct{ Text string }

func (e *FailedError) Error() string { return e.Text }

// Client calls one agent. Like the real manager's it has no time-out of its own: a dead address costs the kernel's SYN timeout.
type Client struct {
	Host   string
	Port   int
	Notice func(text string) // progress lines; may be nil
}

// Call runs one request and returns the agent's result text. The connection ends with it, and with ctx.
func (c Client) Call(ctx context.Context, req Request) (string, error) {
	address := net.JoinHostPort(c.Host, strconv.Itoa(c.Port))
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return "", &UnreachableError{Address: address, Cause: err}
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	if err := json.NewEncoder(conn).Encode(req); err != nil {
		return "", &UnreachableError{Address: address, Cause: err}
	}
	return c.read(bufio.NewReader(conn), address)
}

// Reachable reports whether a TCP connect to the agent succeeds; agents take a bare connect as harmless.
func (c Client) Reachable(ctx context.Context) bool {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(c.Host, strconv.Itoa(c.Port)))
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

func (c Client) read(reader *bufio.Reader, address string) (string, error) {
	scanner := bufio.NewScanner(reader)
	scanner.Buffer(make([]byte, 0, 4096), maxLine)
	for scanner.Scan() {
		var line Line
		if err := json.Unmarshal(scanner.Bytes(), &line); err != nil {
			return "", fmt.Errorf("agent at %s sent no JSON: %w", address, err)
		}
		if line.Ok == nil {
			if c.Notice != nil && line.Notice != "" {
				c.Notice(line.Notice)
			}
			continue
		}
		if !*line.Ok {
			return "", &FailedError{Text: line.Error}
		}
		return line.Result, nil
	}
	cause := scanner.Err()
	if cause == nil {
		cause = errors.New("the connection ended before the result")
	}
	return "", &UnreachableError{Address: address, Cause: cause}
}
