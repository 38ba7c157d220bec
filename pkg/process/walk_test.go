package process

import (
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

	"supervisord/pkg/api"
	"supervisord/pkg/config"
)

// epoch is when every test begins.
var epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func program(change ...func(*config.Program)) *config.Program {
	p := &config.Program{
		Name: "web", Group: "web", StartSecs: time.Second, StartRetries: 3, ExitCodes: []int{0},
		StopSignal: syscall.SIGTERM, StopWaitSecs: 10 * time.Second,
	}
	for _, c := range change {
		c(p)
	}
	return p
}

// policies are the settings that steer the machine.
var policies = map[string]*config.Program{
	"default":     program(),
	"always":      program(func(p *config.Program) { p.AutoRestart = config.RestartAlways }),
	"never":       program(func(p *config.Program) { p.AutoRestart = config.RestartNever }),
	"startsecs=0": program(func(p *config.Program) { p.StartSecs = 0; p.AutoRestart = config.RestartAlways }),
	"retries=0":   program(func(p *config.Program) { p.StartRetries = 0 }),
	"no wait":     program(func(p *config.Program) { p.StopWaitSecs = 0 }),
	"group": program(func(p *config.Program) {
		p.StopAsGroup, p.KillAsGroup = true, true
	}),
}

// TestWalk tries every event on every machine that can be reached, under every
// policy, and holds each step to the rules of doc.go.
func TestWalk(t *testing.T) {
	for name, p := range policies {
		t.Run(name, func(t *testing.T) {
			w := walker{t: t, p: p, seen: map[string]bool{}, edges: map[string]bool{}}
			w.visit(Machine{})
			t.Logf("%d machines, %d edges", len(w.seen), len(w.edges))
			if len(w.seen) > 400 {
				t.Errorf("the set of machines does not close: %d", len(w.seen))
			}
		})
	}
}

// TestEveryEdgeIsWalked holds the edge table to the code: no edge that no
// policy ever takes.
func TestEveryEdgeIsWalked(t *testing.T) {
	edges := map[string]bool{}
	for _, p := range policies {
		w := walker{t: t, p: p, seen: map[string]bool{}, edges: edges}
		w.visit(Machine{})
	}
	for _, row := range api.States {
		for _, next := range row.Next {
			if e := fmt.Sprintf("%s -> %s", row.State, next); !edges[e] {
				t.Errorf("api.States allows %s, which never happens", e)
			}
		}
	}
}

type walker struct {
	t     *testing.T
	p     *config.Program
	seen  map[string]bool
	edges map[string]bool
}

// key names a machine by what steers it: times relative to now, counted in
// seconds, and no farther than the rules look.
func (w *walker) key(m Machine, now time.Time) string {
	left := "-"
	if !m.Deadline.IsZero() {
		left = m.Deadline.Sub(now).String()
	}
	lived := min(now.Sub(m.Start), 2*time.Second)
	if m.Pid == 0 {
		lived = 0
	}
	return fmt.Sprint(m.State, m.Pid != 0, m.Tries, left, lived, m.Quiet)
}

func (w *walker) visit(m Machine) {
	// Every machine is looked at as of epoch: shift its times there.
	k := w.key(m, epoch)
	if w.seen[k] {
		return
	}
	w.seen[k] = true
	for _, ev := range w.possible(m) {
		for _, after := range w.delays(m, ev) {
			now := epoch.Add(after)
			next, actions := m.Step(w.p, now, ev)
			w.check(m, now, ev, next, actions)
			w.visit(shift(next, -after))
		}
	}
}

// possible gives the events that the owner can bring in this situation.
func (w *walker) possible(m Machine) []Event {
	evs := []Event{Start{}, Stop{}, Quiesce{}, Shutdown{}, Signal{syscall.SIGHUP}, Tick{}}
	if m.Pid != 0 {
		evs = append(evs, Reaped{0, "exit status 0"}, Reaped{1, "exit status 1"},
			Reaped{-1, "terminated by SIGKILL"}, KillFailed{"unknown problem"})
	}
	if m.Spawning() {
		evs = append(evs, Spawned{Pid: 7}, Failed{"can't find command 'web'"})
	}
	return evs
}

// delays gives the moments at which an event is tried: now, within startsecs,
// after it; a Tick only when it is due.
func (w *walker) delays(m Machine, ev Event) []time.Duration {
	if _, ok := ev.(Tick); ok {
		if m.Deadline.IsZero() {
			return []time.Duration{0}
		}
		return []time.Duration{max(0, m.Deadline.Sub(epoch))}
	}
	if _, ok := ev.(Reaped); ok {
		return []time.Duration{0, w.p.StartSecs + time.Second}
	}
	return []time.Duration{0}
}

func shift(m Machine, d time.Duration) Machine {
	for _, t := range []*time.Time{&m.Start, &m.Stop, &m.Deadline} {
		if !t.IsZero() {
			*t = t.Add(d)
		}
	}
	return m
}

func (w *walker) check(m Machine, now time.Time, ev Event, next Machine, actions []Action) {
	fail := func(format string, args ...any) {
		w.t.Helper()
		w.t.Errorf("%+v\n\tat +%v %T%+v\n\tgives %+v\n\t%+v\n\t%s", m, now.Sub(epoch), ev, ev, next, actions, fmt.Sprintf(format, args...))
	}
	state, spawns := m.State, 0
	for _, a := range actions {
		switch a := a.(type) {
		case Changed:
			row, _ := a.From.Row()
			if a.From != state || !slices.Contains(row.Next, a.To) {
				fail("no edge %s -> %s from %s", a.From, a.To, state)
			}
			w.edges[fmt.Sprintf("%s -> %s", a.From, a.To)] = true
			state = a.To
		case Kill:
			if a.Pid == 0 || a.Pid != next.Pid {
				fail("signal to pid %d", a.Pid)
			}
			if a.Group && !w.p.StopAsGroup && !w.p.KillAsGroup {
				fail("signal to the group unasked")
			}
		case Spawn:
			spawns++
		}
	}
	if state != next.State {
		fail("the last change is to %s", state)
	}
	if spawns > 1 || spawns == 1 && (m.Spawning() || m.Pid != 0) {
		fail("a second process")
	}
	if spawns == 1 && (next.State != api.Starting || next.Pid != 0) {
		fail("spawn without STARTING")
	}
	if next.State == api.Running && next.Pid == 0 {
		fail("RUNNING without a process")
	}
	if next.State == api.Stopping && next.Deadline.IsZero() && !next.Spawning() {
		fail("STOPPING for ever")
	}
	if next.Pid != 0 && next.State.Down() && next.State != api.Unknown {
		fail("a process in %s", next.State)
	}
	if m.Quiet && spawns > 0 {
		if _, ok := ev.(Start); !ok {
			fail("started although supervisord is going down")
		}
	}
	if _, ok := ev.(Tick); ok && !m.Deadline.IsZero() {
		if next.State == m.State && !next.Deadline.After(now) {
			fail("the Tick did not move it")
		}
	}
	if next.State == api.Fatal && next.Tries != 0 || next.State == api.Stopped && next.Tries != 0 {
		fail("failed starts are still counted")
	}
}
