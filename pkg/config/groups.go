package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"supervisord/pkg/api"
	"supervisord/pkg/python"
)

// groups reads all sections that make groups, in Supervisor's order: groups,
// programs, event listeners, fcgi-programs.
func (l *loader) groups() {
	sections := l.doc.sections()
	member := map[string]bool{} // sections that belong to a group
	for _, s := range sections {
		if name, ok := strings.CutPrefix(s, "group:"); ok {
			l.group(s, name, member)
		}
	}
	for _, s := range sections {
		if name, ok := strings.CutPrefix(s, "program:"); ok {
			if !member[s] {
				l.program(s, name)
			}
		}
	}
	for _, s := range sections {
		if name, ok := strings.CutPrefix(s, "eventlistener:"); ok {
			l.listener(s, name)
		}
	}
	for _, s := range sections {
		if name, ok := strings.CutPrefix(s, "fcgi-program:"); ok {
			if !member[s] {
				l.fastcgi(s, name)
			}
		}
	}
	slices.SortStableFunc(l.c.Groups, func(a, b *Group) int {
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), cmp.Compare(a.Name, b.Name))
	})
	seen := map[string]bool{}
	l.c.Groups = slices.DeleteFunc(l.c.Groups, func(g *Group) bool {
		again := seen[g.Name]
		seen[g.Name] = true
		if again {
			l.doubtGroup(g)
		}
		return again
	})
}

// doubtGroup tells of a group that has the name of one before.
func (l *loader) doubtGroup(g *Group) {
	section := ""
	if len(g.Programs) > 0 {
		section = g.Programs[0].Section
	}
	l.doubt(section, "", fmt.Sprintf("another group is called %q too; this one is never run", g.Name), "rename one of the two sections")
}

func (l *loader) add(g *Group) {
	g.Programs = l.unique(g.Programs)
	l.c.Groups = append(l.c.Groups, g)
}

// unique drops all but the last of the programs of one name; it takes the place
// of the first.
func (l *loader) unique(programs []*Program) []*Program {
	var kept []*Program
	at := map[string]int{}
	for _, p := range programs {
		if i, ok := at[p.Name]; ok {
			l.doubt(p.Section, "process_name", fmt.Sprintf("the group %q has another process called %q, which is never run", p.Group, p.Name), "give each process of a group a name of its own")
			kept[i] = p
			continue
		}
		at[p.Name] = len(kept)
		kept = append(kept, p)
	}
	return kept
}

// name checks the name in a section header.
func (l *loader) name(section, text string) string {
	name, err := parseName(text)
	if err != nil {
		l.failAt(section, "", err.Error(), "", err.Error())
	}
	return name
}

// priority reads the priority of a group.
func (l *loader) priority(section string, def int) int {
	p := Program{Priority: def}
	read(reader{loader: l, section: section, names: l.scope(nil)}, &p, find(programTable(), "priority"))
	return p.Priority
}

// group reads a [group:x] section and the programs that it names.
func (l *loader) group(section, suffix string, member map[string]bool) {
	g := &Group{Name: l.name(section, suffix), Kind: Heterogeneous}
	s := groupSection{Priority: 999}
	r := reader{loader: l, section: section, names: l.scope(nil)}
	for _, o := range groupOptions() {
		read(r, &s, o)
	}
	g.Priority = s.Priority
	for _, program := range s.Programs {
		of, fcgi := "program:"+program, "fcgi-program:"+program
		switch {
		case l.doc.has(of) && l.doc.has(fcgi):
			text := fmt.Sprintf("[%s] name %s is ambiguous (exists as program and fcgi-program)", section, program)
			l.failAt(section, "programs", fmt.Sprintf("there are both a program and an fcgi-program called %q", program), "rename one of the two sections", text)
			continue
		case l.doc.has(fcgi):
			of = fcgi
		case !l.doc.has(of):
			text := fmt.Sprintf("[%s] names unknown program or fcgi-program %s", section, program)
			l.failAt(section, "programs", fmt.Sprintf("there is no program or fcgi-program called %q", program), didYouMean(program, l.programNames()), text)
			continue
		}
		member[of] = true
		if of == fcgi {
			programs := l.processes(of, g.Name, optionNames(socketOptions()))
			g.Programs = append(g.Programs, l.socketOf(of).shared(programs)...)
			continue
		}
		g.Programs = append(g.Programs, l.processes(of, g.Name, nil)...)
	}
	l.add(g)
}

func (l *loader) programNames() []string {
	var names []string
	for _, s := range l.doc.sections() {
		for _, prefix := range []string{"program:", "fcgi-program:"} {
			if name, ok := strings.CutPrefix(s, prefix); ok {
				names = append(names, name)
			}
		}
	}
	return names
}

func (l *loader) program(section, suffix string) {
	name := l.name(section, suffix)
	g := &Group{Name: name, Kind: Homogeneous, Priority: l.priority(section, 999)}
	g.Programs = l.processes(section, name, nil)
	l.add(g)
}

func (l *loader) listener(section, suffix string) {
	pool := &Pool{}
	table := poolOptions()
	setDefaults(pool, table)
	g := &Group{Name: suffix, Kind: ListenerPool, Priority: l.priority(section, -1), Pool: pool}
	r := reader{loader: l, section: section, names: l.scope(nil)}
	for _, o := range table {
		read(r, pool, o)
		switch {
		case o.Name == "buffer_size" && pool.BufferSize < 1:
			text := fmt.Sprintf("[%s] section sets invalid buffer_size (%d)", section, pool.BufferSize)
			l.failAt(section, o.Name, fmt.Sprintf("%d events are too few", pool.BufferSize), "write 1 or more", text)
		case o.Name == "result_handler":
			pool.ResultHandler = l.resultHandler(section, pool.ResultHandler)
		}
	}
	l.events(section, pool)
	var p Program
	if redirect := find(programTable(), "redirect_stderr"); read(r, &p, redirect) && p.RedirectStderr {
		text := fmt.Sprintf("[%s] section sets redirect_stderr=true but this is not allowed because it will interfere with the eventlistener protocol", section)
		l.failAt(section, "redirect_stderr", "a listener answers on its standard output, which standard error would spoil", "leave the option out", text)
	}
	g.Programs = l.processes(section, suffix, optionNames(poolOptions()))
	l.add(g)
}

// resultHandler checks the value of the option, and returns it in its plain form.
func (l *loader) resultHandler(section, value string) string {
	spec, message := parseSpec(value)
	switch {
	case message != "":
		l.failAt(section, "result_handler", python.Quote(value)+" names no Python function", "leave the option out", message)
	case !slices.Contains(resultHandlers, spec):
		l.failAt(section, "result_handler", fmt.Sprintf("%s is Python code, which cannot be loaded", python.Quote(value)),
			"built in are "+strings.Join(resultHandlers, " and ")+"; for anything else let the listener itself judge, and leave the option out",
			fmt.Sprintf("%s cannot be resolved within [%s]", value, section))
	}
	return spec
}

// resultHandlers are the values of result_handler that are built in.
var resultHandlers = []string{defaultResultHandler, StdoutResultHandler}

// StdoutResultHandler is the result_handler of the plug-in supervisor-stdout.
const StdoutResultHandler = "supervisor_stdout:event_handler"

// events checks and cleans the types of event of a pool.
func (l *loader) events(section string, pool *Pool) {
	if len(pool.Events) == 0 {
		text := fmt.Sprintf("[%s] section requires an \"events\" line", section)
		l.failAt(section, "events", "there is no type of event to be told of", "add one, for example events=PROCESS_STATE", text)
		return
	}
	var known []string
	for _, name := range pool.Events {
		name = strings.ToUpper(name)
		if !slices.Contains(api.EventNames(), name) {
			l.failAt(section, "events", fmt.Sprintf("there is no type of event called %q", name), didYouMean(name, api.EventNames()),
				fmt.Sprintf("Unknown event type %s in [%s] events", name, section))
			continue
		}
		if !slices.Contains(known, name) {
			known = append(known, name)
		}
	}
	pool.Events = known
}
