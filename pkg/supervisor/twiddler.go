package supervisor

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"supervisord/pkg/api"
	"supervisord/pkg/config"
	"supervisord/pkg/process"
)

// twiddlerVersion is the version of the twiddler's interface.
const twiddlerVersion = "1.0"

// Twiddler changes the active groups process by process. It implements
// api.Twiddler.
//
// As in Supervisor, the configuration of the group is changed along: the group
// that is removed and added again comes back as it was twiddled, and the next
// reread finds that the file says something else.
type Twiddler struct{ s *Supervisor }

// Twiddler gives the twiddler of s.
func (s *Supervisor) Twiddler() *Twiddler { return &Twiddler{s} }

// GetAPIVersion gives the version of the interface.
func (t *Twiddler) GetAPIVersion(context.Context) (string, error) { return twiddlerVersion, nil }

// GetGroupNames lists the active groups.
func (t *Twiddler) GetGroupNames(ctx context.Context) ([]string, error) {
	names := []string{}
	err := t.s.do(ctx, func() {
		for _, g := range t.s.groups {
			names = append(names, g.config.Name)
		}
	})
	if err != nil {
		return nil, err
	}
	return names, nil
}

// Log writes a line into the main log.
func (t *Twiddler) Log(_ context.Context, message api.Text, level api.LogLevel) (bool, error) {
	l, ok := parseLevel(string(level))
	if !ok {
		return false, api.IncorrectParameters.Fault()
	}
	t.s.log.Log(l, "%s", message)
	return true, nil
}

// parseLevel takes the code of a level, in any case, or its number.
func parseLevel(text string) (config.Level, bool) {
	number, err := strconv.Atoi(text)
	for _, row := range config.Levels {
		if err == nil && int(row.Level) == number || strings.EqualFold(row.Code, text) {
			return row.Level, true
		}
	}
	return 0, false
}

// AddProgramToGroup makes processes and adds them to an active group.
func (t *Twiddler) AddProgramToGroup(ctx context.Context, group string, program api.Text, options api.ProgramOptions) (bool, error) {
	s := t.s
	var c *config.Config
	err := s.ask(ctx, func() error { c = s.config; return s.twiddles(group, nil) })
	if err != nil {
		return false, err
	}
	// Outside the loop: accounts and directories are looked at, files are made.
	texts, err := optionTexts(options)
	if err != nil {
		return false, err
	}
	programs, err := c.Programs(group, string(program), texts)
	if err != nil {
		return false, api.IncorrectParameters.Fault(err.Error())
	}
	if err := s.ask(ctx, func() error { return s.twiddles(group, programs) }); err != nil {
		return false, err
	}
	added := newGroup(&config.Group{Programs: programs}, s.host, nil).procs
	err = s.ask(ctx, func() error {
		if err := s.twiddles(group, programs); err != nil { // another client was quicker
			return err
		}
		s.addProcesses(s.group(group), added)
		return nil
	})
	return err == nil, err
}

// twiddles says why programs cannot be added to a group.
func (s *Supervisor) twiddles(name string, programs []*config.Program) error {
	g := s.group(name)
	switch {
	case s.State() != api.SupervisorRunning:
		return api.ShutdownState.Fault()
	case g == nil:
		return noGroup(name)
	case g.config.Kind == config.ListenerPool:
		return api.Failed.Fault(name + " is a group of event listeners, which a program cannot be; add it to another group")
	}
	for _, p := range programs {
		if s.find(name, p.Name) != nil {
			return api.BadName.Fault(p.Name)
		}
	}
	return nil
}

// noGroup is the twiddler's BAD_NAME for a group.
func noGroup(name string) *api.Fault { return api.BadName.Fault("group: " + name) }

// addProcesses adds processes to an active group and starts those that start by
// themselves. Whether one of that name was stopped by hand before does not
// matter: they are asked for now.
func (s *Supervisor) addProcesses(g *group, added []*proc) {
	programs := slices.Clone(g.config.Programs)
	for _, p := range added {
		p.group = g
		s.chosen[p.config] = p.logs
		s.release(p)
		programs = append(programs, p.config)
	}
	g.procs = append(slices.Clone(g.procs), added...)
	s.reconfigure(g, programs)
	for _, p := range added {
		if p.config.Autostart {
			s.step(p, process.Start{})
		}
	}
}

// reconfigure gives an active group other programs. Configurations are read
// outside the loop, so that they are replaced, never changed.
func (s *Supervisor) reconfigure(g *group, programs []*config.Program) {
	was, now := g.config, *g.config
	now.Programs = programs
	g.config = &now
	if i := slices.Index(s.config.Groups, was); i >= 0 { // nothing was reread since
		c := *s.config
		c.Groups = slices.Clone(c.Groups)
		c.Groups[i] = g.config
		s.config = &c
	}
}

// RemoveProcessFromGroup takes a process that is down out of its group.
func (t *Twiddler) RemoveProcessFromGroup(ctx context.Context, group, name string) (bool, error) {
	s := t.s
	err := s.ask(ctx, func() error {
		p := s.find(group, name)
		switch {
		case s.group(group) == nil:
			return noGroup(group)
		case p == nil:
			return api.BadName.Fault(name)
		case p.m.Pid != 0 || !p.m.State.Down():
			return api.StillRunning.Fault(name)
		}
		s.removeProcess(p)
		return nil
	})
	return err == nil, err
}

// removeProcess takes a process that is down out of its group. A restart that
// was due is not carried out, and a stop by hand is forgotten.
func (s *Supervisor) removeProcess(p *proc) {
	g := p.group
	p.removed = true
	s.due.remove(p)
	s.release(p)
	delete(s.chosen, p.config)
	g.procs = slices.DeleteFunc(slices.Clone(g.procs), func(o *proc) bool { return o == p })
	s.reconfigure(g, slices.DeleteFunc(slices.Clone(g.config.Programs), func(o *config.Program) bool { return o == p.config }))
}

// ask runs f in the loop and gives its answer.
func (s *Supervisor) ask(ctx context.Context, f func() error) error {
	var answer error
	if err := s.do(ctx, func() { answer = f() }); err != nil {
		return err
	}
	return answer
}

// optionTexts writes the values of options as a file would have them.
func optionTexts(options api.ProgramOptions) (map[string]string, error) {
	texts := map[string]string{}
	for name, value := range options {
		switch v := value.(type) {
		case string:
			texts[name] = v
		case int:
			texts[name] = strconv.Itoa(v)
		case bool:
			texts[name] = strconv.FormatBool(v)
		default:
			return nil, api.IncorrectParameters.Fault(fmt.Sprintf("the option %s is no string, number or boolean", name))
		}
	}
	return texts, nil
}
