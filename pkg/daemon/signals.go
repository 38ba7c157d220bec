package daemon

import (
	"os"
	"syscall"
)

// SignalRow is what supervisord does about a signal it is sent.
type SignalRow struct {
	Signal syscall.Signal
	// Heard signals are handed to the supervisor; the others are only kept from
	// ending us.
	Heard bool
	Doc   string
}

// Signals is the table of the signals that do not have their default effect.
var Signals = []SignalRow{
	{syscall.SIGTERM, true, "stops everything and ends"},
	{syscall.SIGINT, true, "stops everything and ends"},
	{syscall.SIGQUIT, true, "stops everything and ends"},
	{syscall.SIGHUP, true, "stops everything, reads the configuration and starts again"},
	{syscall.SIGUSR2, true, "opens the main log and the logs of running programs again"},
	// A handler of ours, unlike a signal that is ignored, is not inherited: so
	// programs have these at their default even if we were started without.
	{syscall.SIGPIPE, false, "nothing; programs have it at its default"},
	{syscall.SIGXFSZ, false, "nothing; programs have it at its default"},
}

// signalsThat lists the signals that are heard, or those that are not.
func signalsThat(heard bool) []os.Signal {
	var all []os.Signal
	for _, row := range Signals {
		if row.Heard == heard {
			all = append(all, row.Signal)
		}
	}
	return all
}
