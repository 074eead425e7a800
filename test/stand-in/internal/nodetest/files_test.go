package nodetest

import (
	"context"
	"strings"
	"testing"

	"antdb.io/stand-in/internal/agentrpc"
)

func TestParametersTheServerDoesNotKnow(t *testing.T) {
	conn := open(t, "cn_0", osUser, "postgres")
	var host, name, listen string
	for sql, target := range map[string]*string{
		"SHOW agtm_host": &host, "SELECT current_setting('pgxc_node_name')": &name, "SHOW listen_addresses": &listen,
	} {
		if err := conn.QueryRow(context.Background(), sql).Scan(target); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	if host != cluster["gc_0"].address || name != "cn_0" || listen != "*" {
		t.Fatalf("%q %q %q", host, name, listen)
	}
	if rows := number(t, conn, "SELECT count(*) FROM pg_settings WHERE name IN ('agtm_host', 'agtm_port', 'port')"); rows != 3 {
		t.Fatalf("pg_settings has %d of 3", rows)
	}
	if _, err := try(conn, "SHOW no_such_thing"); code(err) != "42704" {
		t.Fatalf("%v", err)
	}
}

// The way the project's program moves a node to another gtm, and how it tells whether standbys have a recovery.conf.
func TestConfigurationFilesHaveAntdbsNames(t *testing.T) {
	node, conn := cluster["cn_1"], open(t, "cn_1", osUser, "template1")
	var content, version, source string
	ask := func(sql string, target *string) {
		t.Helper()
		if err := conn.QueryRow(context.Background(), sql).Scan(target); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	ask("SELECT pg_read_file('postgresql.conf', 0, 16777216, true)", &content)
	if !strings.Contains(content, "\nagtm_host = '") || strings.Contains(content, "antdb.agtm") {
		t.Fatalf("no agtm_host in %s", content)
	}
	var lines []string
	for _, line := range strings.Split(strings.ReplaceAll(content, "agtm_port = '6655'", "agtm_port = 6655"), "\n") {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line == "" {
			continue // COPY would write the tabs of comments as a backslash and a t
		}
		lines = append(lines, "'"+strings.ReplaceAll(line, "'", "''")+"'")
	}
	path := node.path + "/postgresql.conf"
	run(t, conn, "COPY (SELECT unnest(ARRAY["+strings.Join(lines, ",")+"])) TO PROGRAM 'cat >"+path+".next && mv -f "+path+".next "+path+"'")
	run(t, conn, "SELECT pg_reload_conf()")
	ask("SELECT setting || ' ' || sourcefile FROM pg_settings WHERE name = 'agtm_port'", &source)
	if source != "6655 "+path {
		t.Errorf("%q", source)
	}
	ask("SELECT current_setting('server_version_num')", &version)
	if version != "110010" {
		t.Errorf("version %s", version)
	}
	if rows := number(t, conn, "SELECT count(*) FROM pg_settings WHERE name = 'primary_conninfo'"); rows != 0 {
		t.Error("primary_conninfo is a parameter")
	}
}

func TestHbaLinesAreAddedOnceAndABrokenFileIsRefused(t *testing.T) {
	node := cluster["dn_1"]
	line := "host all all 10.1.2.3/32 trust"
	for range 2 {
		if _, err := node.call(agentrpc.Request{Op: agentrpc.OpHba, Append: []string{line}, Reload: true}); err != nil {
			t.Fatal(err)
		}
	}
	shown, err := node.call(agentrpc.Request{Op: agentrpc.OpHbaShow})
	if err != nil || strings.Count(shown, "10.1.2.3/32") != 1 {
		t.Fatalf("%v\n%s", err, shown)
	}
	run(t, open(t, "dn_1", osUser, "template1"), "COPY (SELECT unnest(ARRAY['local all all trust', 'local replication all trust', 'host all all samenet trust',"+
		"'host all all 127.0.0.0/8 trust', 'host replication all 127.0.0.0/8 trust'])) TO '"+node.path+"/pg_hba.conf'")
	_, err = node.call(agentrpc.Request{Op: agentrpc.OpHba, Append: []string{line}})
	if err == nil || !strings.Contains(err.Error(), "syntax error on file") {
		t.Fatalf("a file with samenet: %v", err)
	}
}
