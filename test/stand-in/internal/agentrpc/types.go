// Package agentrpc is the wire between the stand-in's manager and its agents: one JSON request line per connection, answered by
// any number of notice lines and then one result line. The real agent speaks a binary protocol on the same port; nothing but the
// manager ever talks to it, so only what a peer can observe is kept: TCP, no authentication, one child per connection.
package agentrpc

// DefaultPort is the agent's port in AntDB's own documentation (5430 is what mgr_host stores when none is given).
const DefaultPort = 8432

// Op names one thing an agent does on its host.
type Op string

// The operations. Fields a request must carry are named beside each.
const (
	OpPing       Op = "ping"       // path, port → PingOK, PingNoResponse, PingReject
	OpInitdb     Op = "initdb"     // path, nodename, kind, port, checksums, walSegSize
	OpStart      Op = "start"      // path, kind, wait, timeoutMs → pg_ctl's text on failure
	OpStop       Op = "stop"       // path, mode, wait
	OpBasebackup Op = "basebackup" // path, host, port, user, nodename, kind (a master's: no standby is made); path absent or empty
	OpRewind     Op = "rewind"     // path, host, port, user
	OpPromote    Op = "promote"    // path
	// OpConf: path, set, reset, reload: postgresql.conf. The manager sends AntDB's own names (agtm_host, agtm_port, pgxc_node_name,
	// max_coordinators, wal_keep_segments, …); the agent stores what stock PostgreSQL does not know in a form it takes.
	OpConf     Op = "conf"
	OpRecovery Op = "recovery" // path, primaryConninfo: makes the directory a standby's, or points it at another master
	OpHba      Op = "hba"      // path, append, reload → lines already there are not repeated
	OpHbaDrop  Op = "hbaDrop"  // path, append (the lines to take out), reload
	OpHbaShow  Op = "hbaShow"  // path → the file's entries, one a line
	OpSize     Op = "size"     // path → bytes of its regular files, recursive, as decimal digits; an absent directory is an error
	OpClean    Op = "clean"    // path: rm -rf path; mkdir -p path; chmod 0700 path
	OpBootTime Op = "bootTime" // path, port → the postmaster's start time, or empty
	OpEmpty    Op = "empty"    // path → "empty" (absent counts) or "used"

	OpStopAgent Op = "stopAgent" // ends the agent itself, after the answer
)

// What OpPing answers in Response.Result.
const (
	PingOK         = "ok"
	PingNoResponse = "no_response"
	PingReject     = "reject"
)

// Node kinds as in mgr_node.nodetype.
const (
	KindGtmcoord         = "g"
	KindGtmcoordSlave    = "p"
	KindCoordinator      = "c"
	KindCoordinatorSlave = "s"
	KindDatanode         = "d"
	KindDatanodeSlave    = "b"
)

// Request is the one line a manager sends. Only the fields of its Op are set.
type Request struct {
	Op   Op     `json:"op"`
	Path string `json:"path,omitempty"`
	Port int    `json:"port,omitempty"`

	NodeName   string `json:"nodename,omitempty"`
	Kind       string `json:"kind,omitempty"`       // Kind* above
	Checksums  bool   `json:"checksums,omitempty"`  // initdb -k
	WalSegSize int    `json:"walSegSize,omitempty"` // MB; 0 is the default

	Wait      bool   `json:"wait,omitempty"`      // pg_ctl -w, else -W
	TimeoutMs int    `json:"timeoutMs,omitempty"` // of the wait; 0 is pg_ctl's own 60 s
	Mode      string `json:"mode,omitempty"`      // smart, fast, immediate

	Host string `json:"host,omitempty"` // the master to copy from, rewind against
	User string `json:"user,omitempty"`

	Set    map[string]string `json:"set,omitempty"`   // unquoted values; the agent quotes them for postgresql.conf
	Reset  []string          `json:"reset,omitempty"` // parameters to comment out
	Reload bool              `json:"reload,omitempty"`

	PrimaryConninfo string   `json:"primaryConninfo,omitempty"`
	Append          []string `json:"append,omitempty"` // pg_hba lines
}

// Line is any line an agent sends back: a notice, or the one that ends the answer (Ok set).
type Line struct {
	Notice string `json:"notice,omitempty"`
	Ok     *bool  `json:"ok,omitempty"`
	Result string `json:"result,omitempty"`
	Error  string `json:"error,omitempty"`
}
