package spawn

import (
	"errors"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

// Exit is the end of a child.
type Exit struct {
	Pid    int
	Status syscall.WaitStatus
	Time   time.Time // when it was learnt of
	// Known is false for a process that Start has not started: one that was
	// re-parented to us, as PID 1 or as a subreaper.
	Known bool
}

// Children starts children and collects the ends of all children of this
// process, those that others have left behind too. There must be one at a time
// in a process.
type Children struct {
	exited func(Exit)
	fork   fork // on the thread of the forker
	forker forker

	signals chan os.Signal // SIGCHLD
	again   chan struct{}  // an end was put off and may be told now
	stop    chan struct{}  // closed by Close
	stopped chan struct{}  // closed when the goroutine has ended

	launched chan launched // from the forker
	reported chan struct{} // closed when all of them were told
	resting  chan struct{} // closed, once, when there will be no more starts
	once     sync.Once

	mu         sync.Mutex
	told       sync.Cond        // delivering has changed
	known      map[int]struct{} // started, told of, and not yet collected
	starting   int              // starts under way
	putOff     bool             // an end waits until a start is no longer under way
	delivering int              // the pid whose end is being told; 0 if none
	closed     bool
}

// fork makes a process and lets it execute file.
type fork func(file string, argv []string, attr *syscall.ProcAttr) (pid int, err error)

var errClosed = errors.New("children are no longer started: the supervisor is ending")

// NewChildren begins to collect ends. Exited is called for each, from one
// goroutine, one after another; while it runs no other end is told, so it should
// hand over and return. Close ends the goroutines.
func NewChildren(exited func(Exit)) *Children {
	return newChildren(exited, syscall.ForkExec)
}

func newChildren(exited func(Exit), fork fork) *Children {
	c := &Children{
		exited:   exited,
		fork:     fork,
		signals:  make(chan os.Signal, 1),
		again:    make(chan struct{}, 1),
		stop:     make(chan struct{}),
		stopped:  make(chan struct{}),
		launched: make(chan launched, 16),
		reported: make(chan struct{}),
		resting:  make(chan struct{}),
		known:    map[int]struct{}{},
	}
	c.told.L = &c.mu
	signal.Notify(c.signals, syscall.SIGCHLD)
	go c.collect()
	go c.report()
	return c
}

// Close ends the collecting of ends and waits for exited to return. Children go
// on. Starts under way are finished; later ones are refused. What hangs in the
// system is left to itself after a while.
func (c *Children) Close() {
	c.mu.Lock()
	first := !c.closed
	c.closed = true
	c.rest()
	c.mu.Unlock()
	if first {
		signal.Stop(c.signals)
		close(c.stop)
		select {
		case <-c.resting:
			c.forker.close()
			close(c.launched)
			<-c.reported
		case <-time.After(closePatience):
		}
	}
	<-c.stopped
}

// closePatience is how long Close waits for the starts under way.
const closePatience = time.Second

// rest notes that there will be no more starts, if that is so. The lock is held.
func (c *Children) rest() {
	if c.closed && c.starting == 0 {
		c.once.Do(func() { close(c.resting) })
	}
}

// Start begins to start a child, and returns when the descriptors of the spec are
// no longer needed. It may be called from several goroutines at once and may wait
// for a disk or a network.
//
// done is called once, from another goroutine, for one start after the other in
// the order in which they were begun: with the pid, when the child executes its
// file or has reported on its descriptor 2 why it cannot, and before its end is
// told, however soon that comes; or with an *Error of the kind Resources if the
// system refuses a process.
func (c *Children) Start(spec *Spec, done func(pid int, err error)) {
	staged := spec.staged() // may wait, and so must not count as a start under way
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		go done(0, errClosed)
		return
	}
	c.starting++
	c.mu.Unlock()

	// The forker has copies of the descriptors under numbers of its own.
	launch := func(files []int) {
		own := *spec
		own.Stdin, own.Stdout, own.Stderr = files[0], files[1], files[2]
		pid, err := c.launch(&own, staged)
		c.launched <- launched{pid, err, done}
	}
	if err := c.forker.do([]int{spec.Stdin, spec.Stdout, spec.Stderr}, launch); err != nil {
		c.launched <- launched{0, forkError(spec.Name, err), done}
	}
}

// launched is what came of a launch.
type launched struct {
	pid  int
	err  error
	done func(int, error)
}

// report tells of launches until the channel is closed.
func (c *Children) report() {
	defer close(c.reported)
	for l := range c.launched {
		if l.err == nil {
			c.awaitTold(l.pid)
		}
		l.done(l.pid, l.err)

		c.mu.Lock()
		c.starting--
		if l.err == nil {
			c.known[l.pid] = struct{}{}
		}
		if c.putOff {
			c.putOff = false
			select {
			case c.again <- struct{}{}:
			default: // a look is due already
			}
		}
		c.rest()
		c.mu.Unlock()
	}
}

// awaitTold waits while the end of an earlier child of the same pid is being
// told.
func (c *Children) awaitTold(pid int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.delivering == pid {
		c.told.Wait()
	}
}

// collect tells of ends whenever there may be some, until Close.
func (c *Children) collect() {
	defer close(c.stopped)
	for {
		for c.tell() {
		}
		select {
		case <-c.signals:
		case <-c.again:
		case <-c.stop:
			return
		}
	}
}

// tell tells of one end. It reports whether there was one.
func (c *Children) tell() bool {
	c.mu.Lock()
	exit, ok := c.next()
	if ok {
		c.delivering = exit.Pid
	}
	c.mu.Unlock()
	if !ok {
		return false
	}
	c.exited(exit)
	c.mu.Lock()
	c.delivering = 0
	c.mu.Unlock()
	c.told.Broadcast()
	return true
}

// next collects one end, if there is one that may be told.
//
// A child that is not known is a stranger only if no start is under way:
// otherwise it may be the child of that start, which has ended before it was
// told of, or the fork of a start that has failed, which the runtime collects
// itself. Such a child is left as the zombie it is, so that its pid cannot be
// used again, and looked at once more when a start has come to its end. The
// known ones are asked one by one meanwhile.
func (c *Children) next() (Exit, bool) {
	pid := ended()
	if pid == 0 {
		return Exit{}, false
	}
	if _, ok := c.known[pid]; ok || c.starting == 0 {
		return c.wait(pid)
	}
	c.putOff = true
	for pid := range c.known {
		if exit, ok := c.wait(pid); ok {
			return exit, true
		}
	}
	return Exit{}, false
}

// wait collects the end of the child pid, -1 for any, if it has ended.
func (c *Children) wait(pid int) (Exit, bool) {
	var status syscall.WaitStatus
	for {
		got, err := syscall.Wait4(pid, &status, syscall.WNOHANG, nil)
		if err == syscall.EINTR {
			continue
		}
		if err != nil || got <= 0 {
			return Exit{}, false
		}
		_, known := c.known[got]
		delete(c.known, got)
		return Exit{Pid: got, Status: status, Time: time.Now(), Known: known}, true
	}
}
