//go:build !portable

package logs

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// watches says whether the epoll of a poller knows the pipe of a pump.
func watches(t *testing.T, p *Poller, pump *Pump) bool {
	t.Helper()
	info, err := os.ReadFile(fmt.Sprintf("/proc/self/fdinfo/%d", p.epfd))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Contains(string(info), fmt.Sprintf("tfd: %8d ", pump.fd))
}

// While much comes through a pipe, writes of the program do not call on epoll;
// afterwards the next line is noticed as ever.
func TestBusyPipeIsNotWatched(t *testing.T) {
	r := newRig(t)
	f := r.open("web.log", 0, 0)
	p := r.start(Options{File: f})
	if !watches(t, r.poller, p.pump) {
		t.Fatal("a new pipe is not watched")
	}
	stop := make(chan struct{})
	var writer sync.WaitGroup
	writer.Go(func() {
		for line := lines(0, 1); ; {
			select {
			case <-stop:
				return
			default:
				p.Write(line)
			}
		}
	})
	eventually(t, "leaving epoll", func() bool { return !watches(t, r.poller, p.pump) })
	close(stop)
	writer.Wait()
	eventually(t, "coming back to epoll", func() bool { return watches(t, r.poller, p.pump) })
	p.send(t, []byte("the last line\n"))
	eventually(t, "the last line", func() bool { return strings.HasSuffix(content(t, f.Path()), "the last line\n") })
}

// If the system refuses to watch a pipe, its output comes later, but it comes.
func TestWatchRefused(t *testing.T) {
	r := newRig(t)
	epfd := r.poller.epfd
	seen := make(chan string, 10)
	p := r.start(Options{Data: func(b []byte) {
		r.poller.epfd = -1 // from now on
		if string(b) == "two\n" {
			r.poller.epfd = epfd
		}
		seen <- string(b)
	}})
	for _, line := range []string{"one\n", "two\n", "three\n"} {
		p.send(t, []byte(line))
		select {
		case got := <-seen:
			if got != line {
				t.Fatalf("got %q, want %q", got, line)
			}
		case <-time.After(patience):
			t.Fatalf("no %q", line)
		}
		eventually(t, "rest", func() bool {
			p.pump.mu.Lock()
			defer p.pump.mu.Unlock()
			return !p.pump.running
		})
	}
}
