package grammar

import "slices"

// statement dispatches on the first word.
func (p *parser) statement() Statement {
	verbs := map[string]func() Statement{
		"add": p.add, "alter": p.alter, "drop": p.drop, "list": p.list, "deploy": p.deploy,
		"init": p.initAll, "start": func() Statement { return p.power(true) }, "stop": func() Statement { return p.power(false) },
		"monitor": p.monitor, "clean": p.clean, "flush": p.flush, "show": p.show,
		"set": p.set, "reset": p.reset, "append": p.append, "remove": p.remove, "failover": p.failover,
		"switchover": p.switchover, "rewind": p.rewind,
	}
	first := p.peek()
	if first.kind == tokenWord {
		if parse, ok := verbs[first.text]; ok {
			p.next++
			return parse()
		}
		if slices.Contains([]string{"expand", "checkout", "adbmgr", "promote", "config", "zone", "create", "grant", "revoke"}, first.text) {
			return p.other()
		}
	}
	p.fail()
	return nil
}

// other takes a command of the real manager that the stand-in has not, up to its end.
func (p *parser) other() Statement {
	start := p.peek().start
	for !p.atEnd() {
		p.take()
	}
	return Other{Text: p.query[start:p.peek().start]}
}

// kind reads `GTMCOORD|COORDINATOR|DATANODE MASTER|SLAVE`.
func (p *parser) kind() byte {
	group := p.group()
	return p.member(group)
}

func (p *parser) isGroup() bool { return p.isWord("gtmcoord", "coordinator", "datanode") }

// group reads the kind's first word as its group letter.
func (p *parser) group() byte {
	switch {
	case p.word("gtmcoord"):
		return GtmcoordBoth
	case p.word("coordinator"):
		return CoordinatorBoth
	case p.word("datanode"):
		return DatanodeBoth
	}
	p.fail()
	return 0
}

// member reads MASTER or SLAVE of a group.
func (p *parser) member(group byte) byte {
	kinds := KindsOf(group)
	switch {
	case p.word("master"):
		return kinds[0]
	case p.word("slave"):
		return kinds[1]
	}
	p.fail()
	return 0
}

// KindsOf lists a group's kinds, master first; a kind is its own list.
func KindsOf(letter byte) []byte {
	switch letter {
	case GtmcoordBoth:
		return []byte{GtmcoordMaster, GtmcoordSlave}
	case CoordinatorBoth:
		return []byte{CoordinatorMaster, CoordinatorSlave}
	case DatanodeBoth:
		return []byte{DatanodeMaster, DatanodeSlave}
	}
	return []byte{letter}
}

func (p *parser) ifNotExists() bool {
	if !p.isWord("if") || p.ahead(1).text != "not" {
		return false
	}
	p.need("if", "not", "exists")
	return true
}

func (p *parser) ifExists() bool {
	if !p.isWord("if") || p.ahead(1).text != "exists" {
		return false
	}
	p.need("if", "exists")
	return true
}

func (p *parser) add() Statement {
	switch {
	case p.word("host"):
		return AddHost{IfNotExists: p.ifNotExists(), Name: p.ident(), Options: p.options()}
	case p.word("hba"):
		node := AddHba{Kind: p.group(), Name: p.nameOrAll()}
		p.needSymbol("(")
		node.Lines = p.names(p.ident)
		p.needSymbol(")")
		return node
	case p.isWord("job", "item", "extension"):
		return p.other()
	}
	node := AddNode{Kind: p.kind(), Name: p.ident()}
	if KindIsSlave(node.Kind) {
		p.need("for")
		node.Master = p.ident()
	}
	node.Options = p.options()
	return node
}

// KindIsSlave reports whether nodes of the kind have a master.
func KindIsSlave(kind byte) bool {
	return kind == GtmcoordSlave || kind == CoordinatorSlave || kind == DatanodeSlave
}

func (p *parser) nameOrAll() string {
	if p.word("all") {
		return AllNodes
	}
	return p.ident()
}

func (p *parser) alter() Statement {
	switch {
	case p.word("host"):
		return AlterHost{Name: p.ident(), Options: p.options()}
	case p.isWord("job", "item", "user"):
		return p.other()
	}
	return AlterNode{Kind: p.kind(), Name: p.ident(), Options: p.options()}
}

func (p *parser) drop() Statement {
	switch {
	case p.word("host"):
		return DropHost{IfExists: p.ifExists(), Names: p.names(p.ident)}
	case p.word("hba"):
		node := DropHba{Name: p.nameOrAll()}
		if p.symbol("(") {
			node.Lines = p.names(p.ident)
			p.needSymbol(")")
		}
		return node
	case p.isWord("job", "item", "extension", "user", "zone"):
		return p.other()
	}
	return DropNode{Kind: p.kind(), Name: p.ident()}
}

func (p *parser) deploy() Statement { return Deploy{Hosts: p.hostsAndPassword()} }

// hostsAndPassword reads `ALL | h, … [PASSWORD 'x']`; nil means ALL.
func (p *parser) hostsAndPassword() []string {
	var hosts []string
	if !p.word("all") {
		hosts = p.names(p.plainIdent)
	}
	if p.word("password") {
		p.value()
	}
	return hosts
}
