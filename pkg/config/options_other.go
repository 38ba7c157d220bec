package config

import "io/fs"

// serverSection is an HTTP server's section as it is read.
type serverSection struct {
	Server
	address address
}

var addressKind = kind[address]{"port or host:port", parseAddress, nil, nil}

// credentials are the options that both kinds of server have. Supervisor reads
// them at different places in the two.
func usernameOption() Option[serverSection] {
	return unset("username", textKind, func(s *serverSection) *string { return &s.Username },
		"The user that clients must name; needs password too.")
}

func passwordOption() Option[serverSection] {
	return unset("password", textKind, func(s *serverSection) *string { return &s.Password },
		"The password of username, in clear or as {SHA} and the hexadecimal SHA-1 of it.")
}

// inetOptions is the table of [inet_http_server].
func inetOptions() []Option[serverSection] {
	port := unset("port", addressKind, func(s *serverSection) *address { return &s.address },
		"Where to listen: a port, or an address and a port such as 127.0.0.1:9001. *:9001 listens on all interfaces.")
	hosts := unset("allowed_hosts", listKind, func(s *serverSection) *[]string { return &s.AllowedHosts },
		"Further names under which browsers may reach the server, separated by commas; addresses, names without a dot, the name of the machine and those in its /etc/hosts always may.").ours()
	return []Option[serverSection]{usernameOption(), passwordOption(), port, hosts}
}

// unixOptions is the table of [unix_http_server].
func unixOptions() []Option[serverSection] {
	type S = serverSection
	return []Option[S]{
		unset("file", textKind, func(s *S) *string { return &s.Path }, "The path of the socket."),
		usernameOption(), passwordOption(),
		unset("chown", ownerKind, func(s *S) *Owner { return &s.Chown }, "The owner of the socket, as user or user:group."),
		row("chmod", octalKind, "0700", func(s *S) *fs.FileMode { return &s.Mode }, "The mode of the socket."),
	}
}

// ctlOptions is the table of [supervisorctl].
func ctlOptions() []Option[Ctl] {
	return []Option[Ctl]{
		row("serverurl", textKind, "http://localhost:9001", func(c *Ctl) *string { return &c.ServerURL },
			"Where supervisord is to be found: http://host:port or unix:///path/of/the/socket."),
		row("prompt", textKind, "supervisor", func(c *Ctl) *string { return &c.Prompt }, "The prompt of the shell."),
		unset("username", textKind, func(c *Ctl) *string { return &c.Username }, "The user to name to supervisord."),
		unset("password", textKind, func(c *Ctl) *string { return &c.Password }, "The password of username, in clear."),
		unset("history_file", textKind, func(c *Ctl) *string { return &c.HistoryFile },
			"A file that keeps the history of the shell."),
	}
}

// groupSection is a [group:x] section as it is read.
type groupSection struct {
	Programs []string
	Priority int
}

// groupOptions is the table of [group:x].
func groupOptions() []Option[groupSection] {
	return []Option[groupSection]{
		unset("programs", listKind, func(g *groupSection) *[]string { return &g.Programs },
			"The programs that belong to the group, separated by commas."),
		row("priority", integerKind, "999", func(g *groupSection) *int { return &g.Priority },
			"Lower numbers are started first and stopped last."),
	}
}

// defaultResultHandler judges the answers of event listeners as the protocol
// says: OK, or a failure.
const defaultResultHandler = "supervisor.dispatchers:default_handler"

// poolOptions is what [eventlistener:x] has beyond a program.
func poolOptions() []Option[Pool] {
	return []Option[Pool]{
		row("buffer_size", integerKind, "10", func(p *Pool) *int { return &p.BufferSize },
			"How many events wait for the listeners before the oldest is dropped."),
		row("result_handler", textKind, defaultResultHandler, func(p *Pool) *string { return &p.ResultHandler },
			"What judges the answers of the listeners."),
		row("event_len", eventLenKind, "auto", func(p *Pool) *EventLen { return &p.EventLen },
			"What the len of an event counts: bytes, characters (as Supervisor does), or auto: characters for a listener whose program is a Python, which reads text, and bytes for all others.").ours(),
		unset("events", listKind, func(p *Pool) *[]string { return &p.Events },
			"The types of event that the listeners are told of, separated by commas."),
	}
}

// socketOptions is what [fcgi-program:x] has beyond a program.
func socketOptions() []Option[Socket] {
	return []Option[Socket]{
		unset("socket_backlog", integerKind, func(s *Socket) *int { return &s.Backlog },
			"How many connections may wait to be accepted; as many as the system allows if not set.").since("3.4.0"),
		unset("socket_owner", optionalOwnerKind, func(s *Socket) **Owner { return &s.Owner },
			"The owner of a unix socket, as user or user:group; the program's user if not set."),
		unset("socket_mode", optionalOctalKind, func(s *Socket) **fs.FileMode { return &s.Mode }, "The mode of a unix socket; 0700 if not set."),
		unset("socket", textKind, func(s *Socket) *string { return &s.URL },
			"The socket that the processes share: tcp://host:port or unix:///path. It is their standard input, made when the first of them starts, and closed when the last has ended."),
	}
}

// includeOptions is the table of [include].
func includeOptions() []Option[struct{ Files string }] {
	return []Option[struct{ Files string }]{
		unset("files", textKind, func(i *struct{ Files string }) *string { return &i.Files },
			"The files to read as well: patterns separated by spaces, relative to this file."),
	}
}

// pluginOption is the option that [rpcinterface:x] and [ctlplugin:x] must have;
// the others are the plug-in's own.
var pluginOption = map[string]string{
	"rpcinterface": "supervisor.rpcinterface_factory",
	"ctlplugin":    "supervisor.ctl_factory",
}
