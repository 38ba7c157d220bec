package supervisor

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"supervisord/pkg/api"
	"supervisord/pkg/config"
)

// Who has the answer to a verb sees what it did, in each of the listings, while
// others read and make views of their own.
func TestViewShowsWhatWasAnswered(t *testing.T) {
	c := configOf(prog("a", func(p *config.Program) { p.Autostart = false }), prog("b"))
	inBubble(t, c, newFakeHost(), func(b *bench) {
		ctx := b.T.Context()
		ended := make(chan struct{})
		var others sync.WaitGroup
		for range 4 {
			others.Go(func() {
				for {
					select {
					case <-ended:
						return
					case <-time.After(7 * time.Millisecond):
						if all, err := b.GetAllProcessInfo(ctx); err != nil || len(all) != 2 {
							b.T.Error(all, err)
							return
						}
					}
				}
			})
		}
		for range 20 {
			if _, err := b.StartProcess(ctx, "a", true); err != nil {
				b.T.Fatal(err)
			}
			if one, _ := b.GetProcessInfo(ctx, "a"); one.State != api.Running || one.PID == 0 {
				b.T.Fatalf("after the start: %+v", one)
			}
			if _, err := b.StopProcess(ctx, "a", true); err != nil {
				b.T.Fatal(err)
			}
			if all, _ := b.GetAllProcessInfo(ctx); all[0].Name != "a" || all[0].State != api.Stopped {
				b.T.Fatalf("after the stop: %+v", all)
			}
		}
		close(ended)
		others.Wait()
	})
}

// A listing is made once in a second, as long as nothing changes.
func TestListingIsKept(t *testing.T) {
	inBubble(t, configOf(prog("a")), newFakeHost(), func(b *bench) {
		list := func() *api.ProcessInfo {
			all, err := b.GetAllProcessInfo(b.T.Context())
			if err != nil {
				b.T.Fatal(err)
			}
			return &all[0]
		}
		time.Sleep(2 * time.Second) // RUNNING, and on the full second
		first := list()
		if list() != first {
			t.Error("made again within the second")
		}
		time.Sleep(time.Second)
		next := list()
		if next.Now != first.Now+1 || next.Description != fmt.Sprintf("pid %d, uptime 0:00:03", next.PID) {
			t.Errorf("a second later: %+v", *next)
		}
		if _, err := b.StopProcess(b.T.Context(), "a", true); err != nil {
			t.Fatal(err)
		}
		if p := list(); p.State != api.Stopped || p.Now != next.Now {
			t.Errorf("after a stop within the second: %+v", *p)
		}
	})
}

// Uptime is the difference of the whole seconds that the same answer gives.
func TestUptimeIsNowLessStart(t *testing.T) {
	inBubble(t, configOf(prog("a", func(p *config.Program) { p.Autostart = false })), newFakeHost(), func(b *bench) {
		time.Sleep(900 * time.Millisecond)
		if _, err := b.StartProcess(b.T.Context(), "a", true); err != nil {
			t.Fatal(err)
		}
		time.Sleep(200 * time.Millisecond)
		p, err := b.GetProcessInfo(b.T.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprintf("pid %d, uptime 0:00:%02d", p.PID, p.Now-p.Start); p.Description != want || p.Now-p.Start != 2 {
			t.Errorf("described as %q at %d, started at %d, want %q", p.Description, p.Now, p.Start, want)
		}
	})
}

func TestNoViewAfterTheEnd(t *testing.T) {
	inBubble(t, configOf(prog("a")), newFakeHost(), func(b *bench) {
		ctx := b.T.Context()
		if _, err := b.GetAllProcessInfo(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Shutdown(ctx); err != nil {
			t.Fatal(err)
		}
		<-b.ended
		var f *api.Fault
		if _, err := b.GetAllProcessInfo(ctx); !errors.As(err, &f) || f.Code != api.ShutdownState {
			t.Errorf("listing after the end: %v", err)
		}
		if _, err := b.GetProcessInfo(ctx, "a"); !errors.As(err, &f) || f.Code != api.ShutdownState {
			t.Errorf("a process after the end: %v", err)
		}
	})
}
