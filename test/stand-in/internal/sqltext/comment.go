// Package sqltext holds what the manager's grammar and the nodes' front read alike in a statement.
package sqltext

import "strings"

// SkipBlockComment returns where the comment that begins at `at` ends; comments nest, and one that is not closed goes on to the end.
func SkipBlockComment(text string, at int) int {
	depth := 0
	for at < len(text) {
		switch {
		case strings.HasPrefix(text[at:], "/*"):
			depth++
			at += 2
		case strings.HasPrefix(text[at:], "*/"):
			depth--
			at += 2
			if depth == 0 {
				return at
			}
		default:
			at++
		}
	}
	return at
}
