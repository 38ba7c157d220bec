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

// raise sees to it that the limit is high enough, for us and for the programs,
// which inherit it. before is the soft limit that supervisord was started with.
// It returns the line for the log if the limit was raised.
func (l limit) raise(before uint64) (string, error) {
	need := uint64(max(l.least, 0))
	if before >= need { // unlimited is the largest number
		return "", nil
	}
	var now syscall.Rlimit
	if err := syscall.Getrlimit(l.resource, &now); err != nil {
		return "", fmt.Errorf("cannot read the limit %s: %v", l.name, err)
	}
	now.Cur = asLimit(need)
	now.Max = max(now.Max, asLimit(need))
	if err := syscall.Setrlimit(l.resource, &now); err != nil {
		return "", fmt.Errorf(l.refusal, l.least, now.Max)
	}
	return fmt.Sprintf("Increased %s limit to %d", l.name, l.least), nil
}

// softLimits are the soft limits that supervisord was started with, in the order
// of limits.
type softLimits [2]uint64

// startLimits finds them. The Go runtime has raised our limit of descriptors to
// the hard one by now, and gives programs the old one unless we set another.
func startLimits() softLimits {
	var s softLimits
	for i, l := range limits(0, 0) {
		var now syscall.Rlimit
		if syscall.Getrlimit(l.resource, &now) == nil {
			s[i] = uint64(now.Cur)
		}
	}
	if files, ok := inheritedFileLimit(); ok {
		s[0] = min(s[0], files)
	}
	return s
}
