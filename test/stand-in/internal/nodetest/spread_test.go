package nodetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// open gives a session that ends with the test.
func open(t *testing.T, node, user, database string) *pgx.Conn {
	t.Helper()
	conn, err := cluster[node].dial(user, database)
	if err != nil {
		t.Fatalf("%s: %v", node, err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func run(t *testing.T, conn *pgx.Conn, sql string) string {
	t.Helper()
	tag, err := try(conn, sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return tag
}

func try(conn *pgx.Conn, sql string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	tag, err := conn.Exec(ctx, sql)
	return tag.String(), err
}

func number(t *testing.T, conn *pgx.Conn, sql string) (value int64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := conn.QueryRow(ctx, sql).Scan(&value); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return value
}

// code is the SQLSTATE of an error.
func code(err error) string {
	var answer *pgconn.PgError
	if errors.As(err, &answer) {
		return answer.Code
	}
	return ""
}

func TestRowsAreSpreadAndSeenFromTheOtherCoordinator(t *testing.T) {
	first, second := open(t, "cn_0", osUser, "postgres"), open(t, "cn_1", osUser, "postgres")
	run(t, first, "CREATE TABLE spread (id int PRIMARY KEY, v text)")
	began := time.Now()
	if tag := run(t, first, "INSERT INTO spread SELECT g, 'row ' || g FROM generate_series(1, 10000) g"); tag != "INSERT 0 10000" {
		t.Fatalf("tag %q", tag)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("10000 rows took %v", took)
	}
	if sum := number(t, second, "SELECT sum(id) FROM spread"); sum != 50005000 {
		t.Fatalf("sum %d", sum)
	}
	zero := number(t, open(t, "dn_0", osUser, "postgres"), "SELECT count(*) FROM spread")
	one := number(t, open(t, "dn_1", osUser, "postgres"), "SELECT count(*) FROM spread")
	if zero+one != 10000 || zero < 4000 || one < 4000 {
		t.Fatalf("%d and %d rows", zero, one)
	}
	if direct := number(t, second, "EXECUTE DIRECT ON (dn_0) 'SELECT count(*) FROM public.spread'"); direct != zero {
		t.Fatalf("EXECUTE DIRECT says %d, dn_0 %d", direct, zero)
	}
	per := number(t, second, "SELECT c.n FROM (SELECT xc_node_id, count(*) n FROM spread GROUP BY 1) c"+
		" JOIN pgxc_node n ON n.node_id = c.xc_node_id WHERE n.node_name = 'dn_1'")
	if per != one {
		t.Fatalf("xc_node_id says %d, dn_1 %d", per, one)
	}
	_, err := try(first, "INSERT INTO spread VALUES (1, 'again')")
	if code(err) != "23505" {
		t.Fatalf("a repeated key: %v", err)
	}
	run(t, second, "DROP TABLE spread")
	if _, err := try(first, "SELECT * FROM spread"); code(err) != "42P01" {
		t.Fatalf("after DROP on the other coordinator: %v", err)
	}
}

func TestApplicationRoleAndDatabaseWorkOnEveryCoordinator(t *testing.T) {
	admin := open(t, "cn_0", osUser, "postgres")
	run(t, admin, "CREATE ROLE app LOGIN PASSWORD 'secret'")
	run(t, admin, "CREATE DATABASE app OWNER app")
	app, other := open(t, "cn_0", "app", "app"), open(t, "cn_1", "app", "app")
	run(t, app, "CREATE TABLE item (id serial, name varchar(20) NOT NULL DEFAULT 'x', price numeric) DISTRIBUTE BY HASH (id)")
	run(t, app, "INSERT INTO item (price) SELECT g FROM generate_series(1, 500) g")
	run(t, other, "INSERT INTO item (price) SELECT g FROM generate_series(1, 500) g")
	if distinct := number(t, app, "SELECT count(DISTINCT id) FROM item"); distinct != 1000 {
		t.Fatalf("%d distinct serial numbers of 1000", distinct)
	}
	run(t, app, "CREATE SEQUENCE counter")
	run(t, other, "SELECT setval('counter', 100)")
	if a, b := number(t, app, "SELECT nextval('counter')"), number(t, other, "SELECT nextval('counter')"); a == b || a < 101 || b < 101 {
		t.Errorf("the sequence gave %d and %d", a, b)
	}
	if a, b := number(t, app, "SELECT nextval('counter')"), number(t, app, "SELECT currval('counter')"); a != b {
		t.Errorf("nextval %d, currval %d", a, b)
	}
	run(t, other, "ALTER TABLE item ADD COLUMN extra int DEFAULT 7; CREATE INDEX item_price ON item (price)")
	if sum := number(t, app, "SELECT sum(extra) FROM item"); sum != 7000 {
		t.Fatalf("sum %d", sum)
	}
	run(t, app, "CREATE TABLE copy AS SELECT id, name FROM item")
	run(t, app, "ALTER TABLE copy RENAME TO renamed")
	if rows := number(t, other, "SELECT count(*) FROM renamed"); rows != 1000 {
		t.Fatalf("%d rows", rows)
	}
	if _, err := try(app, "CREATE ROLE mine"); code(err) != "42501" {
		t.Fatalf("a role made by app: %v", err)
	}
	if _, err := try(app, "EXECUTE DIRECT ON (dn_0) 'SELECT 1'"); code(err) != "42501" {
		t.Fatalf("EXECUTE DIRECT by app: %v", err)
	}
	if _, err := try(open(t, "dn_0", "app", "app"), "CREATE TABLE no (a int)"); code(err) != "25006" {
		t.Fatalf("DDL on a datanode: %v", err)
	}
}

func TestDdlRollsBackEverywhere(t *testing.T) {
	first, second := open(t, "cn_0", osUser, "postgres"), open(t, "cn_1", osUser, "postgres")
	for _, sql := range []string{"BEGIN", "CREATE TABLE undone (a int)", "INSERT INTO undone VALUES (1)", "ROLLBACK"} {
		run(t, first, sql)
	}
	run(t, second, "CREATE TABLE undone (a int)")
	run(t, first, "DROP TABLE undone")
	if _, err := try(first, "CREATE TABLE half (a int); SELECT 1/0"); code(err) != "22012" {
		t.Fatalf("%v", err)
	}
	run(t, second, "CREATE TABLE half (a int); DROP TABLE half")
}

func TestReplicatedTableIsWholeOnEachDatanode(t *testing.T) {
	conn := open(t, "cn_0", osUser, "postgres")
	run(t, conn, "CREATE TABLE whole (k int, v text) DISTRIBUTE BY REPLICATION")
	run(t, conn, "INSERT INTO whole VALUES (1, 'a'), (2, 'b'), (3, 'c')")
	run(t, conn, "UPDATE whole SET v = 'z' WHERE k = 2")
	run(t, conn, "DELETE FROM whole WHERE k = 1")
	for _, node := range []string{"dn_0", "dn_1"} {
		if rows := number(t, open(t, node, osUser, "postgres"), "SELECT count(*) FROM whole WHERE v IN ('z', 'c')"); rows != 2 {
			t.Errorf("%s has %d rows", node, rows)
		}
	}
	run(t, conn, "DROP TABLE whole")
}

func TestTableMovesBetweenDatanodes(t *testing.T) {
	first, second := open(t, "cn_0", osUser, "postgres"), open(t, "cn_1", osUser, "postgres")
	run(t, first, "CREATE TABLE moved (id int PRIMARY KEY, v text)")
	run(t, first, "INSERT INTO moved SELECT g, 'x' FROM generate_series(1, 300) g")
	if tag := run(t, second, "ALTER TABLE moved DELETE NODE (dn_1)"); tag != "ALTER TABLE" {
		t.Fatalf("tag %q", tag)
	}
	if rows := number(t, open(t, "dn_0", osUser, "postgres"), "SELECT count(*) FROM moved"); rows != 300 {
		t.Fatalf("dn_0 has %d of 300 rows", rows)
	}
	run(t, first, "ALTER TABLE moved ADD NODE (dn_1)")
	if rows := number(t, open(t, "dn_1", osUser, "postgres"), "SELECT count(*) FROM moved"); rows < 100 {
		t.Fatalf("dn_1 has %d rows", rows)
	}
	if rows := number(t, second, "SELECT count(*) FROM moved"); rows != 300 {
		t.Fatalf("%d rows", rows)
	}
	run(t, second, "DROP TABLE moved")
}
