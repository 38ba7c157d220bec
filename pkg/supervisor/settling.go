package supervisor

import "time"

const (
	// settledAfter is how long nothing must have been under way.
	settledAfter = 250 * time.Millisecond
	// settledAtLatest ends the wait for programs that never come to rest.
	settledAtLatest = 10 * time.Second
)

// settling finds the moment when the start is over: no spawn is under way and no
// process waits for a deadline.
type settling struct {
	at     time.Time // when to look again
	latest time.Time
	over   bool // Settled was told
}

// settle tells Options.Settled, once, beside the loop.
func (s *Supervisor) settle(now time.Time) {
	st := &s.settling
	if st.over {
		return
	}
	busy := s.spawning > 0 || len(s.due) > 0
	switch {
	case !now.Before(st.latest), !busy && st.at.Before(st.latest) && !now.Before(st.at):
		st.over = true
		if s.o.Settled != nil {
			s.background(s.o.Settled)
		}
	case busy:
		st.at = st.latest
	case st.at.Equal(st.latest):
		st.at = now.Add(settledAfter)
	}
}
