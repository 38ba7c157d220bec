package system

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"supervisord/tests/harness"
)

// account is a user that every machine has, with its numbers.
func account(t *testing.T, name string) (uid, gid int) {
	t.Helper()
	u, err := user.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	if uid, err = strconv.Atoi(u.Uid); err != nil {
		t.Fatal(err)
	}
	if gid, err = strconv.Atoi(u.Gid); err != nil {
		t.Fatal(err)
	}
	return uid, gid
}

// process, child set-up: first the user, then the directory, which only that user
// can enter; the umask; the environment speaks of the old user still.
func TestProgramUser(t *testing.T) {
	t.Parallel()
	asRoot(t)
	uid, gid := account(t, "daemon")
	d := harness.New(t)
	for name, owner := range map[string]int{"its": uid, "roots": 0} {
		if err := os.Mkdir(d.Path(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(d.Path(name), owner, owner); err != nil {
			t.Fatal(err)
		}
	}
	// Root without the right to pass every door, as in a container: but for the
	// switch of the user before, "its" could not be entered either.
	d.Env = []string{"HOME=/of-root", "USER=root"}
	d.Configure(section("program:tell", "command=/bin/sh -c 'id -u; id -g; pwd; umask; echo $HOME $USER; exec cat'",
		"user=daemon", "directory=%(here)s/its", "umask=027", "stdout_logfile=%(here)s/tell.log") +
		section("program:barred", "command=/bin/cat", "user=daemon", "directory=%(here)s/roots", "startretries=0",
			"redirect_stderr=true", "stdout_logfile=%(here)s/barred.log"))
	d.Start()
	d.AwaitState("tell", "RUNNING")
	want := fmt.Sprintf("%d\n%d\n%s\n0027\n/of-root root\n", uid, gid, d.Path("its"))
	if got := d.Read("tell.log"); got != want {
		t.Errorf("it tells %q, want %q", got, want)
	}
	d.AwaitState("barred", "FATAL")
	want = fmt.Sprintf("supervisor: couldn't chdir to %s: EACCES\nsupervisor: child process was not spawned\n", d.Path("roots"))
	if got := d.Read("barred.log"); got != want {
		t.Errorf("barred's log holds %q, want %q", got, want)
	}
	if info, err := os.Stat(d.Path("tell.log")); err != nil || info.Sys().(*syscall.Stat_t).Uid != 0 {
		t.Errorf("the log does not belong to the daemon's user: %v, %v", info, err)
	}
}

// asNobody is the daemon's command line, started by a user who may do little.
func asNobody(t *testing.T, d *harness.Daemon, args ...string) *exec.Cmd {
	t.Helper()
	uid, gid := account(t, "nobody")
	if err := os.Chown(d.Dir, uid, gid); err != nil {
		t.Fatal(err)
	}
	daemon := append([]string{harness.DaemonPath(), "-c", d.Conf}, args...)
	return exec.Command("setpriv", append([]string{"--reuid", strconv.Itoa(uid), "--regid", strconv.Itoa(gid), "--clear-groups"}, daemon...)...)
}

// needReachable skips where others than root cannot reach the programs under
// test.
func needReachable(t *testing.T) {
	t.Helper()
	uid, gid := account(t, "nobody")
	out, err := exec.Command("setpriv", "--reuid", strconv.Itoa(uid), "--regid", strconv.Itoa(gid), "--clear-groups",
		harness.DaemonPath(), "-v").CombinedOutput()
	if err == nil {
		return
	}
	if os.Getenv("TEST_EVERYTHING") != "" {
		t.Fatalf("nobody cannot run %s: %v, %s", harness.DaemonPath(), err, out)
	}
	t.Skipf("nobody cannot run %s: %v, %s", harness.DaemonPath(), err, out)
}

// cli, start sequence: user= of [supervisord] and -u, the daemon becomes it; who
// is not root can become nobody else, and no program of his either.
func TestDaemonUser(t *testing.T) {
	t.Parallel()
	asRoot(t)
	needReachable(t)
	uid, gid := account(t, "nobody")
	for _, how := range []string{"user=nobody", "-u nobody"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			d := harness.New(t)
			if err := os.Chown(d.Dir, uid, gid); err != nil {
				t.Fatal(err)
			}
			config := section("program:tell", "command=/bin/sh -c 'id -u; exec cat'", "stdout_logfile=%(here)s/tell.log")
			var args []string
			if option, ok := strings.CutPrefix(how, "-u "); ok {
				args = []string{"-u", option}
			} else {
				config = section("supervisord", how) + config
			}
			d.Configure(config)
			d.Start(args...)
			d.AwaitState("tell", "RUNNING")
			if got := d.Read("tell.log"); got != fmt.Sprintln(uid) {
				t.Errorf("the program runs as %q", got)
			}
			d.AwaitLog(fmt.Sprintf("INFO Set uid to user %d succeeded", uid))
			if info, err := os.Stat(fmt.Sprintf("/proc/%d", d.Pid())); err != nil || int(info.Sys().(*syscall.Stat_t).Uid) != uid {
				t.Errorf("the daemon runs as %v, %v", info, err)
			}
		})
	}
}

// Nobody who wants to be root.
func TestDaemonUserRefused(t *testing.T) {
	t.Parallel()
	asRoot(t)
	needReachable(t)
	d := harness.New(t)
	d.Configure(section("program:cat", "command=/bin/cat"))
	cmd := asNobody(t, d, "-n", "-u", "root")
	r := d.Command(cmd.Args[0], cmd.Args[1:]...)
	if r.Code != 2 || !strings.HasPrefix(r.Stderr, "Error: Can't drop privilege as nonroot user\n") {
		t.Errorf("%v", r)
	}
	if log := d.Log(); strings.Contains(log, "spawned") {
		t.Errorf("it has gone on:\n%s", log)
	}

	d.Configure(section("program:roots", "command=/bin/echo it runs", "user=root", "startretries=0", "stderr_logfile=%(here)s/roots.err"))
	d.ForegroundCommand(asNobody(t, d, "-n"))
	d.AwaitState("roots", "FATAL")
	want := "supervisor: couldn't setuid to 0: Can't drop privilege as nonroot user\nsupervisor: child process was not spawned\n"
	if got := d.Read("roots.err"); got != want {
		t.Errorf("its log holds %q, want %q", got, want)
	}
	d.AwaitLog("WARN exited: roots (exit status 127; not expected)")
}

// config, unix_http_server: mode and owner of the socket.
func TestSocketOwner(t *testing.T) {
	t.Parallel()
	asRoot(t)
	uid, gid := account(t, "daemon")
	d := daemon(t, section("unix_http_server", "chmod=0660", "chown=daemon:daemon"))
	info, err := os.Lstat(d.Path("s.sock"))
	if err != nil {
		t.Fatal(err)
	}
	owner := info.Sys().(*syscall.Stat_t)
	if info.Mode().Perm() != 0o660 || int(owner.Uid) != uid || int(owner.Gid) != gid {
		t.Errorf("%v of %d:%d, want 0660 of %d:%d", info.Mode(), owner.Uid, owner.Gid, uid, gid)
	}
}
