package logs

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func fifo(t *testing.T) string {
	t.Helper()
	path := t.TempDir() + "/fifo"
	if err := unix.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// stalled is a program whose output goes where nobody reads, and writes until its
// pipe is full.
func (r *rig) stalled(o Options) (p *program, written chan struct{}) {
	r.t.Helper()
	p = r.start(o)
	written = make(chan struct{})
	data := lines(0, 50_000) // more than all pipes on the way hold, even big ones
	go func() {
		defer close(written)
		p.Write(data)
	}()
	return p, written
}

// A sink that nobody reads fills its own pipe and nothing else; once it is read
// everything arrives.
func TestStalledSink(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		options Options
	}{
		{"spliced", Options{}},
		{"looked at", Options{Data: func([]byte) {}}},
		{"changed", Options{StripANSI: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			path := fifo(t)
			c.options.File = r.open(path, 1000, 3)
			slow, written := r.stalled(c.options)
			eventually(t, "something to come", func() bool { return slow.pump.Bytes() > 0 })
			other := r.start(Options{File: r.open("other.log", 0, 0)})
			for i := range 100 {
				other.send(t, lines(i*100, i*100+100))
				other.drain(t)
			}
			wantContent(t, r.path("other.log"), string(lines(0, 10000)))
			select {
			case <-written:
				t.Fatal("the sink did not stall")
			default:
			}

			begun := time.Now()
			slow.drain(t) // done although nothing moves
			if took := time.Since(begun); took < drainPatience || took > 3*drainPatience {
				t.Errorf("Drain took %v, want %v", took, drainPatience)
			}

			reader, err := os.OpenFile(path, os.O_RDONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer reader.Close()
			want := lines(0, 50_000)
			got := make([]byte, len(want))
			if _, err := io.ReadFull(reader, got); err != nil {
				t.Fatal(err)
			}
			if string(got) != string(want) {
				t.Error("what came through differs")
			}
			within(t, "the program", written)
			slow.finish(t)
		})
	}
}

// Neither closing the pump nor anything done to the file hangs on it.
func TestStalledSinkIsLeftAlone(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	f := r.open(fifo(t), 0, 0)
	slow, written := r.stalled(Options{File: f})
	second, _ := r.stalled(Options{File: f}) // waits for the first
	for i, do := range []func() error{f.Reopen, f.Clear, f.Close, slow.pump.Close, second.pump.Close, r.poller.Close} {
		begun := time.Now()
		if err := do(); err != nil {
			t.Errorf("step %d: %v", i, err)
		}
		if took := time.Since(begun); took > 2*time.Second {
			t.Errorf("step %d took %v", i, took)
		}
	}
	within(t, "the program to get EPIPE", written)
}

// The daemon's own descriptors: used as they are, blocking as they are.
func TestInherited(t *testing.T) {
	r := newRig(t)
	read, write := pipe(t)
	out := os.NewFile(uintptr(read), "read end")
	defer out.Close()
	defer write.Close()
	path := fmt.Sprintf("/proc/self/fd/%d", fdOf(write))
	link := r.path("link.log")
	if err := os.Symlink(fmt.Sprintf("/dev/fd/%d", fdOf(write)), link); err != nil {
		t.Fatal(err)
	}
	// Another process's mode of the description must not change with ours.
	flagsBefore, err := unix.FcntlInt(uintptr(fdOf(write)), unix.F_GETFL, 0)
	if err != nil {
		t.Fatal(err)
	}
	f := r.open(path, 10, 3) // maxbytes means nothing here
	g := r.open(link, 10, 3)
	a, aWritten := r.stalled(Options{File: f})
	a.drain(t)
	flags, _ := unix.FcntlInt(uintptr(fdOf(write)), unix.F_GETFL, 0)
	if flags != flagsBefore {
		t.Errorf("the flags of the descriptor changed from %#x to %#x", flagsBefore, flags)
	}
	if err := f.Reopen(); err != nil {
		t.Error(err)
	}
	if err := f.Clear(); err != nil {
		t.Error(err)
	}
	got := make([]byte, len(lines(0, 50_000)))
	if _, err := io.ReadFull(out, got); err != nil {
		t.Fatal(err)
	}
	if string(got) != string(lines(0, 50_000)) {
		t.Error("what came through differs")
	}
	within(t, "the program", aWritten)

	b := r.start(Options{File: g})
	b.send(t, []byte("by link\n"))
	n, err := io.ReadFull(out, got[:8])
	if err != nil || string(got[:n]) != "by link\n" {
		t.Errorf("%q, %v", got[:n], err)
	}
	if _, err := os.Lstat(path + ".1"); err == nil {
		t.Error("rotated")
	}
}

// A regular file on our stdout is written through the descriptor, where it stands,
// also when it was opened for appending.
func TestInheritedRegularFile(t *testing.T) {
	for _, flag := range []int{0, os.O_APPEND} {
		t.Run(fmt.Sprintf("flag=%#x", flag), func(t *testing.T) {
			r := newRig(t)
			out, err := os.OpenFile(r.path("out"), os.O_WRONLY|os.O_CREATE|flag, 0o600)
			if err != nil {
				t.Fatal(err)
			}
			defer out.Close()
			out.WriteString("mine\n")
			f := r.open(fmt.Sprintf("/dev/fd/%d", fdOf(out)), 5, 2)
			p := r.start(Options{File: f})
			p.send(t, []byte("child's\n"))
			p.drain(t)
			out.WriteString("mine again\n")
			p.send(t, []byte("child's again\n"))
			p.finish(t)
			wantContent(t, r.path("out"), "mine\nchild's\nmine again\nchild's again\n")
		})
	}
}

// A reader that has gone is an error like any other: nobody is held up, nobody
// dies of SIGPIPE.
func TestBrokenPipe(t *testing.T) {
	r := newRig(t)
	read, write := pipe(t)
	unix.Close(read)
	defer write.Close()
	f := r.open(fmt.Sprintf("/dev/fd/%d", fdOf(write)), 0, 0)
	p := r.start(Options{File: f})
	p.send(t, lines(0, 50_000))
	p.finish(t)
	if reports := r.reported(); len(reports) != 1 || !strings.Contains(reports[0], "broken pipe") {
		t.Errorf("reported %q", reports)
	}
}

// Programs that say nothing cost no goroutine.
func TestIdleCostsNothing(t *testing.T) {
	if portable {
		return // a goroutine each
	}
	r := newRig(t)
	before := runtime.NumGoroutine()
	var programs []*program
	for i := range 200 {
		p := r.start(Options{File: r.open(fmt.Sprintf("%d.log", i), 1000, 1)})
		p.send(t, []byte("hello\n"))
		programs = append(programs, p)
	}
	for _, p := range programs {
		p.drain(t)
	}
	eventually(t, "the goroutines to end", func() bool { return runtime.NumGoroutine() <= before })
}

// Reopening a FIFO keeps what waits in it for a reader.
func TestReopenFIFO(t *testing.T) {
	r := newRig(t)
	f := r.open(fifo(t), 0, 0)
	p := r.start(Options{File: f})
	p.send(t, []byte("waits\n"))
	p.drain(t)
	if err := f.Reopen(); err != nil {
		t.Fatal(err)
	}
	reader, err := os.Open(f.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	got := make([]byte, 6)
	if _, err := io.ReadFull(reader, got); err != nil || string(got) != "waits\n" {
		t.Errorf("%q, %v", got, err)
	}
}
