package spawn

import (
	"bufio"
	"fmt"
	"os"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// The supervisor's ends go, the program neither gets SIGPIPE nor an end of
// file, and a successor goes on where the pipes stand.
func TestProgramOutlivesItsReader(t *testing.T) {
	f := newFamily(t)
	k := f.run(sh(`read a; echo "one $a"; read b; echo "two $b"; exit 7`))
	k.stdout.Close()
	write(t, k.stdin, "1\n")
	syscall.Close(k.stdin)
	k.stdin = -1

	path := func(fd int) string { return fmt.Sprintf("/proc/%d/fd/%d", k.pid, fd) }
	out, err := os.OpenFile(path(1), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	k.stdout = out
	in, err := os.OpenFile(path(0), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if got := k.line(); got != "one 1" {
		t.Errorf("%q", got)
	}
	if _, err := in.WriteString("2\n"); err != nil {
		t.Fatal(err)
	}
	if _, text := Describe(k.await().Status); text != "exit status 7" {
		t.Error(text)
	}
	if got := all(t, out); got != "two 2\n" {
		t.Errorf("%q", got)
	}
}

func TestPipeEnds(t *testing.T) {
	for name, make := range map[string]func() (int, int, error){"output": OutputPipe, "input": InputPipe} {
		ours, child := must2(t)(make())
		for _, c := range []struct {
			name     string
			fd       int
			nonblock bool
			mode     int
		}{
			{"ours", ours, true, map[string]int{"output": syscall.O_RDONLY, "input": syscall.O_WRONLY}[name]},
			{"the child's", child, false, syscall.O_RDWR},
		} {
			flags, err := unix.FcntlInt(uintptr(c.fd), unix.F_GETFL, 0)
			if err != nil {
				t.Fatal(err)
			}
			if got := flags&syscall.O_NONBLOCK != 0; got != c.nonblock {
				t.Errorf("%s: %s end non-blocking: %t", name, c.name, got)
			}
			if got := flags & syscall.O_ACCMODE; got != c.mode {
				t.Errorf("%s: %s end has mode %d, want %d", name, c.name, got, c.mode)
			}
			if flags, _ := unix.FcntlInt(uintptr(c.fd), unix.F_GETFD, 0); flags&unix.FD_CLOEXEC == 0 {
				t.Errorf("%s: %s end is not close-on-exec", name, c.name)
			}
			syscall.Close(c.fd)
		}
	}
}

// The end of file of an output comes when the child's end has gone, and a
// broken pipe when the reader of an input has.
func TestPipeEndsWithTheChild(t *testing.T) {
	f := newFamily(t)
	k := f.run(sh(`echo last`))
	k.await()
	lines := bufio.NewScanner(k.stdout)
	if !lines.Scan() || lines.Text() != "last" || lines.Scan() || lines.Err() != nil {
		t.Errorf("%q, %v", lines.Text(), lines.Err())
	}
	if _, err := syscall.Write(k.stdin, []byte("x")); err != syscall.EPIPE {
		t.Errorf("writing to a child that has gone: %v", err)
	}
}

// At the limit of descriptors a pipe is refused with Supervisor's text, and what
// was opened is closed again.
func TestPipeWithoutDescriptors(t *testing.T) {
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &old); err != nil {
		t.Fatal(err)
	}
	defer syscall.Setrlimit(syscall.RLIMIT_NOFILE, &old)
	free, err := syscall.Dup(0)
	if err != nil {
		t.Fatal(err)
	}
	syscall.Close(free) // the next descriptor

	for room := range 3 {
		low := syscall.Rlimit{Cur: uint64(free + room), Max: old.Max}
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &low); err != nil {
			t.Fatal(err)
		}
		_, _, err := OutputPipe()
		if e := ChannelError("web", err); e.Text != "too many open files to spawn 'web'" {
			t.Errorf("room for %d: %v", room, e)
		}
		next, err := syscall.Open("/", syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
		switch {
		case room == 0 && err == nil, room > 0 && (err != nil || next != free):
			t.Errorf("room for %d: the next descriptor is %d, want %d (%v)", room, next, free, err)
		}
		if err == nil {
			syscall.Close(next)
		}
	}
}

func write(t *testing.T, fd int, text string) {
	t.Helper()
	if _, err := syscall.Write(fd, []byte(text)); err != nil {
		t.Fatal(err)
	}
}
