package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// ctlCases are configurations of the client.
var ctlCases = []loadCase{
	{name: "least", root: "[supervisorctl]\n"},
	{name: "all", root: "[supervisorctl]\nserverurl=http://somewhere:%(ENV_PART)s\nusername=u\npassword=p%%\nprompt=me\nhistory_file=%(here)s/h\n"},
	{name: "socket", root: "[supervisorctl]\nserverurl=unix://%(here)s/../s.sock\n"},
	{name: "relative socket", root: "[supervisorctl]\nserverurl=unix://s.sock\nhistory_file=~/h\n"},
	{name: "socket at home", root: "[supervisorctl]\nserverurl=unix://~/s.sock\nhistory_file=\n"},
	{name: "strange url", root: "[supervisorctl]\nserverurl=nonsense\n"},
	{name: "default section", root: "[DEFAULT]\nprompt=all\n[supervisorctl]\n"},
	{name: "include is not read", root: "[supervisorctl]\n[include]\nfiles=x\n", files: map[string]string{"x": "[supervisorctl]\nprompt=included\n"}},
	{name: "daemon is not read", root: "[supervisorctl]\n[supervisord]\nminfds=x\nenvironment=A\n[program:a]\n"},
	{name: "no file", root: "-"},
	{name: "no section", root: "[supervisord]\n"},
	{name: "parsing elsewhere", root: "[supervisorctl]\n[program:a]\ncommand\n"},
	{name: "parsing without section", root: "[program:a]\ncommand\n"},
	{name: "sections again", root: "[supervisorctl]\nprompt=a\n[program:a]\nprompt=b\n x\n[supervisorctl]\nusername=u\n[program:b]\nprompt=c\n"},
	{name: "parsing", root: "[supervisorctl]\nfoo\n"},
	{name: "no header", root: "x=1\n"},
	{name: "url expansion", root: "[supervisorctl]\nserverurl=%(x)s\n"},
	{name: "password expansion", root: "[supervisorctl]\npassword=50%\n"},
	{name: "prompt here", root: "[supervisorctl]\nprompt=%(here)s\n"},
	{name: "environment of the daemon", root: "[supervisord]\nenvironment=A=1\n[supervisorctl]\nprompt=%(ENV_A)s\n"},
	{name: "history expansion", root: "[supervisorctl]\nhistory_file=%(x)s\nusername=%\n"},
	{name: "plug-in without factory", root: "[supervisorctl]\n[ctlplugin:x]\na=b\n"},
	{name: "plug-in unknown in supervisor", root: "[supervisorctl]\n[ctlplugin:x]\nsupervisor.ctl_factory=supervisor.supervisorctl:nothing\n"},
}

// The client reads its file as Supervisor's does.
func TestLoadCtlIsSupervisors(t *testing.T) {
	testVariables(t)
	var questions []loadQuestion
	for _, c := range ctlCases {
		questions = append(questions, loadQuestion{c.write(t), []string{"-c", "supervisord.conf", "status"}})
	}
	for i, want := range ask[loadQuestion, map[string]any](t, "client", questions) {
		t.Run(ctlCases[i].name, func(t *testing.T) {
			t.Chdir(questions[i].Directory)
			ctl, err := LoadCtl("supervisord.conf")
			got := map[string]any{}
			if err != nil {
				got["error"] = err.Error()
			} else {
				got = map[string]any{"serverurl": ctl.ServerURL, "username": orNil(ctl.Username), "password": orNil(ctl.Password),
					"prompt": ctl.Prompt, "history_file": orNil(ctl.HistoryFile)}
			}
			diffAnswers(t, "", got, want)
		})
	}
}

// Plug-ins of the client are listed with their options, and the place of the
// server URL is known.
func TestLoadCtlPlugins(t *testing.T) {
	file := filepath.Join(t.TempDir(), "s.conf")
	text := "[supervisorctl]\n\nserverurl=http://localhost:1\n[ctlplugin:quick]\nsupervisor.ctl_factory = quick:make\ncolour=red%%\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ctl, err := LoadCtl(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(ctl.Plugins) != 1 || ctl.Plugins[0].Name != "quick" || ctl.Plugins[0].Factory != "quick:make" || ctl.Plugins[0].Options["colour"] != "red%" {
		t.Errorf("plug-ins %+v", ctl.Plugins)
	}
	if ctl.Line != 3 || ctl.File != file {
		t.Errorf("the URL stands at %s:%d", ctl.File, ctl.Line)
	}
}

func TestDefaultCtl(t *testing.T) {
	if c := DefaultCtl(); c.ServerURL != "http://localhost:9001" || c.Prompt != "supervisor" || c.File != "" {
		t.Errorf("got %+v", c)
	}
}

// The search path depends on where the program lies.
func TestSearchPath(t *testing.T) {
	for argv0, want := range map[string]string{
		"/usr/bin/supervisord": "/usr/etc/supervisord.conf, /usr/supervisord.conf",
		"supervisord":          "etc/supervisord.conf, supervisord.conf",
		"./supervisord":        "etc/supervisord.conf, supervisord.conf",
		"bin/supervisord":      "etc/supervisord.conf, supervisord.conf",
		"../bin/supervisord":   "../etc/supervisord.conf, ../supervisord.conf",
		"/supervisord":         "/etc/supervisord.conf, /supervisord.conf",
	} {
		want += ", supervisord.conf, etc/supervisord.conf, /etc/supervisord.conf, /etc/supervisor/supervisord.conf"
		if got := strings.Join(SearchPath(argv0), ", "); got != want {
			t.Errorf("%s\n got %s\nwant %s", argv0, got, want)
		}
	}
}

// The first file of the path that exists is taken.
func TestFindFile(t *testing.T) {
	directory := t.TempDir()
	t.Chdir(directory)
	if err := os.MkdirAll("etc", 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"etc/supervisord.conf", "supervisord.conf"} {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := FindFile("/none/bin/supervisord")
		if want := filepath.Join(directory, name); err != nil || got != want {
			t.Errorf("got %q %v, want %q", got, err, want)
		}
	}
}
