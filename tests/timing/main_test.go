// Package timing measures how long the states of real programs last, by the
// times in the main log, and prints them beside Supervisor's rules
// (go test -v ./tests/timing).
//
// No duration is shorter than its rule. How much longer it is depends on the
// machine, which may be busy: the best of several tries has to be within 50 ms.
// The original is measured likewise with SUPERVISORD=/usr/bin/supervisord; its
// loop may be late by a second. That the rules are kept to the nanosecond is
// tested in pkg/supervisor, in made-up time.
package timing

import (
	"os"
	"testing"

	"supervisord/tests/harness"
)

func TestMain(m *testing.M) { os.Exit(harness.Main(m)) }
