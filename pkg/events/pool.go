package events

import (
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"supervisord/pkg/api"
	"supervisord/pkg/config"
)

// PoolOptions are what a Pool is made from.
type PoolOptions struct {
	Name   string // of the section
	Server string // the identifier of supervisord
	Events []string
	Size   int // how many events are kept
	// Len is what the length of an event counts.
	Len config.EventLen
	// Judge is given the result of a listener for an event.
	Judge Judge
	Log   Logf
}

// Judge says whether a listener has dealt with an event: nil if it has,
// ErrRejected if it wants to have it again. Any other error puts an end to the
// listener: its answer was no answer.
type Judge func(e Event, result []byte) error

// ErrRejected says that an event is to be sent once more.
var ErrRejected = errors.New("the event was rejected")

// Pool keeps the events of one [eventlistener:x] until its processes take them.
type Pool struct {
	o         PoolOptions
	takes     map[string]int // how often an event of a type is sent
	next      int64          // pool serial
	buffer    []parcel       // the oldest first
	listeners []*Listener    // in the order of the configuration
	dropped   int64          // events, in all
	behind    int64          // of these, since the buffer was empty last
}

// parcel is an event on its way through a pool.
type parcel struct {
	Event
	serial     int64
	poolSerial int64
}

// NewPool makes a pool without listeners.
func NewPool(o PoolOptions) *Pool {
	p := &Pool{o: o, takes: map[string]int{}}
	for _, name := range o.Events {
		for _, t := range api.Includes(name) {
			p.takes[t]++
		}
	}
	return p
}

// Dropped is how many events were discarded because the buffer was full.
func (p *Pool) Dropped() int64 { return p.dropped }

// accept takes an event, as often as it was asked for: who asks for a type and
// for one below it gets it twice, under one number.
func (p *Pool) accept(e Event, serial int64) {
	times := p.takes[e.Type]
	if times == 0 {
		return
	}
	it := parcel{e, serial, p.next}
	p.next = after(p.next)
	for range times {
		p.makeRoom()
		p.buffer = append(p.buffer, it)
	}
}

// giveBack puts an event that was not dealt with before all others.
func (p *Pool) giveBack(it parcel) {
	p.o.Log(config.Debug, "rebuffering event %d for pool %s (buf size=%d, max=%d)", it.serial, p.o.Name, len(p.buffer), p.o.Size)
	p.makeRoom()
	p.buffer = slices.Insert(p.buffer, 0, it)
}

// makeRoom discards the oldest event if there is no room for one more.
func (p *Pool) makeRoom() {
	if len(p.buffer) < p.o.Size {
		return
	}
	p.o.Log(config.Error, "pool %s event buffer overflowed, discarding event %d", p.o.Name, p.buffer[0].serial)
	p.buffer = slices.Delete(p.buffer, 0, 1)
	p.dropped++
	p.behind++
}

// dispatch sends the oldest events to the listeners that are ready.
func (p *Pool) dispatch() {
	for len(p.buffer) > 0 {
		if !p.send(p.buffer[0]) {
			return
		}
		p.buffer = slices.Delete(p.buffer, 0, 1)
	}
	if p.behind > 0 {
		p.o.Log(config.Warn, "pool %s has caught up; %d events were discarded since it fell behind, %d in all (a larger buffer_size or more processes would have kept them)",
			p.o.Name, p.behind, p.dropped)
		p.behind = 0
	}
}

// send gives an event to the first listener that is ready.
func (p *Pool) send(it parcel) bool {
	for _, l := range p.listeners {
		if l.state != api.ListenerReady || !l.process.Running() {
			continue
		}
		if err := l.process.Write(p.envelope(it, l)); err != nil {
			p.o.Log(config.Debug, "epipe occurred while sending event %d to listener %s, listener state unchanged", it.serial, l.name)
			continue
		}
		// Without a line in the log: Supervisor tells of no such change.
		l.state, l.has = api.ListenerBusy, &it
		p.o.Log(config.Debug, "event %d sent to listener %s", it.serial, l.name)
		return true
	}
	return false
}

// envelope is an event as it is sent to a listener.
func (p *Pool) envelope(it parcel, to *Listener) string {
	length := len(it.Payload)
	if p.o.Len == config.LenCharacters || p.o.Len == config.LenAuto && to.text {
		length = utf8.RuneCountInString(it.Payload)
	}
	return fmt.Sprintf("ver:3.0 server:%s serial:%d pool:%s poolserial:%d eventname:%s len:%d\n%s",
		p.o.Server, it.serial, p.o.Name, it.poolSerial, it.Type, length, it.Payload)
}
