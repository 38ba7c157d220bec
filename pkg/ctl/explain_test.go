package ctl

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"supervisord/pkg/api"
	"supervisord/pkg/xmlrpc"
)

// TestExplanations shows what a person at a terminal is told beside the text
// that scripts read, and that nobody else is told.
func TestExplanations(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "supervisord.conf")
	pidfile := func(name, text string) func() string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return known(path)
	}
	gone := exec.Command("/bin/true")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	socket := "unix://" + dir + "/s.sock"
	start := "hint: start it with: supervisord -c " + file
	from := "supervisorctl: this URL is from " + file + ":12"
	for _, c := range []struct {
		name    string
		line    string
		url     string
		origin  Origin
		answers answers
		want    []string
	}{
		{"no pidfile", "status", socket, Origin{File: file, Line: 12, Pidfile: known(dir + "/none.pid")},
			answers{"getVersion": syscall.ENOENT},
			[]string{from, "supervisorctl: its pidfile " + dir + "/none.pid does not exist, so supervisord does not seem to run", start}},
		{"killed", "status", socket, Origin{File: file, Line: 12, Pidfile: pidfile("gone", fmt.Sprintln(gone.Process.Pid))},
			answers{"getVersion": syscall.ECONNREFUSED},
			[]string{from, "supervisorctl: the file " + dir + "/s.sock exists, but nobody listens there any more: its supervisord was killed; the next start replaces it",
				fmt.Sprintf("supervisorctl: its pidfile %s/gone names process %d, which is gone", dir, gone.Process.Pid), start}},
		{"bad pidfile", "status", socket, Origin{File: file, Line: 12, Pidfile: pidfile("bad", "x")},
			answers{"getVersion": syscall.ENOENT},
			[]string{from, "supervisorctl: its pidfile " + dir + "/bad holds no process number", start}},
		{"command line", "pid", "http://x", Origin{File: file, CommandLine: true, Pidfile: pidfile("own", "1")},
			answers{"getVersion": syscall.ECONNREFUSED},
			[]string{"supervisorctl: this URL was given with -s", "hint: see that supervisord runs, and that its [inet_http_server] is what this URL says"}},
		{"no file", "pid", "http://localhost:9001", Origin{},
			answers{"getVersion": syscall.ECONNREFUSED},
			[]string{"supervisorctl: this URL is the default, for no configuration file was found",
				"hint: see that supervisord runs, and that its [inet_http_server] is what this URL says"}},
		{"opened", "open unix:///x", socket, Origin{File: file, Line: 12},
			answers{"getVersion": syscall.ENOENT},
			[]string{"supervisorctl: this URL was given to the command open",
				"hint: see that supervisord runs, and that its [unix_http_server] is what this URL says"}},
		{"no serverurl, generic error", "reread", socket, Origin{File: file},
			answers{"reloadConfig": syscall.ENOENT},
			[]string{"supervisorctl: this URL is the default, for " + file + " sets no serverurl in [supervisorctl]",
				"hint: see that supervisord runs, and that its [unix_http_server] is what this URL says"}},
		{"not allowed", "status", socket, Origin{File: file, Line: 12},
			answers{"getVersion": syscall.EACCES},
			[]string{from, fmt.Sprintf("supervisorctl: %s/s.sock belongs to uid %d, gid %d with mode 0700, and may not be used by uid %d", dir, os.Getuid(), os.Getgid(), os.Geteuid()),
				"hint: try again as root, or set chmod and chown in [unix_http_server]"}},
		{"wants a password", "status", socket, Origin{File: file, Line: 12},
			answers{"getVersion": &xmlrpc.StatusError{Code: 401, Status: "401 Unauthorized"}},
			[]string{from, "hint: set username and password in [supervisorctl] of " + file + ", give -u and -p, or let -i ask for them"}},
		{"reread", "reread", socket, Origin{File: file}, answers{"reloadConfig": changed([]string{"x"}, nil, nil)},
			[]string{"hint: nothing was applied yet; supervisorctl update does that"}},
		{"reread without changes", "reread", socket, Origin{File: file}, answers{"reloadConfig": changed(nil, nil, nil)}, nil},
		{"reload", "reload", socket, Origin{File: file}, answers{"restart": true},
			[]string{"hint: supervisord and all its programs are being restarted; to restart only what has changed, use update"}},
		{"other errors", "pid", socket, Origin{File: file}, answers{"getVersion": api.Failed.Fault()}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.name == "killed" || c.name == "not allowed" {
				listener, err := net.Listen("unix", strings.TrimPrefix(socket, "unix://"))
				if err != nil {
					t.Fatal(err)
				}
				defer listener.Close()
				if err := os.Chmod(strings.TrimPrefix(socket, "unix://"), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			for _, terminal := range []bool{true, false} {
				s, _, stderr := newTest(&fake{answers: c.answers}, nil)
				s.explains, s.options.Origin, s.options.ServerURL = terminal, c.origin, c.url
				s.execute(t.Context(), c.line)
				want := ""
				if terminal && len(c.want) > 0 {
					want = strings.Join(c.want, "\n") + "\n"
				}
				if stderr.String() != want {
					t.Errorf("terminal %v: got\n%swant\n%s", terminal, stderr, want)
				}
			}
		})
	}
}

func known(path string) func() string { return func() string { return path } }

func TestExplainsLiveProcess(t *testing.T) {
	pidfile := filepath.Join(t.TempDir(), "pid")
	if err := os.WriteFile(pidfile, []byte(fmt.Sprintln(os.Getpid())), 0o600); err != nil {
		t.Fatal(err)
	}
	s, _, stderr := newTest(&fake{}, nil)
	s.explains, s.options.Origin = true, Origin{File: "/x.conf", Line: 1, Pidfile: known(pidfile)}
	s.explainDown(syscall.ECONNREFUSED)
	want := fmt.Sprintf("names process %d, which is alive%s\nhint: see that [inet_http_server] and serverurl in /x.conf agree", os.Getpid(), commandOf(os.Getpid()))
	if !strings.Contains(stderr.String(), want) {
		t.Errorf("got\n%s", stderr)
	}
}

func TestExplainsStaleRestart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "supervisord.conf")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-time.Hour)
	infos := []api.ProcessInfo{
		{Group: "web", Name: "web", Start: old.Unix()},
		{Group: "g", Name: "a", Start: old.Unix()},
		{Group: "g", Name: "new", Start: time.Now().Add(time.Hour).Unix()},
		{Group: "never", Name: "never"},
	}
	for line, want := range map[string]string{
		"restart web": "web", "restart g:*": "g:a", "restart all": "g:a, web",
		"restart web:web g:a": "g:a, web", "restart never g:new": "", "restart other": "",
	} {
		f := &fake{answers: answers{"getAllProcessInfo": infos, "stopProcess": true, "startProcess": true,
			"stopProcessGroup": []api.Result{}, "startProcessGroup": []api.Result{},
			"stopAllProcesses": []api.Result{}, "startAllProcesses": []api.Result{}}}
		s, _, stderr := newTest(f, nil)
		s.explains, s.options.Origin, s.options.ServerURL = true, Origin{File: file}, "unix:///x"
		s.execute(t.Context(), line)
		if want != "" {
			want = "hint: " + file + " has changed since " + want + " was started before; a restart does not read it: supervisorctl update does\n"
		}
		if stderr.String() != want {
			t.Errorf("%s: %q, want %q", line, stderr, want)
		}
	}
}

func TestExplainsPlugins(t *testing.T) {
	s, _, stderr := newTest(&fake{}, nil)
	s.options.Plugins, s.options.Origin.File = []string{"/x.conf:3: [ctlplugin:wildcards] is missing"}, "/x.conf"
	s.explainPlugins()
	if stderr.Len() > 0 {
		t.Errorf("not at a terminal: %q", stderr)
	}
	s.explains = true
	s.explainPlugins()
	want := "supervisorctl: /x.conf:3: [ctlplugin:wildcards] is missing\n"
	if stderr.String() != want {
		t.Errorf("got %q", stderr)
	}
}
