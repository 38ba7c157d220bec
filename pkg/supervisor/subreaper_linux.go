package supervisor

import "golang.org/x/sys/unix"

// becomeSubreaper makes orphaned descendants ours instead of PID 1's, so that
// what is left of a program is known to be gone the moment it is. Where it is
// refused nothing is lost but that.
func becomeSubreaper() { _ = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) }
