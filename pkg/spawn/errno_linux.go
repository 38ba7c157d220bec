package spawn

import "syscall"

// errnoName is, of several symbols for one number, the one that Supervisor
// writes; empty where that is the one of the system's table.
func errnoName(errno syscall.Errno) string {
	switch errno {
	case syscall.EDEADLK:
		return "EDEADLOCK"
	case syscall.ENOTSUP:
		return "ENOTSUP"
	case syscall.EUCLEAN:
		return "EUCLEAN"
	}
	return ""
}
