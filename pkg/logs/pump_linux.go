//go:build !portable

package logs

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// errEnd says that a pipe is at its end: empty, and nobody can write to it.
var errEnd = errors.New("end of pipe")

const (
	// pullSize is the most that is moved in one turn.
	pullSize = 1 << 20
	// fillTime is how long a busy pipe is left to fill before it is emptied.
	fillTime = time.Millisecond
	// busyWithin: output that follows other output so soon is a stream.
	busyWithin = 2 * time.Millisecond
	// smallPipe and bigPipe are the sizes of a pipe as the system makes it and as
	// we make it when much comes through.
	smallPipe = 64 << 10
	bigPipe   = 1 << 20
	// chase is how little, come while the rest was carried, is left for now.
	chase = 16 << 10
	// maxBigPipes bounds how many are made so at a time: the system grants a user
	// without privileges 64 MiB of pipes, and makes them tiny beyond that.
	maxBigPipes = 32
)

// Poller waits for output on any number of pipes, with one descriptor and one
// goroutine (and no thread).
type Poller struct {
	epoll *os.File // in the runtime's poller, so that waiting for it holds no thread
	epfd  int
	stock *stock
	lanes *lanes
	done  chan struct{} // closed when the goroutine has ended

	mu     sync.Mutex
	pumps  map[int32]*Pump // by id: a descriptor number is used again too soon
	last   int32
	big    int // pipes made big
	closed bool
	active sync.WaitGroup // goroutines of pumps
}

// pipeEnd is what of a Pump is Linux.
type pipeEnd struct {
	fd      int
	id      int32
	watched bool      // the poller's epoll knows the pipe
	big     bool      // the pipe was made big
	last    time.Time // when something last came
}

// NewPoller starts a poller. Close it.
func NewPoller() (*Poller, error) {
	epfd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("cannot watch the output of programs: epoll_create: %w", err)
	}
	if err := unix.SetNonblock(epfd, true); err != nil {
		unix.Close(epfd)
		return nil, err
	}
	stock, err := newStock()
	if err != nil {
		unix.Close(epfd)
		return nil, fmt.Errorf("cannot watch the output of programs: %w", err)
	}
	p := &Poller{epoll: os.NewFile(uintptr(epfd), "epoll"), epfd: epfd, stock: stock, lanes: newLanes(),
		done: make(chan struct{}), pumps: make(map[int32]*Pump)}
	raw, err := p.epoll.SyscallConn()
	if err != nil {
		p.epoll.Close()
		stock.close()
		return nil, err
	}
	go func() {
		defer close(p.done)
		p.wait(func(ready func(uintptr) bool) error { return raw.Read(ready) })
	}()
	return p, nil
}

// wait starts a goroutine for each pipe that has something, until the poller is
// closed. block calls its argument when there may be events and returns once
// that has returned true, or with an error when the poller is closed.
func (p *Poller) wait(block func(func(uintptr) bool) error) {
	var events [128]unix.EpollEvent
	for {
		n := 0
		err := block(func(fd uintptr) bool {
			n, _ = unix.EpollWait(int(fd), events[:], 0)
			return n > 0
		})
		if err != nil {
			return
		}
		for _, e := range events[:n] {
			p.mu.Lock()
			pump := p.pumps[e.Fd]
			p.mu.Unlock()
			if pump != nil {
				pump.mu.Lock()
				pump.wake()
				pump.mu.Unlock()
			}
		}
	}
}

// Add starts a pump for fd, the read end of a pipe, not blocking, which belongs
// to the pump from now on, even if Add fails. The pump takes a share in o.File;
// the caller may close its own at any time.
func (p *Poller) Add(fd int, o Options) (*Pump, error) {
	pump := newPump(p, o)
	pump.fd = fd
	p.mu.Lock()
	err := os.ErrClosed
	if !p.closed {
		p.last++
		pump.id = p.last
		err = pump.watch()
	}
	if err == nil {
		p.pumps[pump.id] = pump
	}
	p.mu.Unlock()
	if err != nil {
		pump.ended = true
		unix.Close(fd)
		if o.File != nil && o.File.store != nil {
			o.File.Close()
		}
		return nil, fmt.Errorf("cannot watch a pipe: %w", err)
	}
	return pump, nil
}

// Close closes all pumps and ends the poller. Pumps whose write hangs are given a
// second.
func (p *Poller) Close() error {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil
	}
	p.closed = true
	pumps := make([]*Pump, 0, len(p.pumps))
	for _, pump := range p.pumps {
		pumps = append(pumps, pump)
	}
	p.mu.Unlock()
	for _, pump := range pumps {
		pump.Close()
	}
	idle := make(chan struct{})
	go func() {
		p.active.Wait()
		p.epoll.Close()
		<-p.done
		p.stock.close()
		close(idle)
	}()
	select {
	case <-idle:
	case <-time.After(opsPatience):
		return fmt.Errorf("a write to a log has not returned")
	}
	return nil
}

// watch has the poller tell of the next output, once.
func (p *Pump) watch() error {
	op := unix.EPOLL_CTL_ADD
	if p.watched {
		op = unix.EPOLL_CTL_MOD
	}
	event := unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLONESHOT, Fd: p.id}
	err := unix.EpollCtl(p.poller.epfd, op, p.fd, &event)
	p.watched = p.watched || err == nil
	return err
}

// unwatch takes the pipe out of the poller's epoll while much comes through it:
// as long as it is in there, told of or not, every write(2) of the program calls
// on epoll, which makes a write of one line a sixth dearer.
func (p *Pump) unwatch() {
	if p.watched {
		unix.EpollCtl(p.poller.epfd, unix.EPOLL_CTL_DEL, p.fd, nil)
		p.watched = false
	}
}

// wake starts the goroutine that carries, unless there is one. The caller holds
// p.mu.
func (p *Pump) wake() {
	if p.running || p.ended {
		return
	}
	p.running = true
	p.poller.active.Add(1)
	go p.run()
}

// rest ends the goroutine that carries if there is no reason to go on, and has
// the poller tell of the next output.
func (p *Pump) rest() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.drains) > 0 || p.closing {
		return false
	}
	p.running = false
	if p.watch() != nil {
		// The system watches no more descriptors for us (ENOSPC, ENOMEM), for now.
		time.AfterFunc(retryEvery, func() {
			p.mu.Lock()
			p.wake()
			p.mu.Unlock()
		})
	}
	return true
}

// run carries what is in the pipe. A quiet pipe is emptied at once and left; one
// through which much comes is left to fill for a while and emptied again, until
// nothing has come.
func (p *Pump) run() {
	defer p.poller.active.Done()
	w := &work{stock: p.poller.stock, quit: p.src.quit}
	defer w.free()
	for {
		before, since := p.last, p.total.Load()
		if err := p.empty(w); err != nil {
			p.end(err == errEnd)
			return
		}
		now := time.Now()
		n := p.total.Load() - since
		if n > 0 {
			p.last = now
		}
		if n > 0 && p.fill(int(n), now.Sub(before)) {
			continue
		}
		if n == 0 {
			p.shrink()
		}
		if p.o.Syslog != nil && available(p.fd) == 0 {
			p.sight.quiet()
		}
		if p.rest() {
			return
		}
	}
}

// fill lets a busy pipe, through which n bytes came in a time, fill up for a
// while, if it is one, and if it would not be full before that. It returns false
// if the poller should tell of more.
func (p *Pump) fill(n int, in time.Duration) bool {
	if in > busyWithin {
		return false
	}
	expected := float64(n) * float64(fillTime) / float64(in+1)
	if expected > smallPipe/2 {
		p.grow()
	}
	switch {
	case !p.big && expected > smallPipe/2:
		return false
	case expected > bigPipe/2:
		// A flood: the shortest way to the next bytes is to stay here. There are
		// only so many big pipes, so there are only so many threads in this call.
		unix.Poll([]unix.PollFd{{Fd: int32(p.fd), Events: unix.POLLIN}}, int(fillTime/time.Millisecond))
		return true
	}
	p.unwatch()
	time.Sleep(fillTime)
	return true
}

// empty carries what is in the pipe. It does not chase a writer that keeps adding
// a little: that is for the next turn, when there is more of it. It returns errEnd
// at the end of the pipe and errClosed when the pump was closed.
func (p *Pump) empty(w *work) error {
	lane := p.poller.lanes.enter()
	defer lane.leave()
	for {
		select {
		case <-p.src.quit:
			return errClosed
		default:
		}
		p.setGoals(func() int { return available(p.fd) })
		n, err := p.carry(w)
		lane.pause()
		p.total.Add(int64(n))
		if err == unix.EAGAIN {
			p.drained(true, false)
			return nil
		}
		if err != nil {
			return err
		}
		p.drained(false, false)
		if left := available(p.fd); left == 0 || left < chase && n >= left {
			return nil
		}
	}
}

// carry takes the next bytes out of the pipe and brings them where they go.
func (p *Pump) carry(w *work) (int, error) {
	file := p.o.File
	if p.sight == nil {
		if file == nil {
			return w.discard(p.fd, pullSize)
		}
		return file.pull(p.fd, pullSize, &p.src, w)
	}
	chunk, err := w.peek(p.fd, lookSize)
	if err != nil {
		return 0, err
	}
	total := len(chunk)
	out := p.sight.look(chunk)
	switch {
	case file == nil:
		w.consume(p.fd, total)
	case p.sight.changes:
		if err := file.write(out, &p.src); err != nil {
			return 0, err
		}
		w.consume(p.fd, total)
	default:
		for n := 0; n < total; {
			m, err := file.pull(p.fd, total-n, &p.src, w)
			if err != nil {
				return n, err
			}
			n += m
		}
	}
	return total, nil
}

// letGo gives up the descriptor.
func (p *Pump) letGo() {
	p.poller.mu.Lock()
	delete(p.poller.pumps, p.id)
	if p.big {
		p.poller.big--
	}
	p.poller.mu.Unlock()
	p.unwatch()
	unix.Close(p.fd)
}

// grow makes the pipe big, if there are not too many already.
func (p *Pump) grow() {
	if p.big {
		return
	}
	p.poller.mu.Lock()
	defer p.poller.mu.Unlock()
	if p.poller.big >= maxBigPipes {
		return
	}
	if _, err := unix.FcntlInt(uintptr(p.fd), unix.F_SETPIPE_SZ, bigPipe); err == nil {
		p.big = true
		p.poller.big++
	}
}

// shrink undoes grow when the pipe is quiet again.
func (p *Pump) shrink() {
	if !p.big {
		return
	}
	if _, err := unix.FcntlInt(uintptr(p.fd), unix.F_SETPIPE_SZ, smallPipe); err != nil {
		return // in use again
	}
	p.big = false
	p.poller.mu.Lock()
	p.poller.big--
	p.poller.mu.Unlock()
}
