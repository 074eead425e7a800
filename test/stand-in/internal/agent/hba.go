package agent

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// The real agent reads the whole pg_hba.conf with a scanner of its own before it adds to it: addresses are IP/mask literals only.
// Host names, samenet, samehost and the word all end in an error, and every later update of that file fails too.

func hbaPath(c *call) string { return filepath.Join(c.Path, "pg_hba.conf") }

func readHba(c *call) ([]string, error) {
	raw, err := os.ReadFile(hbaPath(c))
	if err != nil {
		return nil, fmt.Errorf("could not find: %s", hbaPath(c))
	}
	lines := strings.Split(strings.TrimRight(string(raw), "\n"), "\n")
	for i, line := range lines {
		if column, bad := scanHba(line); bad {
			return nil, fmt.Errorf("syntax error on file \"%s\" line %d column %d", hbaPath(c), i+1, column)
		}
	}
	return lines, nil
}

// scanHba checks one line and returns the column of what the scanner can't take.
func scanHba(line string) (column int, bad bool) {
	before, _, _ := strings.Cut(line, "#")
	fields := strings.Fields(before)
	if len(fields) == 0 {
		return 0, false
	}
	minimum := 5
	switch strings.ToLower(fields[0]) {
	case "local":
		minimum = 4
	case "host", "hostssl", "hostnossl":
	default:
		return strings.Index(line, fields[0]), true
	}
	if len(fields) < minimum {
		return len(before), true
	}
	if minimum == 5 && !isAddress(fields[3]) {
		return strings.Index(line, fields[3]), true
	}
	return 0, false
}

func isAddress(field string) bool {
	address, mask, found := strings.Cut(field, "/")
	ip := net.ParseIP(address)
	bits, err := strconv.Atoi(mask)
	return found && ip != nil && err == nil && bits >= 0 && (bits <= 32 || ip.To4() == nil && bits <= 128)
}

func normal(line string) string {
	before, _, _ := strings.Cut(line, "#")
	return strings.Join(strings.Fields(before), " ")
}

// hbaAdd appends the lines the file does not have yet.
func hbaAdd(c *call) (string, error) {
	lines, err := readHba(c)
	if err != nil {
		return "", err
	}
	have := map[string]bool{}
	for _, line := range lines {
		have[normal(line)] = true
	}
	for _, line := range c.Append {
		if key := normal(line); !have[key] {
			have[key] = true
			lines = append(lines, strings.Join(strings.Fields(line), "    "))
		}
	}
	return c.storeHba(lines)
}

// hbaDrop takes lines out.
func hbaDrop(c *call) (string, error) {
	lines, err := readHba(c)
	if err != nil {
		return "", err
	}
	unwanted := map[string]bool{}
	for _, line := range c.Append {
		unwanted[normal(line)] = true
	}
	return c.storeHba(slices.DeleteFunc(lines, func(line string) bool { return unwanted[normal(line)] && normal(line) != "" }))
}

// hbaShow lists the entries.
func hbaShow(c *call) (string, error) {
	lines, err := readHba(c)
	if err != nil {
		return "", err
	}
	return strings.Join(slices.DeleteFunc(lines, func(line string) bool { return normal(line) == "" }), "\n"), nil
}

func (c *call) storeHba(lines []string) (string, error) {
	if err := replaceFile(hbaPath(c), strings.Join(lines, "\n")+"\n"); err != nil {
		return "", err
	}
	if c.Reload {
		_, _ = execute("pg_ctl", "reload", "-D", c.Path)
	}
	return "success", nil
}
