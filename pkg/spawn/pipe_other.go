//go:build !linux

package spawn

import "syscall"

// closingPipe makes a pipe whose ends are close-on-exec. The lock keeps a fork
// from coming between the two steps.
func closingPipe(p *[2]int) error {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := syscall.Pipe(p[:]); err != nil {
		return err
	}
	syscall.CloseOnExec(p[0])
	syscall.CloseOnExec(p[1])
	return nil
}

// waitlessPipe makes a pipe whose ends are close-on-exec and non-blocking.
func waitlessPipe(p *[2]int) error {
	if err := closingPipe(p); err != nil {
		return err
	}
	for _, fd := range p {
		if err := syscall.SetNonblock(fd, true); err != nil {
			syscall.Close(p[0])
			syscall.Close(p[1])
			return err
		}
	}
	return nil
}

// bothWays has fd block and leaves it otherwise as it is: the system cannot
// reopen a pipe.
func bothWays(fd int) (int, error) { return fd, syscall.SetNonblock(fd, false) }
