//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// adoptOrphans makes this process the parent of all that is started below it
// and loses its own: so nothing that the benchmark starts gets lost.
func adoptOrphans() error {
	const setChildSubreaper = 36 // of prctl
	_, _, errno := syscall.Syscall(syscall.SYS_PRCTL, setChildSubreaper, 1, 0)
	if errno != 0 {
		return fmt.Errorf("to become a subreaper: %w", errno)
	}
	return nil
}

// sweep kills and reaps everything below this process. Nobody may be waiting for
// a command.
func sweep() error {
	late := time.Now().Add(patience)
	for {
		all, err := descendants(os.Getpid(), nil)
		if err != nil {
			return err
		}
		for _, pid := range all {
			_ = syscall.Kill(pid, syscall.SIGKILL) // gone is as good
		}
		how := 0
		if len(all) == 0 {
			how = syscall.WNOHANG
		}
		if _, err := syscall.Wait4(-1, nil, how, nil); errors.Is(err, syscall.ECHILD) {
			return nil
		}
		for reaped := 1; reaped > 0; {
			reaped, _ = syscall.Wait4(-1, nil, syscall.WNOHANG, nil) // ECHILD: the next turn sees it
		}
		if time.Now().After(late) {
			return fmt.Errorf("%d processes cannot be killed", len(all))
		}
	}
}

// A deathWatch waits until each of several processes is gone.
type deathWatch struct {
	poller int
	fds    map[int32]bool
}

// watchDeaths watches processes; one that is gone already needs no watching.
func watchDeaths(pids []int) (*deathWatch, error) {
	poller, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	w := &deathWatch{poller, map[int32]bool{}}
	for _, pid := range pids {
		const pidfdOpen = 434
		fd, _, errno := syscall.Syscall(pidfdOpen, uintptr(pid), 0, 0)
		if errno == syscall.ESRCH {
			continue
		}
		if errno != 0 {
			w.close()
			return nil, fmt.Errorf("pidfd_open: %w", errno)
		}
		event := syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(fd)}
		w.fds[event.Fd] = true
		if err := syscall.EpollCtl(poller, syscall.EPOLL_CTL_ADD, int(fd), &event); err != nil {
			w.close()
			return nil, err
		}
	}
	return w, nil
}

// wait returns when all are gone.
func (w *deathWatch) wait(ctx context.Context, most time.Duration) error {
	events := make([]syscall.EpollEvent, 256)
	for late := time.Now().Add(most); len(w.fds) > 0; {
		if err := ctx.Err(); err != nil {
			return err
		}
		if time.Now().After(late) {
			return fmt.Errorf("%d processes are not gone after %v", len(w.fds), most)
		}
		n, err := syscall.EpollWait(w.poller, events, 200) // to see that ctx is done
		if err != nil && !errors.Is(err, syscall.EINTR) {
			return err
		}
		for _, event := range events[:max(n, 0)] {
			delete(w.fds, event.Fd)
			if err := syscall.Close(int(event.Fd)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *deathWatch) close() {
	for fd := range w.fds {
		_ = syscall.Close(int(fd)) // a pidfd holds nothing
	}
	_ = syscall.Close(w.poller)
}
