package supervisor

import (
	"cmp"
	"slices"
	"time"

	"supervisord/pkg/api"
	"supervisord/pkg/config"
	"supervisord/pkg/events"
	"supervisord/pkg/process"
)

// group is an active group: one whose processes are managed.
type group struct {
	config *config.Group
	procs  []*proc      // in the order of the configuration
	pool   *events.Pool // of event listeners; nil for others
}

// proc is one process and what belongs to it.
type proc struct {
	config   *config.Program
	group    *group
	logs     Logs
	m        process.Machine
	child    Child            // of the last start; nil before the first
	listener *events.Listener // nil: it is none
	waiters  []waiter
	place    int  // in the heap of deadlines; -1: not there
	removed  bool // no longer of an active group; it is never started again
}

// newGroup makes a group. The log files of the processes that are not known yet
// are chosen, AUTO ones created.
func newGroup(c *config.Group, host Host, known map[*config.Program]Logs) *group {
	g := &group{config: c}
	for _, p := range c.Programs {
		logs, ok := known[p]
		if !ok {
			logs = host.Prepare(p)
		}
		g.procs = append(g.procs, &proc{config: p, group: g, logs: logs, place: -1})
	}
	return g
}

// known gives the logs of those processes of a group that were active before.
func (s *Supervisor) known(c *config.Group) map[*config.Program]Logs {
	known := map[*config.Program]Logs{}
	for _, p := range c.Programs {
		if logs, ok := s.chosen[p]; ok {
			known[p] = logs
		}
	}
	return known
}

// activate adds a group to the active ones, and keeps the names of its logs. A
// pool of listeners is told of itself already.
func (s *Supervisor) activate(g *group) {
	s.groups = append(s.groups, g)
	for _, p := range g.procs {
		s.chosen[p.config] = p.logs
	}
	if g.config.Pool != nil {
		g.pool = s.newPool(g)
		s.bus.Add(g.pool)
		s.lookAtClock(time.Now())
	}
	s.bus.Publish(events.GroupAdded(g.config.Name))
}

// down reports whether no process of the group is alive or about to be.
func (g *group) down() bool {
	return !slices.ContainsFunc(g.procs, func(p *proc) bool { return !p.m.State.Down() })
}

// byPriority gives the processes in ascending priority; equal ones keep the
// order of the configuration.
func (g *group) byPriority() []*proc {
	procs := slices.Clone(g.procs)
	slices.SortStableFunc(procs, func(a, b *proc) int { return cmp.Compare(a.config.Priority, b.config.Priority) })
	return procs
}

// byPriority gives the active groups in ascending priority; equal ones keep the
// order in which they were added.
func (s *Supervisor) byPriority() []*group {
	groups := slices.Clone(s.groups)
	slices.SortStableFunc(groups, func(a, b *group) int { return cmp.Compare(a.config.Priority, b.config.Priority) })
	return groups
}

// inPriority gives all processes in the order in which they are started.
func (s *Supervisor) inPriority() []*proc {
	var all []*proc
	for _, g := range s.byPriority() {
		all = append(all, g.byPriority()...)
	}
	return all
}

// byName gives all processes by group name, then process name.
func (s *Supervisor) byName() []*proc {
	var all []*proc
	for _, g := range s.groups {
		all = append(all, g.procs...)
	}
	slices.SortFunc(all, func(a, b *proc) int {
		return cmp.Or(cmp.Compare(a.group.config.Name, b.group.config.Name), cmp.Compare(a.config.Name, b.config.Name))
	})
	return all
}

func (s *Supervisor) group(name string) *group {
	for _, g := range s.groups {
		if g.config.Name == name {
			return g
		}
	}
	return nil
}

// find resolves a name of one process; nil if there is none. A name without a
// colon is the process of the group of the same name.
func (s *Supervisor) find(groupName, procName string) *proc {
	g := s.group(groupName)
	if g == nil {
		return nil
	}
	for _, p := range g.procs {
		if p.config.Name == procName {
			return p
		}
	}
	return nil
}

// autostart asks the machines of a group that was made active to run, as far as
// they are to be started by themselves.
func (s *Supervisor) autostart(g *group) {
	for _, p := range g.procs {
		if p.config.Autostart && p.m.State == api.Stopped && !s.heldBack(p) {
			s.step(p, process.Start{})
		}
	}
}
