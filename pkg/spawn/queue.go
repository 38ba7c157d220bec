package spawn

import (
	"sync"
	"time"
)

// patience is how long the next job of a Queue waits for the one before it.
const patience = 100 * time.Millisecond

// maxOverdue is how many jobs of a Queue may be overdue at once, each with a
// thread in the hands of the system; when there are so many, the others wait.
const maxOverdue = 64

// Queue runs the jobs of starting processes one after another, in the order in
// which they were given: the order of starts is the order of priorities. A job
// that takes longer than 100 ms (a file on a dead network disk) has its turn
// taken away: it goes on by itself, and the next one begins.
//
// The queue has no bound of its own. Its jobs are starts, and a process that is
// being started is not started once more, so that there is at most one job for
// each configured process. An idle queue has no goroutine.
//
// The zero value is not usable; see NewQueue.
type Queue struct {
	mu      sync.Mutex
	jobs    []func()
	turn    *turn         // the job that the others wait for; nil if none
	overdue int           // jobs that have lost their turn and run on
	idle    chan struct{} // after Close: closed when no job has the turn
}

// turn is the right of one job after another to keep the others waiting. Its
// goroutine ends when there is no job left, or when the turn was lost.
type turn struct {
	job int // how many jobs have ended in this turn: tells a late timer that it is late
}

// NewQueue returns an empty queue.
func NewQueue() *Queue { return &Queue{} }

// Do adds a job and returns at once. After Close it does nothing.
func (q *Queue) Do(job func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.idle != nil {
		return
	}
	q.jobs = append(q.jobs, job)
	q.next()
}

// Close drops the jobs that have not begun, and waits for the one that has the
// turn to end or to become overdue, at most 100 ms. Overdue jobs are left to
// themselves: nothing can end a system call that hangs.
func (q *Queue) Close() {
	q.mu.Lock()
	if q.idle == nil {
		q.idle = make(chan struct{})
		q.jobs = nil
		if q.turn == nil {
			close(q.idle)
		}
	}
	idle := q.idle
	q.mu.Unlock()
	<-idle
}

// next begins a turn if there is work, nobody has the turn, and not too many
// jobs are overdue. The lock is held.
func (q *Queue) next() {
	if q.turn != nil || len(q.jobs) == 0 || q.overdue >= maxOverdue {
		return
	}
	q.turn = &turn{}
	go q.run(q.turn)
}

// run runs jobs as long as t is the turn.
func (q *Queue) run(t *turn) {
	for job := q.take(t); job != nil; job = q.take(t) {
		number := t.job
		timer := time.AfterFunc(patience, func() { q.pass(t, number) })
		job()
		timer.Stop()
		if !q.finish(t) {
			return
		}
	}
}

// take takes the next job off the queue. Without one it ends the turn and
// returns nil.
func (q *Queue) take(t *turn) func() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.jobs) == 0 {
		q.end()
		return nil
	}
	job := q.jobs[0]
	q.jobs[0] = nil
	q.jobs = q.jobs[1:]
	return job
}

// finish ends a job and reports whether it still had the turn.
func (q *Queue) finish(t *turn) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.turn == t {
		t.job++
		return true
	}
	q.overdue--
	q.next() // there may have been too many
	return false
}

// pass takes the turn away from a job that is overdue.
func (q *Queue) pass(t *turn, number int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.turn != t || t.job != number {
		return
	}
	q.overdue++
	q.end()
	q.next()
}

// end leaves nobody with the turn. The lock is held.
func (q *Queue) end() {
	q.turn = nil
	if q.idle != nil {
		close(q.idle)
	}
}
