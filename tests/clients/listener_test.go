package clients_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/kolo/xmlrpc"

	"supervisord/tests/harness"
)

// Event listeners in Python, with Supervisor's childutils or as its manual shows
// them: both read text, not bytes.

// originalPackage is where Supervisor's Python package is installed.
const originalPackage = "/usr/lib/python3/dist-packages/supervisor/"

// listen is a section with a listener of testdata. The priority keeps apart what
// the original throws together: it gives an event that one pool could not deal
// with to all pools of the same priority.
func listen(t *testing.T, name, events string, args ...string) string {
	t.Helper()
	return fmt.Sprintf("[eventlistener:%s]\ncommand=%s %s %s\nevents=%s\nbuffer_size=100\nstartsecs=0\n"+
		"priority=%d\n"+
		"environment=SUPERVISOR_USERNAME="+user+",SUPERVISOR_PASSWORD="+password+"\nstdout_logfile=%%(here)s/%s.out\nstderr_logfile=%%(here)s/%s.err\n\n",
		name, python, testdata(t, "listener.py"), strings.Join(args, " "), events, len(name), name, name)
}

// event is an event as a listener got it.
type event struct {
	Headers map[string]string
	Payload string
}

// recorded are the events that the listener "record" has written so far.
func (s *server) recorded(t *testing.T, file string) []event {
	t.Helper()
	var events []event
	for _, line := range strings.SplitAfter(s.Read(file), "\n") {
		if !strings.HasSuffix(line, "\n") {
			continue // not whole yet
		}
		var e event
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%s: %v: %q", file, err, line)
		}
		events = append(events, e)
	}
	return events
}

// awaitEvents waits until these have come, each as its type and payload: no
// more, no less, in this order. Pids are masked.
func (s *server) awaitEvents(t *testing.T, file string, want ...string) {
	t.Helper()
	pid := regexp.MustCompile(`pid:[1-9]\d*`)
	var events []event
	harness.Await(t, harness.Limit, "the events have come", func() error {
		events = s.recorded(t, file)
		var got []string
		for _, e := range events {
			got = append(got, e.Headers["eventname"]+" "+pid.ReplaceAllString(e.Payload, "pid:P"))
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			return fmt.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		return nil
	})
	last := -1
	for i, e := range events {
		serial, err := strconv.Atoi(e.Headers["serial"])
		must(t, err)
		if serial <= last || e.Headers["poolserial"] != fmt.Sprint(i) ||
			e.Headers["ver"] != "3.0" || e.Headers["server"] != "supervisor" || e.Headers["pool"] != "ear" {
			t.Errorf("event %d after serial %d: %v", i, last, e.Headers)
		}
		last = serial
	}
}

// What a listener is told in the life of a program, and of calls.
func TestChildutils(t *testing.T) {
	t.Parallel()
	harness.Need(t, python, originalPackage+"childutils.py")
	s := start(t, listen(t, "ear", "PROCESS_STATE,PROCESS_GROUP,REMOTE_COMMUNICATION,SUPERVISOR_STATE_CHANGE", "record", "%(here)s/events")+
		"[program:web]\ncommand=sleep 1000\nautostart=false\n"+
		"[program:bad]\ncommand=/nonexistent/program\nstartretries=0\nautostart=false\n"+
		"[program:short]\ncommand=sh -c \"exit 4\"\nautostart=false\nautorestart=false\nstartsecs=0\n")
	boot := []string{
		"PROCESS_GROUP_ADDED groupname:ear\n", "PROCESS_GROUP_ADDED groupname:bad\n",
		"PROCESS_GROUP_ADDED groupname:short\n", "PROCESS_GROUP_ADDED groupname:web\n",
		"SUPERVISOR_STATE_CHANGE_RUNNING ",
		"PROCESS_STATE_STARTING processname:ear groupname:ear from_state:STOPPED tries:0",
		"PROCESS_STATE_RUNNING processname:ear groupname:ear from_state:STARTING pid:P",
	}
	s.awaitEvents(t, "events", boot...)
	s.Ctl("start", "web").Want(t, 0, "web: started\n")
	s.Ctl("stop", "web").Want(t, 0, "web: stopped\n")
	s.Ctl("start", "bad").Want(t, 1, "bad: ERROR (no such file)\n")
	s.Ctl("start", "short").Want(t, 0, "short: started\n")
	s.await(t, map[string]string{"short": "EXITED"})
	s.call(t, "supervisor.sendRemoteCommEvent", "note", "one\ntwo")
	s.call(t, "supervisor.sendRemoteCommEvent", "größe", "naïve ☺")
	s.call(t, "supervisor.sendRemoteCommEvent", "last", "")
	s.awaitEvents(t, "events", append(boot,
		"PROCESS_STATE_STARTING processname:web groupname:web from_state:STOPPED tries:0",
		"PROCESS_STATE_RUNNING processname:web groupname:web from_state:STARTING pid:P",
		"PROCESS_STATE_STOPPING processname:web groupname:web from_state:RUNNING pid:P",
		"PROCESS_STATE_STOPPED processname:web groupname:web from_state:STOPPING pid:P",
		"PROCESS_STATE_STARTING processname:short groupname:short from_state:STOPPED tries:0",
		"PROCESS_STATE_RUNNING processname:short groupname:short from_state:STARTING pid:P",
		"PROCESS_STATE_EXITED processname:short groupname:short from_state:RUNNING expected:0 pid:P",
		"REMOTE_COMMUNICATION type:note\none\ntwo",
		"REMOTE_COMMUNICATION type:größe\nnaïve ☺",
		"REMOTE_COMMUNICATION type:last\n",
	)...)
}

// call calls a method that answers true.
func (s *server) call(t *testing.T, method string, params ...any) {
	t.Helper()
	client, err := xmlrpc.NewClient(login(s.inet)+"/RPC2", nil)
	must(t, err)
	defer client.Close()
	var done bool
	must(t, client.Call(method, params, &done))
	same(t, method, done, true)
}

// The listener that comes with Supervisor, and the program that comes with it
// and says something in capture mode all the time.
func TestSampleListener(t *testing.T) {
	t.Parallel()
	harness.Need(t, python, originalPackage+"scripts/sample_eventlistener.py", originalPackage+"scripts/sample_commevent.py")
	s := start(t, "[eventlistener:sample]\ncommand="+python+" -u "+originalPackage+"scripts/sample_eventlistener.py\n"+
		"events=PROCESS_COMMUNICATION\nstderr_logfile=%(here)s/sample.err\n"+
		"[program:says]\ncommand="+python+" "+originalPackage+"scripts/sample_commevent.py 0.2\n"+
		"stdout_capture_maxbytes=1KB\nstdout_logfile=%(here)s/says.log\n")
	harness.Await(t, harness.Limit, "the listener has heard of it", func() error {
		if heard := s.Read("sample.err"); strings.Count(heard, "ver:3.0") < 4 {
			return fmt.Errorf("it has %q", heard)
		}
		return nil
	})
	one := regexp.MustCompile(`^ver:3\.0 server:supervisor serial:\d+ pool:sample poolserial:0 eventname:PROCESS_COMMUNICATION_STDOUT len:(\d+)\n` +
		`(processname:says groupname:says pid:\d+\nthe data)ver:3\.0 `)
	found := one.FindStringSubmatch(s.Read("sample.err"))
	if found == nil || found[1] != fmt.Sprint(len(found[2])) {
		t.Errorf("the first event: %q of %q", found, s.Read("sample.err"))
	}
	if text := s.Read("says.log"); text != "" {
		t.Errorf("captured, but in the log too: %q", text)
	}
}

// Listeners that do something, as the well-known ones do: they call back, and
// wait for what they ask for.
func TestListenersAct(t *testing.T) {
	t.Parallel()
	harness.Need(t, python, originalPackage+"childutils.py", "ps")
	s := start(t, listen(t, "answers", "PROCESS_COMMUNICATION_STDOUT", "answer")+
		listen(t, "memory", "TICK_5", "memory", "big", "1000")+
		listen(t, "mails", "PROCESS_STATE_EXITED", "mail", "\"cat >>%(here)s/mailbox\"")+
		"[program:talk]\ncommand=sh -c \"printf '<!--XSUPERVISOR:BEGIN-->hello <&><!--XSUPERVISOR:END-->'; exec cat\"\n"+
		"stdout_capture_maxbytes=1KB\nstdout_logfile=%(here)s/talk.log\nstartsecs=0\n"+
		"[program:big]\ncommand="+python+" -c \"import time; time.sleep(1000)\"\nstartsecs=0\n"+
		"[program:fails]\ncommand=sh -c \"exit 5\"\nstartsecs=0\nautorestart=false\n"+
		"[program:works]\ncommand=sh -c \"exit 0\"\nstartsecs=0\nautorestart=false\n")
	s.await(t, map[string]string{"big": "RUNNING"})
	before := s.PidOf("big")
	s.AwaitFile("talk.log", "the listener has heard you say: hello <&>\n")
	s.AwaitFile("mailbox", "ended from RUNNING\n")
	mail := regexp.MustCompile(`^Subject: fails\n\nfails:fails \(pid \d+\) ended from RUNNING\n$`)
	if got := s.Read("mailbox"); !mail.MatchString(got) {
		t.Errorf("mail: %q", got)
	}
	s.AwaitFile("memory.err", "big:big restarted\n")
	s.AwaitNewPid("big", before)
}

// Output of programs relayed by a listener, as supervisor-stdout and its kind
// do it. It is text, in more than one script.
func TestRelay(t *testing.T) {
	t.Parallel()
	harness.Need(t, python, originalPackage+"childutils.py")
	s := start(t, listen(t, "relay", "PROCESS_LOG", "relay")+
		"[program:talk]\ncommand=cat\nstdout_events_enabled=true\nstartsecs=0\n"+
		"[program:moan]\ncommand=sh -c \"exec cat >&2\"\nstderr_events_enabled=true\nstartsecs=0\n"+
		"[program:silent]\ncommand=echo nothing to be heard\nstartsecs=0\nautorestart=false\n")
	s.await(t, map[string]string{"relay": "RUNNING", "talk": "RUNNING", "moan": "RUNNING", "silent": "EXITED"})
	var want string
	for i, line := range []string{"plain", "héllo wörld", "日本語 ☺", "plain again"} {
		name, channel := "talk", "stdout"
		if i%2 == 1 {
			name, channel = "moan", "stderr"
		}
		s.call(t, "supervisor.sendProcessStdin", name, line+"\n")
		want += fmt.Sprintf("%s %s | %s\n", name, channel, line)
		s.AwaitFile("relay.err", want)
	}
	same(t, "what was relayed", s.Read("relay.err"), want)
}

// A configuration for supervisor-stdout, as containers have it: the output of
// the programs appears in that of the daemon.
func TestSupervisorStdout(t *testing.T) {
	t.Parallel()
	harness.Need(t, python)
	s := newServer(t)
	s.Env = append(s.Env, "PYTHONPATH="+filepath.Dir(testdata(t, "supervisor_stdout.py")), "PYTHONDONTWRITEBYTECODE=1")
	s.configure("[eventlistener:stdout]\ncommand=" + python + " -m supervisor_stdout\nbuffer_size=100\n" +
		"events=PROCESS_LOG\nresult_handler=supervisor_stdout:event_handler\n" +
		"[program:talk]\ncommand=sh -c \"read go; echo one; echo zwei und drei: größer\"\nstartsecs=0\nautorestart=false\n" +
		"stdout_events_enabled=true\n" +
		"[program:moan]\ncommand=sh -c \"read go; echo trouble >&2\"\nstartsecs=0\nautorestart=false\n" +
		"stderr_events_enabled=true\n")
	s.Foreground()
	s.await(t, map[string]string{"stdout": "RUNNING"})
	for _, name := range []string{"talk", "moan"} {
		s.call(t, "supervisor.sendProcessStdin", name, "go\n")
	}
	harness.Await(t, harness.Limit, "the output is in the daemon's", func() error {
		for _, line := range []string{"talk stdout | one", "talk stdout | zwei und drei: größer", "moan stderr | trouble"} {
			if got := s.Output(); !strings.Contains(got, "\n"+line+"\n") {
				return fmt.Errorf("no %q in %q", line, got)
			}
		}
		return nil
	})
}
