package logs

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"supervisord/pkg/config"
)

func openMain(t *testing.T, o MainOptions) *Main {
	t.Helper()
	if o.Path == "" {
		o.Path = filepath.Join(t.TempDir(), "supervisord.log")
	}
	m, err := OpenMain(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

func synced(t *testing.T, m *Main) {
	t.Helper()
	if err := m.Sync(patience); err != nil {
		t.Fatal(err)
	}
}

// The form of a line, its levels, what a threshold lets through.
func TestMainLines(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 678_999_999, time.Local)
	var copied bytes.Buffer
	m := openMain(t, MainOptions{Level: config.Debug, Now: func() time.Time { return at }, Stdout: &copied})
	for _, row := range config.Levels {
		m.Log(row.Level, "%s %d%%", row.Name, 5)
	}
	m.Line(config.Info, "100% as it stands\nsecond line")
	synced(t, m)
	want := `2026-01-02 03:04:05,678 CRIT critical 5%
2026-01-02 03:04:05,678 ERRO error 5%
2026-01-02 03:04:05,678 WARN warn 5%
2026-01-02 03:04:05,678 INFO info 5%
2026-01-02 03:04:05,678 DEBG debug 5%
2026-01-02 03:04:05,678 INFO 100% as it stands
second line
`
	wantContent(t, m.Path(), want)
	if copied.String() != want {
		t.Errorf("the copy is %q", copied.String())
	}
	if !m.Enabled(config.Debug) || m.Enabled(config.Trace) {
		t.Error("Enabled is wrong")
	}
}

func TestMainClockIsLocal(t *testing.T) {
	zone := time.FixedZone("elsewhere", 5*3600)
	m := openMain(t, MainOptions{Now: func() time.Time { return time.Date(2026, 6, 1, 12, 0, 0, 0, zone) }})
	m.Log(config.Info, "x")
	synced(t, m)
	wantContent(t, m.Path(), time.Date(2026, 6, 1, 12, 0, 0, 0, zone).Local().Format("2006-01-02 15:04:05,000")+" INFO x\n")
}

func TestMainRotates(t *testing.T) {
	m := openMain(t, MainOptions{MaxBytes: 1000, Backups: 500})
	for i := range 2000 {
		m.Log(config.Info, "line %d", i)
	}
	synced(t, m)
	var kept string
	for _, name := range allFiles(t, m.Path()) {
		text := content(t, name)
		if len(text) > 1100 {
			t.Errorf("%s has %d bytes", name, len(text))
		}
		kept += text
	}
	i := 0
	for line := range strings.Lines(kept) {
		if !strings.HasSuffix(line, fmt.Sprintf(" INFO line %d\n", i)) {
			t.Fatalf("line %d is %q", i, line)
		}
		i++
	}
	if i != 2000 {
		t.Errorf("%d lines", i)
	}
}

func TestMainReopenAndClear(t *testing.T) {
	m := openMain(t, MainOptions{})
	m.Log(config.Info, "one")
	synced(t, m)
	if err := os.Rename(m.Path(), m.Path()+".old"); err != nil {
		t.Fatal(err)
	}
	m.Log(config.Info, "two")
	if err := m.Reopen(); err != nil {
		t.Fatal(err)
	}
	m.Log(config.Info, "three")
	synced(t, m)
	for path, want := range map[string]string{m.Path() + ".old": "one two", m.Path(): "three"} {
		if got := messages(content(t, path)); got != want {
			t.Errorf("%s has %q, want %q", path, got, want)
		}
	}
	m.Log(config.Info, "four")
	if err := m.Clear(); err != nil {
		t.Fatal(err)
	}
	wantContent(t, m.Path(), "")
	m.Log(config.Info, "five")
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	if got := messages(content(t, m.Path())); got != "five" {
		t.Errorf("after Clear: %q", got)
	}
}

// messages are the last words of the lines.
func messages(text string) string {
	return strings.Join(regexp.MustCompile(`(?m)\S+$`).FindAllString(text, -1), " ")
}

func TestMainOpenError(t *testing.T) {
	if _, err := OpenMain(MainOptions{Path: t.TempDir() + "/missing/x.log"}); !os.IsNotExist(err) {
		t.Errorf("OpenMain = %v", err)
	}
}

// gate is a writer that stalls until it is opened.
type gate struct {
	open chan struct{}
	mu   sync.Mutex
	bytes.Buffer
}

func (g *gate) Write(b []byte) (int, error) {
	<-g.open
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.Buffer.Write(b)
}

// A stalled stdout holds up neither the caller nor the file, and says in the end
// how many lines it missed; graver ones have a reserve.
func TestMainStalledCopy(t *testing.T) {
	g := &gate{open: make(chan struct{})}
	m := openMain(t, MainOptions{Stdout: g})
	m.Log(config.Info, "the writer takes this one away")
	eventually(t, "the writer", func() bool {
		m.copies.mu.Lock()
		defer m.copies.mu.Unlock()
		return len(m.copies.items) == 0
	})
	const more = 500
	for i := range mainQueue + more {
		m.Log(config.Info, "line %d", i)
		if i%1000 == 0 {
			m.lines.sync(patience) // the file is not what is tested here
		}
	}
	m.Log(config.Error, "grave")
	if err := m.Sync(10 * time.Millisecond); err == nil {
		t.Error("Sync does not say that the copy stalls")
	}
	m.lines.sync(patience)
	if text := content(t, m.Path()); strings.Count(text, "\n") != mainQueue+more+2 || strings.Contains(text, "dropped") {
		t.Errorf("the file has %d lines", strings.Count(text, "\n"))
	}
	close(g.open)
	synced(t, m)
	g.mu.Lock()
	defer g.mu.Unlock()
	text := g.String()
	if !strings.Contains(text, fmt.Sprintf("INFO line %d\n", mainQueue-1)) || strings.Contains(text, fmt.Sprintf("INFO line %d\n", mainQueue)) {
		t.Error("other lines were dropped than the last")
	}
	tail := text[strings.Index(text, " ERRO "):]
	if !regexp.MustCompile(`^ ERRO grave\n\S+ \S+ WARN 500 log lines dropped\n$`).MatchString(tail) {
		t.Errorf("the copy ends %q", tail)
	}
}

// A log on a pipe that nobody reads: closing it takes a second, not for ever.
func TestMainStalledFile(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/fifo"
	if err := unix.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	m := openMain(t, MainOptions{Path: path, MaxBytes: 10, Backups: 1})
	begun := time.Now()
	for range 3000 {
		m.Log(config.Info, "%s", strings.Repeat("x", 100))
	}
	if took := time.Since(begun); took > 2*time.Second {
		t.Errorf("logging took %v", took)
	}
	if err := m.Close(); err == nil {
		t.Error("Close does not say that lines are missing")
	}
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("closing took %v", took)
	}
}

// The log cannot be written: the copy says why, the file says how much is missing.
func TestMainTrouble(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(dir+"/log", 0o755); err != nil {
		t.Fatal(err)
	}
	g := &gate{open: make(chan struct{})}
	close(g.open)
	m := openMain(t, MainOptions{Path: dir + "/log/main.log", Stdout: g})
	if err := os.RemoveAll(dir + "/log"); err != nil {
		t.Fatal(err)
	}
	m.Log(config.Info, "lost")
	synced(t, m)
	g.mu.Lock()
	if text := g.String(); !strings.Contains(text, " ERRO cannot write '"+m.Path()+"': no such file or directory") {
		t.Errorf("the copy says %q", text)
	}
	g.mu.Unlock()
	if err := os.Mkdir(dir+"/log", 0o755); err != nil {
		t.Fatal(err)
	}
	eventually(t, "recovery", func() bool {
		m.Log(config.Info, "back")
		synced(t, m)
		return exists(m.Path())
	})
	if text := content(t, m.Path()); !strings.Contains(text, " bytes of output were lost: no such file or directory\n") {
		t.Errorf("the file says %q", text)
	}
}

func TestMainToSyslog(t *testing.T) {
	m, err := OpenMain(MainOptions{Path: "syslog"})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "log")
	daemon := syslogDaemon(t, path)
	m.syslog.paths = []string{path}
	if m.Path() != "" {
		t.Errorf("Path = %q, want none", m.Path())
	}
	m.Log(config.Warn, "two\nlines\n")
	for _, want := range []string{"two", "lines"} {
		got := receive(t, daemon)
		if !regexp.MustCompile(`^<14>\w+ +\d+ \d\d:\d\d:\d\d ` + regexp.QuoteMeta(filepath.Base(os.Args[0])) +
			`: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} WARN ` + want + `$`).MatchString(got) {
			t.Errorf("sent %q", got)
		}
	}
	if err := m.Reopen(); err != nil {
		t.Error(err)
	}
	if err := m.Clear(); err != nil {
		t.Error(err)
	}
	if err := m.Close(); err != nil {
		t.Error(err)
	}
}

// Logging from many places: nothing is mixed up, nothing is lost.
func TestMainConcurrently(t *testing.T) {
	m := openMain(t, MainOptions{Stdout: io.Discard})
	var group sync.WaitGroup
	for w := range 8 {
		group.Go(func() {
			for i := range 300 {
				m.Log(config.Info, "%d:%d", w, i)
			}
		})
	}
	group.Wait()
	synced(t, m)
	next := make([]int, 8)
	for line := range strings.Lines(content(t, m.Path())) {
		var w, i int
		if _, err := fmt.Sscanf(line[24:], "INFO %d:%d\n", &w, &i); err != nil || next[w] != i {
			t.Fatalf("line %q, %v", line, err)
		}
		next[w]++
	}
	for w, n := range next {
		if n != 300 {
			t.Errorf("%d lines of %d", n, w)
		}
	}
}
