package pgauth

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgproto3"
)

// Role is what pg_authid says of a user; Verifier is rolpassword (SCRAM-SHA-256$…, md5…, or empty).
type Role struct {
	Exists    bool
	CanLogin  bool
	Superuser bool
	Verifier  string
}

// Lookup finds a role; it is asked after pg_hba.conf let the connection in.
type Lookup func(user string) (Role, error)

// ErrGone says that the client went away in the middle of the exchange.
var ErrGone = errors.New("the client left during authentication")

// Authenticate runs the whole decision and exchange. A nil response means the peer is in (AuthenticationOk is sent, unflushed);
// otherwise it is the FATAL to send. Texts and codes are those of PostgreSQL 11.
func Authenticate(backend *pgproto3.Backend, rules Rules, peer Peer, lookup Lookup) (*pgproto3.ErrorResponse, error) {
	rule, found := rules.Match(peer)
	if !found {
		return Failure("28000", noEntry(peer)), nil
	}
	if rule.Method == "reject" {
		return Failure("28000", rejected(peer)), nil
	}
	role, err := lookup(peer.User)
	if err != nil {
		return nil, err
	}
	refusal, err := exchange(backend, rule, peer, role)
	if refusal != nil || err != nil {
		return refusal, err
	}
	if !role.Exists {
		return Failure("28000", fmt.Sprintf("role \"%s\" does not exist", peer.User)), nil
	}
	if !role.CanLogin {
		return Failure("28000", fmt.Sprintf("role \"%s\" is not permitted to log in", peer.User)), nil
	}
	backend.Send(&pgproto3.AuthenticationOk{})
	return nil, nil
}

// noEntry words a missing entry (auth.c, the build with SSL).
func noEntry(peer Peer) string {
	if peer.Replication {
		return fmt.Sprintf("no pg_hba.conf entry for replication connection from host \"%s\", user \"%s\", SSL off", hostOf(peer), peer.User)
	}
	return fmt.Sprintf("no pg_hba.conf entry for host \"%s\", user \"%s\", database \"%s\", SSL off", hostOf(peer), peer.User, peer.Database)
}

// rejected words an entry whose method is reject.
func rejected(peer Peer) string {
	if peer.Replication {
		return fmt.Sprintf("pg_hba.conf rejects replication connection for host \"%s\", user \"%s\", SSL off", hostOf(peer), peer.User)
	}
	return fmt.Sprintf("pg_hba.conf rejects connection for host \"%s\", user \"%s\", database \"%s\", SSL off", hostOf(peer), peer.User, peer.Database)
}

func hostOf(peer Peer) string {
	if peer.Local {
		return "[local]"
	}
	return peer.IP.String()
}

func exchange(backend *pgproto3.Backend, rule Rule, peer Peer, role Role) (*pgproto3.ErrorResponse, error) {
	failed := Failure("28P01", fmt.Sprintf("password authentication failed for user \"%s\"", peer.User))
	var ok bool
	var err error
	switch rule.Method {
	case "trust", "peer", "ident":
		return nil, nil
	case "password":
		ok, err = plainExchange(backend, peer.User, role.Verifier)
	case "md5", "scram-sha-256":
		// md5 takes SCRAM verifiers too: PostgreSQL then runs SCRAM whatever the word in the file is.
		if rule.Method == "md5" && strings.HasPrefix(role.Verifier, "md5") {
			ok, err = md5Exchange(backend, role.Verifier)
		} else {
			ok, err = scramExchange(backend, role.Verifier)
		}
	default:
		return Failure("28000", fmt.Sprintf("authentication method \"%s\" is not supported by the stand-in", rule.Method)), nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrGone, err)
	}
	if !ok {
		return failed, nil
	}
	return nil, nil
}

func md5Exchange(backend *pgproto3.Backend, verifier string) (bool, error) {
	var salt [4]byte
	rand.Read(salt[:])
	backend.Send(&pgproto3.AuthenticationMD5Password{Salt: salt})
	answer, err := passwordAnswer(backend, pgproto3.AuthTypeMD5Password)
	if err != nil {
		return false, err
	}
	sum := md5.Sum(append([]byte(strings.TrimPrefix(verifier, "md5")), salt[:]...))
	want := "md5" + hex.EncodeToString(sum[:])
	return subtle.ConstantTimeCompare([]byte(answer), []byte(want)) == 1, nil
}

func plainExchange(backend *pgproto3.Backend, user, verifier string) (bool, error) {
	backend.Send(&pgproto3.AuthenticationCleartextPassword{})
	password, err := passwordAnswer(backend, pgproto3.AuthTypeCleartextPassword)
	if err != nil {
		return false, err
	}
	if strings.HasPrefix(verifier, "md5") {
		sum := md5.Sum([]byte(password + user))
		return verifier == "md5"+hex.EncodeToString(sum[:]), nil
	}
	return verifyPlain(password, verifier), nil
}

func passwordAnswer(backend *pgproto3.Backend, kind uint32) (string, error) {
	if err := backend.Flush(); err != nil {
		return "", err
	}
	if err := backend.SetAuthType(kind); err != nil {
		return "", err
	}
	message, err := backend.Receive()
	if err != nil {
		return "", err
	}
	password, ok := message.(*pgproto3.PasswordMessage)
	if !ok {
		return "", fmt.Errorf("expected a password, got %T", message)
	}
	return password.Password, nil
}
