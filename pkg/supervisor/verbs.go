package supervisor

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"supervisord/pkg/api"
	"supervisord/pkg/config"
	"supervisord/pkg/process"
)

// A verb is what start, stop and signal do to one process. begin runs in the
// loop. It fails at once, or is done at once (until is nil), or is done when
// until holds; verdict then says how it went.
type verb struct {
	check func(p *config.Program) error // outside the loop, before begin; nil: none
	takes func(api.State) bool          // group forms act on the processes that are in such a state
	wish  func(p *proc)                 // notes in the loop what the operator wants, whatever comes of it; nil: nothing
	begin func(p *proc, name string) (outcome, error)
	// waiting runs in the loop, at once and then every reportStopEvery, for
	// each target; nil: nothing.
	waiting func(p *proc)
}

type outcome struct {
	until   func(process.Machine) bool
	verdict func(process.Machine) error
}

// target is a process that a verb acts on, and the name it was called by.
type target struct {
	p    *proc
	name string
}

// reportStopEvery is the time between two "waiting for … to stop".
const reportStopEvery = 2 * time.Second

// one applies a verb to one process.
func (s *Supervisor) one(ctx context.Context, v verb, group, procName, name string) error {
	var t target
	if err := s.do(ctx, func() { t = target{s.find(group, procName), name} }); err != nil {
		return err
	}
	if t.p == nil {
		return api.BadName.Fault(name)
	}
	results := make(chan result, 1)
	if err := s.begin(ctx, v, []target{t}, results); err != nil {
		return err
	}
	r, err := s.collect(ctx, v, []target{t}, results)
	if err != nil {
		return err
	}
	return r[0].err
}

// round is how much later a process must be done than another to be told after
// it. Supervisor looks once a second who is done.
const round = time.Second

// many applies a verb to those of the processes that it takes. The results come
// in the order in which the processes are done; of those that are done in the
// same second, in the order in which they were acted on.
func (s *Supervisor) many(ctx context.Context, v verb, procs func() []*proc) ([]api.Result, error) {
	var targets []target
	if err := s.do(ctx, func() {
		for _, p := range procs() {
			if v.takes(p.m.State) {
				targets = append(targets, target{p, p.config.Namespec()})
			}
		}
	}); err != nil {
		return nil, err
	}
	results := make(chan result, len(targets))
	began := time.Now()
	if err := s.begin(ctx, v, targets, results); err != nil {
		return nil, err
	}
	got, err := s.collect(ctx, v, targets, results)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(got, func(a, b result) int {
		return cmp.Or(cmp.Compare(a.done.Sub(began)/round, b.done.Sub(began)/round), cmp.Compare(a.index, b.index))
	})
	answer := make([]api.Result, 0, len(got))
	for _, r := range got {
		a := api.Result{Name: r.p.config.Name, Group: r.p.config.Group, Status: api.Success, Description: "OK"}
		if r.err != nil {
			a.Status, a.Description = api.Failed, r.err.Error()
			if f, ok := r.err.(*api.Fault); ok {
				a.Status = f.Code
			}
		}
		answer = append(answer, a)
	}
	return answer, nil
}

// result is what became of one target.
type result struct {
	p     *proc
	err   error
	index int       // of the target
	done  time.Time // when it became known
}

// begin checks the targets outside the loop and then sets the verb to all of
// them in one go. Each gives one result, in time.
func (s *Supervisor) begin(ctx context.Context, v verb, targets []target, results chan<- result) error {
	faults := make([]error, len(targets))
	if v.check != nil {
		for i, t := range targets {
			faults[i] = v.check(t.p.config)
		}
	}
	return s.do(ctx, func() {
		for i, t := range targets {
			if v.wish != nil && !t.p.removed {
				v.wish(t.p)
			}
			err := faults[i]
			if t.p.removed { // while it was checked
				err = api.BadName.Fault(t.name)
			}
			var o outcome
			if err == nil {
				o, err = v.begin(t.p, t.name)
			}
			if err != nil || o.until == nil {
				results <- result{t.p, err, i, time.Now()}
				continue
			}
			s.await(t.p, waiter{
				until: o.until,
				tell:  func(m process.Machine) { results <- result{t.p, o.verdict(m), i, time.Now()} },
				gone:  func() bool { return ctx.Err() != nil },
			})
		}
	})
}

// collect waits for the result of every target.
func (s *Supervisor) collect(ctx context.Context, v verb, targets []target, results <-chan result) ([]result, error) {
	var got []result
	report := time.NewTimer(0)
	defer report.Stop()
	for len(got) < len(targets) {
		select {
		case r := <-results:
			got = append(got, r)
		case <-report.C:
			if v.waiting == nil {
				continue
			}
			s.post(func() {
				for _, t := range targets {
					v.waiting(t.p)
				}
			})
			report.Reset(reportStopEvery)
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-s.ended:
			return nil, api.ShutdownState.Fault()
		}
	}
	return got, nil
}

func (s *Supervisor) startVerb(wait bool) verb {
	begin := func(p *proc, name string) (outcome, error) {
		switch {
		case s.State() != api.SupervisorRunning:
			return outcome{}, api.ShutdownState.Fault()
		case p.m.State.Up():
			return outcome{}, api.AlreadyStarted.Fault(name)
		case p.m.State == api.Unknown:
			return outcome{}, api.Failed.Fault(name + " is in an unknown process state")
		}
		s.step(p, process.Start{})
		until := func(m process.Machine) bool { return !m.Spawning() }
		if wait {
			until = func(m process.Machine) bool { return m.State != api.Starting }
		}
		return outcome{until, func(m process.Machine) error {
			switch {
			case m.SpawnErr != "":
				return api.SpawnError.Fault(name)
			case wait && m.State != api.Running:
				return api.AbnormalTermination.Fault(name)
			}
			return nil
		}}, nil
	}
	return verb{check: s.host.Check, takes: func(st api.State) bool { return !st.Up() }, wish: s.release, begin: begin}
}

func (s *Supervisor) stopVerb(wait bool) verb {
	begin := func(p *proc, name string) (outcome, error) {
		up := p.m.State.Up()
		s.step(p, process.Stop{})
		switch {
		case !up:
			return outcome{}, api.NotRunning.Fault(name)
		case p.m.State == api.Unknown:
			return outcome{}, api.Failed.Fault("unknown problem killing " + p.config.Name)
		case !wait:
			return outcome{}, nil
		}
		return outcome{
			func(m process.Machine) bool { return m.State.Down() },
			func(process.Machine) error { return nil },
		}, nil
	}
	return verb{takes: api.State.Up, wish: s.hold, begin: begin, waiting: func(p *proc) {
		if p.m.State == api.Stopping {
			s.log.Log(config.Info, "waiting for %s to stop", p.config.Name)
		}
	}}
}

func (s *Supervisor) signalVerb(signal api.Signal) verb {
	sig, bad := config.ParseSignal(string(signal))
	begin := func(p *proc, name string) (outcome, error) {
		switch {
		case bad != nil:
			return outcome{}, api.BadSignal.Fault(string(signal))
		case !p.m.State.Signallable():
			return outcome{}, api.NotRunning.Fault(name)
		}
		s.step(p, process.Signal{Signal: sig})
		if p.m.State == api.Unknown {
			return outcome{}, api.Failed.Fault("unknown problem sending sig " + p.config.Name)
		}
		return outcome{}, nil
	}
	return verb{takes: api.State.Signallable, begin: begin}
}

// split takes a name of the interface apart: "group:process", or one word for
// both. whole: the name means the whole group ("group:*", "group:").
func split(name string) (group, proc string, whole bool) {
	group, proc, colon := strings.Cut(name, ":")
	switch {
	case !colon:
		return name, name, false
	case proc == "" || proc == "*":
		return group, "", true
	}
	return group, proc, false
}

// apply gives a verb to what name means: true for one process, a list of
// results for a group.
func (s *Supervisor) apply(ctx context.Context, v verb, name string) (any, error) {
	group, proc, whole := split(name)
	if whole {
		return s.applyGroup(ctx, v, group, name)
	}
	if err := s.one(ctx, v, group, proc, name); err != nil {
		return nil, err
	}
	return true, nil
}

func (s *Supervisor) applyGroup(ctx context.Context, v verb, group, name string) ([]api.Result, error) {
	missing := false
	r, err := s.many(ctx, v, func() []*proc {
		g := s.group(group)
		if g == nil {
			missing = true
			return nil
		}
		return g.byPriority()
	})
	if missing {
		return nil, api.BadName.Fault(name)
	}
	return r, err
}

// StartProcess starts one process or a group.
func (s *Supervisor) StartProcess(ctx context.Context, name string, wait bool) (any, error) {
	return s.apply(ctx, s.startVerb(wait), name)
}

// StartProcessGroup starts the processes of a group that are not started.
func (s *Supervisor) StartProcessGroup(ctx context.Context, name string, wait bool) ([]api.Result, error) {
	return s.applyGroup(ctx, s.startVerb(wait), name, name)
}

// StartAllProcesses starts all processes that are not started.
func (s *Supervisor) StartAllProcesses(ctx context.Context, wait bool) ([]api.Result, error) {
	return s.many(ctx, s.startVerb(wait), s.inPriority)
}

// StopProcess stops one process or a group.
func (s *Supervisor) StopProcess(ctx context.Context, name string, wait bool) (any, error) {
	return s.apply(ctx, s.stopVerb(wait), name)
}

// StopProcessGroup stops the processes of a group that are started.
func (s *Supervisor) StopProcessGroup(ctx context.Context, name string, wait bool) ([]api.Result, error) {
	return s.applyGroup(ctx, s.stopVerb(wait), name, name)
}

// StopAllProcesses stops all processes that are started.
func (s *Supervisor) StopAllProcesses(ctx context.Context, wait bool) ([]api.Result, error) {
	return s.many(ctx, s.stopVerb(wait), s.inPriority)
}

// SignalProcess sends a signal to one process or to each of a group.
func (s *Supervisor) SignalProcess(ctx context.Context, name string, signal api.Signal) (any, error) {
	return s.apply(ctx, s.signalVerb(signal), name)
}

// SignalProcessGroup sends a signal to each process of a group.
func (s *Supervisor) SignalProcessGroup(ctx context.Context, name string, signal api.Signal) ([]api.Result, error) {
	return s.applyGroup(ctx, s.signalVerb(signal), name, name)
}

// SignalAllProcesses sends a signal to all processes.
func (s *Supervisor) SignalAllProcesses(ctx context.Context, signal api.Signal) ([]api.Result, error) {
	return s.many(ctx, s.signalVerb(signal), s.inPriority)
}
