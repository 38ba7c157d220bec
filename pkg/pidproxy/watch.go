package pidproxy

import (
	"errors"
	"syscall"
	"time"
)

// watch gives a channel that is closed when a process, which need not be a child
// of ours, has ended.
func watch(pid int) <-chan struct{} {
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		if !await(pid) {
			poll(pid)
		}
	}()
	return gone
}

// How often a process is looked at that cannot be waited for: often at first,
// for it may be about to end.
const (
	pollFast = 20 * time.Millisecond
	pollSlow = time.Second
)

// poll returns when there is no process of the pid any more.
func poll(pid int) {
	for pause := pollFast; !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH); pause = min(pause*5/4, pollSlow) {
		time.Sleep(pause)
	}
}
