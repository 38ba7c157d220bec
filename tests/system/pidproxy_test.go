package system

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"supervisord/tests/harness"
)

// proxy is the path of pidproxy: our daemon under that name.
func proxy(d *harness.Daemon, t *testing.T) string {
	t.Helper()
	if harness.Oracle() {
		return "/usr/bin/pidproxy"
	}
	if err := os.Symlink(harness.DaemonPath(), d.Path("pidproxy")); err != nil {
		t.Fatal(err)
	}
	return d.Path("pidproxy")
}

// safe is a script like mysqld_safe: it keeps a daemon up whose pid is in a
// file, and passes on nothing that it is sent.
const safe = `#!/bin/sh
trap '' TERM HUP
CHILD report >report &
echo $! >pid.new
mv pid.new pid
wait $!
`

// cli, companion programs: with pidproxy a script that passes on no signals is
// stopped as its daemon is, and other signals reach the daemon.
func TestPidproxy(t *testing.T) {
	t.Parallel()
	d := harness.New(t)
	d.Write("safe", strings.ReplaceAll(safe, "CHILD", harness.Child()))
	if err := os.Chmod(d.Path("safe"), 0o755); err != nil {
		t.Fatal(err)
	}
	d.Configure(section("program:db", "command="+proxy(d, t)+" %(here)s/pid %(here)s/safe", "directory=%(here)s", "stopwaitsecs=60"))
	d.Start()
	d.AwaitState("db", "RUNNING")
	d.AwaitFile("report", "ready")
	d.Ctl("signal", "USR1", "db").Want(t, 0, "db: signalled\n")
	d.AwaitFile("report", "got user defined signal 1")

	daemon := 0
	if _, err := fmt.Sscan(d.Read("pid"), &daemon); err != nil {
		t.Fatal(err)
	}
	d.Ctl("stop", "db").Want(t, 0, "db: stopped\n")
	// The original has gone before its daemon has.
	if !harness.Oracle() && harness.Alive(daemon) {
		t.Errorf("db is stopped, but its daemon %d is alive", daemon)
	}
	harness.Await(t, harness.Limit, "the end of the daemon", func() error { return harness.Gone(daemon) })
	d.AwaitLog("INFO stopped: db (exit status 0)")
	if got := d.Read("report"); !strings.HasSuffix(got, "got terminated\n") {
		t.Errorf("the daemon has seen %q", got)
	}
}

// A command that goes to the background is followed there, which the original
// does not do.
func TestPidproxyFollowsDaemon(t *testing.T) {
	t.Parallel()
	if harness.Oracle() {
		t.Skip("the original's pidproxy ends with its command")
	}
	d := harness.New(t)
	d.Write("start", "#!/bin/sh\n"+harness.Child()+" report >report 2>&1 </dev/null &\necho $! >pid.new\nmv pid.new pid\n")
	if err := os.Chmod(d.Path("start"), 0o755); err != nil {
		t.Fatal(err)
	}
	d.Configure(section("program:web", "command="+proxy(d, t)+" %(here)s/pid %(here)s/start", "directory=%(here)s", "stopwaitsecs=60"))
	d.Start()
	d.AwaitState("web", "RUNNING")
	d.AwaitFile("report", "ready")
	pid := d.PidOf("web")

	daemon := 0
	if _, err := fmt.Sscan(d.Read("pid"), &daemon); err != nil {
		t.Fatal(err)
	}
	if d.Ctl("stop", "web").Want(t, 0, "web: stopped\n"); harness.Alive(daemon) {
		t.Errorf("web is stopped, but its daemon %d is alive", daemon)
	}
	d.Ctl("start", "web").Want(t, 0, "web: started\n")
	d.AwaitNewPid("web", pid)

	// Its end is noticed, and it is started again.
	pid = d.PidOf("web")
	harness.Await(t, harness.Limit, "the new daemon's pid", func() error {
		old := daemon
		if _, err := fmt.Sscan(d.Read("pid"), &daemon); err != nil || daemon == old {
			return fmt.Errorf("the pidfile holds %q", d.Read("pid"))
		}
		return nil
	})
	if err := harness.Kill(daemon, 9); err != nil {
		t.Fatal(err)
	}
	d.AwaitLog("exited: web (exit status 0; expected)")
	d.Ctl("start", "web").Want(t, 0, "web: started\n")
	d.AwaitNewPid("web", pid)
}
