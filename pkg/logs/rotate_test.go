package logs

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// contiguous checks that data is lines from to the last one before to, whole and
// in order, and returns the first.
func contiguous(t *testing.T, data []byte, to int) (from int) {
	t.Helper()
	if len(data) == 0 {
		return to
	}
	if _, err := fmt.Sscanf(string(data[:min(len(data), 13)]), "line %08d", &from); err != nil {
		t.Fatalf("the first line is torn: %q", clip(string(data)))
	}
	if want := lines(from, to); !bytes.Equal(data, want) {
		i := 0
		for i < len(data) && i < len(want) && data[i] == want[i] {
			i++
		}
		t.Fatalf("lines %d to %d expected; differs at byte %d of %d (want %d): %q",
			from, to, i, len(data), len(want), clip(string(data[max(0, i-60):min(len(data), i+60)])))
	}
	return from
}

// No line is lost, torn or cut by a rotation.
func TestRotation(t *testing.T) {
	const count, longest = 20000, 14 + 51 + 1
	all := lines(0, count)
	for _, maxBytes := range []int64{0, 1, 3000, 100_000, 1 << 30} {
		for _, backups := range []int{0, 1, 10, 100_000} {
			if maxBytes == 1 && backups > 10 {
				continue // as many files as lines
			}
			t.Run(fmt.Sprintf("maxbytes=%d,backups=%d", maxBytes, backups), func(t *testing.T) {
				r := newRig(t)
				f := r.open("web.log", maxBytes, backups)
				p := r.start(Options{File: f})
				sent := all
				if maxBytes == 1 {
					sent = lines(0, 300)
				}
				p.send(t, sent)
				p.finish(t)

				names := allFiles(t, f.Path())
				if len(names) > backups+1 {
					t.Errorf("%d files", len(names))
				}
				var kept []byte
				for i, name := range names {
					data := content(t, name)
					if data != "" && !strings.HasSuffix(data, "\n") {
						t.Errorf("%s ends inside a line", filepath.Base(name))
					}
					if i < len(names)-1 && (int64(len(data)) < maxBytes || int64(len(data)) >= maxBytes+longest) {
						t.Errorf("%s has %d bytes", filepath.Base(name), len(data))
					}
					kept = append(kept, data...)
				}
				count := count
				if maxBytes == 1 {
					count = 300
				}
				from := contiguous(t, kept, count)
				if (maxBytes == 0 || len(names) <= backups) && from != 0 {
					t.Errorf("begins with line %d though nothing had to go", from)
				}
				if maxBytes == 0 && len(names) != 1 {
					t.Errorf("rotated without a limit: %d files", len(names))
				}
				if maxBytes > 0 && maxBytes < 60_000 && backups == 10 && len(names) != 11 {
					t.Errorf("%d files, want all 11", len(names))
				}
			})
		}
	}
}

// What was there counts, and the file that is full by it is rotated after the next
// line (Supervisor looks after each write).
func TestRotationOfOldFile(t *testing.T) {
	r := newRig(t)
	if err := os.WriteFile(r.path("web.log"), bytes.Repeat([]byte("old\n"), 100), 0o640); err != nil {
		t.Fatal(err)
	}
	f := r.open("web.log", 50, 2)
	p := r.start(Options{File: f})
	p.send(t, []byte("first\nsecond\n"))
	p.finish(t)
	wantContent(t, f.Path(), "second\n")
	wantContent(t, f.Path()+".1", strings.Repeat("old\n", 100)+"first\n")
	info, err := os.Stat(f.Path())
	if err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the new file has mode %v, the old one had 0640", info.Mode())
	}
}

// A line that goes on and on is cut, 128 KiB beyond the limit.
func TestRotationCutsEndlessLine(t *testing.T) {
	r := newRig(t)
	f := r.open("web.log", 1000, 10)
	p := r.start(Options{File: f})
	data := bytes.Repeat([]byte("x"), 500_000)
	p.send(t, data)
	p.finish(t)
	var sizes []int
	total := 0
	for _, name := range allFiles(t, f.Path()) {
		n := len(content(t, name))
		sizes = append(sizes, n)
		total += n
	}
	if total != len(data) || len(sizes) < 3 {
		t.Errorf("sizes %v, total %d, want %d", sizes, total, len(data))
	}
	for _, n := range sizes {
		if n > 1000+longLine+64<<10 {
			t.Errorf("sizes %v", sizes)
		}
	}
}

// Files that somebody took away are passed over, gaps and all, and what is beyond
// the number of backups stays as it is.
func TestRotationWithMissingFiles(t *testing.T) {
	r := newRig(t)
	for name, text := range map[string]string{"web.log.2": "two", "web.log.3": "three", "web.log.9": "nine", "web.log.x": "x"} {
		if err := os.WriteFile(r.path(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, backups := range []int{3, 5000} { // both ways of finding them
		f := r.open("web.log", 5, backups)
		p := r.start(Options{File: f})
		p.send(t, []byte("12345\n"))
		p.finish(t)
		f.Close()
	}
	wantContent(t, r.path("web.log"), "")
	wantContent(t, r.path("web.log.1"), "12345\n")
	wantContent(t, r.path("web.log.2"), "12345\n")
	wantContent(t, r.path("web.log.4"), "two")
	wantContent(t, r.path("web.log.10"), "nine")
	wantContent(t, r.path("web.log.x"), "x")
	if exists(r.path("web.log.3")) || exists(r.path("web.log.5")) {
		t.Error("a file came from nowhere")
	}
}

// The oldest backup goes when another takes its place and not before, and whoever
// reads it may read on.
func TestOldestBackup(t *testing.T) {
	r := newRig(t)
	if err := os.WriteFile(r.path("web.log.2"), []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	reader, err := os.Open(r.path("web.log.2"))
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	f := r.open("web.log", 5, 2)
	for _, c := range []struct{ line, oldest string }{
		{"line 1\n", "old"}, // there was no .1 to take its place
		{"line 2\n", "line 1\n"},
		{"line 3\n", "line 2\n"},
	} {
		p := r.start(Options{File: f})
		p.send(t, []byte(c.line))
		p.finish(t)
		wantContent(t, r.path("web.log.2"), c.oldest)
		wantContent(t, r.path("web.log.1"), c.line)
	}
	if text, err := io.ReadAll(reader); err != nil || string(text) != "old" {
		t.Errorf("the reader got %q, %v", text, err)
	}
}

// A rotation that cannot be done costs nothing but size.
func TestRotationFails(t *testing.T) {
	r := newRig(t)
	if err := os.MkdirAll(r.path("web.log.1/in the way"), 0o755); err != nil {
		t.Fatal(err)
	}
	f := r.open("web.log", 10, 1)
	p := r.start(Options{File: f})
	p.send(t, lines(0, 1000))
	p.finish(t)
	wantContent(t, f.Path(), string(lines(0, 1000)))
	reports := r.reported()
	if len(reports) != 1 || !strings.HasPrefix(reports[0], "warn cannot rotate '"+f.Path()+"'") {
		t.Errorf("reported %q", reports)
	}
}

// TestRotationAsInSupervisor has Supervisor's own handler write the same lines and
// compares what is in the directory after each.
func TestRotationAsInSupervisor(t *testing.T) {
	t.Parallel()
	const python = "/usr/bin/python3"
	if err := exec.Command(python, "-c", "import supervisor.loggers").Run(); err != nil {
		t.Skip("Supervisor is not installed here to compare with:", err)
	}
	const script = `
import sys
from supervisor import loggers
logger = loggers.getLogger()
loggers.handle_file(logger, sys.argv[1], "%(message)s", rotating=True, maxbytes=int(sys.argv[2]), backups=int(sys.argv[3]))
for line in sys.stdin.buffer:
    logger.info(line)
`
	random := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		maxBytes int64
		backups  int
	}{{40, 0}, {40, 1}, {40, 3}, {1, 2}, {500, 4}} {
		t.Run(fmt.Sprint(c.maxBytes, "x", c.backups), func(t *testing.T) {
			r, theirs := newRig(t), t.TempDir()
			var input bytes.Buffer
			f := r.open("web.log", c.maxBytes, c.backups)
			p := r.start(Options{File: f})
			for i := range 60 {
				line := fmt.Appendf(nil, "%d %s\n", i, strings.Repeat("x", random.IntN(30)))
				input.Write(line)
				p.send(t, line)
			}
			p.finish(t)
			run := exec.Command(python, "-c", script, filepath.Join(theirs, "web.log"), fmt.Sprint(c.maxBytes), fmt.Sprint(c.backups))
			run.Stdin = &input
			if out, err := run.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			got, want := directory(t, r.dir), directory(t, theirs)
			if !slices.Equal(got, want) {
				t.Errorf("ours:\n%s\nSupervisor's:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

func directory(t *testing.T, dir string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files = append(files, fmt.Sprintf("%s: %q", entry.Name(), content(t, path)))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
