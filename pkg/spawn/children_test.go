package spawn

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// both runs a test the quick way and by way of the stage, which must give the
// same child. A umask as it is forces the stage.
func both(t *testing.T, test func(t *testing.T, f *family, way func(*Spec) *Spec)) {
	umask := syscall.Umask(0)
	syscall.Umask(umask)
	t.Run("quick", func(t *testing.T) {
		test(t, newFamily(t), func(s *Spec) *Spec { return s })
	})
	t.Run("stage", func(t *testing.T) {
		test(t, newFamily(t), func(s *Spec) *Spec {
			if s.Umask < 0 {
				s.Umask = umask
			}
			return s
		})
	})
}

func TestChildIsSetUp(t *testing.T) {
	dir := t.TempDir()
	inherited, err := syscall.Dup(openNull(t)) // not close-on-exec
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(inherited)
	if err := CloseOnExecAll(); err != nil {
		t.Fatal(err)
	}
	both(t, func(t *testing.T, f *family, way func(*Spec) *Spec) {
		for _, c := range []struct {
			name   string
			change func(*Spec)
			script string
			want   string
		}{
			{"process group of its own", nil, `set -- $(cat /proc/$$/stat); [ $5 = $$ ] && echo own`, "own\n"},
			{"session of ours", nil, `set -- $(cat /proc/$$/stat); echo $6`, fmt.Sprintln(session(t))},
			{"three descriptors", nil, `ls /proc/$$/fd`, "0\n1\n2\n"},
			{"directory", func(s *Spec) { s.Dir = dir }, `pwd -P`, dir + "\n"},
			{"umask", func(s *Spec) { s.Umask = 0o137 }, `umask`, "0137\n"},
			{"environment and nothing else",
				func(s *Spec) { s.Env = []string{"A=1", "GOGC=7", "B=zwei drei"} },
				`tr '\0' '\n' </proc/$$/environ`, "A=1\nGOGC=7\nB=zwei drei\n"},
			{"arguments", func(s *Spec) { s.Argv = append(s.Argv, "a b", "") }, `echo $# $0 "[$1]" "[$2]"`, "2 kid [a b] []\n"},
			{"argument 0 as typed", nil, `tr '\0' '\n' </proc/$$/cmdline | head -n 1`, "sh\n"},
			{"limit of descriptors", nil, `ulimit -n; ulimit -Hn`, limits(t)},
			{"large environment",
				func(s *Spec) {
					s.Env = []string{"X=" + strings.Repeat("x", 100_000), "Y=" + strings.Repeat("y", 100_000)}
				},
				`echo ${#X} ${#Y}`, "100000 100000\n"},
		} {
			t.Run(c.name, func(t *testing.T) {
				f.t = t
				spec := sh(c.script)
				if c.change != nil {
					c.change(spec)
				}
				stdout, stderr, end := f.run(way(spec)).output()
				if stdout != c.want || stderr != "" || end != "exit status 0" {
					t.Errorf("stdout %.200q, want %.200q; stderr %q, %s", stdout, c.want, stderr, end)
				}
			})
		}
	})
}

// session is the session of this process.
func session(t *testing.T) int {
	sid, _, errno := syscall.Syscall(syscall.SYS_GETSID, 0, 0, 0)
	if errno != 0 {
		t.Fatal(errno)
	}
	return int(sid)
}

// limits is what a child must see as its limits of descriptors: what this
// process was started with. The runtime has raised the soft one for itself, so a
// shell that the standard library starts is asked.
func limits(t *testing.T) string {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	p, err := os.StartProcess("/bin/sh", []string{"sh", "-c", "ulimit -n; ulimit -Hn"},
		&os.ProcAttr{Files: []*os.File{nil, w, nil}})
	w.Close()
	if err != nil {
		t.Fatal(err)
	}
	defer p.Release()
	return all(t, r)
}

// Shells change both masks, so cat shows its own.
func TestSignalsHaveTheirDefault(t *testing.T) {
	both(t, func(t *testing.T, f *family, way func(*Spec) *Spec) {
		spec := &Spec{Name: "kid", File: "/bin/cat", Argv: []string{"cat", "/proc/self/status"}, Umask: -1}
		stdout, _, _ := f.run(way(spec)).output()
		mask := func(name string) (mask uint64) {
			_, rest, found := strings.Cut(stdout, "\n"+name+":\t")
			if _, err := fmt.Sscanf(rest, "%x", &mask); !found || err != nil {
				t.Fatalf("no %s in %q", name, stdout)
			}
			return mask
		}
		ignored := mask("SigIgn")
		for _, sig := range []syscall.Signal{syscall.SIGPIPE, syscall.SIGXFSZ, syscall.SIGCHLD, syscall.SIGTERM, syscall.SIGUSR1, syscall.SIGUSR2} {
			if ignored&(1<<(sig-1)) != 0 {
				t.Errorf("%v is ignored (mask %x)", sig, ignored)
			}
		}
		if blocked := mask("SigBlk"); blocked != 0 {
			t.Errorf("signals are blocked: mask %x", blocked)
		}
	})
}

// A writer whose reader has gone ends by SIGPIPE (traps 57).
func TestBrokenPipeEndsTheWriter(t *testing.T) {
	both(t, func(t *testing.T, f *family, way func(*Spec) *Spec) {
		var p [2]int
		if err := closingPipe(&p); err != nil {
			t.Fatal(err)
		}
		null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer null.Close()
		_, end, err := f.start(way(&Spec{Name: "kid", File: "/usr/bin/yes", Argv: []string{"yes"}, Umask: -1,
			Stdin: int(null.Fd()), Stdout: p[1], Stderr: int(null.Fd())}))
		syscall.Close(p[0])
		syscall.Close(p[1])
		if err != nil {
			t.Fatal(err)
		}
		if _, text := Describe(f.await(end).Status); text != "terminated by SIGPIPE" {
			t.Error(text)
		}
	})
}

func TestSignalOneOrTheGroup(t *testing.T) {
	f := newFamily(t)
	// The leader waits for its child; the pipe of stdout is held by both.
	script := `sh -c 'echo inner; exec sleep 1000' & wait`

	k := f.run(sh(script))
	k.line()
	if err := Signal(k.pid, syscall.SIGKILL, false); err != nil {
		t.Fatal(err)
	}
	if _, text := Describe(k.await().Status); text != "terminated by SIGKILL" {
		t.Error(text)
	}
	// The inner one has survived: its group still has a member.
	if err := Signal(k.pid, 0, true); err != nil {
		t.Error("the group was killed with its leader:", err)
	}
	if err := Signal(k.pid, syscall.SIGKILL, true); err != nil {
		t.Error(err)
	}
	if rest := all(t, k.stdout); rest != "" {
		t.Errorf("%q", rest)
	}

	k = f.run(sh(script))
	k.line()
	if err := Signal(k.pid, syscall.SIGTERM, true); err != nil {
		t.Fatal(err)
	}
	if _, text := Describe(k.await().Status); text != "terminated by SIGTERM" {
		t.Error(text)
	}
	all(t, k.stdout) // ends only when the inner one has gone too
}

func TestSignalRefuses(t *testing.T) {
	for _, pid := range []int{1, 0, -1, -4711} {
		if err := Signal(pid, syscall.Signal(0), true); !errors.Is(err, syscall.EINVAL) {
			t.Errorf("pid %d: %v", pid, err)
		}
	}
	f := newFamily(t)
	k := f.run(sh(`exit 0`))
	k.await()
	err := Signal(k.pid, syscall.SIGTERM, false)
	if !errors.Is(err, syscall.ESRCH) {
		t.Error(err)
	}
	if want := fmt.Sprintf("cannot send SIGTERM to process %d: no such process", k.pid); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// A child that has ended before anybody was told that it lives.
func TestEndIsToldAfterStart(t *testing.T) {
	f := newFamily(t)
	var mu sync.Mutex
	order := map[int][]string{}
	note := func(pid int, what string) {
		mu.Lock()
		defer mu.Unlock()
		order[pid] = append(order[pid], what)
	}
	ends := make(chan Exit, 2)
	f.Children.Close()
	c := NewChildren(func(e Exit) { note(e.Pid, "exited"); ends <- e })
	defer c.Close()
	null := openNull(t)
	spec := &Spec{Name: "kid", File: "/bin/true", Argv: []string{"true"}, Umask: -1, Stdin: null, Stdout: null, Stderr: null}
	for range 2 {
		c.Start(spec, func(pid int, err error) {
			if err != nil {
				t.Error(err)
			}
			awaitZombie(t, pid)
			note(pid, "started")
		})
	}
	<-ends
	<-ends
	mu.Lock()
	defer mu.Unlock()
	if len(order) != 2 {
		t.Fatal(order)
	}
	for pid, got := range order {
		if !slices.Equal(got, []string{"started", "exited"}) {
			t.Errorf("pid %d: %v", pid, got)
		}
	}
}

func openNull(t testing.TB) int {
	t.Helper()
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { null.Close() })
	return int(null.Fd())
}

// awaitZombie waits until a child has ended, without collecting it.
func awaitZombie(t testing.TB, pid int) {
	t.Helper()
	for until := time.Now().Add(deadline); time.Now().Before(until); time.Sleep(time.Millisecond) {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			t.Errorf("pid %d was collected early: %v", pid, err)
			return
		}
		if _, rest, _ := strings.Cut(string(stat), ") "); strings.HasPrefix(rest, "Z") {
			return
		}
	}
	t.Errorf("pid %d does not end", pid)
}

// While the end of a child is being told, its pid may be given to another one,
// which is told of afterwards.
func TestPidUsedAgain(t *testing.T) {
	telling, told := make(chan int), make(chan struct{})
	c := NewChildren(func(e Exit) {
		telling <- e.Pid
		<-told
	})
	defer c.Close()
	null := openNull(t)
	spec := &Spec{Name: "kid", File: "/bin/true", Argv: []string{"true"}, Umask: -1, Stdin: null, Stdout: null, Stderr: null}
	c.Start(spec, func(int, error) {})
	pid := <-telling

	// As a start would whose fork has got the same pid.
	started := make(chan struct{})
	go func() { c.awaitTold(pid); close(started) }()
	c.awaitTold(pid + 1) // another pid does not wait
	select {
	case <-started:
		t.Fatal("a start was told of while the end of the same pid was being told")
	case <-time.After(20 * time.Millisecond):
	}
	told <- struct{}{}
	select {
	case <-started:
	case <-time.After(deadline):
		t.Fatal("the start is never told of")
	}
}

func TestForkErrors(t *testing.T) {
	for _, c := range []struct {
		errno syscall.Errno
		want  string
	}{
		{syscall.EAGAIN, "Too many processes in process table to spawn 'web'"},
		{syscall.ENOMEM, "unknown error during fork for 'web': ENOMEM"},
		{syscall.EMFILE, "too many open files to spawn 'web'"},
		{syscall.ENFILE, "unknown error during fork for 'web': ENFILE"},
	} {
		f := newFamilyFork(t, func(string, []string, *syscall.ProcAttr) (int, error) { return 0, c.errno })
		spec := sh("exit 0")
		spec.Name = "web"
		pid, _, err := f.start(spec)
		var e *Error
		if !errors.As(err, &e) || e.Kind != Resources || e.Text != c.want || !errors.Is(err, c.errno) || pid != 0 {
			t.Errorf("%v: %#v, pid %d", c.errno, err, pid)
		}
		f.Close()
	}
}

func TestClosedChildren(t *testing.T) {
	f := newFamily(t)
	f.Close()
	f.Close()
	if pid, _, err := f.start(sh("exit 0")); !errors.Is(err, errClosed) || pid != 0 {
		t.Errorf("pid %d, %v", pid, err)
	}
}
