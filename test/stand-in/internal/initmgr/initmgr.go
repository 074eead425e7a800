// Package initmgr makes a manager's data directory and starts and stops the server on it.
package initmgr

// Main is initmgr.
func Main(args []string) int { return 1 }

// Control is mgr_ctl.
func Control(args []string) int { return 1 }
