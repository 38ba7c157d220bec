//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// patience bounds every wait.
const patience = 3 * time.Minute

// A life is one peer from its start to its end, in a folder of its own.
type life struct {
	peer   *peer
	dir    string // on the disk
	memory string // a folder in memory, where there is one
	port   int
	cmd    *exec.Cmd
	ended  chan error
	began  int64 // monotonic nanoseconds just before the start
	child  string
	stamps *stamps
}

// live starts a peer with the programs that draw plans. The caller closes the
// life.
func (b *bench) live(p *peer, n int, draw func(l *life) (plan, error)) (*life, error) {
	b.lives++
	number := fmt.Sprint(b.lives)
	l := &life{peer: p, dir: filepath.Join(b.dir, number), memory: filepath.Join(b.memory, number), child: b.tool("child")}
	for _, dir := range []string{l.dir, l.memory} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, err
		}
	}
	var err error
	if l.stamps, err = openStamps(filepath.Join(l.memory, "stamps"), n); err != nil {
		return nil, err
	}
	what, err := draw(l)
	if err != nil {
		return nil, errors.Join(err, l.close())
	}
	args, err := p.write(p, l.dir, what)
	if err != nil {
		return nil, errors.Join(err, l.close())
	}
	if err := l.start(args); err != nil {
		return nil, errors.Join(err, l.close())
	}
	return l, nil
}

// start runs the peer; what it prints is kept for the case that it ends.
func (l *life) start(args []string) error {
	output, err := os.Create(filepath.Join(l.dir, "output"))
	if err != nil {
		return err
	}
	defer output.Close()
	l.cmd = exec.Command(args[0], args[1:]...)
	l.cmd.Dir = l.dir
	l.cmd.Stdout, l.cmd.Stderr = output, output
	l.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	l.began = monotonic()
	if err := l.cmd.Start(); err != nil {
		l.cmd = nil
		return err
	}
	l.ended = make(chan error, 1)
	go func() { l.ended <- l.cmd.Wait() }()
	return nil
}

func (l *life) pid() int { return l.cmd.Process.Pid }

// alive waits on a condition, and gives up when the peer ends or time is out.
func (l *life) alive(ctx context.Context, what string, holds func() bool) error {
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	late := time.NewTimer(patience)
	defer late.Stop()
	for !holds() {
		select {
		case err := <-l.ended:
			l.ended <- err
			output, _ := os.ReadFile(filepath.Join(l.dir, "output")) // its absence is no news
			return fmt.Errorf("it ended while waiting for %s: %v\n%s", what, err, output)
		case <-late.C:
			return fmt.Errorf("no %s within %v", what, patience)
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
	return nil
}

// begun waits until all programs have begun.
func (l *life) begun(ctx context.Context) error {
	next := 0
	return l.alive(ctx, "exec of all programs", func() bool {
		for next < l.stamps.n && l.stamps.at(next).began != 0 {
			next++
		}
		return next == l.stamps.n
	})
}

// stop asks the peer to end, and returns how long it took until the last
// process of it and of its programs was gone.
func (l *life) stop(ctx context.Context) (time.Duration, error) {
	all, err := descendants(os.Getpid(), nil)
	if err != nil {
		return 0, err
	}
	watch, err := watchDeaths(all)
	if err != nil {
		return 0, err
	}
	defer watch.close()
	began := time.Now()
	if err := l.cmd.Process.Signal(l.peer.end); err != nil {
		return 0, err
	}
	if err := watch.wait(ctx, patience); err != nil {
		return 0, err
	}
	took := time.Since(began)
	<-l.ended // at once: it is among those that are gone
	l.ended <- nil
	left, err := descendants(os.Getpid(), isZombie)
	if err == nil && len(left) > 0 {
		err = fmt.Errorf("%d processes are left after the shutdown", len(left))
	}
	return took, err
}

// close ends what is left of the life.
func (l *life) close() error {
	if l.ended != nil {
		select {
		case err := <-l.ended:
			l.ended <- err
		default:
			_ = l.cmd.Process.Kill() // it may end by itself right now
			<-l.ended
		}
	}
	return errors.Join(sweep(), l.stamps.close(), os.RemoveAll(l.dir), os.RemoveAll(l.memory))
}
