//go:build !linux && !darwin

package daemon

// rlimitNproc is RLIMIT_NPROC, which package syscall does not name.
const rlimitNproc = 7

func asLimit(n uint64) int64 { return int64(n) }
