package spawn

import (
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// The way of Linux before 5.11 marks the same descriptors.
func TestCloseOnExecListed(t *testing.T) {
	fd, err := syscall.Dup(openNull(t))
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(fd)
	if err := closeOnExecListed("/proc/self/fd"); err != nil {
		t.Fatal(err)
	}
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
	if err != nil || flags&unix.FD_CLOEXEC == 0 {
		t.Errorf("flags %#x, %v", flags, err)
	}
}
