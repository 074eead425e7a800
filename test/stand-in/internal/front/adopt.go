package front

import (
	"context"
	"slices"
	"sync"
)

// adopted remembers which (database, role) pairs this coordinator has prepared: a database made from template1 has servers that carry
// template1's name, a new role has no way to the other nodes yet. Done at the first log-in, whatever way they came into being.
type adopted struct {
	node  *node
	mutex sync.Mutex
	done  map[[2]string]bool
}

func (a *adopted) ensure(database, role string) error {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if a.done[[2]string{database, role}] {
		return nil
	}
	rows, err := a.node.control.query("SELECT antdb.is_coordinator() AND NOT pg_catalog.pg_is_in_recovery()"+
		" AND EXISTS (SELECT FROM pg_catalog.pg_database WHERE datallowconn AND datname = $1)", database)
	if err != nil || string(rows[0][0]) != "t" {
		return err
	}
	if err := a.node.runIn(database, "CALL antdb.adopt_database()"); err != nil {
		return err
	}
	if a.done == nil {
		a.done = map[[2]string]bool{}
	}
	a.done[[2]string{database, role}] = true
	return nil
}

func (a *adopted) forget() {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.done = nil
}

// prepare undoes what would stand in the way of a statement on roles: a role can't be dropped while it has user mappings.
func (n *node) prepare(one step) error {
	if !slices.Contains([]string{"role", "user", "group", "database"}, one.word(1)) {
		return nil
	}
	n.adopted.forget()
	if one.word(0) != "drop" || one.word(1) == "database" {
		return nil
	}
	databases, err := n.control.query("SELECT datname FROM pg_catalog.pg_database WHERE datallowconn ORDER BY datname")
	if err != nil {
		return err
	}
	for _, piece := range one.tokens[2:] {
		if piece.kind == mark || piece.is("if") || piece.is("exists") {
			continue
		}
		for _, row := range databases {
			if err := n.runIn(string(row[0]), "CALL antdb.unmap_role("+literal(piece.text)+")"); err != nil {
				return err
			}
		}
	}
	return nil
}

// runIn runs a statement as superuser in one database, committed on its own.
func (n *node) runIn(database, sql string) error {
	ctx := context.Background()
	conn, err := n.connectServer(ctx, database)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, sql).ReadAll()
	return err
}
