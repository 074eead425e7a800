// Package manager is adbmgrd: the manager's server.
package manager

// Main is adbmgrd.
func Main(args []string) int { return 1 }
