package command

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"

	"antdb.io/stand-in/internal/catalog"
	"antdb.io/stand-in/internal/grammar"
)

// Result is a command's answer: a bare tag, or rows with the tag SELECT n.
type Result struct {
	Tag     string
	Columns []pgproto3.FieldDescription
	Rows    [][][]byte
}

// Type OIDs of result columns.
const (
	typeBool = 16
	typeName = 19
	typeInt8 = 20
	typeInt4 = 23
	typeText = 25
)

var typeSizes = map[uint32]int16{typeBool: 1, typeName: 64, typeInt8: 8, typeInt4: 4, typeText: -1}

// column describes one result column.
func column(name string, oid uint32) pgproto3.FieldDescription {
	return pgproto3.FieldDescription{Name: []byte(name), DataTypeOID: oid, DataTypeSize: typeSizes[oid], TypeModifier: -1}
}

// The row forms commands share.
var (
	statusColumns = []pgproto3.FieldDescription{column("nodename", typeName), column("status", typeBool), column("description", typeText)}
	mixedColumns  = append([]pgproto3.FieldDescription{column("operation type", typeText)}, statusColumns...)
	hostColumns   = []pgproto3.FieldDescription{column("hostname", typeName), column("status", typeBool), column("description", typeText)}
	cleanColumns  = []pgproto3.FieldDescription{column("nodename", typeName), column("nodetype", typeName), column("status", typeBool), column("description", typeText)}
	sizeColumns   = []pgproto3.FieldDescription{column("nodename", typeName), column("type", typeName), column("port", typeInt4), column("nodepath", typeText), column("nodesize", typeInt8)}
)

func tag(text string, err error) (Result, error) { return Result{Tag: text}, err }

// table collects rows of the given columns.
type table struct{ result Result }

func newTable(columns []pgproto3.FieldDescription) *table {
	return &table{result: Result{Columns: columns}}
}

// add appends one row; values are written as PostgreSQL's text output.
func (t *table) add(values ...any) {
	row := make([][]byte, len(values))
	for index, value := range values {
		row[index] = textOf(value)
	}
	t.result.Rows = append(t.result.Rows, row)
}

func (t *table) done() Result {
	t.result.Tag = "SELECT " + strconv.Itoa(len(t.result.Rows))
	return t.result
}

func textOf(value any) []byte {
	switch value := value.(type) {
	case nil:
		return nil
	case bool:
		if value {
			return []byte("t")
		}
		return []byte("f")
	default:
		return []byte(fmt.Sprint(value))
	}
}

// selectRows runs a query on the catalogs and passes its rows on with their own types.
func selectRows(ctx context.Context, env *Env, query string, args ...any) (Result, error) {
	rows, err := env.Store.Conn.Query(context.WithoutCancel(ctx), query, args...)
	if err != nil {
		return Result{}, err
	}
	defer rows.Close()
	result := Result{Columns: describe(rows)}
	for rows.Next() {
		row := make([][]byte, len(rows.RawValues()))
		for index, value := range rows.RawValues() {
			if value != nil {
				row[index] = append([]byte{}, value...)
			}
		}
		result.Rows = append(result.Rows, row)
	}
	result.Tag = "SELECT " + strconv.Itoa(len(result.Rows))
	return result, rows.Err()
}

func describe(rows pgx.Rows) []pgproto3.FieldDescription {
	columns := []pgproto3.FieldDescription{}
	for _, field := range rows.FieldDescriptions() {
		columns = append(columns, pgproto3.FieldDescription{Name: []byte(field.Name), DataTypeOID: field.DataTypeOID, DataTypeSize: field.DataTypeSize, TypeModifier: field.TypeModifier})
	}
	return columns
}

// Columns says what rows a statement will give, without doing it; nil means none.
func Columns(ctx context.Context, env *Env, statement grammar.Statement) ([]pgproto3.FieldDescription, error) {
	query, args, err := listQuery(ctx, env, statement)
	if err != nil {
		return nil, err
	}
	if query != "" {
		result, err := selectRows(ctx, env, "SELECT * FROM ("+query+") AS q LIMIT 0", args...)
		return result.Columns, err
	}
	switch s := statement.(type) {
	case grammar.ListNodeSize:
		return sizeColumnsOf(s), nil
	case grammar.Agent:
		return agentColumns(s), nil
	case grammar.InitAll:
		return mixedColumns, nil
	case grammar.Power:
		return powerColumns(s), nil
	case grammar.Clean:
		return cleanColumnsOf(s), nil
	case grammar.Deploy:
		return hostColumns, nil
	}
	return moreColumns(statement), nil
}

// describeKind is the kind in words.
func describeKind(kind byte) string { return catalog.KindText(kind) }

// shortKind is the spelling of LIST NODE SIZE and CLEAN ALL: gtm where LIST NODE says gtmcoord.
func shortKind(kind byte) string {
	return strings.Replace(catalog.KindText(kind), "gtmcoord", "gtm", 1)
}

// sizeColumnsOf: PRETTY makes the size a text.
func sizeColumnsOf(s grammar.ListNodeSize) []pgproto3.FieldDescription {
	if !s.Pretty {
		return sizeColumns
	}
	columns := slices.Clone(sizeColumns)
	columns[len(columns)-1] = column("nodesize", typeText)
	return columns
}
