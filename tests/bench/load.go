//go:build linux

package main

import (
	"context"
	"errors"
	"runtime"
	"syscall"
	"time"
)

const (
	crashing  = 200
	flooding  = 100
	rowCrash  = "RPC while 200 programs crash-loop"
	rowFlood  = "RPC while 100 programs write at full speed"
	rowStarts = "RPC while 200 programs crash-loop: starts"
)

// loadScenarios are lives in which calls meet other work.
func (b *bench) loadScenarios() []scenario {
	return []scenario{
		{
			name: rowCrash, rows: append(latency(rowCrash), rowStarts), does: speaks,
			run: func(ctx context.Context, p *peer) error { return b.crashes(ctx, p) },
		},
		{
			name: rowFlood, rows: latency(rowFlood), does: speaks,
			run: func(ctx context.Context, p *peer) error { return b.floods(ctx, p) },
		},
	}
}

// crashes measures calls while programs end as soon as they begin. How many are
// started tells what the daemon does meanwhile.
func (b *bench) crashes(ctx context.Context, p *peer) (err error) {
	l, err := b.live(p, crashing, func(l *life) (plan, error) {
		what := l.stamping(crashing)
		for i := range what.programs {
			what.programs[i].args[1] = "crash"
			what.programs[i].secs = 0
		}
		return what, nil
	})
	if err != nil {
		return err
	}
	defer ending(l, &err)
	if err := errors.Join(l.begun(ctx), l.answers(ctx)); err != nil {
		return err
	}
	before, began := l.starts(), time.Now()
	if err := b.underLoad(ctx, l, rowCrash); err != nil {
		return err
	}
	b.table.addRate(p, rowStarts, "1/s", float64(l.starts()-before)/time.Since(began).Seconds())
	return nil
}

// starts counts all starts of all programs.
func (l *life) starts() int64 {
	var sum int64
	for i := range l.stamps.n {
		sum += l.stamps.at(i).starts
	}
	return sum
}

// floods measures calls while programs write as fast as their output is taken.
func (b *bench) floods(ctx context.Context, p *peer) (err error) {
	w := writing{writers: flooding, chunk: 65536, max: 1 << 20}
	const endless = 1 << 50
	l, err := b.live(p, flooding, func(l *life) (plan, error) { return l.writing(w, endless), nil })
	if err != nil {
		return err
	}
	defer ending(l, &err)
	if err := errors.Join(l.begun(ctx), l.answers(ctx), l.stamps.open()); err != nil {
		return err
	}
	return b.underLoad(ctx, l, rowFlood)
}

// underLoad samples the small calls, with a pause in between: it is not they
// that are the load.
func (b *bench) underLoad(ctx context.Context, l *life, row string) error {
	defer firstInLine()()
	c := newCaller("unix", l.socket(), true)
	samples, err := c.sample(ctx, b.load, time.Millisecond, c.request("getState"), c.request("getProcessInfo", programName(0)))
	if err := errors.Join(err, c.close()); err != nil {
		return err
	}
	b.table.addLatency(l.peer, row, samples...)
	return nil
}

// firstInLine has the calling thread served before all that is the load: what is
// measured is how long the daemon takes, not how long our own turn does. It needs
// root; without, both are in the figure, for every daemon alike.
func firstInLine() (restore func()) {
	runtime.LockOSThread()
	const highest = -20
	thread := syscall.Gettid()
	before, err := syscall.Getpriority(syscall.PRIO_PROCESS, thread)
	if err == nil {
		err = syscall.Setpriority(syscall.PRIO_PROCESS, thread, highest)
	}
	return func() {
		if err == nil {
			syscall.Setpriority(syscall.PRIO_PROCESS, thread, 20-before) // the call gives 20 less
		}
		runtime.UnlockOSThread()
	}
}
