package command

import (
	"context"
	"strconv"

	"github.com/jackc/pgx/v5"

	"antdb.io/stand-in/internal/catalog"
	"antdb.io/stand-in/internal/grammar"
)

// nodeChange is an ALTER of a node in the making.
type nodeChange struct {
	env     *Env
	nodes   catalog.Nodes
	old     catalog.Node
	node    catalog.Node
	options optionSet
}

func alterNode(ctx context.Context, env *Env, s grammar.AlterNode) error {
	nodes, err := env.Store.Nodes(ctx)
	if err != nil {
		return err
	}
	node, found := nodes.Named(s.Name)
	if !found {
		return Fail(codeUndefined, "%s \"%s\" does not exist", describeKind(s.Kind), s.Name)
	}
	if node.Kind != s.Kind {
		return Fail(codeUndefined, "%s \"%s\" does not exist, check the node table", describeKind(s.Kind), s.Name)
	}
	change := &nodeChange{env: env, nodes: nodes, old: node, node: node}
	for _, option := range s.Options {
		if err := change.read(ctx, option); err != nil {
			return err
		}
	}
	if change.options.has("port") {
		if err := checkPort(nodes, node.Host.OID, node.Host.Name, change.node.Port); err != nil {
			return err
		}
	}
	if node.InCluster {
		if err := change.applyToMember(ctx); err != nil {
			return err
		}
	}
	return env.Store.UpdateNode(ctx, change.node)
}

func (c *nodeChange) read(ctx context.Context, option grammar.Option) (err error) {
	switch option.Name {
	case "host", "port", "path", "zone", "parent", "sync_state":
		if err := c.options.once(option.Name); err != nil {
			return err
		}
	case "readonly":
		return Fail(codeSyntax, "not support to modify the column \"readonly\"")
	default:
		return Fail(codeSyntax, "option \"%s\" is not recognized", option.Name).hinted(nodeOptionHint)
	}
	kind, name := describeKind(c.old.Kind), c.old.Name
	if c.old.InCluster {
		switch option.Name {
		case "host", "path":
			return Fail(codeInUse, "%s \"%s\" has been initialized in the cluster, cannot be changed", kind, name)
		case "zone":
			return Fail(codeInUse, "%s \"%s\" has been initialized in the cluster, zone cannot be changed", kind, name)
		}
	}
	switch option.Name {
	case "port":
		c.node.Port, err = portOf(option)
	case "path":
		c.node.Path, err = pathOf(option)
	case "zone":
		c.node.Zone, err = textValue(option)
	case "host":
		var hostName string
		if hostName, err = textValue(option); err == nil {
			c.node.Host, err = hostForNode(ctx, c.env, hostName)
		}
	case "parent":
		err = c.readParent(option)
	case "sync_state":
		err = c.readSync(option)
	}
	return err
}

func (c *nodeChange) readParent(option grammar.Option) error {
	name, err := textValue(option)
	if err != nil {
		return err
	}
	parent, found := c.nodes.Named(name)
	if !found {
		return Fail(codeUndefined, "%s does not exist", name)
	}
	c.node.MasterOID = parent.OID
	return nil
}

func (c *nodeChange) readSync(option grammar.Option) error {
	if c.old.IsMaster() {
		return Fail(codeInternal, "synchronous relationship must set on the slave node")
	}
	word, err := textValue(option)
	if err != nil {
		return err
	}
	if err := checkSyncWord(word); err != nil {
		return err
	}
	if word == "potential" && !c.otherSync() {
		c.env.notice("the master of this node has no synchronous slave node, make this node as synchronous node")
		word = "sync"
	}
	c.node.Sync = word
	return nil
}

// otherSync reports whether the master has another synchronous member slave.
func (c *nodeChange) otherSync() bool {
	for _, slave := range c.nodes.SlavesOf(c.old.MasterOID).Members() {
		if slave.OID != c.old.OID && slave.Sync == "sync" {
			return true
		}
	}
	return false
}

// applyToMember brings a member node in line: synchronous_standby_names of its master, or its own port.
func (c *nodeChange) applyToMember(ctx context.Context) error {
	if c.options.has("sync_state") {
		if err := c.applySync(ctx); err != nil {
			return err
		}
	}
	if c.options.has("port") {
		return c.applyPort(ctx)
	}
	return nil
}

func (c *nodeChange) applySync(ctx context.Context) error {
	master, _ := c.nodes.WithOID(c.old.MasterOID)
	if c.node.Sync == "sync" && !replicates(ctx, master, c.old.Name) {
		return Fail(codeInternal, "the streaming replication of %s \"%s\" is not normal", describeKind(c.old.Kind), c.old.Name)
	}
	after := append(catalog.Nodes{}, c.nodes...)
	for index := range after {
		if after[index].OID == c.old.OID {
			after[index].Sync = c.node.Sync
		}
	}
	if c.node.Sync == "async" {
		if err := promotePotential(ctx, c.env, c.nodes, c.old); err != nil {
			return err
		}
	}
	if err := setSyncNames(ctx, c.env, after, master, 0); err != nil {
		return Fail(codeInternal, "refresh synchronous_standby_names='%s' on %s \"%s\" fail %s", syncNames(after, master, 0), describeKind(master.Kind), master.Name, err)
	}
	return nil
}

// replicates reports whether the master lists exactly one standby of this name, whatever it is at: all that ALTER asks for.
func replicates(ctx context.Context, master catalog.Node, slave string) bool {
	count := 0
	_ = onNode(ctx, master, func(conn *pgx.Conn) error {
		return conn.QueryRow(ctx, `SELECT count(*) FROM pg_stat_replication WHERE application_name = $1`, slave).Scan(&count)
	})
	return count == 1
}

// streams reports whether the master sees the slave streaming.
func streams(ctx context.Context, master catalog.Node, slave string) bool {
	count := 0
	_ = onNode(ctx, master, func(conn *pgx.Conn) error {
		return conn.QueryRow(ctx, `SELECT count(*) FROM pg_stat_replication WHERE application_name = $1 AND state = 'streaming'`, slave).Scan(&count)
	})
	return count > 0
}

// applyPort writes the new port, restarts the node and tells gc and the coordinators.
func (c *nodeChange) applyPort(ctx context.Context) error {
	if err := configure(ctx, c.env, c.old, map[string]string{"port": strconv.Itoa(c.node.Port)}, false); err != nil {
		return Fail(codeInternal, "modify port of %s \"%s\" fail %s", describeKind(c.old.Kind), c.old.Name, err)
	}
	if err := restart(ctx, c.env, c.node); err != nil {
		return err
	}
	if !c.old.IsMaster() {
		return nil
	}
	statement := "ALTER NODE " + quoteName(c.node.Name) + " WITH (PORT=" + strconv.Itoa(c.node.Port) + ")"
	for _, peer := range c.nodes.Members().OfKind('g', 'c') {
		if err := execOnNode(ctx, peer, statement, poolReload); err != nil {
			c.env.warning("on %s execute %s fail: %s", peer.Name, statement, reasonOf(err))
		}
	}
	return nil
}
