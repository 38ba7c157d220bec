// Package system tests the real daemon and client with small real children:
// what can be seen from outside, and nothing else.
package system

import (
	"os"
	"strings"
	"testing"

	"supervisord/tests/harness"
)

func TestMain(m *testing.M) { os.Exit(harness.Main(m)) }

// daemon starts a daemon in the background with these sections.
func daemon(t *testing.T, sections string) *harness.Daemon {
	t.Helper()
	d := harness.New(t)
	d.Configure(sections)
	d.Start()
	return d
}

// section is a section of a configuration: its name, and its options.
func section(name string, options ...string) string {
	return "[" + name + "]\n" + strings.Join(options, "\n") + "\n\n"
}

// child is the option command= that lets the test child do something.
func child(words ...string) string {
	return "command=" + harness.Child() + " " + strings.Join(words, " ")
}

// asRoot skips a test that only root can make, unless the run is meant to be
// complete.
func asRoot(t *testing.T) {
	t.Helper()
	if os.Getuid() == 0 {
		return
	}
	if os.Getenv("TEST_EVERYTHING") != "" {
		t.Fatal("this run is meant to be complete, but is not root's")
	}
	t.Skip("only root can do this")
}
