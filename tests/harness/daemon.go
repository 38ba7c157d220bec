package harness

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Daemon is a supervisord in a directory of its own, and whatever it starts.
type Daemon struct {
	Dir  string   // working directory; everybody may read it; removed at the end
	Conf string   // its configuration file, Dir/supervisord.conf
	Env  []string // added to the environment of daemon and client

	t        testing.TB
	mark     string         // an environment variable that marks all its processes
	sessions map[int]bool   // of every daemon started here
	cmd      *exec.Cmd      // in the foreground, else nil
	output   *screen        // of cmd
	exited   chan struct{}  // closed when cmd has been waited for
	ended    bool           // by Shutdown or AwaitEnd: nothing may be left
	spared   map[int]string // pids that may be left behind, with the reason
}

// New makes a directory with a configuration that has no programs, and starts
// nothing.
func New(t testing.TB) *Daemon {
	t.Helper()
	// Not t.TempDir: others than the owner could not enter it, and the path of
	// a unix socket may have no more than about a hundred bytes.
	dir, err := os.MkdirTemp("", "sv-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	d := &Daemon{
		Dir:      dir,
		Conf:     filepath.Join(dir, "supervisord.conf"),
		t:        t,
		mark:     "SUPERVISORD_TEST_DIR=" + dir,
		sessions: map[int]bool{},
		spared:   map[int]string{},
	}
	t.Cleanup(d.cleanup)
	d.Configure("")
	return d
}

// base is the configuration that every daemon has: a unix socket, and all files
// in its directory.
const base = `[unix_http_server]
file=%(here)s/s.sock

[supervisord]
logfile=%(here)s/supervisord.log
pidfile=%(here)s/supervisord.pid
childlogdir=%(here)s

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl=unix://DIR/s.sock

`

// Configure writes the configuration file: a base and these sections. A later
// [supervisord] section adds to the base's.
func (d *Daemon) Configure(sections string) {
	d.t.Helper()
	d.Write("supervisord.conf", strings.ReplaceAll(base, "DIR", d.Dir)+sections)
}

// Path is a path in the directory.
func (d *Daemon) Path(name string) string { return filepath.Join(d.Dir, name) }

// Write writes a file in the directory.
func (d *Daemon) Write(name, text string) {
	d.t.Helper()
	if err := os.WriteFile(d.Path(name), []byte(text), 0o644); err != nil {
		d.t.Fatal(err)
	}
}

// Read reads a file in the directory; a missing one is empty.
func (d *Daemon) Read(name string) string {
	d.t.Helper()
	text, err := os.ReadFile(d.Path(name))
	if err != nil && !os.IsNotExist(err) {
		d.t.Fatal(err)
	}
	return string(text)
}

// Log is the main log.
func (d *Daemon) Log() string { return d.Read("supervisord.log") }

// AwaitLog waits for a text in the main log.
func (d *Daemon) AwaitLog(text string) {
	d.t.Helper()
	d.AwaitFile("supervisord.log", text)
}

// AwaitFile waits for a text in a file of the directory.
func (d *Daemon) AwaitFile(name, text string) {
	d.t.Helper()
	Await(d.t, Limit, fmt.Sprintf("%q in %s", text, name), func() error {
		if got := d.Read(name); !strings.Contains(got, text) {
			return fmt.Errorf("it holds %q", tailOf(got, 2000))
		}
		return nil
	})
}

// Start starts the daemon with the configuration file and more arguments, lets
// it go to the background and waits until it answers.
func (d *Daemon) Start(args ...string) {
	d.t.Helper()
	if r := d.Run(args...); r.Code != 0 {
		d.t.Fatalf("the daemon does not start: %v", r)
	}
	d.awaitAnswer()
}

// Foreground starts the daemon with -n as a child of the test, in a session of
// its own, and waits until it answers. Output holds what it prints.
func (d *Daemon) Foreground(args ...string) {
	d.t.Helper()
	d.ForegroundCommand(exec.Command(programs.Daemon, append([]string{"-n", "-c", d.Conf}, args...)...))
	d.awaitAnswer()
}

// ForegroundCommand starts a command that becomes or holds the daemon, and does
// not wait for its answer.
func (d *Daemon) ForegroundCommand(cmd *exec.Cmd) {
	d.t.Helper()
	if cmd.Stdout == nil {
		d.output = &screen{}
		cmd.Stdout, cmd.Stderr = d.output, d.output
	}
	cmd.Dir, cmd.Env = d.Dir, d.environ()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	// A program left behind must not keep Wait waiting for the pipe.
	cmd.WaitDelay = time.Second
	if err := cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	d.sessions[cmd.Process.Pid] = true
	exited := make(chan struct{})
	go func() {
		_ = cmd.Wait() // the code is in ProcessState
		close(exited)
	}()
	d.cmd, d.exited, d.ended = cmd, exited, false
}

// Ended reports whether a command in the foreground has ended, and its code.
func (d *Daemon) Ended() (code int, ended bool) {
	select {
	case <-d.exited:
		return d.cmd.ProcessState.ExitCode(), true
	default:
		return 0, false
	}
}

// Output is what a daemon in the foreground has printed so far.
func (d *Daemon) Output() string { return d.output.String() }

// screen collects what a process prints while others read it.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// Run runs the daemon with the configuration file and more arguments until it
// has gone to the background or refused.
func (d *Daemon) Run(args ...string) Result {
	d.t.Helper()
	return d.Command(programs.Daemon, append([]string{"-c", d.Conf}, args...)...)
}

// Command runs any command to its end, in the daemon's directory and with its
// environment.
func (d *Daemon) Command(name string, args ...string) Result {
	d.t.Helper()
	return run(d.t, d.Dir, d.environ(), name, args...)
}

// Pid is the daemon's own pid.
func (d *Daemon) Pid() int {
	d.t.Helper()
	if d.cmd != nil {
		return d.cmd.Process.Pid
	}
	pid, err := d.pidfile()
	if err != nil {
		d.t.Fatalf("the pidfile is not understood: %v", err)
	}
	return pid
}

func (d *Daemon) pidfile() (int, error) {
	d.t.Helper()
	return strconv.Atoi(strings.TrimSpace(d.Read("supervisord.pid")))
}

// Signal sends the daemon a signal.
func (d *Daemon) Signal(sig syscall.Signal) {
	d.t.Helper()
	if err := Kill(d.Pid(), sig); err != nil {
		d.t.Fatalf("cannot signal the daemon: %v", err)
	}
}

// Shutdown asks the daemon to end by SIGTERM and waits until it has.
func (d *Daemon) Shutdown() {
	d.t.Helper()
	pid := d.Pid()
	d.Signal(syscall.SIGTERM)
	d.AwaitEnd(pid)
}

// AwaitEnd waits until the daemon, which had this pid, has ended, and answers
// its exit code, or -1 if it was no child of the test.
func (d *Daemon) AwaitEnd(pid int) int {
	d.t.Helper()
	code := -1
	if d.cmd != nil {
		select {
		case <-d.exited:
			code = d.cmd.ProcessState.ExitCode()
		case <-time.After(2 * Limit):
			d.t.Fatalf("the daemon has not ended after %v", 2*Limit)
		}
		d.cmd = nil
	} else {
		Await(d.t, 2*Limit, "the daemon ends", func() error { return Gone(pid) })
	}
	d.ended = true
	return code
}

// Processes are all living processes of this daemon's family: the daemon, what
// it started, and what is left of that, wherever it has gone.
func (d *Daemon) Processes() []Process {
	d.t.Helper()
	found, err := marked(d.mark, d.sessions)
	if err != nil {
		d.t.Fatal(err)
	}
	return found
}

// Spare lets a process be left behind when the daemon has ended. It is killed
// at the end of the test all the same.
func (d *Daemon) Spare(pid int, why string) { d.spared[pid] = why }

func (d *Daemon) environ() []string {
	env := append(os.Environ(), d.mark)
	if Race() {
		env = append(env, "GORACE=log_path="+d.Path("race"))
	}
	return append(env, d.Env...)
}

func (d *Daemon) awaitAnswer() {
	d.t.Helper()
	Await(d.t, Limit, "the daemon answers", func() error {
		if d.cmd != nil {
			if code, ended := d.Ended(); ended {
				d.t.Fatalf("the daemon ended at once with code %d: %s", code, d.Output())
			}
		}
		if r := d.Ctl("pid"); r.Code != 0 {
			return fmt.Errorf("%v", r)
		}
		_, err := d.pidfile()
		return err
	})
	d.ended = false
	if p, ok := Lookup(d.Pid()); ok {
		d.sessions[p.Session] = true
	}
}

// cleanup ends the daemon, reports what it leaves behind, and removes all.
func (d *Daemon) cleanup() {
	if d.t.Failed() {
		d.t.Logf("the main log of %s:\n%s", d.Dir, tailOf(d.Log(), 6000))
	}
	family := d.Processes()
	if len(family) > 0 && !d.ended {
		d.end()
		family = d.Processes()
	}
	for _, p := range family {
		if _, ok := d.spared[p.Pid]; !ok {
			d.t.Errorf("left behind: %v", p)
		}
	}
	d.killAll()
	races, _ := filepath.Glob(d.Path("race.*"))
	for _, file := range races {
		text, _ := os.ReadFile(file)
		d.t.Errorf("a data race:\n%s", text)
	}
	if err := os.RemoveAll(d.Dir); err != nil {
		d.t.Errorf("cannot remove the directory: %v", err)
	}
}

// end asks the daemon to end, if it is there to be asked.
func (d *Daemon) end() {
	pid := 0
	if d.cmd != nil {
		pid = d.cmd.Process.Pid
	} else if n, err := d.pidfile(); err == nil {
		pid = n
	}
	if pid == 0 || !Alive(pid) {
		return
	}
	if err := Kill(pid, syscall.SIGTERM); err != nil {
		d.t.Errorf("cannot signal the daemon: %v", err)
		return
	}
	for deadline := time.Now().Add(2 * Limit); Alive(pid); {
		if time.Now().After(deadline) {
			d.t.Errorf("the daemon has not ended after %v", 2*Limit)
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// killAll kills the whole family, and again until nobody is left: one that is
// killed may have started another just before.
func (d *Daemon) killAll() {
	for deadline := time.Now().Add(Limit); ; {
		family := d.Processes()
		if len(family) == 0 {
			break
		}
		if time.Now().After(deadline) {
			d.t.Errorf("cannot be killed: %v", family)
			break
		}
		for _, p := range family {
			if p.Pid != os.Getpid() {
				_ = Kill(p.Pid, syscall.SIGKILL) // gone is as good
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
	if d.exited != nil {
		<-d.exited
	}
}

func tailOf(text string, n int) string {
	if len(text) <= n {
		return text
	}
	return "…" + text[len(text)-n:]
}
