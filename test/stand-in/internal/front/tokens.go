package front

import (
	"strings"

	"antdb.io/stand-in/internal/sqltext"
)

// token kinds
const (
	word   = 'w' // identifier or keyword, folded to lower case; text of a quoted identifier as it is
	quoted = 'q' // "identifier"
	text   = 's' // 'string', dollar-quoted too
	mark   = 'm' // anything else, one byte each
)

// token is one lexical piece of an SQL text; start and end are byte offsets in it.
type token struct {
	kind       byte
	text       string
	start, end int
}

// is reports whether the token is that unquoted word.
func (t token) is(name string) bool { return t.kind == word && t.text == name }

// tokenize cuts an SQL text into tokens and leaves comments out. It never fails: what is broken is PostgreSQL's to report.
func tokenize(sql string) []token {
	var out []token
	for at := 0; at < len(sql); {
		if next := skipBlank(sql, at); next > at {
			at = next
			continue
		}
		found := nextToken(sql, at)
		out = append(out, found)
		at = found.end
	}
	return out
}

// skipBlank returns the offset after white space or one comment at the offset, or the offset itself.
func skipBlank(sql string, at int) int {
	switch {
	case strings.IndexByte(" \t\r\n\f", sql[at]) >= 0:
		return at + 1
	case strings.HasPrefix(sql[at:], "--"):
		if end := strings.IndexByte(sql[at:], '\n'); end >= 0 {
			return at + end + 1
		}
		return len(sql)
	case strings.HasPrefix(sql[at:], "/*"):
		return sqltext.SkipBlockComment(sql, at)
	}
	return at
}

func nextToken(sql string, at int) token {
	char := sql[at]
	switch {
	case char == '\'':
		return cutQuoted(sql, at, at, false)
	case (char == 'e' || char == 'E') && at+1 < len(sql) && sql[at+1] == '\'':
		return cutQuoted(sql, at, at+1, true)
	case char == '"':
		found := cutQuoted(sql, at, at, false)
		found.kind = quoted
		return found
	case char == '$':
		return cutDollar(sql, at)
	case isWordByte(char):
		end := at
		for end < len(sql) && (isWordByte(sql[end]) || sql[end] == '$') {
			end++
		}
		return token{word, strings.ToLower(sql[at:end]), at, end}
	}
	return token{mark, sql[at : at+1], at, at + 1}
}

func isWordByte(char byte) bool {
	return char == '_' || char >= 0x80 || char >= '0' && char <= '9' || char >= 'a' && char <= 'z' || char >= 'A' && char <= 'Z'
}

// cutQuoted reads a piece between quotes that starts at quote; doubled quotes stand for one, escapes as in E'…'.
func cutQuoted(sql string, start, quote int, escapes bool) token {
	sign := sql[quote]
	var value strings.Builder
	for at := quote + 1; at < len(sql); at++ {
		switch {
		case escapes && sql[at] == '\\' && at+1 < len(sql):
			at++
			value.WriteByte(sql[at])
		case sql[at] == sign && at+1 < len(sql) && sql[at+1] == sign:
			at++
			value.WriteByte(sign)
		case sql[at] == sign:
			return token{text, value.String(), start, at + 1}
		default:
			value.WriteByte(sql[at])
		}
	}
	return token{text, value.String(), start, len(sql)}
}

// cutDollar reads $tag$ … $tag$, or a lone $ (a parameter such as $1 comes out as a mark and a word).
func cutDollar(sql string, at int) token {
	end := at + 1
	for end < len(sql) && isWordByte(sql[end]) {
		end++
	}
	if end >= len(sql) || sql[end] != '$' || end > at+1 && sql[at+1] >= '0' && sql[at+1] <= '9' {
		return token{mark, "$", at, at + 1}
	}
	tag := sql[at : end+1]
	body := end + 1
	if close := strings.Index(sql[body:], tag); close >= 0 {
		return token{text, sql[body : body+close], at, body + close + len(tag)}
	}
	return token{text, sql[body:], at, len(sql)}
}

// statement is one of the statements of a query text.
type statement struct {
	sql    string
	tokens []token // offsets are relative to sql
}

// split cuts a text at its top-level semicolons and drops empty statements.
func split(sql string) []statement {
	var out []statement
	var current []token
	start := 0
	flush := func(end int) {
		if len(current) > 0 {
			out = append(out, statement{sql[start:end], current})
		}
		current, start = nil, end+1
	}
	for _, piece := range tokenize(sql) {
		if piece.kind == mark && piece.text == ";" {
			flush(piece.start)
			continue
		}
		piece.start -= start
		piece.end -= start
		current = append(current, piece)
	}
	flush(len(sql))
	return out
}

// word returns the i-th token's text when it is an unquoted word, else "".
func (s statement) word(i int) string {
	if i < len(s.tokens) && s.tokens[i].kind == word {
		return s.tokens[i].text
	}
	return ""
}

// starts reports whether the statement begins with these words.
func (s statement) starts(words ...string) bool {
	for i, name := range words {
		if s.word(i) != name {
			return false
		}
	}
	return true
}
