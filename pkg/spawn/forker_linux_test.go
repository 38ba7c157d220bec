package spawn

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// newTestForker gives a forker whose thread is at work.
func newTestForker(t *testing.T) *forker {
	t.Helper()
	f := &forker{}
	f.start()
	if f.state != forkerAtWork {
		t.Fatal("there is no thread that forks")
	}
	t.Cleanup(f.close)
	return f
}

// fork has the thread fork.
func (f *forker) fork(t *testing.T, argv, env []string, fds ...int) (pid int, err error) {
	t.Helper()
	done := make(chan struct{})
	job := func(fds []int) {
		defer close(done)
		var files []uintptr
		for _, fd := range fds {
			files = append(files, uintptr(fd))
		}
		pid, err = syscall.ForkExec(argv[0], argv, &syscall.ProcAttr{Env: env, Files: files})
	}
	if err := f.do(fds, job); err != nil {
		t.Fatal(err)
	}
	<-done
	return pid, err
}

// output forks and returns what the child wrote to descriptor 1.
func (f *forker) output(t *testing.T, argv, env []string) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	null := openNull(t)
	pid, err := f.fork(t, argv, env, null, int(w.Fd()), null)
	w.Close()
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := syscall.Wait4(pid, nil, 0, nil); err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A child has its three descriptors and no others, whatever the process and the
// thread have open.
func TestForkerDescriptors(t *testing.T) {
	f := newTestForker(t)
	got := f.output(t, []string{"/bin/sh", "-c", "echo /proc/self/fd/*"}, nil)
	// The shell's listing has a descriptor of its own, 3.
	if want := "/proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2"; !strings.HasPrefix(got, want) || strings.Count(got, "fd/") > 4 {
		t.Errorf("the child has %q", got)
	}
}

// The thread's table stays small, also when a fork has failed.
func TestForkerTable(t *testing.T) {
	f := newTestForker(t)
	null := openNull(t)
	for range 50 {
		if _, err := f.fork(t, []string{"/no/such/file"}, nil, null, null, null); err != syscall.ENOENT {
			t.Fatalf("a file that is not there: %v", err)
		}
	}
	for _, thread := range threads(t) {
		open, err := os.ReadDir("/proc/self/task/" + thread + "/fd")
		if err == nil && len(open) < 12 {
			return
		}
	}
	t.Error("no thread has a small table")
}

func threads(t *testing.T) []string {
	t.Helper()
	for range 40 { // so that the table of the others is not small
		openNull(t)
	}
	entries, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// Garbage collections that begin in the thread find the runtime's poller.
func TestForkerCollects(t *testing.T) {
	f := newTestForker(t)
	env := make([]string, 5000) // some 100 KiB of copies for each fork
	for i := range env {
		env[i] = fmt.Sprintf("V%d=x", i)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 100 {
		if got := f.output(t, []string{"/bin/echo", "hello"}, env); got != "hello\n" {
			t.Fatalf("got %q", got)
		}
	}
	if runtime.ReadMemStats(&after); after.NumGC-before.NumGC < 2 {
		t.Errorf("%d collections", after.NumGC-before.NumGC)
	}
}

// After close, forks go on.
func TestForkerClosed(t *testing.T) {
	f := newTestForker(t)
	f.close()
	f.close()
	if got := f.output(t, []string{"/bin/echo", "hello"}, nil); got != "hello\n" {
		t.Errorf("got %q", got)
	}
}

// A job that hangs is left alone, and the next ones are carried out.
func TestForkerHangs(t *testing.T) {
	f := newTestForker(t)
	null := openNull(t)
	hung, over := make(chan struct{}), make(chan struct{})
	if err := f.do([]int{null}, func([]int) { close(hung); <-over }); err != nil {
		t.Fatal(err)
	}
	<-hung
	defer close(over)
	for !f.hangs() {
		time.Sleep(time.Millisecond)
	}
	if got := f.output(t, []string{"/bin/echo", "hello"}, nil); got != "hello\n" {
		t.Errorf("got %q", got)
	}
}

// The thread is never the main one, by whose table the process is known.
func TestForkerLeavesMainThread(t *testing.T) {
	for range 50 {
		f := newTestForker(t)
		f.output(t, []string{"/bin/true"}, nil)
		null := openNull(t)
		if to, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", null)); err != nil || to != "/dev/null" {
			t.Fatalf("our descriptor is seen as %q, %v", to, err)
		}
		f.close()
	}
}
