// Package stock knows where the stock PostgreSQL behind the stand-in and the shared files in front of it are.
package stock

import (
	"cmp"
	"os"
	"path/filepath"
)

// Program is the path of one of PostgreSQL's executables; STAND_IN_PGBIN overrides Debian's folder.
func Program(name string) string {
	return filepath.Join(cmp.Or(os.Getenv("STAND_IN_PGBIN"), "/usr/lib/postgresql/15/bin"), name)
}

// Share is the folder of pg_hba.conf.sample, which the chart mounts its own over; STAND_IN_SHARE overrides it.
func Share() string { return cmp.Or(os.Getenv("STAND_IN_SHARE"), "/opt/app/antdb/share/postgresql") }

// Home is AntDB's installation folder: what ADD HOST records as adbhome by default.
func Home() string { return filepath.Dir(filepath.Dir(Share())) }
