package grammar

import "strconv"

func (p *parser) initAll() Statement {
	p.need("all")
	return InitAll{Checksums: p.word("data_checksums"), Options: p.options()}
}

func (p *parser) power(start bool) Statement {
	switch {
	case p.word("agent"):
		if start {
			return Agent{Verb: "start", Hosts: p.hostsAndPassword()}
		}
		return Agent{Verb: "stop", Hosts: p.allOrHosts()}
	case p.word("doctor"):
		return Doctor{Start: start}
	}
	node := Power{Start: start, Mode: "smart"}
	switch {
	case p.word("all"):
		node.Mixed = true
	case p.word("zone"):
		node.Zone = p.ident()
	default:
		p.powerScope(&node)
	}
	if !start && p.word("mode") {
		node.Mode = p.stopMode()
	}
	return node
}

func (p *parser) powerScope(node *Power) {
	group := p.group()
	if p.word("all") {
		node.Kinds, node.Mixed = KindsOf(group), true
		return
	}
	kind := p.member(group)
	node.Kinds = []byte{kind}
	if group == GtmcoordBoth {
		node.Names = []string{p.ident()}
		return
	}
	if p.word("all") {
		// STOP … MASTER ALL is a view of its own and has the extra column; START … MASTER ALL is a plain function.
		node.Mixed = !node.Start && group == CoordinatorBoth
		return
	}
	node.Names = p.names(p.ident)
}

func (p *parser) stopMode() string {
	switch {
	case p.word("smart"), p.word("s"):
		return "smart"
	case p.word("fast"), p.word("f"):
		return "fast"
	case p.word("immediate"), p.word("i"):
		return "immediate"
	}
	p.fail()
	return ""
}

func (p *parser) monitor() Statement {
	switch {
	case p.word("agent"):
		return Agent{Verb: "monitor", Hosts: p.allOrHosts()}
	case p.word("ha"):
		if p.isWord("zone") && !endsAt(p.ahead(1)) {
			p.need("zone")
			return MonitorHA{Zone: p.ident()}
		}
		node := MonitorHA{Columns: p.columns()}
		if !p.atEnd() {
			node.Names = p.names(p.ident)
		}
		return node
	case p.word("zone"):
		return Monitor{Zone: p.ident()}
	}
	kinds, names := p.kindsAndNames(false)
	return Monitor{Kinds: kinds, Names: names}
}

// kindsAndNames reads `[ALL] | GTMCOORD|DATANODE [ALL] | <kind> [ALL | n, …]`; COORDINATOR alone is legal for SHOW BOOTTIME only.
func (p *parser) kindsAndNames(coordinatorAlone bool) ([]byte, []string) {
	if p.atEnd() || p.word("all") {
		return nil, nil
	}
	group := p.group()
	if !p.isWord("master", "slave") {
		if group == CoordinatorBoth && !coordinatorAlone {
			p.fail()
		}
		if !p.atEnd() {
			p.need("all")
		}
		return KindsOf(group), nil
	}
	kinds := []byte{p.member(group)}
	if p.atEnd() || p.word("all") {
		return kinds, nil
	}
	return kinds, p.names(p.ident)
}

func (p *parser) allOrHosts() []string {
	if p.atEnd() || p.word("all") {
		return nil
	}
	return p.names(p.plainIdent)
}

func (p *parser) clean() Statement {
	switch {
	case p.word("all"):
		return Clean{All: true}
	case p.word("zone"):
		return Clean{Zone: p.ident()}
	case p.isWord("monitor"):
		return p.other()
	}
	node := Clean{Kind: p.kind()}
	if node.Kind == GtmcoordMaster || node.Kind == GtmcoordSlave {
		node.Names = []string{p.ident()}
		return node
	}
	node.Names = p.names(p.ident)
	return node
}

func (p *parser) flush() Statement {
	switch {
	case p.word("host"):
		return FlushHost{}
	case p.word("param"):
		return FlushParam{}
	case p.isWord("readonly"):
		return p.other()
	}
	p.fail()
	return nil
}

func (p *parser) append() Statement {
	if p.isWord("activate") || p.isWord("coordinator") && !isMember(p.ahead(1)) {
		return p.other()
	}
	node := Append{Kind: p.kind(), Name: p.ident()}
	if !KindIsSlave(node.Kind) {
		if node.Kind == GtmcoordMaster {
			p.next -= 2
			p.fail()
		}
		node.Checksums = p.word("data_checksums")
		node.Options = p.options()
	}
	return node
}

func isMember(next token) bool {
	return next.kind == tokenWord && (next.text == "master" || next.text == "slave")
}

func (p *parser) remove() Statement { return Remove{Kind: p.kind(), Names: p.names(p.ident)} }

func (p *parser) failover() Statement {
	node := Failover{}
	switch {
	case p.word("datanode"):
		node.Kind = DatanodeMaster
	case p.word("gtmcoord"):
		node.Kind = GtmcoordMaster
	default:
		p.fail()
	}
	node.Name = p.ident()
	if p.word("to") {
		node.To = p.ident()
	}
	node.Force = p.word("force")
	return node
}

func (p *parser) switchover() Statement {
	if p.isWord("coordinator") {
		p.fail()
	}
	node := Switchover{Kind: p.kind(), Name: p.ident()}
	node.Force = p.word("force")
	if !p.atEnd() {
		node.MaxTries, _ = strconv.Atoi(p.integer())
	}
	return node
}

func (p *parser) rewind() Statement {
	group := p.group()
	if !p.isWord("slave") {
		p.fail()
	}
	return Rewind{Kind: p.member(group), Name: p.ident()}
}
