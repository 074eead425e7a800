package catalog

// Host is a row of mgr_host.
type Host struct {
	OID       uint32
	Name      string
	User      string
	Port      int
	Proto     string // s ssh, t telnet
	AgentPort int
	AllowCure bool
	Address   string
	Home      string
}

// Node is a row of mgr_node with its host's row.
type Node struct {
	OID        uint32
	Name       string
	Host       Host
	Kind       byte // g p c s d b
	Sync       string
	Port       int
	Inited     bool
	MasterOID  uint32 // 0 for masters
	InCluster  bool
	Zone       string
	CureStatus string
	Path       string
}

// IsMaster reports whether the node's kind is a master's.
func (n Node) IsMaster() bool { return IsMasterKind(n.Kind) }

// IsMasterKind reports whether nodes of the kind have no master.
func IsMasterKind(kind byte) bool { return kind == 'g' || kind == 'c' || kind == 'd' }

// MasterKind is the kind of a node's master: a kind of master is its own.
func MasterKind(kind byte) byte {
	switch kind {
	case 'p':
		return 'g'
	case 's':
		return 'c'
	case 'b':
		return 'd'
	}
	return kind
}

// KindText is the kind in words, as LIST NODE shows it.
func KindText(kind byte) string {
	return map[byte]string{
		'g': "gtmcoord master", 'p': "gtmcoord slave", 'c': "coordinator master", 's': "coordinator slave",
		'd': "datanode master", 'b': "datanode slave",
	}[kind]
}

// Nodes is all of mgr_node, oldest row first.
type Nodes []Node

// Named finds a node; names are unique over all kinds.
func (nodes Nodes) Named(name string) (Node, bool) {
	for _, node := range nodes {
		if node.Name == name {
			return node, true
		}
	}
	return Node{}, false
}

// WithOID finds a node by its row's oid.
func (nodes Nodes) WithOID(oid uint32) (Node, bool) {
	for _, node := range nodes {
		if node.OID == oid {
			return node, true
		}
	}
	return Node{}, false
}

// OfKind lists the nodes of the given kinds, in the order of the kinds.
func (nodes Nodes) OfKind(kinds ...byte) Nodes {
	var out Nodes
	for _, kind := range kinds {
		for _, node := range nodes {
			if node.Kind == kind {
				out = append(out, node)
			}
		}
	}
	return out
}

// Members lists the nodes that are in the cluster.
func (nodes Nodes) Members() Nodes {
	return nodes.filter(func(node Node) bool { return node.InCluster })
}

// SlavesOf lists the nodes whose master has the oid.
func (nodes Nodes) SlavesOf(oid uint32) Nodes {
	return nodes.filter(func(node Node) bool { return node.MasterOID == oid })
}

// OnHost lists the nodes of a host.
func (nodes Nodes) OnHost(oid uint32) Nodes {
	return nodes.filter(func(node Node) bool { return node.Host.OID == oid })
}

func (nodes Nodes) filter(keep func(Node) bool) Nodes {
	var out Nodes
	for _, node := range nodes {
		if keep(node) {
			out = append(out, node)
		}
	}
	return out
}
