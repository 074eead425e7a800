package pgauth

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// scramVerifier is the verifier PostgreSQL stores for the password "secret" (CREATE ROLE … PASSWORD, 4096 iterations).
const scramVerifier = "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$bpq6mgw3iSqp1KV8rJl0GL6U7zFUFmok4g9ad338qAA=:0lCV+0qJolGHhrHx1tm7nVErmY0Neq9ZEJyq74xtC8g="

func serve(t *testing.T, hba string, role Role) string {
	t.Helper()
	rules, err := Parse(strings.NewReader(hba))
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go greet(conn, rules, role)
		}
	}()
	return listener.Addr().String()
}

func greet(conn net.Conn, rules Rules, role Role) {
	defer conn.Close()
	backend := pgproto3.NewBackend(conn, conn)
	message, err := ReadStartup(backend, conn)
	if err != nil {
		return
	}
	startup := message.(*pgproto3.StartupMessage)
	refusal, err := Authenticate(backend, rules, PeerOf(conn, startup.Parameters), func(string) (Role, error) { return role, nil })
	if err != nil {
		return
	}
	if refusal != nil {
		backend.Send(refusal)
	} else {
		backend.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
	}
	backend.Flush()
	backend.Receive()
}

func md5Of(user, password string) string {
	sum := md5.Sum([]byte(password + user))
	return "md5" + hex.EncodeToString(sum[:])
}

func TestAuthenticate(t *testing.T) {
	login := Role{Exists: true, CanLogin: true}
	with := func(verifier string) Role { return Role{Exists: true, CanLogin: true, Verifier: verifier} }
	cases := []struct {
		name, hba, password string
		role                Role
		code, message       string
	}{
		{"trust", "host all all all trust", "", login, "", ""},
		{"trust of nobody", "host all all all trust", "", Role{}, "28000", `role "bob" does not exist`},
		{"no login", "host all all all trust", "", Role{Exists: true}, "28000", `role "bob" is not permitted to log in`},
		{"no entry", "local all all trust", "", login, "28000", `no pg_hba.conf entry for host "127.0.0.1", user "bob", database "app", SSL off`},
		{"reject", "host all all all reject", "", login, "28000", `pg_hba.conf rejects connection for host "127.0.0.1", user "bob", database "app", SSL off`},
		{"md5 verifier", "host all all all md5", "secret", with(md5Of("bob", "secret")), "", ""},
		{"md5 wrong", "host all all all md5", "wrong", with(md5Of("bob", "secret")), "28P01", `password authentication failed for user "bob"`},
		{"md5 with SCRAM verifier", "host all all all md5", "secret", with(scramVerifier), "", ""},
		{"scram", "host all all all scram-sha-256", "secret", with(scramVerifier), "", ""},
		{"scram wrong", "host all all all scram-sha-256", "wrong", with(scramVerifier), "28P01", `password authentication failed for user "bob"`},
		{"scram without verifier", "host all all all scram-sha-256", "secret", login, "28P01", `password authentication failed for user "bob"`},
		{"password", "host all all all password", "secret", with(scramVerifier), "", ""},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			address := serve(t, test.hba, test.role)
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			conn, err := pgconn.Connect(ctx, "postgres://bob:"+test.password+"@"+address+"/app?sslmode=disable")
			if conn != nil {
				conn.Close(ctx)
			}
			var refused *pgconn.PgError
			switch {
			case test.code == "" && err != nil:
				t.Fatal(err)
			case test.code != "" && (!errors.As(err, &refused) || refused.Code != test.code || refused.Message != test.message):
				t.Fatalf("got %v, want %s %s", err, test.code, test.message)
			}
		})
	}
}
