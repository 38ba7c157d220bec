package supervisor

import (
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"supervisord/pkg/api"
	"supervisord/pkg/config"
	"supervisord/pkg/logs"
	"supervisord/pkg/spawn"
)

// OS is the real Host. It outlives restarts of the Supervisor in one process:
// children, pipes and log files belong to the process.
type OS struct {
	log      Log
	children *spawn.Children
	queue    *spawn.Queue
	poller   *logs.Poller
	files    *logs.Store
	syslog   *logs.Syslog
	sockets  *sockets

	own    []string // our environment, which does not change
	closed chan struct{}

	mu    sync.Mutex
	exits func(Exit)

	// childLogDir and identifier are where and under which name AUTO logs are
	// made; set by Configure.
	childLogDir, identifier string
}

// NewOS makes the real host. Close ends its goroutines. This process becomes the
// parent of orphaned descendants.
func NewOS(log Log) (*OS, error) {
	becomeSubreaper()
	poller, err := logs.NewPoller()
	if err != nil {
		return nil, err
	}
	h := &OS{log: log, poller: poller, queue: spawn.NewQueue(), closed: make(chan struct{}), own: ownEnvironment(os.Environ())}
	report := func(l config.Level, text string) { h.log.Log(l, "%s", text) }
	h.files = logs.NewStore(report)
	h.syslog = logs.NewSyslog("supervisord", report)
	h.sockets = newSockets(func(text string) { report(config.Info, text) })
	h.children = spawn.NewChildren(h.exited)
	return h, nil
}

// Configure takes over the settings of a configuration.
func (h *OS) Configure(c *config.Config) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.childLogDir, h.identifier = c.Supervisord.ChildLogDir, c.Supervisord.Identifier
}

// Close ends the host. Children that are still alive are left alone.
func (h *OS) Close() {
	close(h.closed)
	h.queue.Close()
	h.children.Close()
	h.poller.Close()
	h.syslog.Close()
}

// Exits names the function that is told of exits.
func (h *OS) Exits(f func(Exit)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.exits = f
}

func (h *OS) exited(e spawn.Exit) {
	h.mu.Lock()
	tell := h.exits
	h.mu.Unlock()
	if tell == nil {
		return
	}
	code, text := spawn.Describe(e.Status)
	tell(Exit{Pid: e.Pid, Code: code, Text: text, Time: e.Time, Known: e.Known})
}

// Prepare chooses the log files of a process; AUTO files are created now.
func (h *OS) Prepare(p *config.Program) Logs {
	l := Logs{Stdout: h.logName(p, p.Stdout, "stdout")}
	if !p.RedirectStderr {
		l.Stderr = h.logName(p, p.Stderr, "stderr")
	}
	return l
}

func (h *OS) logName(p *config.Program, c config.Channel, channel string) string {
	switch c.Logfile.Kind {
	case config.LogFile:
		return c.Logfile.Path
	case config.LogAuto:
		h.mu.Lock()
		dir, id := h.childLogDir, h.identifier
		h.mu.Unlock()
		path, err := logs.CreateAuto(dir, p.Name, channel, id)
		if err != nil {
			h.log.Log(config.Error, "cannot create the %s log of %s in childlogdir %q: %v", channel, p.Namespec(), dir, err)
			// The start will try this name, and fail with the reason.
			return filepath.Join(dir, p.Name+"-"+channel+"---"+id+".log")
		}
		return path
	}
	return ""
}

// Check looks for the command of a program.
func (h *OS) Check(p *config.Program) error {
	_, _, err := spawn.Find(p.Command, searchPath(p))
	e, ok := err.(*spawn.Error)
	switch {
	case err == nil:
		return nil
	case ok && e.Kind == spawn.NoFile:
		return api.NoFile.Fault(err.Error())
	}
	return api.NotExecutable.Fault(err.Error())
}

// searchPath is the PATH that a bare command name is looked up in: that of the
// program's own environment, or else ours.
func searchPath(p *config.Program) string {
	if path, ok := p.Environment["PATH"]; ok {
		return cmp.Or(path, ":") // an empty one is the current directory
	}
	return os.Getenv("PATH")
}

// Kill sends a signal.
func (h *OS) Kill(pid int, sig syscall.Signal, group bool) error {
	return spawn.Signal(pid, sig, group)
}

// emptiedEvery is how often a process group that is about to end is looked at;
// one that takes longer is looked at less and less often, down to emptiedSlow.
const (
	emptiedEvery = 10 * time.Millisecond
	emptiedSlow  = time.Second
)

// Emptied waits beside the caller until a process group is empty, or the host
// is closed.
func (h *OS) Emptied(group int, done func()) {
	go func() {
		for pause := emptiedEvery; !empty(group); pause = min(pause*5/4, emptiedSlow) {
			select {
			case <-time.After(pause):
			case <-h.closed:
				return
			}
		}
		done()
	}()
}

// empty reports whether nothing of a process group is left.
func empty(group int) bool { return errors.Is(spawn.Signal(group, 0, true), syscall.ESRCH) }

// leftoverPatience is how long what is left of a process group may take to end
// after it was told to, before it is killed: the program is down meanwhile.
const leftoverPatience = 2 * time.Second

// endLeftover ends what is left of the process group of a predecessor: first as
// the program wants to be stopped, then with SIGKILL. What not even that ends
// (it hangs in the kernel) is left behind.
func (h *OS) endLeftover(group int, p *config.Program) {
	h.log.Log(config.Info, "ending what is left of the process group %d of %s before it is started again", group, p.Namespec())
	spawn.Signal(group, p.StopSignal, true)
	if h.waitEmpty(group, min(leftoverPatience, p.StopWaitSecs)) {
		return
	}
	h.log.Log(config.Warn, "killing process group %d of %s with SIGKILL", group, p.Namespec())
	spawn.Signal(group, syscall.SIGKILL, true)
	if !h.waitEmpty(group, leftoverPatience) {
		h.log.Log(config.Error, "process group %d of %s does not end", group, p.Namespec())
	}
}

// waitEmpty reports whether a process group is empty before the time is over.
func (h *OS) waitEmpty(group int, patience time.Duration) bool {
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(emptiedEvery) {
		if empty(group) {
			return true
		}
	}
	return false
}

// Spawn starts a process.
func (h *OS) Spawn(o Order, done func(Child, error) bool) {
	h.queue.Do(func() {
		if o.Leftover != 0 {
			h.endLeftover(o.Leftover, o.Program)
		}
		h.spawn(o, func(c *child, err error) {
			if err != nil {
				done(nil, err)
				return
			}
			if !done(c, nil) {
				spawn.Signal(c.pid, syscall.SIGKILL, true) // nobody waits for it any more
				c.Drain(func() {})
			}
		})
	})
}

// spawn begins to start a process, and has started told what came of it.
func (h *OS) spawn(o Order, started func(*child, error)) {
	socket, err := h.sockets.take(o.Program)
	if err != nil {
		started(nil, err)
		return
	}
	c, spec, ends, err := h.prepare(socket, o)
	if err != nil {
		ends.close()
		c.abandon()
		socket.release()
		started(nil, err)
		return
	}
	h.children.Start(spec, func(pid int, err error) {
		if err != nil {
			c.abandon()
			socket.release()
			started(nil, err)
			return
		}
		c.pid = pid
		started(c, nil)
		close(c.started)
	})
	ends.close()
}

// prepare does what comes before the fork: it finds the file, opens the logs and
// makes the pipes. What it returns is to be given back after an error too.
func (h *OS) prepare(socket *lease, o Order) (c *child, spec *spawn.Spec, e *ends, err error) {
	p := o.Program
	file, argv, err := spawn.Find(p.Command, searchPath(p))
	if err != nil {
		return nil, nil, nil, err
	}
	c, e, err = h.connect(o, socket)
	if err != nil {
		return c, nil, e, spawn.ChannelError(p.Name, err)
	}
	spec = &spawn.Spec{
		Name: p.Name, File: file, Argv: argv, Env: o.environment(h.own), Dir: p.Directory, Umask: -1,
		Stdin: e.stdin, Stdout: e.stdout, Stderr: e.stderr,
	}
	if p.Umask != nil {
		spec.Umask = int(*p.Umask)
	}
	if p.User != nil {
		// That one cannot become the user is told by the child itself.
		spec.User, _ = spawn.LookupCredential(p.User.UID)
	}
	return c, spec, e, nil
}
