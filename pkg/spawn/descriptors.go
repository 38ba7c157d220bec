package spawn

import (
	"os"
	"strconv"
	"syscall"
)

// CloseOnExecAll marks all descriptors from 3 on that the process has inherited,
// so that no child gets them. It is called once, when the daemon starts; what is
// opened later is close-on-exec from birth.
func CloseOnExecAll() error { return closeOnExecAll() }

// closeOnExecListed marks the descriptors that are the names in a folder.
func closeOnExecListed(folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if fd, err := strconv.Atoi(e.Name()); err == nil && fd > 2 {
			syscall.CloseOnExec(fd)
		}
	}
	return nil
}
