package config

import "syscall"

// platformSignals lists the signals of Linux that not every platform has. The
// real-time signals are named as the C library counts them: it keeps 32 and 33.
func platformSignals() []signalName {
	return []signalName{
		{"CLD", syscall.SIGCHLD},
		{"CHLD", syscall.SIGCHLD},
		{"POLL", syscall.SIGPOLL},
		{"PWR", syscall.SIGPWR},
		{"STKFLT", syscall.SIGSTKFLT},
		{"RTMIN", syscall.Signal(34)},
		{"RTMAX", syscall.Signal(64)},
	}
}
