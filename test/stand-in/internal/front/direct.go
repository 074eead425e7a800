package front

import (
	"fmt"
	"regexp"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// runDirect sends a statement to one node and its rows to the client (EXECUTE DIRECT).
func (s *session) runDirect(one step) error {
	if !s.role.Superuser {
		return s.fail(failure("42501", "must be superuser to use EXECUTE DIRECT"))
	}
	if s.answers.settle() == 'T' {
		return s.runServer(insideTransaction(one))
	}
	to, refusal := s.addressOf(one.direct)
	if refusal != nil {
		return s.fail(refusal)
	}
	conn, err := s.node.connectNode(s.context(), to, s.user(), s.database())
	if err != nil {
		return s.fail(asResponse(to, err))
	}
	defer conn.Close(s.context())
	result := conn.Exec(s.context(), one.sql)
	for result.NextResult() {
		if err := s.passResult(result.ResultReader()); err != nil {
			return err
		}
	}
	if err := result.Close(); err != nil {
		return s.fail(asResponse(to, err))
	}
	return nil
}

var columnAlias = regexp.MustCompile(`(?i)\bas\s+(\w+)\s+from\b`)

// insideTransaction asks over the connection the transaction has to that node: one column, as text.
func insideTransaction(one step) string {
	name := "answer"
	if found := columnAlias.FindStringSubmatch(one.sql); found != nil {
		name = found[1]
	}
	return fmt.Sprintf("SELECT (SELECT value FROM json_each_text(line::json) LIMIT 1) AS %s FROM antdb.ask_inside(%s, %s) line",
		name, literal(one.direct), literal(one.sql))
}

// addressOf looks a node up in pgxc_node.
func (s *session) addressOf(name string) (address, *pgproto3.ErrorResponse) {
	list, err := s.node.control.query("SELECT node_host, node_port FROM antdb.node WHERE node_name = $1::name", name)
	if err != nil {
		return address{}, asResponse(s.node.itself(), err)
	}
	if len(list) == 0 {
		return address{}, failure("42704", fmt.Sprintf("PGXC Node %s: object not defined", name))
	}
	return address{name, string(list[0][0]), string(list[0][1])}, nil
}

// runOn carries out a statement on nodes in the places its ON clause names.
func (s *session) runOn(one step) error {
	here := false
	for _, name := range one.on {
		told, err := s.node.gtm()
		if err != nil {
			return s.fail(asResponse(s.node.itself(), err))
		}
		if name == told.self {
			here = true
			continue
		}
		if refusal := s.runAt(name, one.sql); refusal != nil {
			return s.fail(refusal)
		}
	}
	if here {
		s.retagFor(one)
		return s.runServer(one.sql)
	}
	return s.answers.say(&pgproto3.CommandComplete{CommandTag: []byte(one.tag)})
}

func (s *session) runAt(name, sql string) *pgproto3.ErrorResponse {
	to, refusal := s.addressOf(name)
	if refusal != nil {
		return refusal
	}
	conn, err := s.node.connectNode(s.context(), to, s.user(), s.database())
	if err != nil {
		return asResponse(to, err)
	}
	defer conn.Close(s.context())
	if _, err := conn.Exec(s.context(), sql).ReadAll(); err != nil {
		return asResponse(to, err)
	}
	return nil
}

func (s *session) passResult(reader *pgconn.ResultReader) error {
	fields := reader.FieldDescriptions()
	if len(fields) > 0 {
		description := &pgproto3.RowDescription{}
		for _, field := range fields {
			description.Fields = append(description.Fields, pgproto3.FieldDescription{
				Name: []byte(field.Name), DataTypeOID: field.DataTypeOID, DataTypeSize: field.DataTypeSize,
				TypeModifier: field.TypeModifier, Format: field.Format,
			})
		}
		if err := s.answers.say(description); err != nil {
			return err
		}
	}
	for reader.NextRow() {
		if err := s.answers.say(&pgproto3.DataRow{Values: reader.Values()}); err != nil {
			return err
		}
	}
	tag, err := reader.Close()
	if err != nil {
		return nil // result.Close reports it
	}
	return s.answers.say(&pgproto3.CommandComplete{CommandTag: []byte(tag.String())})
}
