package config

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"supervisord/pkg/python"
)

// maxProcs bounds numprocs: more is a mistake that would cost all memory.
const maxProcs = 100_000

// processes reads a program-like section and makes its processes. also names
// options of the section that others read.
func (l *loader) processes(section, group string, also []string) []*Program {
	_, suffix, _ := strings.Cut(section, ":")
	programName := strip(suffix)
	file := l.doc.where(section, "").file
	suffixed := func(message string) string {
		return fmt.Sprintf("%s in section %s (file: %s)", message, python.Quote(section), python.Quote(file))
	}
	if _, err := parseName(suffix); err != nil {
		if !slices.ContainsFunc(l.errs, func(e *OptionError) bool { return e.Section == section && e.Option == "" }) {
			l.failAt(section, "", err.Error(), "", suffixed(err.Error()))
		}
		return nil
	}
	r := reader{loader: l, section: section, message: func(_, _ string, err error) string { return suffixed(err.Error()) }}
	r.names = l.scope(map[string]any{"program_name": programName, "host_node_name": l.host, "group_name": group})

	base := Program{Group: group, Section: section, File: file, Extra: l.extra(section, also)}
	table := programTable()
	setDefaults(&base, table)
	for _, o := range table {
		if !o.PerProcess || o.raw && o.Name == "process_name" {
			wasSet := read(r, &base, o)
			if o.Name == "killasgroup" && !wasSet {
				base.KillAsGroup = base.StopAsGroup
			}
		}
	}
	if base.NumProcs > 1 && !strings.Contains(base.ProcessName, "%(process_num)") {
		const text = "%(process_num) must be present within process_name when numprocs > 1"
		l.failAt(section, "process_name", text, "write process_name=%(program_name)s_%(process_num)02d", suffixed(text))
		return nil
	}
	if base.StopAsGroup && !base.KillAsGroup {
		const text = "Cannot set stopasgroup=true and killasgroup=false"
		l.failAt(section, "killasgroup", text, "leave killasgroup out", suffixed(text))
	}
	if base.NumProcs > maxProcs {
		text := fmt.Sprintf("numprocs is %d; at most %d processes can be made of one section", base.NumProcs, maxProcs)
		l.failAt(section, "numprocs", text, "", suffixed(text))
		return nil
	}
	var programs []*Program
	for num := base.NumProcsStart; num < base.NumProcsStart+base.NumProcs; num++ {
		before := len(l.errs)
		programs = append(programs, l.process(r, table, base, num, suffixed))
		if len(l.errs) > before {
			break // the others have the same mistakes
		}
	}
	slices.SortStableFunc(programs, func(a, b *Program) int {
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), cmp.Compare(a.Name, b.Name))
	})
	return programs
}

// process makes one process of a section.
func (l *loader) process(r reader, table []Option[Program], base Program, num int, suffixed func(string) string) *Program {
	p := base
	// The variables of the process before stay known, but where one of
	// supervisord's own has the name.
	r.names.names["process_num"], r.names.names["numprocs"] = int64(num), int64(base.NumProcs)
	maps.DeleteFunc(r.names.names, func(name string, _ any) bool {
		_, global := l.env.names[name]
		return global
	})
	p.Environment = l.environment(r)
	r.names.setEnvironment(p.Environment)
	for _, o := range table {
		if o.PerProcess && !o.raw {
			read(r, &p, o.twice(r))
		}
	}
	l.channelMessages(r.section, &p)
	for _, ch := range []*Channel{&p.Stdout, &p.Stderr} {
		if ch.Logfile.Kind == LogSyslog {
			ch.Logfile, ch.Syslog = LogTarget{Kind: LogNone}, true
		}
	}
	if p.RedirectStderr {
		p.Stderr.Logfile = LogTarget{Kind: LogNone}
	}
	if _, ok := l.doc.get(r.section, "command"); !ok {
		text := fmt.Sprintf("program section %s does not specify a command", r.section)
		l.failAt(r.section, "", "there is no option command", "add command=/path/of/the/program", suffixed(text))
	}
	name, err := expand(base.ProcessName, r.names, "process_name")
	if err != nil {
		r.wrong("process_name", base.ProcessName, "", err)
	}
	p.Name = name
	env := maps.Clone(l.c.Supervisord.Environment)
	if env == nil {
		env = map[string]string{}
	}
	maps.Copy(env, p.Environment)
	p.Environment = env
	return &p
}

// twice: Supervisor expands the value of stdout_logfile and stderr_logfile two
// times, so that a plain % is written %%%% there. Files rely on it.
func (o Option[S]) twice(r reader) Option[S] {
	if o.Name != "stdout_logfile" && o.Name != "stderr_logfile" {
		return o
	}
	parse := o.parse
	o.parse = func(s *S, text string) error {
		again, err := expand(text, r.names, o.Name)
		if err != nil {
			return err
		}
		return parse(s, again)
	}
	return o
}

// environment reads the variables of one process.
func (l *loader) environment(r reader) map[string]string {
	raw, _ := l.doc.get(r.section, "environment")
	text, err := expand(raw, r.names, "environment")
	if err == nil {
		var env map[string]string
		if env, err = parseEnvironment(text); err == nil {
			return env
		}
	}
	r.wrong("environment", raw, environmentHint(text), err)
	return nil
}

// channelMessages warns about logs of a program.
func (l *loader) channelMessages(section string, p *Program) {
	for _, ch := range []struct {
		name string
		Channel
	}{{"stdout", p.Stdout}, {"stderr", p.Stderr}} {
		switch {
		case ch.Logfile.Kind == LogSyslog:
			l.say(Warn, "For [%s], %s_logfile=syslog but this is deprecated and will be removed.  Use %s_syslog=true to enable syslog instead.", section, ch.name, ch.name)
		case ch.Logfile.Kind == LogAuto && ch.LogfileMaxBytes == 0:
			l.say(Warn, "For [%s], AUTO logging used for %s_logfile without rollover, set maxbytes > 0 to avoid filling up filesystem unintentionally", section, ch.name)
		}
	}
	if p.RedirectStderr && p.Stderr.Logfile.Kind == LogFile {
		l.say(Warn, "For [%s], redirect_stderr=true but stderr_logfile has also been set to a filename, the filename has been ignored", section)
	}
}
