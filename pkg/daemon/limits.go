package daemon

import (
	"fmt"
	"syscall"
)

// limit is a resource limit that supervisord needs at least so much of. It is
// raised if need be, the hard limit too where we may, and never lowered.
type limit struct {
	name     string // as in the log
	resource int
	least    int
	refusal  string // with the verbs %d, %d: what is needed, what can be had
}

func limits(minfds, minprocs int) []limit {
	return []limit{
		{"RLIMIT_NOFILE", syscall.RLIMIT_NOFILE, minfds,
			"The minimum number of file descriptors required to run this process is %d as per the \"minfds\" " +
				"command-line argument or config file setting. The current environment will only allow you to open %d " +
				"file descriptors.  Either raise the number of usable file descriptors in your environment (see README.rst) " +
				"or lower the minfds setting in the config file to allow the process to start."},
		{"RLIMIT_NPROC", rlimitNproc, minprocs,
			"The minimum number of available processes required to run this program is %d as per the \"minprocs\" " +
				"command-line argument or config file setting. The current environment will only allow you to open %d " +
				"processes.  Either raise the number of usable processes in your environment (see README.rst) " +
				"or lower the minprocs setting in the config file to allow the program to start."},
	}
}

// raise sees to it that the limit is high enough. It returns the line for the
// log if it was raised.
func (l limit) raise() (string, error) {
	var now syscall.Rlimit
	if err := syscall.Getrlimit(l.resource, &now); err != nil {
		return "", fmt.Errorf("cannot read the limit %s: %v", l.name, err)
	}
	need := asLimit(l.least)
	if now.Cur >= need { // unlimited is the largest number
		return "", nil
	}
	want := now
	want.Cur = need
	want.Max = max(now.Max, need)
	if err := syscall.Setrlimit(l.resource, &want); err != nil {
		return "", fmt.Errorf(l.refusal, l.least, want.Max)
	}
	return fmt.Sprintf("Increased %s limit to %d", l.name, l.least), nil
}
