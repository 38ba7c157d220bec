package process

import "syscall"

// Event is something that happened to a process, or is asked of it.
type Event interface{ event() }

// The events.
type (
	// Start asks for the process to run. It is heeded in STOPPED, EXITED and
	// FATAL only.
	Start struct{}
	// Stop asks for the process to end, as the operator does.
	Stop struct{}
	// Quiesce tells that supervisord is going down: from now on nothing is
	// started again. It stops nothing yet.
	Quiesce struct{}
	// Shutdown ends the process in the course of a shutdown: as Stop, but what
	// is in BACKOFF becomes FATAL.
	Shutdown struct{}
	// Signal sends a signal for the operator. It is not a Stop: what comes of
	// it is an exit like any other.
	Signal struct{ Signal syscall.Signal }
	// Spawned tells that the spawn under way has succeeded.
	Spawned struct{ Pid int }
	// Failed tells that the spawn under way has failed before there was a
	// process; Text is the reason as Supervisor words it.
	Failed struct{ Text string }
	// Reaped tells that the process has ended. Code is its exit status, or -1;
	// Text says the end in words ("exit status 1", "terminated by SIGKILL").
	Reaped struct {
		Code int
		Text string
	}
	// KillFailed tells that a Kill could not be carried out although the
	// process exists (not permitted, say).
	KillFailed struct{ Text string }
	// Tick tells that the deadline has passed.
	Tick struct{}
)

func (Start) event()      {}
func (Stop) event()       {}
func (Quiesce) event()    {}
func (Shutdown) event()   {}
func (Signal) event()     {}
func (Spawned) event()    {}
func (Failed) event()     {}
func (Reaped) event()     {}
func (KillFailed) event() {}
func (Tick) event()       {}
