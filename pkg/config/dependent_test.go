package config

import (
	"reflect"
	"testing"
)

// The options of supervisord-dependent-startup are read.
func TestDependentStartup(t *testing.T) {
	c := load(t, head+"[program:x]\ncommand=x\nautostart=false\ndependent_startup=Yes\n"+
		"dependent_startup_wait_for=rsyslogd:running  start:exited,Running\n  %(program_name)s2\ndependent_startup_inherit_priority=on\n")
	want := DependentStartup{Enabled: true, InheritPriority: true, WaitFor: []WaitFor{
		{"rsyslogd", []string{"RUNNING"}}, {"start", []string{"EXITED", "RUNNING"}}, {"x2", []string{"RUNNING"}}}}
	if got := c.Groups[0].Programs[0].DependentStartup; !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	if len(c.Unknown) > 0 || len(c.Messages) > 0 {
		t.Errorf("unknown %v, messages %v", c.Unknown, c.Messages)
	}
}

// Supervisor does not look at these options: nothing in them refuses a
// configuration, and no change of them is a change of the program.
func TestDependentStartupNeverHarms(t *testing.T) {
	plain := load(t, head+"[program:x]\ncommand=x\n")
	odd := load(t, head+"[program:x]\ncommand=x\ndependent_startup=perhaps\ndependent_startup_wait_for=:, %(nope)s\n"+
		"dependent_startup_inherit_priority=50%\nstartinorder=true\n")
	if added, changed, removed := Diff(plain.Groups, odd.Groups); len(added)+len(changed)+len(removed) > 0 {
		t.Errorf("added %v, changed %v, removed %v", added, changed, removed)
	}
	if len(odd.Messages) > 0 {
		t.Errorf("messages %v", odd.Messages)
	}
}

// An empty serverurl leaves SUPERVISOR_SERVER_URL out; AUTO is the server's.
func TestServerURL(t *testing.T) {
	const server = "[inet_http_server]\nport=127.0.0.1:9001\n"
	for option, want := range map[string]string{
		"": "http://127.0.0.1:9001", "serverurl=": "", "serverurl= AuTo ": "http://127.0.0.1:9001", "serverurl=unix:///x": "unix:///x",
	} {
		c := load(t, head+server+"[program:x]\ncommand=x\n"+option+"\n")
		if got := c.Groups[0].Programs[0].URL(c); got != want {
			t.Errorf("%q: %q, want %q", option, got, want)
		}
	}
}
