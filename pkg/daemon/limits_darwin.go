package daemon

// rlimitNproc is RLIMIT_NPROC, which package syscall does not name.
const rlimitNproc = 7

func asLimit(n uint64) uint64 { return n }
