package process

import (
	"slices"
	"syscall"
	"time"

	"supervisord/pkg/api"
	"supervisord/pkg/config"
)

// Pace is the least time between two starts of a process that is restarted
// because of autorestart.
const Pace = time.Second

// Machine is how one process stands. The zero value is a process that was never
// started. Copying it is taking a snapshot.
type Machine struct {
	State api.State
	Pid   int       // 0: none, or the spawn is under way
	Start time.Time // of the last start; zero: never
	Stop  time.Time // when the last process ended; zero: never
	Tries int       // failed starts in a row (Supervisor's backoff)

	// Exit is the exit status of the last process, -1 after a signal;
	// meaningful if HasExit.
	Exit    int
	HasExit bool
	// SpawnErr says why the last start failed or the last exit was not
	// expected. The next start clears it.
	SpawnErr string

	// Deadline is when a Tick is due; zero: never.
	Deadline time.Time
	// Quiet: supervisord is going down, nothing is started again.
	Quiet bool
}

// Spawning reports whether a spawn is under way.
func (m Machine) Spawning() bool {
	return m.Pid == 0 && (m.State == api.Starting || m.State == api.Stopping)
}

// Step applies one event. It returns the machine after it and what is to be
// done, in order. An event that means nothing in the present state changes
// nothing.
func (m Machine) Step(p *config.Program, now time.Time, ev Event) (Machine, []Action) {
	s := step{Machine: m, p: p, now: now}
	switch ev := ev.(type) {
	case Start:
		s.start()
	case Stop:
		s.stop()
	case Quiesce:
		s.quiesce()
	case Shutdown:
		s.shutdown()
	case Signal:
		s.signal(ev.Signal)
	case Spawned:
		s.spawned(ev.Pid)
	case Failed:
		s.failed(ev.Text)
	case Reaped:
		s.reaped(ev)
	case KillFailed:
		s.killFailed(ev.Text)
	case Tick:
		s.tick()
	}
	return s.Machine, s.actions
}

// step is one Step at work.
type step struct {
	Machine
	p       *config.Program
	now     time.Time
	actions []Action
}

func (s *step) do(a Action) { s.actions = append(s.actions, a) }

func (s *step) log(l config.Level, text string) { s.do(Log{l, text}) }

// to enters a state. The deadline of the state that is left goes with it.
func (s *step) to(next api.State) {
	s.do(Changed{From: s.State, To: next, Pid: s.Pid, Tries: s.Tries})
	s.State = next
	s.Deadline = time.Time{}
}

func (s *step) start() {
	switch s.State {
	case api.Stopped, api.Exited, api.Fatal:
		s.spawn()
	case api.Stopping:
		s.log(config.Warn, alreadyRunning(s.p))
	}
}

func (s *step) spawn() {
	s.SpawnErr, s.Exit, s.HasExit = "", 0, false
	s.Start = s.now
	s.to(api.Starting)
	s.do(Spawn{})
}

func (s *step) spawned(pid int) {
	if !s.Spawning() {
		return
	}
	s.Pid, s.Start = pid, s.now
	s.log(config.Info, spawned(s.p, pid))
	if s.State == api.Stopping { // stopped while the spawn was under way
		s.kill()
		return
	}
	s.Deadline = s.now.Add(s.p.StartSecs)
	if s.p.StartSecs == 0 {
		s.tick()
	}
}

func (s *step) failed(text string) {
	if !s.Spawning() {
		return
	}
	s.SpawnErr = text
	s.log(config.Info, "spawnerr: "+text)
	if s.State == api.Stopping {
		s.stopped()
		return
	}
	s.backoff()
}

// backoff counts a failed start and waits as many seconds as there were
// failures in a row; or gives up.
func (s *step) backoff() {
	s.Tries++
	s.to(api.Backoff)
	switch {
	case s.Tries > max(s.p.StartRetries, 0):
		s.log(config.Info, gaveUp(s.p))
		s.giveUp()
	case !s.Quiet:
		s.Deadline = s.now.Add(time.Duration(s.Tries) * time.Second)
	}
}

func (s *step) giveUp() {
	s.Tries = 0
	s.to(api.Fatal)
}

func (s *step) stop() {
	switch s.State {
	case api.Starting, api.Running:
		if s.Pid == 0 {
			s.to(api.Stopping) // the signal is sent when there is a pid
			return
		}
		s.log(config.Debug, killing(s.p, s.Pid, s.p.StopSignal, s.p.StopAsGroup))
		s.to(api.Stopping)
		s.sendStop()
	case api.Backoff:
		s.log(config.Debug, killInBackoff(s.p))
		s.stopped()
	case api.Exited:
		s.Deadline = time.Time{} // no restart: the operator wants it down
	}
}

// stopped enters STOPPED. Supervisor keeps the count of failed starts here, so
// that the next start by hand has fewer retries and longer waits; ours starts
// afresh.
func (s *step) stopped() {
	s.to(api.Stopped)
	s.Tries = 0
}

// kill sends the stop signal to what was spawned in STOPPING.
func (s *step) kill() {
	s.log(config.Debug, killing(s.p, s.Pid, s.p.StopSignal, s.p.StopAsGroup))
	s.sendStop()
}

func (s *step) sendStop() {
	s.Deadline = s.now.Add(s.p.StopWaitSecs)
	s.do(Kill{s.Pid, s.p.StopSignal, s.p.StopAsGroup})
}

func (s *step) quiesce() {
	s.Quiet = true
	if s.State == api.Exited || s.State == api.Backoff {
		s.Deadline = time.Time{}
	}
}

func (s *step) shutdown() {
	s.quiesce()
	if s.State == api.Backoff {
		s.giveUp() // without a line in the log, as in Supervisor
		return
	}
	s.stop()
}

func (s *step) signal(sig syscall.Signal) {
	if s.Pid == 0 || !s.State.Signallable() {
		return
	}
	s.log(config.Debug, sending(s.p, s.Pid, sig))
	s.do(Kill{Pid: s.Pid, Signal: sig})
}

func (s *step) killFailed(text string) {
	if s.Pid == 0 || s.State == api.Unknown {
		return
	}
	s.log(config.Critical, text)
	s.to(api.Unknown)
}

func (s *step) tick() {
	if s.Deadline.IsZero() || s.now.Before(s.Deadline) {
		return
	}
	switch s.State {
	case api.Starting:
		s.Tries = 0
		s.to(api.Running)
		s.log(config.Info, success(s.p))
	case api.Backoff, api.Exited:
		s.spawn()
	case api.Stopping:
		s.log(config.Warn, sigkill(s.p, s.Pid))
		s.log(config.Debug, killing(s.p, s.Pid, syscall.SIGKILL, s.p.KillAsGroup))
		s.Deadline = s.now.Add(max(s.p.StopWaitSecs, leastKillWait))
		s.do(Kill{s.Pid, syscall.SIGKILL, s.p.KillAsGroup})
	}
}

// leastKillWait keeps stopwaitsecs=0 from sending SIGKILL without a pause to a
// process that cannot die yet (in the kernel, say).
const leastKillWait = time.Second

func (s *step) reaped(r Reaped) {
	if s.Pid == 0 {
		return
	}
	expected := slices.Contains(s.p.ExitCodes, r.Code)
	s.Stop = s.now
	switch s.State {
	case api.Stopping:
		s.Exit, s.HasExit = r.Code, true
		s.log(worse(expected), stopped(s.p, r))
		s.stopped()
	case api.Starting:
		if s.now.Sub(s.Start) < s.p.StartSecs {
			s.SpawnErr = tooQuick
			s.log(config.Warn, exited(s.p, r, false))
			s.backoff()
			break
		}
		s.to(api.Running)
		s.exited(r, expected)
	case api.Running:
		s.exited(r, expected)
	case api.Unknown:
		s.Exit, s.HasExit = r.Code, true
	}
	s.Pid = 0
}

// exited enters EXITED, and sets the deadline for the next start if there is to
// be one.
func (s *step) exited(r Reaped, expected bool) {
	s.Tries = 0
	s.Exit, s.HasExit = r.Code, true
	if !expected {
		s.SpawnErr = badExit(r.Code)
	}
	s.log(worse(expected), exited(s.p, r, expected))
	s.do(Changed{From: s.State, To: api.Exited, Pid: s.Pid, Expected: expected})
	s.State, s.Deadline = api.Exited, time.Time{}
	if s.restart(expected) {
		s.Deadline = s.now
		if next := s.Start.Add(Pace); next.After(s.now) {
			s.Deadline = next
		}
	}
}

func (s *step) restart(expected bool) bool {
	if s.Quiet {
		return false
	}
	switch s.p.AutoRestart {
	case config.RestartAlways:
		return true
	case config.RestartUnexpected:
		return !expected
	}
	return false
}

func worse(expected bool) config.Level {
	if expected {
		return config.Info
	}
	return config.Warn
}
