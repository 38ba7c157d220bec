package process

import (
	"syscall"

	"supervisord/pkg/api"
	"supervisord/pkg/config"
)

// Action is something that the owner of a machine has to do.
type Action interface{ action() }

// The actions.
type (
	// Spawn starts the process; Spawned or Failed comes of it.
	Spawn struct{}
	// Kill sends a signal to the process, or to its process group.
	Kill struct {
		Pid    int
		Signal syscall.Signal
		Group  bool
	}
	// Changed tells of a new state. Events for listeners follow from it.
	Changed struct {
		From, To api.State
		Pid      int  // of the process that the change is about; 0 if none
		Tries    int  // failed starts in a row, for STARTING and BACKOFF
		Expected bool // for EXITED: the exit code is one of exitcodes
	}
	// Log is a line for the main log.
	Log struct {
		Level config.Level
		Text  string
	}
)

func (Spawn) action()   {}
func (Kill) action()    {}
func (Changed) action() {}
func (Log) action()     {}
