package harness

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// recorder is a test that may fail without failing this one.
type recorder struct {
	testing.TB
	failures []string
}

func (r *recorder) Helper()                   {}
func (r *recorder) Errorf(f string, a ...any) { r.failures = append(r.failures, fmt.Sprintf(f, a...)) }
func (r *recorder) Fatalf(f string, a ...any) { r.Errorf(f, a...); panic(r) }
func (r *recorder) Failed() bool              { return len(r.failures) > 0 }
func (r *recorder) Logf(string, ...any)       {}
func (r *recorder) Cleanup(func())            {}

// fails runs what should fail its test, and answers how.
func fails(t *testing.T, what func(r *recorder)) string {
	t.Helper()
	r := &recorder{TB: t}
	func() {
		defer func() {
			if p := recover(); p != nil && p != any(r) {
				panic(p)
			}
		}()
		what(r)
	}()
	if len(r.failures) == 0 {
		t.Fatal("it did not fail")
	}
	return strings.Join(r.failures, "\n")
}

func TestAwait(t *testing.T) {
	calls := 0
	Await(t, Limit, "three calls", func() error {
		if calls++; calls < 3 {
			return errors.New("too few")
		}
		return nil
	})
	said := fails(t, func(r *recorder) {
		Await(r, time.Millisecond, "the moon is cheese", func() error { return errors.New("it is stone") })
	})
	if !strings.Contains(said, "the moon is cheese") || !strings.Contains(said, "it is stone") {
		t.Error(said)
	}
	fails(t, func(r *recorder) {
		Holds(r, Limit, "it lasts", func() error { return errors.New("it did not") })
	})
}

// A test that leaves a process behind fails, wherever the process has gone: out
// of its group, its session, or its environment. And it is killed.
func TestLeftBehind(t *testing.T) {
	for _, how := range []string{"exec sleep 1000", "exec setsid sleep 1000", "exec env -i /bin/sleep 1000"} {
		r := &recorder{TB: t}
		d := New(r)
		d.ForegroundCommand(exec.Command("sh", "-c", "("+how+") & echo started; exec sleep 1000"))
		Await(t, Limit, "both run", func() error {
			if family := d.Processes(); len(family) != 2 || strings.Contains(fmt.Sprint(family), "sh -c") {
				return fmt.Errorf("%v", family)
			}
			return nil
		})
		family := d.Processes()
		d.cleanup()
		if said := strings.Join(r.failures, "\n"); strings.Count(said, "left behind") != 1 {
			t.Errorf("%s: want one complaint: %s", how, said)
		}
		for _, p := range family {
			if Alive(p.Pid) {
				t.Errorf("%s: alive: %v", how, p)
			}
		}
		if _, err := os.Stat(d.Dir); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is still there: %v", d.Dir, err)
		}
	}
}

func TestProcessTable(t *testing.T) {
	self, ok := Lookup(os.Getpid())
	if !ok || self.Parent != os.Getppid() || self.Group != syscall.Getpgrp() {
		t.Errorf("%v: parent %d, group %d", self, os.Getppid(), syscall.Getpgrp())
	}
	// A name with brackets and blanks does not confuse it; a zombie is not alive.
	command := exec.Command("sh", "-c", "echo ready; read x")
	in, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	command.Stdout = &out
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	pid := command.Process.Pid
	if children, err := Descendants(os.Getpid()); err != nil || !strings.Contains(fmt.Sprint(children), fmt.Sprint(pid)) {
		t.Errorf("%d is not among %v, %v", pid, children, err)
	}
	if Gone(pid) == nil {
		t.Error("it should run")
	}
	in.Close()
	Await(t, Limit, "it is no more than a zombie", func() error { return Gone(pid) })
	if err := command.Wait(); err == nil {
		t.Error("read at the end of the file answered 0")
	}
	if Kill(1, syscall.SIGTERM) == nil {
		t.Error("process 1 may be signalled")
	}
}

func TestFreePorts(t *testing.T) {
	seen := map[int]bool{}
	for _, port := range FreePorts(t, 50) {
		if seen[port] {
			t.Errorf("%d twice", port)
		}
		seen[port] = true
	}
}

func TestParseStatus(t *testing.T) {
	rows := parseStatus("cat                              RUNNING   pid 31692, uptime 0:00:15\ng:x   STARTING  \n\n")
	want := []Row{{"cat", "RUNNING", "pid 31692, uptime 0:00:15"}, {"g:x", "STARTING", ""}}
	if len(rows) != 2 || rows[0] != want[0] || rows[1] != want[1] {
		t.Errorf("%q", rows)
	}
	r := Result{Stdout: "a: stopped\nb: stopped\n"}
	r.WantLines(t, 0, "b: stopped", "a: stopped")
	fails(t, func(rec *recorder) { r.WantLines(rec, 0, "a: stopped") })
	fails(t, func(rec *recorder) { r.WantLines(rec, 1, "b: stopped", "a: stopped") })
	fails(t, func(rec *recorder) { r.WantLines(rec, 0, "a: stopped", "a: stopped") })
}
