package events

import (
	"fmt"
	"time"

	"supervisord/pkg/api"
	"supervisord/pkg/process"
	"supervisord/pkg/python"
)

// Event is something that happened. Its payload is made when it happens: what
// the listener reads is how things stood then.
type Event struct {
	Type    string // a type of api.EventTypes that has no others below it
	Payload string
}

// StateChange is the event of a new state of a process.
func StateChange(name, group string, c process.Changed) Event {
	payload := fmt.Sprintf("processname:%s groupname:%s from_state:%s", name, group, c.From)
	switch c.To {
	case api.Starting, api.Backoff:
		payload += fmt.Sprintf(" tries:%d", c.Tries)
	case api.Exited:
		expected := 0
		if c.Expected {
			expected = 1
		}
		payload += fmt.Sprintf(" expected:%d pid:%d", expected, c.Pid)
	case api.Running, api.Stopping, api.Stopped:
		payload += fmt.Sprintf(" pid:%d", c.Pid)
	}
	return Event{"PROCESS_STATE_" + c.To.String(), payload}
}

// Channel is an output of a process.
type Channel struct {
	Process, Group string
	Stderr         bool
}

// LogType is the type of the events of Log.
func (c Channel) LogType() string {
	if c.Stderr {
		return "PROCESS_LOG_STDERR"
	}
	return "PROCESS_LOG_STDOUT"
}

// Log is the event of output. What is not UTF-8 is shown as Python shows it.
func (c Channel) Log(pid int, data []byte) Event {
	return Event{c.LogType(), fmt.Sprintf("processname:%s groupname:%s pid:%d channel:%s\n%s", c.Process, c.Group, pid, c, python.Decode(data))}
}

// CommunicationType is the type of the events of Communication.
func (c Channel) CommunicationType() string {
	if c.Stderr {
		return "PROCESS_COMMUNICATION_STDERR"
	}
	return "PROCESS_COMMUNICATION_STDOUT"
}

// Communication is the event of what a process wrote in capture mode.
func (c Channel) Communication(pid int, data []byte) Event {
	return Event{c.CommunicationType(), fmt.Sprintf("processname:%s groupname:%s pid:%d\n%s", c.Process, c.Group, pid, python.Decode(data))}
}

func (c Channel) String() string {
	if c.Stderr {
		return "stderr"
	}
	return "stdout"
}

// Remote is the event of sendRemoteCommEvent.
func Remote(kind, data string) Event {
	return Event{"REMOTE_COMMUNICATION", "type:" + kind + "\n" + data}
}

// The events of supervisord itself.
var (
	Running  = Event{Type: "SUPERVISOR_STATE_CHANGE_RUNNING"}
	Stopping = Event{Type: "SUPERVISOR_STATE_CHANGE_STOPPING"}
)

// GroupAdded is the event of a group that is supervised from now on.
func GroupAdded(name string) Event { return Event{"PROCESS_GROUP_ADDED", "groupname:" + name + "\n"} }

// GroupRemoved is the event of a group that is supervised no longer.
func GroupRemoved(name string) Event {
	return Event{"PROCESS_GROUP_REMOVED", "groupname:" + name + "\n"}
}

// Period is the time between two ticks of one type.
type Period time.Duration

// Periods are those that there are ticks for.
var Periods = []Period{Period(5 * time.Second), Period(time.Minute), Period(time.Hour)}

func (p Period) seconds() int64 { return int64(time.Duration(p) / time.Second) }

// Type is the type of the ticks.
func (p Period) Type() string { return fmt.Sprintf("TICK_%d", p.seconds()) }

// Slice is the beginning of the period that a time of the wall clock lies in,
// in seconds since 1970.
func (p Period) Slice(now time.Time) int64 {
	return now.Unix() - now.Unix()%p.seconds()
}

// Left is how long it is from a time of the wall clock to the next period.
func (p Period) Left(now time.Time) time.Duration {
	return time.Unix(p.Slice(now)+p.seconds(), 0).Sub(now.Round(0))
}

// Tick is the event of the beginning of a period.
func (p Period) Tick(slice int64) Event { return Event{p.Type(), fmt.Sprintf("when:%d", slice)} }
