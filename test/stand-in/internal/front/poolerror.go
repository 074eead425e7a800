package front

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// What a client is told when its node can't reach another one: AntDB's pool quotes libpq 11.

const noPassword = "fe_sendauth: no password supplied"

// asResponse turns an error of a session to another node into what the client gets.
func asResponse(to address, err error) *pgproto3.ErrorResponse {
	var answer *pgconn.PgError
	var connecting *pgconn.ConnectError
	switch {
	case errors.As(err, &connecting) && errors.As(err, &answer):
		if answer.Code == "28P01" { // asked for a password, and the pool has none
			return poolFailure(noPassword)
		}
		return poolFailure("FATAL:  " + answer.Message)
	case errors.As(err, &answer):
		return &pgproto3.ErrorResponse{
			Severity: "ERROR", SeverityUnlocalized: "ERROR", Code: answer.Code, Message: answer.Message,
			Detail: answer.Detail, Hint: answer.Hint, Where: fmt.Sprintf("node \"%s\"", to.name),
		}
	case strings.Contains(err.Error(), "connection refused"):
		return poolFailure(refused(to.host, to.port))
	}
	return poolFailure("could not connect to server: " + rootCause(err).Error())
}

func refused(host, port string) string {
	return fmt.Sprintf("could not connect to server: Connection refused\n\tIs the server running on host \"%s\" and accepting\n"+
		"\tTCP/IP connections on port %s?", host, port)
}

// poolFailure is the pool's sentence (sic).
func poolFailure(cause string) *pgproto3.ErrorResponse {
	return failure("XX000", "error message from poolmgr:reconnect three thimes , "+cause+"\n")
}

// libpq15 matches how libpq 15 begins: connection to server at "H" (A), port P failed: ….
var libpq15 = regexp.MustCompile(`(?s)^connection to server at "([^"]*)"(?: \([^)]*\))?, port (\d+) failed: (.*)$`)

// likePool rewords postgres_fdw's and dblink's failure to connect; nil when the error is another one.
func likePool(message *pgproto3.ErrorResponse) *pgproto3.ErrorResponse {
	if message.Code != "08001" {
		return nil
	}
	cause := strings.TrimSpace(message.Detail)
	if parts := libpq15.FindStringSubmatch(cause); parts != nil {
		cause = parts[3]
		if strings.Contains(cause, "Connection refused") {
			cause = refused(parts[1], parts[2])
		}
	}
	return poolFailure(cause)
}
