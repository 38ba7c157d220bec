package daemon

import (
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
)

// rlimitNproc is RLIMIT_NPROC, which package syscall does not name on Linux.
const rlimitNproc = 6

func asLimit(n uint64) uint64 { return n }

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
