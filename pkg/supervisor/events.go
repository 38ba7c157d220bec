package supervisor

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"time"

	"supervisord/pkg/api"
	"supervisord/pkg/config"
	"supervisord/pkg/events"
)

// newPool makes the pool of an [eventlistener:x] and has its processes join.
func (s *Supervisor) newPool(g *group) *events.Pool {
	c := g.config.Pool
	judge := events.Default
	if c.ResultHandler == config.StdoutResultHandler {
		judge = events.Echo(s.o.Print)
	}
	pool := events.NewPool(events.PoolOptions{
		Name: g.config.Name, Server: s.o.Config.Supervisord.Identifier, Events: c.Events, Size: c.BufferSize, Len: c.EventLen,
		Judge: judge, Log: s.log.Log,
	})
	for _, p := range g.procs {
		p.listener = pool.Join(p.config.Name, p)
	}
	return pool
}

// Running and Write make a proc an events.Process.
func (p *proc) Running() bool { return p.m.State == api.Running }

// Write gives the process an event to read.
func (p *proc) Write(text string) error { return p.child.Write(text) }

// ReadsText reports whether the program of the process is a Python. What such a
// one reads from its standard input is, but for rare cases, text.
func (p *proc) ReadsText() bool {
	program := filepath.Base(p.child.Program())
	return strings.HasPrefix(program, "python") || strings.HasPrefix(program, "pypy")
}

// Taps are those who want the output of a process besides its logs. They are
// called from goroutines of the Host, which they hold up until the loop has
// taken what they bring; a slice they get is valid during the call only.
type Taps struct {
	// Protocol gets the standard output of an event listener; nil for others.
	Protocol func(data []byte)
	// Log gets what is written to a channel with events_enabled.
	Log func(stderr bool, pid int, data []byte)
	// Captured gets what is written between the tokens of capture mode.
	Captured func(stderr bool, pid int, section []byte)
}

// taps gives the taps for a process that is about to start.
func (s *Supervisor) taps(p *proc) Taps {
	var t Taps
	if l := p.listener; l != nil {
		life := l.Start()
		t.Protocol = func(data []byte) {
			data = bytes.Clone(data)
			s.post(func() { l.Hear(life, data) })
		}
	}
	channels := [2]events.Channel{
		{Process: p.config.Name, Group: p.config.Group},
		{Process: p.config.Name, Group: p.config.Group, Stderr: true},
	}
	channel := func(stderr bool) events.Channel {
		if stderr {
			return channels[1]
		}
		return channels[0]
	}
	t.Log = func(stderr bool, pid int, data []byte) {
		if c := channel(stderr); s.bus.Wants(c.LogType()) {
			s.publish(c.Log(pid, data))
		}
	}
	t.Captured = func(stderr bool, pid int, section []byte) {
		c := channel(stderr)
		s.log.Log(config.Debug, "'%s' %s emitted a comm event", c.Process, c)
		if s.bus.Wants(c.CommunicationType()) {
			s.publish(c.Communication(pid, section))
		}
	}
	return t
}

// publish tells of an event from outside the loop.
func (s *Supervisor) publish(e events.Event) { s.post(func() { s.bus.Publish(e) }) }

// SendRemoteCommEvent tells event listeners what a client has to say.
func (s *Supervisor) SendRemoteCommEvent(ctx context.Context, kind, data string) (bool, error) {
	err := s.do(ctx, func() { s.bus.Publish(events.Remote(kind, data)) })
	return err == nil, err
}

// ticks are the periods of the clock that some pool wants to be told of.
type ticks struct {
	next time.Time // when to look at the clock; zero: nobody wants to know
	last map[events.Period]int64
}

// longestLook is the longest time between two looks at the clock, so that a
// clock that is set, or a machine that slept, is noticed.
const longestLook = time.Minute

// lookAtClock tells of the periods that have begun since the last look at the clock. A
// period that nobody wanted until now has begun before.
func (s *Supervisor) lookAtClock(now time.Time) {
	t := &s.ticks
	t.next = time.Time{}
	for _, p := range events.Periods {
		if !s.bus.Wants(p.Type()) {
			delete(t.last, p)
			continue
		}
		slice := p.Slice(now)
		if last, ok := t.last[p]; ok && last != slice {
			s.bus.Publish(p.Tick(slice))
		}
		t.last[p] = slice
		if at := now.Add(min(p.Left(now), longestLook)); t.next.IsZero() || at.Before(t.next) {
			t.next = at
		}
	}
}
