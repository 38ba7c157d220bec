package events

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"supervisord/pkg/config"
)

// fake is a process that a listener belongs to.
type fake struct {
	running bool
	text    bool
	closed  bool // its standard input
	got     []string
}

func (f *fake) Running() bool   { return f.running }
func (f *fake) ReadsText() bool { return f.text }

func (f *fake) Write(text string) error {
	if f.closed {
		return errors.New("closed")
	}
	f.got = append(f.got, text)
	return nil
}

// types gives the types of what was sent, with the payload.
func (f *fake) types() []string {
	var types []string
	for _, envelope := range f.got {
		header, payload, _ := strings.Cut(envelope, "\n")
		fields := strings.Fields(header)
		types = append(types, strings.TrimPrefix(fields[5], "eventname:")+" "+payload)
	}
	f.got = nil
	return types
}

// rig is a pool with some running processes.
type rig struct {
	*testing.T
	bus   Bus
	pool  *Pool
	procs []*fake
	ears  []*Listener
	lines []string // of the main log, without those of the level debug
	debug []string
}

func (r *rig) log(l config.Level, format string, args ...any) {
	line := l.Code() + " " + fmt.Sprintf(format, args...)
	if l <= config.Debug {
		r.debug = append(r.debug, line)
		return
	}
	r.lines = append(r.lines, line)
}

func newRig(t *testing.T, processes, size int, types ...string) *rig {
	r := &rig{T: t}
	r.pool = NewPool(PoolOptions{Name: "ear", Server: "here", Events: types, Size: size, Judge: Default, Log: r.log})
	for i := range processes {
		p := &fake{running: true}
		r.procs = append(r.procs, p)
		r.ears = append(r.ears, r.pool.Join(fmt.Sprintf("ear_%d", i), p))
	}
	r.bus.Add(r.pool)
	return r
}

// say has a listener speak, and events sent afterwards.
func (r *rig) say(i int, text string) {
	r.ears[i].Hear(r.ears[i].life, []byte(text))
	r.bus.Dispatch()
}

func (r *rig) publish(kinds ...string) {
	for _, k := range kinds {
		r.bus.Publish(Remote(k, ""))
	}
	r.bus.Dispatch()
}

// sent checks what a process has been sent since the last time.
func (r *rig) sent(i int, want ...string) {
	r.Helper()
	for i, w := range want {
		want[i] = "REMOTE_COMMUNICATION type:" + w + "\n"
	}
	if got := r.procs[i].types(); !reflect.DeepEqual(got, want) {
		r.Errorf("process %d was sent %q, not %q", i, got, want)
	}
}

func (r *rig) logged(want ...string) {
	r.Helper()
	if !reflect.DeepEqual(r.lines, want) {
		r.Errorf("logged:\n%s\nwant:\n%s", strings.Join(r.lines, "\n"), strings.Join(want, "\n"))
	}
	r.lines = nil
}

func TestEnvelope(t *testing.T) {
	r := newRig(t, 1, 10, "REMOTE_COMMUNICATION", "TICK")
	r.bus.Next = 40
	r.bus.Publish(Running) // nobody wants it: no number
	r.procs[0].text = true
	r.publish("é")
	r.say(0, "READY\n")
	r.say(0, "RESULT 2\nOKREADY\n")
	r.bus.Publish(Periods[0].Tick(5))
	r.bus.Dispatch()
	want := []string{
		"ver:3.0 server:here serial:40 pool:ear poolserial:0 eventname:REMOTE_COMMUNICATION len:7\ntype:é\n",
		"ver:3.0 server:here serial:41 pool:ear poolserial:1 eventname:TICK_5 len:6\nwhen:5",
	}
	if !reflect.DeepEqual(r.procs[0].got, want) {
		t.Errorf("sent %q", r.procs[0].got)
	}
	r.pool.o.Len = config.LenBytes
	r.say(0, "RESULT 2\nOKREADY\n")
	r.publish("é☺")
	want = append(want, "ver:3.0 server:here serial:42 pool:ear poolserial:2 eventname:REMOTE_COMMUNICATION len:11\ntype:é☺\n")
	if !reflect.DeepEqual(r.procs[0].got, want) {
		t.Errorf("sent %q", r.procs[0].got)
	}
	r.logged()
}

// The length is what the listener counts, or what the section says.
func TestEventLen(t *testing.T) {
	for _, c := range []struct {
		text bool
		say  config.EventLen
		want string
	}{
		{true, config.LenAuto, "7"}, {false, config.LenAuto, "8"},
		{true, config.LenBytes, "8"}, {false, config.LenCharacters, "7"},
	} {
		r := newRig(t, 1, 10, "EVENT")
		r.pool.o.Len, r.procs[0].text = c.say, c.text
		r.publish("é")
		r.say(0, "READY\n")
		if got := r.procs[0].got; len(got) != 1 || !strings.Contains(got[0], " len:"+c.want+"\n") {
			t.Errorf("%+v: sent %q", c, got)
		}
	}
}

// Who asks for a type and for one above it is told twice, under one number.
func TestTwice(t *testing.T) {
	r := newRig(t, 2, 10, "EVENT", "REMOTE_COMMUNICATION")
	r.say(0, "READY\n")
	r.say(1, "READY\n")
	r.publish("a")
	if !reflect.DeepEqual(r.procs[0].got, r.procs[1].got) || len(r.procs[0].got) != 1 {
		t.Errorf("sent %q and %q", r.procs[0].got, r.procs[1].got)
	}
}

func TestSubscriptions(t *testing.T) {
	r := newRig(t, 1, 10, "PROCESS_LOG", "TICK_5")
	for _, c := range []struct {
		kind string
		want bool
	}{
		{"PROCESS_LOG_STDOUT", true}, {"PROCESS_LOG_STDERR", true}, {"TICK_5", true}, {"TICK_60", false}, {"PROCESS_STATE_EXITED", false},
	} {
		if r.bus.Wants(c.kind) != c.want {
			t.Errorf("wants %s: %v", c.kind, !c.want)
		}
	}
	r.bus.Remove(r.pool)
	if r.bus.Wants("TICK_5") {
		t.Error("a pool that was removed wants something")
	}
}

// The first listener in the order of the configuration that is ready and
// RUNNING gets the event.
func TestFirstReady(t *testing.T) {
	r := newRig(t, 3, 10, "EVENT")
	for i := range 3 {
		r.say(i, "READY\n")
	}
	r.procs[0].running = false
	r.procs[1].closed = true
	r.publish("a", "b")
	r.sent(0)
	r.sent(1)
	r.sent(2, "a")
	if n := len(r.debug); r.debug[n-1] != "DEBG epipe occurred while sending event 1 to listener ear_1, listener state unchanged" {
		t.Errorf("the log says %q", r.debug[n-1])
	}
	r.procs[0].running = true
	r.bus.Dispatch()
	r.sent(0, "b")
	r.logged()
}

func TestOverflow(t *testing.T) {
	r := newRig(t, 1, 2, "EVENT")
	r.publish("a", "b", "c", "d")
	r.logged("ERRO pool ear event buffer overflowed, discarding event 0", "ERRO pool ear event buffer overflowed, discarding event 1")
	r.say(0, "READY\n")
	r.sent(0, "c")
	r.publish("e")
	// What is given back takes the place of the oldest.
	r.say(0, "RESULT 4\nFAILREADY\n")
	r.logged("WARN ear_0: event was rejected", "ERRO pool ear event buffer overflowed, discarding event 3")
	r.sent(0, "c")
	r.say(0, "RESULT 2\nOKREADY\n")
	r.sent(0, "e")
	r.logged("WARN pool ear has caught up; 3 events were discarded since it fell behind, 3 in all (a larger buffer_size or more processes would have kept them)")
	if r.pool.Dropped() != 3 {
		t.Errorf("%d dropped", r.pool.Dropped())
	}
	r.say(0, "RESULT 2\nOKREADY\n")
	r.logged()
}

// What a listener had when it ended goes to the next one, before all others.
func TestEnd(t *testing.T) {
	r := newRig(t, 2, 10, "EVENT")
	r.say(0, "READY\n")
	r.publish("a", "b")
	r.sent(0, "a")
	r.procs[0].running = false
	r.ears[0].End()
	r.ears[0].End()
	r.say(1, "READY\n")
	r.sent(1, "a")
	// A descendant of the one that ended speaks on.
	life := r.ears[0].life
	r.ears[0].Start()
	r.procs[0].running = true
	r.ears[0].Hear(life, []byte("READY\n"))
	r.bus.Dispatch()
	r.sent(0)
	r.say(0, "READY\n")
	r.sent(0, "b")
	r.logged()
}

// Another pool does not hear of what this one rejects.
func TestRejectedStaysHere(t *testing.T) {
	r := newRig(t, 1, 10, "EVENT")
	other := NewPool(PoolOptions{Name: "other", Events: []string{"TICK"}, Size: 10, Judge: Default, Log: r.log})
	p := &fake{running: true}
	l := other.Join("other", p)
	r.bus.Add(other)
	l.Hear(0, []byte("READY\n"))
	r.say(0, "READY\n")
	r.publish("a")
	r.say(0, "RESULT 4\nFAIL")
	if len(p.got) > 0 || len(other.buffer) > 0 {
		t.Errorf("the other pool has %q, %v", p.got, other.buffer)
	}
}

func TestSerialsWrap(t *testing.T) {
	r := newRig(t, 1, 10, "EVENT")
	r.bus.Next, r.pool.next = math.MaxInt64, math.MaxInt64
	r.publish("a", "b")
	if b := r.pool.buffer; b[0].serial != math.MaxInt64 || b[1].serial != 0 || b[1].poolSerial != 0 {
		t.Errorf("numbers %v", b)
	}
}
