// Command engine is the node half of the stand-in alone, for the tests of this package: agent and postgres by executable name.
package main

import (
	"os"
	"path/filepath"

	"antdb.io/stand-in/internal/agent"
	"antdb.io/stand-in/internal/front"
)

func main() {
	if filepath.Base(os.Args[0]) == "agent" {
		os.Exit(agent.Main(os.Args[1:]))
	}
	os.Exit(front.Main(os.Args[1:]))
}
