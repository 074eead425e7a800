package pgauth

import (
	"net"
	"strings"
	"testing"
)

const sample = `
# who may come in
local   all all trust
host    all all 127.0.0.1/32 trust   # loopback
host    all all ::1/128 trust
local   replication all trust
host    replication all 127.0.0.1/32 trust
host    all antdb_hooks 0.0.0.0/0 md5
host    all "all of us",bob 10.1.0.0 255.255.0.0 scram-sha-256
host    app,shop all 10.2.0.0/16 reject
host    sameuser all all password
`

func TestMatch(t *testing.T) {
	rules, err := Parse(strings.NewReader(sample))
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name, method string
		peer         Peer
	}{
		{"socket", "trust", Peer{Local: true, Database: "x", User: "y"}},
		{"loopback", "trust", Peer{IP: net.ParseIP("127.0.0.1"), Database: "x", User: "y"}},
		{"loopback is a /32", "", Peer{IP: net.ParseIP("127.0.0.2"), Database: "x", User: "y"}},
		{"IPv6 loopback", "trust", Peer{IP: net.ParseIP("::1"), Database: "x", User: "y"}},
		{"hooks from anywhere", "md5", Peer{IP: net.ParseIP("10.42.0.7"), Database: "postgres", User: "antdb_hooks"}},
		{"hooks may not replicate", "", Peer{IP: net.ParseIP("10.42.0.7"), User: "antdb_hooks", Replication: true}},
		{"replication", "trust", Peer{IP: net.ParseIP("127.0.0.1"), User: "antdb", Replication: true}},
		{"address and mask", "scram-sha-256", Peer{IP: net.ParseIP("10.1.9.9"), Database: "x", User: "bob"}},
		{"quoted name", "scram-sha-256", Peer{IP: net.ParseIP("10.1.9.9"), Database: "x", User: "all of us"}},
		{"reject", "reject", Peer{IP: net.ParseIP("10.2.9.9"), Database: "shop", User: "bob"}},
		{"sameuser", "password", Peer{IP: net.ParseIP("10.9.9.9"), Database: "eve", User: "eve"}},
		{"stranger", "", Peer{IP: net.ParseIP("10.9.9.9"), Database: "postgres", User: "eve"}},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			rule, _ := rules.Match(test.peer)
			if rule.Method != test.method {
				t.Errorf("method %q (line %d), want %q", rule.Method, rule.Line, test.method)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for _, line := range []string{"hots all all 1.2.3.4/32 trust", "host all all", "host all all dn-0/32 trust", "host all all 1.2.3.4 trust", "local all trust"} {
		if _, err := Parse(strings.NewReader(line)); err == nil {
			t.Errorf("%q was taken", line)
		}
	}
}
