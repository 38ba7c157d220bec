package harness

import (
	"testing"
	"time"
)

// Limit is how long a condition may take that should hold soon. It is generous,
// since a machine may be busy; only a fault makes anybody wait that long.
const Limit = 30 * time.Second

// Await looks at a condition until it holds, that is until ok answers nil, and
// ends the test with the last answer when that takes longer than limit. What is
// waited for happens in other processes, so that there is no event to wait on.
func Await(t testing.TB, limit time.Duration, what string, ok func() error) {
	t.Helper()
	deadline := time.Now().Add(limit)
	pause := time.Millisecond
	for {
		err := ok()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: not so after %v: %v", what, limit, err)
		}
		time.Sleep(pause)
		pause = min(2*pause, 50*time.Millisecond)
	}
}

// Holds looks at a condition again and again for a time and ends the test when
// it does not hold: for what must not happen.
func Holds(t testing.TB, span time.Duration, what string, ok func() error) {
	t.Helper()
	deadline := time.Now().Add(span)
	for time.Now().Before(deadline) {
		if err := ok(); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
