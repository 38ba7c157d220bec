package daemon

import "syscall"

func dup2(old, new int) error { return syscall.Dup3(old, new, 0) }
