package system

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"supervisord/tests/harness"
)

// process, start and stop ordering: the lower priority starts first and stops
// last; at the shutdown the next is told only when the one before has ended.
func TestPriority(t *testing.T) {
	t.Parallel()
	d := harness.New(t)
	config := ""
	for _, p := range []struct {
		name     string
		priority int
	}{{"d", 999}, {"b", 20}, {"c", 100}, {"a", 1}} {
		config += section("program:"+p.name, child("order", d.Path("order"), p.name), fmt.Sprint("priority=", p.priority))
	}
	d.Configure(config)
	d.Start()
	d.AwaitAll("RUNNING")
	inOrder(t, d.Log(), "spawned: 'a'", "spawned: 'b'", "spawned: 'c'", "spawned: 'd'")
	d.Shutdown()
	// The children start side by side, but they end one after another.
	got := strings.Split(strings.TrimSpace(d.Read("order")), "\n")
	if want := "stop d,stop c,stop b,stop a"; len(got) != 8 || strings.Join(got[4:], ",") != want {
		t.Errorf("in the children's own words: %v, want %s at the end", got, want)
	}
	inOrder(t, d.Log(), "stopped: d", "stopped: c", "stopped: b", "stopped: a")
}

// Within a group the priorities of its programs count, and all are told at once.
func TestPriorityInGroup(t *testing.T) {
	t.Parallel()
	d := daemon(t, section("program:late", "command=cat", "priority=20")+
		section("program:early", "command=cat", "priority=10")+
		section("group:g", "programs=early,late"))
	d.AwaitAll("RUNNING")
	inOrder(t, d.Log(), "spawned: 'early'", "spawned: 'late'")
	d.Ctl("stop", "g:*").WantLines(t, 0, "g:early: stopped", "g:late: stopped")
	d.Ctl("start", "g:*").WantLines(t, 0, "g:early: started", "g:late: started")
}

// Five programs of equal priority that ignore TERM cost their stopwaitsecs
// once, not five times. (The original stops group after group.)
func TestStubbornPrograms(t *testing.T) {
	t.Parallel()
	const n, wait = 5, 2 * time.Second
	config := ""
	for i := range n {
		config += section(fmt.Sprintf("program:s%d", i), child("ignore", "15"),
			fmt.Sprintf("stopwaitsecs=%d", int(wait.Seconds())), fmt.Sprintf("stdout_logfile=%%(here)s/%d.log", i))
	}
	d := daemon(t, config)
	d.AwaitAll("RUNNING")
	for i := range n {
		d.AwaitFile(fmt.Sprintf("%d.log", i), "ready")
	}
	began := time.Now()
	d.Shutdown()
	took := time.Since(began)
	if harness.Oracle() {
		if took < n*wait {
			t.Errorf("the original took %v; is there still a difference to write down?", took)
		}
	} else if took < wait || took >= 2*wait {
		t.Errorf("it took %v, want at least %v and less than %v", took, wait, 2*wait)
	}
	if killed := strings.Count(d.Log(), "with SIGKILL"); killed != n {
		t.Errorf("%d programs were killed, want %d", killed, n)
	}
}

// A program that ends at once and is wanted again at once (startsecs=0) is
// started again at a measured pace, not as fast as the machine can.
func TestStartsecsZero(t *testing.T) {
	t.Parallel()
	d := daemon(t, section("program:quick", "command=true", "startsecs=0", "autorestart=true")+
		section("program:once", "command=false", "startsecs=0", "autorestart=false"))
	const spawns = 4
	harness.Await(t, harness.Limit, "it has been started four times", func() error {
		if n := strings.Count(d.Log(), "spawned: 'quick'"); n < spawns {
			return fmt.Errorf("%d times", n)
		}
		return nil
	})
	var first, last time.Time
	n := 0
	for _, line := range strings.Split(d.Log(), "\n") {
		if !strings.Contains(line, "spawned: 'quick'") {
			continue
		}
		at, err := time.Parse("2006-01-02 15:04:05,000", line[:23])
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			first = at
		}
		if n++; n == spawns {
			last = at
		}
	}
	if span := last.Sub(first); span < time.Second || n > 2*spawns {
		t.Errorf("%d starts, the first %d of them in %v", n, spawns, span)
	}
	d.AwaitState("once", "EXITED")
	if n := strings.Count(d.Log(), "spawned: 'once'"); n != 1 {
		t.Errorf("once was started %d times", n)
	}
}

// Many programs boot, are listed, and end, and nothing is left of them.
func TestManyPrograms(t *testing.T) {
	t.Parallel()
	n := 1000
	if harness.Oracle() {
		n = 50 // it starts and stops some thirty a second
	}
	d := daemon(t, section("supervisord", "minfds=8000")+
		section("program:many", "command=sleep 1000", "process_name=%(program_name)s_%(process_num)04d",
			fmt.Sprint("numprocs=", n), "stdout_logfile=NONE", "stderr_logfile=NONE"))
	rows := d.AwaitAll("RUNNING")
	if len(rows) != n || rows[n-1].Name != fmt.Sprintf("many:many_%04d", n-1) {
		t.Fatalf("%d rows, the last %v", len(rows), rows[len(rows)-1])
	}
	pids := strings.Fields(d.Ctl("pid", "all").Stdout)
	different := map[string]bool{}
	for _, pid := range pids {
		different[pid] = true
	}
	if len(different) != n || different["0"] {
		t.Errorf("%d different pids", len(different))
	}
	family := d.Processes()
	if len(family) != n+1 {
		t.Errorf("%d processes, want %d", len(family), n+1)
	}
	d.Shutdown()
	if left := d.Processes(); len(left) > 0 {
		t.Errorf("left behind: %d processes", len(left))
	}
}
