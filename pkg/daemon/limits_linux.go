package daemon

// rlimitNproc is RLIMIT_NPROC, which package syscall does not name on Linux.
const rlimitNproc = 6

func asLimit(n int) uint64 { return uint64(max(n, 0)) }
