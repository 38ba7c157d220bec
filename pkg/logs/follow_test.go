package logs

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"
)

// follower reads what a Follow gives.
type follower struct {
	*Follow
	t *testing.T
}

func follow(t *testing.T, path string) *follower {
	t.Helper()
	f, err := NewFollow(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return &follower{f, t}
}

// want reads until that much has come, and holds it against what is wanted.
func (f *follower) want(text string) {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(f.t.Context(), patience)
	defer cancel()
	var got []byte
	for len(got) < len(text) {
		data, err := f.Next(ctx)
		if err != nil {
			f.t.Fatalf("%v after %q, want %q", err, clip(string(got)), clip(text))
		}
		got = append(got, data...)
	}
	if string(got) != text {
		f.t.Fatalf("got %q, want %q", clip(string(got)), clip(text))
	}
}

// silent checks that nothing comes, for a moment.
func (f *follower) silent() {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(f.t.Context(), 30*time.Millisecond)
	defer cancel()
	if data, err := f.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
		f.t.Fatalf("got %q, %v, want nothing", data, err)
	}
}

func (f *follower) append(text string) {
	f.t.Helper()
	file, err := os.OpenFile(f.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		f.t.Fatal(err)
	}
	if _, err := file.WriteString(text); err != nil {
		f.t.Fatal(err)
	}
	file.Close()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// First come the last 1024 bytes, then what is appended.
func TestFollow(t *testing.T) {
	path := t.TempDir() + "/web.log"
	must(t, os.WriteFile(path, []byte(strings.Repeat("x", 2000)), 0o600))
	f := follow(t, path)
	f.want(strings.Repeat("x", 1024))
	f.silent()
	f.append("one\n")
	f.want("one\n")
	f.append("two\n")
	f.append("three\n")
	f.want("two\nthree\n")
	f.silent()
}

func TestFollowShortFile(t *testing.T) {
	path := t.TempDir() + "/web.log"
	must(t, os.WriteFile(path, nil, 0o600))
	f := follow(t, path)
	f.silent()
	f.append("short\n")
	f.want("short\n")
	g := follow(t, path)
	g.want("short\n")
}

func TestFollowErrors(t *testing.T) {
	for _, path := range []string{t.TempDir() + "/missing", t.TempDir(), "/dev/null"} {
		if _, err := NewFollow(path); err == nil {
			t.Errorf("NewFollow(%q) has no error", path)
		}
	}
}

func TestFollowEndsWithContext(t *testing.T) {
	path := t.TempDir() + "/web.log"
	must(t, os.WriteFile(path, nil, 0o600))
	f := follow(t, path)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(5*time.Millisecond, cancel)
	if _, err := f.Next(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Next = %v", err)
	}
	f.append("x")
	f.want("x") // and can go on with another one
}

// The name is followed through rotation, clear, rename, truncation, and while there
// is no such file.
func TestFollowThroughChanges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		do   func(f *follower)
	}{
		{"rotation", func(f *follower) {
			f.append("late\n")
			must(f.t, os.Rename(f.path, f.path+".1"))
			f.append("new\n")
			f.want("late\nnew\n")
		}},
		{"two rotations at once", func(f *follower) {
			f.append("a\n")
			must(f.t, os.Rename(f.path, f.path+".1"))
			f.append("b\n")
			must(f.t, os.Rename(f.path+".1", f.path+".2"))
			must(f.t, os.Rename(f.path, f.path+".1"))
			f.append("c\n")
			f.want("a\nb\nc\n")
		}},
		{"rotation to an empty file", func(f *follower) {
			must(f.t, os.Rename(f.path, f.path+".1"))
			f.append("")
			f.silent()
			f.append("new\n")
			f.want("new\n")
		}},
		{"renamed before the writer knows", func(f *follower) {
			writer, err := os.OpenFile(f.path, os.O_WRONLY|os.O_APPEND, 0)
			must(f.t, err)
			defer writer.Close()
			must(f.t, os.Rename(f.path, f.path+"-old"))
			f.append("") // logrotate's "create"
			f.silent()
			writer.WriteString("still here\n")
			f.want("still here\n")
			writer.WriteString("and here\n")
			f.append("new\n")
			f.want("and here\nnew\n")
		}},
		{"clear", func(f *follower) {
			must(f.t, os.Remove(f.path))
			f.append("")
			f.silent()
			f.append("new\n")
			f.want("new\n")
		}},
		{"missing for a while", func(f *follower) {
			must(f.t, os.Remove(f.path))
			f.silent()
			f.append("new\n")
			f.want("new\n")
		}},
		{"truncation", func(f *follower) {
			must(f.t, os.Truncate(f.path, 0))
			f.want("==> File truncated <==\n")
			f.append("new\n")
			f.want("new\n")
		}},
		{"the directory too", func(f *follower) {
			dir := f.path[:strings.LastIndex(f.path, "/")]
			must(f.t, os.RemoveAll(dir))
			f.silent()
			must(f.t, os.Mkdir(dir, 0o755))
			f.append("new\n")
			f.want("new\n")
			f.append("newer\n")
			f.want("newer\n")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir() + "/logs"
			must(t, os.Mkdir(dir, 0o755))
			must(t, os.WriteFile(dir+"/web.log", []byte("begin\n"), 0o600))
			f := follow(t, dir+"/web.log")
			f.want("begin\n")
			c.do(f)
			f.append("end\n")
			f.want("end\n")
		})
	}
}

// A follower of a log that is written and rotated as fast as it goes sees every
// line, as long as the backups are there.
func TestFollowLive(t *testing.T) {
	r := newRig(t)
	file := r.open("web.log", 20_000, 10_000)
	f := follow(t, file.Path())
	p := r.start(Options{File: file})
	all := lines(0, 30_000)
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		for rest := all; len(rest) > 0; {
			n := min(len(rest), 1000)
			p.Write(rest[:n])
			rest = rest[n:]
		}
	}()
	f.want(string(all))
	within(t, "the writer", sent)
	if got := allFiles(t, file.Path()); len(got) < 20 {
		t.Errorf("only %d files: this tested nothing", len(got))
	}
	if !bytes.Equal(all[:10], []byte("line 00000")) {
		t.Error("the lines are others than thought")
	}
}
