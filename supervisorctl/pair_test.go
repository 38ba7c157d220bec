package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience is how long a test waits for what must come.
const patience = 30 * time.Second

const (
	realDaemon = "/usr/bin/supervisord"
	realClient = "/usr/bin/supervisorctl"
)

// realRunner is Supervisor's own supervisorctl, which takes command lines as
// lines of JSON: a start of Python for each would take too long.
const realRunner = `
import io, json, sys
try:
    from supervisor import options, supervisorctl
except ImportError:
    sys.exit(77)
sys.argv = ['supervisorctl']
lines, answers = sys.stdin, sys.stdout
for line in lines:
    job = json.loads(line)
    sys.stdin, sys.stdout, sys.stderr = io.StringIO(job['stdin']), io.StringIO(), io.StringIO()
    options.Options.stdout, options.Options.stderr = sys.stdout, sys.stderr
    exit = 0
    try:
        supervisorctl.main(args=job['args'])
    except SystemExit as e:
        exit = e.code or 0
    answers.write(json.dumps({'Stdout': sys.stdout.getvalue(), 'Stderr': sys.stderr.getvalue(), 'Exit': exit}) + '\n')
    answers.flush()
`

// side is one of two alike supervisords, both Supervisor's own: one is driven
// by its own supervisorctl, the other by ours.
type side struct {
	dir  string
	port int
	run  func(args []string, stdin string) (outcome, error)
}

// settings is the text of the configuration file. Its programs are in states
// that stay.
func (s *side) settings(programs string) string {
	return fmt.Sprintf(`[unix_http_server]
file=%[1]s/s.sock
[inet_http_server]
port=127.0.0.1:%[2]d
username=user
password=geheim:1
[supervisord]
logfile=%[1]s/main.log
pidfile=%[1]s/s.pid
childlogdir=%[1]s
loglevel=warn
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://%[1]s/s.sock
`, s.dir, s.port) + programs
}

const programs = `
[program:cat]
command=/bin/cat
startsecs=0
[program:stopped]
command=/bin/cat
autostart=false
startsecs=0
[program:a]
command=/bin/sh -c "echo out; echo err >&2; exec cat"
startsecs=0
[program:b]
command=/bin/cat
startsecs=0
[group:grp]
programs=a,b
priority=5
[program:done]
command=/bin/true
startsecs=0
autorestart=false
[program:nocmd]
command=/nonexistent/command
startretries=0
[program:noexec]
command=/etc/passwd
startretries=0
[program:quick]
command=/bin/false
startretries=0
`

const otherPrograms = `
[program:cat]
command=/bin/cat -u
startsecs=0
[program:stopped]
command=/bin/cat
autostart=false
startsecs=0
[program:new]
command=/bin/cat
startsecs=0
[program:new2]
command=/bin/cat
autostart=false
`

func (s *side) config() string { return filepath.Join(s.dir, "s.conf") }

// start starts Supervisor's supervisord.
func (s *side) start(t *testing.T) {
	t.Helper()
	write(t, s.config(), s.settings(programs))
	cmd := exec.Command(realDaemon, "-n", "-s", "-c", s.config())
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	exited := make(chan struct{})
	go func() {
		cmd.Wait()
		close(exited)
	}()
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-exited:
		case <-time.After(patience):
			cmd.Process.Kill()
			t.Error("supervisord does not end")
		}
	})
}

// settled reports whether all programs are in the states in which they stay.
func settled(stdout string) bool {
	return strings.Count(stdout, "\n") == 8 && !strings.Contains(stdout, "STARTING") &&
		!strings.Contains(stdout, "BACKOFF") && strings.Count(stdout, "Not started") == 1
}

// await asks for the status until it is as it should be.
func (s *side) await(t *testing.T, good func(stdout string) bool) {
	t.Helper()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for deadline := time.Now().Add(patience); ; <-again.C {
		status, err := s.run([]string{"-c", s.config(), "status"}, "")
		if err == nil && good(status.Stdout) {
			return
		}
		if err != nil || time.Now().After(deadline) {
			t.Fatalf("the status is still\n%s%v", status.Stdout, err)
		}
	}
}

// masks take out what differs from run to run.
var masks = []struct {
	pattern *regexp.Regexp
	by      string
}{
	{regexp.MustCompile(`pid \d+, uptime [\d:]+`), "pid N, uptime T"},
	{regexp.MustCompile(`[A-Z][a-z]{2} \d\d \d\d:\d\d [AP]M`), "DATE"},
	{regexp.MustCompile(`(?m): file: .* line: \d+$`), ": file: F line: N"},
	{regexp.MustCompile(`(?m)^(supervisor> )?\d{2,}$`), "${1}PID"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}`), "TIME"},
	{regexp.MustCompile(`with pid \d+`), "with pid N"},
}

func (s *side) masked(o outcome) outcome {
	for _, text := range []*string{&o.Stdout, &o.Stderr} {
		*text = strings.ReplaceAll(*text, s.dir, "DIR")
		*text = strings.ReplaceAll(*text, strconv.Itoa(s.port), "PORT")
		for _, m := range masks {
			*text = m.pattern.ReplaceAllString(*text, m.by)
		}
	}
	return o
}

// pair starts two supervisords, and a runner for each. The test skips itself
// where Supervisor is not installed.
func pair(t *testing.T) (theirs, own *side) {
	t.Helper()
	for _, file := range []string{realDaemon, realClient, "/usr/bin/python3"} {
		if _, err := os.Stat(file); err != nil {
			t.Skip("Supervisor is not installed: ", err)
		}
	}
	theirs, own = &side{dir: shortDir(t), port: freePort(t)}, &side{dir: shortDir(t), port: freePort(t)}
	theirs.run = runReal(t)
	own.run = func(args []string, stdin string) (outcome, error) {
		if stdin == "" {
			return runHere(t.TempDir(), args)
		}
		return finish(ours(t, args...), stdin)
	}
	for _, s := range []*side{theirs, own} {
		s.start(t)
	}
	for _, s := range []*side{theirs, own} {
		s.await(t, settled)
	}
	return theirs, own
}

// runHere runs our client within the test, which is quicker than a process. Its
// output goes to files in dir.
func runHere(dir string, args []string) (outcome, error) {
	stdin, err := os.Open(os.DevNull)
	if err != nil {
		return outcome{}, err
	}
	defer stdin.Close()
	stdout, err := os.Create(filepath.Join(dir, "stdout"))
	if err != nil {
		return outcome{}, err
	}
	defer stdout.Close()
	stderr, err := os.Create(filepath.Join(dir, "stderr"))
	if err != nil {
		return outcome{}, err
	}
	defer stderr.Close()
	exit := run(append([]string{"supervisorctl"}, args...), stdin, stdout, stderr)
	out, err := os.ReadFile(stdout.Name())
	if err != nil {
		return outcome{}, err
	}
	errs, err := os.ReadFile(stderr.Name())
	return outcome{string(out), string(errs), exit}, err
}

// shortDir is a temporary directory whose name leaves room for a socket, and
// has the same length every time.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "ctl")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// runReal starts the runner of Supervisor's client.
func runReal(t *testing.T) func(args []string, stdin string) (outcome, error) {
	t.Helper()
	cmd := exec.Command("/usr/bin/python3", "-c", realRunner)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // no terminal to ask for a password
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		cmd.Wait()
	})
	jobs, answers := json.NewEncoder(in), json.NewDecoder(bufio.NewReader(out))
	return func(args []string, stdin string) (o outcome, err error) {
		if err := jobs.Encode(map[string]any{"args": args, "stdin": stdin}); err != nil {
			return outcome{}, err
		}
		err = answers.Decode(&o)
		return o, err
	}
}
