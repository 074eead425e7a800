package command

import (
	"context"
	"strings"

	"antdb.io/stand-in/internal/catalog"
	"antdb.io/stand-in/internal/grammar"
)

const nodeOptionHint = "option is host, port, sync_state and path"

// nodeDefinition is an ADD in the making.
type nodeDefinition struct {
	env      *Env
	nodes    catalog.Nodes
	node     catalog.Node
	master   catalog.Node // of a slave
	hostName string
	options  optionSet
	syncAsk  string
}

func addNode(ctx context.Context, env *Env, s grammar.AddNode) error {
	nodes, err := env.Store.Nodes(ctx)
	if err != nil {
		return err
	}
	d := &nodeDefinition{env: env, nodes: nodes, node: catalog.Node{Name: s.Name, Kind: s.Kind, Zone: env.Zone}}
	if err := d.placeInZone(s.Options); err != nil {
		return err
	}
	if err := d.checkName(s); err != nil {
		return err
	}
	if err := d.readOptions(ctx, s.Options); err != nil {
		return err
	}
	if err := d.checkPlace(); err != nil {
		return err
	}
	if d.node.Sync, err = d.syncState(); err != nil {
		return err
	}
	return env.Store.AddNode(ctx, d.node)
}

// placeInZone reads zone first: a master must be in the session's.
func (d *nodeDefinition) placeInZone(list []grammar.Option) error {
	for _, option := range list {
		if option.Name != "zone" {
			continue
		}
		if err := d.options.once("zone"); err != nil {
			return err
		}
		zone, err := textValue(option)
		if err != nil {
			return err
		}
		d.node.Zone = zone
	}
	if d.node.IsMaster() && d.node.Zone != d.env.Zone {
		return Fail(codeSyntax, "the node \"%s\" is master type, should be in the current zone \"%s\", not \"%s\" zone", d.node.Name, d.env.Zone, d.node.Zone)
	}
	return nil
}

func (d *nodeDefinition) checkName(s grammar.AddNode) error {
	if _, taken := d.nodes.Named(s.Name); taken {
		return Fail(codeDuplicate, "the name \"%s\" is already exist in node table", s.Name)
	}
	if s.Kind == 'g' && len(d.nodes.OfKind('g')) > 0 {
		return Fail(codeDuplicate, "Only one gtm coordinator master is supported in the cluster, you can't add gtm coordinator master again.")
	}
	if d.node.IsMaster() {
		return nil
	}
	master, found := d.nodes.Named(s.Master)
	masterKind := describeKind(catalog.MasterKind(s.Kind))
	if !found {
		return Fail(codeUndefined, "%s \"%s\" does not exist in mgr_node.", masterKind, s.Master)
	}
	if master.Kind == 's' {
		return Fail(codeDuplicate, "not support add the node of coordinator slave for coordinator slave")
	}
	if d.node.Zone != master.Zone {
		for _, slave := range d.nodes.SlavesOf(master.OID) {
			if slave.Zone == d.node.Zone {
				return Fail(codeDuplicate, "%s \"%s\" already has slave node in zone \"%s\"", masterKind, master.Name, d.node.Zone)
			}
		}
	}
	d.master, d.node.MasterOID = master, master.OID
	return nil
}

func (d *nodeDefinition) readOptions(ctx context.Context, list []grammar.Option) error {
	for _, option := range list {
		var err error
		switch option.Name {
		case "zone":
			continue
		case "host", "port", "path", "sync_state":
			if err = d.options.once(option.Name); err == nil {
				err = d.readOption(ctx, option)
			}
		default:
			err = Fail(codeSyntax, "option \"%s\" is not recognized", option.Name).hinted(nodeOptionHint)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (d *nodeDefinition) readOption(ctx context.Context, option grammar.Option) (err error) {
	switch option.Name {
	case "port":
		d.node.Port, err = portOf(option)
	case "path":
		d.node.Path, err = pathOf(option)
	case "host":
		if d.hostName, err = textValue(option); err != nil {
			return err
		}
		d.node.Host, err = hostForNode(ctx, d.env, d.hostName)
	case "sync_state":
		if d.syncAsk, err = textValue(option); err != nil {
			return err
		}
		d.syncAsk = strings.ToLower(d.syncAsk)
		err = checkSyncWord(d.syncAsk)
	}
	return err
}

func hostForNode(ctx context.Context, env *Env, name string) (catalog.Host, error) {
	host, _, found, err := findHost(ctx, env, name)
	if err == nil && !found {
		err = Fail(codeSyntax, "host \"%s\" does not exist", name)
	}
	return host, err
}

func checkSyncWord(word string) error {
	switch word {
	case "sync", "async", "potential":
		return nil
	}
	return Fail(codeSyntax, "the sync_state of node can be set as \"sync\", \"potential\" or \"async\"")
}

func (d *nodeDefinition) checkPlace() error {
	for _, needed := range []string{"path", "host", "port"} {
		if !d.options.has(needed) {
			return Fail(codeSyntax, "option \"%s\" must be given", needed)
		}
	}
	for _, other := range d.nodes.OnHost(d.node.Host.OID) {
		if other.Path == d.node.Path {
			return Fail(codeInUse, "on host \"%s\" the path \"%s\" has already been used in node table", d.hostName, d.node.Path).hinted("try \"list node;\" for more information")
		}
	}
	return checkPort(d.nodes, d.node.Host.OID, d.hostName, d.node.Port)
}

func checkPort(nodes catalog.Nodes, host uint32, hostName string, port int) error {
	for _, other := range nodes.OnHost(host) {
		if other.Port == port {
			return Fail(codeInUse, "on host \"%s\" the port \"%d\" has already been used in node table", hostName, port).hinted("try \"list node;\" for more information")
		}
	}
	return nil
}

// syncState is what the new node becomes: the first slave sync, later ones potential, slaves of slaves async.
func (d *nodeDefinition) syncState() (string, error) {
	if d.node.IsMaster() {
		return "", nil
	}
	hasSync := false
	for _, slave := range d.nodes.SlavesOf(d.master.OID) {
		hasSync = hasSync || slave.Sync == "sync"
	}
	otherZone := d.node.Zone != d.env.Zone && d.node.Zone != d.master.Zone
	switch {
	case d.syncAsk == "" && !d.master.IsMaster(), otherZone:
		return "async", nil
	case d.syncAsk == "" && !hasSync, d.syncAsk == "sync":
		return "sync", nil
	case d.syncAsk == "":
		return "potential", nil
	case d.syncAsk == "potential" && !hasSync:
		d.env.notice("the master of this node has no synchronous slave node, make this node as synchronous node")
		return "sync", nil
	}
	return d.syncAsk, nil
}
