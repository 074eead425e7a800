package grammar

import "strings"

// Error is a 42601 with the position in the query it points at (1-based, in characters).
type Error struct {
	Message  string
	Position int
}

func (e *Error) Error() string { return e.Message }

func syntaxError(query string, offset int, message string) *Error {
	return &Error{Message: message, Position: len([]rune(query[:offset])) + 1}
}

// Parse reads a query string: any number of statements between semicolons.
func Parse(query string) (statements []Statement, err error) {
	tokens, err := scan(query)
	if err != nil {
		return nil, err
	}
	p := &parser{query: query, tokens: tokens}
	defer func() {
		if caught := recover(); caught != nil {
			failure, ok := caught.(*Error)
			if !ok {
				panic(caught)
			}
			statements, err = nil, failure
		}
	}()
	for {
		for p.symbol(";") {
		}
		if p.peek().kind == tokenEnd {
			return statements, nil
		}
		statements = append(statements, p.statement())
		if p.peek().kind != tokenEnd && !p.symbol(";") {
			p.fail()
		}
	}
}

type parser struct {
	query  string
	tokens []token
	next   int
}

func (p *parser) peek() token { return p.tokens[p.next] }

func (p *parser) ahead(count int) token {
	return p.tokens[min(p.next+count, len(p.tokens)-1)]
}

func (p *parser) take() token {
	current := p.peek()
	if current.kind != tokenEnd {
		p.next++
	}
	return current
}

// fail raises the syntax error bison would: at the next token.
func (p *parser) fail() {
	current := p.peek()
	if current.kind == tokenEnd {
		panic(syntaxError(p.query, current.start, "syntax error at end of input"))
	}
	panic(syntaxError(p.query, current.start, "syntax error at or near \""+current.raw+"\""))
}

func (p *parser) isWord(words ...string) bool {
	current := p.peek()
	if current.kind != tokenWord {
		return false
	}
	for _, word := range words {
		if current.text == word {
			return true
		}
	}
	return false
}

// word takes the keyword if it is next.
func (p *parser) word(word string) bool {
	if !p.isWord(word) {
		return false
	}
	p.next++
	return true
}

func (p *parser) need(words ...string) {
	for _, word := range words {
		if !p.word(word) {
			p.fail()
		}
	}
}

func (p *parser) symbol(text string) bool {
	current := p.peek()
	if current.kind != tokenSymbol || current.text != text {
		return false
	}
	p.next++
	return true
}

func (p *parser) needSymbol(text string) {
	if !p.symbol(text) {
		p.fail()
	}
}

func (p *parser) atEnd() bool {
	current := p.peek()
	return current.kind == tokenEnd || current.kind == tokenSymbol && current.text == ";"
}

// ident is a name: an identifier or an unreserved keyword.
func (p *parser) ident() string {
	current := p.peek()
	if current.kind == tokenQuoted || current.kind == tokenWord && !reserved[current.text] && !barred[current.text] {
		p.next++
		return current.text
	}
	p.fail()
	return ""
}

// plainIdent is an identifier that is no keyword at all: host lists of the agent commands take nothing else.
func (p *parser) plainIdent() string {
	current := p.peek()
	if current.kind == tokenQuoted || current.kind == tokenWord && !isKeyword(current.text) {
		p.next++
		return current.text
	}
	p.fail()
	return ""
}

// label is an option's name: any identifier, reserved words too.
func (p *parser) label() string {
	current := p.peek()
	if current.kind == tokenQuoted || current.kind == tokenWord && !barred[current.text] {
		p.next++
		return current.text
	}
	p.fail()
	return ""
}

func (p *parser) names(one func() string) []string {
	list := []string{one()}
	for p.symbol(",") {
		list = append(list, one())
	}
	return list
}

func (p *parser) integer() string {
	if p.peek().kind != tokenInteger {
		p.fail()
	}
	return p.take().text
}

// columns reads `( a, b, * )` if it is next.
func (p *parser) columns() []string {
	if !p.symbol("(") {
		return nil
	}
	list := p.names(func() string {
		if p.symbol("*") {
			return "*"
		}
		return p.ident()
	})
	p.needSymbol(")")
	return list
}

// options reads `( k = v, k v, k, a.b = v )`, which may be absent.
func (p *parser) options() []Option {
	if current := p.peek(); current.kind != tokenSymbol || current.text != "(" {
		return nil
	}
	return p.neededOptions()
}

func (p *parser) neededOptions() []Option {
	p.needSymbol("(")
	list := []Option{p.option()}
	for p.symbol(",") {
		list = append(list, p.option())
	}
	p.needSymbol(")")
	return list
}

func (p *parser) option() Option {
	option := Option{Name: p.label()}
	dotted := p.symbol(".")
	if dotted {
		option.Name += "." + p.ident()
	}
	equals := p.symbol("=")
	current := p.peek()
	if !equals && (dotted || current.kind == tokenSymbol && (current.text == "," || current.text == ")")) {
		return option
	}
	option.Value, option.Kind = p.value()
	return option
}

func (p *parser) value() (string, ValueKind) {
	sign := ""
	if p.symbol("-") {
		sign = "-"
	} else if p.symbol("+") {
		sign = "+"
	}
	current := p.peek()
	switch {
	case current.kind == tokenInteger:
		p.next++
		return strings.TrimPrefix(sign, "+") + current.text, Integer
	case current.kind == tokenFloat && sign == "":
		p.next++
		return current.text, Float
	case sign != "":
		p.fail()
	case current.kind == tokenString:
		p.next++
		return current.text, Text
	}
	return p.label(), Text
}
