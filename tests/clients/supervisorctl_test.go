package clients_test

import (
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"supervisord/tests/harness"
)

// A short walk with Supervisor's own client; tests/compat compares the rest.

const originalClient = "/usr/bin/supervisorctl"

const ctlPrograms = `
[program:cat]
command=cat
startsecs=0
stdout_logfile=%(here)s/cat.log

[program:idle]
command=sleep 1000
autostart=false
startsecs=0

[program:pair]
command=sleep 1000
process_name=%(program_name)s_%(process_num)02d
numprocs=2
startsecs=0
`

// original starts a daemon for Supervisor's client.
func original(t *testing.T) *server {
	t.Helper()
	harness.Need(t, originalClient)
	s := start(t, ctlPrograms)
	s.await(t, map[string]string{"cat": "RUNNING", "idle": "STOPPED", "pair:pair_00": "RUNNING", "pair:pair_01": "RUNNING"})
	return s
}

// step is a command, and what it has to print; %PID is any pid of a program,
// %UP any uptime.
type step struct {
	args   string
	code   int
	stdout string
}

func (c step) check(t *testing.T, r harness.Result) {
	t.Helper()
	pattern := regexp.QuoteMeta(c.stdout)
	pattern = strings.NewReplacer("%PID", `[1-9]\d+`, "%UP", `\d:\d\d:\d\d`).Replace(pattern)
	if r.Code != c.code || !regexp.MustCompile("^(?:"+pattern+")$").MatchString(r.Stdout) {
		t.Errorf("%v\nwant exit code %d and stdout: %s", r, c.code, c.stdout)
	}
}

// play runs Supervisor's client once for each step.
func (s *server) play(t *testing.T, url string, steps []step) {
	t.Helper()
	for _, c := range steps {
		c.check(t, s.Command(originalClient, append([]string{"-c", s.Conf, "-s", url}, strings.Fields(c.args)...)...))
	}
}

const statusText = "" +
	"cat                              RUNNING   pid %PID, uptime %UP\n" +
	"idle                             STOPPED   Not started\n" +
	"pair:pair_00                     RUNNING   pid %PID, uptime %UP\n" +
	"pair:pair_01                     RUNNING   pid %PID, uptime %UP\n"

func TestSupervisorctl(t *testing.T) {
	t.Parallel()
	s := original(t)
	s.play(t, s.inet, []step{
		{"status", 3, statusText},
		{"version", 0, "4.2.5\n"},
		{"restart pair:pair_00 pair:pair_01", 0, "pair:pair_00: stopped\npair:pair_01: stopped\npair:pair_00: started\npair:pair_01: started\n"},
	})
	s.play(t, s.unix, []step{
		{"status", 3, statusText},
		{"status cat", 0, "cat                              RUNNING   pid %PID, uptime %UP\n"},
		{"status nobody", 4, "nobody: ERROR (no such process)\n"},
		{"start idle", 0, "idle: started\n"},
		{"start idle", 0, "idle: ERROR (already started)\n"},
		{"signal CONT idle", 0, "idle: signalled\n"},
		{"signal WINK idle", 1, "idle: ERROR (bad signal name)\n"},
		{"stop idle", 0, "idle: stopped\n"},
		{"signal HUP idle", 7, "idle: ERROR (not running)\n"},
		{"restart idle", 0, "idle: ERROR (not running)\nidle: started\n"},
		{"pid", 0, fmt.Sprintln(s.Pid())},
		{"pid cat", 0, "%PID\n"},
		{"clear cat", 0, "cat: cleared\n"},
		{"tail cat", 0, "\n"},
		{"avail", 0, "" +
			"cat                              in use    auto      999:999\n" +
			"idle                             in use    manual    999:999\n" +
			"pair:pair_00                     in use    auto      999:999\n" +
			"pair:pair_01                     in use    auto      999:999\n"},
		{"reread", 0, "No config updates to processes\n"},
	})
	s.configure(strings.Replace(ctlPrograms, "[program:idle]\ncommand=sleep 1000",
		"[program:idle]\ncommand=sleep 2000", 1) + later)
	s.play(t, s.unix, []step{
		{"reread", 0, "idle: changed\nlater: available\n"},
		{"add later", 0, "later: added process group\n"},
		{"add later", 0, "ERROR: process group already active\n"},
		{"remove later", 1, "ERROR: process/group still running: later\n"},
		{"stop later", 0, "later: stopped\n"},
		{"remove later", 0, "later: removed process group\n"},
		{"update idle", 0, "idle: stopped\nidle: updated process group\n"},
	})
	r := s.Command(originalClient, "-c", s.Conf, "maintail")
	if r.Code != 0 || !strings.Contains(r.Stdout, "stopped: idle (terminated by SIGTERM)\n") {
		t.Error(r)
	}
	pid := s.Pid()
	s.play(t, s.inet, []step{{"shutdown", 0, "Shut down\n"}})
	s.AwaitEnd(pid)
}

// The shell of Supervisor's client, with its commands on its input.
func TestSupervisorctlShell(t *testing.T) {
	t.Parallel()
	s := original(t)
	s.Write("input", "status cat\nstop cat\nstart cat\npid nobody\nfly\n\nhelp stop\nquit\nstop idle\n")
	r := s.Command("sh", "-c", originalClient+" -c "+s.Conf+" <input")
	text := regexp.MustCompile(`pid \d+, uptime \d:\d\d:\d\d`).ReplaceAllString(r.Stdout, "pid P")
	want := "cat                              RUNNING   pid P\n" +
		"idle                             STOPPED   Not started\n" +
		"pair:pair_00                     RUNNING   pid P\n" +
		"pair:pair_01                     RUNNING   pid P\n" +
		"supervisor> cat                              RUNNING   pid P\n" +
		"supervisor> cat: stopped\nsupervisor> cat: started\nsupervisor> No such process nobody\n" +
		"supervisor> *** Unknown syntax: fly\nsupervisor> supervisor> stop <name>\t\tStop a process\n" +
		"stop <gname>:*\t\tStop all processes in a group\nstop <name> <name>\tStop multiple processes or groups\n" +
		"stop all\t\tStop all processes\nsupervisor> \n"
	if r.Code != 0 || text != want {
		t.Errorf("%v\nwant stdout: %q", r, want)
	}
}

// A foreground session of Supervisor's client: what is typed reaches the
// program, and what it prints comes back.
func TestSupervisorctlForeground(t *testing.T) {
	t.Parallel()
	s := original(t)
	fg := exec.Command(originalClient, "-c", s.Conf, "fg", "cat")
	in, err := fg.StdinPipe()
	must(t, err)
	out, err := fg.StdoutPipe()
	must(t, err)
	must(t, fg.Start())
	defer func() {
		fg.Process.Kill()
		fg.Wait()
	}()
	awaitText(t, out, "==> Press Ctrl-C to exit <==")
	_, err = in.Write([]byte("from afar\n"))
	must(t, err)
	awaitText(t, out, "from afar\n")
	must(t, fg.Process.Signal(syscall.SIGINT))
	// Its end can take half a minute, in which it waits for more output.
	awaitText(t, out, "Exiting foreground")
}
