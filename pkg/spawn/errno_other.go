//go:build !linux

package spawn

import "syscall"

// errnoName has nothing to add to the system's table.
func errnoName(syscall.Errno) string { return "" }
