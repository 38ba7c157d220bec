package supervisor

import (
	"context"
	"slices"

	"supervisord/pkg/api"
	"supervisord/pkg/process"
)

// waiter is a condition that somebody waits for: looked at after each step of
// the process, and told once.
type waiter struct {
	until func(process.Machine) bool
	tell  func(process.Machine) // does not block
	gone  func() bool           // nobody waits any more
}

// await leaves a condition with p; it may hold already.
func (s *Supervisor) await(p *proc, w waiter) {
	if w.until(p.m) {
		w.tell(p.m)
		return
	}
	// Those who have left in the meantime are dropped here, so that clients
	// who come and go do not pile up.
	p.waiters = append(slices.DeleteFunc(p.waiters, func(w waiter) bool { return w.gone() }), w)
}

// tellWaiters tells those whose condition holds now.
func (p *proc) tellWaiters() {
	if len(p.waiters) == 0 {
		return
	}
	left := p.waiters[:0]
	for _, w := range p.waiters {
		if w.until(p.m) {
			w.tell(p.m)
		} else {
			left = append(left, w)
		}
	}
	clear(p.waiters[len(left):])
	p.waiters = left
}

// do runs f in the loop and waits for it. It fails when the loop has ended, or
// with ctx; f may still run in the latter case.
func (s *Supervisor) do(ctx context.Context, f func()) error {
	done := make(chan struct{})
	select {
	case s.inbox <- func() { f(); close(done) }:
	case <-s.ended:
		return api.ShutdownState.Fault()
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// post has f run in the loop; false if the loop has ended and f will not run.
// The loop itself never calls it.
func (s *Supervisor) post(f func()) bool {
	select {
	case s.inbox <- f:
		return true
	case <-s.ended:
		return false
	}
}
