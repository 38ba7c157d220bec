package config

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"supervisord/pkg/python"
)

// fastcgi reads an [fcgi-program:x] section that belongs to no group.
func (l *loader) fastcgi(section, suffix string) {
	name := l.name(section, suffix)
	g := &Group{Name: name, Kind: Homogeneous, Priority: l.priority(section, 999)}
	socket := l.socketOf(section)
	g.Programs = socket.shared(l.processes(section, name, optionNames(socketOptions())))
	l.add(g)
}

// shared gives a socket to all processes of its section.
func (s *Socket) shared(programs []*Program) []*Program {
	for _, p := range programs {
		p.Socket = s
	}
	return programs
}

// socketOf reads the socket of an fcgi-program, once for a section: it may be
// listed in several groups.
func (l *loader) socketOf(section string) *Socket {
	if s, ok := l.sockets[section]; ok {
		return s
	}
	s := &Socket{}
	l.sockets[section] = s
	var p Program
	read(reader{loader: l, section: section, names: l.scope(nil)}, &p, find(programTable(), "user"))
	wrong := l.readSocket(section, s)
	switch {
	case wrong:
	case s.URL == "":
		text := fmt.Sprintf("[%s] section requires a \"socket\" line", section)
		l.failAt(section, "socket", "there is no socket to listen on", "add one, for example socket=unix:///run/app.sock", text)
	default:
		if problem, message := s.parse(p.User); problem != "" {
			l.failAt(section, "socket", problem, "write tcp://host:port or unix:///path", fmt.Sprintf("%s in [%s] socket", cmp.Or(message, problem), section))
		}
	}
	return s
}

// readSocket reads the options of a socket. It reports whether the option socket
// itself is written and could not be read.
func (l *loader) readSocket(section string, s *Socket) (wrong bool) {
	_, suffix, _ := strings.Cut(section, ":")
	for _, o := range socketOptions() {
		r := reader{loader: l, section: section, names: l.scope(nil), message: func(option, value string, err error) string {
			if _, unexpanded := errors.AsType[*expansionError](err); !unexpanded && (option == "socket_owner" || option == "socket_mode") {
				return fmt.Sprintf("Invalid %s value %s", option, value)
			}
			return err.Error()
		}}
		if o.Name == "socket" {
			r.names = l.scope(map[string]any{"program_name": strip(suffix)})
		}
		set := read(r, s, o)
		switch {
		case o.Name == "socket_backlog" && set && (s.Backlog < 1 || s.Backlog > 65535):
			text := fmt.Sprintf("Invalid socket_backlog value %d", s.Backlog)
			l.failAt(section, o.Name, fmt.Sprintf("a backlog of %d is not possible", s.Backlog), "write a number from 1 to 65535", text)
		case o.Name == "socket" && !set:
			_, wrong = l.doc.get(section, o.Name)
		}
	}
	return wrong
}

// defaultSocketMode is the mode of a unix socket.
const defaultSocketMode fs.FileMode = 0o700

// parse takes the URL apart. The message is what Supervisor says of a problem
// where that is something else: two of its errors come out as Python tuples.
func (s *Socket) parse(user *User) (problem, message string) {
	if path, ok := strings.CutPrefix(s.URL, "unix://"); ok {
		if !strings.HasPrefix(path, "/") {
			return fmt.Sprintf("the path %q is not absolute", path), fmt.Sprintf("('Unix socket path %%s is not an absolute path', %s)", python.Quote(path))
		}
		s.Network, s.Path = "unix", normalPath(path)
		s.URL = "unix://" + s.Path
		if s.Owner == nil && user != nil && !current(user) {
			s.Owner = &Owner{user.UID, user.GID}
		}
		if s.Mode == nil {
			mode := defaultSocketMode
			s.Mode = &mode
		}
		return "", ""
	}
	if s.Owner != nil || s.Mode != nil {
		return "socket_owner and socket_mode params should only be used with a Unix domain socket", ""
	}
	address, tcp := strings.CutPrefix(s.URL, "tcp://")
	host, port, both := strings.Cut(address, ":")
	if !tcp || !both || host == "" || strings.ContainsFunc(host, isSpace) || !isDigits(port) {
		return fmt.Sprintf("%q is no socket", s.URL), fmt.Sprintf("('Bad socket format %%s', %s)", python.Quote(s.URL))
	}
	n, err := parsePort(port)
	if err != nil {
		return err.Error(), ""
	}
	s.Network, s.Host, s.Port = "tcp", lower(host), n
	s.URL = fmt.Sprintf("tcp://%s:%d", s.Host, s.Port)
	return "", ""
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// differences names the options in which two sockets differ, either of which
// may be missing.
func (s *Socket) differences(o *Socket) []string {
	if s == nil && o == nil {
		return nil
	}
	a, b := cmp.Or(s, &Socket{}), cmp.Or(o, &Socket{})
	var names []string
	for _, option := range socketOptions() {
		if option.print(a) != option.print(b) {
			names = append(names, option.Name)
		}
	}
	return names
}

// adviseSocket tells of a socket that cannot be made, or that two sections want.
// owners are the first process of each URL so far.
func (l *loader) adviseSocket(p *Program, owners map[string]*Program) {
	if p.Socket == nil {
		return
	}
	switch other := owners[p.Socket.URL]; {
	case other == nil:
		owners[p.Socket.URL] = p
	case other.Socket == p.Socket:
		return
	default:
		l.doubt(p.Section, "socket", fmt.Sprintf("[%s] listens on %s too; only one of the two can", other.Section, p.Socket.URL), "")
		return
	}
	if dir := directoryOf(p.Socket.Path); p.Socket.Network == "unix" && !isDirectory(dir) {
		l.doubt(p.Section, "socket", fmt.Sprintf("there is no directory %s", dir), "make it, or choose another path")
	}
}
