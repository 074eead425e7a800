package grammar

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	cases := []struct {
		query string
		want  Statement
	}{
		{"ADD HOST IF NOT EXISTS Dn_0 (address='1.2.3.4', agentport=8432, user antdb)", AddHost{Name: "dn_0", IfNotExists: true, Options: []Option{
			{"address", "1.2.3.4", Text}, {"agentport", "8432", Integer}, {"user", "antdb", Text}}}},
		{`add host "Dn-0"`, AddHost{Name: "Dn-0"}},
		{"add host node", AddHost{Name: "node"}},
		{"alter host h (address='')", AlterHost{Name: "h", Options: []Option{{"address", "", Text}}}},
		{"drop host if exists a, b", DropHost{Names: []string{"a", "b"}, IfExists: true}},
		{"list host", ListHost{}},
		{"list host (name, *) a", ListHost{Columns: []string{"name", "*"}, Names: []string{"a"}}},
		{"start agent all password 'x'", Agent{Verb: "start"}},
		{"monitor agent a,b", Agent{Verb: "monitor", Hosts: []string{"a", "b"}}},
		{"add datanode slave ds_0 for dn_0 (port -1)", AddNode{Kind: 'b', Name: "ds_0", Master: "dn_0", Options: []Option{{"port", "-1", Integer}}}},
		{"add gtmcoord master gc", AddNode{Kind: 'g', Name: "gc"}},
		{"list node datanode master dn_0", ListNode{Kinds: []byte{'d'}, MasterName: "dn_0"}},
		{"list node coordinator", ListNode{Kinds: []byte{'c', 's'}}},
		{"list node host h1,h2", ListNode{Hosts: []string{"h1", "h2"}}},
		{"list node zone, size", ListNode{Names: []string{"zone", "size"}}},
		{"list node pretty size all with slink", ListNodeSize{Pretty: true, All: true}},
		{"init all data_checksums (walsegsize=64)", InitAll{Checksums: true, Options: []Option{{"walsegsize", "64", Integer}}}},
		{"start all", Power{Start: true, Mixed: true, Mode: "smart"}},
		{"stop all mode f", Power{Mixed: true, Mode: "fast"}},
		{"start datanode all", Power{Start: true, Kinds: []byte{'d', 'b'}, Mixed: true, Mode: "smart"}},
		{"start datanode master all", Power{Start: true, Kinds: []byte{'d'}, Mode: "smart"}},
		{"stop coordinator master all", Power{Kinds: []byte{'c'}, Mixed: true, Mode: "smart"}},
		{"stop datanode slave a, b mode immediate", Power{Kinds: []byte{'b'}, Names: []string{"a", "b"}, Mode: "immediate"}},
		{"stop gtmcoord master gc mode fast", Power{Kinds: []byte{'g'}, Names: []string{"gc"}, Mode: "fast"}},
		{"monitor", Monitor{}},
		{"monitor gtmcoord all", Monitor{Kinds: []byte{'g', 'p'}}},
		{"monitor ha (nodename) a", MonitorHA{Columns: []string{"nodename"}, Names: []string{"a"}}},
		{"clean datanode slave a", Clean{Kind: 'b', Names: []string{"a"}}},
		{"set datanode all (a.b = 'x y', wal_log_hints=on) force", SetParam{Kind: 'D', Name: "*", Force: true, Options: []Option{
			{"a.b", "x y", Text}, {"wal_log_hints", "on", Text}}}},
		{"reset coordinator master all (work_mem)", SetParam{Reset: true, Kind: 'c', Name: "*", Options: []Option{{Name: "work_mem"}}}},
		{"set statement_timeout = 5000", SetVariable{Name: "statement_timeout", Values: []Option{{"", "5000", Float}}}},
		{"set search_path to a, 'b'", SetVariable{Name: "search_path", Values: []Option{{"", "a", Text}, {"", "b", Text}}}},
		{"set cluster init", SetClusterInit{}},
		{"add hba coordinator all (\"host all all 10.0.0.0 8 md5\")", AddHba{Kind: 'C', Name: "*", Lines: []string{"host all all 10.0.0.0 8 md5"}}},
		{"append coordinator master cn_2 data_checksums", Append{Kind: 'c', Name: "cn_2", Checksums: true}},
		{"remove datanode slave a, b", Remove{Kind: 'b', Names: []string{"a", "b"}}},
		{"failover datanode dn_0 to ds_0 force", Failover{Kind: 'd', Name: "dn_0", To: "ds_0", Force: true}},
		{"switchover datanode slave ds_0 force 20", Switchover{Kind: 'b', Name: "ds_0", Force: true, MaxTries: 20}},
		{"rewind datanode slave dn_0", Rewind{Kind: 'b', Name: "dn_0"}},
		{"set doctor (enable=1)", SetDoctor{Options: []Option{{"enable", "1", Integer}}}},
		{"stop doctor", Doctor{}},
		{"expand datanode master a to b", Other{Text: "expand datanode master a to b"}},
		{"/* a /* nested */ comment */ flush host -- end", FlushHost{}},
	}
	for _, test := range cases {
		t.Run(test.query, func(t *testing.T) {
			got, err := Parse(test.query)
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != 1 || !reflect.DeepEqual(got[0], test.want) {
				t.Errorf("got %#v, want %#v", got, test.want)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	cases := []struct {
		query, message string
		position       int
	}{
		{"SELECT 1", `syntax error at or near "SELECT"`, 1},
		{"list", "syntax error at end of input", 5},
		{"add host all", `syntax error at or near "all"`, 10},
		{"add host check", `syntax error at or near "check"`, 10},
		{"start agent node", `syntax error at or near "node"`, 13},
		{"monitor coordinator all", `syntax error at or near "all"`, 21},
		{"drop datanode master a, b", `syntax error at or near ","`, 23},
		{"append gtmcoord master gc", `syntax error at or near "master"`, 17},
		{"add host é (address='", `unterminated quoted string at or near "'"`, 21},
		{`add host "`, `unterminated quoted identifier at or near """`, 10},
		{"set local statement_timeout = 1", `syntax error at or near "statement_timeout"`, 11},
		{"reset all", `syntax error at or near "all"`, 7},
		{"list host; nonsense", `syntax error at or near "nonsense"`, 12},
	}
	for _, test := range cases {
		t.Run(test.query, func(t *testing.T) {
			statements, err := Parse(test.query)
			var syntax *Error
			if !errors.As(err, &syntax) || statements != nil {
				t.Fatalf("got %v, %v", statements, err)
			}
			if syntax.Message != test.message || syntax.Position != test.position {
				t.Errorf("got %q at %d, want %q at %d", syntax.Message, syntax.Position, test.message, test.position)
			}
		})
	}
}

func TestParseMany(t *testing.T) {
	statements, err := Parse(";; list host ; list node;")
	if err != nil || len(statements) != 2 {
		t.Fatalf("got %v, %v", statements, err)
	}
}

func TestLongNamesAreCut(t *testing.T) {
	statements, err := Parse("add host " + strings.Repeat("a", 70))
	if err != nil || len(statements[0].(AddHost).Name) != maxIdent {
		t.Fatalf("got %v, %v", statements, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("add host h (address='1.2.3.4')")
	f.Add("list node \"x")
	f.Fuzz(func(t *testing.T, query string) {
		if _, err := Parse(query); err != nil {
			var syntax *Error
			if !errors.As(err, &syntax) {
				t.Fatalf("%v is no syntax error", err)
			}
		}
	})
}
