package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// load reads a configuration from a text.
func load(t *testing.T, text string) *Config {
	t.Helper()
	file := filepath.Join(t.TempDir(), "s.conf")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// What counts as a change of a group, and which options are named for it.
// Supervisor misses a log that goes back to AUTO, and of a socket all but its URL.
func TestDiff(t *testing.T) {
	const program = "[program:a]\ncommand=a\n"
	const pool = "[eventlistener:a]\ncommand=a\nevents=TICK_5,TICK_60\n"
	const fcgi = "[fcgi-program:a]\ncommand=a\nsocket=unix:///tmp/a.sock\n"
	const member = "[group:a]\nprograms=b\n[fcgi-program:b]\ncommand=a\nsocket=unix:///tmp/a.sock\nsocket_mode=0770\n"
	for _, c := range []struct {
		name, before, after string
		changed             bool
		options             string // of the first process
	}{
		{"nothing", program, program, false, ""},
		{"comment and order of options", program + "startsecs=2\n", "[program:a]\nstartsecs = 2 ; two\ncommand=a\n", false, ""},
		{"default written", program, program + "autostart=true\nstdout_logfile=auto\nserverurl=AUTO\n", false, ""},
		{"unknown option", program, program + "mine=1\n", false, ""},
		{"command", program, "[program:a]\ncommand=b\n", true, "command"},
		{"several", program, program + "startsecs=5\nexitcodes=3\nstopsignal=INT\nuser=root\numask=0\n", true, "exitcodes startsecs stopsignal umask user"},
		{"environment", program, program + "environment=A=1\n", true, "environment"},
		{"environment of all", program, program + "[supervisord]\nenvironment=A=1\n", true, "environment"},
		{"numprocs", program, program + "numprocs=2\nprocess_name=a%(process_num)d\n", true, "process_name"},
		{"process name", program, program + "process_name=b\n", true, "process_name"},
		{"priority", program, program + "priority=1\n", true, "priority"},
		{"log to a file", program, program + "stdout_logfile=/tmp/x\n", true, "stdout_logfile"},
		{"log to nowhere", program, program + "stderr_logfile=NONE\n", true, "stderr_logfile"},
		{"kind", program, "[group:a]\nprograms=b\n[program:b]\ncommand=a\nprocess_name=a\n", true, ""},
		{"events", pool, strings.Replace(pool, "TICK_60", "TICK", 1), true, ""},
		{"order of events", pool, strings.Replace(pool, "TICK_5,TICK_60", "TICK_60,TICK_5,TICK_5", 1), false, ""},
		{"buffer_size", pool, pool + "buffer_size=11\n", true, ""},
		{"event_len", pool, pool + "event_len=bytes\n", true, ""},
		{"result_handler", pool, pool + "result_handler=supervisor_stdout:event_handler\n", true, ""},
		{"socket", fcgi, strings.Replace(fcgi, "a.sock", "b.sock", 1), true, "socket"},
		{"socket written otherwise", fcgi, strings.Replace(fcgi, "/tmp/a", "/tmp/./a", 1), false, ""},
		{"log back to AUTO", program + "stdout_logfile=/tmp/x\n", program, true, "stdout_logfile"},
		{"socket_mode", fcgi, fcgi + "socket_mode=0777\n", true, "socket_mode"},
		{"no socket any more", fcgi, program, true, "socket socket_mode"},
		{"socket of a member", member, strings.Replace(member, "0770", "0700", 1), true, "socket_mode"},
		{"socket_owner", fcgi, fcgi + "socket_owner=root:root\n", true, "socket_owner"},
		{"socket_backlog", fcgi, fcgi + "socket_backlog=5\n", true, "socket_backlog"},
	} {
		before, after := load(t, head+c.before), load(t, head+c.after)
		_, changed, _ := Diff(before.Groups, after.Groups)
		if slices.Contains(changed, "a") != c.changed {
			t.Errorf("%s: changed are %q", c.name, changed)
		}
		options := before.Groups[0].Programs[0].Differences(after.Groups[0].Programs[0])
		slices.Sort(options)
		if got := strings.Join(options, " "); got != c.options {
			t.Errorf("%s: differences %q, want %q", c.name, got, c.options)
		}
	}
}

// Groups that are new or changed come in the order of the new configuration,
// those that are gone in the order of the old one.
func TestDiffOrder(t *testing.T) {
	before := load(t, head+"[program:z]\ncommand=z\npriority=1\n[program:y]\ncommand=y\n[program:c]\ncommand=c\n[program:b]\ncommand=b\n[program:same]\ncommand=s\n")
	after := load(t, head+"[program:c]\ncommand=cc\npriority=3\n[program:b]\ncommand=bb\n[program:n]\ncommand=n\n[program:m]\ncommand=m\npriority=5\n[program:same]\ncommand=s\n")
	added, changed, removed := Diff(before.Groups, after.Groups)
	got := strings.Join([]string{strings.Join(added, ","), strings.Join(changed, ","), strings.Join(removed, ",")}, " ")
	if want := "m,n c,b z,y"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	added, changed, removed = Diff(nil, nil)
	if added == nil || changed == nil || removed == nil {
		t.Error("nothing is nil, which is no empty array on the wire")
	}
}
