package supervisor

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"supervisord/pkg/api"
	"supervisord/pkg/config"
	"supervisord/pkg/process"
)

// A step of the clock on the wall moves nothing: every time that is compared with
// another one is measured on the clock that only goes forward.
func TestTimesAreMonotonic(t *testing.T) {
	host := newFakeHost()
	host.does["fails"] = &behaviour{spawnFails: "no such thing"}
	host.does["slow"] = &behaviour{dieTakes: 10 * time.Millisecond}
	c := configOf(prog("fails"), prog("slow"), prog("runs", func(p *config.Program) { p.StartSecs = 0 }))
	// Not in a bubble: its clock is not the real one.
	s := New(Options{Config: c, Host: host, Log: &fakeLog{}, Load: func() (*config.Config, error) { return c, nil }})
	ended := make(chan Ending, 1)
	go func() { ended <- s.Run() }()
	check := func(name string, want api.State) {
		t.Helper()
		m := s.awaitMachine(t, name, want)
		for what, at := range map[string]time.Time{"the start": m.Start, "the deadline": m.Deadline} {
			if !at.IsZero() && at == at.Round(0) { // which takes the other clock's reading away
				t.Errorf("%s of %s in %s is on the clock on the wall", what, name, want)
			}
		}
	}
	check("fails", api.Backoff)
	check("slow", api.Starting)
	check("runs", api.Running)
	if _, err := s.StopProcess(t.Context(), "slow", false); err != nil {
		t.Fatal(err)
	}
	check("slow", api.Stopping)
	if _, err := s.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	<-ended
	if s.stops.began == s.stops.began.Round(0) || s.stops.report == s.stops.report.Round(0) {
		t.Error("the shutdown is timed by the clock on the wall")
	}
	host.live.Wait()
}

// awaitMachine waits until a process is in a state, and gives its machine then.
func (s *Supervisor) awaitMachine(t *testing.T, name string, want api.State) (m process.Machine) {
	t.Helper()
	for began := time.Now(); time.Since(began) < 10*time.Second; time.Sleep(time.Millisecond) {
		if err := s.do(t.Context(), func() { m = s.find(name, name).m }); err != nil {
			t.Fatal(err)
		}
		if m.State == want {
			return m
		}
	}
	t.Fatalf("%s is %s, not %s", name, m.State, want)
	return m
}

// A process that is gone when its signal comes, and whose end is only told later:
// nothing fails, and the end makes it STOPPED.
func TestSignalComesTooLate(t *testing.T) {
	host := newFakeHost()
	host.does["web"] = &behaviour{exitsAfter: 5 * time.Second}
	inBubble(t, configOf(prog("web")), host, func(b *bench) {
		time.Sleep(2 * time.Second)
		b.want(map[string]api.State{"web": api.Running})
		host.mu.Lock()
		for _, p := range host.procs {
			p.gone = true
		}
		host.mu.Unlock()
		if r, err := b.StopProcess(b.T.Context(), "web", false); err != nil || r != true {
			t.Errorf("stop: %v, %v", r, err)
		}
		b.want(map[string]api.State{"web": api.Stopping})
		if r, err := b.SignalProcess(b.T.Context(), "web", "HUP"); err != nil || r != true {
			t.Errorf("signal: %v, %v", r, err)
		}
		time.Sleep(5 * time.Second)
		synctest.Wait()
		b.want(map[string]api.State{"web": api.Stopped})
		if n := b.log.count("unknown problem"); n != 0 {
			t.Errorf("somebody was alarmed: %s", b.log.text())
		}
	})
}
