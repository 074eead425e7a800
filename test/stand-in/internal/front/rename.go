package front

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Names that a client of AntDB uses and the stock server has under another one, or answers as the PostgreSQL 15 it is.

var (
	settingsView = regexp.MustCompile(`(?i)\b(antdb\.|pg_catalog\.)?pg_settings\b`)
	fileSettings = regexp.MustCompile(`(?i)\b(antdb\.|pg_catalog\.)?pg_file_settings\b`)
	replicas     = regexp.MustCompile(`(?i)\b(antdb\.|pg_catalog\.)?pg_stat_replication\b`)
	readFile     = regexp.MustCompile(`(?i)\b(pg_catalog\.)?pg_read_file\s*\(`)
	sequenceCall = regexp.MustCompile(`(?i)(^|[^.\w"])(?:pg_catalog\.)?(nextval|setval)\s*\(`)
	nodeColumn   = regexp.MustCompile(`(?i)(^|[^.\w"])xc_node_id\b`)
	copyFreeze   = regexp.MustCompile(`(?is)^(\s*copy\s.*\sfrom\s+stdin)\s+with\s*\(\s*freeze\s+on\s*\)`)
	settingCall  = regexp.MustCompile(`(?i)\b(?:pg_catalog\.)?current_setting\s*\(\s*'([a-z_]+)'`)
	confLine     = regexp.MustCompile(`(?i)^\s*([a-z_]+)\s*=`)
)

// rename replaces such names, inside strings too.
func (n *node) rename(sql string) string {
	sql = strings.ReplaceAll(sql, recoveryConf, RecoveryFile)
	sql = settingsView.ReplaceAllString(sql, "antdb.pg_settings")
	sql = fileSettings.ReplaceAllString(sql, "antdb.pg_file_settings")
	sql = replicas.ReplaceAllString(sql, "antdb.pg_stat_replication")
	sql = readFile.ReplaceAllString(sql, "antdb.read_file(")
	sql = sequenceCall.ReplaceAllString(sql, "${1}antdb.$2(")
	sql = copyFreeze.ReplaceAllString(sql, "$1")                             // pgbench's; PostgreSQL refuses it for a partitioned table
	sql = nodeColumn.ReplaceAllString(sql, "${1}antdb.xc_node_id(tableoid)") // a system column of AntDB's
	return settingCall.ReplaceAllStringFunc(sql, func(call string) string {
		name := settingCall.FindStringSubmatch(call)[1]
		if !n.isOurs(strings.ToLower(name)) {
			return call
		}
		return "antdb.show('" + strings.ToLower(name) + "'"
	})
}

// answered are parameters the server knows and must not answer itself.
var answered = []string{"listen_addresses", "unix_socket_directories", "server_version", "server_version_num"}

func (n *node) isOurs(name string) bool { return slices.Contains(answered, name) || !n.known.has(name) }

func translateShow(n *node, one *step) bool {
	if one.word(0) != "show" || len(one.tokens) != 2 {
		return false
	}
	name := one.tokens[1].text
	if name == "all" || strings.Contains(name, ".") || !n.isOurs(name) {
		return false
	}
	one.sql = fmt.Sprintf("SELECT antdb.show(%s) AS %s", literal(name), identifier(name))
	one.fromTag, one.tag = "SELECT 1", "SHOW"
	return true
}

// translateFile is for COPY that writes postgresql.conf or postgresql.auto.conf: parameters the server does not know get the prefix.
func translateFile(n *node, one *step) bool {
	if one.word(0) != "copy" || !strings.Contains(one.sql, "postgresql.") {
		return false
	}
	sql := one.sql
	for _, piece := range slices.Backward(tokenize(sql)) {
		line := confLine.FindStringSubmatchIndex(piece.text)
		if piece.kind != text || line == nil || n.known.has(strings.ToLower(piece.text[line[2]:line[3]])) {
			continue
		}
		sql = sql[:piece.start] + literal(piece.text[:line[2]]+"antdb."+piece.text[line[2]:]) + sql[piece.end:]
	}
	one.sql = sql
	return false
}
