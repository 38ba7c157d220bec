package spawn

import (
	"fmt"
	"syscall"

	"supervisord/pkg/config"
)

// Signal sends sig to the process pid, or with group to all processes of the
// group that pid leads. The error wraps what the system said: syscall.ESRCH if
// there is no such process any more, syscall.EPERM if it may not be signalled.
//
// A pid of 1 or less is refused with syscall.EINVAL: no child has it, and
// kill(2) would take it for our own group or for every process there is.
func Signal(pid int, sig syscall.Signal, group bool) error {
	if pid <= 1 {
		return fmt.Errorf("cannot send %s to process %d: %w", config.SignalName(sig), pid, syscall.EINVAL)
	}
	target, what := pid, "process"
	if group {
		target, what = -pid, "process group"
	}
	if err := syscall.Kill(target, sig); err != nil {
		return fmt.Errorf("cannot send %s to %s %d: %w", config.SignalName(sig), what, pid, err)
	}
	return nil
}
