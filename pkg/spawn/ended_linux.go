package spawn

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// ended returns the pid of a child that has ended and was not collected, which
// it leaves as it is; 0 if there is none.
func ended() int {
	for {
		var info unix.Siginfo
		err := unix.Waitid(unix.P_ALL, 0, &info, unix.WEXITED|unix.WNOHANG|unix.WNOWAIT, nil)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return 0
		}
		// The pid is the first field of the union that follows the three
		// numbers at the front; the union is aligned as a pointer is.
		const word = unsafe.Sizeof(uintptr(0))
		const union = (3*4 + word - 1) &^ (word - 1)
		return int(*(*int32)(unsafe.Add(unsafe.Pointer(&info), union)))
	}
}
