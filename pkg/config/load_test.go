package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"
)

// write puts a case into a directory of its own and goes there.
func (c loadCase) write(t *testing.T) (directory string) {
	t.Helper()
	directory = t.TempDir()
	if err := c.writeTo(directory); err != nil {
		t.Fatal(err)
	}
	return directory
}

// writeTo writes the files of a case.
func (c loadCase) writeTo(directory string) error {
	files := map[string]string{}
	for name, text := range c.files {
		files[name] = text
	}
	if c.root != "-" {
		files["supervisord.conf"] = c.root
	}
	for name, text := range files {
		path := filepath.Join(directory, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// flags are the options of the command line for Load.
func (c loadCase) flags() map[string]string {
	flags := map[string]string{}
	for _, arg := range c.args {
		name, value, _ := strings.Cut(arg, "=")
		flags[name] = value
	}
	return flags
}

// commandLine is the same for Supervisor.
func (c loadCase) commandLine() []string {
	line := []string{"-c", "supervisord.conf"}
	for _, arg := range c.args {
		line = append(line, "--"+arg)
	}
	return line
}

type loadQuestion struct {
	Directory string   `json:"directory"`
	Args      []string `json:"args"`
}

// testVariables are the variables that cases use.
func testVariables(t *testing.T) {
	t.Setenv("PART", "part")
	t.Setenv("QUOTED", `a"b`)
}

// Every good configuration loads to what Supervisor makes of it, every bad one
// is refused with Supervisor's words.
func TestLoadIsSupervisors(t *testing.T) {
	testVariables(t)
	cases := append(slices.Clone(goodCases), badCases...)
	var questions []loadQuestion
	for _, c := range cases {
		questions = append(questions, loadQuestion{c.write(t), c.commandLine()})
	}
	for i, want := range ask[loadQuestion, map[string]any](t, "load", questions) {
		c := cases[i]
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(questions[i].Directory)
			loaded, err := Load("supervisord.conf", c.flags())
			if err != nil {
				checkRefused(t, c, err, want)
				return
			}
			if want["error"] != nil && c.why == "" {
				t.Fatalf("loaded; Supervisor says %q", want["error"])
			}
			if c.why != "" {
				if reflect.DeepEqual(answerOf(t, loaded), want) {
					t.Fatalf("does not differ from Supervisor although it should: %s", c.why)
				}
				return
			}
			diffAnswers(t, "", answerOf(t, loaded), want)
		})
	}
}

// checkRefused compares the first error with Supervisor's.
func checkRefused(t *testing.T, c loadCase, err error, want map[string]any) {
	var all Errors
	if !errors.As(err, &all) {
		t.Fatalf("the error is a %T: %v", err, err)
	}
	expected, _ := want["error"].(string)
	if c.why != "" {
		if err.Error() == expected {
			t.Errorf("does not differ from Supervisor although it should: %s", c.why)
		}
		expected = c.ours
	}
	if err.Error() != expected {
		t.Errorf("\n got %q\nwant %q", err, expected)
	}
	for _, e := range all {
		if e.File == "" && len(c.args) == 0 {
			t.Errorf("an error without a file: %s", e.Detail())
		}
		if e.Problem == "" {
			t.Errorf("an error that says nothing: %+v", e)
		}
	}
}

// diffAnswers compares what JSON can hold, and says where it differs.
func diffAnswers(t *testing.T, path string, got, want any) {
	t.Helper()
	for _, d := range differences(path, got, want) {
		t.Error(d)
	}
}

// differences lists where two things that JSON can hold differ.
func differences(path string, got, want any) []string {
	var all []string
	switch want := want.(type) {
	case map[string]any:
		m, ok := got.(map[string]any)
		if !ok {
			break
		}
		keys := map[string]bool{}
		for k := range want {
			keys[k] = true
		}
		for k := range m {
			keys[k] = true
		}
		for _, k := range slices.Sorted(maps.Keys(keys)) {
			all = append(all, differences(path+"."+k, m[k], want[k])...)
		}
		return all
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			break
		}
		for i := range want {
			all = append(all, differences(fmt.Sprintf("%s[%d]", path, i), list[i], want[i])...)
		}
		return all
	}
	if !reflect.DeepEqual(got, want) {
		all = append(all, fmt.Sprintf("%s: got %v, want %v", path, got, want))
	}
	return all
}

// answerOf puts a configuration into the form of testdata/oracle.py.
func answerOf(t *testing.T, c *Config) map[string]any {
	s := c.Supervisord
	supervisord := map[string]any{
		"logfile": s.Logfile, "logfile_maxbytes": s.LogfileMaxBytes, "logfile_backups": s.LogfileBackups, "loglevel": s.LogLevel,
		"pidfile": s.Pidfile, "umask": s.Umask, "minfds": s.MinFDs, "minprocs": s.MinProcs, "childlogdir": s.ChildLogDir,
		"directory": orNil(s.Directory), "identifier": s.Identifier, "uid": nil, "gid": nil, "serverurl": orNil(c.ServerURL()),
	}
	if s.User != nil {
		supervisord["uid"], supervisord["gid"] = s.User.UID, s.User.GID
	}
	answer := map[string]any{
		"supervisord": supervisord, "environment": s.Environment,
		"flags":   map[string]bool{"nodaemon": s.NoDaemon, "silent": s.Silent, "nocleanup": s.NoCleanup, "strip_ansi": s.StripANSI},
		"plugins": []any{}, "groups": []any{}, "servers": []any{}, "messages": []any{},
	}
	for _, m := range c.Messages {
		if !strings.HasPrefix(m.Text, "Nobody reads") { // ours
			answer["messages"] = append(answer["messages"].([]any), m.Text)
		}
	}
	for _, p := range c.RPCInterfaces {
		answer["plugins"] = append(answer["plugins"].([]any), []any{p.Name, p.Options})
	}
	for _, g := range c.Groups {
		answer["groups"] = append(answer["groups"].([]any), groupAnswer(g))
	}
	for _, server := range c.Servers {
		answer["servers"] = append(answer["servers"].([]any), serverAnswer(server))
	}
	text, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	var plain map[string]any
	if err := json.Unmarshal(text, &plain); err != nil {
		t.Fatal(err)
	}
	return plain
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func serverAnswer(s Server) map[string]any {
	_, name, named := strings.Cut(s.Section, ":")
	answer := map[string]any{"section": s.Section, "name": nil, "username": orNil(s.Username), "password": orNil(s.Password)}
	if named {
		answer["name"] = name
	}
	if s.Network == "tcp" {
		answer["host"], answer["port"] = s.Host, s.Port
		return answer
	}
	answer["file"], answer["chmod"], answer["chown"] = s.Path, s.Mode, []int{s.Chown.UID, s.Chown.GID}
	return answer
}

func groupAnswer(g *Group) map[string]any {
	processes := []any{}
	for _, p := range g.Programs {
		processes = append(processes, processAnswer(p))
	}
	answer := map[string]any{
		"name": g.Name, "priority": g.Priority, "processes": processes,
		"kind": [...]string{"ProcessGroupConfig", "ProcessGroupConfig", "EventListenerPoolConfig"}[g.Kind],
	}
	if g.Pool != nil {
		events := slices.Clone(g.Pool.Events)
		sort.Strings(events)
		answer["events"], answer["buffer_size"] = events, g.Pool.BufferSize
	}
	// The original has no socket for a member of a [group:x].
	if g.Kind == Homogeneous && len(g.Programs) > 0 && g.Programs[0].Socket != nil {
		s := g.Programs[0].Socket
		answer["kind"] = "FastCGIGroupConfig"
		socket := map[string]any{"url": s.URL, "backlog": nil, "owner": nil, "mode": nil}
		if s.Backlog != 0 {
			socket["backlog"] = s.Backlog
		}
		if s.Owner != nil {
			socket["owner"] = []int{s.Owner.UID, s.Owner.GID}
		}
		if s.Mode != nil {
			socket["mode"] = *s.Mode
		}
		answer["socket"] = socket
	}
	return answer
}

func processAnswer(p *Program) map[string]any {
	answer := map[string]any{
		"name": p.Name, "uid": nil, "command": p.Command, "directory": orNil(p.Directory), "umask": p.Umask, "priority": p.Priority,
		"autostart": p.Autostart, "autorestart": []any{"RestartWhenExitUnexpected", false, "RestartUnconditionally"}[p.AutoRestart],
		"startsecs": p.StartSecs / time.Second, "startretries": p.StartRetries, "stopsignal": p.StopSignal,
		"stopwaitsecs": p.StopWaitSecs / time.Second, "stopasgroup": p.StopAsGroup, "killasgroup": p.KillAsGroup,
		"exitcodes": p.ExitCodes, "redirect_stderr": p.RedirectStderr, "environment": p.Environment, "serverurl": p.ServerURL,
	}
	if p.User != nil {
		answer["uid"] = p.User.UID
	}
	for name, c := range map[string]Channel{"stdout": p.Stdout, "stderr": p.Stderr} {
		answer[name+"_logfile"] = map[LogKind]any{LogAuto: "Automatic", LogNone: nil, LogFile: orNil(c.Logfile.Path), LogSyslog: "Syslog"}[c.Logfile.Kind]
		answer[name+"_logfile_maxbytes"], answer[name+"_logfile_backups"] = c.LogfileMaxBytes, c.LogfileBackups
		answer[name+"_capture_maxbytes"], answer[name+"_events_enabled"] = c.CaptureMaxBytes, c.EventsEnabled
		answer[name+"_syslog"] = c.Syslog
	}
	return answer
}
