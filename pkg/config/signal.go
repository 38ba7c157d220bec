package config

import (
	"fmt"
	"strings"
	"syscall"

	"supervisord/pkg/python"
)

// signalName is a row of the table of signals.
type signalName struct {
	name   string // without SIG
	signal syscall.Signal
}

// signalNames lists the signals every platform has, then the platform's own.
// Of two names of one number the later is the one that is printed.
func signalNames() []signalName {
	return append([]signalName{
		{"HUP", syscall.SIGHUP},
		{"INT", syscall.SIGINT},
		{"QUIT", syscall.SIGQUIT},
		{"ILL", syscall.SIGILL},
		{"TRAP", syscall.SIGTRAP},
		{"IOT", syscall.SIGABRT},
		{"ABRT", syscall.SIGABRT},
		{"BUS", syscall.SIGBUS},
		{"FPE", syscall.SIGFPE},
		{"KILL", syscall.SIGKILL},
		{"USR1", syscall.SIGUSR1},
		{"SEGV", syscall.SIGSEGV},
		{"USR2", syscall.SIGUSR2},
		{"PIPE", syscall.SIGPIPE},
		{"ALRM", syscall.SIGALRM},
		{"TERM", syscall.SIGTERM},
		{"CHLD", syscall.SIGCHLD},
		{"CONT", syscall.SIGCONT},
		{"STOP", syscall.SIGSTOP},
		{"TSTP", syscall.SIGTSTP},
		{"TTIN", syscall.SIGTTIN},
		{"TTOU", syscall.SIGTTOU},
		{"URG", syscall.SIGURG},
		{"XCPU", syscall.SIGXCPU},
		{"XFSZ", syscall.SIGXFSZ},
		{"VTALRM", syscall.SIGVTALRM},
		{"PROF", syscall.SIGPROF},
		{"WINCH", syscall.SIGWINCH},
		{"IO", syscall.SIGIO},
		{"SYS", syscall.SIGSYS},
	}, platformSignals()...)
}

// ParseSignal reads a signal as the option stopsignal and the RPC methods take
// it: a number, or a name in any case with or without SIG. Numbers are those
// that have a name, and 0. The errors are Supervisor's texts.
func ParseSignal(text string) (syscall.Signal, error) {
	names := signalNames()
	n, ok := parseInt(text, 10)
	if !ok {
		name := strings.TrimPrefix(strings.ToUpper(strip(text)), "SIG")
		for _, s := range names {
			if s.name == name {
				return s.signal, nil
			}
		}
		return 0, fmt.Errorf("value %s is not a valid signal name", python.Quote(text))
	}
	if n.value == 0 {
		return 0, nil
	}
	for _, s := range names {
		if int64(s.signal) == n.value {
			return s.signal, nil
		}
	}
	return 0, fmt.Errorf("value %s is not a valid signal number", python.Quote(text))
}

// SignalName returns the name of a signal with SIG, as the main log prints it,
// or "signal N" if it has none.
func SignalName(signal syscall.Signal) string {
	found := ""
	for _, s := range signalNames() {
		if s.signal == signal {
			found = "SIG" + s.name
		}
	}
	if found == "" {
		return fmt.Sprintf("signal %d", int(signal))
	}
	return found
}
