package command

import (
	"context"
	"net"

	"antdb.io/stand-in/internal/catalog"
	"antdb.io/stand-in/internal/grammar"
	"antdb.io/stand-in/internal/stock"
)

const (
	sshPort          = 22
	telnetPort       = 23
	defaultAgentPort = 5430
)

func findHost(ctx context.Context, env *Env, name string) (catalog.Host, []catalog.Host, bool, error) {
	hosts, err := env.Store.Hosts(ctx)
	if err != nil {
		return catalog.Host{}, nil, false, err
	}
	for _, host := range hosts {
		if host.Name == name {
			return host, hosts, true, nil
		}
	}
	return catalog.Host{}, hosts, false, nil
}

func addHost(ctx context.Context, env *Env, s grammar.AddHost) error {
	_, hosts, found, err := findHost(ctx, env, s.Name)
	if err != nil {
		return err
	}
	if found {
		if s.IfNotExists {
			env.Notice("NOTICE", codeDuplicate, "host \""+s.Name+"\" already exists, skipping")
			return nil
		}
		return Fail(codeDuplicate, "host \"%s\" already exists", s.Name)
	}
	host := catalog.Host{Name: s.Name, User: env.User, Proto: "s", AgentPort: defaultAgentPort, Home: stock.Home()}
	var options optionSet
	if err := applyHostOptions(&host, &options, s.Options, "option is user,port,protocol,agentport,address and adbhome", true); err != nil {
		return err
	}
	if !options.has("port") {
		host.Port = map[string]int{"s": sshPort, "t": telnetPort}[host.Proto]
	}
	if !options.has("address") {
		if host.Address, err = resolve(s.Name); err != nil {
			return err
		}
	}
	for _, other := range hosts {
		if other.Address == host.Address {
			return Fail(codeInternal, "address \"%s\" is already in host table", host.Address)
		}
	}
	return env.Store.AddHost(ctx, host)
}

// resolve takes a host name's first address, as ADD HOST without address does.
func resolve(name string) (string, error) {
	addresses, err := net.LookupHost(name)
	if err != nil || len(addresses) == 0 {
		return "", Fail(codeInternal, "could not resolve \"%s\": Name or service not known", name)
	}
	return addresses[0], nil
}

// applyHostOptions reads options into the row. ADD checks that an address is a literal, ALTER only that it is not empty.
func applyHostOptions(host *catalog.Host, options *optionSet, list []grammar.Option, hint string, literal bool) error {
	for _, option := range list {
		var err error
		switch option.Name {
		case "user", "port", "protocol", "address", "adbhome", "agentport":
			if err = options.once(option.Name); err == nil {
				err = applyHostOption(host, option, literal)
			}
		default:
			err = Fail(codeSyntax, "option \"%s\" not recognized", option.Name).hinted(hint)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func applyHostOption(host *catalog.Host, option grammar.Option, literal bool) (err error) {
	switch option.Name {
	case "user":
		host.User, err = textValue(option)
	case "port":
		host.Port, err = portOf(option)
	case "agentport":
		host.AgentPort, err = portOf(option)
	case "adbhome":
		host.Home, err = pathOf(option)
	case "protocol":
		host.Proto, err = protocolOf(option)
	case "address":
		host.Address, err = addressOf(option, literal)
	}
	return err
}

func protocolOf(option grammar.Option) (string, error) {
	text, err := textValue(option)
	if err != nil {
		return "", err
	}
	switch text {
	case "ssh":
		return "s", nil
	case "telnet":
		return "t", nil
	}
	return "", Fail(codeSyntax, "invalid value for parameter \"protocol\": \"%s\", must be \"telnet\" or \"ssh\"", text)
}

func addressOf(option grammar.Option, literal bool) (string, error) {
	text, err := textValue(option)
	if err != nil {
		return "", err
	}
	if literal && net.ParseIP(text) == nil {
		return "", Fail(codeSyntax, "invalid value for parameter \"address\", is not a valid IPv4 or IPv6 address")
	}
	if text == "" {
		return "", Fail(codeSyntax, "invalid value for parameter \"address\"")
	}
	return text, nil
}

func alterHost(ctx context.Context, env *Env, s grammar.AlterHost) error {
	host, _, found, err := findHost(ctx, env, s.Name)
	if err != nil {
		return err
	}
	if !found {
		return Fail(codeDuplicate, "host \"%s\" does not exist", s.Name)
	}
	var options optionSet
	if err := applyHostOptions(&host, &options, s.Options, "option is user,port,protocol,agentport, address and adbhome", false); err != nil {
		return err
	}
	nodes, err := env.Store.Nodes(ctx)
	if err != nil {
		return err
	}
	inUse := false
	for _, node := range nodes.OnHost(host.OID) {
		inUse = inUse || node.Inited
	}
	if inUse {
		for _, fixed := range []string{"adbhome", "user", "port", "protocol", "agentport"} {
			if options.has(fixed) {
				return Fail(codeInUse, "\"%s\" has been used, cannot be changed", s.Name)
			}
		}
		if options.has("address") && len(nodes.Members()) > 0 {
			env.Notice("WARNING", codeInUse, "the cluster has been initialized, after command \"alter host\" to modify address, need using the command \"flush host\" to flush address information of all nodes")
			env.leakWarnings()
		}
	}
	return env.Store.UpdateHost(ctx, host)
}

func dropHost(ctx context.Context, env *Env, s grammar.DropHost) error {
	nodes, err := env.Store.Nodes(ctx)
	if err != nil {
		return err
	}
	var doomed []uint32
	for _, name := range s.Names {
		host, _, found, err := findHost(ctx, env, name)
		switch {
		case err != nil:
			return err
		case !found && s.IfExists:
			env.Notice("NOTICE", codeUndefined, "host \""+name+"\" dose not exist, skipping")
			continue
		case !found:
			return Fail(codeUndefined, "host \"%s\" dose not exist", name)
		case len(nodes.OnHost(host.OID)) > 0:
			return Fail(codeInUse, "\"%s\" has been used, cannot be dropped", name)
		}
		doomed = append(doomed, host.OID)
	}
	for _, oid := range doomed {
		if err := env.Store.DropHost(ctx, oid); err != nil {
			return err
		}
	}
	return nil
}

// leakWarnings are what the real one says at the end of such a transaction: it left a scan of mgr_node open. They mean nothing.
func (e *Env) leakWarnings() {
	e.warning("buffer refcount leak: [001] (rel=base/13214/4946, blockNum=0, flags=0x83800000, refcount=1 1)")
	e.warning("relcache reference leak: relation \"mgr_node\" not closed")
	e.warning("Snapshot reference leak: Snapshot 0x1 still referenced")
}
