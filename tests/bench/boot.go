//go:build linux

package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"
)

// Names of rows; the goals and the plots look for them as well.
func rowFirst(n int) string        { return "boot: first program exec'ed, " + programs(n) }
func rowAll(n int) string          { return "boot: all exec'ed, " + programs(n) }
func rowBootCPU(n int) string      { return "boot: CPU until all are exec'ed, " + programs(n) }
func rowSettleCPU(n int) string    { return "boot: CPU, and of two seconds more, " + programs(n) }
func rowChildCPU(n int) string     { return "boot: CPU of children before exec, " + programs(n) }
func rowIdleCPU(n int) string      { return "idle for 30 s: CPU, " + programs(n) }
func rowIdleSwitch(n int) string   { return "idle for 30 s: context switches, " + programs(n) }
func rowPrivate(n int) string      { return "memory: private, " + programs(n) }
func rowPss(n int) string          { return "memory: Pss, " + programs(n) }
func rowThreads(n int) string      { return "memory: threads, " + programs(n) }
func rowDeath(n int) string        { return "death to new exec: " + programs(n) }
func rowShutdown(n int) string     { return "shutdown until no child is left: " + programs(n) }
func median(name string) string    { return name + ", median" }
func highest(name string) string   { return name + ", p99" }
func latency(name string) []string { return []string{median(name), highest(name)} }

// bootRows are the rows of a life with n programs.
func (b *bench) bootRows(n int) []string {
	all := []string{
		rowFirst(n), rowAll(n), rowBootCPU(n), rowSettleCPU(n), rowChildCPU(n),
		rowPrivate(n), rowPss(n), rowThreads(n), rowShutdown(n),
	}
	if n >= 100 || n == b.main() {
		all = append(all, rowIdleCPU(n), rowIdleSwitch(n))
	}
	if n == b.main() {
		all = append(all, latency(rowDeath(n))...)
	}
	return append(all, b.rpcRows(n)...)
}

// main is the number of programs for what is measured with one number only: the
// largest that all peers run.
func (b *bench) main() int { return slices.Max(b.common) }

// bootScenario is a life with n programs that have a log each and say nothing.
// The large numbers are for ours and for the limit.
func (b *bench) bootScenario(n int) scenario {
	return scenario{
		name: programs(n), rows: b.bootRows(n), does: supervises,
		may: func(p *peer) bool {
			return slices.Contains(b.common, n) || p.name == ours || (p.name == limit && n == slices.Max(b.sizes()))
		},
		run: func(ctx context.Context, p *peer) error { return b.boot(ctx, p, n) },
	}
}

// stamping are n programs that leave a stamp and wait. Their logs are in memory:
// to create a thousand files costs a disk more than a thousand starts.
func (l *life) stamping(n int) plan {
	var all []program
	for i := range n {
		all = append(all, program{
			args: []string{l.child, "stamp", l.stamps.path, strconv.Itoa(i)},
			log:  filepath.Join(l.memory, programName(i)+".log"), max: 50 << 20, restart: true, secs: 1,
		})
	}
	return plan{programs: all}
}

// boot is a life with n programs, from the start to the shutdown.
func (b *bench) boot(ctx context.Context, p *peer, n int) (err error) {
	if room := openFiles(); uint64(descriptors(n)) > room {
		b.table.note("%s left out: %d descriptors are needed, the limit (ulimit -Hn) is %d", programs(n), descriptors(n), room)
		return nil
	}
	l, err := b.live(p, n, func(l *life) (plan, error) {
		what := l.stamping(n)
		var err error
		if p.can(speaks) {
			l.port, err = freePort()
			what.port = l.port
		}
		return what, err
	})
	if err != nil {
		return err
	}
	defer ending(l, &err)
	if err := b.execs(ctx, l, n); err != nil {
		return err
	}
	if err := b.idleness(ctx, l, n); err != nil {
		return err
	}
	if p.can(speaks) {
		if err := b.rpc(ctx, l, n); err != nil {
			return err
		}
	}
	if n == b.main() && b.wantsAny(latency(rowDeath(n))...) {
		if err := b.deathsOf(ctx, l, n); err != nil {
			return err
		}
	}
	took, err := l.stop(ctx)
	if err != nil {
		return err
	}
	b.table.add(p, rowShutdown(n), "ms", milliseconds(took))
	return nil
}

// execs waits until all programs have begun, and measures the boot.
func (b *bench) execs(ctx context.Context, l *life, n int) error {
	if err := l.begun(ctx); err != nil {
		return err
	}
	cpu, err := l.cpu()
	if err != nil {
		return err
	}
	first, last, before := l.stamps.at(0).began, int64(0), time.Duration(0)
	for i := range n {
		s := l.stamps.at(i)
		first, last, before = min(first, s.began), max(last, s.began), before+s.before
	}
	b.table.add(l.peer, rowFirst(n), "ms", milliseconds(time.Duration(first-l.began)))
	b.table.add(l.peer, rowAll(n), "ms", milliseconds(time.Duration(last-l.began)))
	b.table.add(l.peer, rowBootCPU(n), "ms", milliseconds(cpu))
	b.table.add(l.peer, rowChildCPU(n), "ms", milliseconds(before))
	if err := rest(ctx, 2*time.Second); err != nil {
		return err
	}
	if cpu, err = l.cpu(); err != nil {
		return err
	}
	b.table.add(l.peer, rowSettleCPU(n), "ms", milliseconds(cpu))
	return nil
}

// idleness looks at a peer that has nothing to do. It first lets the boot come
// to its end: nothing that could be waited for tells when. The others than ours
// are watched with one number of programs only.
func (b *bench) idleness(ctx context.Context, l *life, n int) error {
	if !b.wantsAny(rowIdleCPU(n), rowIdleSwitch(n), rowPrivate(n), rowPss(n), rowThreads(n)) {
		return nil
	}
	if err := rest(ctx, b.settle); err != nil {
		return err
	}
	before, err := l.look()
	if err != nil {
		return err
	}
	b.table.add(l.peer, rowPrivate(n), "MiB", mebibytes(before.private))
	b.table.add(l.peer, rowPss(n), "MiB", mebibytes(before.shares))
	b.table.add(l.peer, rowThreads(n), "", float64(before.threads))
	watched := n == b.main() || (l.peer.name == ours && n >= 100)
	if !watched || !b.wantsAny(rowIdleCPU(n), rowIdleSwitch(n)) {
		return nil
	}
	if err := rest(ctx, b.idle); err != nil {
		return err
	}
	after, err := l.look()
	if err != nil {
		return err
	}
	per30 := float64(30*time.Second) / float64(b.idle)
	b.table.add(l.peer, rowIdleCPU(n), "ms", milliseconds(after.cpu-before.cpu)*per30)
	b.table.add(l.peer, rowIdleSwitch(n), "", float64(after.switched(before))*per30)
	return nil
}

// deathsOf kills programs one by one and measures how long each is away. It
// kills no program twice: those that died early are treated in other ways.
func (b *bench) deathsOf(ctx context.Context, l *life, n int) error {
	late := time.Now().Add(b.deathTime)
	for i := 0; i < min(b.deaths, n) && (i < 5 || time.Now().Before(late)); i++ {
		pid, killed := l.stamps.at(i).pid, monotonic()
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			return fmt.Errorf("to kill %s: %w", programName(i), err)
		}
		err := l.alive(ctx, "new exec", func() bool { return l.stamps.at(i).pid != pid })
		if err != nil {
			return err
		}
		took := milliseconds(time.Duration(l.stamps.at(i).began - killed))
		b.table.addLatency(l.peer, rowDeath(n), took)
	}
	return nil
}
