package daemon

import (
	"runtime/debug"
	"sync/atomic"
	"time"
)

// trim gives back what only the start, or a burst of requests, has needed: an
// idle supervisord is to be as small as it can. What is needed after all comes
// back by itself.
func trim() {
	debug.FreeOSMemory()
	forgetProgram()
}

// trimAfter is how long no request must have come before memory is given back.
const trimAfter = 2 * time.Second

// trimmer trims when requests have come and no more come. Without requests it
// does nothing, and has no timer.
type trimmer struct {
	last  atomic.Int64 // when the last request came, since epoch
	armed atomic.Bool  // a timer will look
}

var epoch = time.Now()

// touch tells of a request.
func (t *trimmer) touch() {
	t.last.Store(int64(time.Since(epoch)))
	if t.armed.CompareAndSwap(false, true) {
		time.AfterFunc(trimAfter, t.look)
	}
}

func (t *trimmer) look() {
	quiet := time.Since(epoch) - time.Duration(t.last.Load())
	if quiet < trimAfter {
		time.AfterFunc(trimAfter-quiet, t.look)
		return
	}
	t.armed.Store(false)
	trim()
}
