//go:build !linux

package spawn

import "os"

// stageFile is the file of the binary that is running.
func stageFile() (string, error) { return os.Executable() }
