package front

import (
	"fmt"
	"slices"
	"strings"
)

// translateDistribute puts DISTRIBUTE BY … [TO NODE (…)] of a CREATE TABLE into a comment that the coordinator's event trigger reads.
func translateDistribute(_ *node, one *step) bool {
	if one.word(0) != "create" {
		return false
	}
	at := slices.IndexFunc(one.tokens, func(t token) bool { return t.is("distribute") })
	if at < 0 || at+2 >= len(one.tokens) || !one.tokens[at+1].is("by") {
		return false
	}
	method, next := one.tokens[at+2].text, at+3
	wish := method
	switch method {
	case "hash", "modulo":
		columns, ok := nameList(one.tokens[next:])
		if !ok {
			return false
		}
		wish = "hash:" + columns[0]
		next += 3
	case "random":
		wish = "roundrobin"
	}
	if next+1 < len(one.tokens) && one.tokens[next].is("to") && one.tokens[next+1].is("node") {
		for next < len(one.tokens) && one.tokens[next].text != ")" {
			next++
		}
		next++
	}
	start, end := one.tokens[at].start, one.tokens[next-1].end
	one.sql = one.statement.sql[:start] + "/*antdb:distribute " + wish + "*/" + one.statement.sql[end:]
	return true
}

// translateTableNodes handles ALTER TABLE t ADD|DELETE|TO NODE (…), which moves a table's rows.
func translateTableNodes(_ *node, one *step) bool {
	if !one.starts("alter", "table") {
		return false
	}
	at := slices.IndexFunc(one.tokens, func(t token) bool { return t.is("node") })
	if at < 4 {
		return false
	}
	verb := one.tokens[at-1].text
	names, ok := nameList(one.tokens[at+1:])
	if !ok || verb != "add" && verb != "delete" && verb != "to" {
		return false
	}
	for i, name := range names {
		names[i] = literal(name)
	}
	one.sql = fmt.Sprintf("CALL antdb.change_nodes(%s, %s, array[%s]::name[])", literal(tableName(one, 2, at-1)), literal(verb),
		strings.Join(names, ","))
	one.fromTag, one.tag, one.ddl = "CALL", "ALTER TABLE", false
	return true
}

// tableName cuts a possibly qualified name out of the statement, tokens from to to (exclusive), without ONLY and IF EXISTS.
func tableName(one *step, from, to int) string {
	for from < to && (one.tokens[from].is("only") || one.tokens[from].is("if") || one.tokens[from].is("exists")) {
		from++
	}
	return strings.TrimSpace(one.statement.sql[one.tokens[from].start:one.tokens[to-1].end])
}

// translateUnique sends unique indexes and primary keys of a distributed table to its datanodes only: PostgreSQL can't have them over
// foreign partitions, and a key that holds the distribution column is unique when it is unique on each datanode.
func translateUnique(_ *node, one *step) bool {
	target, tag := uniqueTarget(one)
	if target == "" {
		return false
	}
	one.sql = fmt.Sprintf("CALL antdb.on_shards(%s, %s)", literal(target), literal(one.statement.sql))
	one.fromTag, one.tag, one.ddl = "CALL", tag, false
	return true
}

func uniqueTarget(one *step) (target, tag string) {
	switch {
	case one.starts("create", "unique", "index"):
		at := slices.IndexFunc(one.tokens, func(t token) bool { return t.is("on") })
		if at < 0 || at+1 >= len(one.tokens) {
			return "", ""
		}
		end := at + 2
		for end+1 < len(one.tokens) && one.tokens[end].text == "." {
			end += 2
		}
		return tableName(one, at+1, end), "CREATE INDEX"
	case one.starts("alter", "table"):
		add := slices.IndexFunc(one.tokens, func(t token) bool { return t.is("add") })
		if add < 3 {
			return "", ""
		}
		rest := one.tokens[add+1:]
		if len(rest) > 2 && rest[0].is("constraint") {
			rest = rest[2:]
		}
		if len(rest) > 0 && (rest[0].is("unique") || rest[0].is("primary")) {
			return tableName(one, 2, add), "ALTER TABLE"
		}
	}
	return "", ""
}

// translateCluster marks statements on roles, databases and tablespaces: PostgreSQL's event triggers do not see them.
func translateCluster(_ *node, one *step) bool {
	if one.word(0) == "grant" || one.word(0) == "revoke" {
		at := slices.IndexFunc(one.tokens, func(t token) bool { return t.is("on") })
		one.cluster = at < 0 || at+1 < len(one.tokens) && (one.tokens[at+1].is("database") || one.tokens[at+1].is("tablespace"))
		return one.cluster
	}
	if !slices.Contains([]string{"create", "alter", "drop"}, one.word(0)) {
		return false
	}
	switch one.word(1) {
	case "system": // AntDB sends ALTER SYSTEM of a coordinator to every node
		one.cluster, one.alone = one.word(0) == "alter", true
	case "role", "user", "group":
		one.cluster = one.word(2) != "mapping"
	case "database":
		one.cluster = true
		one.alone = one.word(0) != "alter" || slices.ContainsFunc(one.tokens, func(t token) bool { return t.is("tablespace") })
	case "tablespace":
		one.cluster, one.alone = true, true
	}
	return one.cluster
}
