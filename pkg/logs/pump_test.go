package logs

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A log has the raw bytes of the program, without prefix, as they come.
func TestPumpCarriesEverything(t *testing.T) {
	r := newRig(t)
	f := r.open("web.log", 0, 0)
	p := r.start(Options{File: f})
	p.send(t, []byte("one\n"))
	p.drain(t)
	wantContent(t, f.Path(), "one\n")
	all := lines(0, 60000)
	p.send(t, all)
	p.send(t, []byte("no end"))
	p.finish(t)
	wantContent(t, f.Path(), "one\n"+string(all)+"no end")
	if got, want := p.pump.Bytes(), int64(len(all)+10); got != want {
		t.Errorf("Bytes = %d, want %d", got, want)
	}
}

func TestPumpWithoutSinkKeepsReading(t *testing.T) {
	r := newRig(t)
	p := r.start(Options{})
	p.send(t, make([]byte, 3<<20)) // hangs if nobody reads
	p.finish(t)
}

func TestPumpToDevNull(t *testing.T) {
	r := newRig(t)
	p := r.start(Options{File: r.open("/dev/null", 0, 0)})
	p.send(t, make([]byte, 3<<20))
	p.finish(t)
}

// A program that is quiet gets its output written at once.
func TestPumpWritesQuietOutputAtOnce(t *testing.T) {
	r := newRig(t)
	f := r.open("web.log", 0, 0)
	p := r.start(Options{File: f})
	want := ""
	for i := range 20 {
		line := fmt.Sprintf("tick %d\n", i)
		want += line
		p.send(t, []byte(line))
		eventually(t, line, func() bool { return content(t, f.Path()) == want })
	}
}

// Supervisor appends to what is there.
func TestPumpAppends(t *testing.T) {
	r := newRig(t)
	if err := os.WriteFile(r.path("web.log"), []byte("before\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	f := r.open("web.log", 0, 0)
	p := r.start(Options{File: f})
	p.send(t, []byte("after\n"))
	p.finish(t)
	wantContent(t, f.Path(), "before\nafter\n")
}

// After Drain a grandchild that still holds the pipe is still heard.
func TestDrainThenSurvivor(t *testing.T) {
	r := newRig(t)
	f := r.open("web.log", 0, 0)
	p := r.start(Options{File: f})
	p.send(t, []byte("child\n"))
	p.drain(t)
	p.send(t, []byte("grandchild\n"))
	p.drain(t)
	wantContent(t, f.Path(), "child\ngrandchild\n")
	p.send(t, []byte("at last\n"))
	p.finish(t)
	wantContent(t, f.Path(), "child\ngrandchild\nat last\n")
	p.drain(t) // after the end it is done at once
}

// Drain ends although somebody writes on without end.
func TestDrainDoesNotWaitForSurvivors(t *testing.T) {
	r := newRig(t)
	p := r.start(Options{File: r.open("web.log", 1<<20, 1)})
	stop, stopped := make(chan struct{}), make(chan struct{})
	chunk := lines(0, 1000)
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				p.Write(chunk)
			}
		}
	}()
	for range 5 {
		p.drain(t)
	}
	close(stop)
	within(t, "the writer", stopped)
}

func TestCloseEndsAtOnce(t *testing.T) {
	r := newRig(t)
	f := r.open("web.log", 0, 0)
	p := r.start(Options{File: f})
	p.pump.Close()
	p.pump.Close()
	eventually(t, "EPIPE", func() bool {
		_, err := p.Write([]byte("x"))
		return err != nil
	})
	p.drain(t)
	select {
	case <-p.closed:
		t.Error("Closed was called though the pipe was not at its end")
	default:
	}
}

func TestPollerClose(t *testing.T) {
	r := newRig(t)
	f := r.open("web.log", 0, 0)
	var programs []*program
	for range 10 {
		programs = append(programs, r.start(Options{File: f}))
	}
	if err := r.poller.Close(); err != nil {
		t.Error(err)
	}
	for _, p := range programs {
		if _, err := p.Write([]byte("x")); err == nil {
			t.Error("a pump is still there")
		}
	}
	read, write := pipe(t)
	defer write.Close()
	if _, err := r.poller.Add(read, Options{File: f}); err == nil {
		t.Error("a closed poller takes a pipe")
	}
}

// Everybody who shares a path shares one file, and no line of one writer is lost.
func TestSharedFile(t *testing.T) {
	r := newRig(t)
	var group sync.WaitGroup
	const writers, count = 8, 2000
	for w := range writers {
		p := r.start(Options{File: r.open("all.log", 0, 0)})
		group.Go(func() {
			for i := range count {
				fmt.Fprintf(p, "%d %06d\n", w, i)
			}
			p.finish(t)
		})
	}
	group.Wait()
	next := make([]int, writers)
	for line := range strings.Lines(content(t, r.path("all.log"))) {
		var w, i int
		if _, err := fmt.Sscanf(line, "%d %d\n", &w, &i); err != nil || len(line) != 9 {
			t.Fatalf("torn line %q", line)
		}
		if i != next[w] {
			t.Fatalf("writer %d: line %d follows %d", w, i, next[w]-1)
		}
		next[w]++
	}
	if want := slices.Repeat([]int{count}, writers); !slices.Equal(next, want) {
		t.Errorf("lines %v, want %v", next, want)
	}
}

// observed collects what the functions of Options were given.
type observed struct {
	mu                       sync.Mutex
	data, protocol, captured []byte
	sections                 int
	syslog                   []string
}

func (o *observed) options() Options {
	locked := func(do func()) {
		o.mu.Lock()
		defer o.mu.Unlock()
		do()
	}
	return Options{
		Data:     func(b []byte) { locked(func() { o.data = append(o.data, b...) }) },
		Protocol: func(b []byte) { locked(func() { o.protocol = append(o.protocol, b...) }) },
		Captured: func(b []byte) { locked(func() { o.captured = append(o.captured, b...); o.sections++ }) },
		Syslog:   func(b []byte) { locked(func() { o.syslog = append(o.syslog, string(b)) }) },
	}
}

// The functions see every byte, in order, whatever goes into the file.
func TestSight(t *testing.T) {
	raw := "plain \x1b[1mbold\x1b[0m\n<!--XSUPERVISOR:BEGIN-->\x1b[31mnews\x1b[0m<!--XSUPERVISOR:END-->more\n\ntail"
	for _, c := range []struct {
		name                 string
		strip                bool
		capture              int64
		file, data, captured string
		syslog               []string
	}{
		{"as it comes", false, 0, raw, raw, "",
			[]string{"plain \x1b[1mbold\x1b[0m", "<!--XSUPERVISOR:BEGIN-->\x1b[31mnews\x1b[0m<!--XSUPERVISOR:END-->more", "", "tail"}},
		{"strip", true, 0,
			"plain bold\n<!--XSUPERVISOR:BEGIN-->news<!--XSUPERVISOR:END-->more\n\ntail",
			"plain bold\n<!--XSUPERVISOR:BEGIN-->news<!--XSUPERVISOR:END-->more\n\ntail", "",
			[]string{"plain bold", "<!--XSUPERVISOR:BEGIN-->news<!--XSUPERVISOR:END-->more", "", "tail"}},
		{"capture", false, 1000,
			"plain \x1b[1mbold\x1b[0m\nmore\n\ntail",
			"plain \x1b[1mbold\x1b[0m\n\x1b[31mnews\x1b[0mmore\n\ntail", "\x1b[31mnews\x1b[0m",
			[]string{"plain \x1b[1mbold\x1b[0m", "more", "", "tail"}},
		{"both", true, 1000, "plain bold\nmore\n\ntail", "plain bold\nnewsmore\n\ntail", "news",
			[]string{"plain bold", "more", "", "tail"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			var seen observed
			o := seen.options()
			o.File, o.StripANSI, o.CaptureMaxBytes = r.open("web.log", 0, 0), c.strip, c.capture
			p := r.start(o)
			p.send(t, []byte(raw))
			p.finish(t)
			wantContent(t, o.File.Path(), c.file)
			for _, row := range [][3]string{
				{"Data", string(seen.data), c.data},
				{"Protocol", string(seen.protocol), raw},
				{"Captured", string(seen.captured), c.captured},
				{"Syslog", strings.Join(seen.syslog, "|"), strings.Join(c.syslog, "|")},
			} {
				if row[1] != row[2] {
					t.Errorf("%s got %q, want %q", row[0], row[1], row[2])
				}
			}
		})
	}
}

// With functions looking on, large output through rotation is still complete.
func TestSightLarge(t *testing.T) {
	for _, strip := range []bool{false, true} {
		t.Run(fmt.Sprint("strip=", strip), func(t *testing.T) {
			r := newRig(t)
			var seen observed
			o := Options{File: r.open("web.log", 300_000, 1000), StripANSI: strip, Data: seen.options().Data}
			p := r.start(o)
			all := lines(0, 60000)
			p.send(t, all)
			p.finish(t)
			if !bytes.Equal(seen.data, all) {
				t.Errorf("Data got %d bytes, want %d", len(seen.data), len(all))
			}
			var kept []byte
			for _, name := range allFiles(t, o.File.Path()) {
				kept = append(kept, content(t, name)...)
			}
			if !bytes.Equal(kept, all) {
				t.Errorf("the files have %d bytes, want %d, or other ones", len(kept), len(all))
			}
		})
	}
}

// What capture mode holds back at the end of a program is not lost.
func TestShortTailWithCapture(t *testing.T) {
	r := newRig(t)
	o := Options{File: r.open("web.log", 0, 0), CaptureMaxBytes: 100}
	p := r.start(o)
	p.send(t, []byte("bye\n<!--XSUPERV"))
	p.drain(t)
	wantContent(t, o.File.Path(), "bye\n<!--XSUPERV")
}

// A partial line goes to syslog when the pipe falls quiet, as in Supervisor.
func TestSyslogPartialLine(t *testing.T) {
	r := newRig(t)
	got := make(chan string, 10)
	p := r.start(Options{Syslog: func(line []byte) { got <- string(line) }})
	p.send(t, []byte("prompt> "))
	if line := <-got; line != "prompt> " {
		t.Errorf("got %q", line)
	}
}

func TestClearCapture(t *testing.T) {
	r := newRig(t)
	var seen observed
	o := seen.options()
	o.CaptureMaxBytes = 100
	p := r.start(o)
	p.send(t, []byte("<!--XSUPERVISOR:BEGIN-->old"))
	p.drain(t)
	p.pump.ClearCapture()
	p.send(t, []byte("new<!--XSUPERVISOR:END-->"))
	p.finish(t)
	if string(seen.captured) != "new" || seen.sections != 1 {
		t.Errorf("captured %q in %d sections", seen.captured, seen.sections)
	}
}

// Random writes by many programs at random paces: each file has what its program
// wrote.
func TestManyPumps(t *testing.T) {
	r := newRig(t)
	var group sync.WaitGroup
	for i := range 40 {
		f := r.open(fmt.Sprintf("%d.log", i), int64(i%3)*100_000, 100)
		p := r.start(Options{File: f})
		group.Go(func() {
			random := rand.New(rand.NewPCG(uint64(i), 1))
			all := lines(0, 5000)
			for rest := all; len(rest) > 0; {
				n := min(len(rest), 1+random.IntN(1<<random.IntN(17)))
				p.send(t, rest[:n])
				rest = rest[n:]
			}
			p.finish(t)
			var kept []byte
			for _, name := range allFiles(t, f.Path()) {
				kept = append(kept, content(t, name)...)
			}
			if !bytes.Equal(kept, all) {
				t.Errorf("%d.log differs", i)
			}
		})
	}
	group.Wait()
}
