// Command stand-in is every executable of the stand-in engine in one static binary: it acts as the name it was called by
// (a symlink adbmgrd → stand-in), or as its first argument.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// program runs with the arguments after its name and returns the exit code.
type program func(args []string) int

// programs by executable name; the program_*.go files fill it.
var programs = map[string]program{}

func register(name string, run program) { programs[name] = run }

func main() { os.Exit(dispatch(os.Args)) }

func dispatch(argv []string) int {
	if run, ok := programs[filepath.Base(argv[0])]; ok {
		return run(argv[1:])
	}
	if len(argv) > 1 {
		if run, ok := programs[argv[1]]; ok {
			return run(argv[2:])
		}
	}
	names := make([]string, 0, len(programs))
	for name := range programs {
		names = append(names, name)
	}
	slices.Sort(names)
	fmt.Fprintf(os.Stderr, "stand-in: call me as one of %s\n", strings.Join(names, ", "))
	return 1
}
