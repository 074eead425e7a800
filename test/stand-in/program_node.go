package main

import (
	"antdb.io/stand-in/internal/agent"
	"antdb.io/stand-in/internal/front"
)

func init() {
	register("postgres", front.Main)
	register("agent", agent.Main)
}
