//go:build !linux

package spawn

// mayHang is false: here the runtime forks with a memory of the child's own, and
// waits for the exec in a system call that it knows of.
func mayHang(*Spec) bool { return false }
