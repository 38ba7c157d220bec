package events

import (
	"math"
	"slices"
	"sync/atomic"

	"supervisord/pkg/api"
	"supervisord/pkg/config"
)

// Logf writes a line to the main log. It does not block.
type Logf func(level config.Level, format string, args ...any)

// Bus hands events to pools. The zero value has none. Its methods are for the
// one goroutine that owns it, except Wants.
type Bus struct {
	// Next is the serial number of the next event that a pool takes.
	Next int64

	pools  []*Pool
	wanted atomic.Uint32 // a bit for each type that a pool takes
}

// bit gives the bit of a type.
var bit = func() map[string]uint32 {
	bits := map[string]uint32{}
	for i, t := range api.EventTypes {
		bits[t.Name] = 1 << i
	}
	return bits
}()

// Add has a pool told of events from now on.
func (b *Bus) Add(p *Pool) {
	b.pools = append(b.pools, p)
	b.count()
}

// Remove has a pool told of nothing any more.
func (b *Bus) Remove(p *Pool) {
	b.pools = slices.DeleteFunc(b.pools, func(o *Pool) bool { return o == p })
	b.count()
}

func (b *Bus) count() {
	var wanted uint32
	for _, p := range b.pools {
		for t := range p.takes {
			wanted |= bit[t]
		}
	}
	b.wanted.Store(wanted)
}

// Wants reports whether any pool takes events of a type. For any goroutine.
func (b *Bus) Wants(kind string) bool { return b.wanted.Load()&bit[kind] != 0 }

// Publish gives an event to all pools that take it. It gets a serial number if
// there is one.
func (b *Bus) Publish(e Event) {
	if !b.Wants(e.Type) {
		return
	}
	serial := b.Next
	b.Next = after(b.Next)
	for _, p := range b.pools {
		p.accept(e, serial)
	}
}

// Dispatch sends listeners that are ready what their pools hold. To be called
// when the owner has done with what happened.
func (b *Bus) Dispatch() {
	for _, p := range b.pools {
		p.dispatch()
	}
}

// after gives the number after a serial number. After the greatest comes 0.
func after(n int64) int64 {
	if n == math.MaxInt64 {
		return 0
	}
	return n + 1
}
