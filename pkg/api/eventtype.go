package api

// EventType is a kind of event that an [eventlistener:x] can ask for. The types
// form a tree: who asks for a type gets all that is below it.
type EventType struct {
	Name    string
	Parent  string // empty for the root
	Payload string // what the payload looks like; empty if it is empty, or if events of this very type never happen
	Doc     string
}

// EventTypes is the tree, parents before their children.
var EventTypes = []EventType{
	{"EVENT", "", "", "Anything."},

	{"PROCESS_STATE", "EVENT", "", "A process changes its state."},
	{"PROCESS_STATE_STOPPED", "PROCESS_STATE", stateOf + "pid:42", "It was stopped. The pid is that of the process that ended, 0 if it was waiting for its next start."},
	{"PROCESS_STATE_EXITED", "PROCESS_STATE", stateOf + "expected:0 pid:42", "It ended by itself; expected is 1 if the exit code is one of `exitcodes`."},
	{"PROCESS_STATE_STARTING", "PROCESS_STATE", stateOf + "tries:0", "It is being started; tries is how many starts in a row have failed."},
	{"PROCESS_STATE_STOPPING", "PROCESS_STATE", stateOf + "pid:42", "It was sent its stop signal."},
	{"PROCESS_STATE_BACKOFF", "PROCESS_STATE", stateOf + "tries:1", "A start failed; tries is how many have failed in a row, this one included."},
	{"PROCESS_STATE_FATAL", "PROCESS_STATE", "processname:web groupname:web from_state:BACKOFF", "It could not be started and is given up."},
	{"PROCESS_STATE_RUNNING", "PROCESS_STATE", stateOf + "pid:42", "It has stayed up for `startsecs`."},
	{"PROCESS_STATE_UNKNOWN", "PROCESS_STATE", "processname:web groupname:web from_state:STOPPING", "It could not be sent a signal."},

	{"PROCESS_LOG", "EVENT", "", "A process has written something, on a channel that has `stdout_events_enabled` or `stderr_events_enabled`."},
	{"PROCESS_LOG_STDOUT", "PROCESS_LOG", processOf + " channel:stdout\n" + output, "To its standard output."},
	{"PROCESS_LOG_STDERR", "PROCESS_LOG", processOf + " channel:stderr\n" + output, "To its standard error."},

	{"PROCESS_COMMUNICATION", "EVENT", "", "A process has written something between `<!--XSUPERVISOR:BEGIN-->` and `<!--XSUPERVISOR:END-->`, on a channel that has `stdout_capture_maxbytes` or `stderr_capture_maxbytes`."},
	{"PROCESS_COMMUNICATION_STDOUT", "PROCESS_COMMUNICATION", processOf + "\n" + output, "To its standard output."},
	{"PROCESS_COMMUNICATION_STDERR", "PROCESS_COMMUNICATION", processOf + "\n" + output, "To its standard error."},

	{"REMOTE_COMMUNICATION", "EVENT", "type:the first argument\nthe second argument", "A client called sendRemoteCommEvent."},

	{"SUPERVISOR_STATE_CHANGE", "EVENT", "", "supervisord changes its state."},
	{"SUPERVISOR_STATE_CHANGE_RUNNING", "SUPERVISOR_STATE_CHANGE", "", "It has started, or started again after a reload."},
	{"SUPERVISOR_STATE_CHANGE_STOPPING", "SUPERVISOR_STATE_CHANGE", "", "It begins to shut down or to restart."},

	{"TICK", "EVENT", "", "Time passes."},
	{"TICK_5", "TICK", tickOf, "Every 5 seconds."},
	{"TICK_60", "TICK", tickOf, "Every minute."},
	{"TICK_3600", "TICK", tickOf, "Every hour."},

	{"PROCESS_GROUP", "EVENT", "", "The groups that are supervised change."},
	{"PROCESS_GROUP_ADDED", "PROCESS_GROUP", groupOf, "A group was added: each one at the start, others by `add` and `update`."},
	{"PROCESS_GROUP_REMOVED", "PROCESS_GROUP", groupOf, "A group was removed, by `remove` or `update`."},
}

const (
	stateOf   = "processname:web groupname:web from_state:STARTING "
	processOf = "processname:web groupname:web pid:42"
	output    = "what was written"
	tickOf    = "when:1201063880"
	groupOf   = "groupname:web\n"
)

// Includes gives the names of the types that happen and that are name or below
// it, in the order of the table; nil if there is no type of that name.
func Includes(name string) []string {
	var leaf []string
	below := map[string]bool{name: true}
	inner := map[string]bool{}
	for _, t := range EventTypes {
		inner[t.Parent] = true
		below[t.Name] = below[t.Name] || below[t.Parent]
	}
	for _, t := range EventTypes {
		if below[t.Name] && !inner[t.Name] {
			leaf = append(leaf, t.Name)
		}
	}
	return leaf
}

// EventNames gives the names of all types, in the order of the table.
func EventNames() []string {
	names := make([]string, len(EventTypes))
	for i, t := range EventTypes {
		names[i] = t.Name
	}
	return names
}

// ListenerState is where a process of an event listener stands in its protocol.
type ListenerState int

// The states of a listener. The codes are Supervisor's.
const (
	ListenerReady        ListenerState = 10 // may be sent an event
	ListenerBusy         ListenerState = 20 // has an event and owes the result
	ListenerAcknowledged ListenerState = 30 // owes the word READY; the state at the start
	ListenerUnknown      ListenerState = 40 // has broken the protocol, and is sent nothing until it is started again
)

func (s ListenerState) String() string {
	switch s {
	case ListenerReady:
		return "READY"
	case ListenerBusy:
		return "BUSY"
	case ListenerAcknowledged:
		return "ACKNOWLEDGED"
	}
	return "UNKNOWN"
}
