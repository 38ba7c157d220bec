package spawn

import (
	"math"

	"golang.org/x/sys/unix"
)

// closeOnExecAll is one system call, or on Linux before 5.11 one for each
// descriptor.
func closeOnExecAll() error {
	if unix.CloseRange(3, math.MaxUint32, unix.CLOSE_RANGE_CLOEXEC) == nil {
		return nil
	}
	return closeOnExecListed("/proc/self/fd")
}
