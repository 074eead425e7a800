package grammar

func (p *parser) list() Statement {
	switch {
	case p.word("host"):
		node := ListHost{Columns: p.columns()}
		if !p.atEnd() {
			node.Names = p.names(p.ident)
		}
		return node
	case p.word("node"):
		return p.listNode()
	case p.word("param"):
		return p.listParam()
	case p.word("hba"):
		node := ListHba{}
		if !p.atEnd() {
			node.Names = p.names(p.ident)
		}
		return node
	case p.word("doctor"):
		return ListDoctor{}
	case p.isWord("job", "item", "acl"):
		return p.other()
	}
	p.fail()
	return nil
}

func (p *parser) listNode() Statement {
	switch {
	case p.isWord("pretty") && p.ahead(1).text == "size":
		p.need("pretty", "size")
		return p.listNodeSize(true)
	case p.isWord("size") && !endsAt(p.ahead(1)):
		p.need("size")
		return p.listNodeSize(false)
	case p.isWord("zone") && p.ahead(1).kind != tokenEnd && p.ahead(1).kind != tokenSymbol:
		p.need("zone")
		return ListNode{Zone: p.ident()}
	case p.isWord("host") && p.ahead(1).kind != tokenEnd && p.ahead(1).kind != tokenSymbol:
		p.need("host")
		return ListNode{Hosts: p.names(p.ident)}
	case p.isWord("coordinator", "datanode"):
		return p.listNodeKind()
	}
	node := ListNode{Columns: p.columns()}
	if !p.atEnd() {
		node.Names = p.names(p.ident)
	}
	return node
}

func endsAt(next token) bool {
	return next.kind == tokenEnd || next.kind == tokenSymbol && (next.text == ";" || next.text == ",")
}

func (p *parser) listNodeKind() Statement {
	group := p.group()
	if p.atEnd() {
		return ListNode{Kinds: KindsOf(group)}
	}
	node := ListNode{Kinds: []byte{p.member(group)}}
	if node.Kinds[0] == DatanodeMaster && !p.atEnd() {
		node.MasterName = p.ident()
	}
	return node
}

func (p *parser) listNodeSize(pretty bool) Statement {
	node := ListNodeSize{Pretty: pretty}
	for {
		if p.word("all") {
			node.All = true
		} else {
			node.Names = append(node.Names, p.ident())
		}
		if !p.symbol(",") {
			break
		}
	}
	if p.word("with") {
		p.need("slink")
	}
	return node
}

func (p *parser) listParam() Statement {
	if p.atEnd() {
		return ListParam{All: true}
	}
	group := p.group()
	node := ListParam{Kinds: KindsOf(group)}
	if p.isWord("master", "slave") {
		node.Kinds = []byte{p.member(group)}
		if !p.isWord("all") {
			node.Name = p.ident()
		} else {
			p.need("all")
		}
	} else {
		p.need("all")
	}
	if !p.atEnd() {
		node.Like = p.ident()
	}
	return node
}

func (p *parser) show() Statement {
	switch {
	case p.word("param"):
		node := ShowParam{Node: p.ident(), Name: p.ident()}
		if p.symbol(".") {
			node.Name += "." + p.ident()
		}
		return node
	case p.word("hba"):
		if p.atEnd() || p.word("all") {
			return ShowHba{}
		}
		return ShowHba{Names: p.names(p.ident)}
	case p.word("boottime"):
		kinds, names := p.kindsAndNames(true)
		return BootTime{Kinds: kinds, Names: names}
	}
	p.fail()
	return nil
}
