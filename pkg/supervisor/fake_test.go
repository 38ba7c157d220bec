package supervisor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"supervisord/pkg/api"
	"supervisord/pkg/config"
)

// behaviour says what a made-up program does.
type behaviour struct {
	spawnTakes time.Duration
	spawnFails string
	exitsAfter time.Duration // 0: runs until it is told
	exitCode   int
	ignores    map[syscall.Signal]bool
	dieTakes   time.Duration // from the signal to the end
	leaves     bool          // something of its process group stays alive
	missing    bool          // its command is not found
}

// fakeHost runs made-up programs in the bubble's time.
type fakeHost struct {
	mu        sync.Mutex
	exits     func(Exit)
	next      int
	procs     map[int]*fakeProc
	does      map[string]*behaviour // by process name
	spawned   []string              // names, in order
	signals   []string              // "name SIG", in order
	prepared  int                   // how often log files were chosen
	leftovers []int                 // groups that Spawn was told to end
	live      sync.WaitGroup
}

type fakeProc struct {
	host *fakeHost
	pid  int
	name string
	b    *behaviour
	end  chan Exit // room for one
	gone bool
	taps Taps
	got  []string // on its standard input
}

func newFakeHost() *fakeHost {
	return &fakeHost{next: 100, procs: map[int]*fakeProc{}, does: map[string]*behaviour{}}
}

func (h *fakeHost) Exits(f func(Exit)) { h.exits = f }

func (h *fakeHost) Prepare(p *config.Program) Logs {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.prepared++
	return Logs{Stdout: "/log/" + p.Name}
}

func (h *fakeHost) Check(p *config.Program) error {
	if h.behaviour(p.Name).missing {
		return api.NoFile.Fault("can't find command '" + p.Command + "'")
	}
	return nil
}

func (h *fakeHost) behaviour(name string) *behaviour {
	h.mu.Lock()
	defer h.mu.Unlock()
	if b := h.does[name]; b != nil {
		return b
	}
	return &behaviour{}
}

func (h *fakeHost) Spawn(o Order, done func(Child, error) bool) {
	b := h.behaviour(o.Program.Name)
	h.mu.Lock()
	h.spawned = append(h.spawned, o.Program.Name)
	if o.Leftover != 0 {
		h.leftovers = append(h.leftovers, o.Leftover)
	}
	h.next++
	p := &fakeProc{host: h, pid: h.next, name: o.Program.Name, b: b, end: make(chan Exit, 1), taps: o.Taps}
	h.mu.Unlock()
	h.live.Add(1)
	go func() {
		defer h.live.Done()
		time.Sleep(b.spawnTakes)
		if b.spawnFails != "" {
			done(nil, errors.New(b.spawnFails))
			return
		}
		h.mu.Lock()
		h.procs[p.pid] = p
		h.mu.Unlock()
		if !done(p, nil) {
			return
		}
		p.run()
	}()
}

// run is the life of a made-up process.
func (p *fakeProc) run() {
	var after <-chan time.Time
	if p.b.exitsAfter > 0 {
		after = time.After(p.b.exitsAfter)
	}
	e := Exit{Code: p.b.exitCode, Text: fmt.Sprintf("exit status %d", p.b.exitCode)}
	select {
	case <-after:
	case e = <-p.end:
		time.Sleep(p.b.dieTakes)
	}
	p.host.mu.Lock()
	p.gone = true
	p.host.mu.Unlock()
	e.Pid, e.Known, e.Time = p.pid, true, time.Now()
	p.host.exits(e)
}

func (h *fakeHost) Kill(pid int, sig syscall.Signal, group bool) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.procs[pid]
	if p == nil {
		return os.NewSyscallError("kill", syscall.ESRCH)
	}
	if sig == 0 {
		if p.gone && !p.b.leaves {
			return os.NewSyscallError("kill", syscall.ESRCH)
		}
		return nil
	}
	h.signals = append(h.signals, p.name+" "+config.SignalName(sig))
	if p.gone {
		return os.NewSyscallError("kill", syscall.ESRCH)
	}
	if p.b.ignores[sig] {
		return nil
	}
	select {
	case p.end <- Exit{Code: -1, Text: "terminated by " + config.SignalName(sig)}:
	default:
	}
	return nil
}

func (h *fakeHost) Emptied(group int, done func()) {
	h.live.Add(1)
	go func() {
		defer h.live.Done()
		for h.Kill(group, 0, true) == nil {
			time.Sleep(10 * time.Millisecond)
		}
		done()
	}()
}

func (p *fakeProc) Program() string   { return "/bin/" + p.name }
func (p *fakeProc) Pid() int          { return p.pid }
func (p *fakeProc) Drain(done func()) { go done() }

func (p *fakeProc) Write(text string) error {
	p.host.mu.Lock()
	defer p.host.mu.Unlock()
	p.got = append(p.got, text)
	return nil
}

// read takes what is on the standard input.
func (p *fakeProc) read() []string {
	p.host.mu.Lock()
	defer p.host.mu.Unlock()
	got := p.got
	p.got = nil
	return got
}

func (p *fakeProc) Reopen()      {}
func (p *fakeProc) Clear() error { return nil }

// fakeLog keeps the lines of the main log.
type fakeLog struct {
	mu    sync.Mutex
	began time.Time
	lines []string
	times []time.Time // of the lines
}

func (l *fakeLog) Log(level config.Level, format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if level >= config.Info {
		l.lines = append(l.lines, level.Code()+" "+fmt.Sprintf(format, args...))
		l.times = append(l.times, time.Now())
	}
}
func (l *fakeLog) Enabled(config.Level) bool { return true }
func (l *fakeLog) Path() string              { return "" }
func (l *fakeLog) Reopen() error             { return nil }
func (l *fakeLog) Clear() error              { return nil }

func (l *fakeLog) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.lines, "\n")
}

func (l *fakeLog) count(text string) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, line := range l.lines {
		if strings.Contains(line, text) {
			n++
		}
	}
	return n
}

// prog makes a program that is a group of its own.
func prog(name string, change ...func(*config.Program)) *config.Group {
	p := &config.Program{
		Name: name, Group: name, Section: "program:" + name, Command: "/bin/" + name, Priority: 999, Autostart: true,
		StartSecs: time.Second, StartRetries: 3, ExitCodes: []int{0}, StopSignal: syscall.SIGTERM,
		StopWaitSecs: 10 * time.Second, CleanAsGroup: true,
	}
	for _, c := range change {
		c(p)
	}
	return &config.Group{Name: name, Priority: p.Priority, Programs: []*config.Program{p}}
}

func configOf(groups ...*config.Group) *config.Config {
	return &config.Config{Groups: groups, Supervisord: config.Supervisord{Identifier: "supervisor"}}
}

// bench is a supervisor at work in a bubble.
type bench struct {
	T *testing.T
	*Supervisor
	host   *fakeHost
	log    *fakeLog
	config *config.Config // what a reread finds
	ending chan Ending
}

// inBubble runs a story with a supervisor. What is left running at its end is
// shut down.
func inBubble(t *testing.T, c *config.Config, host *fakeHost, story func(b *bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &bench{T: t, host: host, log: &fakeLog{began: time.Now()}, config: c, ending: make(chan Ending, 1)}
		b.start(Kept{})
		story(b)
		b.Supervisor.Shutdown(t.Context())
		<-b.ending
		host.live.Wait()
	})
}

func (b *bench) start(kept Kept) {
	b.Supervisor = New(Options{
		Config: b.config, Host: b.host, Log: b.log, Kept: kept, Version: "4.2.5",
		Load: func() (*config.Config, error) { return b.config, nil },
	})
	go func() { b.ending <- b.Run() }()
}

// reload does what supervisord does on SIGHUP.
func (b *bench) reload() {
	b.T.Helper()
	b.Signal(syscall.SIGHUP)
	if e := <-b.ending; e != Restart {
		b.T.Fatalf("ended with %v", e)
	}
	b.start(b.Kept())
	synctest.Wait()
}

func (b *bench) state(name string) api.State {
	b.T.Helper()
	info, err := b.GetProcessInfo(context.Background(), name)
	if err != nil {
		b.T.Fatal(err)
	}
	return info.State
}

// want checks the states of processes, once everything has settled.
func (b *bench) want(states map[string]api.State) {
	b.T.Helper()
	synctest.Wait()
	for name, want := range states {
		if got := b.state(name); got != want {
			b.T.Errorf("%s is %s, not %s\n%s", name, got, want, b.log.text())
		}
	}
}
