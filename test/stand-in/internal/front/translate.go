package front

import (
	"slices"
	"strings"
)

// step is one statement of a client, ready for the server.
type step struct {
	statement
	sql     string   // what the server gets
	fromTag string   // its command tag for that…
	tag     string   // …and the one the client must see; empty to leave it
	ddl     bool     // repeated on other nodes from its own text: has to be alone in its message
	cluster bool     // roles and databases: no event trigger sees them, the front runs them on every node
	alone   bool     // can't run in a transaction block
	control bool     // BEGIN, COMMIT and their kind
	copyIn  bool     // the client sends data in the middle
	local   bool     // needs no gtm
	reads   bool     // needs a snapshot only
	on      []string // CREATE|ALTER|DROP NODE … ON (nodes): where it happens, if not here
	direct  string   // EXECUTE DIRECT: the node's name; sql is what it gets
}

// translator turns a statement of AntDB's into what the stand-in does for it; false leaves the statement to the next one.
type translator func(n *node, one *step) bool

var translators = []translator{
	translateNode, translateShow, translateDirect, translateDistribute, translateTableNodes, translateUnique, translateSystem, translateCluster, translateFile,
}

// translateAll splits a query text and translates each statement.
func (n *node) translateAll(sql string) []step {
	if sql == remoteBegin {
		sql = readCommitted
	}
	parts := split(sql)
	steps := make([]step, 0, len(parts))
	for _, part := range parts {
		one := step{statement: part, sql: n.rename(part.sql)}
		one.classify()
		for _, translate := range translators {
			if translate(n, &one) {
				break
			}
		}
		steps = append(steps, one)
	}
	return steps
}

// postgres_fdw begins its transactions so; AntDB's are read committed, two writers of a row wait for each other.
const (
	remoteBegin   = "START TRANSACTION ISOLATION LEVEL REPEATABLE READ"
	readCommitted = "START TRANSACTION ISOLATION LEVEL READ COMMITTED"
)

func changed(steps []step) bool {
	return slices.ContainsFunc(steps, func(one step) bool { return one.sql != one.statement.sql })
}

func joined(steps []step) string {
	texts := make([]string, len(steps))
	for i, one := range steps {
		texts[i] = one.sql
	}
	return strings.Join(texts, ";")
}

// needsScript reports whether the statements have to be run one by one.
func needsScript(steps []step) bool {
	if slices.ContainsFunc(steps, func(one step) bool { return one.copyIn }) {
		return false
	}
	return slices.ContainsFunc(steps, func(one step) bool {
		return one.cluster || one.direct != "" || len(one.on) > 0 || len(steps) > 1 && (one.ddl || one.tag != "")
	})
}

var (
	controlWords = []string{"begin", "start", "commit", "rollback", "abort", "end", "savepoint", "release"}
	localWords   = append([]string{"set", "reset", "discard", "deallocate"}, controlWords...) // no snapshot: not even SHOW is among them
	readWords    = []string{"select", "show", "explain", "values", "table", "declare", "fetch", "close", "with"}
	writingWords = []string{"insert", "update", "delete", "into", "nextval", "setval", "merge"}
	ddlWords     = []string{"create", "alter", "drop", "grant", "revoke", "comment", "security", "refresh", "import", "reassign"}
)

func (one *step) classify() {
	first := one.word(0)
	one.control = slices.Contains(controlWords, first)
	one.ddl = slices.Contains(ddlWords, first) || first == "select" && slices.ContainsFunc(one.tokens, func(t token) bool { return t.is("into") })
	one.alone = slices.Contains([]string{"vacuum", "reindex", "cluster"}, first) || one.starts("alter", "system")
	one.copyIn = first == "copy" && slices.ContainsFunc(one.tokens, func(t token) bool { return t.is("stdin") })
	one.reads = slices.Contains(readWords, first) &&
		!slices.ContainsFunc(one.tokens, func(t token) bool { return t.kind == word && slices.Contains(writingWords, t.text) })
	one.local = slices.Contains(localWords, first)
}

// translateSystem gives ALTER SYSTEM the names the server has for AntDB's parameters.
func translateSystem(n *node, one *step) bool {
	if !one.starts("alter", "system") || len(one.tokens) < 4 {
		return false
	}
	if name := one.tokens[3]; name.kind == word && name.text != "all" && !n.known.has(name.text) {
		one.sql = one.statement.sql[:name.start] + "antdb." + one.statement.sql[name.start:]
	}
	return false // it goes on to the other nodes
}

func literal(value string) string {
	if strings.Contains(value, `\`) {
		return "E'" + strings.ReplaceAll(strings.ReplaceAll(value, `\`, `\\`), "'", "''") + "'"
	}
	return "'" + strings.ReplaceAll(value, "'", "''") + "'"
}

func identifier(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
