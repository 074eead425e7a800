package main

import (
	"antdb.io/stand-in/internal/initmgr"
	"antdb.io/stand-in/internal/manager"
)

func init() {
	register("initmgr", initmgr.Main)
	register("mgr_ctl", initmgr.Control)
	register("adbmgrd", manager.Main)
}
