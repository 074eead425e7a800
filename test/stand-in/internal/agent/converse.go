package agent

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"os"

	"antdb.io/stand-in/internal/agentrpc"
)

// call is one request being answered.
type call struct {
	agentrpc.Request
	encoder *json.Encoder
}

// operation does one thing and returns its result text.
type operation func(c *call) (string, error)

var operations = map[agentrpc.Op]operation{
	agentrpc.OpPing: ping, agentrpc.OpInitdb: initdb, agentrpc.OpStart: start, agentrpc.OpStop: stop,
	agentrpc.OpBasebackup: basebackup, agentrpc.OpRewind: rewind, agentrpc.OpPromote: promote, agentrpc.OpConf: conf,
	agentrpc.OpRecovery: recovery, agentrpc.OpHba: hbaAdd, agentrpc.OpHbaDrop: hbaDrop, agentrpc.OpHbaShow: hbaShow,
	agentrpc.OpSize: size, agentrpc.OpClean: clean, agentrpc.OpBootTime: bootTime, agentrpc.OpEmpty: empty,
}

// converse reads one request line and answers it. A connection without one is somebody's probe.
func converse(conn net.Conn) {
	line, err := bufio.NewReader(conn).ReadBytes('\n')
	if err != nil {
		return
	}
	c := &call{encoder: json.NewEncoder(conn)}
	if err := json.Unmarshal(line, &c.Request); err != nil {
		c.finish("", fmt.Errorf("the request is no JSON: %w", err))
		return
	}
	if c.Op == agentrpc.OpStopAgent {
		c.finish("receive the stop agent command", nil)
		conn.Close()
		os.Exit(1)
	}
	run, ok := operations[c.Op]
	if !ok {
		c.finish("", fmt.Errorf("unknown agent command %q", c.Op))
		return
	}
	if len(c.Path) == 0 || c.Path[0] != '/' {
		c.finish("", fmt.Errorf("the path %q is not absolute", c.Path))
		return
	}
	c.finish(run(c))
}

func (c *call) finish(result string, err error) {
	ok := err == nil
	line := agentrpc.Line{Ok: &ok, Result: result}
	if err != nil {
		line.Error = err.Error()
	}
	_ = c.encoder.Encode(line) // the manager may be gone; what was done stays done
}
