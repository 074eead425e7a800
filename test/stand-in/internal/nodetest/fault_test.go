package nodetest

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"antdb.io/stand-in/internal/agentrpc"
)

// until repeats a check for half a minute.
func until(t *testing.T, what string, check func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if check() {
			return
		}
	}
	t.Fatalf("not in 30 s: %s", what)
}

func tell(t *testing.T, node string, request agentrpc.Request) {
	t.Helper()
	if text, err := cluster[node].call(request); err != nil {
		t.Fatalf("%s: %s: %s %v", node, request.Op, text, err)
	}
}

func ping(t *testing.T, node string) string {
	t.Helper()
	answer, err := cluster[node].call(agentrpc.Request{Op: agentrpc.OpPing})
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestLostDatanodeIsAnError(t *testing.T) {
	conn := open(t, "cn_0", osUser, "postgres")
	run(t, conn, "CREATE TABLE lost (id int)")
	run(t, conn, "INSERT INTO lost SELECT generate_series(1, 100)")
	tell(t, "dn_1", agentrpc.Request{Op: agentrpc.OpStop, Mode: "immediate", Wait: true})
	if answer := ping(t, "dn_1"); answer != agentrpc.PingNoResponse {
		t.Fatalf("ping says %s", answer)
	}
	if _, err := try(conn, "SELECT count(*) FROM lost"); err == nil {
		t.Error("a read without dn_1 succeeded")
	}
	if _, err := try(conn, "INSERT INTO lost SELECT generate_series(101, 200)"); err == nil {
		t.Error("a write without dn_1 succeeded")
	}
	if _, err := try(conn, "CREATE TABLE never (id int)"); err == nil {
		t.Error("DDL without dn_1 succeeded")
	}
	tell(t, "dn_1", agentrpc.Request{Op: agentrpc.OpStart, Wait: true})
	_, err := cluster["dn_1"].call(agentrpc.Request{Op: agentrpc.OpStart, Wait: true})
	if err == nil || !strings.Contains(err.Error(), "could not start server") {
		t.Errorf("a second start: %v", err)
	}
	other := open(t, "cn_1", osUser, "postgres")
	until(t, "100 rows again", func() bool {
		var rows int
		err := other.QueryRow(context.Background(), "SELECT count(*) FROM lost").Scan(&rows)
		return err == nil && rows == 100
	})
	run(t, conn, "DROP TABLE lost")
}

func TestStaleAddressIsAFailureUntilAlterNode(t *testing.T) {
	conn := open(t, "cn_1", osUser, "postgres")
	run(t, conn, "CREATE TABLE stale (id int)")
	if tag := run(t, conn, fmt.Sprintf("ALTER NODE dn_1 WITH (HOST='%s')", base+"250")); tag != "ALTER NODE" {
		t.Fatalf("tag %q", tag)
	}
	if _, err := try(conn, "INSERT INTO stale SELECT generate_series(1, 10)"); err == nil {
		t.Error("an insert through a stale address succeeded")
	}
	free := open(t, "cn_1", osUser, "template1")
	run(t, free, fmt.Sprintf("ALTER NODE dn_1 WITH (HOST='%s')", cluster["dn_1"].address))
	run(t, free, "SELECT pgxc_pool_reload()")
	run(t, conn, "INSERT INTO stale SELECT generate_series(1, 10)")
	run(t, conn, "DROP TABLE stale")
}

// A row that leads reads to a standby takes no part in writes or DDL, stale or not, and follows ALTER NODE as any other.
func TestStaleReaderRowHindersNoWriter(t *testing.T) {
	conn := open(t, "cn_1", osUser, "postgres")
	run(t, conn, fmt.Sprintf("CREATE NODE ds_0 FOR dn_0 WITH (TYPE='datanode slave', HOST='%s', PORT=5433)", base+"250"))
	run(t, conn, "CREATE TABLE beside (id int)")
	run(t, conn, "INSERT INTO beside SELECT generate_series(1, 10)")
	run(t, conn, "DROP TABLE beside")
	run(t, conn, fmt.Sprintf("ALTER NODE ds_0 WITH (HOST='%s')", cluster["ds_0"].address))
	moved := "SELECT count(*) FROM pgxc_node WHERE node_name = 'ds_0' AND node_type = 'E' AND node_host = '" + cluster["ds_0"].address + "'"
	if number(t, conn, moved) != 1 {
		t.Error("the row does not follow ALTER NODE")
	}
	run(t, conn, "DROP NODE ds_0")
}

func TestNothingRunsWithoutGtmButInTemplate1(t *testing.T) {
	conn, free := open(t, "cn_0", osUser, "postgres"), open(t, "cn_0", osUser, "template1")
	tell(t, "gc_0", agentrpc.Request{Op: agentrpc.OpStop, Mode: "fast", Wait: true})
	for _, node := range []string{"cn_0", "dn_0"} {
		client := open(t, node, osUser, "postgres")
		until(t, node+" has lost its stream", func() bool {
			_, err := try(client, "SELECT 1")
			return err != nil && strings.Contains(err.Error(), "cannot connect to GTMCOORD")
		})
	}
	run(t, free, "SELECT pg_reload_conf()")
	run(t, free, "SELECT * FROM pgxc_node")
	tell(t, "gc_0", agentrpc.Request{Op: agentrpc.OpStart, Wait: true})
	until(t, "statements again", func() bool { _, err := try(conn, "SELECT 1"); return err == nil })
	run(t, open(t, "gc_0", osUser, "postgres"), "SELECT 1")
}

func TestLostSynchronousStandbyHoldsCommits(t *testing.T) {
	master := open(t, "dn_0", osUser, "template1")
	until(t, "a synchronous standby", func() bool {
		return number(t, master, "SELECT count(*) FROM pg_stat_replication WHERE application_name = 'ds_0' AND sync_state = 'sync' AND host(client_addr) = '127.0.0.1'") == 1
	})
	conn := open(t, "cn_0", osUser, "postgres")
	run(t, conn, "CREATE TABLE held (id int)")
	tell(t, "ds_0", agentrpc.Request{Op: agentrpc.OpStop, Mode: "fast", Wait: true})
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if _, err := open(t, "cn_0", osUser, "postgres").Exec(ctx, "INSERT INTO held SELECT generate_series(1, 100)"); err == nil {
		t.Error("a commit without the synchronous standby succeeded")
	}
	tell(t, "ds_0", agentrpc.Request{Op: agentrpc.OpStart, Wait: true})
	until(t, "commits again", func() bool { _, err := try(conn, "INSERT INTO held VALUES (1)"); return err == nil })
	run(t, conn, "DROP TABLE held")
}

// As long as the gtm waits for a standby that is gone no write ends, but who heals it gets in.
func TestGtmWhoseCommitsHang(t *testing.T) {
	conn := open(t, "cn_0", osUser, "postgres")
	run(t, conn, "CREATE TABLE hung (id int)")
	tell(t, "gc_0", agentrpc.Request{Op: agentrpc.OpConf, Set: map[string]string{"synchronous_standby_names": "gone"}, Reload: true})
	until(t, "a write that fails", func() bool {
		_, err := try(conn, "INSERT INTO hung VALUES (1)")
		return err != nil && strings.Contains(err.Error(), "cannot connect to GTMCOORD")
	})
	run(t, conn, "SELECT count(*) FROM hung")
	began := time.Now()
	run(t, open(t, "gc_0", osUser, "antdb"), "SELECT node_name FROM pgxc_node")
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("a first log-in took %v", took)
	}
	tell(t, "gc_0", agentrpc.Request{Op: agentrpc.OpConf, Reset: []string{"synchronous_standby_names"}, Reload: true})
	until(t, "writes again", func() bool { _, err := try(conn, "INSERT INTO hung VALUES (1)"); return err == nil })
	run(t, conn, "DROP TABLE hung")
}

// A role whose password line comes before the peers' trust lines can't do anything that leaves its node: the pool has no password.
func TestPoolHasNoPassword(t *testing.T) {
	admin := open(t, "cn_0", osUser, "postgres")
	run(t, admin, "CREATE ROLE antdb_hooks SUPERUSER LOGIN PASSWORD 'secret'")
	node := cluster["dn_0"]
	lines := "ARRAY['local all all trust', 'local replication all trust', 'host all antdb_hooks 0.0.0.0/0 md5', 'host all all 127.0.0.0/8 trust'," +
		" 'host replication all 127.0.0.0/8 trust']"
	free := open(t, "dn_0", osUser, "template1")
	run(t, free, "COPY (SELECT unnest("+lines+")) TO '"+node.path+"/pg_hba.conf'")
	run(t, free, "SELECT pg_reload_conf()")
	until(t, "the new pg_hba.conf", func() bool {
		conn, err := dialFrom(node, "antdb_hooks", "wrong")
		if err == nil {
			conn.Close(context.Background())
		}
		return code(err) == "28P01"
	})
	hooks := open(t, "cn_0", "antdb_hooks", "postgres")
	_, err := try(hooks, "CREATE ROLE other")
	if code(err) != "XX000" || !strings.Contains(err.Error(), "reconnect three thimes , fe_sendauth: no password supplied") {
		t.Errorf("CREATE ROLE through the pool: %v", err)
	}
	if _, err := try(hooks, "CREATE TABLE through_pool (a int)"); code(err) != "XX000" || !strings.Contains(err.Error(), "no password supplied") {
		t.Errorf("CREATE TABLE through the pool: %v", err)
	}
	run(t, hooks, "SELECT * FROM pgxc_node")
	conn, err := dialFrom(node, "antdb_hooks", "secret")
	if err != nil {
		t.Fatalf("the right password: %v", err)
	}
	conn.Close(context.Background())
}

// dialFrom comes from an address pg_hba.conf does not trust by itself.
func dialFrom(to *member, user, password string) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig(fmt.Sprintf("host=%s port=%d user=%s password=%s dbname=template1 sslmode=disable", to.address, to.port, user, password))
	if err != nil {
		return nil, err
	}
	config.DialFunc = (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(base + "240")}}).DialContext
	return pgx.ConnectConfig(context.Background(), config)
}
