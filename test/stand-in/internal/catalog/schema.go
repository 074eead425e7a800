// Package catalog is the manager's memory: the mgr_* tables of a real PostgreSQL and what the manager reads and writes in them.
package catalog

import _ "embed"

// Schema makes the mgr_* tables and the adbmgr views, one statement a paragraph (the form postgres --single -j reads). The tables
// are per database, as the real catalogs are: it runs in template1 before any other database exists. A real 5.0 table has a hidden
// oid; here oid is the last column, so that positions before it agree.
//
//go:embed schema.sql
var Schema string
