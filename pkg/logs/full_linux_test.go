package logs

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// smallDisk mounts a file system of that size, which takes privileges.
func smallDisk(t *testing.T, bytes int) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("none", dir, "tmpfs", 0, fmt.Sprintf("size=%d", bytes)); err != nil {
		t.Skip("no permission to mount a small file system (TestAlwaysFull covers the rest):", err)
	}
	t.Cleanup(func() { unix.Unmount(dir, unix.MNT_DETACH) })
	return dir
}

// A full disk delays nobody; once there is room again the log goes on by itself,
// says how much is missing, and has no torn line but the one at which the disk was
// full.
func TestFullDisk(t *testing.T) {
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
			disk := smallDisk(t, 1<<20)
			r := newRig(t)
			ballast := disk + "/ballast"
			if err := os.WriteFile(ballast, make([]byte, 512<<10), 0o600); err != nil {
				t.Fatal(err)
			}
			o := c.options
			o.File = r.open(disk+"/web.log", 0, 0)
			p := r.start(o)
			other := r.start(Options{File: r.open("other.log", 0, 0)})

			const many = 100_000
			p.send(t, lines(0, many)) // some 4 MB: hangs if the full disk holds it up
			other.send(t, []byte("not concerned\n"))
			other.drain(t)
			wantContent(t, r.path("other.log"), "not concerned\n")
			p.drain(t)
			if o.File.Dropped() == 0 {
				t.Fatal("the disk did not get full")
			}

			if err := os.Remove(ballast); err != nil {
				t.Fatal(err)
			}
			sent := many
			eventually(t, "recovery", func() bool {
				p.send(t, lines(sent, sent+1))
				sent++
				p.drain(t)
				return strings.HasSuffix(content(t, o.File.Path()), string(lines(sent-1, sent)))
			})
			p.send(t, lines(sent, sent+1000))
			p.finish(t)

			checkLoss(t, content(t, o.File.Path()), lines(0, sent+1000), o.File.Dropped(), p.pump.Dropped())
			reports := r.reported()
			if len(reports) != 2 ||
				!strings.HasPrefix(reports[0], "error cannot write '"+o.File.Path()+"': no space left on device; ") ||
				!strings.HasPrefix(reports[1], "info '"+o.File.Path()+"' can be written again; ") {
				t.Errorf("reported %q", reports)
			}
		})
	}
}

// checkLoss holds a log with one gap against everything that was sent.
func checkLoss(t *testing.T, text string, all []byte, counts ...int64) {
	t.Helper()
	before, rest, found := strings.Cut(text, "\nsupervisord: ")
	if !found {
		t.Fatalf("no line about the loss in %q", clip(text))
	}
	before += "\n"
	message, after, _ := strings.Cut(rest, "\n")
	var lost int64
	if _, err := fmt.Sscanf(message, "%d bytes of output were lost: no space left on device", &lost); err != nil {
		t.Fatalf("the line about the loss is %q", message)
	}
	if strings.Contains(after, "supervisord: ") {
		t.Errorf("more than one line about the loss")
	}
	for _, n := range counts {
		if n != lost {
			t.Errorf("counted %d, the log says %d", n, lost)
		}
	}
	// The line about the loss ends a line that was cut, if one was.
	if !bytes.HasPrefix(all, []byte(before)) {
		before = strings.TrimSuffix(before, "\n")
	}
	if !bytes.HasPrefix(all, []byte(before)) || !bytes.HasSuffix(all, []byte(after)) {
		t.Errorf("the log is not the beginning and the end of the output")
	}
	if !strings.HasPrefix(after, "line ") {
		t.Errorf("goes on inside a line: %q", clip(after))
	}
	if got, want := int64(len(before)+len(after))+lost, int64(len(all)); got != want {
		t.Errorf("%d bytes written and lost, want %d", got, want)
	}
}

// With rotation the oldest backup makes room; nothing is lost for longer than that.
func TestFullDiskWhileRotating(t *testing.T) {
	t.Parallel()
	disk := smallDisk(t, 1<<20)
	r := newRig(t)
	f := r.open(disk+"/web.log", 100_000, 30) // three times the disk
	p := r.start(Options{File: f})
	p.send(t, lines(0, 100_000))
	p.finish(t)
	if f.Dropped() == 0 {
		t.Error("the disk did not get full")
	}
}

// The contents of a deleted backup are freed while the log goes on. A log that
// finds the disk full meanwhile waits for that and loses nothing.
func TestFullDiskWhileFreeing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		options Options
	}{
		{"spliced", Options{}},
		{"changed", Options{StripANSI: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			const room = 256 << 10
			disk := smallDisk(t, 1<<20)
			if err := os.WriteFile(disk+"/web.log.10", make([]byte, 1<<20-room), 0o600); err != nil {
				t.Fatal(err)
			}
			r := newRig(t)
			o := c.options
			o.File = r.open(disk+"/web.log", 0, 0)
			held := hold(disk + "/web.log.10")
			if err := unix.Unlink(disk + "/web.log.10"); err != nil {
				t.Fatal(err)
			}
			o.File.freeing <- struct{}{}
			p := r.start(o)
			all := lines(0, 15_000) // twice the room
			sent := make(chan struct{})
			go func() {
				defer close(sent)
				p.Write(all)
			}()
			eventually(t, "a full disk", func() bool {
				var st unix.Statfs_t
				return unix.Statfs(disk, &st) == nil && st.Bavail == 0
			})
			unix.Close(held)
			<-o.File.freeing
			within(t, "the writer", sent)
			p.finish(t)
			if content(t, o.File.Path()) != string(all) || o.File.Dropped() > 0 {
				t.Errorf("%d bytes were dropped", o.File.Dropped())
			}
		})
	}
}
