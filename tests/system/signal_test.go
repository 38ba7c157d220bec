package system

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"supervisord/tests/harness"
)

// cli, signals: TERM, INT and QUIT stop all programs in order and end the
// daemon with code 0.
func TestExitSignals(t *testing.T) {
	t.Parallel()
	for _, sig := range []struct {
		name   string
		number syscall.Signal
	}{{"SIGTERM", syscall.SIGTERM}, {"SIGINT", syscall.SIGINT}, {"SIGQUIT", syscall.SIGQUIT}} {
		t.Run(sig.name, func(t *testing.T) {
			t.Parallel()
			d := harness.New(t)
			d.Configure(section("program:cat", "command=cat"))
			d.Foreground()
			d.AwaitState("cat", "RUNNING")
			pid := d.Pid()
			d.Signal(sig.number)
			if code := d.AwaitEnd(pid); code != 0 {
				t.Errorf("exit code %d", code)
			}
			inOrder(t, d.Log(), "WARN received "+sig.name+" indicating exit request",
				"INFO waiting for cat to die", "WARN stopped: cat (terminated by SIGTERM)")
			if _, err := os.Lstat(d.Path("supervisord.pid")); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("the pidfile is still there: %v", err)
			}
		})
	}
}

// HUP: everything is stopped, the configuration is read anew, and the same
// process starts everything again.
func TestHangup(t *testing.T) {
	t.Parallel()
	d := daemon(t, section("program:a", "command=cat")+section("program:b", "command=cat"))
	d.AwaitAll("RUNNING")
	pid, a := d.Pid(), d.PidOf("a")
	d.Configure(section("program:a", "command=cat") + section("program:c", "command=cat"))
	d.Signal(syscall.SIGHUP)
	harness.Await(t, harness.Limit, "a and c run", func() error {
		r := d.Ctl("status")
		rows := strings.Fields(r.Stdout)
		if r.Code != 0 || strings.Count(r.Stdout, "RUNNING") != 2 || rows[0] != "a" || !strings.Contains(r.Stdout, "\nc ") {
			return fmt.Errorf("%v", r)
		}
		return nil
	})
	if d.Pid() != pid || d.PidOf("a") == a {
		t.Errorf("the daemon was %d, is %d; a was %d, is %d", pid, d.Pid(), a, d.PidOf("a"))
	}
	inOrder(t, d.Log(), "WARN received SIGHUP indicating restart request", "stopped: a", "supervisord started with pid", "spawned: 'a'", "spawned: 'c'")
}

// HUP with a configuration that cannot be read ends the daemon, as in the
// original, once everything is stopped.
func TestHangupBroken(t *testing.T) {
	t.Parallel()
	d := harness.New(t)
	d.Configure(section("program:a", "command=cat"))
	d.Foreground()
	d.AwaitState("a", "RUNNING")
	d.Configure(section("program:a", "command=cat", "startsecs=soon"))
	pid := d.Pid()
	d.Signal(syscall.SIGHUP)
	if code := d.AwaitEnd(pid); code != 2 {
		t.Errorf("exit code %d, want 2", code)
	}
	if want := "Error: invalid literal for int() with base 10: 'soon' in section 'program:a'"; !strings.Contains(d.Output(), want) {
		t.Errorf("want %q in: %s", want, d.Output())
	}
}

// TERM during a restart makes it a shutdown; HUP during a shutdown is ignored.
func TestSignalWhileStopping(t *testing.T) {
	t.Parallel()
	stubborn := section("program:stubborn", child("ignore", "15"), "stopwaitsecs=3")
	for _, c := range []struct {
		name          string
		first, second syscall.Signal
		log           string
	}{
		{"restart then exit", syscall.SIGHUP, syscall.SIGTERM, "received SIGTERM indicating exit request"},
		{"exit then restart", syscall.SIGTERM, syscall.SIGHUP, "ignored SIGHUP indicating restart request (shutdown in progress)"},
		{"exit then exit", syscall.SIGTERM, syscall.SIGINT, "received SIGINT indicating exit request"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := harness.New(t)
			d.Configure(stubborn)
			d.Foreground()
			d.AwaitState("stubborn", "RUNNING")
			pid, program := d.Pid(), d.PidOf("stubborn")
			d.Signal(c.first)
			d.AwaitLog("waiting for stubborn to die")
			d.Signal(c.second)
			d.AwaitLog(c.log)
			if !harness.Alive(program) {
				t.Error("the second signal cut the program's stopwaitsecs short")
			}
			if code := d.AwaitEnd(pid); code != 0 {
				t.Errorf("exit code %d", code)
			}
			inOrder(t, d.Log(), "WARN killing 'stubborn' ("+fmt.Sprint(program)+") with SIGKILL", "stopped: stubborn (terminated by SIGKILL)")
		})
	}
}

// USR2: logs that were renamed are opened anew by their names.
func TestReopenLogs(t *testing.T) {
	t.Parallel()
	d := daemon(t, section("program:report", child("report"), "stdout_logfile=%(here)s/report.log"))
	d.AwaitState("report", "RUNNING")
	d.AwaitFile("report.log", "ready")
	for _, name := range []string{"report.log", "supervisord.log"} {
		if err := os.Rename(d.Path(name), d.Path(name+".old")); err != nil {
			t.Fatal(err)
		}
	}
	d.Signal(syscall.SIGUSR2)
	d.AwaitFile("supervisord.log.old", "supervisord logreopen")
	for _, name := range []string{"report.log", "supervisord.log"} {
		harness.Await(t, harness.Limit, name+" is made anew", func() error {
			_, err := os.Stat(d.Path(name))
			return err
		})
	}
	d.Ctl("signal", "HUP", "report").Want(t, 0, "report: signalled\n")
	d.AwaitFile("report.log", "got hangup")
	if old := d.Read("report.log.old"); old != "ready\n" {
		t.Errorf("the old log holds %q", old)
	}
	if old := d.Read("supervisord.log.old"); !strings.Contains(old, "received SIGUSR2 indicating log reopen request") {
		t.Errorf("the old main log: %s", old)
	}
}

// Signals of the client reach the program alone, by any spelling.
func TestSignalProgram(t *testing.T) {
	t.Parallel()
	d := daemon(t, section("program:report", child("report"), "stdout_logfile=%(here)s/report.log"))
	d.AwaitState("report", "RUNNING")
	d.AwaitFile("report.log", "ready")
	for _, name := range []string{"USR1", "sigusr2", "1"} {
		d.Ctl("signal", name, "report").Want(t, 0, "report: signalled\n")
	}
	d.AwaitFile("report.log", "got user defined signal 1")
	d.AwaitFile("report.log", "got user defined signal 2")
	d.AwaitFile("report.log", "got hangup")
	d.Ctl("signal", "NOPE", "report").Want(t, 1, "report: ERROR (bad signal name)\n")
	d.Ctl("stop", "report").Want(t, 0, "report: stopped\n")
	d.Ctl("signal", "HUP", "report").Want(t, 7, "report: ERROR (not running)\n")
	d.AwaitLog("INFO stopped: report (exit status 0)")
}
