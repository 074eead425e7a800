package catalog

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Param is a row of mgr_updateparm. Node is * for all of a kind; Kind one of the kinds or a group letter.
type Param struct {
	Node  string
	Kind  byte
	Key   string
	Value string
}

// Params reads mgr_updateparm.
func (s Store) Params(ctx context.Context) ([]Param, error) {
	rows, err := s.Conn.Query(context.WithoutCancel(ctx), `SELECT updateparmnodename::text, updateparmnodetype::text, updateparmkey::text, coalesce(updateparmvalue, '')
		FROM pg_catalog.mgr_updateparm`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Param, error) {
		var param Param
		var kind string
		err := row.Scan(&param.Node, &kind, &param.Key, &param.Value)
		if kind != "" {
			param.Kind = kind[0]
		}
		return param, err
	})
}

// PutParam replaces the row of the same node, kind and key.
func (s Store) PutParam(ctx context.Context, param Param) error {
	if err := s.DropParam(ctx, param); err != nil {
		return err
	}
	return s.Exec(ctx, `INSERT INTO pg_catalog.mgr_updateparm VALUES ($1, $2::text::"char", $3, $4)`, param.Node, string(param.Kind), param.Key, param.Value)
}

// SharedParam is what the row for all nodes of the same sort says of the key.
func (s Store) SharedParam(ctx context.Context, param Param) (string, bool, error) {
	group := map[byte]string{'g': "G", 'p': "G", 'c': "C", 's': "C", 'd': "D", 'b': "D"}[param.Kind]
	params, err := s.Params(ctx)
	if err != nil {
		return "", false, err
	}
	for _, other := range params {
		if other.Node == "*" && string(other.Kind) == group && other.Key == param.Key {
			return other.Value, true, nil
		}
	}
	return "", false, nil
}

// DropParam deletes the row of the node, kind and key.
func (s Store) DropParam(ctx context.Context, param Param) error {
	return s.Exec(ctx, `DELETE FROM pg_catalog.mgr_updateparm WHERE updateparmnodename = $1 AND updateparmnodetype = $2::text::"char" AND updateparmkey = $3`,
		param.Node, string(param.Kind), param.Key)
}

// DropShadowed deletes single nodes' rows of a key that a row for all nodes of the kinds now covers.
func (s Store) DropShadowed(ctx context.Context, param Param, kinds string) error {
	return s.Exec(ctx, `DELETE FROM pg_catalog.mgr_updateparm WHERE updateparmkey = $1 AND strpos($2, updateparmnodetype::text) > 0`, param.Key, kinds)
}

// Known is what mgr_parm says of a parameter.
type Known struct{ Name, Context, Type, Min, Max, Enum string }

// KnownParam looks a parameter up in mgr_parm.
func (s Store) KnownParam(ctx context.Context, name string) (Known, bool, error) {
	rows, err := s.Conn.Query(context.WithoutCancel(ctx), `SELECT parmname::text, parmcontext::text, parmvartype::text, coalesce(parmminval, ''), coalesce(parmmaxval, ''),
		coalesce(parmenumval, '') FROM pg_catalog.mgr_parm WHERE parmname = $1 LIMIT 1`, name)
	if err != nil {
		return Known{}, false, err
	}
	known, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Known])
	if err != nil || len(known) == 0 {
		return Known{}, false, err
	}
	return known[0], true, nil
}

// HbaLines reads mgr_hba's rows of one node.
func (s Store) HbaLines(ctx context.Context, node string) ([]string, error) {
	rows, err := s.Conn.Query(context.WithoutCancel(ctx), `SELECT hbavalue FROM pg_catalog.mgr_hba WHERE nodename = $1`, node)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}
