package config

import (
	"cmp"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// What is allowed in a configuration and yet probably not meant: the mistakes
// that people make again and again and that show only later, if at all.

// advise returns the doubts about a configuration that was read, in the order
// of the files. What is wrong with a section comes before what is doubtful.
func (l *loader) advise() []*OptionError {
	l.adviseAll()
	doubts := slices.DeleteFunc(l.doubts, func(d *OptionError) bool {
		return slices.ContainsFunc(l.errs, func(e *OptionError) bool { return e.Section == d.Section })
	})
	slices.SortStableFunc(doubts, func(a, b *OptionError) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return doubts
}

// adviseAll notes the doubts.
func (l *loader) adviseAll() {
	l.adviseServers()
	l.advisePlugins()
	l.adviseClient()
	if isDirectory(l.c.Supervisord.Logfile) {
		l.doubt("supervisord", "logfile", fmt.Sprintf("%s is a directory", l.c.Supervisord.Logfile), "name a file in it")
	}
	l.adviseDependent()
	logs := map[string]*Program{}
	sockets := map[string]*Program{}
	for _, g := range l.c.Groups {
		if len(g.Programs) == 0 {
			l.adviseEmpty(g)
		}
		for _, p := range g.Programs {
			l.adviseCommand(p)
			l.adviseUser(p)
			l.adviseLogs(p, logs)
			l.adviseSocket(p, sockets)
			if _, set := l.doc.get(p.Section, "startretries"); set && p.StartSecs == 0 {
				l.doubt(p.Section, "startsecs", "with 0 every start is a success, so startretries never applies", "")
			}
		}
	}
}

// adviseEmpty tells of a group without processes.
func (l *loader) adviseEmpty(g *Group) {
	if section := "group:" + g.Name; g.Kind == Heterogeneous && l.doc.has(section) {
		l.doubt(section, "programs", "the group is empty", "name its programs, with commas between them")
	}
	if section := "program:" + g.Name; g.Kind == Homogeneous && l.doc.has(section) {
		l.doubt(section, "numprocs", "no process is made of this section", "write 1 or more")
	}
}

// adviseServers tells of servers that anybody can reach, and of those that
// nobody can use.
func (l *loader) adviseServers() {
	for _, s := range l.c.Servers {
		if s.Network != "tcp" || s.Username != "" || isLoopback(s.Host) {
			continue
		}
		l.doubt(s.Section, "port", "without a password everybody who reaches this port controls the programs",
			"listen on 127.0.0.1 only, or set username and password")
	}
	if len(l.c.Servers) == 0 {
		l.doubt("supervisord", "", "no HTTP server is set up, so supervisorctl cannot be used", "add [unix_http_server] with file=/run/supervisor.sock")
		return
	}
	main := func(p Plugin) bool { return p.Name == "supervisor" && p.Factory == MainInterface }
	if !slices.ContainsFunc(l.c.RPCInterfaces, main) {
		l.doubt("supervisord", "", "supervisorctl needs the section [rpcinterface:supervisor]",
			"add it, with "+pluginOption["rpcinterface"]+" = "+MainInterface)
	}
}

// advisePlugins tells of plug-ins that cannot be loaded, and of options that a
// built-in one does not read.
func (l *loader) advisePlugins() {
	for _, p := range l.c.RPCInterfaces {
		if p.Factory != "" && !p.BuiltIn() {
			problem, hint := p.Missing()
			l.doubt(p.Section, pluginOption["rpcinterface"], problem, hint)
			continue
		}
		for _, option := range l.doc.options(p.Section) {
			if _, own := p.Options[option]; own && !slices.Contains(interfaceOptions[p.Factory], option) {
				l.doubt(p.Section, option, "nobody reads this option", didYouMean(option, interfaceOptions[p.Factory]))
			}
		}
	}
}

// isLoopback reports whether a host is reached from this machine only.
func isLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}

// adviseClient reads [supervisorctl] of the same file, if it is there, and tells
// if the client will not find the daemon.
func (l *loader) adviseClient() {
	if !l.doc.has("supervisorctl") {
		return
	}
	client := *l
	client.errs = nil
	ctl := client.client()
	l.doubts = append(l.doubts, client.errs...)
	for _, p := range ctl.Plugins {
		if p.Factory != "" {
			problem, hint := p.Missing()
			l.doubt(p.Section, pluginOption["ctlplugin"], problem, hint)
		}
	}
	if len(client.errs) > 0 || len(l.c.Servers) == 0 {
		return
	}
	server := l.serverOf(ctl.ServerURL)
	switch {
	case server == nil:
		l.doubt("supervisorctl", "serverurl", fmt.Sprintf("no server of this file is at %s", ctl.ServerURL), "this supervisord will be at "+l.c.ServerURL())
	case server.Username != ctl.Username || server.Password != ctl.Password && !strings.HasPrefix(server.Password, "{SHA}"):
		l.doubt("supervisorctl", "username", fmt.Sprintf("username and password are not those of [%s]", server.Section), "")
	}
}

// serverOf finds the server that a client's URL leads to. A URL of another
// machine leads to all servers, for what we know.
func (l *loader) serverOf(url string) *Server {
	host, isHTTP := strings.CutPrefix(url, "http://")
	host, _, _ = strings.Cut(host, "/")
	for i, s := range l.c.Servers {
		if s.Network == "unix" && url == "unix://"+s.Path || isHTTP && s.Network == "tcp" && strings.HasSuffix(host, fmt.Sprintf(":%d", s.Port)) {
			return &l.c.Servers[i]
		}
	}
	return nil
}

// adviseUser tells that the environment stays that of supervisord's user.
func (l *loader) adviseUser(p *Program) {
	if p.User == nil || p.User.UID == os.Getuid() {
		return
	}
	if _, ok := p.Environment["HOME"]; ok {
		return
	}
	if home, ok := ownHome(); ok && home != "" {
		l.doubt(p.Section, "user", fmt.Sprintf("the program runs as %s but will see HOME=%s", p.User.Name, home),
			fmt.Sprintf(`add environment=HOME="...",USER="%s"`, p.User.Name))
	}
}

// adviseLogs tells of two processes that write to one log file.
func (l *loader) adviseLogs(p *Program, writers map[string]*Program) {
	for i, name := range []string{"stdout_logfile", "stderr_logfile"} {
		target := [...]LogTarget{p.Stdout.Logfile, p.Stderr.Logfile}[i]
		path := target.Path
		if target.Kind != LogFile || path == "" || strings.HasPrefix(path, "/dev/") {
			continue
		}
		path = absolute(path)
		if other, ok := writers[path]; ok && other != p {
			hint := ""
			if other.Section == p.Section {
				hint = "write %(process_num)d into the name"
			}
			l.doubt(p.Section, name, fmt.Sprintf("%s is the log of %s too; their lines will be mixed", path, other.Namespec()), hint)
			continue
		}
		writers[path] = p
	}
}

// adviseCommand tells of a command that cannot be run, or not as it is meant.
func (l *loader) adviseCommand(p *Program) {
	if _, set := l.doc.get(p.Section, "command"); !set {
		return // that is an error already
	}
	words, err := splitWords(p.Command)
	hint := ""
	if l.doc.where(p.Section, "command").cut {
		hint = "a ; or # after a space begins a comment, also inside quotes"
	}
	switch {
	case err != nil:
		l.doubt(p.Section, "command", fmt.Sprintf("%q cannot be taken apart: %v", p.Command, err), hint)
		return
	case len(words) == 0:
		l.doubt(p.Section, "command", "the command is empty", hint)
		return
	}
	l.adviseShell(p, words)
	l.adviseProgram(p, words[0])
	if flag := background(words); flag != "" {
		l.doubt(p.Section, "command", fmt.Sprintf("%s sends the program to the background, where supervisord loses it", flag),
			"run it in the foreground")
	}
	if filepath.Base(words[0]) == "nginx" && !strings.Contains(p.Command, "daemon off") {
		l.doubt(p.Section, "command", "nginx goes to the background, where supervisord loses it, unless its configuration says otherwise",
			`add -g "daemon off;" without a space before the semicolon`)
	}
}

// shellSigns are words that mean something to a shell only.
var shellSigns = []string{"&&", "||", "|", "|&", "&", ";", ">", ">>", "<", "<<", "2>", "2>>", "1>", "&>", "2>&1", "1>&2", ">&2"}

// adviseShell tells of words that only a shell understands. In a command that
// starts a shell they are for it.
func (l *loader) adviseShell(p *Program, words []string) {
	shells := []string{"sh", "bash", "dash", "ash", "ksh", "mksh", "zsh", "fish", "busybox"}
	if slices.ContainsFunc(words, func(w string) bool { return slices.Contains(shells, filepath.Base(w)) }) {
		return
	}
	for _, word := range words {
		if slices.Contains(shellSigns, word) || strings.HasPrefix(word, "$(") || strings.HasPrefix(word, "`") {
			l.doubt(p.Section, "command", fmt.Sprintf("no shell is used here, so %q is an argument like any other", word),
				fmt.Sprintf("write command=/bin/sh -c '%s', with exec before the last program", p.Command))
			return
		}
		name, variable := strings.CutPrefix(word, "$")
		switch {
		case variable && name != "":
			name, _, _ = strings.Cut(strings.Trim(name, "{}"), "/")
			l.doubt(p.Section, "command", fmt.Sprintf("no shell is used here, so %q is not replaced", word), fmt.Sprintf("write %%(ENV_%s)s", name))
			return
		case strings.HasPrefix(word, "~"):
			l.doubt(p.Section, "command", fmt.Sprintf("no shell is used here, so %q is not replaced", word), "write the path in full, or %(ENV_HOME)s for ~")
			return
		}
	}
}

// adviseProgram tells of a program that is not there now.
func (l *loader) adviseProgram(p *Program, name string) {
	if strings.Contains(name, "/") {
		switch {
		case isDirectory(name):
			l.doubt(p.Section, "command", fmt.Sprintf("%s is a directory", name), "")
		case !exists(name):
			l.doubt(p.Section, "command", fmt.Sprintf("there is no %s", name), "")
		}
		return
	}
	path, ok := p.Environment["PATH"]
	if !ok {
		path = cmp.Or(os.Getenv("PATH"), "/bin:/usr/bin:/usr/local/bin")
	}
	for directory := range strings.SplitSeq(path, ":") {
		if exists(joinPath(directory, name)) {
			return
		}
	}
	l.doubt(p.Section, "command", fmt.Sprintf("no %s is to be found in PATH=%s", name, path), "write the path in full, or set PATH in environment")
}

// background returns the argument by which well-known programs leave the
// foreground, or empty.
func background(words []string) string {
	for i, word := range words {
		switch word {
		case "--daemon", "--daemonize", "--daemonise", "--detach", "--fork", "--background":
			if i+1 < len(words) && slices.Contains([]string{"no", "off", "false", "0"}, words[i+1]) {
				continue
			}
			return word
		}
	}
	return ""
}
