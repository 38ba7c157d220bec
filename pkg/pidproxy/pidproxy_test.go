package pidproxy

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// The test program is pidproxy, or a daemon, when these are set.
const (
	asProxy  = "TEST_AS_PIDPROXY"
	asDaemon = "TEST_AS_DAEMON"
)

func TestMain(m *testing.M) {
	switch {
	case os.Getenv(asProxy) != "":
		os.Unsetenv(asProxy)
		os.Exit(Main(os.Args, os.Stdout, os.Stderr))
	case os.Getenv(asDaemon) != "":
		if err := daemon(); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// daemon writes its pid into the file "pid" and the signals that it gets into
// the file "got". It takes a moment to end. A shell would not do: what it starts
// in the background never hears SIGINT.
func daemon() error {
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, append(slices.Clone(ending), others...)...)
	if err := os.WriteFile("pid.new", fmt.Appendln(nil, os.Getpid()), 0o600); err != nil {
		return err
	}
	if err := os.Rename("pid.new", "pid"); err != nil {
		return err
	}
	got, err := os.Create("got")
	if err != nil {
		return err
	}
	for sig := range signals {
		fmt.Fprintln(got, sig)
		if slices.Contains(ending, sig) {
			time.Sleep(300 * time.Millisecond)
			fmt.Fprintln(got, "ended")
			return os.Remove("pid")
		}
	}
	return nil
}

const limit = 20 * time.Second

// rig is a pidproxy at work in a directory of its own.
type rig struct {
	t    *testing.T
	dir  string
	cmd  *exec.Cmd
	out  *screen
	code chan int
}

// screen takes what a program prints while others read it.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// proxied starts pidproxy with the pidfile "pid" and a shell script for its
// command. The programs end with the test at the latest: all are of one group.
func proxied(t *testing.T, script string) *rig {
	t.Helper()
	r := &rig{t: t, dir: t.TempDir()}
	r.write("command", "#!/bin/sh\n"+script)
	r.start("./command")
	return r
}

// start starts pidproxy with a command.
func (r *rig) start(command ...string) {
	r.t.Helper()
	r.out, r.code = &screen{}, make(chan int, 1)
	cmd := exec.Command(os.Args[0], append([]string{"pid"}, command...)...)
	r.cmd = cmd
	cmd.Dir, cmd.Env = r.dir, append(os.Environ(), asProxy+"=1")
	cmd.Stdout, cmd.Stderr = r.out, r.out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.WaitDelay = time.Second // what is left behind may hold the pipe
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	go func() {
		_ = cmd.Wait()
		r.code <- cmd.ProcessState.ExitCode()
	}()
}

func (r *rig) write(name, text string) {
	r.t.Helper()
	if err := os.WriteFile(filepath.Join(r.dir, name), []byte(text), 0o755); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) read(name string) string {
	text, _ := os.ReadFile(filepath.Join(r.dir, name))
	return string(text)
}

// await waits until something holds.
func (r *rig) await(what string, holds func() bool) {
	r.t.Helper()
	for deadline := time.Now().Add(limit); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			r.t.Fatalf("waited in vain for %s; pidproxy says %q", what, r.out)
		}
	}
}

// awaitText waits until a file holds a text.
func (r *rig) awaitText(name, text string) {
	r.t.Helper()
	r.await(fmt.Sprintf("%q in %s", text, name), func() bool { return strings.Contains(r.read(name), text) })
}

// signal sends pidproxy a signal.
func (r *rig) signal(sig syscall.Signal) {
	r.t.Helper()
	if err := r.cmd.Process.Signal(sig); err != nil {
		r.t.Fatal(err)
	}
}

// want waits for the end of pidproxy and checks its exit code.
func (r *rig) want(code int) {
	r.t.Helper()
	select {
	case got := <-r.code:
		if got != code {
			r.t.Errorf("exit code %d, want %d; pidproxy says %q", got, code, r.out)
		}
	case <-time.After(limit):
		r.t.Fatalf("pidproxy does not end; it says %q", r.out)
	}
}

// pid reads a file that holds a pid.
func (r *rig) pid(name string) int {
	r.t.Helper()
	pid, err := strconv.Atoi(strings.TrimSpace(r.read(name)))
	if err != nil {
		r.t.Fatal(err)
	}
	return pid
}

func alive(pid int) bool { return !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }

// safe is a script like mysqld_safe: it starts the daemon, hears no signal
// itself, and ends after the daemon.
var safe = "trap '' TERM INT QUIT HUP USR1 USR2\necho $$ >own\n" + asDaemon + "=1 '" + os.Args[0] + "' &\nwait\nexit 7\n"

// Signals reach the daemon, not the command. After one that ends, pidproxy ends
// with 0 once the daemon and the command have.
func TestPassesSignals(t *testing.T) {
	for _, last := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT} {
		t.Run(last.String(), func(t *testing.T) {
			t.Parallel()
			r := proxied(t, safe)
			r.awaitText("pid", "\n")
			for _, sig := range []syscall.Signal{syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2} {
				r.signal(sig)
				r.awaitText("got", sig.String()+"\n")
			}
			daemon, command := r.pid("pid"), r.pid("own")
			r.signal(last)
			r.want(0)
			if !strings.HasSuffix(r.read("got"), last.String()+"\nended\n") {
				t.Errorf("pidproxy has ended before the daemon, which got %q", r.read("got"))
			}
			if alive(daemon) || alive(command) {
				t.Errorf("daemon alive: %t, command alive: %t", alive(daemon), alive(command))
			}
		})
	}
}

// Without a daemon to be told, the command is.
func TestNoDaemon(t *testing.T) {
	for name, c := range map[string]struct{ pidfile, says string }{
		"no file":    {"", "Can't read child pidfile pid!\npidproxy: open pid: no such file or directory\n"},
		"garbage":    {"none\n", "Can't read child pidfile pid!\npidproxy: pid holds \"none\", which is no pid\n"},
		"empty":      {"", "Can't read child pidfile pid!\n"},
		"everybody":  {"-1\n", "Can't read child pidfile pid!\npidproxy: pid holds -1, which is no pid of a daemon\n"},
		"its group":  {"0", "Can't read child pidfile pid!\npidproxy: pid holds 0, which is no pid of a daemon\n"},
		"the system": {"1\n", "Can't read child pidfile pid!\npidproxy: pid holds 1, which is no pid of a daemon\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &rig{t: t, dir: t.TempDir()}
			r.write("command", "#!/bin/sh\ntrap 'echo TERM >>got; exit 3' TERM\ntrap 'echo HUP >>got' HUP\necho $$ >own\nwhile :; do sleep 0.05; done\n")
			if c.pidfile != "" || name == "empty" {
				r.write("pid", c.pidfile)
			}
			r.start("./command")
			r.awaitText("own", "\n")
			r.signal(syscall.SIGHUP)
			r.await("the message", func() bool { return strings.Contains(r.out.String(), c.says) })
			r.signal(syscall.SIGTERM)
			r.want(0)
			if got := r.read("got"); got != "TERM\n" {
				t.Errorf("the command got %q", got)
			}
		})
	}
}

// A pidfile that names a process which is no more is said so, and the command is
// told to end.
func TestStalePidfile(t *testing.T) {
	t.Parallel()
	gone := exec.Command("true")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	r := proxied(t, fmt.Sprintf("echo %d >pid\nexec sleep 1000\n", gone.Process.Pid))
	r.awaitText("pid", "\n")
	r.signal(syscall.SIGUSR1)
	says := fmt.Sprintf("pidproxy: can't signal process %d, which pid names: no such process\n", gone.Process.Pid)
	r.await("the message", func() bool { return r.out.String() == says })
	r.signal(syscall.SIGTERM)
	r.want(0)
}

// The end of the command is that of pidproxy, with the code of the command.
func TestCommandEnds(t *testing.T) {
	for script, code := range map[string]int{"exit 3": 3, "kill -KILL $$": 128 + 9, "echo $$ >pid; exit 4": 4} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			proxied(t, script+"\n").want(code)
		})
	}
}

// A command that outlives its daemon is told to end too.
func TestCommandOutlivesDaemon(t *testing.T) {
	t.Parallel()
	r := proxied(t, "sleep 1000 &\necho $! >pid.new; mv pid.new pid\ntrap 'echo TERM >>got; exit 0' TERM\nwhile :; do sleep 0.05; done\n")
	r.awaitText("pid", "\n")
	r.signal(syscall.SIGTERM)
	r.want(0)
	if got := r.read("got"); got != "TERM\n" {
		t.Errorf("the command got %q", got)
	}
}

// A command that goes to the background is followed there.
func TestFollowsDaemon(t *testing.T) {
	t.Parallel()
	const background = `
cat >daemon <<'END'
trap 'echo TERM >>got; exit 0' TERM
trap 'echo HUP >>got' HUP
sleep 0.2
echo $$ >pid.new; mv pid.new pid
while :; do sleep 0.05; done
END
/bin/sh daemon >/dev/null 2>&1 &
echo $$ >own
exit 0
`
	r := proxied(t, background)
	r.awaitText("pid", "\n")
	command := r.pid("own")
	r.await("the end of the command", func() bool { return !alive(command) })
	r.await("HUP to arrive", func() bool {
		r.signal(syscall.SIGHUP) // what comes before the daemon is found is nobody's
		return strings.Contains(r.read("got"), "HUP")
	})
	if err := os.Remove(filepath.Join(r.dir, "pid")); err != nil {
		t.Fatal(err)
	}
	r.signal(syscall.SIGTERM) // and it is still known
	r.want(0)
	if !strings.HasSuffix(r.read("got"), "TERM\n") {
		t.Errorf("the daemon got %q", r.read("got"))
	}
}

// A daemon that ends by itself is the end of pidproxy.
func TestDaemonEnds(t *testing.T) {
	t.Parallel()
	r := proxied(t, "sh -c 'while ! test -e go; do sleep 0.05; done' >/dev/null 2>&1 &\necho $! >pid\nexit 0\n")
	r.awaitText("pid", "\n")
	r.write("go", "")
	r.want(0)
}

// A pidfile of before is not that of a command which has ended.
func TestOldPidfile(t *testing.T) {
	t.Parallel()
	r := &rig{t: t, dir: t.TempDir()}
	r.write("pid", fmt.Sprint(os.Getpid()))
	past := time.Now().Add(-time.Hour)
	if err := os.Chtimes(filepath.Join(r.dir, "pid"), past, past); err != nil {
		t.Fatal(err)
	}
	r.start("/bin/sh", "-c", "exit 0")
	r.want(0)
}

// A command is looked for in the current directory, then in the PATH; mistakes
// have the shell's codes.
func TestCommandLine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, c := range []struct {
		command []string
		code    int
		says    string
	}{
		{[]string{"sh", "-c", "echo here $0; exit 5", "a b"}, 5, "here a b\n"},
		{[]string{"local", "x"}, 6, "local x\n"},
		{[]string{"no-such-command"}, exitNoCommand, "pidproxy: can't find command 'no-such-command': executable file not found in $PATH\n"},
		{[]string{"./none"}, exitNoCommand, "pidproxy: can't find command './none': no such file or directory\n"},
		{[]string{"/"}, exitNoExec, "pidproxy: can't start command '/': fork/exec /: permission denied\n"},
		{nil, exitUsage, Name + " -- run a command and pass signals on to the process that its pidfile names.\n\nUsage: " + os.Args[0] + " <pidfile name> <command> [<cmdarg1> ...]\n"},
	} {
		r := &rig{t: t, dir: dir}
		r.write("local", "#!/bin/sh\necho ${0##*/} $*\nexit 6\n")
		r.start(c.command...)
		r.want(c.code)
		if got := r.out.String(); got != c.says {
			t.Errorf("%q: says %q, want %q", c.command, got, c.says)
		}
	}
}

func TestIsProxy(t *testing.T) {
	for name, want := range map[string]bool{"pidproxy": true, "/usr/bin/pidproxy": true, "supervisord": false, "": false} {
		if IsProxy([]string{name, "x"}) != want {
			t.Errorf("%q: want %t", name, want)
		}
	}
	if IsProxy(nil) {
		t.Error("no name at all")
	}
}
