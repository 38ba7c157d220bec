package supervisor

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"supervisord/pkg/api"
	"supervisord/pkg/config"
	"supervisord/pkg/events"
)

// ReloadConfig reads the configuration again and tells what an update would
// change. It starts and stops nothing.
func (s *Supervisor) ReloadConfig(ctx context.Context) ([]api.Changes, error) {
	c, err := s.o.Load()
	if err != nil {
		return nil, api.CantReread.Fault(err.Error())
	}
	var ch api.Changes
	err = s.do(ctx, func() {
		s.config = c
		clear(s.chosen)
		s.rereads++
		running := make([]*config.Group, len(s.groups))
		for i, g := range s.groups {
			running[i] = g.config
		}
		ch.Added, ch.Changed, ch.Removed = config.Diff(running, c.Groups)
	})
	if err != nil {
		return nil, err
	}
	return []api.Changes{ch}, nil
}

// available gives a group of the configuration as last read; nil if it is not
// there.
func (s *Supervisor) available(name string) *config.Group {
	for _, g := range s.config.Groups {
		if g.Name == name {
			return g
		}
	}
	return nil
}

// AddProcessGroup makes a group of the configuration active.
func (s *Supervisor) AddProcessGroup(ctx context.Context, name string) (bool, error) {
	var c *config.Group
	var known map[*config.Program]Logs
	var fault *api.Fault
	look := func() {
		switch c = s.available(name); {
		case c == nil:
			fault = api.BadName.Fault(name)
		case s.group(name) != nil:
			fault = api.AlreadyAdded.Fault(name)
		default:
			known = s.known(c)
		}
	}
	if err := s.do(ctx, look); err != nil || fault != nil {
		return false, either(err, fault)
	}
	g := newGroup(c, s.host, known) // outside the loop: it creates files
	err := s.do(ctx, func() {
		if s.group(name) != nil { // another client was quicker
			fault = api.AlreadyAdded.Fault(name)
			return
		}
		s.activate(g)
		if s.State() == api.SupervisorRunning {
			s.autostart(g)
		}
	})
	return err == nil && fault == nil, either(err, fault)
}

// RemoveProcessGroup takes a group that is down out of the active ones.
func (s *Supervisor) RemoveProcessGroup(ctx context.Context, name string) (bool, error) {
	var fault *api.Fault
	err := s.do(ctx, func() {
		g := s.group(name)
		switch {
		case g == nil:
			fault = api.BadName.Fault(name)
		case !g.down():
			fault = api.StillRunning.Fault(name)
		default:
			s.remove(g)
		}
	})
	return err == nil && fault == nil, either(err, fault)
}

func (s *Supervisor) remove(g *group) {
	for _, p := range g.procs {
		s.due.remove(p)
		p.removed = true
	}
	s.forget(g)
	s.groups = slices.DeleteFunc(s.groups, func(o *group) bool { return o == g })
	if g.pool != nil {
		s.bus.Remove(g.pool)
		s.lookAtClock(time.Now())
	}
	s.bus.Publish(events.GroupRemoved(g.config.Name))
}

func either(err error, fault *api.Fault) error {
	if err != nil || fault == nil {
		return err
	}
	return fault
}

// GetAllConfigInfo tells how every process of the configuration is set up.
func (s *Supervisor) GetAllConfigInfo(ctx context.Context) ([]api.ConfigInfo, error) {
	var groups []*config.Group
	var logs map[*config.Program]Logs
	inUse := map[string]bool{}
	err := s.do(ctx, func() {
		groups, logs = s.config.Groups, maps.Clone(s.chosen)
		for _, g := range s.groups {
			inUse[g.config.Name] = true
		}
	})
	if err != nil {
		return nil, err
	}
	infos := []api.ConfigInfo{}
	for _, g := range groups {
		for _, p := range g.Programs {
			infos = append(infos, configInfo(g, p, logs[p], inUse[g.Name]))
		}
	}
	slices.SortStableFunc(infos, func(a, b api.ConfigInfo) int { return cmp.Compare(a.Name, b.Name) })
	return infos, nil
}

func configInfo(g *config.Group, p *config.Program, logs Logs, inUse bool) api.ConfigInfo {
	info := api.ConfigInfo{
		Autostart: p.Autostart, Directory: orNone(p.Directory), UID: "none", Command: p.Command,
		ExitCodes: slices.Clone(p.ExitCodes), Group: g.Name, GroupPrio: g.Priority, InUse: inUse,
		KillAsGroup: p.KillAsGroup, Name: p.Name, ProcessPrio: p.Priority, RedirectStderr: p.RedirectStderr,
		StartRetries: p.StartRetries, StartSecs: int(p.StartSecs / time.Second),
		StopSignal: int(p.StopSignal), StopWaitSecs: int(p.StopWaitSecs / time.Second),

		StdoutCaptureMaxBytes: p.Stdout.CaptureMaxBytes, StdoutEventsEnabled: p.Stdout.EventsEnabled,
		StdoutLogfile: logInfo(p.Stdout, logs.Stdout), StdoutLogfileBackups: p.Stdout.LogfileBackups,
		StdoutLogfileMaxBytes: p.Stdout.LogfileMaxBytes, StdoutSyslog: p.Stdout.Syslog,

		StderrCaptureMaxBytes: p.Stderr.CaptureMaxBytes, StderrEventsEnabled: p.Stderr.EventsEnabled,
		StderrLogfile: logInfo(p.Stderr, logs.Stderr), StderrLogfileBackups: p.Stderr.LogfileBackups,
		StderrLogfileMaxBytes: p.Stderr.LogfileMaxBytes, StderrSyslog: p.Stderr.Syslog,
		ServerURL: "none",
	}
	if p.User != nil {
		info.UID = p.User.UID
	}
	if p.ServerURL != nil {
		info.ServerURL = *p.ServerURL
	}
	if info.ExitCodes == nil {
		info.ExitCodes = []int{}
	}
	return info
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// logInfo names a log as getAllConfigInfo does: an AUTO name once it is chosen.
func logInfo(c config.Channel, chosen string) string {
	switch {
	case chosen != "":
		return chosen
	case c.Logfile.Kind == config.LogAuto:
		return "auto"
	case c.Logfile.Kind == config.LogFile:
		return c.Logfile.Path
	}
	return "none"
}
