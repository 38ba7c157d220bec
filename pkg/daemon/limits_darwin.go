package daemon

// rlimitNproc is RLIMIT_NPROC, which package syscall does not name.
const rlimitNproc = 7

func asLimit(n int) uint64 { return uint64(max(n, 0)) }
