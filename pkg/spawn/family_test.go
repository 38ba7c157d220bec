package spawn

import (
	"io"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// deadline is how long a test waits for what must come.
const deadline = 20 * time.Second

// family is a Children whose ends can be waited for, one by one.
type family struct {
	*Children
	t  testing.TB
	mu sync.Mutex
	// The ends still to be waited for, by pid. Started makes the channel, so
	// an end that is told before its start is seen.
	ends      map[int]chan Exit
	strangers chan Exit
}

func newFamily(t testing.TB) *family {
	t.Helper()
	return newFamilyFork(t, syscall.ForkExec)
}

func newFamilyFork(t testing.TB, fork fork) *family {
	t.Helper()
	f := &family{t: t, ends: map[int]chan Exit{}, strangers: make(chan Exit, 10000)}
	f.Children = newChildren(f.exited, fork)
	t.Cleanup(f.Close)
	return f
}

func (f *family) exited(e Exit) {
	if !e.Known {
		f.strangers <- e
		return
	}
	f.mu.Lock()
	end := f.ends[e.Pid]
	f.mu.Unlock()
	if end == nil {
		f.t.Errorf("pid %d: its end was told before its start", e.Pid)
		return
	}
	end <- e
}

// start starts a child and returns where its end will be found.
func (f *family) start(spec *Spec) (pid int, end chan Exit, err error) {
	end = make(chan Exit, 1)
	done := make(chan struct{})
	f.Start(spec, func(p int, e error) {
		pid, err = p, e
		f.mu.Lock()
		f.ends[p] = end
		f.mu.Unlock()
		close(done)
	})
	<-done
	return pid, end, err
}

func (f *family) await(end chan Exit) Exit {
	f.t.Helper()
	select {
	case e := <-end:
		return e
	case <-time.After(deadline):
		f.t.Fatal("the child does not end")
		panic("not reached")
	}
}

// kid is a started child with its pipes.
type kid struct {
	f      *family
	pid    int
	end    chan Exit
	stdin  int // our end, non-blocking
	stdout *os.File
	stderr *os.File
}

// run starts a child with three pipes. Spec need not have descriptors.
func (f *family) run(spec *Spec) *kid {
	f.t.Helper()
	in, cin := must2(f.t)(InputPipe())
	out, cout := must2(f.t)(OutputPipe())
	errs, cerrs := must2(f.t)(OutputPipe())
	spec.Stdin, spec.Stdout, spec.Stderr = cin, cout, cerrs
	pid, end, err := f.start(spec)
	for _, fd := range []int{cin, cout, cerrs} {
		syscall.Close(fd)
	}
	if err != nil {
		f.t.Fatalf("start %q: %v", spec.Argv, err)
	}
	k := &kid{f: f, pid: pid, end: end, stdin: in,
		stdout: os.NewFile(uintptr(out), "stdout"), stderr: os.NewFile(uintptr(errs), "stderr")}
	f.t.Cleanup(func() {
		select {
		case <-k.end:
		default:
			Signal(pid, syscall.SIGKILL, true)
		}
		syscall.Close(k.stdin)
		k.stdout.Close()
		k.stderr.Close()
	})
	return k
}

// await waits for the end, which later calls of it can still see.
func (k *kid) await() Exit {
	k.f.t.Helper()
	e := k.f.await(k.end)
	k.end <- e
	return e
}

// output is all of stdout and stderr, and how the child ended.
func (k *kid) output() (stdout, stderr, end string) {
	k.f.t.Helper()
	_, end = Describe(k.await().Status)
	return all(k.f.t, k.stdout), all(k.f.t, k.stderr), end
}

// line reads a line of stdout.
func (k *kid) line() string {
	k.f.t.Helper()
	k.stdout.SetReadDeadline(time.Now().Add(deadline))
	var b strings.Builder
	for c := []byte{0}; c[0] != '\n'; b.WriteByte(c[0]) {
		if _, err := io.ReadFull(k.stdout, c); err != nil {
			k.f.t.Fatalf("after %q: %v", b.String(), err)
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func all(t testing.TB, f *os.File) string {
	t.Helper()
	f.SetReadDeadline(time.Now().Add(deadline))
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// sh is the spec of a shell script.
func sh(script string, args ...string) *Spec {
	return &Spec{
		Name:  "kid",
		File:  "/bin/sh",
		Argv:  append([]string{"sh", "-c", script, "kid"}, args...),
		Env:   []string{"PATH=/usr/bin:/bin"},
		Umask: -1,
	}
}

func must2(t testing.TB) func(a, b int, err error) (int, int) {
	return func(a, b int, err error) (int, int) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return a, b
	}
}

func needsRoot(t *testing.T) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root can become another user")
	}
}
