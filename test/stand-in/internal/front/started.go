package front

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

var ownLine = regexp.MustCompile(`(?i)^\s*antdb\.([a-z_]+)\s*=?\s*'?([^'#]*)'?`)

// noteStart writes down what postgresql.conf says of AntDB's own parameters as the server starts: the server takes a change of any of them
// at a reload, AntDB of some only at the next start.
func noteStart(dir string) error {
	raw, err := os.ReadFile(filepath.Join(dir, "postgresql.conf"))
	if err != nil {
		return nil // the server says what is wrong with it
	}
	values := map[string]string{}
	for _, line := range strings.Split(string(raw), "\n") {
		if found := ownLine.FindStringSubmatch(line); found != nil {
			values[strings.ToLower(found[1])] = strings.TrimSpace(found[2])
		}
	}
	var text strings.Builder
	for name, value := range values {
		fmt.Fprintf(&text, "%s=%s\n", name, value)
	}
	return os.WriteFile(filepath.Join(dir, "antdb.started"), []byte(text.String()), 0o600)
}
