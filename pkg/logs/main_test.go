package logs

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"supervisord/pkg/config"
)

// TestMain lets the test binary be its own helper: with LOGS_HELPER set it plays
// the part of that name instead of running tests.
func TestMain(m *testing.M) {
	if part := os.Getenv("LOGS_HELPER"); part != "" {
		os.Exit(helper(part, os.Args[1:]))
	}
	os.Exit(m.Run())
}

func helper(part string, args []string) int {
	parts := map[string]func([]string) error{
		"pump":  helpPump,
		"lines": helpLines,
		"flood": helpFlood,
		"count": helpCount,
	}
	if err := parts[part](args); err != nil {
		fmt.Fprintln(os.Stderr, part+":", err)
		return 1
	}
	return 0
}

// helpPump carries descriptor 3 to a file until it is at its end: path, maxbytes,
// backups.
func helpPump(args []string) error {
	maxBytes, _ := strconv.ParseInt(args[1], 10, 64)
	backups, _ := strconv.Atoi(args[2])
	poller, err := NewPoller()
	if err != nil {
		return err
	}
	file, err := NewStore(nil).Open(args[0], maxBytes, backups)
	if err != nil {
		return err
	}
	if err := unix.SetNonblock(3, true); err != nil {
		return err
	}
	end := make(chan struct{})
	if _, err := poller.Add(3, Options{File: file, Closed: func() { close(end) }}); err != nil {
		return err
	}
	<-end
	return nil
}

// helpLines writes numbered lines to stdout: how many.
func helpLines(args []string) error {
	n, _ := strconv.Atoi(args[0])
	var b bytes.Buffer
	for i := range n {
		appendLine(&b, i)
		if b.Len() > 50000 || i%100 == 0 {
			if _, err := os.Stdout.Write(b.Bytes()); err != nil {
				return err
			}
			b.Reset()
		}
	}
	_, err := os.Stdout.Write(b.Bytes())
	return err
}

// helpFlood writes 100-byte lines to stdout: bytes in all, bytes a write.
func helpFlood(args []string) error {
	total, _ := strconv.Atoi(args[0])
	size, _ := strconv.Atoi(args[1])
	line := append(bytes.Repeat([]byte("x"), 99), '\n')
	chunk := bytes.Repeat(line, max(size/100, 1))
	for total > 0 {
		n, err := unix.Write(1, chunk)
		if err != nil {
			return err
		}
		total -= n
	}
	return nil
}

// helpCount writes numbered lines to stdout until stdin is at its end, then says
// on descriptor 3 how many.
func helpCount([]string) error {
	stop := make(chan struct{})
	go func() {
		io.Copy(io.Discard, os.Stdin)
		close(stop)
	}()
	n := 0
	for {
		select {
		case <-stop:
			_, err := fmt.Fprintln(os.NewFile(3, "result"), n)
			return err
		default:
		}
		var b bytes.Buffer
		for range 1 + n%300 {
			appendLine(&b, n)
			n++
		}
		if _, err := os.Stdout.Write(b.Bytes()); err != nil {
			return err
		}
		if n%7 == 0 { // not only floods
			time.Sleep(100 * time.Microsecond)
		}
	}
}

// appendLine makes line i: its number and a tail whose length varies.
func appendLine(b *bytes.Buffer, i int) {
	digits := strconv.Itoa(i)
	b.WriteString("line 00000000"[:13-len(digits)])
	b.WriteString(digits)
	b.WriteByte(' ')
	b.WriteString("abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"[:i%52])
	b.WriteByte('\n')
}

func lines(from, to int) []byte {
	var b bytes.Buffer
	for i := from; i < to; i++ {
		appendLine(&b, i)
	}
	return b.Bytes()
}

// rig is a poller, a store, and what they reported.
type rig struct {
	t      testing.TB
	dir    string
	store  *Store
	poller *Poller

	mu      sync.Mutex
	reports []string
}

func newRig(t testing.TB) *rig {
	t.Helper()
	r := &rig{t: t, dir: t.TempDir()}
	r.store = NewStore(r.report)
	var err error
	if r.poller, err = NewPoller(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.poller.Close() })
	return r
}

func (r *rig) report(level config.Level, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reports = append(r.reports, level.String()+" "+text)
}

func (r *rig) reported() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.reports...)
}

func (r *rig) path(name string) string { return filepath.Join(r.dir, name) }

func (r *rig) open(name string, maxBytes int64, backups int) *File {
	r.t.Helper()
	path := name
	if !filepath.IsAbs(name) {
		path = r.path(name)
	}
	f, err := r.store.Open(path, maxBytes, backups)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { f.Close() })
	return f
}

// program is the other end of a pump: what a program holds.
type program struct {
	*os.File
	pump   *Pump
	closed chan struct{} // the pump has seen the end
}

// start adds a pump.
func (r *rig) start(o Options) *program {
	r.t.Helper()
	read, write := pipe(r.t)
	p := &program{File: write, closed: make(chan struct{})}
	o.Closed = func() { close(p.closed) }
	pump, err := r.poller.Add(read, o)
	if err != nil {
		r.t.Fatal(err)
	}
	p.pump = pump
	r.t.Cleanup(func() { write.Close(); pump.Close() })
	return p
}

// pipe makes a pipe whose read end does not block and whose write end does.
func pipe(t testing.TB) (read int, write *os.File) {
	t.Helper()
	var p [2]int
	if err := unix.Pipe(p[:]); err != nil {
		t.Fatal(err)
	}
	unix.CloseOnExec(p[0])
	unix.CloseOnExec(p[1])
	if err := unix.SetNonblock(p[0], true); err != nil {
		t.Fatal(err)
	}
	return p[0], os.NewFile(uintptr(p[1]), "write end")
}

// send writes as a program does.
func (p *program) send(t testing.TB, data []byte) {
	t.Helper()
	if _, err := p.Write(data); err != nil {
		t.Fatal(err)
	}
}

// drain waits until everything written so far has been carried.
func (p *program) drain(t testing.TB) {
	t.Helper()
	done := make(chan struct{})
	p.pump.Drain(func() { close(done) })
	within(t, "Drain", done)
}

// finish closes the program's end and waits until the pump has seen that.
func (p *program) finish(t testing.TB) {
	t.Helper()
	p.Close()
	within(t, "the end of the pipe", p.closed)
}

// patience is how long tests wait for what should happen at once.
const patience = 20 * time.Second

func within(t testing.TB, what string, done <-chan struct{}) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatalf("waited %v for %s", patience, what)
	}
}

// eventually waits for a condition that nothing announces.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited %v for %s", patience, what)
		}
	}
}

func content(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func wantContent(t testing.TB, path, want string) {
	t.Helper()
	if got := content(t, path); got != want {
		t.Errorf("%s contains %q\nwant %q", filepath.Base(path), clip(got), clip(want))
	}
}

func clip(s string) string {
	if len(s) > 300 {
		return s[:150] + "..." + s[len(s)-150:]
	}
	return s
}

// allFiles returns the backups of path, oldest first, and path itself. There may
// be gaps: a kill in the middle of a rotation leaves one.
func allFiles(t testing.TB, path string) (names []string) {
	t.Helper()
	f := &File{path: path}
	f.backups.Store(1 << 30)
	for _, i := range f.numbers(1 << 30) {
		names = append(names, f.backup(i))
	}
	return append(names, path)
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
