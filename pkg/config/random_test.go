package config

import (
	"math/rand"
	"reflect"
	"strings"
	"testing"
)

// randomValues are values that some options take and others refuse.
var randomValues = []string{
	"", "1", "0", "-1", "2", "3", "true", "false", "unexpected", "10MB", "TERM", "HUP", "022", "0,2", "info", "x", "/tmp", "/tmp/x.log", "NONE", "AUTO",
	"syslog", "root", "daemon", "nosuchuser", "%(here)s/x", "%(program_name)s", "%(process_num)d", "%(group_name)s_%(process_num)02d", "%(ENV_PART)s",
	"%(ENV_K)s", "%(host_node_name)s", "%(nope)s", "100%", "a%%b", "%%%%", "A=1,B=\"2\"", "K=%(process_num)d", "K=v", "A", "TICK_5,EVENT", "TOCK",
	"tcp://h:1", "unix:///tmp/s", "unix://s", "1:2", "127.0.0.1:9001", "a", "a,b", "b,c", "c", "/none/x", "p ; comment", "%(process_num)d%(numprocs)d",
}

// randomConfig makes a configuration of sections and options that exist. Most
// values fit, so that reading comes far.
func randomConfig(r *rand.Rand, options map[string][]tableOption) string {
	fits := map[string][]string{
		"text": {"a", "%(here)s/x", "x y"}, "number": {"0", "1", "2", "-1", "7"}, "boolean": {"true", "false", "on"}, "seconds": {"0", "3"}, "byte size": {"0", "1KB"},
		"log level": {"warn"}, "octal number": {"022", "0700"}, "signal": {"HUP", "2"}, "list of exit codes": {"0,1", ""},
		"true, false or unexpected": {"true", "unexpected", "no"}, "user name or id": {"root", "daemon"}, "user or user:group": {"root", "0:0"},
		"log file": {"NONE", "auto", "/tmp/x%(process_num)d", "syslog", ""}, "directory that exists": {"/tmp"}, "path in a directory that exists": {"/tmp/y", "z"},
		"KEY=\"value\" pairs": {"A=1", "K=%(ENV_PART)s,L=2", ""}, "port or host:port": {"9001", "h:1"}, "name": {"%(program_name)s%(process_num)d", "n"},
	}
	kinds := []string{"program:a", "program:b", "program:c", "eventlistener:a", "eventlistener:l", "fcgi-program:f", "fcgi-program:b", "group:a", "group:g", "inet_http_server", "inet_http_server:x", "unix_http_server", "DEFAULT"}
	var b strings.Builder
	for _, name := range append([]string{"supervisord"}, kinds...) {
		if name != "supervisord" && name != "program:a" && r.Intn(4) > 0 {
			continue
		}
		kind, _, _ := strings.Cut(name, ":")
		table := options[kind]
		b.WriteString("[" + name + "]\n")
		switch kind {
		case "program", "fcgi-program", "eventlistener":
			table = append(append([]tableOption{}, table...), options["program"]...)
			b.WriteString("command=/bin/cat %(process_num)d\n")
			if r.Intn(3) == 0 {
				b.WriteString("numprocs=2\nprocess_name=%(program_name)s_%(process_num)d\n")
			}
		case "DEFAULT":
			table = options["program"]
		}
		required := map[string]string{"fcgi-program": "socket=tcp://h:1\n", "eventlistener": "events=TICK\n", "inet_http_server": "port=1\n", "unix_http_server": "file=s\n", "group": "programs=a\n"}
		if r.Intn(8) > 0 {
			b.WriteString(required[kind])
		}
		for range r.Intn(5) {
			o := table[r.Intn(len(table))]
			value := randomValues[r.Intn(len(randomValues))]
			if fit := fits[o.kind]; fit != nil && r.Intn(20) > 0 {
				value = fit[r.Intn(len(fit))]
			}
			// Here we differ on purpose, or Python knows modules that we do not.
			percent := (name == "supervisord" || name == "DEFAULT") && o.name == "environment" && strings.Contains(value, "%%")
			inNoOrder := o.name == "events" && strings.Contains(value, ",")
			if percent || inNoOrder || (o.kind == "byte size" || o.kind == "octal number") && value == "-1" || o.name == "result_handler" {
				continue
			}
			b.WriteString(o.name + "=" + value + "\n")
		}
	}
	return b.String()
}

// dropDoubles drops what Supervisor reads but never runs: all but the first
// group of a name, all but the last process of a name in a group, and the socket
// of an fcgi-program that has no processes.
func dropDoubles(answer map[string]any) {
	var kept []any
	seen := map[any]bool{}
	for _, g := range answer["groups"].([]any) {
		group := g.(map[string]any)
		if seen[group["name"]] {
			continue
		}
		seen[group["name"]] = true
		processes := []any{}
		at := map[any]int{}
		for _, p := range group["processes"].([]any) {
			name := p.(map[string]any)["name"]
			if i, ok := at[name]; ok {
				processes[i] = p
				continue
			}
			at[name] = len(processes)
			processes = append(processes, p)
		}
		group["processes"] = processes
		if len(processes) == 0 && group["socket"] != nil {
			group["kind"] = "ProcessGroupConfig"
			delete(group, "socket")
		}
		kept = append(kept, group)
	}
	answer["groups"] = append([]any{}, kept...)
}

// afterSection leaves out the section in an error about the programs of a
// group: from the second program on Supervisor names a wrong one.
func afterSection(text string) string {
	_, rest, ok := strings.Cut(text, "] name")
	if !ok {
		return text
	}
	return rest
}

// Configurations made at random are read, or refused, as by Supervisor.
func TestRandomLoadsAreSupervisors(t *testing.T) {
	testVariables(t)
	options := map[string][]tableOption{}
	for _, tab := range tables(t) {
		for _, o := range tab.options {
			// What is ours Supervisor does not know.
			if o.name != "cleanasgroup" && o.name != "restart_stopped_on_reload" && o.name != "allowed_hosts" && o.name != "event_len" {
				options[tab.name] = append(options[tab.name], o)
			}
		}
	}
	r := rand.New(rand.NewSource(5))
	var cases []loadCase
	var questions []loadQuestion
	for range 300 {
		c := loadCase{root: randomConfig(r, options)}
		cases = append(cases, c)
		questions = append(questions, loadQuestion{c.write(t), c.commandLine()})
	}
	loaded, refused := 0, 0
	for i, want := range ask[loadQuestion, map[string]any](t, "load", questions) {
		t.Chdir(questions[i].Directory)
		c, err := Load("supervisord.conf", nil)
		if err != nil {
			refused++
			expected, _ := want["error"].(string)
			if got := err.Error(); got != expected && afterSection(got) != afterSection(expected) {
				t.Errorf("%s\n got %v\nwant %v", cases[i].root, err, want["error"])
			}
			continue
		}
		loaded++
		if want["error"] != nil {
			t.Errorf("%s\nloaded; Supervisor says %v", cases[i].root, want["error"])
			continue
		}
		dropDoubles(want)
		if got := answerOf(t, c); !reflect.DeepEqual(got, want) {
			t.Error(cases[i].root)
			diffAnswers(t, "", got, want)
		}
	}
	if loaded < 50 || refused < 50 {
		t.Errorf("%d loaded and %d refused: too few of one to say anything", loaded, refused)
	}
}
