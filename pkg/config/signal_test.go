package config

import (
	"strings"
	"syscall"
	"testing"
)

// Signals are printed by the names that Supervisor's log uses, and every name
// that is printed can be read.
func TestSignalNames(t *testing.T) {
	for n, want := range map[int]string{1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 6: "SIGABRT", 9: "SIGKILL", 15: "SIGTERM", 0: "signal 0", 99: "signal 99"} {
		if got := SignalName(syscall.Signal(n)); got != want {
			t.Errorf("signal %d is %s, want %s", n, got, want)
		}
	}
	for _, s := range signalNames() {
		name := SignalName(s.signal)
		for _, text := range []string{name, strings.ToLower(name), strings.TrimPrefix(name, "SIG"), s.name} {
			if got, err := ParseSignal(text); err != nil || got != s.signal {
				t.Errorf("%q is signal %v %v, want %d", text, got, err, s.signal)
			}
		}
	}
}
