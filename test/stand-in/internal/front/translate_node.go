package front

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// translateNode turns CREATE, ALTER and DROP NODE into calls. A form it can't read is left alone and ends as a syntax error.
func translateNode(_ *node, one *step) bool {
	verb := one.word(0)
	if one.word(1) != "node" || len(one.tokens) < 3 || verb != "create" && verb != "alter" && verb != "drop" {
		return false
	}
	if one.tokens[2].kind == mark {
		return false
	}
	name := literal(one.tokens[2].text)
	rest := one.tokens[3:]
	if verb == "create" && len(rest) >= 2 && rest[0].is("for") {
		rest = rest[2:]
	}
	if at := slices.IndexFunc(rest, func(t token) bool { return t.is("on") }); at >= 0 {
		one.on, _ = nameList(rest[at+1:])
	}
	if verb == "drop" {
		one.sql = fmt.Sprintf("CALL antdb.drop_node(%s)", name)
	} else {
		options, ok := withOptions(rest)
		if !ok {
			return false
		}
		one.sql = fmt.Sprintf("CALL antdb.%s_node(%s, %s)", verb, name, literal(options))
	}
	one.fromTag, one.tag, one.ddl = "CALL", strings.ToUpper(verb)+" NODE", false
	return true
}

// withOptions reads WITH (key = value, key, …) as a JSON object.
func withOptions(tokens []token) (string, bool) {
	if len(tokens) < 3 || !tokens[0].is("with") || tokens[1].text != "(" {
		return "", false
	}
	options := map[string]string{}
	for at := 2; at < len(tokens); {
		key := tokens[at]
		if key.kind == mark {
			return "", false
		}
		at++
		value := "true"
		if at+1 < len(tokens) && tokens[at].text == "=" {
			value = tokens[at+1].text
			at += 2
		}
		options[strings.ToLower(key.text)] = value
		if at >= len(tokens) {
			return "", false
		}
		if tokens[at].text == ")" {
			raw, err := json.Marshal(options)
			return string(raw), err == nil
		}
		at++ // the comma
	}
	return "", false
}

// nameList reads ( a, b ) and returns the names.
func nameList(tokens []token) ([]string, bool) {
	if len(tokens) < 3 || tokens[0].text != "(" {
		return nil, false
	}
	var names []string
	for _, piece := range tokens[1:] {
		switch {
		case piece.kind == mark && piece.text == ")":
			return names, len(names) > 0
		case piece.kind != mark:
			names = append(names, piece.text)
		}
	}
	return nil, false
}

// translateDirect handles EXECUTE DIRECT ON (node) 'statement'.
func translateDirect(_ *node, one *step) bool {
	if !one.starts("execute", "direct", "on") {
		return false
	}
	names, ok := nameList(one.tokens[3:])
	last := one.tokens[len(one.tokens)-1]
	if !ok || last.kind != text {
		return false
	}
	one.direct, one.sql = names[0], last.text
	return true
}
