package spawn

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// Jobs that end in time run one after another, in their order.
func TestQueueKeepsTheOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := NewQueue()
		var got []int
		for i := range 100 {
			q.Do(func() {
				time.Sleep(patience - 1)
				got = append(got, i) // not locked: the race detector sees two at once
			})
		}
		time.Sleep(100*patience - 100)
		synctest.Wait()
		if len(got) != 100 || !slices.IsSorted(got) {
			t.Errorf("%d jobs: %v", len(got), got)
		}
		q.Close()
	})
}

// A job that hangs delays those behind it by 100 ms and keeps nobody else.
func TestQueuePassesAHungJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := NewQueue()
		hang := make(chan struct{})
		begin := time.Now()
		times := map[string]time.Duration{}
		q.Do(func() { <-hang; times["hung"] = time.Since(begin) })
		q.Do(func() { times["second"] = time.Since(begin) })
		q.Do(func() { times["third"] = time.Since(begin) })
		time.Sleep(time.Second)
		q.Do(func() { times["later"] = time.Since(begin) })
		synctest.Wait()
		close(hang)
		synctest.Wait()
		for name, want := range map[string]time.Duration{
			"second": patience, "third": patience, "later": time.Second, "hung": time.Second,
		} {
			if got, ok := times[name]; !ok || got != want {
				t.Errorf("%s ran at %v, want %v", name, got, want)
			}
		}
		q.Close()
	})
}

// When too many jobs hang, the others wait until one of these ends.
func TestQueueBoundsHungJobs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := NewQueue()
		hang := make(chan struct{})
		running := make(chan int, 2*maxOverdue)
		for i := range maxOverdue + 2 {
			q.Do(func() { running <- i; <-hang })
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if len(running) != maxOverdue {
			t.Errorf("%d jobs run, want %d", len(running), maxOverdue)
		}
		hang <- struct{}{}
		synctest.Wait()
		if len(running) != maxOverdue+1 {
			t.Errorf("%d jobs have begun, want %d", len(running), maxOverdue+1)
		}
		close(hang)
		synctest.Wait()
		if len(running) != maxOverdue+2 {
			t.Errorf("%d jobs have begun, want all", len(running))
		}
		// The turn is kept as ever.
		var got []int
		for i := range 3 {
			q.Do(func() { time.Sleep(time.Millisecond); got = append(got, i) })
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if !slices.Equal(got, []int{0, 1, 2}) {
			t.Error(got)
		}
	})
}

func TestQueueClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := NewQueue()
		done := false
		q.Do(func() { time.Sleep(patience / 2); done = true })
		q.Do(func() { t.Error("a job began after Close") })
		synctest.Wait()
		q.Close()
		if !done {
			t.Error("Close did not wait for the job that had the turn")
		}
		q.Do(func() { t.Error("a job was taken after Close") })
		q.Close()
	})
	synctest.Test(t, func(t *testing.T) {
		q := NewQueue()
		hang := make(chan struct{})
		q.Do(func() { <-hang })
		synctest.Wait()
		begin := time.Now()
		q.Close()
		if took := time.Since(begin); took != patience {
			t.Errorf("Close took %v with a job that hangs", took)
		}
		close(hang)
	})
}
