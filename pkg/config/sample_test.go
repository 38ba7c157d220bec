package config

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"supervisord/pkg/api"
)

// The sample that is shipped is the one that is printed.
func TestSampleFile(t *testing.T) { golden(t, "../../conf/supervisord.conf", Sample()) }

// The reference that is shipped is made from the tables.
func TestReferenceFile(t *testing.T) { golden(t, "../../docs/configuration.md", Reference()) }

// The sample loads to the defaults, with nothing to complain of, but for the
// paths that it sets.
func TestSampleLoadsToDefaults(t *testing.T) {
	c := load(t, Sample())
	if len(c.Unknown) > 0 || len(c.Messages) > 0 || len(c.Groups) > 0 {
		t.Errorf("unknown %v, messages %v, groups %v", c.Unknown, c.Messages, c.Groups)
	}
	want := load(t, head)
	want.Supervisord.Logfile, want.Supervisord.Pidfile = "/tmp/supervisord.log", "/tmp/supervisord.pid"
	if !reflect.DeepEqual(c.Supervisord, want.Supervisord) {
		t.Errorf("got  %+v\nwant %+v", c.Supervisord, want.Supervisord)
	}
	if len(c.Servers) != 1 || c.ServerURL() != "unix:///tmp/supervisor.sock" || c.Servers[0].Mode != 0o700 {
		t.Errorf("servers %+v", c.Servers)
	}
	if len(c.RPCInterfaces) != 1 || c.RPCInterfaces[0].Factory != MainInterface {
		t.Errorf("interfaces %+v", c.RPCInterfaces)
	}
}

// Supervisor loads the sample too, and makes the same of it; so do both
// clients.
func TestSampleIsSupervisors(t *testing.T) {
	sample := loadCase{root: Sample()}
	directory := sample.write(t)
	daemon := ask[loadQuestion, map[string]any](t, "load", []loadQuestion{{directory, sample.commandLine()}})[0]
	client := ask[loadQuestion, map[string]any](t, "client", []loadQuestion{{directory, []string{"-c", "supervisord.conf", "status"}}})[0]
	t.Chdir(directory)
	c, err := Load("supervisord.conf", nil)
	if err != nil {
		t.Fatal(err)
	}
	diffAnswers(t, "", answerOf(t, c), daemon)
	ctl, err := LoadCtl("supervisord.conf")
	if err != nil {
		t.Fatal(err)
	}
	if ctl.ServerURL != client["serverurl"] {
		t.Errorf("the client goes to %s, Supervisor's to %s", ctl.ServerURL, client["serverurl"])
	}
}

// commented are the lines of the sample that are options in comments.
var commented = regexp.MustCompile(`(?m)^;(\[[\w:-]+\]|\w+=)`)

// With the comment signs gone the sample is still a configuration in which
// nothing is unknown, and an option that is shown with its default has it.
func TestSampleInComments(t *testing.T) {
	text := commented.ReplaceAllString(Sample(), "$1")
	// What this machine may lack is left out, and files that are not there.
	text = regexp.MustCompile(`(?m)^(user|chown|socket_owner|files|programs)=.*\n`).ReplaceAllString(text, "")
	text = strings.Replace(text, "[include]\n", "", 1)
	file := filepath.Join(t.TempDir(), "s.conf")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(file, nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if len(c.Unknown) > 0 {
		t.Errorf("unknown are %v", c.Unknown)
	}
	plain := load(t, head+"[program:theprogramname]\ncommand=/bin/cat\n").Groups[0].Programs[0]
	i := slices.IndexFunc(c.Groups, func(g *Group) bool { return g.Name == "theprogramname" })
	differences := c.Groups[i].Programs[0].Differences(plain)
	slices.Sort(differences)
	if got := strings.Join(differences, " "); got != "directory environment umask" {
		t.Errorf("the sample shows other values than the defaults for %s", got)
	}
}

// Every option is in the sample and in the reference.
func TestSampleAndReferenceAreComplete(t *testing.T) {
	sample, reference := Sample(), Reference()
	for _, tab := range tables(t) {
		for _, o := range tab.options {
			// What does not act yet is no example to follow.
			if shown := regexp.MustCompile(`(?m)^;?` + o.name + `=`).MatchString(sample); shown == o.later {
				t.Errorf("%s of %s: in the sample: %t", o.name, tab.name, shown)
			}
			if !strings.Contains(reference, "| `"+o.name+"` | "+o.kind) {
				t.Errorf("%s of %s is not in the reference", o.name, tab.name)
			}
		}
	}
	for _, name := range api.EventNames() {
		if !strings.Contains(reference, "`"+name+"`") {
			t.Errorf("event type %s is not in the reference", name)
		}
	}
}

// The orders of the sample name options that there are.
func TestSampleOrder(t *testing.T) {
	for _, name := range supervisordOrder {
		find(supervisordOptions(), name)
	}
	for _, name := range programOrder {
		find(programOptions(), name)
	}
}
