package supervisor

import (
	"reflect"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"supervisord/pkg/api"
	"supervisord/pkg/config"
)

// ear makes a pool of one listener that is told of some types of event.
func ear(types ...string) *config.Group {
	g := prog("ear", func(p *config.Program) { p.Priority = -1; p.StartSecs = 0 })
	g.Kind, g.Priority = config.ListenerPool, -1
	g.Pool = &config.Pool{BufferSize: 100, Events: types, ResultHandler: "supervisor.dispatchers:default_handler"}
	return g
}

// proc gives the running process of a name.
func (h *fakeHost) proc(name string) *fakeProc {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, p := range h.procs {
		if p.name == name && !p.gone {
			return p
		}
	}
	return nil
}

// told has the listener say for the first time that it is ready, and then take
// all events that are there for it.
func (b *bench) told() []string {
	b.T.Helper()
	synctest.Wait()
	b.host.proc("ear").taps.Protocol([]byte("READY\n"))
	return b.more()
}

// more has the listener take all events that are there for it, and gives them as
// "TYPE payload". A pid is written as N.
func (b *bench) more() []string {
	b.T.Helper()
	p := b.host.proc("ear")
	var all []string
	for {
		synctest.Wait()
		got := p.read()
		if len(got) == 0 {
			return all
		}
		for _, e := range got {
			all = append(all, digest(e))
		}
		p.taps.Protocol([]byte("RESULT 2\nOKREADY\n"))
	}
}

var anyPid = regexp.MustCompile(`pid:\d+`)

func digest(envelope string) string {
	header, payload, _ := strings.Cut(envelope, "\n")
	_, kind, _ := strings.Cut(header, "eventname:")
	kind, _, _ = strings.Cut(kind, " ")
	return strings.TrimSpace(kind + " " + anyPid.ReplaceAllString(payload, "pid:N"))
}

func (b *bench) same(got []string, want ...string) {
	b.T.Helper()
	if !reflect.DeepEqual(got, want) {
		b.T.Errorf("told of\n%s\nand not of\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// At the start all groups are told of, from the pool itself on, before
// supervisord runs and anything is started. What is told is how things were.
func TestEventsOfTheStart(t *testing.T) {
	inBubble(t, configOf(ear("EVENT"), prog("cat")), newFakeHost(), func(b *bench) {
		time.Sleep(2 * time.Second)
		b.same(b.told(),
			"PROCESS_GROUP_ADDED groupname:ear",
			"PROCESS_GROUP_ADDED groupname:cat",
			"SUPERVISOR_STATE_CHANGE_RUNNING",
			"PROCESS_STATE_STARTING processname:ear groupname:ear from_state:STOPPED tries:0",
			"PROCESS_STATE_STARTING processname:cat groupname:cat from_state:STOPPED tries:0",
			"PROCESS_STATE_RUNNING processname:ear groupname:ear from_state:STARTING pid:N",
			"PROCESS_STATE_RUNNING processname:cat groupname:cat from_state:STARTING pid:N")
		if _, err := b.StopProcess(b.T.Context(), "cat", true); err != nil {
			t.Fatal(err)
		}
		b.same(b.more(),
			"PROCESS_STATE_STOPPING processname:cat groupname:cat from_state:RUNNING pid:N",
			"PROCESS_STATE_STOPPED processname:cat groupname:cat from_state:STOPPING pid:N")
		b.RemoveProcessGroup(b.T.Context(), "cat")
		b.AddProcessGroup(b.T.Context(), "cat")
		b.SendRemoteCommEvent(b.T.Context(), "kind", "data")
		b.same(b.more(), "PROCESS_GROUP_REMOVED groupname:cat", "PROCESS_GROUP_ADDED groupname:cat",
			"PROCESS_STATE_STARTING processname:cat groupname:cat from_state:STOPPED tries:0",
			"REMOTE_COMMUNICATION type:kind\ndata")
	})
}

// The listener is the last to be stopped, so it hears of all others.
func TestEventsOfTheEnd(t *testing.T) {
	host := newFakeHost()
	host.does["ear"] = &behaviour{ignores: map[syscall.Signal]bool{syscall.SIGTERM: true}}
	host.does["cat"] = &behaviour{dieTakes: time.Second}
	inBubble(t, configOf(ear("SUPERVISOR_STATE_CHANGE", "PROCESS_STATE_STOPPED"), prog("cat")), host, func(b *bench) {
		time.Sleep(2 * time.Second)
		b.told()
		b.Signal(syscall.SIGTERM)
		b.same(b.more(), "SUPERVISOR_STATE_CHANGE_STOPPING")
		time.Sleep(2 * time.Second)
		b.same(b.more(), "PROCESS_STATE_STOPPED processname:cat groupname:cat from_state:STOPPING pid:N")
	})
}

// Output is told of only if it is asked for, with the pid of the process.
func TestEventsOfOutput(t *testing.T) {
	inBubble(t, configOf(ear("PROCESS_LOG_STDERR", "PROCESS_COMMUNICATION"), prog("cat")), newFakeHost(), func(b *bench) {
		time.Sleep(2 * time.Second)
		b.told()
		cat := b.host.proc("cat")
		cat.taps.Log(false, 7, []byte("not wanted"))
		cat.taps.Log(true, 7, []byte("an error"))
		cat.taps.Captured(false, 7, []byte("a message"))
		b.same(b.more(),
			"PROCESS_LOG_STDERR processname:cat groupname:cat pid:N channel:stderr\nan error",
			"PROCESS_COMMUNICATION_STDOUT processname:cat groupname:cat pid:N\na message")
	})
}

// An event that a dying listener had is for its successor. The serial numbers
// go on over a reload, those of the pool begin anew.
func TestListenerDies(t *testing.T) {
	host := newFakeHost()
	inBubble(t, configOf(ear("REMOTE_COMMUNICATION")), host, func(b *bench) {
		synctest.Wait()
		b.told()
		b.SendRemoteCommEvent(b.T.Context(), "a", "")
		b.SendRemoteCommEvent(b.T.Context(), "b", "")
		host.proc("ear").end <- Exit{Code: 3, Text: "exit status 3"}
		time.Sleep(2 * time.Second)
		b.same(b.told(), "REMOTE_COMMUNICATION type:a", "REMOTE_COMMUNICATION type:b")
		b.reload()
		b.SendRemoteCommEvent(b.T.Context(), "c", "")
		synctest.Wait()
		p := host.proc("ear")
		p.taps.Protocol([]byte("READY\n"))
		synctest.Wait()
		if want := []string{"ver:3.0 server:supervisor serial:2 pool:ear poolserial:0 eventname:REMOTE_COMMUNICATION len:7\ntype:c\n"}; !reflect.DeepEqual(p.read(), want) {
			t.Errorf("the event was not sent so: %q", want)
		}
		p.taps.Protocol([]byte("RESULT 2\nOK"))
	})
}

// Ticks come at the beginning of each period of the wall clock, and there is no
// timer if nobody wants them.
func TestTicks(t *testing.T) {
	inBubble(t, configOf(ear("TICK_5", "TICK_3600")), newFakeHost(), func(b *bench) {
		// The bubble's clock begins at the beginning of an hour.
		b.told()
		time.Sleep(5*time.Second - time.Nanosecond)
		b.same(b.more())
		time.Sleep(time.Nanosecond)
		b.same(b.more(), "TICK_5 when:946684805")
		time.Sleep(5 * time.Second)
		b.same(b.more(), "TICK_5 when:946684810")
		time.Sleep(time.Hour - 10*time.Second)
		got := b.more()
		if n := len(got); n == 0 || got[n-1] != "TICK_3600 when:946688400" {
			t.Errorf("told of %q", got)
		}
	})
	inBubble(t, configOf(ear("REMOTE_COMMUNICATION")), newFakeHost(), func(b *bench) {
		synctest.Wait()
		if !b.ticks.next.IsZero() {
			t.Errorf("the clock is looked at, next at %s", b.ticks.next)
		}
	})
}

// A listener that is never ready, one that breaks the protocol: programs go on.
func TestListenerDoesNotListen(t *testing.T) {
	c := configOf(ear("EVENT"), prog("cat"))
	c.Groups[0].Pool.BufferSize = 3
	inBubble(t, c, newFakeHost(), func(b *bench) {
		time.Sleep(2 * time.Second)
		b.want(map[string]api.State{"cat": api.Running, "ear": api.Running})
		if n := b.log.count("pool ear event buffer overflowed, discarding event"); n != 4 {
			t.Errorf("%d events were discarded, not 4 of 7\n%s", n, b.log.text())
		}
		b.host.proc("ear").taps.Protocol([]byte("who is there?\n"))
		synctest.Wait()
		if b.log.count("ear: has entered the UNKNOWN state and will no longer receive events") != 1 {
			t.Error(b.log.text())
		}
	})
}
