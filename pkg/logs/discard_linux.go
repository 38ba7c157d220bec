package logs

import "golang.org/x/sys/unix"

// hold opens a file, whatever it is and whoever may read it, only to keep its
// contents until it is closed; -1 if there is none.
func hold(path string) int {
	fd, err := unix.Open(path, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1
	}
	return fd
}
