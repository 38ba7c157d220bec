package api

import "fmt"

// State is the state of one process. The numbers are those of the wire
// (getProcessInfo.state); the zero value is STOPPED.
type State int

// The states of a process.
const (
	Stopped  State = 0
	Starting State = 10
	Running  State = 20
	Backoff  State = 30
	Stopping State = 40
	Exited   State = 100
	Fatal    State = 200
	Unknown  State = 1000
)

// StateRow is what is known of one process state.
type StateRow struct {
	State State
	Name  string
	// Next lists the states that may follow. The transition diagram of the
	// documentation and the walk over the machine are held to it.
	Next []State
	// Down: no process exists and none is wanted by the state itself
	// (Supervisor's STOPPED_STATES). Up: counts as started
	// (RUNNING_STATES). Signallable: signalProcess is accepted.
	Down, Up, Signallable bool
	Doc                   string
}

// States is the table of process states in the order of their numbers.
var States = []StateRow{
	{Stopped, "STOPPED", []State{Starting}, true, false, false,
		"not running: never started, or stopped on request"},
	{Starting, "STARTING", []State{Running, Backoff, Stopping, Unknown}, false, true, true,
		"started, and not yet up for startsecs"},
	{Running, "RUNNING", []State{Exited, Stopping, Unknown}, false, true, true,
		"up for at least startsecs"},
	{Backoff, "BACKOFF", []State{Starting, Fatal, Stopped}, false, true, false,
		"could not be started or exited too quickly; waits to be tried again"},
	{Stopping, "STOPPING", []State{Stopped, Unknown}, false, false, true,
		"told to stop, and not yet gone"},
	{Exited, "EXITED", []State{Starting}, true, false, false,
		"ended by itself after it was RUNNING"},
	{Fatal, "FATAL", []State{Starting}, true, false, false,
		"given up after startretries failed starts"},
	{Unknown, "UNKNOWN", nil, true, false, false,
		"could not be signalled; nothing more is known"},
}

// Row returns the table row of s, and false for a number that is no state.
func (s State) Row() (StateRow, bool) {
	for _, r := range States {
		if r.State == s {
			return r, true
		}
	}
	return StateRow{}, false
}

// String returns the upper-case name of s, as clients compare it.
func (s State) String() string {
	if r, ok := s.Row(); ok {
		return r.Name
	}
	return fmt.Sprintf("State(%d)", int(s))
}

// Down reports whether s is one of STOPPED, EXITED, FATAL, UNKNOWN.
func (s State) Down() bool { r, _ := s.Row(); return r.Down }

// Up reports whether s is one of STARTING, RUNNING, BACKOFF.
func (s State) Up() bool { r, _ := s.Row(); return r.Up }

// Signallable reports whether signalProcess is accepted in s.
func (s State) Signallable() bool { r, _ := s.Row(); return r.Signallable }

// SupervisorState is the state of the daemon itself.
type SupervisorState int

// The states of the daemon.
const (
	SupervisorShutdown   SupervisorState = -1
	SupervisorRestarting SupervisorState = 0
	SupervisorRunning    SupervisorState = 1
	SupervisorFatal      SupervisorState = 2
)

// String returns the name that getState sends.
func (s SupervisorState) String() string {
	switch s {
	case SupervisorShutdown:
		return "SHUTDOWN"
	case SupervisorRestarting:
		return "RESTARTING"
	case SupervisorRunning:
		return "RUNNING"
	case SupervisorFatal:
		return "FATAL"
	}
	return fmt.Sprintf("SupervisorState(%d)", int(s))
}
