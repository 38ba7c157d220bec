package system

import (
	"fmt"
	"strings"
	"syscall"
	"testing"

	"supervisord/tests/harness"
)

// listener makes the section of an event listener.
func listener(name, command string, options ...string) string {
	return section("eventlistener:"+name, append([]string{command}, options...)...)
}

// Listeners that hang, die, talk nonsense, do not read or are never ready cost
// only themselves: programs start, stop and restart as fast as ever, and the
// daemon answers.
func TestListenersThatDoNotListen(t *testing.T) {
	t.Parallel()
	d := daemon(t,
		listener("hangs", `command=/bin/sh -c 'echo READY; exec sleep 3600'`, "events=EVENT", "startsecs=0")+
			listener("deaf", `command=/bin/sh -c 'exec <&-; echo READY; exec sleep 3600'`, "events=EVENT", "startsecs=0")+
			listener("dies", `command=/bin/sh -c 'echo READY; read header; exit 1'`, "events=EVENT", "startsecs=0", "autorestart=true")+
			listener("babbles", `command=/bin/sh -c 'while :; do echo READY; done'`, "events=EVENT", "startsecs=0")+
			listener("silent", `command=/bin/sleep 3600`, "events=EVENT", "startsecs=0")+
			section("program:cat", "command=/bin/cat", "startsecs=0", "autorestart=true"),
	)
	pid := d.PidOf("cat")
	for range 10 {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		pid = d.AwaitNewPid("cat", pid)
	}
	for range 10 {
		d.Ctl("restart", "cat").Want(t, 0, "cat: stopped\ncat: started\n")
	}
	for _, pool := range []string{"hangs", "silent", "babbles"} {
		d.AwaitLog("pool " + pool + " event buffer overflowed, discarding event ")
	}
	d.AwaitLog("babbles: has entered the UNKNOWN state and will no longer receive events")
	d.Shutdown()
}

// The listener of one line that ends everything when a program is FATAL.
func TestListenerEndsSupervisord(t *testing.T) {
	t.Parallel()
	for _, signal := range []string{"TERM", "QUIT", "INT"} {
		t.Run(signal, func(t *testing.T) {
			t.Parallel()
			d := daemon(t,
				listener("guard", fmt.Sprintf(`command=/bin/sh -c 'echo READY && read line && kill -%s $PPID && echo RESULT 2 && echo OK'`, signal),
					"events=PROCESS_STATE_FATAL", "startsecs=0")+
					section("program:broken", "command=/bin/false", "startretries=0", "autostart=false")+
					section("program:cat", "command=/bin/cat"),
			)
			pid := d.Pid()
			d.Ctl("start", "broken")
			d.AwaitEnd(pid)
			if !strings.Contains(d.Log(), "received SIG"+signal+" indicating exit request") {
				t.Error(d.Log())
			}
		})
	}
}

// Ticks come at whole multiples of 5 seconds, on time.
func TestTick(t *testing.T) {
	t.Parallel()
	d := daemon(t, listener("clock", `command=/bin/sh -c 'echo READY; read header; head -c 15 >>%(here)s/ticks; date +" %%s" >>%(here)s/ticks; sleep 3600'`,
		"events=TICK_5", "startsecs=0", "stopasgroup=true"))
	d.AwaitFile("ticks", " ")
	var when, now int64
	if _, err := fmt.Sscanf(strings.Join(strings.Fields(d.Read("ticks")), " "), "when:%d %d", &when, &now); err != nil {
		t.Fatalf("%q: %v", d.Read("ticks"), err)
	}
	if when%5 != 0 || now != when {
		t.Errorf("the tick of %d came at %d", when, now)
	}
}

// The plug-in supervisor-stdout is built in: what its listener sends back is
// printed by supervisord.
func TestStdoutHandler(t *testing.T) {
	t.Parallel()
	const echo = `import sys
while True:
    sys.stdout.write("READY\n"); sys.stdout.flush()
    line = sys.stdin.readline()
    headers = dict(x.split(":") for x in line.split())
    data = sys.stdin.read(int(headers["len"]))
    sys.stdout.write("RESULT %d\n%s" % (len(data.encode()), data)); sys.stdout.flush()
`
	d := harness.New(t)
	d.Write("echo.py", echo)
	d.Configure(listener("stdout", "command=/usr/bin/python3 -u %(here)s/echo.py", "events=PROCESS_LOG", "buffer_size=100",
		"result_handler=supervisor_stdout:event_handler") +
		section("program:talks", `command=/bin/sh -c 'sleep 1.2; echo one; echo two >&2; printf "three\nfour"'`,
			"startsecs=0", "autorestart=false", "stdout_events_enabled=true", "stderr_events_enabled=true"))
	d.Foreground()
	harness.Await(t, harness.Limit, "the output is printed", func() error {
		for _, line := range []string{"talks stdout | one\n", "talks stderr | two\n", "talks stdout | three\ntalks stdout | four\n"} {
			if !strings.Contains(d.Output(), line) {
				return fmt.Errorf("%q is not in\n%s", line, d.Output())
			}
		}
		return nil
	})
	d.Shutdown()
}

// A result_handler that is not built in is an error that says what to do.
func TestOtherResultHandler(t *testing.T) {
	t.Parallel()
	d := harness.New(t)
	d.Configure(listener("ear", "command=/bin/cat", "events=EVENT", "result_handler=my.module:handler"))
	r := d.Run("-n")
	for _, want := range []string{"my.module:handler cannot be resolved within [eventlistener:ear]", "leave the option out"} {
		if r.Code != 2 || !strings.Contains(r.Stderr, want) {
			t.Errorf("no %q: %s", want, r)
		}
	}
}

// An event listener takes events of many programs that come and go, in
// order and without a gap, if its buffer is large enough.
func TestManyEvents(t *testing.T) {
	t.Parallel()
	const programs = 200
	d := daemon(t, listener("ear", child("serials"), "events=PROCESS_STATE", "buffer_size=10000", "startsecs=0",
		"stderr_logfile=%(here)s/ear.err")+
		section("program:many", `command=/bin/sh -c 'exit 0'`, "startsecs=0", "autorestart=false",
			fmt.Sprintf("numprocs=%d", programs), "process_name=%(program_name)s_%(process_num)03d"))
	// STARTING, RUNNING, EXITED of each, and STARTING, RUNNING of the listener.
	d.AwaitFile("ear.err", fmt.Sprintf("%d events\n", 3*programs+2))
	if strings.Contains(d.Read("ear.err"), "gap") {
		t.Error(d.Read("ear.err"))
	}
	if log := d.Log(); strings.Contains(log, "overflowed") {
		t.Error(log)
	}
}

// event_len: the length of an event is told in what its listener counts, or in what
// the option says.
func TestEventLen(t *testing.T) {
	t.Parallel()
	if harness.Oracle() {
		t.Skip("the original has no such option")
	}
	const shell = `command=/bin/sh -c 'echo READY; read header; echo $header; exec cat'`
	const python = "command=/usr/bin/python3 -u %(here)s/take.py"
	d := harness.New(t)
	d.Write("take.py", "import sys\nprint('READY')\nprint(sys.stdin.readline())\nsys.stdin.read()\n")
	config := ""
	lengths := map[string]int{}
	for _, c := range []struct {
		name, command, option string
		want                  int
	}{
		{"shell", shell, "event_len=auto", 10},
		{"python", python, "event_len=auto", 8},
		{"shell_characters", shell, "event_len=characters", 8},
		{"python_bytes", python, "event_len=bytes", 10},
	} {
		config += listener(c.name, c.command, "events=REMOTE_COMMUNICATION", c.option, "startsecs=0", "stdout_logfile=%(here)s/"+c.name+".log")
		lengths[c.name] = c.want
	}
	d.Configure(config)
	d.Start()
	for name := range lengths {
		d.AwaitFile(name+".log", "READY\n")
	}
	d.RPC("supervisor.sendRemoteCommEvent", "é", "ü")
	for name, want := range lengths {
		d.AwaitFile(name+".log", fmt.Sprintf("eventname:REMOTE_COMMUNICATION len:%d\n", want))
	}
}
