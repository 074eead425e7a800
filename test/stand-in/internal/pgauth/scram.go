package pgauth

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/xdg-go/scram"
)

const mechanism = "SCRAM-SHA-256"

// ParseVerifier reads pg_authid.rolpassword: SCRAM-SHA-256$<iterations>:<salt>$<stored key>:<server key>.
func ParseVerifier(text string) (scram.StoredCredentials, error) {
	var none scram.StoredCredentials
	parts := strings.Split(text, "$")
	if len(parts) != 3 || parts[0] != mechanism {
		return none, fmt.Errorf("not a %s verifier", mechanism)
	}
	iterations, salt, found := strings.Cut(parts[1], ":")
	stored, server, foundKeys := strings.Cut(parts[2], ":")
	count, err := strconv.Atoi(iterations)
	if err != nil || !found || !foundKeys {
		return none, fmt.Errorf("a broken %s verifier", mechanism)
	}
	decoded := make([][]byte, 3)
	for index, field := range []string{salt, stored, server} {
		if decoded[index], err = base64.StdEncoding.DecodeString(field); err != nil {
			return none, fmt.Errorf("a broken %s verifier: %w", mechanism, err)
		}
	}
	return scram.StoredCredentials{
		KeyFactors: scram.KeyFactors{Salt: string(decoded[0]), Iters: count},
		StoredKey:  decoded[1], ServerKey: decoded[2],
	}, nil
}

// scramExchange runs the server's side. A role without a SCRAM verifier is led through the exchange all the same and then
// refused, so that an outsider can't tell which roles exist.
func scramExchange(backend *pgproto3.Backend, verifier string) (bool, error) {
	credentials, doomed := ParseVerifier(verifier)
	if doomed != nil {
		credentials = mockCredentials()
	}
	server, err := scram.SHA256.NewServer(func(string) (scram.StoredCredentials, error) { return credentials, nil })
	if err != nil {
		return false, err
	}
	conversation := server.NewConversation()
	backend.Send(&pgproto3.AuthenticationSASL{AuthMechanisms: []string{mechanism}})
	first, err := saslAnswer(backend, pgproto3.AuthTypeSASL)
	if err != nil {
		return false, err
	}
	challenge, err := conversation.Step(first)
	if err != nil {
		return false, err
	}
	backend.Send(&pgproto3.AuthenticationSASLContinue{Data: []byte(challenge)})
	final, err := saslAnswer(backend, pgproto3.AuthTypeSASLContinue)
	if err != nil {
		return false, err
	}
	proof, err := conversation.Step(final)
	if err != nil || doomed != nil || !conversation.Valid() {
		return false, nil
	}
	backend.Send(&pgproto3.AuthenticationSASLFinal{Data: []byte(proof)})
	return true, nil
}

func saslAnswer(backend *pgproto3.Backend, kind uint32) (string, error) {
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
	switch answer := message.(type) {
	case *pgproto3.SASLInitialResponse:
		if answer.AuthMechanism != mechanism {
			return "", fmt.Errorf("client selected an invalid SASL authentication mechanism")
		}
		return string(answer.Data), nil
	case *pgproto3.SASLResponse:
		return string(answer.Data), nil
	default:
		return "", fmt.Errorf("expected a SASL message, got %T", message)
	}
}

func mockCredentials() scram.StoredCredentials {
	salt := make([]byte, 16)
	rand.Read(salt)
	key := make([]byte, sha256.Size)
	rand.Read(key)
	return scram.StoredCredentials{KeyFactors: scram.KeyFactors{Salt: string(salt), Iters: 4096}, StoredKey: key, ServerKey: key}
}

func verifyPlain(password, verifier string) bool {
	credentials, err := ParseVerifier(verifier)
	if err != nil {
		return false
	}
	salted, err := pbkdf2.Key(sha256.New, password, []byte(credentials.Salt), credentials.Iters, sha256.Size)
	if err != nil {
		return false
	}
	mac := hmac.New(sha256.New, salted)
	mac.Write([]byte("Client Key"))
	stored := sha256.Sum256(mac.Sum(nil))
	return hmac.Equal(stored[:], credentials.StoredKey)
}
