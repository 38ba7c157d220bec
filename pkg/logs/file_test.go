package logs

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestOpenErrors(t *testing.T) {
	r := newRig(t)
	if err := os.WriteFile(r.path("plain"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path string
		want error
	}{
		{r.dir, unix.EISDIR},
		{r.path("missing/web.log"), fs.ErrNotExist},
		{r.path("plain/web.log"), unix.ENOTDIR},
		{"/dev/fd/99999", unix.EBADF},
	} {
		for range 2 { // a failure is not remembered
			f, err := r.store.Open(c.path, 0, 0)
			if !errors.Is(err, c.want) || f != nil {
				t.Errorf("Open(%q) = %v, %v, want %v", c.path, f, err, c.want)
			}
		}
	}
}

func TestOpenCreates(t *testing.T) {
	r := newRig(t)
	old := unix.Umask(0o027)
	defer unix.Umask(old)
	f := r.open("web.log", 0, 0)
	info, err := os.Stat(f.Path())
	if err != nil || info.Mode() != 0o640 {
		t.Errorf("%v, %v, want mode 0640", info, err)
	}
}

// One path, however it is spelled, is one file; the last user closes it.
func TestStoreShares(t *testing.T) {
	r := newRig(t)
	a := r.open("web.log", 10, 1)
	b, err := r.store.Open(r.dir+"/./x/../web.log", 20, 2)
	if err != nil || a != b {
		t.Fatalf("two files for one path: %v", err)
	}
	if got := a.maxBytes.Load(); got != 20 {
		t.Errorf("maxbytes %d, want that of the latest user", got)
	}
	a.Close()
	if a.closed {
		t.Error("closed though in use")
	}
	p := r.start(Options{File: b})
	b.Close()
	p.send(t, []byte("still\n"))
	p.drain(t)
	wantContent(t, r.path("web.log"), "still\n")
	p.finish(t)
	if !a.closed || len(r.store.files) != 0 {
		t.Error("still open though nobody uses it")
	}
}

// For an external logrotate: rename, then reopen.
func TestReopen(t *testing.T) {
	r := newRig(t)
	f := r.open("web.log", 0, 0)
	p := r.start(Options{File: f})
	say := func(text string) { p.send(t, []byte(text)); p.drain(t) }
	say("one\n")
	if err := os.Rename(r.path("web.log"), r.path("web.log-old")); err != nil {
		t.Fatal(err)
	}
	say("two\n") // still into the renamed file
	if errs := r.store.Reopen(); errs != nil {
		t.Fatal(errs)
	}
	wantContent(t, r.path("web.log"), "")
	say("three\n")
	wantContent(t, r.path("web.log-old"), "one\ntwo\n")
	wantContent(t, r.path("web.log"), "three\n")
}

func TestReopenFails(t *testing.T) {
	r := newRig(t)
	if err := os.Mkdir(r.path("logs"), 0o755); err != nil {
		t.Fatal(err)
	}
	f := r.open("logs/web.log", 0, 0)
	if err := os.RemoveAll(r.path("logs")); err != nil {
		t.Fatal(err)
	}
	if errs := r.store.Reopen(); len(errs) != 1 || !errors.Is(errs[0], fs.ErrNotExist) {
		t.Errorf("Reopen = %v", errs)
	}
	if err := os.Mkdir(r.path("logs"), 0o755); err != nil {
		t.Fatal(err)
	}
	p := r.start(Options{File: f})
	p.send(t, []byte("back\n"))
	p.finish(t)
	wantContent(t, f.Path(), "back\n")
}

func TestClear(t *testing.T) {
	r := newRig(t)
	path, err := CreateAuto(r.dir, "web", "stdout", "supervisor")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+".1", []byte("backup"), 0o600); err != nil {
		t.Fatal(err)
	}
	f := r.open(path, 0, 0)
	p := r.start(Options{File: f})
	p.send(t, []byte("old\n"))
	p.drain(t)
	if err := f.Clear(); err != nil {
		t.Fatal(err)
	}
	after, err := os.Stat(path)
	if err != nil || after.Size() != 0 || after.Mode() != 0o600 {
		t.Errorf("after Clear: %v, %v; want a new empty file with the same permissions", after, err)
	}
	p.send(t, []byte("new\n"))
	p.drain(t)
	wantContent(t, path, "new\n")
	wantContent(t, path+".1", "backup")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := f.Clear(); err != nil {
		t.Errorf("Clear of a file that is missing: %v", err)
	}
	wantContent(t, path, "")
}

// What others do to the file is noticed with the next output.
func TestOutsiders(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(path string) error
		want string
	}{
		{"delete", os.Remove, "new\nnewer\n"},
		{"truncate", func(path string) error { return os.Truncate(path, 0) }, "new\nnewer\n"},
		{"shorten", func(path string) error { return os.Truncate(path, 2) }, "olnew\nnewer\n"},
		{"append", func(path string) error {
			f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
			if err == nil {
				_, err = f.WriteString("guest\n")
				f.Close()
			}
			return err
		}, "old\nguest\nnew\nnewer\n"},
		{"other file of that name", func(path string) error { // a rename: until told otherwise we write to the old one
			return os.WriteFile(path+"~", []byte("x"), 0o600)
		}, "old\nnew\nnewer\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			f := r.open("web.log", 1000, 1)
			p := r.start(Options{File: f})
			p.send(t, []byte("old\n"))
			p.drain(t)
			if err := c.do(f.Path()); err != nil {
				t.Fatal(err)
			}
			p.send(t, []byte("new\n"))
			p.drain(t)
			p.send(t, []byte("newer\n"))
			p.drain(t)
			wantContent(t, f.Path(), c.want)
		})
	}
}

// Somebody else who appends all the time loses nothing and takes nothing away.
func TestSecondWriter(t *testing.T) {
	r := newRig(t)
	f := r.open("web.log", 0, 0)
	guest, err := os.OpenFile(f.Path(), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer guest.Close()
	guest.WriteString("guest here\n")
	p := r.start(Options{File: f})
	p.send(t, []byte("ours here\n"))
	p.drain(t)
	guestDone := make(chan struct{})
	go func() {
		defer close(guestDone)
		for range 2000 {
			guest.WriteString("guest\n")
		}
	}()
	for range 2000 {
		p.send(t, []byte("ours\n"))
	}
	<-guestDone
	p.finish(t)
	text := content(t, f.Path())
	if g, o := strings.Count(text, "guest\n"), strings.Count(text, "ours\n"); g != 2000 || o != 2000 {
		t.Errorf("%d lines of theirs, %d of ours, want 2000 each", g, o)
	}
}

// The folder goes away and comes back: nothing is asked of anybody.
func TestFolderGone(t *testing.T) {
	r := newRig(t)
	if err := os.Mkdir(r.path("logs"), 0o755); err != nil {
		t.Fatal(err)
	}
	f := r.open("logs/web.log", 0, 0)
	p := r.start(Options{File: f})
	p.send(t, []byte("before\n"))
	p.drain(t)
	if err := os.RemoveAll(r.path("logs")); err != nil {
		t.Fatal(err)
	}
	p.send(t, lines(0, 10000))
	p.drain(t)
	if want := int64(len(lines(0, 10000))); f.Dropped() != want || p.pump.Dropped() != want {
		t.Errorf("dropped %d and %d, want %d", f.Dropped(), p.pump.Dropped(), want)
	}
	if err := os.Mkdir(r.path("logs"), 0o755); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the file", func() bool {
		p.send(t, []byte("after\n"))
		p.drain(t)
		return exists(f.Path())
	})
	text := content(t, f.Path())
	if !strings.HasPrefix(text, "supervisord: ") ||
		!strings.Contains(text, " bytes of output were lost: no such file or directory\nafter\n") {
		t.Errorf("the file begins %q", clip(text))
	}
	reports := r.reported()
	if len(reports) != 2 || !strings.HasPrefix(reports[0], "error cannot write '"+f.Path()+"': no such file or directory") ||
		!strings.HasPrefix(reports[1], "info '"+f.Path()+"' can be written again") {
		t.Errorf("reported %q", reports)
	}
}

// The rest of a line whose beginning was dropped is dropped as well.
func TestNoTornLineAfterLoss(t *testing.T) {
	r := newRig(t)
	if err := os.Mkdir(r.path("logs"), 0o755); err != nil {
		t.Fatal(err)
	}
	f := r.open("logs/web.log", 0, 0)
	p := r.start(Options{File: f})
	if err := os.RemoveAll(r.path("logs")); err != nil {
		t.Fatal(err)
	}
	p.send(t, []byte("lost\nbegin"))
	p.drain(t)
	if err := os.Mkdir(r.path("logs"), 0o755); err != nil {
		t.Fatal(err)
	}
	f.acquire(nil)
	f.trouble.retry = f.trouble.retry.Add(-retryEvery)
	f.release()
	p.send(t, []byte("ning\nwhole\n"))
	p.finish(t)
	wantContent(t, f.Path(), "supervisord: 15 bytes of output were lost: no such file or directory\nwhole\n")
}

// /dev/full is a disk that is always full: nobody is held up, one message.
func TestAlwaysFull(t *testing.T) {
	r := newRig(t)
	f := r.open("/dev/full", 100, 1)
	p := r.start(Options{File: f})
	p.send(t, lines(0, 50000))
	p.finish(t)
	if want := int64(len(lines(0, 50000))); p.pump.Dropped() != want {
		t.Errorf("dropped %d, want %d", p.pump.Dropped(), want)
	}
	if reports := r.reported(); len(reports) != 1 ||
		reports[0] != "error cannot write '/dev/full': no space left on device; output is dropped until it can be written" {
		t.Errorf("reported %q", reports)
	}
}
