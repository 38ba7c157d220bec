package events

import (
	"bytes"
	"strings"
	"testing"

	"supervisord/pkg/api"
)

// Each story is what a listener says, piece by piece; an event is there for it
// at any time. want is the state it ends in, sent how many events it got, and
// log what the main log says.
var stories = []struct {
	name string
	says string // the pieces are separated by "|"
	want api.ListenerState
	sent int
	log  string
}{
	{"nothing", "", api.ListenerAcknowledged, 0, ""},
	{"ready", "READY\n", api.ListenerBusy, 1, ""},
	{"ready in pieces", "RE|A|DY|\n", api.ListenerBusy, 1, ""},
	{"too short to tell", "XXXXX", api.ListenerAcknowledged, 0, ""},
	{"something else", "XXXXXX", api.ListenerUnknown, 0, unknown},
	{"no longer listened to", "XXXXXX|READY\n", api.ListenerUnknown, 0, unknown},
	{"ready twice", "READY\nREADY\n", api.ListenerUnknown, 0, unknown},
	{"accepted", "READY\n|RESULT 2\nOK", api.ListenerAcknowledged, 1, ""},
	{"accepted and ready", "READY\n|RESULT 2\nOKREADY\n", api.ListenerBusy, 2, ""},
	{"in pieces", "READY\n|RES|ULT 2|\nO|KREA|DY\n", api.ListenerBusy, 2, ""},
	{"blanks around the number", "READY\n|RESULT  2 \nOKREADY\n", api.ListenerBusy, 2, ""},
	{"another word", "READY\n|XXXXXXX2\nOKREADY\n", api.ListenerBusy, 2, ""},
	{"rejected", "READY\n|RESULT 4\nFAIL", api.ListenerAcknowledged, 1, "WARN ear_0: event was rejected"},
	{"rejected and sent again", "READY\n|RESULT 4\nFAILREADY\n", api.ListenerBusy, 2, "WARN ear_0: event was rejected"},
	{"a line break too much", "READY\n|RESULT 3\nOK\n", api.ListenerAcknowledged, 1, "WARN ear_0: event was rejected"},
	{"an empty result", "READY\n|RESULT 0\n", api.ListenerAcknowledged, 1, "WARN ear_0: event was rejected"},
	{"no number", "READY\n|RESULT two\nOK", api.ListenerUnknown, 1, "WARN ear_0: bad result line: 'RESULT two'\n" + unknown},
	{"a short line", "READY\n|OK\n", api.ListenerUnknown, 1, "WARN ear_0: bad result line: 'OK'\n" + unknown},
	{"below nothing", "READY\n|RESULT -2\nOK", api.ListenerUnknown, 1, "WARN ear_0: bad result line: 'RESULT -2'\n" + unknown},
	{"too much", "READY\n|RESULT 99999999\n", api.ListenerUnknown, 1, "WARN ear_0: bad result line: 'RESULT 99999999'\n" + unknown},
	{"not UTF-8", "READY\n|RESULT \xff\n", api.ListenerUnknown, 1, `WARN ear_0: bad result line: 'Undecodable: b'RESULT \xff''` + "\n" + unknown},
	{"a line without end", "READY\n|" + strings.Repeat("x", maxResultLine+1), api.ListenerUnknown, 1,
		"WARN ear_0: bad result line: '" + strings.Repeat("x", maxResultLine) + "'\n" + unknown},
}

const unknown = "WARN ear_0: has entered the UNKNOWN state and will no longer receive events, this usually indicates the process violated the eventlistener protocol"

func TestProtocol(t *testing.T) {
	for _, s := range stories {
		t.Run(s.name, func(t *testing.T) {
			r := newRig(t, 1, 10, "EVENT")
			r.publish("a", "b")
			for piece := range strings.SplitSeq(s.says, "|") {
				r.say(0, piece)
			}
			if got := r.ears[0].state; got != s.want {
				t.Errorf("the listener is %s, not %s", got, s.want)
			}
			if len(r.procs[0].got) != s.sent {
				t.Errorf("it was sent %q", r.procs[0].got)
			}
			if log := strings.Join(r.lines, "\n"); log != s.log {
				t.Errorf("the log says\n%s\nand not\n%s", log, s.log)
			}
			// An event that was not dealt with is there for the next.
			if s.want == api.ListenerUnknown && len(r.pool.buffer) != 2 {
				t.Errorf("%d events are left", len(r.pool.buffer))
			}
		})
	}
}

// A listener that is started again is heard again.
func TestStartedAgain(t *testing.T) {
	r := newRig(t, 1, 10, "EVENT")
	r.publish("a")
	r.say(0, "nonsense")
	r.ears[0].Start()
	r.say(0, "READY\n")
	r.sent(0, "a")
}

// The steps are told in the words of Supervisor.
func TestDebugLines(t *testing.T) {
	r := newRig(t, 1, 10, "EVENT")
	r.publish("a")
	r.say(0, "READY\n")
	r.say(0, "RESULT 4\nFAIL")
	want := `DEBG ear_0: ACKNOWLEDGED -> READY
DEBG event 0 sent to listener ear_0
DEBG ear_0: BUSY -> ACKNOWLEDGED
DEBG rebuffering event 0 for pool ear (buf size=0, max=10)`
	if got := strings.Join(r.debug, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestEcho(t *testing.T) {
	for _, c := range []struct {
		result, want string
		ok           bool
	}{
		{"processname:cat groupname:cat pid:1 channel:stdout\none\ntwo", "cat stdout | one\ncat stdout | two\n", true},
		{"processname:cat groupname:cat pid:1 channel:stderr\none\n", "cat stderr | one\ncat stderr | \n", true},
		{"processname:cat channel:stdout\n", "cat stdout | \n", true},
		{"processname:cat channel:stdout", "", false},
		{"processname:cat pid:1\nx", "", false},
		{"processname:cat channel:a:b\nx", "", false},
		{"processname:cat channel\nx", "", false},
		{"processname:cat channel:stdout\n\xff", "", false},
		{"OK", "", false},
	} {
		var out bytes.Buffer
		err := Echo(func(b []byte) { out.Write(b) })(Event{}, []byte(c.result))
		if (err == nil) != c.ok || out.String() != c.want {
			t.Errorf("%q: printed %q, %v", c.result, out.String(), err)
		}
	}
}

// A judge's error is the end of a listener.
func TestJudgeFails(t *testing.T) {
	r := newRig(t, 1, 10, "EVENT")
	r.pool.o.Judge = Echo(func([]byte) { t.Error("printed") })
	r.publish("a")
	r.say(0, "READY\n")
	r.say(0, "RESULT 2\nOK")
	r.logged("WARN ear_0: event caused an error", unknown)
	if len(r.pool.buffer) != 1 {
		t.Error("the event is lost")
	}
}

// Whatever a listener says, no event is lost or doubled, and what is kept of its
// words is bounded.
func FuzzListener(f *testing.F) {
	for _, s := range stories {
		f.Add([]byte(s.says))
	}
	f.Fuzz(func(t *testing.T, says []byte) {
		r := newRig(t, 2, 4, "EVENT")
		accepted := 0
		r.pool.o.Judge = func(e Event, result []byte) error {
			err := Default(e, result)
			if err == nil {
				accepted++
			}
			return err
		}
		r.publish("a", "b", "c", "d")
		for i, piece := range bytes.Split(says, []byte("|")) {
			r.say(i%2, string(piece))
		}
		kept := len(r.pool.buffer)
		for _, l := range r.ears {
			if l.has != nil {
				kept++
			}
			if (l.has != nil) != (l.state == api.ListenerBusy) {
				t.Errorf("%s is %s with %v", l.name, l.state, l.has)
			}
		}
		if kept+accepted != 4 {
			t.Errorf("%d kept, %d accepted", kept, accepted)
		}
	})
}
