package system

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"supervisord/tests/harness"
)

// stopasgroup and killasgroup reach the whole process group; without them the
// leader alone is told.
func TestStopAsGroup(t *testing.T) {
	t.Parallel()
	d := daemon(t, section("program:group", child("family", "3"), "stopasgroup=true")+
		section("program:alone", child("family", "3")))
	d.AwaitAll("RUNNING")
	families := map[string][]harness.Process{}
	for _, name := range []string{"group", "alone"} {
		families[name] = familyOf(t, d.PidOf(name))
	}
	d.Ctl("stop", "all").WantLines(t, 0, "group: stopped", "alone: stopped")
	if log := d.Log(); strings.Contains(log, "SIGKILL") {
		t.Errorf("somebody had to be killed, though all obey:\n%s", log)
	}
	for _, p := range families["group"] {
		harness.Await(t, harness.Limit, "the group has ended", func() error { return harness.Gone(p.Pid) })
	}
	for _, p := range families["alone"] {
		if p.Pid != p.Group {
			if !harness.Alive(p.Pid) {
				t.Errorf("%v was ended, though stopasgroup is off", p)
			}
			d.Spare(p.Pid, "nobody was told to end it")
		}
	}
}

// familyOf is the process group of child family 3, once it is complete.
func familyOf(t *testing.T, leader int) []harness.Process {
	t.Helper()
	var members []harness.Process
	harness.Await(t, harness.Limit, "the group has its workers", func() (err error) {
		if members, err = harness.GroupMembers(leader); err == nil && len(members) != 4 {
			return fmt.Errorf("%v", members)
		}
		return err
	})
	return members
}

// killasgroup: after stopwaitsecs the whole group is killed.
func TestKillAsGroup(t *testing.T) {
	t.Parallel()
	d := harness.New(t)
	d.Write("stubborn", "#!/bin/sh\ntrap '' TERM\nsleep 1000 &\nwait\nsleep 1000\n")
	if err := os.Chmod(d.Path("stubborn"), 0o755); err != nil {
		t.Fatal(err)
	}
	d.Configure(section("program:x", "command=%(here)s/stubborn", "stopwaitsecs=1", "killasgroup=true"))
	d.Start()
	d.AwaitState("x", "RUNNING")
	leader := d.PidOf("x")
	members, err := harness.GroupMembers(leader)
	if err != nil || len(members) < 2 {
		t.Fatalf("%v, %v", members, err)
	}
	d.Ctl("stop", "x").Want(t, 0, "x: stopped\n")
	harness.Await(t, harness.Limit, "the group has ended", func() error {
		left, err := harness.GroupMembers(leader)
		if err != nil || len(left) > 0 {
			return fmt.Errorf("%v, %v", left, err)
		}
		return nil
	})
	d.AwaitLog(fmt.Sprintf("WARN killing 'x' (%d) with SIGKILL", leader))
}

// As process 1 the daemon takes in every orphan and buries it, and never takes
// the end of an orphan for that of a program.
func TestProcessOne(t *testing.T) {
	t.Parallel()
	asRoot(t)
	if out, err := exec.Command("unshare", "-pf", "--mount-proc", "true").CombinedOutput(); err != nil {
		t.Skipf("this machine lets nobody make a pid namespace: %v, %s", err, out)
	}
	d := harness.New(t)
	d.Write("orphans", "#!/bin/sh\nfor i in 1 2 3 4 5; do (sh -c 'sleep 0.'$i'; exit 3' &); done\nexec sleep 1000\n")
	d.Write("seven", "#!/bin/sh\nsleep 1.5\nexit 7\n")
	for _, script := range []string{"orphans", "seven"} {
		if err := os.Chmod(d.Path(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	d.Configure(section("program:orphans", "command=%(here)s/orphans") +
		section("program:seven", "command=%(here)s/seven", "autorestart=false"))
	d.ForegroundCommand(exec.Command("unshare", "-pf", "--kill-child", "--mount-proc", harness.DaemonPath(), "-n", "-c", d.Conf))
	d.AwaitLog("INFO supervisord started with pid 1\n")
	d.AwaitState("orphans", "RUNNING")
	d.AwaitState("seven", "EXITED")
	d.AwaitLog("WARN exited: seven (exit status 7; not expected)")

	outer := d.Pid()
	inner := 0
	harness.Await(t, harness.Limit, "all orphans are buried", func() error {
		if n := strings.Count(d.Log(), "(exit status 3)"); n != 5 || strings.Count(d.Log(), "INFO reaped unknown pid ") != 5 {
			return fmt.Errorf("%d of 5 in the log", n)
		}
		table, err := harness.Processes()
		for _, p := range table {
			if p.Parent == outer {
				inner = p.Pid
			}
		}
		for _, p := range table {
			if p.Parent == inner && p.State == 'Z' {
				return fmt.Errorf("unburied: %v", p)
			}
		}
		return err
	})
	if err := harness.Kill(inner, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := d.AwaitEnd(outer); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// A rule of our own: when the leader of a process group ends by itself, the
// rest of the group is ended before the program is started again, so that two
// generations never stand beside each other. (The original leaves it.)
func TestLeaderKilled(t *testing.T) {
	t.Parallel()
	d := daemon(t, section("program:server", child("family", "3"), "autorestart=true")+
		section("program:asgroup", child("family", "3"), "stopasgroup=true"))
	d.AwaitAll("RUNNING")
	for _, name := range []string{"server", "asgroup"} {
		leader := d.PidOf(name)
		old := familyOf(t, leader)
		if err := harness.Kill(leader, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		next := d.AwaitNewPid(name, leader)
		for _, p := range old {
			if p.Pid == leader {
				continue
			}
			alive := harness.Alive(p.Pid)
			if alive != harness.Oracle() {
				t.Errorf("%s: %v alive: %v", name, p, alive)
			}
			if alive {
				d.Spare(p.Pid, "the original leaves it")
			}
		}
		// The workers obey the first signal: nobody has to wait, or be killed.
		if log := d.Log(); strings.Contains(log, "does not end") || strings.Contains(log, "killing process group") {
			t.Errorf("the rest of the group of %s was not seen to end:\n%s", name, log)
		}
		if name == "server" {
			for _, p := range familyOf(t, next) {
				d.Spare(p.Pid, "it is stopped by its leader alone")
			}
		}
	}
}
