// Package nodesql holds the SQL that makes a stock PostgreSQL database behave as an AntDB node's: its catalog, what it does with
// DDL, how tables are spread. It is installed into template1 when a node is initialised, so every database has it.
package nodesql

import (
	"embed"
	"strings"
)

//go:embed sql/*.sql
var files embed.FS

// Script returns all of it in order, as one multi-statement text. It holds no blank line, so that `postgres --single -j`, which
// ends a statement at a semicolon and an empty line, takes it in one piece.
func Script() string {
	entries, err := files.ReadDir("sql")
	if err != nil {
		panic(err) // embedded at build time
	}
	var script strings.Builder
	for _, entry := range entries {
		text, err := files.ReadFile("sql/" + entry.Name())
		if err != nil {
			panic(err)
		}
		for _, line := range strings.Split(string(text), "\n") {
			if strings.TrimSpace(line) != "" {
				script.WriteString(line + "\n")
			}
		}
	}
	return script.String()
}
