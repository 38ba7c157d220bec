//go:build !portable

package logs

import (
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// Not more are at work than there are processors, and all get their turn.
func TestLanes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lanes := newLanes()
		var inside, most, done atomic.Int32
		for range 50 {
			go func() {
				l := lanes.enter()
				defer l.leave()
				for range 3 {
					n := inside.Add(1)
					for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
					}
					time.Sleep(laneTurn)
					inside.Add(-1)
					l.pause()
				}
				done.Add(1)
			}()
		}
		time.Sleep(time.Minute)
		if got := most.Load(); got != int32(runtime.NumCPU()) {
			t.Errorf("%d at once", got)
		}
		if done.Load() != 50 {
			t.Errorf("%d of 50 are done", done.Load())
		}
	})
}

// What hangs in all lanes holds up the others once.
func TestHungLanes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lanes := newLanes()
		release := make(chan struct{})
		for range cap(lanes.free) {
			go func() {
				l := lanes.enter()
				<-release
				l.leave()
			}()
		}
		synctest.Wait()
		began := time.Now()
		for range 100 {
			l := lanes.enter()
			l.leave()
		}
		if took := time.Since(began); took != lanePatience {
			t.Errorf("a hundred turns took %s beside lanes that hang", took)
		}
		close(release)
		synctest.Wait()
		if len(lanes.free) != cap(lanes.free) {
			t.Errorf("%d of %d lanes came back", len(lanes.free), cap(lanes.free))
		}
	})
}
