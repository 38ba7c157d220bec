//go:build !linux

package daemon

// inheritedFileLimit cannot be told here.
func inheritedFileLimit() (uint64, bool) { return 0, false }
