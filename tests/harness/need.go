package harness

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Need skips the test where a program, or a file with a path, is not installed,
// unless all of them are meant to be: scripts/test installs them and then says
// so by TEST_EVERYTHING.
func Need(t testing.TB, names ...string) {
	t.Helper()
	for _, name := range names {
		if installed(name) {
			continue
		}
		Lack(t, name+" is not installed")
	}
}

// Lack ends a test that cannot be made here, for this reason: by skipping it,
// or by failing it if this run is meant to be complete.
func Lack(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("TEST_EVERYTHING") != "" {
		t.Fatal(why)
	}
	t.Skip(why)
}

func installed(name string) bool {
	if strings.Contains(name, "/") {
		_, err := os.Stat(name)
		return err == nil
	}
	for _, candidate := range []string{name, "/usr/sbin/" + name} { // the latter is not in everybody's PATH
		if _, err := exec.LookPath(candidate); err == nil {
			return true
		}
	}
	return false
}
