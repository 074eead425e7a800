// Package pgauth decides who may talk to a server in front of PostgreSQL: it reads pg_hba.conf, matches a connection against it
// (first match wins, as in PostgreSQL's hba.c) and runs the password exchanges. Manager and nodes share it.
package pgauth

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
)

// Rule is one entry of pg_hba.conf.
type Rule struct {
	Line      int
	Local     bool
	Databases []string
	Users     []string
	Any       bool // the address is the word all
	Network   *net.IPNet
	Method    string
}

// Peer is one connection as pg_hba.conf sees it.
type Peer struct {
	Local       bool // came through a unix socket
	IP          net.IP
	Database    string
	User        string
	Replication bool // physical replication: matched by the word replication only
}

// Rules is a parsed pg_hba.conf, in order.
type Rules []Rule

// ReadFile parses the file; like PostgreSQL it refuses the whole file for one bad line.
func ReadFile(path string) (Rules, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	rules, err := Parse(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return rules, nil
}

// Parse reads entries, one a line.
func Parse(input io.Reader) (Rules, error) {
	var rules Rules
	scanner := bufio.NewScanner(input)
	for number := 1; scanner.Scan(); number++ {
		fields := tokens(scanner.Text())
		if len(fields) == 0 {
			continue
		}
		rule, err := parseRule(fields)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		rule.Line = number
		rules = append(rules, rule)
	}
	return rules, scanner.Err()
}

func parseRule(fields []string) (Rule, error) {
	kind := fields[0]
	switch kind {
	case "local":
		if len(fields) < 4 {
			return Rule{}, fmt.Errorf("a local entry has the fields: local database user method")
		}
		return Rule{Local: true, Databases: list(fields[1]), Users: list(fields[2]), Method: fields[3]}, nil
	case "host", "hostssl", "hostnossl":
		return parseHost(fields)
	default:
		return Rule{}, fmt.Errorf("invalid connection type %q", kind)
	}
}

func parseHost(fields []string) (Rule, error) {
	if len(fields) < 5 {
		return Rule{}, fmt.Errorf("a host entry has the fields: host database user address method")
	}
	rule := Rule{Databases: list(fields[1]), Users: list(fields[2])}
	address, rest := fields[3], fields[4:]
	switch {
	case address == "all":
		rule.Any = true
	case strings.Contains(address, "/"):
		_, network, err := net.ParseCIDR(address)
		if err != nil {
			return Rule{}, fmt.Errorf("invalid IP address or mask %q", address)
		}
		rule.Network = network
	default:
		ip := net.ParseIP(address)
		if ip == nil || len(rest) < 2 {
			return Rule{}, fmt.Errorf("invalid IP address %q: only literals are understood here", address)
		}
		mask, err := parseMask(rest[0])
		if err != nil {
			return Rule{}, err
		}
		rule.Network = &net.IPNet{IP: ip.To4().Mask(mask), Mask: mask}
		rest = rest[1:]
	}
	rule.Method = rest[0]
	return rule, nil
}

func parseMask(text string) (net.IPMask, error) {
	ip := net.ParseIP(text)
	if ip == nil || ip.To4() == nil {
		return nil, fmt.Errorf("invalid IP mask %q", text)
	}
	return net.IPMask(ip.To4()), nil
}

// Match returns the first rule that covers the connection.
func (rules Rules) Match(peer Peer) (Rule, bool) {
	index := slices.IndexFunc(rules, func(rule Rule) bool { return rule.covers(peer) })
	if index < 0 {
		return Rule{}, false
	}
	return rules[index], true
}

func (rule Rule) covers(peer Peer) bool {
	if rule.Local != peer.Local {
		return false
	}
	if !rule.Local && !rule.Any && !rule.Network.Contains(peer.IP) {
		return false
	}
	return rule.coversDatabase(peer) && (slices.Contains(rule.Users, "all") || slices.Contains(rule.Users, peer.User))
}

func (rule Rule) coversDatabase(peer Peer) bool {
	if peer.Replication {
		return slices.Contains(rule.Databases, "replication")
	}
	return slices.ContainsFunc(rule.Databases, func(name string) bool {
		return name == "all" || name == peer.Database && name != "replication" || name == "sameuser" && peer.User == peer.Database
	})
}

func list(field string) []string { return strings.Split(field, ",") }

// tokens splits a line at blanks; double quotes keep blanks and are dropped, # starts a comment.
func tokens(line string) []string {
	var out []string
	var current strings.Builder
	quoted, open := false, false
	flush := func() {
		if open {
			out = append(out, current.String())
		}
		current.Reset()
		open = false
	}
	for _, char := range line {
		switch {
		case char == '"':
			quoted, open = !quoted, true
		case char == '#' && !quoted:
			flush()
			return out
		case (char == ' ' || char == '\t' || char == '\r') && !quoted:
			flush()
		default:
			current.WriteRune(char)
			open = true
		}
	}
	flush()
	return out
}
