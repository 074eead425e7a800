package pgauth

import (
	"net"

	"github.com/jackc/pgx/v5/pgproto3"
)

// ReadStartup answers SSL and GSS requests with a plain no, and returns the StartupMessage or CancelRequest that follows.
func ReadStartup(backend *pgproto3.Backend, conn net.Conn) (pgproto3.FrontendMessage, error) {
	for {
		message, err := backend.ReceiveStartupMessage()
		if err != nil {
			return nil, err
		}
		switch message.(type) {
		case *pgproto3.SSLRequest, *pgproto3.GSSEncRequest:
			if _, err := conn.Write([]byte{'N'}); err != nil {
				return nil, err
			}
		default:
			return message, nil
		}
	}
}

// PeerOf describes a connection and what its StartupMessage asks for.
func PeerOf(conn net.Conn, parameters map[string]string) Peer {
	peer := Peer{User: parameters["user"], Database: parameters["database"]}
	if peer.Database == "" {
		peer.Database = peer.User
	}
	switch parameters["replication"] {
	case "true", "on", "yes", "1":
		peer.Replication = true
	}
	switch address := conn.RemoteAddr().(type) {
	case *net.TCPAddr:
		peer.IP = address.IP
	default:
		peer.Local = true
	}
	return peer
}

// Failure makes the FATAL ErrorResponse a refused connection ends with.
func Failure(code, message string) *pgproto3.ErrorResponse {
	return &pgproto3.ErrorResponse{Severity: "FATAL", SeverityUnlocalized: "FATAL", Code: code, Message: message}
}
