package system

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"supervisord/tests/harness"
)

// cli, daemonizing: one fork; the daemon leads a session, has no terminal, and
// its parent is whoever takes in orphans.
func TestDaemonize(t *testing.T) {
	t.Parallel()
	d := harness.New(t)
	d.Configure(section("supervisord", "umask=027", "directory=/") +
		section("program:cat", "command=cat", "stdout_logfile=NONE", "stderr_logfile=NONE"))
	r := d.Run()
	if r.Code != 0 || r.Stdout != "" {
		t.Fatalf("%v", r)
	}
	harness.Await(t, harness.Limit, "it answers", func() error {
		if r := d.Ctl("pid"); r.Code != 0 {
			return fmt.Errorf("%v", r)
		}
		return nil
	})
	pid := d.Pid()
	p, ok := harness.Lookup(pid)
	if !ok || p.Session != pid || p.Group != pid || p.Parent != adopter(t) {
		t.Errorf("%v: want a session leader whose parent is %d", p, adopter(t))
	}
	for fd := range 3 {
		if file, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", pid, fd)); err != nil || file != "/dev/null" {
			t.Errorf("descriptor %d is %s, %v", fd, file, err)
		}
	}
	if dir, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid)); err != nil || dir != "/" {
		t.Errorf("its directory is %s, %v", dir, err)
	}
	if info, err := os.Stat(d.Path("supervisord.pid")); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the pidfile was written with another umask than 027: %v, %v", info, err)
	}
	if got := d.Read("supervisord.pid"); got != fmt.Sprintln(pid) {
		t.Errorf("the pidfile holds %q", got)
	}
	d.AwaitState("cat", "RUNNING")
	inOrder(t, d.Log(), "INFO daemonizing the supervisord process",
		fmt.Sprintf("INFO supervisord started with pid %d", pid), "INFO spawned: 'cat' with pid ",
		"INFO success: cat entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)")

	cat, _ := harness.Lookup(d.PidOf("cat"))
	if cat.Parent != pid || cat.Group != cat.Pid || cat.Session != pid {
		t.Errorf("%v: want a group leader in the session and below %d", cat, pid)
	}
	d.Shutdown()
	for _, name := range []string{"supervisord.pid", "s.sock"} {
		if _, err := os.Lstat(d.Path(name)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is still there: %v", name, err)
		}
	}
}

// cli 2: root is warned of a configuration that was searched for, and once only
// although the daemon goes into the background as another process.
func TestSearchWarning(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("only root is warned")
	}
	d := harness.New(t)
	r := d.Command(harness.DaemonPath()) // finds supervisord.conf in its directory
	if r.Code != 0 || strings.Count(r.Stderr, "Supervisord is running as root and it is searching") != 1 {
		t.Errorf("%v: want one warning", r)
	}
	if r := d.Ctl("pid"); r.Code != 0 {
		t.Errorf("%v: it does not answer", r)
	}
	d.Shutdown()
}

// adopter is the process that becomes the parent of an orphan: init, or a
// subreaper above this test.
func adopter(t *testing.T) int {
	t.Helper()
	out, err := exec.Command("sh", "-c", "sleep 60 >/dev/null 2>&1 & echo $!").Output()
	var orphan int
	if _, err2 := fmt.Sscan(string(out), &orphan); err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	defer func() { _ = harness.Kill(orphan, syscall.SIGKILL) }()
	p, ok := harness.Lookup(orphan)
	if !ok {
		t.Fatal("the orphan has gone")
	}
	return p.Parent
}

// inOrder checks that the texts stand in the log one after another.
func inOrder(t *testing.T, log string, texts ...string) {
	t.Helper()
	rest := log
	for _, text := range texts {
		_, after, found := strings.Cut(rest, text)
		if !found {
			t.Fatalf("not in the order %q:\n%s", texts, log)
		}
		rest = after
	}
}

// A second daemon with the same configuration refuses to start, and the first
// one does not notice: its socket, its pidfile and its programs stay.
func TestSecondInstance(t *testing.T) {
	t.Parallel()
	port := harness.FreePorts(t, 1)[0]
	d := daemon(t, section("inet_http_server", fmt.Sprintf("port=127.0.0.1:%d", port))+
		section("program:cat", "command=cat"))
	d.AwaitState("cat", "RUNNING")
	pid, cat := d.Pid(), d.PidOf("cat")
	autoLog := fmt.Sprintf("cat-stdout---%s-", "supervisor")
	if n := countFiles(t, d.Dir, autoLog); n != 1 {
		t.Fatalf("%d AUTO logs, want 1", n)
	}

	const refusal = "Error: Another program is already listening on a port that one of our HTTP servers" +
		" is configured to use.  Shut this program down first before starting supervisord.\n"
	for _, what := range []string{"same configuration", "only the socket"} {
		if what == "only the socket" {
			d.Configure(section("program:cat", "command=cat"))
		}
		r := d.Run()
		if r.Code != 2 || !strings.HasPrefix(r.Stderr, refusal) {
			t.Errorf("%s: %v", what, r)
		}
		if got := d.Read("supervisord.pid"); got != fmt.Sprintln(pid) {
			t.Errorf("%s: the pidfile holds %q, was %d", what, got, pid)
		}
		if d.PidOf("cat") != cat {
			t.Errorf("%s: cat was %d, is %d", what, cat, d.PidOf("cat"))
		}
		// The original deletes the first one's logs before it tries the sockets.
		if n := countFiles(t, d.Dir, autoLog); n != 1 && !harness.Oracle() {
			t.Errorf("%s: %d AUTO logs, want 1", what, n)
		}
	}
	if status, _, err := harness.Get(fmt.Sprintf("http://127.0.0.1:%d/ok.html", port)); err != nil || status != 200 {
		t.Errorf("the port: %d, %v", status, err)
	}
}

func countFiles(t *testing.T, dir, prefix string) int {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), prefix) {
			n++
		}
	}
	return n
}

// A daemon that was killed leaves its socket and pidfile behind. The next one
// takes them over.
func TestStaleSocket(t *testing.T) {
	t.Parallel()
	d := daemon(t, "")
	pid := d.Pid()
	d.Signal(syscall.SIGKILL)
	d.AwaitEnd(pid)
	if r := d.Ctl("status"); r.Code != 4 || !strings.HasSuffix(r.Stdout, " refused connection\n") {
		t.Errorf("%v", r)
	}
	d.Start()
	if d.Pid() == pid {
		t.Errorf("the pidfile still holds %d", pid)
	}
}

// A file that is no socket stands where the socket belongs. The original
// deletes it; it may be somebody's data, so we refuse.
func TestSocketPathTaken(t *testing.T) {
	t.Parallel()
	d := harness.New(t)
	d.Write("s.sock", "no socket")
	if !harness.Oracle() {
		r := d.Run()
		if r.Code != 2 || !strings.HasPrefix(r.Stderr, "Error: ") || !strings.Contains(r.Stderr, d.Path("s.sock")) {
			t.Errorf("%v", r)
		}
		if got := d.Read("s.sock"); got != "no socket" {
			t.Errorf("the file holds %q", got)
		}
		if err := os.Remove(d.Path("s.sock")); err != nil {
			t.Fatal(err)
		}
	}
	d.Start()
	info, err := os.Lstat(d.Path("s.sock"))
	if err != nil || info.Mode().Type() != os.ModeSocket || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info, err)
	}
}
