// Package grammar reads the manager's own command language: everything that is legal while command_mode is mgr, and nothing else.
// Words, forms and errors are those of AntDB 5.0; the parser is a hand-written recursive descent.
package grammar

import (
	"strings"
	"unicode/utf8"

	"antdb.io/stand-in/internal/sqltext"
)

// maxIdent is NAMEDATALEN-1: longer names are cut, as PostgreSQL does.
const maxIdent = 63

type tokenKind int

const (
	tokenEnd     tokenKind = iota
	tokenWord              // bare identifier or keyword, folded to lower case
	tokenQuoted            // "identifier"
	tokenString            // 'literal'
	tokenInteger           // digits
	tokenFloat             // digits with a point or an exponent, or too large for int4
	tokenSymbol            // one character
)

type token struct {
	kind  tokenKind
	text  string // folded, unquoted
	raw   string // as typed: what a syntax error shows
	start int    // byte offset in the query
}

func scan(query string) ([]token, error) {
	var tokens []token
	for at := 0; ; {
		at = skipBlank(query, at)
		if at >= len(query) {
			return append(tokens, token{kind: tokenEnd, start: len(query)}), nil
		}
		next, end, err := scanOne(query, at)
		if err != nil {
			return nil, err
		}
		next.start, next.raw = at, query[at:end]
		tokens = append(tokens, next)
		at = end
	}
}

func scanOne(query string, at int) (token, int, error) {
	char := query[at]
	switch {
	case char == '"':
		text, end, ok := quoted(query, at, '"')
		if !ok {
			return token{}, 0, syntaxError(query, at, "unterminated quoted identifier at or near \""+query[at:]+"\"")
		}
		if text == "" {
			return token{}, 0, syntaxError(query, at, "zero-length delimited identifier at or near \"\"\"\"")
		}
		return token{kind: tokenQuoted, text: cut(text)}, end, nil
	case char == '\'':
		text, end, ok := quoted(query, at, '\'')
		if !ok {
			return token{}, 0, syntaxError(query, at, "unterminated quoted string at or near \""+query[at:]+"\"")
		}
		return token{kind: tokenString, text: text}, end, nil
	case isDigit(char) || char == '.' && at+1 < len(query) && isDigit(query[at+1]):
		return scanNumber(query, at)
	case isWordStart(char):
		end := at + 1
		for end < len(query) && (isWordStart(query[end]) || isDigit(query[end]) || query[end] == '$') {
			end++
		}
		return token{kind: tokenWord, text: cut(strings.ToLower(query[at:end]))}, end, nil
	default:
		_, size := utf8.DecodeRuneInString(query[at:])
		return token{kind: tokenSymbol, text: query[at : at+size]}, at + size, nil
	}
}

func scanNumber(query string, at int) (token, int, error) {
	end, kind := at, tokenInteger
	digits := func() {
		for end < len(query) && isDigit(query[end]) {
			end++
		}
	}
	digits()
	if end < len(query) && query[end] == '.' {
		kind = tokenFloat
		end++
		digits()
	}
	if end+1 < len(query) && (query[end] == 'e' || query[end] == 'E') && isDigit(query[end+1]) {
		kind = tokenFloat
		end++
		digits()
	}
	text := query[at:end]
	if kind == tokenInteger && (len(text) > 10 || len(text) == 10 && text > "2147483647") {
		kind = tokenFloat
	}
	return token{kind: kind, text: text}, end, nil
}

// quoted reads from an opening quote to its partner; a doubled quote stands for itself.
func quoted(query string, at int, quote byte) (text string, end int, ok bool) {
	var out strings.Builder
	for index := at + 1; index < len(query); index++ {
		if query[index] != quote {
			out.WriteByte(query[index])
			continue
		}
		if index+1 < len(query) && query[index+1] == quote {
			out.WriteByte(quote)
			index++
			continue
		}
		return out.String(), index + 1, true
	}
	return "", 0, false
}

// skipBlank passes white space, line comments and nested block comments.
func skipBlank(query string, at int) int {
	for at < len(query) {
		switch {
		case strings.IndexByte(" \t\r\n\f", query[at]) >= 0:
			at++
		case strings.HasPrefix(query[at:], "--"):
			newline := strings.IndexByte(query[at:], '\n')
			if newline < 0 {
				return len(query)
			}
			at += newline + 1
		case strings.HasPrefix(query[at:], "/*"):
			at = sqltext.SkipBlockComment(query, at)
		default:
			return at
		}
	}
	return at
}

func isDigit(char byte) bool { return char >= '0' && char <= '9' }

func isWordStart(char byte) bool {
	return char >= 'a' && char <= 'z' || char >= 'A' && char <= 'Z' || char == '_' || char >= 0x80
}

func cut(text string) string {
	if len(text) <= maxIdent {
		return text
	}
	end := maxIdent
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}
