package logs

import (
	"sync"
	"sync/atomic"
	"time"
)

// drainPatience is how long a Drain waits for a sink that stalls.
const drainPatience = time.Second

// Options say what becomes of the output that comes out of a pipe. The functions
// are called one at a time, in the order of the bytes, from a goroutine of the
// pump; a slice they get is valid during the call only. If one blocks, the pipe
// fills up and nothing else happens.
type Options struct {
	File            *File             // where output is kept; nil: nowhere
	StripANSI       bool              // remove escape sequences before anything below
	Syslog          func(line []byte) // gets each line; nil: off
	Data            func([]byte)      // gets each chunk, also of a section being captured; nil: off
	CaptureMaxBytes int64             // 0: no capture mode
	Captured        func([]byte)      // gets each section captured; the slice may be kept
	Protocol        func([]byte)      // gets each chunk as it came, for the output of an event listener; nil: off
	Closed          func()            // the pipe is at its end; called once, unless the pump is closed before
}

// Wanted reports whether anybody wants what comes out of the pipe.
func (o *Options) Wanted() bool { return o.File != nil || o.looks() }

// looks reports whether anybody but the file wants it.
func (o *Options) looks() bool {
	return o.Syslog != nil || o.Data != nil || o.CaptureMaxBytes > 0 || o.Protocol != nil
}

// Pump carries the output that comes out of one pipe. See [Poller.Add].
type Pump struct {
	poller *Poller
	o      Options
	sight  *sight // nil: the bytes need not be looked at
	src    source
	total  atomic.Int64

	mu      sync.Mutex
	running bool // a goroutine is carrying
	ended   bool // at the end of the pipe, or closed: the descriptor is gone
	closing bool
	drains  []*drain

	pipeEnd
}

// drain is one call of Pump.Drain.
type drain struct {
	once  sync.Once
	timer *time.Timer
	done  func()
	goal  int64 // drained when this many bytes have come in all; -1: not yet known
}

func (d *drain) call() { d.once.Do(d.done) }

// newPump makes a pump that holds a share in its file.
func newPump(poller *Poller, o Options) *Pump {
	p := &Pump{poller: poller, o: o, sight: newSight(&o)}
	p.src.quit = make(chan struct{})
	if o.File != nil && o.File.store != nil {
		o.File.store.share(o.File)
	}
	return p
}

// Bytes is how many bytes have come out of the pipe.
func (p *Pump) Bytes() int64 { return p.total.Load() }

// Dropped is how many bytes could not be written to the file.
func (p *Pump) Dropped() int64 { return p.src.dropped.Load() }

// Drain carries what is in the pipe now, lets go of what capture mode held back,
// and calls done, once, from another goroutine: when that has happened, or after
// a second if a sink stalls. It is for the death of the program. The pump goes on
// for as long as anybody else holds the other end of the pipe.
func (p *Pump) Drain(done func()) {
	d := &drain{done: done, goal: -1}
	p.mu.Lock()
	if p.ended || p.closing {
		p.mu.Unlock()
		go done()
		return
	}
	d.timer = time.AfterFunc(drainPatience, d.call)
	p.drains = append(p.drains, d)
	p.wake()
	p.mu.Unlock()
}

// Close ends the pump at once, whatever is in the pipe. A write that hangs keeps
// its goroutine and the descriptor until it returns; Close does not wait for it.
func (p *Pump) Close() error {
	p.mu.Lock()
	if p.ended || p.closing {
		p.mu.Unlock()
		return nil
	}
	p.closing = true
	close(p.src.quit)
	p.wake()
	p.mu.Unlock()
	return nil
}

// ClearCapture empties the buffer of capture mode, as clearing the logs does.
func (p *Pump) ClearCapture() {
	if p.sight != nil {
		p.sight.forget.Store(true)
	}
}

// setGoals notes for new drains what is in the pipe: more may come without end.
func (p *Pump) setGoals(available func() int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, d := range p.drains {
		if d.goal < 0 {
			d.goal = p.total.Load() + int64(available())
		}
	}
}

// drained finishes the drains that have reached their goal; if the pipe was found
// empty, all that had a goal before; and at the end all.
func (p *Pump) drained(empty, atEnd bool) {
	p.mu.Lock()
	var over, open []*drain
	for _, d := range p.drains {
		if atEnd || d.goal >= 0 && (empty || p.total.Load() >= d.goal) {
			over = append(over, d)
		} else {
			open = append(open, d)
		}
	}
	p.drains = open
	p.mu.Unlock()
	if len(over) == 0 {
		return
	}
	if !atEnd {
		p.flush()
	}
	for _, d := range over {
		d.timer.Stop()
		d.call()
	}
}

// flush passes on what was held back.
func (p *Pump) flush() {
	if p.sight == nil {
		return
	}
	if out := p.sight.flush(); len(out) > 0 && p.o.File != nil {
		p.o.File.write(out, &p.src)
	}
}

// end gives up everything the pump holds. atEnd says that the pipe is at its end.
func (p *Pump) end(atEnd bool) {
	p.mu.Lock()
	p.ended = true
	p.mu.Unlock()
	p.letGo()
	if atEnd {
		p.flush()
	}
	if f := p.o.File; f != nil && f.store != nil {
		f.Close()
	}
	if atEnd && p.o.Closed != nil {
		p.o.Closed()
	}
	p.drained(true, true)
}
