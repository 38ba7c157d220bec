package spawn

import (
	"errors"
	"strconv"
	"syscall"
)

// waitlessPipe makes a pipe whose ends are close-on-exec and non-blocking.
func waitlessPipe(p *[2]int) error { return syscall.Pipe2(p[:], syscall.O_CLOEXEC|syscall.O_NONBLOCK) }

// closingPipe makes a pipe whose ends are close-on-exec.
func closingPipe(p *[2]int) error { return syscall.Pipe2(p[:], syscall.O_CLOEXEC) }

// bothWays trades one end of a pipe for a descriptor of the same pipe that is
// open for reading and for writing, and blocks. Without /proc it is fd itself. On
// an error fd is still open.
func bothWays(fd int) (int, error) {
	path := "/proc/self/fd/" + strconv.Itoa(fd)
	for {
		both, err := syscall.Open(path, syscall.O_RDWR|syscall.O_CLOEXEC, 0)
		switch {
		case err == nil:
			syscall.Close(fd)
			return both, nil
		case errors.Is(err, syscall.EINTR):
		case errors.Is(err, syscall.ENOENT):
			return fd, syscall.SetNonblock(fd, false)
		default:
			return -1, err
		}
	}
}
