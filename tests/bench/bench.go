//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// bench is one run of everything.
type bench struct {
	settings
	dir   string
	mark  string
	table *table
	lives int
}

// run lets the sides have their turns, round by round.
func (b *bench) run(ctx context.Context) error {
	for round := range b.rounds {
		for _, n := range b.sizes {
			if limit := openFiles(); uint64(descriptors(n)) > limit {
				b.table.note("%d programs left out: they need %d descriptors, the hard limit is %d", n, descriptors(n), limit)
				continue
			}
			for side := range b.sides {
				b.say("round %d of %d: %d programs, %s", round+1, b.rounds, n, b.sides[side].name)
				if err := b.boot(ctx, side, n); err != nil {
					return err
				}
			}
		}
		for _, w := range writings {
			for side := range b.sides {
				b.say("round %d of %d: %s, %s", round+1, b.rounds, w.name, b.sides[side].name)
				if err := b.write(ctx, side, w); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// say tells the terminal what is going on.
func (b *bench) say(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }

// openFiles is the hard limit of open files: how far a daemon can raise its own.
func openFiles() uint64 {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 0
	}
	return limit.Max
}

// life starts a daemon in a new folder. The caller closes it.
func (b *bench) life(side int, programs func(dir string) string, n int) (*life, error) {
	b.lives++
	dir := filepath.Join(b.dir, fmt.Sprint(b.lives))
	return b.sides[side].start(dir, b.mark, programs(dir), n)
}

// boot is a life with n programs.
func (b *bench) boot(ctx context.Context, side, n int) (err error) {
	l, err := b.life(side, func(dir string) string { return programs(b.child, dir, n) }, n)
	if err != nil {
		return err
	}
	defer func() {
		if e := l.close(b.mark); err == nil {
			err = e
		}
	}()
	row := func(name string) string { return fmt.Sprintf("%s, %d programs", name, n) }
	if err := b.execs(ctx, l, side, row); err != nil {
		return err
	}
	if err := b.idleness(ctx, l, side, row); err != nil {
		return err
	}
	if err := b.calls(ctx, l, side, row); err != nil {
		return err
	}
	if err := b.restarts(ctx, l, side, row); err != nil {
		return err
	}
	took, err := l.stop(ctx)
	if err != nil {
		return err
	}
	b.table.add(side, row("shutdown"), "ms", milliseconds(took))
	if left := marked(b.mark); len(left) > 0 {
		return fmt.Errorf("%s: %d processes are left after the shutdown", l.side.name, len(left))
	}
	return nil
}

// execs waits until all programs have begun, and measures the boot.
func (b *bench) execs(ctx context.Context, l *life, side int, row func(string) string) error {
	var all []stamp
	err := l.alive(ctx, "exec of all programs", func() bool {
		var err error
		if all, err = l.stamps.read(); err != nil {
			return false
		}
		for _, s := range all {
			if s.began == 0 {
				return false
			}
		}
		return true
	})
	if err != nil {
		return err
	}
	used, err := look(l.cmd.Process.Pid)
	if err != nil {
		return err
	}
	first, last, before := all[0].began, all[0].began, time.Duration(0)
	for _, s := range all {
		first, last, before = min(first, s.began), max(last, s.began), before+s.before
	}
	b.table.add(side, row("boot to first exec"), "ms", milliseconds(time.Duration(first-l.began)))
	b.table.add(side, row("boot to last exec"), "ms", milliseconds(time.Duration(last-l.began)))
	b.table.add(side, row("boot, CPU of the daemon"), "ms", milliseconds(used.cpu))
	b.table.add(side, row("boot, CPU with that of children before exec"), "ms", milliseconds(used.cpu+before))
	return l.answers(ctx)
}

// idleness looks at a daemon that has nothing to do. It first lets the boot
// come to its end: nothing that could be waited for tells when.
func (b *bench) idleness(ctx context.Context, l *life, side int, row func(string) string) error {
	if err := rest(ctx, b.idle/2); err != nil {
		return err
	}
	before, err := look(l.cmd.Process.Pid)
	if err != nil {
		return err
	}
	if err := rest(ctx, b.idle); err != nil {
		return err
	}
	after, err := look(l.cmd.Process.Pid)
	if err != nil {
		return err
	}
	perMinute := float64(time.Minute) / float64(b.idle)
	b.table.add(side, row("idle CPU"), "ms a minute", milliseconds(after.cpu-before.cpu)*perMinute)
	b.table.add(side, row("idle voluntary context switches"), "a minute", float64(after.switches-before.switches)*perMinute)
	b.table.add(side, row("private memory"), "MiB", float64(after.private)/(1<<20))
	b.table.add(side, row("threads"), "of all processes", float64(after.threads))
	return nil
}

// rest lets time pass: idleness is measured over a time.
func rest(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// calls measures the client and the RPC.
func (b *bench) calls(ctx context.Context, l *life, side int, row func(string) string) error {
	for range 5 {
		cmd := exec.CommandContext(ctx, l.side.client, "-c", "supervisord.conf", "status")
		cmd.Dir = l.dir
		cmd.Env = append(os.Environ(), b.mark)
		began := time.Now()
		out, err := cmd.Output()
		if err != nil {
			return fmt.Errorf("%s status: %w\n%s", l.side.client, err, out)
		}
		b.table.add(side, row("supervisorctl status"), "ms", milliseconds(time.Since(began)))
		if use, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
			b.table.add(side, row("supervisorctl status, peak memory"), "MiB", float64(use.Maxrss)/1024)
		}
	}
	c, err := dial(l.socket())
	if err != nil {
		return err
	}
	defer c.conn.Close()
	for _, m := range []struct {
		method string
		args   []string
	}{
		{"getState", nil},
		{"getProcessInfo", []string{"p00000"}},
		{"getAllProcessInfo", nil},
	} {
		samples, err := c.sample(ctx, b.budget, "supervisor."+m.method, m.args...)
		if err != nil {
			return fmt.Errorf("%s: %w", l.side.name, err)
		}
		b.table.addLatency(side, row(m.method), samples)
	}
	return nil
}

// restarts kills programs one by one and measures how long each is away.
func (b *bench) restarts(ctx context.Context, l *life, side int, row func(string) string) error {
	for i := range b.deaths {
		index := i % l.stamps.n
		all, err := l.stamps.read()
		if err != nil {
			return err
		}
		pid, killed := all[index].pid, monotonic()
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			return err
		}
		err = l.alive(ctx, "new exec", func() bool {
			all, err = l.stamps.read()
			return err == nil && all[index].pid != pid
		})
		if err != nil {
			return err
		}
		b.table.addLatency(side, row("death to new exec"), []float64{milliseconds(time.Duration(all[index].began - killed))})
	}
	return nil
}
