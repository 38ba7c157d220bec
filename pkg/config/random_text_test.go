package config

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// A writer makes configurations at random: every section and option, values
// that fit and values that do not, in all the ways in which a line may be
// written. One seed gives one configuration.
type writer struct {
	*rand.Rand
	options map[string][]tableOption // by kind of section
	care    int                      // how much rarer than usual mistakes are
}

// fitting are values of each kind that are taken.
var fitting = map[string][]string{
	"text":                  {"a", "%(here)s/x", "x y", "", "ü", "a%%b", "%(ENV_PART)s", "%(host_node_name)s"},
	"number":                {"0", "1", "2", "-1", "7", "+3", "0_1", "010", "1_000", "-0", "2147483648"},
	"boolean":               {"true", "false", "on", "OFF", "Yes", "no", "1", "0"},
	"seconds":               {"0", "3", "10", "-2", "+1"},
	"byte size":             {"0", "1KB", "2mb", "1 GB", "7", "+3Kb", "0MB"},
	"log level":             {"warn", "INFO", "blather", "critical", "Error", "trace", "debug"},
	"octal number":          {"022", "0700", "0o77", "7", "0", "0_7", "777"},
	"signal":                {"HUP", "2", "SIGTERM", "usr1", "sigint", "+9", "QUIT", "34", "64"},
	"list of exit codes":    {"0,1", "", "0", " 2 , 3", "255", "+1", "1_0"},
	"user name or id":       {"root", "daemon", "0", "1"},
	"user or user:group":    {"root", "0:0", "daemon:root", "1"},
	"log file":              {"NONE", "auto", "/tmp/x%(process_num)d", "syslog", "", "off", "AUTO", "None", "rel.log", "~/x", "%(here)s/%(program_name)s", "/dev/stdout", "/tmp/%%%%d", "a%(process_num)02d"},
	"directory that exists": {"/tmp", "%(here)s", "~", ".", "/"},
	"KEY=\"value\" pairs":   {"A=1", "K=%(ENV_PART)s,L=2", "", "A=\"x,y\",B='c d'", "A=1,", "PATH=/bin:/usr/bin", "A=%(here)s", " A = 1 , B = 2 ", "A=1;B=2", "N=%(process_num)d", "A=x y", "K=\"%(program_name)s\""},
	"port or host:port":     {"9001", "h:1", "*:2", ":3", "LocalHost:65535", "127.0.0.1:+4"},
	"name":                  {"%(program_name)s%(process_num)d", "n", "%(program_name)s", "%(group_name)s_%(process_num)02d", "%(process_num)x", "ü%(process_num)-3d|"},
	"URL or AUTO":           {"AUTO", "auto", "http://x:1", "unix:///s", ""},

	"true, false or unexpected":       {"true", "unexpected", "no", "UNEXPECTED", "On", "0"},
	"path in a directory that exists": {"/tmp/y", "z", "~/q", "./a/../b", "%(here)s/c", "/tmp/", ""},
}

// fittingOption are values that are taken, for options whose kind does not tell.
var fittingOption = map[string][]string{
	"events":          {"TICK", "tick_5,EVENT", "PROCESS_STATE, process_log,PROCESS_STATE"},
	"result_handler":  {defaultResultHandler},
	"programs":        {"a", "", "a,a"},
	"socket":          {"tcp://h:1", "TCP://h:1", "unix:///tmp/s", "unix:///tmp/%(program_name)s", "unix:////tmp/../x"},
	"numprocs":        {"1", "0", "-1"},
	"process_name":    {"%(program_name)s%(process_num)d", "%(program_name)s_%(process_num)02d", "x%(process_num)s"},
	"buffer_size":     {"1", "20"},
	"socket_backlog":  {"1", "65535"},
	"priority":        {"1", "-5", "999", "1000"},
	"killasgroup":     {"true"},
	"redirect_stderr": {"false"},
}

// odd are values that some options take and others refuse.
var odd = []string{
	"", "1", "0", "2", "true", "unexpected", "10MB", "1.5MB", "5XB", "1K", "TERM", "SIGFOO", "99", "022", "089", "0,2", "256", "0,,1", "info", "warning", "x", "soon",
	"/tmp", "/none/x", "/none/", "~nosuchuser/x", "NONE", "AUTO", "syslog", "root", "nosuchuser", "root:nosuchgroup", "root:", ":", "4294967296",
	"%(here)s/x", "%(program_name)s", "%(process_num)d", "%(group_name)s_%(process_num)02d", "%(numprocs)d", "%(ENV_PART)s", "%(ENV_K)s", "%(ENV_NOPE)s",
	"%(host_node_name)s", "%(nope)s", "100%", "%", "%(here", "%(here)", "%(here)d", "%(process_num)Y", "%(process_num)5.3d|", "%(process_num)#x", "%(process_num)c",
	"%(process_num)-+ 05d|", "%(process_num).2f", "%(process_num)e", "%(process_num)r", "%(program_name).1s", "%(program_name)10s|", "%(program_name)r", "%(ENV_UMLAUT)a", "%(program_name)%", "%()s", "%(a(b)c)s",
	"A=1,B=\"2\"", "K=%(process_num)d", "A", "A=", "A=1 B=2", "A=#x", "A=\"unclosed", "A=%(ENV_QUOTED)s", "TICK_5,EVENT", "tick", "TOCK",
	"tcp://h:1", "TCP://h:1", "unix:///tmp/s", "unix://s", "unix:///tmp/%(program_name)s", "tcp://h", "tcp://h:0", "tcp://:5", "tcp://h:99999", "fifo:///x", "1:2", "h:", "h:x", "h:65536", "70000",
	"a", "a,b", " b , c ", "c", "a,", ",", "a b", "f", "p ; comment", "p;no comment", "'a' # c", "a:b", "a/b", "a\tb", "\u00a0x\u00a0", "\u2003", "é", "日本", "[x]", "=", "==1", "x\n  y", "x\n\n  y", "x\n ; c\n  y", "x\n # c\n  y ; d", "x\n\ty",
}

// scraps are put into values.
var scraps = []string{
	" ;c", " #c", ";", "#", "%%", "%(here)s", "%(process_num)d", "%(process_num)02d", "%(ENV_PART)s", "%(nope)s", "%(program_name)s", "%(numprocs)d", "=", ":", ",",
	" ", "\t", "\n ", "\n\n\t", "ü", "\u00a0", "[", "]", "_", "+", "-", "0", "9", "x", "KB", "/", "~", "\x1c", "\u2028", "\u0130", "\u0663",
}

func (w writer) pick(from []string) string { return from[w.IntN(len(from))] }

// chance is true once in n times.
func (w writer) chance(n int) bool { return w.IntN(n) == 0 }

// slip is true once in n times, for a mistake.
func (w writer) slip(n int) bool { return w.chance(n * w.care) }

// value makes a value for an option. What is left out are the differences on
// purpose: docs/differences.md names them.
func (w writer) value(o tableOption) string {
	if fit := fittingOption[o.name]; fit != nil && !w.slip(3) {
		return w.pick(fit)
	}
	switch o.name {
	case "events":
		// Supervisor reports one of several unknown types, in no order.
		return w.pick([]string{"TICK", "tick_5,EVENT", "PROCESS_STATE, process_log,PROCESS_STATE", "TOCK", "EVENT,x", "", "TICK,", "%(ENV_NOPE)s"})
	case "numprocs":
		return w.pick([]string{"2", "3", "1", "0", "-1", "two", "%(ENV_PART)s", "+2", "1.0", ""}) // Supervisor tries any number
	case "result_handler":
		return w.pick([]string{defaultResultHandler, defaultResultHandler + " [a, b-c]", defaultResultHandler + "\n\n  [a]", "supervisor.dispatchers : default_handler", "supervisor.dispatchers:default_handler [a b]", "nosuchmodule:x", "a b", "", "supervisor.dispatchers:nothing"})
	case "programs":
		return w.pick([]string{"a", "b", "a,b", " b , a ", "f", "c", "", "a,a", "%(ENV_PART)s", "nope", "l"})
	case "socket":
		return w.pick([]string{"tcp://h:1", "TCP://h:1", "unix:///tmp/s", "unix://s", "unix:///tmp/%(program_name)s", "tcp://h", "tcp://h:0", "tcp://:5", "tcp://h:99999", "fifo:///x", "", "%(nope)s", "unix:////tmp/../x", "tcp://ü:1"})
	}
	value := w.pick(odd)
	if fit := fitting[o.kind]; fit != nil && !w.slip(8) {
		value = w.pick(fit)
	}
	if o.kind == "octal number" && (strings.Contains(value, "-") || value == "70000") || o.kind == "byte size" && strings.Contains(value, "-") {
		value = "022" // Supervisor keeps bits that no mode has, and negative sizes
	}
	if o.kind != "KEY=\"value\" pairs" && o.kind != "octal number" && o.kind != "byte size" && w.slip(15) {
		runes := []rune(value)
		at := w.IntN(len(runes) + 1)
		value = string(runes[:at]) + w.pick(scraps) + string(runes[at:])
	}
	return value
}

// line writes an option in one of the ways to write it.
func (w writer) line(b *strings.Builder, name, value string) {
	if w.chance(12) {
		name = strings.ToUpper(name[:1]) + name[1:]
	}
	sign := "="
	if w.chance(4) {
		sign = w.pick([]string{" = ", ":", " : ", "= ", "\t=\t", "=  "})
	}
	b.WriteString(name + sign + value)
	if w.chance(15) {
		b.WriteString(w.pick([]string{" ", "\t", " ; comment", " # comment", "\t;x", " ;", " ;a ;b #c", ";d ;e"}))
	}
	b.WriteString("\n")
	if w.chance(20) {
		b.WriteString(w.pick([]string{"\n", "; comment\n", "# comment = 1\n", "  ; indented\n", " \n", "\n\n", "unknown=%(nope)s\n", "un known : 1\n"}))
	}
}

// broken are lines that are no options.
var broken = []string{"junk\n", "= 1\n", ": 1\n", "[\n", "[]\n", "]\n", "rem x\n", " indented\n", "\tindented = 1\n", "[program:a\n", "[program:a]x\n", "\"\n", "ü\n", "\u00a0\n", "=\n"}

// kinds are the sections that may come; the first is always there, and most
// often the second. A question mark stands in those with a wrong name.
var kinds = []string{
	"supervisord", "program:a", "program:b", "program:c", "program:ü", "program: sp ", "program:", "program:?a:b", "program:?x/y", "program:t\tb",
	"eventlistener:a", "eventlistener:l", "eventlistener:?x y", "fcgi-program:f", "fcgi-program:b", "group:a", "group:g", "group: h", "group:?x:y",
	"inet_http_server", "inet_http_server:x", "inet_http_serverxyz", "unix_http_server", "unix_http_server:b", "DEFAULT",
	"rpcinterface:supervisor", "rpcinterface:x", "supervisorctl", "ctlplugin:x", "nonsense", "program", "Program:a", "eventlistener", "group",
}

// required is what a section needs.
var required = map[string]string{
	"fcgi-program": "socket=tcp://h:1\n", "eventlistener": "events=TICK\n", "inet_http_server": "port=1\n", "unix_http_server": "file=s\n", "group": "programs=a\n",
	"rpcinterface": "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n",
}

// section writes one section.
func (w writer) section(b *strings.Builder, name string) {
	kind, _, _ := strings.Cut(name, ":")
	kind = strings.TrimSuffix(kind, "xyz")
	table := w.options[kind]
	if w.chance(30) {
		b.WriteString(w.pick([]string{" ", "\t", "\n", "; c\n"}))
	}
	b.WriteString("[" + name + "]" + w.pick([]string{"\n", "\n", "\n", "\n", " ; comment\n", " \n", "x\n"}))
	switch kind {
	case "program", "fcgi-program", "eventlistener":
		table = append(append([]tableOption{}, table...), w.options["program"]...)
		if !w.slip(20) {
			w.line(b, "command", w.pick([]string{"/bin/cat %(process_num)d", "cat", "/bin/cat %(program_name)s %(group_name)s", "a\n  b", "x 'y", "%(ENV_K)s", "c"}))
		}
		if w.chance(3) {
			w.line(b, "numprocs", w.value(tableOption{name: "numprocs"}))
			w.line(b, "process_name", w.pick([]string{"%(program_name)s_%(process_num)d", "%(process_num)02d", "%(program_name)s%(process_num)s", "x", "%(process_num)"}))
		}
	case "DEFAULT":
		table = w.options["program"]
	}
	if !w.slip(12) {
		b.WriteString(required[kind])
	}
	if len(table) == 0 {
		table = w.options["group"]
	}
	for range w.IntN(6) {
		o := table[w.IntN(len(table))]
		value := w.value(o)
		if kind == "DEFAULT" && o.name == "environment" && strings.Contains(value, "%") {
			continue // it is [supervisord]'s too, which expands it once (percent signs)
		}
		w.line(b, o.name, value)
	}
}

// text writes a file of some sections; with all, [supervisord] is among them.
func (w writer) text(all bool) string {
	var b strings.Builder
	for i, name := range kinds {
		rare := 12
		switch {
		case i == 0 && all && !w.slip(60), i == 1 && !w.chance(4):
			rare = 1
		case i < 4:
			rare = 3
		case strings.Contains(name, "?"):
			name = strings.Replace(name, "?", "", 1)
			rare = 12 * w.care
		}
		if w.chance(rare) {
			w.section(&b, name)
			if w.chance(15) {
				w.section(&b, name) // once more
			}
		}
	}
	if all && w.chance(4) {
		b.WriteString("[include]\n")
		if !w.chance(10) {
			w.line(&b, "files", w.pick([]string{"d/*.conf", "d/a.conf d/b.conf", "d/*\n  e/*", "none/*", "%(here)s/d/[ab].conf", "d/?.conf d/a.conf", "%(ENV_NOPE)s", "d", "", "./d/../d/*", "%(nope)s", "d/a.conf ; b", "d/**", "d/[!a]*", "%(host_node_name)s/*"}))
		}
	}
	text := b.String()
	if w.slip(12) {
		lines := strings.SplitAfter(text, "\n")
		at := w.IntN(len(lines))
		lines[at] = w.pick(broken) + lines[at]
		text = strings.Join(lines, "")
	}
	switch w.IntN(30 * w.care) {
	case 0:
		text = strings.ReplaceAll(text, "\n", "\r\n")
	case 1:
		text = "\ufeff" + text
	case 2:
		at := w.IntN(len(text) + 1)
		text = text[:at] + w.pick([]string{"\xe9", "\xff", "\xe2\x82", "\xf0\x9f"}) + text[at:]
	case 3:
		text = strings.TrimSuffix(text, "\n")
	case 4:
		text = strings.ReplaceAll(text, "\n", "\r")
	}
	return text
}

// newCase makes the configuration of a seed.
func newCase(seed uint64, options map[string][]tableOption) loadCase {
	w := writer{rand.New(rand.NewPCG(seed, 425)), options, 1}
	w.care = []int{1, 20, 200}[w.IntN(3)]
	c := loadCase{name: fmt.Sprintf("seed %d", seed), root: w.text(true), files: map[string]string{}}
	if strings.Contains(c.root, "[include]") {
		for _, name := range []string{"d/a.conf", "d/b.conf", "e/c"} {
			if !w.chance(5) {
				c.files[name] = w.text(false)
			}
		}
	}
	for range w.IntN(4) {
		if w.chance(3) {
			arg := w.pick([]string{"minfds=77", "identifier=line", "logfile=b.log", "logfile=", "directory=/", "user=daemon", "umask=002", "loglevel=blather", "childlogdir=/tmp", "pidfile=q.pid", "logfile_maxbytes=2KB", "minprocs=78", "logfile_backups=1"})
			if name, _, _ := strings.Cut(arg, "="); !strings.Contains(strings.Join(c.args, " "), name) {
				c.args = append(c.args, arg)
			}
		}
	}
	return c
}

// supervisorsOptions are the option tables without what is ours alone.
func supervisorsOptions(t *testing.T) map[string][]tableOption {
	options := map[string][]tableOption{}
	for _, tab := range tables(t) {
		for _, o := range tab.options {
			if !o.ours {
				options[tab.name] = append(options[tab.name], o)
			}
		}
	}
	return options
}
