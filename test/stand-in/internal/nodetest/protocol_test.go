package nodetest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"antdb.io/stand-in/internal/agentrpc"
)

// extended opens a session that uses prepared statements, as most drivers do.
func extended(t *testing.T, node, database string) *pgx.Conn {
	t.Helper()
	one := cluster[node]
	conn, err := pgx.Connect(context.Background(),
		fmt.Sprintf("host=%s port=%d user=%s dbname=%s sslmode=disable", one.address, one.port, osUser, database))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func TestExtendedProtocol(t *testing.T) {
	conn := extended(t, "cn_0", "postgres")
	ctx := context.Background()
	run(t, conn, "CREATE TABLE prepared (id int PRIMARY KEY, v text) DISTRIBUTE BY HASH (id)")
	for i := range 50 {
		if _, err := conn.Exec(ctx, "INSERT INTO prepared VALUES ($1, $2)", i, "v"); err != nil {
			t.Fatal(err)
		}
	}
	batch := &pgx.Batch{}
	for i := range 50 {
		batch.Queue("INSERT INTO prepared VALUES ($1, $2)", 100+i, "v")
	}
	if err := conn.SendBatch(ctx, batch).Close(); err != nil {
		t.Fatal(err)
	}
	copied, err := conn.CopyFrom(ctx, pgx.Identifier{"prepared"}, []string{"id", "v"},
		pgx.CopyFromSlice(500, func(i int) ([]any, error) { return []any{1000 + i, "copied"}, nil }))
	if err != nil || copied != 500 {
		t.Fatalf("COPY: %d %v", copied, err)
	}
	if rows := number(t, conn, "SELECT count(*) FROM prepared"); rows != 600 {
		t.Fatalf("%d rows", rows)
	}
	if tag := run(t, conn, "ALTER NODE dn_0 WITH (PREFERRED = false)"); tag != "ALTER NODE" {
		t.Fatalf("tag %q", tag)
	}
	run(t, conn, "CREATE ROLE by_parse")
	if roles := number(t, open(t, "dn_1", osUser, "postgres"), "SELECT count(*) FROM pg_roles WHERE rolname = 'by_parse'"); roles != 1 {
		t.Error("the role is not on dn_1")
	}
	run(t, conn, "DROP ROLE by_parse")
	run(t, conn, "DROP TABLE prepared")
}

func TestPgbench(t *testing.T) {
	cn := cluster["cn_0"]
	call := func(args ...string) {
		cmd := exec.Command("/usr/lib/postgresql/15/bin/pgbench", append([]string{"-h", cn.address, "-p", fmt.Sprint(cn.port), "-U", osUser}, args...)...)
		if out, err := cmd.CombinedOutput(); err != nil || strings.Contains(string(out), "number of failed transactions: 0") == strings.Contains(args[0], "-i") {
			t.Fatalf("pgbench %v: %v\n%s", args, err, out)
		}
	}
	if _, err := os.Stat("/usr/lib/postgresql/15/bin/pgbench"); err != nil {
		t.Skip("no pgbench here")
	}
	call("-i", "-q", "-I", "dtG", "postgres") // COPY goes row by row in PostgreSQL 15, 100,000 of them take their time
	call("-c", "4", "-t", "20", "postgres")
	conn := open(t, "cn_1", osUser, "postgres")
	if rows := number(t, conn, "SELECT count(*) FROM pgbench_history"); rows != 80 {
		t.Errorf("%d of 80 transactions left a row", rows)
	}
	run(t, conn, "DROP TABLE pgbench_history, pgbench_accounts, pgbench_tellers, pgbench_branches")
}

func TestPauseHoldsOtherSessionsBack(t *testing.T) {
	pauser, writer := open(t, "cn_0", osUser, "postgres"), open(t, "cn_1", osUser, "postgres")
	run(t, writer, "CREATE TABLE paused (id int)")
	run(t, pauser, "SELECT pg_pause_cluster()")
	began, done := time.Now(), make(chan error, 1)
	go func() { _, err := try(writer, "INSERT INTO paused VALUES (1)"); done <- err }()
	time.Sleep(time.Second)
	run(t, pauser, "SELECT pg_unpause_cluster()")
	if err := <-done; err != nil || time.Since(began) < time.Second {
		t.Fatalf("after %v: %v", time.Since(began), err)
	}
	run(t, writer, "DROP TABLE paused")
}

func TestWaitingStatementCanBeCancelled(t *testing.T) {
	pauser := open(t, "cn_0", osUser, "postgres")
	run(t, pauser, "SELECT pg_pause_cluster()")
	defer run(t, pauser, "SELECT pg_unpause_cluster()")
	conn := open(t, "cn_1", osUser, "postgres")
	time.AfterFunc(300*time.Millisecond, func() { _ = conn.PgConn().CancelRequest(context.Background()) })
	if _, err := try(conn, "SELECT 1"); code(err) != "57014" {
		t.Fatalf("%v", err)
	}
}

func TestStandbyIsPointedByItsRecoveryConf(t *testing.T) {
	master, standby := cluster["dn_0"], cluster["ds_0"]
	conn := open(t, "ds_0", osUser, "template1")
	conninfo := fmt.Sprintf("host=%s port=%d user=%s application_name=ds_0 connect_timeout=3", master.address, master.port, osUser)
	run(t, conn, "COPY (SELECT unnest(ARRAY['standby_mode = on', 'recovery_target_timeline = latest', 'primary_conninfo = ''"+conninfo+"''']))"+
		" TO '"+standby.path+"/recovery.conf'")
	var content string
	if err := conn.QueryRow(context.Background(), "SELECT pg_read_file('recovery.conf')").Scan(&content); err != nil || !strings.Contains(content, conninfo) {
		t.Fatalf("%v %q", err, content)
	}
	tell(t, "ds_0", agentrpc.Request{Op: agentrpc.OpStop, Mode: "fast", Wait: true})
	tell(t, "ds_0", agentrpc.Request{Op: agentrpc.OpStart, Wait: true})
	watch := open(t, "ds_0", osUser, "template1")
	until(t, "it streams as told", func() bool {
		return number(t, watch, "SELECT count(*) FROM pg_stat_wal_receiver WHERE status = 'streaming' AND conninfo LIKE '%connect_timeout=3%'") == 1
	})
}
