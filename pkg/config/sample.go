package config

import (
	"fmt"
	"slices"
	"strings"
)

// sampleSection is how a section looks in the sample.
type sampleSection struct {
	header string
	off    bool     // the header itself is a comment
	intro  string   // a comment above the header
	rows   []string // name=value ; what it is
}

// line writes an option as a line of the sample: active, or as a comment.
func line(active bool, name, value, doc string) string {
	text := name + "=" + value
	if !active {
		text = ";" + text
	}
	first, _, _ := strings.Cut(doc, ". ")
	first, _, _ = strings.Cut(first, "; ")
	if len(first) > 70 {
		first, _, _ = strings.Cut(first, ": ")
	}
	return fmt.Sprintf("%-38s ; %s", text, strings.TrimSuffix(first, "."))
}

// The orders in which the sample shows the options of the two great tables:
// what matters to most people first. Options not named come last.
var (
	supervisordOrder = []string{
		"logfile", "logfile_maxbytes", "logfile_backups", "loglevel", "pidfile", "nodaemon", "silent", "minfds", "minprocs",
		"umask", "user", "identifier", "directory", "nocleanup", "childlogdir", "environment", "strip_ansi",
	}
	programOrder = []string{
		"command", "process_name", "numprocs", "numprocs_start", "directory", "umask", "priority", "autostart", "startsecs",
		"startretries", "autorestart", "exitcodes", "stopsignal", "stopwaitsecs", "stopasgroup", "killasgroup", "user", "redirect_stderr",
		"stdout_logfile", "stdout_logfile_maxbytes", "stdout_logfile_backups", "stdout_capture_maxbytes", "stdout_events_enabled", "stdout_syslog",
		"stderr_logfile", "stderr_logfile_maxbytes", "stderr_logfile_backups", "stderr_capture_maxbytes", "stderr_events_enabled", "stderr_syslog",
		"environment", "serverurl",
	}
)

// inOrder sorts the rows of a table by a list of names.
func inOrder[S any](table []Option[S], names []string) []Option[S] {
	at := func(o Option[S]) int {
		if i := slices.Index(names, o.Name); i >= 0 {
			return i
		}
		return len(names)
	}
	slices.SortStableFunc(table, func(a, b Option[S]) int { return at(a) - at(b) })
	return table
}

// rows writes the options of a table: those named in on are active, with the
// value given there, or that of the table if it is empty; examples are values
// for the comments.
func rows[S any](table []Option[S], on, examples map[string]string) []string {
	var lines []string
	for _, o := range table {
		if o.Later {
			continue
		}
		value, active := on[o.Name]
		if value == "" {
			value = o.Default
		}
		if example, ok := examples[o.Name]; ok && !active {
			value = example
		}
		lines = append(lines, line(active, o.Name, value, o.Doc))
	}
	return lines
}

// Sample is a configuration to begin with: what echo_supervisord_conf prints.
// It is made from the option tables and loads to their defaults.
func Sample() string {
	inet := inOrder(inetOptions(), []string{"port"})
	login := map[string]string{"username": "user", "password": "123", "chown": "nobody:nogroup", "port": "127.0.0.1:9001", "allowed_hosts": "status.example.org"}
	program := inOrder(programOptions(), programOrder)
	programExamples := map[string]string{
		"command": "/bin/cat", "killasgroup": "false", "environment": `A="1",B="2"`, "user": "chrism", "umask": "022",
		"directory": "/tmp", "process_name": "%(program_name)s",
	}
	sections := []sampleSection{
		{header: "unix_http_server", rows: rows(unixOptions(), map[string]string{"file": "/tmp/supervisor.sock"}, login)},
		{header: "inet_http_server", off: true, intro: "A server on TCP. Without a password everybody who reaches it controls the programs.",
			rows: rows(inet, nil, login)},
		{header: "supervisord", rows: rows(inOrder(supervisordOptions(), supervisordOrder), map[string]string{
			"logfile": "/tmp/supervisord.log", "logfile_maxbytes": "", "logfile_backups": "", "loglevel": "",
			"pidfile": "/tmp/supervisord.pid", "nodaemon": "", "silent": "", "minfds": "", "minprocs": "",
		}, map[string]string{"user": "chrism", "directory": "/tmp", "childlogdir": "/tmp", "environment": `KEY="value"`})},
		{header: "rpcinterface:supervisor", intro: "supervisorctl and all other clients need this section.",
			rows: []string{pluginOption["rpcinterface"] + " = " + MainInterface}},
		{header: "supervisorctl", rows: rows(ctlOptions(), map[string]string{"serverurl": "unix:///tmp/supervisor.sock"},
			map[string]string{"username": "chris", "password": "123", "prompt": "mysupervisor", "history_file": "~/.sc_history"})},
		{header: "program:theprogramname", off: true, intro: "A program. Only command is needed; the others show their defaults or an example.",
			rows: rows(program, nil, programExamples)},
		{header: "eventlistener:theeventlistenername", off: true,
			intro: "Programs that are told of events. All options of a program apply too, except redirect_stderr.",
			rows: append([]string{line(false, "command", "/bin/eventlistener", "The listener.")},
				rows(inOrder(poolOptions(), []string{"events"}), nil, map[string]string{"events": "EVENT"})...)},
		{header: "fcgi-program:thefcgiprogramname", off: true, intro: "Programs that share a socket. All options of a program apply too.",
			rows: append([]string{line(false, "command", "/usr/bin/fcgi", "The program.")},
				rows(inOrder(socketOptions(), []string{"socket"}), nil, map[string]string{"socket": "unix:///tmp/app.sock", "socket_backlog": "1024",
					"socket_owner": "nobody:nogroup", "socket_mode": "0700"})...)},
		{header: "group:thegroupname", off: true, intro: "Programs that are managed together.",
			rows: rows(groupOptions(), nil, map[string]string{"programs": "progname1,progname2"})},
		{header: "include", off: true, intro: "Further files, relative to this one.",
			rows: rows(includeOptions(), nil, map[string]string{"files": "relative/directory/*.ini"})},
	}
	var b strings.Builder
	b.WriteString(sampleHead)
	for _, s := range sections {
		b.WriteByte('\n')
		if s.intro != "" {
			b.WriteString("; " + s.intro + "\n")
		}
		if s.off {
			b.WriteByte(';')
		}
		b.WriteString("[" + s.header + "]\n")
		for _, row := range s.rows {
			b.WriteString(row + "\n")
		}
	}
	return b.String()
}

const sampleHead = `; A sample configuration of supervisord.
;
; A line that begins with ; is a comment, and so is what follows a ; after a
; space. %(ENV_X)s stands for the environment variable X, %(here)s for the
; directory of this file; a plain % is written %%. No shell is involved: ~ and
; $HOME mean nothing here. "supervisord --check" tells what is wrong in a file.
;
; The paths below lie in /tmp since every system has it. Choose others for work:
; some systems clean /tmp, and without the socket supervisorctl is lost.
`
