package config

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
)

// All names of Linux, as Supervisor prints them.
func TestSignalNamesOfLinux(t *testing.T) {
	want := strings.Fields(`1:SIGHUP 2:SIGINT 3:SIGQUIT 4:SIGILL 5:SIGTRAP 6:SIGABRT 7:SIGBUS 8:SIGFPE 9:SIGKILL
		10:SIGUSR1 11:SIGSEGV 12:SIGUSR2 13:SIGPIPE 14:SIGALRM 15:SIGTERM 16:SIGSTKFLT 17:SIGCHLD 18:SIGCONT 19:SIGSTOP
		20:SIGTSTP 21:SIGTTIN 22:SIGTTOU 23:SIGURG 24:SIGXCPU 25:SIGXFSZ 26:SIGVTALRM 27:SIGPROF 28:SIGWINCH 29:SIGPOLL
		30:SIGPWR 31:SIGSYS 34:SIGRTMIN 64:SIGRTMAX`)
	var got []string
	for n := 1; n < 70; n++ {
		if name := SignalName(syscall.Signal(n)); !strings.HasPrefix(name, "signal ") {
			got = append(got, fmt.Sprintf("%d:%s", n, name))
		}
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("got %v\nwant %v", got, want)
	}
}
