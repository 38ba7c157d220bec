//go:build !linux

package config

import "syscall"

// platformSignals lists the signals that the BSDs have beyond the common ones.
func platformSignals() []signalName {
	return []signalName{
		{"EMT", syscall.SIGEMT},
		{"INFO", syscall.SIGINFO},
	}
}
