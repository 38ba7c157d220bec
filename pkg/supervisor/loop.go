package supervisor

import (
	"errors"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"supervisord/pkg/api"
	"supervisord/pkg/config"
	"supervisord/pkg/events"
	"supervisord/pkg/process"
)

// Log is the main log, as the loop needs it. Its methods do not block for long.
type Log interface {
	Log(level config.Level, format string, args ...any)
	Enabled(level config.Level) bool
	Path() string // empty: kept in no file
	Reopen() error
	Clear() error
}

// Options are what a Supervisor is made from.
type Options struct {
	Config *config.Config
	// Load reads the configuration again, for reloadConfig.
	Load func() (*config.Config, error)
	Host Host
	Log  Log
	// Kept is what an earlier Supervisor in this process has left.
	Kept Kept
	// Version is the answer of getSupervisorVersion.
	Version string
	// Print writes to the standard output of supervisord. It does not block.
	Print func([]byte)
	// Settled is called once, when all that is to be started at the start has
	// been; nil: nobody wants to know.
	Settled func()
}

// Ending says how Run ended.
type Ending int

// The ways in which Run ends.
const (
	Shutdown Ending = iota // supervisord is to exit
	Restart                // supervisord is to read its configuration and start again
)

// Supervisor owns the processes. It implements api.Supervisor.
type Supervisor struct {
	o    Options
	log  Log
	host Host
	// inbox has no buffer: what was sent is run, even while the loop ends.
	inbox chan func()
	ended chan struct{} // closed when Run is over
	// viewers ask for the view; seen is the one that holds, nil if none does.
	// The loop alone writes it.
	viewers chan chan<- *view
	seen    atomic.Pointer[view]
	state   atomic.Int32 // an api.SupervisorState; the loop alone writes it
	bg      sync.WaitGroup

	// What follows belongs to the loop.

	config *config.Config // as last read
	// chosen are the logs of those processes of config that are or were active:
	// one that is removed and added again keeps its AUTO logs.
	chosen   map[*config.Program]Logs
	groups   []*group // active, in the order in which they were added
	bus      events.Bus
	ticks    ticks
	spawning int // spawns under way
	settling settling
	due      deadlines
	byPid    map[int]*proc
	kept     Kept
	rereads  int
	stops    *shutdown // while the state is not RUNNING
	over     bool
}

// New makes a Supervisor and its groups. AUTO log files are created now.
func New(o Options) *Supervisor {
	s := &Supervisor{
		o: o, log: o.Log, host: o.Host, config: o.Config,
		inbox: make(chan func()), ended: make(chan struct{}), viewers: make(chan chan<- *view),
		chosen: map[*config.Program]Logs{}, byPid: map[int]*proc{}, kept: o.Kept,
		ticks: ticks{last: map[events.Period]int64{}},
	}
	s.bus.Next = s.kept.NextSerial
	s.state.Store(int32(api.SupervisorRunning))
	if s.kept.Held == nil {
		s.kept.Held, s.kept.Leftover = map[string]int{}, map[string]int{}
	}
	o.Host.Exits(func(e Exit) { s.post(func() { s.exited(e) }) })
	for _, c := range o.Config.Groups {
		s.activate(newGroup(c, o.Host, nil))
	}
	return s
}

// Kept gives what the next Supervisor in this process is to know. For use after
// Run.
func (s *Supervisor) Kept() Kept {
	s.kept.NextSerial = s.bus.Next
	return s.kept
}

// Run starts what is to be started and serves until a shutdown or restart is
// complete. Afterwards every call is answered with SHUTDOWN_STATE.
func (s *Supervisor) Run() Ending {
	defer s.bg.Wait()
	defer close(s.ended)
	defer s.seen.Store(nil)
	s.bus.Publish(events.Running)
	for _, g := range s.byPriority() {
		s.autostart(g)
	}
	s.settling.latest = time.Now().Add(settledAtLatest)
	s.settling.at = s.settling.latest
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for !s.over {
		s.arm(timer)
		select {
		case f := <-s.inbox:
			s.seen.Store(nil)
			f()
		case <-timer.C:
			s.seen.Store(nil)
			s.tick()
		case answer := <-s.viewers:
			s.show(answer)
		}
		s.bus.Dispatch()
		s.settle(time.Now())
	}
	return s.stops.ending
}

// arm sets the one timer to the earliest deadline of all.
func (s *Supervisor) arm(timer *time.Timer) {
	next := time.Time{}
	if len(s.due) > 0 {
		next = s.due[0].m.Deadline
	}
	if s.stops != nil && (next.IsZero() || s.stops.report.Before(next)) {
		next = s.stops.report
	}
	if at := s.ticks.next; !at.IsZero() && (next.IsZero() || at.Before(next)) {
		next = at
	}
	if at := s.settling.at; !s.settling.over && (next.IsZero() || at.Before(next)) {
		next = at
	}
	if next.IsZero() {
		timer.Stop()
		return
	}
	timer.Reset(max(0, time.Until(next)))
}

// tick steps every machine whose deadline has passed.
func (s *Supervisor) tick() {
	now := time.Now()
	for len(s.due) > 0 && !s.due[0].m.Deadline.After(now) {
		s.step(s.due[0], process.Tick{})
	}
	if s.stops != nil && !s.stops.report.After(now) {
		s.reportStops()
	}
	if !s.ticks.next.IsZero() && !s.ticks.next.After(now) {
		s.lookAtClock(now)
	}
}

// step applies an event to a process and carries out what follows.
func (s *Supervisor) step(p *proc, ev process.Event) { s.stepAt(p, time.Now(), ev) }

func (s *Supervisor) stepAt(p *proc, now time.Time, ev process.Event) {
	next, actions := p.m.Step(p.config, now, ev)
	p.m = next
	s.due.update(p)
	for _, a := range actions {
		s.carryOut(p, a)
	}
	if p.listener != nil && p.m.Pid == 0 {
		p.listener.End()
	}
	p.tellWaiters()
	if s.stops != nil {
		s.advanceStops()
	}
}

func (s *Supervisor) carryOut(p *proc, a process.Action) {
	switch a := a.(type) {
	case process.Log:
		s.log.Log(a.Level, "%s", a.Text)
	case process.Changed:
		if a.To.Down() {
			s.rest(p)
		}
		s.bus.Publish(events.StateChange(p.config.Name, p.config.Group, a))
	case process.Spawn:
		s.spawn(p)
	case process.Kill:
		s.kill(p, a)
	}
}

func (s *Supervisor) spawn(p *proc) {
	o := Order{
		Program: p.config, Logs: p.logs, Leftover: s.kept.Leftover[p.key()],
		// The servers stay those of the start until a restart.
		ServerURL: p.config.URL(s.o.Config), StripANSI: s.config.Supervisord.StripANSI, Taps: s.taps(p),
	}
	delete(s.kept.Leftover, p.key())
	s.spawning++
	s.host.Spawn(o, func(c Child, err error) bool {
		return s.post(func() { s.spawned(p, c, err) })
	})
}

// spawned takes over a child, or the reason why there is none.
func (s *Supervisor) spawned(p *proc, c Child, err error) {
	s.spawning--
	if err != nil {
		s.step(p, process.Failed{Text: err.Error()})
		return
	}
	p.child = c
	s.byPid[c.Pid()] = p
	s.step(p, process.Spawned{Pid: c.Pid()})
}

// kill sends a signal. That the process has just ended is no failure: its exit
// is on the way.
func (s *Supervisor) kill(p *proc, k process.Kill) {
	err := s.host.Kill(k.Pid, k.Signal, k.Group)
	switch {
	case err == nil:
	case errors.Is(err, syscall.ESRCH):
		just := "just now" // Supervisor's words differ by what the signal is for
		if p.m.State == api.Stopping {
			just = "just"
		}
		s.log.Log(config.Debug, "unable to signal %s (pid %d), it probably %s exited on its own: %v",
			p.config.Name, k.Pid, just, err)
	default:
		s.step(p, process.KillFailed{Text: "unknown problem killing " + p.config.Name +
			" (" + strconv.Itoa(k.Pid) + "): " + err.Error()})
	}
}

// exited takes the end of a child: first what it has still written, then the
// change of state.
func (s *Supervisor) exited(e Exit) {
	s.log.Log(config.Debug, "received SIGCHLD indicating a child quit")
	p := s.byPid[e.Pid]
	if p == nil || !e.Known {
		s.log.Log(s.reapLevel(), "reaped unknown pid %d (%s)", e.Pid, e.Text)
		return
	}
	delete(s.byPid, e.Pid)
	reaped := func() {
		s.post(func() { s.stepAt(p, latest(e.Time, p.m.Start), process.Reaped{Code: e.Code, Text: e.Text}) })
	}
	// Looked for now, while the number cannot have been given away.
	alive := s.host.Kill(e.Pid, 0, true) == nil
	if alive && p.m.State == api.Stopping && p.config.KillAsGroup {
		// The stop is that of the group: what ignores the stop signal gets
		// its SIGKILL when stopwaitsecs are over, leader or not.
		p.child.Drain(func() { s.host.Emptied(e.Pid, reaped) })
		return
	}
	if alive && p.config.CleanAsGroup && !slices.Contains(p.config.ExitCodes, e.Code) {
		s.kept.Leftover[p.key()] = e.Pid
	}
	p.child.Drain(reaped)
}

// reapLevel: as PID 1 reaping strangers is a duty that Supervisor reports;
// otherwise they are grandchildren that would have gone to PID 1.
func (s *Supervisor) reapLevel() config.Level {
	if os.Getpid() == 1 {
		return config.Info
	}
	return config.Debug
}

// Signal has supervisord act on a signal that it was sent.
func (s *Supervisor) Signal(sig os.Signal) {
	s.post(func() {
		name := config.SignalName(sig.(syscall.Signal))
		switch sig {
		case syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT:
			s.log.Log(config.Warn, "received %s indicating exit request", name)
			s.end(Shutdown)
		case syscall.SIGHUP:
			if s.State() == api.SupervisorShutdown {
				s.log.Log(config.Warn, "ignored %s indicating restart request (shutdown in progress)", name)
				return
			}
			s.log.Log(config.Warn, "received %s indicating restart request", name)
			s.end(Restart)
		case syscall.SIGUSR2:
			s.log.Log(config.Info, "received %s indicating log reopen request", name)
			s.reopenLogs()
		default:
			s.log.Log(config.Blather, "received %s indicating nothing", name)
		}
	})
}

// reopenLogs opens the main log and the logs of all running processes again by
// their names, outside the loop.
func (s *Supervisor) reopenLogs() {
	var children []Child
	for _, p := range s.byName() {
		if p.m.Pid != 0 {
			children = append(children, p.child)
		}
	}
	s.background(func() {
		s.log.Log(config.Info, "supervisord logreopen")
		if err := s.log.Reopen(); err != nil {
			s.log.Log(config.Error, "cannot reopen the main log: %v", err)
		}
		for _, c := range children {
			c.Reopen()
		}
	})
}

// background runs f beside the loop; Run waits for it.
func (s *Supervisor) background(f func()) {
	s.bg.Add(1)
	go func() {
		defer s.bg.Done()
		f()
	}()
}

func latest(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
