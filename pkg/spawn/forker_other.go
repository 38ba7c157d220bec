//go:build !linux

package spawn

import "syscall"

// newForker gives the fork of the runtime.
func newForker() (fork, func()) { return syscall.ForkExec, func() {} }
