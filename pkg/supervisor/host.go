package supervisor

import (
	"errors"
	"syscall"
	"time"

	"supervisord/pkg/config"
)

// Host is what the loop needs of the machine. OS is the real one; tests have
// another without processes.
type Host interface {
	// Exits names the function that is told of every child that ended. Told of
	// a child of Spawn only after its done has returned. Called once, before
	// the first Spawn of a Supervisor.
	Exits(func(Exit))
	// Prepare chooses (and for AUTO creates) the log files of a process that
	// becomes part of the running set. It may block.
	Prepare(p *config.Program) Logs
	// Check reports, as a *api.Fault, why the command of a program cannot be
	// started. It may block.
	Check(p *config.Program) error
	// Spawn starts a process in the background, in the order of the calls, and
	// calls done once from another goroutine. done says whether the child
	// found an owner; if not, the Host ends it.
	Spawn(o Order, done func(Child, error) (owned bool))
	// Kill sends a signal to a process or to its process group. It does not
	// block.
	Kill(pid int, sig syscall.Signal, group bool) error
	// Emptied calls done once, when nothing of a process group is left. It does
	// not block.
	Emptied(group int, done func())
}

// Logs are the files that the output of a process is kept in, with AUTO names
// chosen; empty for none.
type Logs struct {
	Stdout, Stderr string
}

// Order is what Spawn needs to know.
type Order struct {
	Program *config.Program
	Logs    Logs
	// ServerURL is the SUPERVISOR_SERVER_URL of the child; empty for none.
	ServerURL string
	StripANSI bool
	Taps      Taps
	// Leftover is the process group of the predecessor, of which something is
	// still alive and is to be ended first; 0 for none.
	Leftover int
}

// Child is a process that was started, with its output and input. Its methods
// may
// block if nothing else is said, and are not called in the loop then.
type Child interface {
	Pid() int
	// Program is the file that the process executes; empty if that is not
	// known. It does not block.
	Program() string
	// Drain reads what is in the pipes, after the process has ended, and then
	// calls done once. It does not block.
	Drain(done func())
	// Write gives text to the standard input. What the process does not take
	// at once is kept and given later. ErrStdinClosed if it never will. It
	// does not block.
	Write(text string) error
	// Reopen opens the log files again by name; Clear also empties them.
	Reopen()
	Clear() error
}

// ErrStdinClosed tells that a process has closed its standard input, or that
// there is none.
var ErrStdinClosed = errors.New("standard input is closed")

// Exit is the end of a child.
type Exit struct {
	Pid  int
	Code int    // exit status, -1 after a signal
	Text string // "exit status 1", "terminated by SIGKILL"
	Time time.Time
	// Known: the child was started by Spawn. The others were left to us as
	// PID 1 or subreaper.
	Known bool
}
