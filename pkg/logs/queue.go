package logs

import (
	"sync"
	"time"
)

// queue is a bounded line of messages before something that may stall. It has a
// goroutine only while there is something in it.
type queue struct {
	deliver func(batch [][]byte)     // writes messages; called by one goroutine at a time
	missing func(dropped int) []byte // the message that says how many are missing; nil: none is sent

	maxItems int // more of them, and more bytes, are dropped
	maxBytes int

	mu      sync.Mutex
	items   [][]byte
	bytes   int
	dropped int   // since the last message about it
	total   int64 // dropped in all
	running bool
	added   uint64 // in all
	written uint64 // in all
	waiters []queueWaiter
}

// queueWaiter waits for the messages up to a number to be written.
type queueWaiter struct {
	upTo uint64
	done chan struct{}
}

// add puts a message at the end. It never blocks; a queue that is full drops the
// message and counts it. Grave messages find a reserve of a quarter.
func (q *queue) add(item []byte, grave bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	maxItems, maxBytes := q.maxItems, q.maxBytes
	if grave {
		maxItems += maxItems / 4
		maxBytes += maxBytes / 4
	}
	if len(q.items) >= maxItems || q.bytes+len(item) > maxBytes && len(q.items) > 0 {
		q.dropped++
		q.total++
	} else {
		q.items = append(q.items, item)
		q.bytes += len(item)
		q.added++
	}
	if !q.running {
		q.running = true
		go q.run()
	}
}

// run delivers until the queue is empty.
func (q *queue) run() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		batch := q.items
		counted := len(batch)
		// Messages are only dropped while the queue is full, so what is missing is
		// missing at the end of this batch.
		if q.dropped > 0 && q.missing != nil {
			batch = append(batch, q.missing(q.dropped))
		}
		q.dropped = 0
		if len(batch) == 0 {
			q.running = false
			return
		}
		q.items, q.bytes = nil, 0
		q.mu.Unlock()
		q.deliver(batch)
		q.mu.Lock()
		q.written += uint64(counted)
		q.wakeWaiters()
	}
}

func (q *queue) wakeWaiters() {
	kept := q.waiters[:0]
	for _, w := range q.waiters {
		if w.upTo <= q.written {
			close(w.done)
		} else {
			kept = append(kept, w)
		}
	}
	q.waiters = kept
}

// sync waits until everything added before has been delivered. It returns false
// if that takes longer than limit.
func (q *queue) sync(limit time.Duration) bool {
	q.mu.Lock()
	if q.written >= q.added {
		q.mu.Unlock()
		return true
	}
	w := queueWaiter{q.added, make(chan struct{})}
	q.waiters = append(q.waiters, w)
	q.mu.Unlock()

	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-w.done:
		return true
	case <-timer.C:
		return false
	}
}

// lost is how many messages were dropped in all.
func (q *queue) lost() int64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.total
}
