//go:build !linux

package daemon

import "syscall"

func dup2(old, new int) error { return syscall.Dup2(old, new) }
