package config

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
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
		case o.Name == "result_handler" && !isSpec(pool.ResultHandler):
			l.failAt(section, o.Name, repr(pool.ResultHandler)+" names no Python function", "leave the option out", badSpec(pool.ResultHandler))
		case o.Name == "result_handler" && !slices.Contains(resultHandlers, pool.ResultHandler):
			l.failAt(section, o.Name, fmt.Sprintf("%s is Python code, which cannot be loaded", repr(pool.ResultHandler)),
				"built in are "+strings.Join(resultHandlers, " and ")+"; for anything else let the listener itself judge, and leave the option out",
				fmt.Sprintf("%s cannot be resolved within [%s]", pool.ResultHandler, section))
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

// resultHandlers are the values of result_handler that are built in.
var resultHandlers = []string{defaultResultHandler, "supervisor_stdout:event_handler"}

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
		if !slices.Contains(eventTypes(), name) {
			l.failAt(section, "events", fmt.Sprintf("there is no type of event called %q", name), didYouMean(name, eventTypes()),
				fmt.Sprintf("Unknown event type %s in [%s] events", name, section))
			continue
		}
		if !slices.Contains(known, name) {
			known = append(known, name)
		}
	}
	pool.Events = known
}

func (l *loader) fastcgi(section, suffix string) {
	name := l.name(section, suffix)
	g := &Group{Name: name, Kind: FastCGI, Priority: l.priority(section, 999)}
	g.Socket = l.socket(section, name)
	g.Programs = l.processes(section, name, optionNames(socketOptions()))
	l.add(g)
}

// socket reads the socket of an fcgi-program.
func (l *loader) socket(section, name string) *Socket {
	s := &socketSection{}
	var p Program
	read(reader{loader: l, section: section, names: l.scope(nil)}, &p, find(programTable(), "user"))
	set := map[string]bool{}
	for _, o := range socketOptions() {
		r := reader{loader: l, section: section, names: l.scope(nil), message: func(option, value string, err error) string {
			if _, unexpanded := errors.AsType[*expansionError](err); !unexpanded && (option == "socket_owner" || option == "socket_mode") {
				return fmt.Sprintf("Invalid %s value %s", option, value)
			}
			return err.Error()
		}}
		if o.Name == "socket" {
			r.names = l.scope(map[string]any{"program_name": name})
		}
		set[o.Name] = read(r, s, o)
		if o.Name == "socket_backlog" && set[o.Name] && (s.Backlog < 1 || s.Backlog > 65535) {
			text := fmt.Sprintf("Invalid socket_backlog value %d", s.Backlog)
			l.failAt(section, o.Name, fmt.Sprintf("a backlog of %d is not possible", s.Backlog), "write a number from 1 to 65535", text)
		}
	}
	if set["socket_owner"] {
		s.Owner = &s.owner
	}
	s.HasMode = set["socket_mode"]
	if s.URL == "" {
		if _, written := l.doc.get(section, "socket"); !written || set["socket"] {
			text := fmt.Sprintf("[%s] section requires a \"socket\" line", section)
			l.failAt(section, "socket", "there is no socket to listen on", "add one, for example socket=unix:///run/app.sock", text)
		}
		return &s.Socket
	}
	if problem, message := s.parse(p.User); problem != "" {
		l.failAt(section, "socket", problem, "write tcp://host:port or unix:///path", fmt.Sprintf("%s in [%s] socket", cmp.Or(message, problem), section))
	}
	return &s.Socket
}

// parse takes the URL apart. The message is what Supervisor says of a problem
// where that is something else: two of its errors come out as Python tuples.
func (s *socketSection) parse(user *User) (problem, message string) {
	if path, ok := strings.CutPrefix(s.URL, "unix://"); ok {
		if !strings.HasPrefix(path, "/") {
			return fmt.Sprintf("the path %q is not absolute", path), fmt.Sprintf("('Unix socket path %%s is not an absolute path', %s)", repr(path))
		}
		s.Network, s.Path = "unix", normalPath(path)
		s.URL = "unix://" + s.Path
		if s.Owner == nil && user != nil && !current(user) {
			s.Owner = &Owner{user.UID, user.GID}
		}
		if !s.HasMode {
			s.Mode, s.HasMode = 0o700, true
		}
		return "", ""
	}
	if s.Owner != nil || s.HasMode {
		return "socket_owner and socket_mode params should only be used with a Unix domain socket", ""
	}
	address, tcp := strings.CutPrefix(s.URL, "tcp://")
	host, port, both := strings.Cut(address, ":")
	if !tcp || !both || host == "" || strings.ContainsFunc(host, isSpace) || !isDigits(port) {
		return fmt.Sprintf("%q is no socket", s.URL), fmt.Sprintf("('Bad socket format %%s', %s)", repr(s.URL))
	}
	n, err := parsePort(port)
	if err != nil {
		return err.Error(), ""
	}
	s.Network, s.Host, s.Port = "tcp", strings.ToLower(host), n
	s.URL = fmt.Sprintf("tcp://%s:%d", s.Host, s.Port)
	return "", ""
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// maxProcs bounds numprocs: more is a mistake that would cost all memory.
const maxProcs = 100_000

// processes reads a program-like section and makes its processes. also names
// options of the section that others read.
func (l *loader) processes(section, group string, also []string) []*Program {
	_, suffix, _ := strings.Cut(section, ":")
	programName := strip(suffix)
	file := l.doc.where(section, "").file
	suffixed := func(message string) string {
		return fmt.Sprintf("%s in section %s (file: %s)", message, repr(section), repr(file))
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

// servers reads the HTTP servers: all inet, then all unix.
func (l *loader) servers() {
	for _, section := range l.doc.sections() {
		if strings.HasPrefix(section, "inet_http_server") {
			l.server(section, Server{Network: "tcp"}, inetOptions())
		}
	}
	for _, section := range l.doc.sections() {
		if strings.HasPrefix(section, "unix_http_server") {
			l.server(section, Server{Network: "unix", Mode: 0o700, Chown: Owner{-1, -1}}, unixOptions())
		}
	}
}

func (l *loader) server(section string, server Server, table []Option[serverSection]) {
	s := serverSection{Server: server}
	s.Section = section
	must := "port"
	if server.Network == "unix" {
		must = "file"
	}
	set := map[string]bool{}
	r := reader{loader: l, section: section, names: l.env, message: func(option, value string, err error) string {
		if _, unexpanded := errors.AsType[*expansionError](err); unexpanded {
			return err.Error()
		}
		switch option {
		case "chmod":
			return "Invalid chmod value " + value
		case "chown":
			return "Invalid sockchown value " + value
		}
		return err.Error()
	}}
	for _, o := range table {
		r.names = l.env
		if o.Name == "file" {
			r.names = l.scope(nil)
		}
		_, set[o.Name] = l.doc.get(section, o.Name)
		read(r, &s, o)
		if o.Name == must && !set[o.Name] {
			text := fmt.Sprintf("section [%s] has no %s value", section, must)
			l.failAt(section, "", "there is no option "+must, "add "+must+"=...", text)
		}
		if o.Name == "password" && set["username"] != set["password"] {
			text := fmt.Sprintf("Section [%s] contains incomplete authentication: If a username or a password is specified, both the username and password must be specified", section)
			l.failAt(section, "", "username and password need each other", "set both, or neither", text)
		}
	}
	s.Host, s.Port = s.address.host, s.address.port
	if s.Network == "unix" && set["file"] {
		s.Path = normalPath(strip(s.Path))
	}
	l.c.Servers = append(l.c.Servers, s.Server)
}

// ServerURL is where programs find supervisord: the first unix server, or else
// the last inet server; empty if there is none.
func (c *Config) ServerURL() string {
	url := ""
	for _, s := range c.Servers {
		if s.Network == "unix" {
			return "unix://" + s.Path
		}
		host := s.Host
		if host == "" {
			host = "localhost"
		}
		if address, err := netip.ParseAddr(host); err == nil && address.Is6() {
			host = "[" + host + "]"
		}
		url = "http://" + host + ":" + strconv.Itoa(s.Port)
	}
	return url
}
