//go:build !portable

package logs

import (
	"runtime"
	"sync/atomic"
	"time"
)

// lanes bounds how many pipes are emptied at a time to the number of processors.
// More would not carry more, but each is a thread in the system: with a hundred
// busy programs nobody who asks supervisord for anything would get a turn.
//
// An emptying that hangs, on a dead network disk, must hold up nobody else. Who
// has waited for as long as lanePatience goes on all the same, and so does
// everybody for the next laneHoliday.
type lanes struct {
	free    chan struct{}
	made    time.Time
	holiday atomic.Int64 // until when nobody waits, since made
}

const (
	lanePatience = 300 * time.Millisecond
	laneHoliday  = 10 * time.Second
	// laneTurn is after how long one that is not yet done lets others pass.
	laneTurn = 5 * time.Millisecond
)

func newLanes() *lanes {
	l := &lanes{free: make(chan struct{}, runtime.NumCPU()), made: time.Now()}
	for range cap(l.free) {
		l.free <- struct{}{}
	}
	return l
}

// lane is the right to empty a pipe.
type lane struct {
	of    *lanes
	held  bool
	since time.Time
}

// enter waits for a lane.
func (l *lanes) enter() lane { return lane{of: l, held: l.wait(), since: time.Now()} }

// wait reports whether there is a lane to give back.
func (l *lanes) wait() (held bool) {
	select {
	case <-l.free:
		return true
	default:
	}
	if int64(time.Since(l.made)) < l.holiday.Load() {
		return false
	}
	late := time.NewTimer(lanePatience)
	defer late.Stop()
	select {
	case <-l.free:
		return true
	case <-late.C:
		l.holiday.Store(int64(time.Since(l.made) + laneHoliday))
		return false
	}
}

// pause lets others pass who have waited, if this one has had the lane for long.
func (l *lane) pause() {
	if time.Since(l.since) < laneTurn {
		return
	}
	l.leave()
	l.held, l.since = l.of.wait(), time.Now()
}

// leave gives the lane back.
func (l *lane) leave() {
	if l.held {
		l.of.free <- struct{}{}
	}
}
