package ctl

import "supervisord/pkg/api"

// The exit statuses of supervisorctl, after the LSB.
const (
	exitGeneric      = 1 // something failed
	exitInvalidArgs  = 2 // wrong arguments; also every error of the command line
	exitNoNamespace  = 3 // supervisord lacks the supervisor namespace
	exitRefused      = 4 // connection refused
	exitWrongVersion = 5 // supervisord speaks another API version
	exitNotRunning   = 7 // a program does not run, or the socket file is missing

	// What a shell makes of a process that died of a signal: this and its
	// number.
	exitBySignal = 128

	// The status command has two of its own.
	statusNotRunning = 3 // something listed is STOPPED, EXITED, FATAL or UNKNOWN
	statusUnknown    = 4 // an unknown name, or supervisord cannot be asked
)

// fault takes the outcome of one operation into the exit status: the last that
// failed wins. Success and the ignored fault leave it alone.
func (s *Session) fault(code, ignored api.FaultCode) {
	switch code {
	case api.Success, ignored:
	case api.SpawnError, api.AbnormalTermination, api.NotRunning:
		s.exit = exitNotRunning
	default:
		s.exit = exitGeneric
	}
}
