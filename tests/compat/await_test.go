package compat

import (
	"fmt"
	"time"
)

const (
	// patience bounds every wait of a script. The longest wait that belongs
	// to a script is a few seconds; the rest is for a busy machine.
	patience = 60 * time.Second

	// glance is the time between two looks at a condition.
	glance = 10 * time.Millisecond
)

// pause waits for one glance.
func pause() {
	t := time.NewTimer(glance)
	<-t.C
}

// await looks at the condition until it holds. The condition returns what it
// saw, for the error.
func await(what string, holds func() (bool, string)) error {
	end := time.Now().Add(patience)
	for {
		ok, saw := holds()
		if ok {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("no %s within %v; last seen: %s", what, patience, saw)
		}
		pause()
	}
}
