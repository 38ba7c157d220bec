package ctl

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"supervisord/pkg/api"
)

// narrowest is the least width of the column of names.
const narrowest = 30

// status prints the table of processes. Names that do not exist are told before
// the table.
func status(ctx context.Context, s *Session, arg string) error {
	all, err := s.client.GetAllProcessInfo(ctx)
	if err != nil {
		return err
	}
	listed := all
	if names := fields(arg); len(names) > 0 && !slices.Contains(names, "all") {
		listed = nil
		for _, name := range names {
			matching := match(all, parseNamespec(name))
			if len(matching) == 0 {
				s.noSuch(name)
			}
			listed = append(listed, matching...)
		}
	}
	s.table(listed)
	for _, p := range listed {
		if p.State.Down() {
			s.exit = statusNotRunning
		}
	}
	return nil
}

// match returns the processes that n names.
func match(all []api.ProcessInfo, n namespec) []api.ProcessInfo {
	var matching []api.ProcessInfo
	for _, p := range all {
		if p.Group == n.group && (n.whole || p.Name == n.process) {
			matching = append(matching, p)
		}
	}
	return matching
}

func (s *Session) noSuch(name string) {
	if n := parseNamespec(name); n.whole {
		s.say(n.group + ": ERROR (no such group)")
	} else {
		s.say(name + ": ERROR (no such process)")
	}
	s.exit = statusUnknown
}

// table prints one line a process in columns as wide as the longest name.
func (s *Session) table(processes []api.ProcessInfo) {
	width := narrowest
	names := make([]string, len(processes))
	for i, p := range processes {
		names[i] = namespecOf(p.Group, p.Name)
		width = max(width, len([]rune(names[i])))
	}
	var b strings.Builder
	b.Grow(len(processes) * (width + len("   RUNNING   pid 1234567, uptime 99 days, 23:59:59\n")))
	for i := range processes {
		writeLeft(&b, names[i], width+3)
		writeLeft(&b, processes[i].StateName, 10)
		b.WriteString(processes[i].Description)
		b.WriteByte('\n')
	}
	s.write(b.String())
}

// pid prints process numbers.
func pid(ctx context.Context, s *Session, arg string) error {
	names := fields(arg)
	if len(names) == 0 {
		n, err := s.client.GetPID(ctx)
		if err != nil {
			return err
		}
		s.say(strconv.Itoa(n))
		return nil
	}
	if slices.Contains(names, "all") {
		all, err := s.client.GetAllProcessInfo(ctx)
		for _, p := range all {
			s.say(strconv.Itoa(p.PID))
		}
		return err
	}
	for _, name := range names {
		p, err := s.client.GetProcessInfo(ctx, name)
		switch {
		case isFault(err, api.BadName):
			s.say("No such process " + name)
			s.exit = exitGeneric
		case err != nil:
			return err
		default:
			s.say(strconv.Itoa(p.PID))
			if p.PID == 0 {
				s.exit = exitNotRunning
			}
		}
	}
	return nil
}
