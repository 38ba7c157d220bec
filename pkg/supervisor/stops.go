package supervisor

import (
	"slices"
	"strings"
	"time"

	"supervisord/pkg/api"
	"supervisord/pkg/config"
	"supervisord/pkg/events"
	"supervisord/pkg/process"
)

// reportEvery is the time between two "waiting for … to die".
const reportEvery = 3 * time.Second

// spawnPatience bounds how long a shutdown waits for a spawn that hangs (on a
// dead file system, say). Should it end after all, the host ends the child.
const spawnPatience = 10 * time.Second

// shutdown is a shutdown or restart under way. The groups end in descending
// priority, strictly one priority after the other; groups of equal priority end
// side by side (Supervisor: one after the other).
type shutdown struct {
	ending  Ending
	stages  [][]*group // what is still to be told
	left    []*proc    // of the stage under way; those at the end may be down
	report  time.Time  // when the next report is due
	began   time.Time
	working bool // advanceStops is at work
}

// end begins to go down, or changes what a shutdown under way leads to: a
// restart can still become a shutdown, not the other way round.
func (s *Supervisor) end(e Ending) {
	state := api.SupervisorRestarting
	if e == Shutdown {
		state = api.SupervisorShutdown
	}
	if s.stops != nil {
		if e == Shutdown {
			s.stops.ending = e
			s.state.Store(int32(state))
		}
		return
	}
	s.state.Store(int32(state))
	s.bus.Publish(events.Stopping)
	now := time.Now()
	stops := &shutdown{ending: e, stages: s.stages(), began: now, report: now}
	stops.working = true // not before all are quiet
	s.stops = stops
	for _, g := range s.groups {
		for _, p := range g.procs {
			s.step(p, process.Quiesce{})
		}
	}
	stops.working = false
	s.advanceStops()
	if !s.over {
		s.reportStops()
	}
}

// stages gives the active groups by descending priority.
func (s *Supervisor) stages() [][]*group {
	var stages [][]*group
	groups := s.byPriority()
	slices.Reverse(groups)
	for _, g := range groups {
		if n := len(stages); n > 0 && stages[n-1][0].config.Priority == g.config.Priority {
			stages[n-1] = append(stages[n-1], g)
		} else {
			stages = append(stages, []*group{g})
		}
	}
	return stages
}

// advanceStops goes on to the next priority once the present one is down, and
// ends the loop after the last.
func (s *Supervisor) advanceStops() {
	st := s.stops
	if st.working {
		return
	}
	st.working = true
	defer func() { st.working = false }()
	for {
		// Looking at the last one only is enough, and cheap: this is asked after
		// each step of each process.
		for n := len(st.left); n > 0; n-- {
			if s.unstopped(st.left[n-1]) {
				return
			}
			st.left = st.left[:n-1]
		}
		if len(st.stages) == 0 {
			s.over = true
			return
		}
		s.bus.Dispatch() // to listeners that are about to be stopped
		s.tellStage(st.stages[0])
		st.stages = st.stages[1:]
	}
}

// tellStage sends the processes of one stage their stop signal, in descending
// priority within each group.
func (s *Supervisor) tellStage(stage []*group) {
	for _, g := range stage {
		procs := g.byPriority()
		slices.Reverse(procs)
		for _, p := range procs {
			s.step(p, process.Shutdown{})
			s.stops.left = append(s.stops.left, p)
		}
	}
}

// unstopped reports whether a shutdown still waits for p.
func (s *Supervisor) unstopped(p *proc) bool {
	abandoned := p.m.Spawning() && time.Since(s.stops.began) > spawnPatience
	return !p.m.State.Down() && !abandoned
}

// reportStops says what is waited for.
func (s *Supervisor) reportStops() {
	s.stops.report = time.Now().Add(reportEvery)
	var left []*proc
	for _, g := range s.groups {
		for _, p := range g.procs {
			if s.unstopped(p) {
				left = append(left, p)
			}
		}
	}
	if len(left) > 0 {
		names := make([]string, len(left))
		for i, p := range left {
			names[i] = p.config.Name
		}
		s.log.Log(config.Info, "waiting for %s to die", strings.Join(names, ", "))
		for _, p := range left {
			s.log.Log(config.Blather, "%s state: %s", p.config.Name, p.m.State)
		}
	}
	s.advanceStops() // a spawn that hangs is waited for only so long
}
