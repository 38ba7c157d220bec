package daemon

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// rlimitNproc is RLIMIT_NPROC, which package syscall does not name on Linux.
const rlimitNproc = 6

func asLimit(n uint64) uint64 { return n }

// inheritedFileLimit finds the soft limit of descriptors that supervisord was
// started with. Where it cannot be told, our parent's is taken for it.
func inheritedFileLimit() (uint64, bool) {
	if n, err := childFileLimit(); err == nil {
		return n, true
	}
	return parentFileLimit()
}

// childFileLimit reads the soft limit of descriptors of a child, to which the
// runtime gives the limit that we were started with. The child is this program,
// traced, so that it stops before its own runtime begins.
func childFileLimit() (uint64, error) {
	runtime.LockOSThread() // the tracer is a thread
	defer runtime.UnlockOSThread()
	pid, err := syscall.ForkExec("/proc/self/exe", []string{"supervisord"},
		&syscall.ProcAttr{Sys: &syscall.SysProcAttr{Ptrace: true}})
	if err != nil {
		return 0, err
	}
	defer bury(pid)
	var limit unix.Rlimit
	err = unix.Prlimit(pid, unix.RLIMIT_NOFILE, nil, &limit)
	return limit.Cur, err
}

// bury kills a child and reaps it.
func bury(pid int) {
	syscall.Kill(pid, syscall.SIGKILL)
	for {
		var status syscall.WaitStatus
		switch _, err := syscall.Wait4(pid, &status, 0, nil); {
		case err == syscall.EINTR, err == nil && status.Stopped():
		default:
			return
		}
	}
}

// parentFileLimit reads the soft limit of descriptors of our parent. As PID 1 we
// have none; then the kernel's own default is assumed.
func parentFileLimit() (uint64, bool) {
	const kernelDefault = 1024
	ppid := os.Getppid()
	if ppid == 0 {
		return kernelDefault, true
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", ppid))
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(text)) {
		rest, ok := strings.CutPrefix(line, "Max open files")
		fields := strings.Fields(rest)
		if !ok || len(fields) == 0 {
			continue
		}
		if fields[0] == "unlimited" {
			return math.MaxUint64, true
		}
		n, err := strconv.ParseUint(fields[0], 10, 64)
		return n, err == nil
	}
	return 0, false
}
