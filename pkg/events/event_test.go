package events

import (
	"testing"
	"time"

	"supervisord/pkg/api"
	"supervisord/pkg/process"
)

// The payloads, to the letter.
func TestPayloads(t *testing.T) {
	change := func(c process.Changed) Event { return StateChange("cat", "pets", c) }
	out, errs := Channel{Process: "cat", Group: "pets"}, Channel{Process: "cat", Group: "pets", Stderr: true}
	const who = "processname:cat groupname:pets "
	for _, c := range []struct {
		e             Event
		kind, payload string
	}{
		{change(process.Changed{From: api.Stopped, To: api.Starting}), "PROCESS_STATE_STARTING", who + "from_state:STOPPED tries:0"},
		{change(process.Changed{From: api.Backoff, To: api.Starting, Tries: 2}), "PROCESS_STATE_STARTING", who + "from_state:BACKOFF tries:2"},
		{change(process.Changed{From: api.Starting, To: api.Running, Pid: 7}), "PROCESS_STATE_RUNNING", who + "from_state:STARTING pid:7"},
		{change(process.Changed{From: api.Starting, To: api.Backoff, Pid: 7, Tries: 1}), "PROCESS_STATE_BACKOFF", who + "from_state:STARTING tries:1"},
		{change(process.Changed{From: api.Running, To: api.Stopping, Pid: 7}), "PROCESS_STATE_STOPPING", who + "from_state:RUNNING pid:7"},
		{change(process.Changed{From: api.Running, To: api.Exited, Pid: 7}), "PROCESS_STATE_EXITED", who + "from_state:RUNNING expected:0 pid:7"},
		{change(process.Changed{From: api.Running, To: api.Exited, Pid: 7, Expected: true}), "PROCESS_STATE_EXITED", who + "from_state:RUNNING expected:1 pid:7"},
		{change(process.Changed{From: api.Stopping, To: api.Stopped, Pid: 7}), "PROCESS_STATE_STOPPED", who + "from_state:STOPPING pid:7"},
		{change(process.Changed{From: api.Backoff, To: api.Stopped}), "PROCESS_STATE_STOPPED", who + "from_state:BACKOFF pid:0"},
		{change(process.Changed{From: api.Backoff, To: api.Fatal}), "PROCESS_STATE_FATAL", who + "from_state:BACKOFF"},
		{change(process.Changed{From: api.Stopping, To: api.Unknown, Pid: 7}), "PROCESS_STATE_UNKNOWN", who + "from_state:STOPPING"},
		{out.Log(7, []byte("a\nb\n")), "PROCESS_LOG_STDOUT", who + "pid:7 channel:stdout\na\nb\n"},
		{errs.Log(7, []byte("a\xff")), "PROCESS_LOG_STDERR", who + `pid:7 channel:stderr` + "\n" + `Undecodable: b'a\xff'`},
		{out.Communication(7, []byte("é")), "PROCESS_COMMUNICATION_STDOUT", who + "pid:7\né"},
		{errs.Communication(7, nil), "PROCESS_COMMUNICATION_STDERR", who + "pid:7\n"},
		{Remote("kind", "some: data\n"), "REMOTE_COMMUNICATION", "type:kind\nsome: data\n"},
		{Running, "SUPERVISOR_STATE_CHANGE_RUNNING", ""},
		{Stopping, "SUPERVISOR_STATE_CHANGE_STOPPING", ""},
		{GroupAdded("pets"), "PROCESS_GROUP_ADDED", "groupname:pets\n"},
		{GroupRemoved("pets"), "PROCESS_GROUP_REMOVED", "groupname:pets\n"},
		{Periods[0].Tick(1201063880), "TICK_5", "when:1201063880"},
		{Periods[1].Tick(1201063860), "TICK_60", "when:1201063860"},
		{Periods[2].Tick(1201060800), "TICK_3600", "when:1201060800"},
	} {
		if c.e.Type != c.kind || c.e.Payload != c.payload {
			t.Errorf("got %s %q\nwant %s %q", c.e.Type, c.e.Payload, c.kind, c.payload)
		}
		if got := api.Includes(c.kind); len(got) != 1 {
			t.Errorf("%s is no type that happens: %v", c.kind, got)
		}
	}
}

func TestPeriods(t *testing.T) {
	now := time.Unix(1201063884, 250e6)
	for _, c := range []struct {
		p     Period
		slice int64
		left  time.Duration
	}{
		{Periods[0], 1201063880, 750 * time.Millisecond},
		{Periods[1], 1201063860, 35*time.Second + 750*time.Millisecond},
		{Periods[2], 1201060800, 515*time.Second + 750*time.Millisecond},
	} {
		if c.p.Slice(now) != c.slice || c.p.Left(now) != c.left {
			t.Errorf("%s: in %d for %s more, want %d, %s", c.p.Type(), c.p.Slice(now), c.p.Left(now), c.slice, c.left)
		}
	}
	if left := Periods[0].Left(time.Unix(1201063880, 0)); left != 5*time.Second {
		t.Errorf("at the beginning of a period %s are left", left)
	}
}
