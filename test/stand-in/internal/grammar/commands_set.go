package grammar

func (p *parser) set() Statement {
	switch {
	case p.isGroup():
		return p.setParam(false)
	case p.word("cluster"):
		p.need("init")
		return SetClusterInit{}
	case p.word("doctor"):
		return p.setDoctor()
	}
	return p.setVariable()
}

func (p *parser) reset() Statement {
	if !p.isGroup() {
		p.fail()
	}
	return p.setParam(true)
}

func (p *parser) setParam(reset bool) Statement {
	group := p.group()
	node := SetParam{Reset: reset, Kind: group, Name: AllNodes}
	if !p.word("all") {
		node.Kind = p.member(group)
		node.Name = p.nameOrAll()
	}
	node.Options = p.neededOptions()
	node.Force = p.word("force")
	return node
}

func (p *parser) setDoctor() Statement {
	if !p.isWord("node", "host") {
		return SetDoctor{Options: p.options()}
	}
	node := SetDoctor{}
	if p.word("node") {
		node.Node = p.ident()
	} else {
		p.need("host")
		node.Host = p.ident()
	}
	if p.word("on") {
		node.On = true
	} else {
		p.need("off")
	}
	return node
}

// setVariable reads SET name TO|= value: the only form of PostgreSQL's SET the manager has.
func (p *parser) setVariable() Statement {
	node := SetVariable{Name: p.plainIdent()}
	for p.symbol(".") {
		node.Name += "." + p.plainIdent()
	}
	if !p.symbol("=") {
		p.need("to")
	}
	for {
		value, kind := p.variableValue()
		node.Values = append(node.Values, Option{Value: value, Kind: kind})
		if !p.symbol(",") {
			return node
		}
	}
}

func (p *parser) variableValue() (string, ValueKind) {
	if p.symbol("-") {
		current := p.peek()
		if current.kind != tokenInteger && current.kind != tokenFloat {
			p.fail()
		}
		p.next++
		return "-" + current.text, Float
	}
	if p.isWord("true", "false", "on") {
		return p.take().text, Text
	}
	current := p.peek()
	switch current.kind {
	case tokenString:
		p.next++
		return current.text, Text
	case tokenInteger, tokenFloat:
		p.next++
		return current.text, Float
	}
	return p.ident(), Text
}
