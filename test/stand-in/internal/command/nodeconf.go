package command

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"

	"antdb.io/stand-in/internal/catalog"
)

// baseConf is what the manager writes into every node's postgresql.conf.
func baseConf(node catalog.Node, nodes catalog.Nodes) map[string]string {
	conf := map[string]string{
		"synchronous_commit": "on", "synchronous_standby_names": "", "max_wal_senders": "5", "wal_keep_segments": "32", "wal_level": "replica",
		"port": strconv.Itoa(node.Port), "listen_addresses": "*", "max_prepared_transactions": "120", "log_destination": "csvlog",
		"logging_collector": "on", "log_directory": "pg_log",
	}
	if node.Kind == 'b' || node.Kind == 'p' {
		conf["hot_standby"] = "on"
	}
	if gc, ok := gtmOf(nodes); ok {
		conf["agtm_host"], conf["agtm_port"] = gc.Host.Address, strconv.Itoa(gc.Port)
	}
	return conf
}

// gtmOf is the gc the nodes are told: a member first, any other else.
func gtmOf(nodes catalog.Nodes) (catalog.Node, bool) {
	masters := nodes.OfKind('g')
	for _, gc := range masters {
		if gc.Inited && gc.InCluster {
			return gc, true
		}
	}
	if len(masters) == 0 {
		return catalog.Node{}, false
	}
	return masters[0], true
}

// storedConf adds what SET wrote for the node: rows for all of its kind first, the node's own last.
func storedConf(ctx context.Context, env *Env, node catalog.Node, conf map[string]string) error {
	params, err := env.Store.Params(ctx)
	if err != nil {
		return err
	}
	for _, own := range []bool{false, true} {
		for _, param := range params {
			if (param.Node != "*") == own && paramCovers(param, node) {
				if param.Value == notSet {
					delete(conf, param.Key)
					continue
				}
				conf[param.Key] = unquote(param.Value)
			}
		}
	}
	return nil
}

// unquote takes off the quotes values are stored with.
func unquote(value string) string {
	if len(value) >= 2 && strings.HasPrefix(value, "'") && strings.HasSuffix(value, "'") {
		return strings.ReplaceAll(value[1:len(value)-1], "''", "'")
	}
	return value
}

// hbaLines is who the manager lets into a node: replication for its slaves, the peers that call it, and the manager.
func hbaLines(ctx context.Context, env *Env, node catalog.Node, nodes catalog.Nodes) ([]string, error) {
	var lines []string
	add := func(database, user, address string) {
		line := fmt.Sprintf("host    %s    %s    %s/32    trust", database, user, address)
		lines = append(lines, line)
	}
	for _, slave := range nodes.SlavesOf(node.OID) {
		add("replication", slave.Host.User, slave.Host.Address)
	}
	gtm := node.Kind == 'g' || node.Kind == 'p'
	for _, peer := range nodes {
		caller := strings.ContainsRune("csgp", rune(peer.Kind))
		if gtm && peer.Kind != 'p' || !gtm && caller {
			add("all", "all", peer.Host.Address)
		}
	}
	self, err := selfAddress(ctx, env)
	if err != nil {
		return nil, err
	}
	add("all", "all", self)
	return lines, nil
}

// selfAddress is the manager's own address as the first agent that answers sees it.
func selfAddress(ctx context.Context, env *Env) (string, error) {
	hosts, err := env.Store.Hosts(ctx)
	if err != nil {
		return "", err
	}
	for _, host := range hosts {
		if net.ParseIP(host.Address) == nil {
			continue
		}
		var dialer net.Dialer
		conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(host.Address, strconv.Itoa(host.AgentPort)))
		if err != nil {
			continue
		}
		defer conn.Close()
		if local, ok := conn.LocalAddr().(*net.TCPAddr); ok {
			return local.IP.String(), nil
		}
	}
	return "", Fail(codeInternal, "get adb manager local ip.")
}

// conninfo is the primary_conninfo the manager writes: without a connect_timeout.
func conninfo(master catalog.Node, slave string) string {
	return fmt.Sprintf("host=%s port=%d user=%s application_name=%s", master.Host.Address, master.Port, master.Host.User, slave)
}

// syncNames is synchronous_standby_names of a master: its member slaves, sync ones first, potential ones after them.
func syncNames(nodes catalog.Nodes, master catalog.Node, without uint32) string {
	var names []string
	count := 0
	for _, state := range []string{"sync", "potential"} {
		for _, slave := range nodes.SlavesOf(master.OID) {
			if slave.Sync != state || !slave.InCluster || slave.OID == without {
				continue
			}
			if state == "sync" {
				count++
			}
			names = append(names, slave.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return fmt.Sprintf("%d (%s)", count, strings.Join(names, ","))
}
