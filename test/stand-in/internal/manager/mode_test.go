package manager

import (
	"maps"
	"slices"
	"testing"
)

func TestRewriteMode(t *testing.T) {
	yes, no := true, false
	cases := []struct {
		query, want string
		mode        *bool
	}{
		{"select 1", "select 1", nil},
		{"set command_mode = mgr", "set antdb.command_mode = mgr", &no},
		{"SET SESSION command_mode TO 'sql'", "SET SESSION antdb.command_mode TO 'sql'", &yes},
		{"set command_mode to bogus", "set antdb.command_mode to bogus", nil},
		{"show command_mode; show mgr_zone", "show antdb.command_mode; show antdb.mgr_zone", nil},
		{"select current_setting('command_mode')", "select current_setting('antdb.command_mode')", nil},
	}
	for _, test := range cases {
		got, mode := rewriteMode(test.query)
		if got != test.want || (mode == nil) != (test.mode == nil) || mode != nil && *mode != *test.mode {
			t.Errorf("%s: got %s, %v", test.query, got, mode)
		}
	}
}

func TestSplitOptions(t *testing.T) {
	settings := map[string]string{}
	rest := splitOptions("-c command_mode=sql -cstatement_timeout=5 --mgr-zone=far -c lock_timeout=1", settings)
	if !maps.Equal(settings, map[string]string{"command_mode": "sql", "mgr_zone": "far"}) {
		t.Errorf("settings %v", settings)
	}
	if !slices.Equal(rest, []string{"-cstatement_timeout=5", "-clock_timeout=1"}) {
		t.Errorf("rest %v", rest)
	}
}

func TestParseArguments(t *testing.T) {
	got, err := parseArguments([]string{"-D", "/data", "-p6433", "-c", "listen_addresses=*", "--log-statement=none", "-k", "/tmp"})
	want := map[string]string{"port": "6433", "listen_addresses": "*", "log_statement": "none", "unix_socket_directories": "/tmp"}
	if err != nil || got.directory != "/data" || !maps.Equal(got.override, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := parseArguments([]string{"-D", "/data", "-x"}); err == nil {
		t.Error("an unknown option was taken")
	}
}
