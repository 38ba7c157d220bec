package system

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"supervisord/tests/harness"
)

// Options of ours that end at once: what is wrong, and a sample.
func TestCheckAndSample(t *testing.T) {
	t.Parallel()
	if harness.Oracle() {
		t.Skip("the original has no such options")
	}
	d := harness.New(t)
	d.Configure(section("program:x", "command=cat", "starsecs=3"))
	if r := d.Run("--check"); r.Code != 0 || !strings.Contains(r.Stdout, "startsecs") || !strings.Contains(r.Stdout, d.Conf+":") {
		t.Errorf("a word misspelled: %v", r)
	}
	d.Configure(section("program:x", "command=cat", "startsecs=soon") + section("program:y", "autostart=perhaps"))
	if r := d.Run("--check"); r.Code != 2 || !strings.Contains(r.Stdout, "soon") || !strings.Contains(r.Stdout, "perhaps") {
		t.Errorf("two errors: %v", r)
	}
	r := d.Command(harness.DaemonPath(), "--sample-config")
	if r.Code != 0 || !strings.Contains(r.Stdout, "[supervisord]\n") {
		t.Fatalf("%v", r)
	}
	d.Write("supervisord.conf", r.Stdout)
	if r := d.Run("--check"); r.Code != 0 {
		t.Errorf("the sample is not right: %v", r)
	}
	// The same under Supervisor's name for it.
	if err := exec.Command("ln", "-s", harness.DaemonPath(), d.Path("echo_supervisord_conf")).Run(); err != nil {
		t.Fatal(err)
	}
	if echoed := d.Command(d.Path("echo_supervisord_conf")); echoed.Code != 0 || echoed.Stdout != r.Stdout {
		t.Errorf("%v", echoed)
	}
}

// The demonstration runs where nothing is configured.
func TestDemo(t *testing.T) {
	t.Parallel()
	if harness.Oracle() {
		t.Skip("the original has no such option")
	}
	d := harness.New(t)
	cmd := exec.Command(harness.DaemonPath(), "--demo")
	d.ForegroundCommand(cmd)
	var conf string
	harness.Await(t, harness.Limit, "the demonstration runs", func() error {
		_, after, ok := strings.Cut(d.Output(), " -c ")
		conf, _, _ = strings.Cut(after, " status\n")
		if !ok || !strings.Contains(d.Output(), "INFO spawned: 'clock'") {
			return fmt.Errorf("%s", d.Output())
		}
		return nil
	})
	if r := d.Command(harness.ClientPath(), "-c", conf, "status", "clock"); !strings.HasPrefix(r.Stdout, "clock ") {
		t.Errorf("%v", r)
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if code := d.AwaitEnd(cmd.Process.Pid); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// history_file of [supervisorctl]: what is typed into the shell is there the next
// time. The option --history_file names another file, which in the original it
// does not.
func TestHistoryFile(t *testing.T) {
	t.Parallel()
	d := daemon(t, section("supervisorctl", "history_file=%(here)s/history", "prompt=mine"))
	typeInto := func(options string) {
		t.Helper()
		shell := fmt.Sprintf("%s -c %s %s", harness.ClientPath(), d.Conf, options)
		cmd := exec.Command("script", "-qec", shell, "/dev/null") // gives it a terminal
		cmd.Env = append(cmd.Environ(), "TERM=xterm")
		cmd.Stdin = strings.NewReader("pid\nversion\nexit\n")
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "mine> ") || !strings.Contains(string(out), fmt.Sprint(d.Pid())) {
			t.Fatalf("%v: %s", err, out)
		}
	}
	typeInto("")
	if got := d.Read("history"); !strings.Contains(got, "pid\nversion\n") {
		t.Errorf("the history holds %q", got)
	}
	if harness.Oracle() {
		return
	}
	typeInto("--history_file " + d.Path("other"))
	if got := d.Read("other"); !strings.Contains(got, "pid\nversion\n") {
		t.Errorf("the file of --history_file holds %q", got)
	}
}

// -i with a command opens the shell after it, at a terminal.
func TestInteractive(t *testing.T) {
	t.Parallel()
	if harness.Oracle() {
		t.Skip("the original opens none")
	}
	d := daemon(t, "")
	cmd := exec.Command("script", "-qec", fmt.Sprintf("%s -c %s -i version", harness.ClientPath(), d.Conf), "/dev/null")
	cmd.Env = append(cmd.Environ(), "TERM=xterm")
	cmd.Stdin = strings.NewReader("pid\nexit\n")
	out, err := cmd.CombinedOutput()
	_, shell, found := strings.Cut(string(out), "4.2.5")
	if err != nil || !found || !strings.Contains(shell, "supervisor> ") || !strings.Contains(shell, fmt.Sprint(d.Pid())) {
		t.Errorf("%v: %s", err, out)
	}
	d.Ctl("-i", "version").Want(t, 0, "4.2.5\n") // not at a terminal
}

// cleanasgroup: what is left of a program that was killed is ended before the next
// start, or is left alone.
func TestCleanAsGroup(t *testing.T) {
	t.Parallel()
	if harness.Oracle() {
		t.Skip("the original has no such option")
	}
	d := daemon(t, section("program:clean", child("family", "3"), "autorestart=true", "cleanasgroup=true", "stopasgroup=true")+
		section("program:loose", child("family", "3"), "autorestart=true", "cleanasgroup=false", "stopasgroup=true"))
	d.AwaitAll("RUNNING")
	for name, left := range map[string]bool{"clean": false, "loose": true} {
		leader := d.PidOf(name)
		old := familyOf(t, leader)
		if err := harness.Kill(leader, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		d.AwaitNewPid(name, leader)
		for _, p := range old {
			if p.Pid == leader {
				continue
			}
			if harness.Alive(p.Pid) != left {
				t.Errorf("%s: %v lives: %v", name, p, !left)
			}
			if left {
				d.Spare(p.Pid, "cleanasgroup is off")
			}
		}
	}
}

// Signals that mean nothing to the daemon change nothing. (The original is ended
// by them, and its programs are left behind.)
func TestStraySignals(t *testing.T) {
	t.Parallel()
	if harness.Oracle() {
		t.Skip("the original ends at once")
	}
	d := daemon(t, section("program:cat", "command=cat"))
	d.AwaitState("cat", "RUNNING")
	daemon, cat := d.Pid(), d.PidOf("cat")
	for _, sig := range []syscall.Signal{syscall.SIGUSR1, syscall.SIGALRM, syscall.SIGVTALRM, syscall.SIGIO, syscall.SIGWINCH, syscall.SIGPIPE, syscall.SIGXFSZ} {
		d.Signal(sig)
	}
	d.Signal(syscall.SIGUSR2) // whoever hears this has survived the others
	d.AwaitLog("received SIGUSR2")
	if d.Pid() != daemon || d.PidOf("cat") != cat {
		t.Errorf("the daemon was %d, is %d; cat was %d, is %d", daemon, d.Pid(), cat, d.PidOf("cat"))
	}
}

// logging: the main log may be the daemon's own output, and is then there twice.
func TestMainLogOnStdout(t *testing.T) {
	t.Parallel()
	d := harness.New(t)
	d.Configure(section("supervisord", "logfile=/dev/stdout", "logfile_maxbytes=0") + section("program:cat", "command=cat"))
	d.Foreground()
	d.AwaitState("cat", "RUNNING")
	pid := d.Pid()
	d.Signal(syscall.SIGTERM)
	if code := d.AwaitEnd(pid); code != 0 {
		t.Errorf("exit code %d", code)
	}
	for _, line := range []string{"INFO supervisord started with pid", "INFO spawned: 'cat'", "WARN stopped: cat (terminated by SIGTERM)"} {
		if n := strings.Count(d.Output(), line); n != 2 {
			t.Errorf("%q stands %d times on the output, want twice:\n%s", line, n, d.Output())
		}
	}
}

// What the daemon inherits its programs inherit untouched, whatever it looks like.
func TestInheritedEnvironment(t *testing.T) {
	t.Parallel()
	const odd = `50% %s %(here)s %% "a,b" A=1`
	d := harness.New(t)
	d.Env = []string{"ODD=" + odd}
	d.Configure(section("supervisord", `environment=SUPERVISOR_GROUP_NAME="of all",HERE=%(here)s`) +
		section("program:tell", `command=/bin/sh -c 'echo "$ODD"; echo $SUPERVISOR_GROUP_NAME $SUPERVISOR_PROCESS_NAME; exec cat'`, "stdout_logfile=%(here)s/tell.log"))
	d.Start()
	d.AwaitState("tell", "RUNNING")
	// The last: a variable for all programs wins over the daemon's own.
	if got := d.Read("tell.log"); got != odd+"\nof all tell\n" {
		t.Errorf("it was given %q", got)
	}
}

// Nothing waits for a program that writes without end, nor for one that does not
// read what it is sent.
func TestNobodyWaits(t *testing.T) {
	t.Parallel()
	d := daemon(t, section("program:chatty", "command=yes", "stdout_logfile=%(here)s/yes.log", "stdout_logfile_maxbytes=1MB", "stdout_logfile_backups=1")+
		section("program:deaf", "command=sleep 1000")+
		section("program:cat", "command=cat", "stdout_logfile=%(here)s/cat.log"))
	d.AwaitAll("RUNNING")
	if !harness.Oracle() {
		// A pipe holds 64 KiB: the second is more than it takes. The original
		// answers it with status 500.
		for range 2 {
			if body := d.RPC("supervisor.sendProcessStdin", "deaf", strings.Repeat("x", 100_000)); !strings.Contains(body, "<boolean>1</boolean>") {
				t.Errorf("%s", body)
			}
		}
	}
	began := time.Now()
	const calls = 20
	for range calls {
		d.RPC("supervisor.getState")
	}
	if took := time.Since(began); took > calls*time.Second/2 {
		t.Errorf("%d calls took %v", calls, took)
	}
	d.RPC("supervisor.sendProcessStdin", "cat", "hello\n")
	d.AwaitFile("cat.log", "hello\n")
}

// What is no text in a log does not keep anybody from reading it.
func TestTailOfNoText(t *testing.T) {
	t.Parallel()
	d := daemon(t, section("program:odd", `command=/bin/sh -c 'printf "a\033[1mb\377c\001\n"; exec cat'`, "stdout_logfile=%(here)s/odd.log"))
	d.AwaitFile("odd.log", "\n")
	d.AwaitState("odd", "RUNNING")
	r := d.Ctl("tail", "odd")
	if harness.Oracle() {
		if r.Code == 0 {
			t.Errorf("is there still a difference to write down? %v", r)
		}
		return
	}
	r.Want(t, 0, "a\uFFFD[1mb\uFFFDc\uFFFD\n\n")
}

// The daemon says who it is, and what its methods do.
func TestWhoItIs(t *testing.T) {
	t.Parallel()
	d := daemon(t, "")
	if body := d.RPC("supervisor.getPID"); !strings.Contains(body, fmt.Sprintf("<int>%d</int>", d.Pid())) {
		t.Errorf("the pid is %d, not %s", d.Pid(), body)
	}
	if r := d.Command(harness.ClientPath(), "--version"); !harness.Oracle() && (r.Code != 0 || len(strings.Fields(r.Stdout)) == 0) {
		t.Errorf("%v", r)
	}
	if body := d.RPC("system.methodHelp", "supervisor.startProcess"); !strings.Contains(body, "@param string name") || !strings.Contains(body, "@return boolean result") {
		t.Errorf("%s", body)
	}
}

// pace: the first program is started at once.
func TestFirstStart(t *testing.T) {
	t.Parallel()
	if harness.Oracle() {
		t.Skip("the original waits for a second")
	}
	d := daemon(t, section("program:cat", "command=cat"))
	d.AwaitLog("INFO spawned: 'cat'")
	at := func(text string) time.Time {
		t.Helper()
		for _, line := range strings.Split(d.Log(), "\n") {
			if strings.Contains(line, text) {
				when, err := time.Parse("2006-01-02 15:04:05,000", line[:23])
				if err != nil {
					t.Fatal(err)
				}
				return when
			}
		}
		t.Fatalf("the log does not say %q", text)
		return time.Time{}
	}
	if took := at("spawned: 'cat'").Sub(at("supervisord started")); took > time.Second/2 {
		t.Errorf("it took %v", took)
	}
}

// Plug-ins that are Python code are named and left out; all else works, also under
// another name for Supervisor's own interface.
func TestPlugins(t *testing.T) {
	t.Parallel()
	if harness.Oracle() {
		t.Skip("the original would load them")
	}
	d := daemon(t, section("rpcinterface:mine", "supervisor.rpcinterface_factory=my.module:make", "key=value")+
		section("rpcinterface:twin", "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface")+
		section("ctlplugin:mine", "supervisor.ctl_factory=my.module:make")+
		section("program:cat", "command=cat"))
	d.AwaitState("cat", "RUNNING")
	d.AwaitLog("my.module:make")
	if body := d.RPC("twin.getAPIVersion"); !strings.Contains(body, "<string>3.0</string>") {
		t.Errorf("%s", body)
	}
	if body := d.RPC("mine.getAPIVersion"); !strings.Contains(body, "UNKNOWN_METHOD") {
		t.Errorf("%s", body)
	}
	if r := d.Ctl("status", "cat"); r.Code != 0 || !strings.HasPrefix(r.Stdout, "cat ") {
		t.Errorf("%v", r)
	}
}

// fcgi-program: who owns the socket, its mode, and how many may wait at it.
func TestFastCGISocketOptions(t *testing.T) {
	t.Parallel()
	asRoot(t)
	uid, gid := account(t, "daemon")
	d := daemon(t, section("fcgi-program:x", "command=sleep 1000", "socket=unix://%(here)s/x.fcgi",
		"socket_owner=daemon:daemon", "socket_mode=0620", "socket_backlog=2"))
	d.AwaitState("x", "RUNNING")
	info, err := os.Lstat(d.Path("x.fcgi"))
	if err != nil {
		t.Fatal(err)
	}
	owner := info.Sys().(*syscall.Stat_t)
	if info.Mode().Perm() != 0o620 || int(owner.Uid) != uid || int(owner.Gid) != gid {
		t.Errorf("%v of %d:%d, want 0620 of %d:%d", info.Mode(), owner.Uid, owner.Gid, uid, gid)
	}
	// Nobody accepts. The kernel lets one more wait than it is told.
	const most = 10
	n := 0
	for ; n < most; n++ {
		c, err := net.DialTimeout("unix", d.Path("x.fcgi"), time.Second)
		if err != nil {
			break
		}
		defer c.Close()
	}
	if n != 3 {
		t.Errorf("%d connections wait, want 3", n)
	}
}

// A file that supervisorctl cannot parse. (The original ends with a traceback.)
func TestClientFileBroken(t *testing.T) {
	t.Parallel()
	d := harness.New(t)
	d.Configure("[supervisorctl]\nprompt\n")
	code, begins := 2, "Error: Source contains parsing errors: '"+d.Conf+"'"
	if harness.Oracle() {
		code, begins = 1, "Traceback"
	}
	if r := d.Ctl("status"); r.Code != code || !strings.HasPrefix(r.Stderr, begins) {
		t.Errorf("%v", r)
	}
}

// nodaemon and silent in the file: it stays in the foreground, and says there what
// the main log says, or nothing.
func TestNodaemonInFile(t *testing.T) {
	t.Parallel()
	for _, silent := range []string{"false", "true"} {
		d := harness.New(t)
		d.Configure(section("supervisord", "nodaemon=true", "silent="+silent, "user=root") +
			section("program:cat", "command=cat"))
		cmd := exec.Command(harness.DaemonPath(), "-c", d.Conf)
		d.ForegroundCommand(cmd)
		d.AwaitLog("INFO success: cat entered RUNNING state")
		if got := strings.TrimSpace(d.Read("supervisord.pid")); got != fmt.Sprint(cmd.Process.Pid) {
			t.Errorf("the daemon is %s, not what was started, %d", got, cmd.Process.Pid)
		}
		d.Shutdown()
		if said := strings.Contains(d.Output(), "INFO success: cat"); said == (silent == "true") {
			t.Errorf("silent=%s: %q", silent, d.Output())
		}
		if silent == "true" && d.Output() != "" {
			t.Errorf("not silent: %q", d.Output())
		}
	}
}
