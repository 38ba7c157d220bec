package system

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"supervisord/tests/harness"
)

// A rule of our own: what was stopped by hand is not started by a reload or an
// update, until it is started by hand. The original starts it; so do we with
// [supervisord] restart_stopped_on_reload=true. Every walk below is made in
// each of these ways.
func eachRule(t *testing.T, walk func(t *testing.T, w *ruleWalk)) {
	t.Parallel()
	for _, option := range []string{"", "restart_stopped_on_reload=true"} {
		name := "default"
		if option != "" {
			name = "restart_stopped"
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			after := "STOPPED"
			if option != "" || harness.Oracle() {
				after = "RUNNING"
			}
			walk(t, &ruleWalk{Daemon: harness.New(t), t: t, option: option, after: after})
		})
	}
}

// ruleWalk is a daemon with a program that is never stopped, zz-last: once it
// has been started anew, whatever was to be started before it has been.
type ruleWalk struct {
	*harness.Daemon
	t      *testing.T
	option string
	after  string // the state of what was stopped by hand, after a reload
	round  int
}

// write writes the configuration; what it says of zz-last is new every time.
func (w *ruleWalk) write(sections string) {
	w.t.Helper()
	w.round++
	w.Configure(section("supervisord", w.option) + sections +
		section("program:zz-last", fmt.Sprintf("command=sleep 99%03d", w.round)))
}

// renewed does something that starts zz-last anew, and waits for that.
func (w *ruleWalk) renewed(does func()) {
	w.t.Helper()
	before := w.PidOf("zz-last")
	does()
	w.AwaitNewPid("zz-last", before)
}

// update runs the client's update and checks that it worked.
func (w *ruleWalk) update(args ...string) {
	w.t.Helper()
	w.renewed(func() {
		if r := w.Ctl(append([]string{"update"}, args...)...); r.Code != 0 {
			w.t.Fatalf("%v", r)
		}
	})
}

func (w *ruleWalk) reload() {
	w.t.Helper()
	w.renewed(func() { w.Ctl("reload").Want(w.t, 0, "Restarted supervisord\n") })
}

// stop stops programs by hand.
func (w *ruleWalk) stop(names ...string) {
	w.t.Helper()
	if r := w.Ctl(append([]string{"stop"}, names...)...); r.Code != 0 || !strings.Contains(r.Stdout, ": stopped") {
		w.t.Fatalf("%v", r)
	}
}

func (w *ruleWalk) start(names ...string) {
	w.t.Helper()
	if r := w.Ctl(append([]string{"start"}, names...)...); r.Code != 0 || !strings.Contains(r.Stdout, ": started") {
		w.t.Fatalf("%v", r)
	}
}

// Every form of a reload: the command, the signal, the method.
func TestStopRuleReload(t *testing.T) {
	eachRule(t, func(t *testing.T, w *ruleWalk) {
		w.write(section("program:web", "command=cat") + section("program:db", "command=cat"))
		w.Start()
		w.AwaitAll("RUNNING")
		for _, reload := range []func(){
			func() { w.Ctl("reload") },
			func() { w.Signal(syscall.SIGHUP) },
			func() { w.RPC("supervisor.restart") },
		} {
			w.stop("web")
			w.renewed(reload)
			w.AwaitState("web", w.after)
			w.AwaitState("db", "RUNNING")
			w.reload() // and the next does not forget it
			w.AwaitState("web", w.after)
			if w.after == "STOPPED" {
				w.start("web")
			}
			w.reload()
			w.AwaitState("web", "RUNNING")
		}
	})
}

// Every form of an update: of all, by name, after a reread, with the section
// changed or not, and by the methods that the client calls.
func TestStopRuleUpdate(t *testing.T) {
	eachRule(t, func(t *testing.T, w *ruleWalk) {
		web := func(seconds string) string {
			return section("program:web", "command=sleep "+seconds) + section("program:db", "command=sleep "+seconds)
		}
		w.write(web("1001"))
		w.Start()
		w.AwaitAll("RUNNING")

		w.stop("web")
		w.write(web("1001")) // unchanged
		w.update()
		w.AwaitState("web", "STOPPED")

		w.write(web("1002"))
		w.update()
		w.AwaitState("web", w.after)
		w.AwaitState("db", "RUNNING") // the update's own stop is not the operator's

		w.stop("db")
		w.write(web("1003"))
		w.Ctl("reread").Want(t, 0, "db: changed\nweb: changed\nzz-last: changed\n")
		w.update("web", "db", "zz-last")
		w.AwaitState("db", w.after)
		w.AwaitState("web", w.after)

		w.Ctl("stop", "all")
		w.Ctl("start", "zz-last", "db")
		w.write(web("1004"))
		w.RPC("supervisor.reloadConfig")
		w.renewed(func() {
			for _, group := range []string{"web", "db", "zz-last"} {
				w.RPC("supervisor.stopProcessGroup", group)
				w.RPC("supervisor.removeProcessGroup", group)
				w.RPC("supervisor.addProcessGroup", group)
			}
		})
		w.AwaitState("db", "RUNNING")
		w.AwaitState("web", w.after)

		if w.after == "STOPPED" {
			w.start("web")
		}
		if p, ok := harness.Lookup(w.PidOf("web")); !ok || p.Command != "sleep 1004" {
			t.Errorf("web runs by the old section: %v", p)
		}
		w.write(web("1005"))
		w.update()
		w.AwaitState("web", "RUNNING")
	})
}

// In a group and among several processes of a program, each is remembered by
// itself.
func TestStopRuleMembers(t *testing.T) {
	eachRule(t, func(t *testing.T, w *ruleWalk) {
		sections := func(seconds string) string {
			return section("program:a", "command=sleep "+seconds) +
				section("program:b", "command=sleep "+seconds) +
				section("group:g", "programs=a,b") +
				section("program:many", "command=sleep "+seconds, "numprocs=3", "process_name=%(process_num)d")
		}
		w.write(sections("1001"))
		w.Start()
		w.AwaitAll("RUNNING")
		w.stop("g:a")
		w.stop("many:1")
		check := func() {
			t.Helper()
			for name, state := range map[string]string{"g:a": w.after, "g:b": "RUNNING", "many:0": "RUNNING", "many:1": w.after, "many:2": "RUNNING"} {
				w.AwaitState(name, state)
			}
		}
		w.reload()
		check()
		w.stop("g:b")
		w.start("g:b") // start clears it
		if w.after == "RUNNING" {
			w.stop("g:a")
			w.stop("many:1")
		}
		w.write(sections("1002"))
		w.update()
		check()

		w.Ctl("stop", "g:*", "many:*")
		w.reload()
		for _, name := range []string{"g:a", "g:b", "many:0", "many:1", "many:2"} {
			w.AwaitState(name, w.after)
		}
		if w.after == "STOPPED" {
			w.start("g:*", "many:*")
		}
		w.reload()
		w.AwaitAll("RUNNING")
	})
}

// What ended by itself was not stopped by hand; what was stopped while it
// waited for a retry was. A program without autostart is started by nobody.
func TestStopRuleOtherStates(t *testing.T) {
	eachRule(t, func(t *testing.T, w *ruleWalk) {
		w.write(section("program:done", "command="+w.Path("done"), "autorestart=false") +
			section("program:failing", "command="+w.Path("failing"), "startretries=1000") +
			section("program:manual", "command=cat", "autostart=false"))
		w.Write("done", "#!/bin/sh\nsleep 1.2\n")
		w.Write("failing", "#!/bin/sh\nexit 1\n")
		for _, script := range []string{"done", "failing"} {
			if err := os.Chmod(w.Path(script), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		w.Start()
		w.AwaitState("done", "EXITED")
		w.AwaitState("failing", "BACKOFF")
		w.stop("failing")
		w.start("manual")
		for _, script := range []string{"done", "failing"} {
			w.Write(script, "#!/bin/sh\nexec sleep 1000\n")
		}
		w.reload()
		w.AwaitState("done", "RUNNING")
		w.AwaitState("failing", w.after)
		w.AwaitState("manual", "STOPPED")
	})
}

// Stop all, start all; and a daemon started afresh starts everything.
func TestStopRuleAll(t *testing.T) {
	eachRule(t, func(t *testing.T, w *ruleWalk) {
		w.write(section("program:web", "command=cat"))
		w.Start()
		w.AwaitAll("RUNNING")
		w.Ctl("stop", "all").WantLines(t, 0, "web: stopped", "zz-last: stopped")
		w.Ctl("reload").Want(t, 0, "Restarted supervisord\n")
		harness.Await(t, harness.Limit, "it has been started twice", func() error {
			if n := strings.Count(w.Log(), "supervisord started with pid"); n != 2 {
				return fmt.Errorf("%d times", n)
			}
			return nil
		})
		w.AwaitState("web", w.after)
		w.AwaitState("zz-last", w.after)
		if w.after == "STOPPED" {
			w.Ctl("start", "all").WantLines(t, 0, "web: started", "zz-last: started")
		}
		w.reload()
		w.AwaitAll("RUNNING")

		w.stop("web")
		w.Shutdown()
		w.Start()
		w.AwaitAll("RUNNING")
	})
}

// The option is read anew at a reload like any other.
func TestStopRuleOptionChanges(t *testing.T) {
	t.Parallel()
	w := &ruleWalk{Daemon: harness.New(t), t: t}
	w.write(section("program:web", "command=cat"))
	w.Start()
	w.AwaitAll("RUNNING")
	w.stop("web")
	w.option = "restart_stopped_on_reload=true"
	w.write(section("program:web", "command=cat"))
	w.reload()
	w.AwaitState("web", "RUNNING")
}
