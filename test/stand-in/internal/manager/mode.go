package manager

import (
	"regexp"
	"strings"
)

// defaultZone is mgr_zone's default.
const defaultZone = "local"

const modeHint = "Available values: sql, manager, manage, mgr."

// modeSetting and zoneSetting are the names under which the backing server keeps the manager's own settings.
const (
	modeSetting = "antdb.command_mode"
	zoneSetting = "antdb.mgr_zone"
)

// modeOf reads a value of command_mode; sql is true for the one that means SQL.
func modeOf(text string) (sql, valid bool) {
	switch strings.ToLower(text) {
	case "sql":
		return true, true
	case "manager", "manage", "mgr":
		return false, true
	}
	return false, false
}

var (
	setMode  = regexp.MustCompile(`(?i)\bset\s+(?:session\s+)?("?)command_mode("?)\s*(?:=|\bto\b)\s*'?(\w+)'?`)
	showMode = regexp.MustCompile(`(?i)\b(show|reset|set|set\s+session)\s+"?(command_mode|mgr_zone)"?\b`)
	nameMode = regexp.MustCompile(`(?i)'(command_mode|mgr_zone)('|=)`)
	// ofRole is a setting for the sessions of a role to come: it changes nothing here.
	ofRole = regexp.MustCompile(`(?i)^\s*alter\s+(role|user|database)\b`)
)

// rewriteMode renames the manager's settings in SQL text to ones PostgreSQL takes, and says which mode the text sets, if any.
func rewriteMode(query string) (string, *bool) {
	if !strings.Contains(strings.ToLower(query), "command_mode") && !strings.Contains(strings.ToLower(query), "mgr_zone") {
		return query, nil
	}
	var mode *bool
	if found := setMode.FindAllStringSubmatch(query, -1); len(found) > 0 && !ofRole.MatchString(query) {
		if sql, valid := modeOf(found[len(found)-1][3]); valid {
			mode = &sql
		}
	}
	query = showMode.ReplaceAllString(query, "$1 antdb.$2")
	return nameMode.ReplaceAllString(query, "'antdb.$1$2"), mode
}
