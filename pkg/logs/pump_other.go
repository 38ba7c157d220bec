//go:build !linux || portable

package logs

import (
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Poller carries output from any number of pipes, with one goroutine for each.
// (Where there is no splice and no tee, what a kill catches between pipe and file
// is lost.) The tag "portable" builds this on Linux, for its tests.
type Poller struct {
	mu     sync.Mutex
	pumps  map[*Pump]struct{}
	closed bool
	active sync.WaitGroup
}

// pipeEnd is what of a Pump is not Linux.
type pipeEnd struct {
	file *os.File
	raw  syscall.RawConn
}

// NewPoller makes a poller. Close it.
func NewPoller() (*Poller, error) {
	return &Poller{pumps: make(map[*Pump]struct{})}, nil
}

// Add starts a pump for fd, the read end of a pipe, not blocking, which belongs
// to the pump from now on, even if Add fails. The pump takes a share in o.File;
// the caller may close its own at any time.
func (p *Poller) Add(fd int, o Options) (*Pump, error) {
	pump := newPump(p, o)
	unix.CloseOnExec(fd)
	pump.file = os.NewFile(uintptr(fd), "pipe")
	raw, err := pump.file.SyscallConn()
	if err == nil {
		err = pump.file.SetReadDeadline(time.Time{}) // fails on what cannot be waited for
	}
	pump.raw = raw
	p.mu.Lock()
	if p.closed {
		err = os.ErrClosed
	}
	if err == nil {
		p.pumps[pump] = struct{}{}
		pump.running = true
		p.active.Add(1)
		go pump.run()
	}
	p.mu.Unlock()
	if err != nil {
		pump.ended = true
		pump.file.Close()
		if o.File != nil && o.File.store != nil {
			o.File.Close()
		}
		return nil, fmt.Errorf("cannot watch a pipe: %w", err)
	}
	return pump, nil
}

// Close closes all pumps. Pumps whose write hangs are given a second.
func (p *Poller) Close() error {
	p.mu.Lock()
	p.closed = true
	pumps := make([]*Pump, 0, len(p.pumps))
	for pump := range p.pumps {
		pumps = append(pumps, pump)
	}
	p.mu.Unlock()
	for _, pump := range pumps {
		pump.Close()
	}
	idle := make(chan struct{})
	go func() {
		p.active.Wait()
		close(idle)
	}()
	select {
	case <-idle:
		return nil
	case <-time.After(opsPatience):
		return fmt.Errorf("a write to a log has not returned")
	}
}

// wake has the goroutine look around instead of waiting for output. The caller
// holds p.mu.
func (p *Pump) wake() {
	p.file.SetReadDeadline(time.Unix(1, 0))
}

// calm undoes wake when there is no reason left to look around.
func (p *Pump) calm() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.drains) == 0 && !p.closing {
		p.file.SetReadDeadline(time.Time{})
	}
}

func (p *Pump) run() {
	defer p.poller.active.Done()
	buf := make([]byte, 64<<10)
	for {
		select {
		case <-p.src.quit:
			p.end(false)
			return
		default:
		}
		n, err := p.read(buf)
		if n > 0 {
			p.total.Add(int64(n))
			p.carry(buf[:n])
		}
		switch {
		case err == unix.EAGAIN:
			p.drained(true, false)
			p.calm()
		case err != nil || n == 0:
			p.end(err == nil)
			return
		default:
			p.drained(false, false)
		}
	}
}

// read waits for output and returns the next of it, none at the end of the pipe,
// or EAGAIN if there is none and somebody has called wake.
func (p *Pump) read(buf []byte) (n int, err error) {
	once := func(fd uintptr) {
		p.setGoals(func() int { return 1 << 62 })
		for {
			if n, err = unix.Read(int(fd), buf); err != unix.EINTR {
				return
			}
		}
	}
	waited := p.raw.Read(func(fd uintptr) bool {
		once(fd)
		if err == unix.EAGAIN && p.sight != nil && p.o.Syslog != nil {
			p.sight.quiet()
		}
		return err != unix.EAGAIN
	})
	if waited != nil { // woken before anything was read
		if err := p.raw.Control(once); err != nil {
			return 0, unix.EAGAIN
		}
	}
	return max(n, 0), err
}

func (p *Pump) carry(chunk []byte) {
	out := chunk
	if p.sight != nil {
		out = p.sight.look(chunk)
	}
	if p.o.File != nil {
		p.o.File.write(out, &p.src)
	}
}

// letGo gives up the descriptor.
func (p *Pump) letGo() {
	p.poller.mu.Lock()
	delete(p.poller.pumps, p)
	p.poller.mu.Unlock()
	p.file.Close()
}
