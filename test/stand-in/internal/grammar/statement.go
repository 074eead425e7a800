package grammar

// Node kinds, as in mgr_node.nodetype.
const (
	GtmcoordMaster    = 'g'
	GtmcoordSlave     = 'p'
	CoordinatorMaster = 'c'
	CoordinatorSlave  = 's'
	DatanodeMaster    = 'd'
	DatanodeSlave     = 'b'
)

// Group letters mgr_updateparm uses for "master and slave of a kind".
const (
	GtmcoordBoth    = 'G'
	CoordinatorBoth = 'C'
	DatanodeBoth    = 'D'
)

// AllNodes is the name that stands for ALL in SET, RESET and HBA commands.
const AllNodes = "*"

// ValueKind says how an option's value was written.
type ValueKind int

// How an option's value was written.
const (
	NoValue ValueKind = iota
	Text
	Integer
	Float
)

// Option is one item of `( name = value, … )`.
type Option struct {
	Name  string
	Value string
	Kind  ValueKind
}

// Statement is one parsed command.
type Statement interface{}

// Hosts.
type (
	AddHost struct {
		Name        string
		IfNotExists bool
		Options     []Option
	}
	AlterHost struct {
		Name    string
		Options []Option
	}
	DropHost struct {
		Names    []string
		IfExists bool
	}
	ListHost struct{ Columns, Names []string }
	// Agent is START, STOP or MONITOR AGENT; no names means ALL.
	Agent struct {
		Verb  string
		Hosts []string
	}
	Deploy    struct{ Hosts []string }
	FlushHost struct{}
)

// Node definitions.
type (
	AddNode struct {
		Kind         byte
		Name, Master string
		Options      []Option
	}
	AlterNode struct {
		Kind    byte
		Name    string
		Options []Option
	}
	DropNode struct {
		Kind byte
		Name string
	}
	// ListNode selects by at most one of Names, Zone, Kinds (with MasterName), Hosts.
	ListNode struct {
		Columns, Names, Hosts []string
		Zone, MasterName      string
		Kinds                 []byte
	}
	ListNodeSize struct {
		Pretty bool
		All    bool
		Names  []string
	}
	SetClusterInit struct{}
)

// Whole-cluster life.
type (
	InitAll struct {
		Checksums bool
		Options   []Option
	}
	// Power is START or STOP. Kinds empty means ALL; no names means every node of the kinds.
	Power struct {
		Start bool
		Kinds []byte
		Names []string
		Mixed bool // a form whose rows carry "operation type"
		Mode  string
		Zone  string
	}
	Monitor struct {
		Kinds []byte // empty means all
		Names []string
		Zone  string
	}
	MonitorHA struct {
		Columns, Names []string
		Zone           string
	}
	BootTime struct {
		Kinds []byte
		Names []string
	}
	Clean struct {
		All   bool
		Zone  string
		Kind  byte
		Names []string
	}
	Append struct {
		Kind      byte
		Name      string
		Checksums bool
		Options   []Option
	}
	Remove struct {
		Kind  byte
		Names []string
	}
	Failover struct {
		Kind     byte // the master's kind
		Name, To string
		Force    bool
	}
	Switchover struct {
		Kind     byte
		Name     string
		Force    bool
		MaxTries int
	}
	Rewind struct {
		Kind byte
		Name string
	}
)

// Parameters and pg_hba.
type (
	SetParam struct {
		Reset   bool
		Kind    byte // one of the kinds, or a group letter
		Name    string
		Options []Option
		Force   bool
	}
	ListParam struct {
		All   bool
		Kinds []byte
		Name  string
		Like  string
	}
	ShowParam  struct{ Node, Name string }
	FlushParam struct{}
	AddHba     struct {
		Kind  byte // a group letter
		Name  string
		Lines []string
	}
	DropHba struct {
		Name  string
		Lines []string
	}
	ListHba struct{ Names []string }
	ShowHba struct{ Names []string }
)

// Doctor and session.
type (
	Doctor    struct{ Start bool }
	SetDoctor struct {
		Options    []Option
		Node, Host string
		On         bool
	}
	ListDoctor struct{}
	// SetVariable is SET name TO value; the values are forwarded to the server as they are.
	SetVariable struct {
		Name   string
		Values []Option
	}
	// Other is a command the manager has and the stand-in has not.
	Other struct{ Text string }
)
