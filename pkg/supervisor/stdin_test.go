package supervisor

import (
	"bytes"
	"io"
	"os"
	"strings"
	"testing"

	"supervisord/pkg/spawn"
)

// input gives a stdin and the child's end of its pipe.
func input(t *testing.T) (*stdin, *os.File) {
	t.Helper()
	ours, theirs, err := spawn.InputPipe()
	if err != nil {
		t.Fatal(err)
	}
	in := newStdin(ours)
	t.Cleanup(in.close)
	f := os.NewFile(uintptr(theirs), "child")
	t.Cleanup(func() { f.Close() })
	return in, f
}

// A process that reads late gets everything, in order; nobody waits for it.
func TestStdinKeepsWhatIsNotRead(t *testing.T) {
	in, child := input(t)
	var want strings.Builder
	for i := range 40 {
		text := strings.Repeat(string(rune('a'+i%26)), 10_000)
		want.WriteString(text)
		if err := in.write(text); err != nil {
			t.Fatal(err)
		}
	}
	got := make([]byte, want.Len())
	if _, err := io.ReadFull(child, got); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, []byte(want.String())) {
		t.Error("what was read is not what was written")
	}
}

func TestStdinIsBounded(t *testing.T) {
	in, _ := input(t)
	big := strings.Repeat("x", maxPending/4)
	var err error
	for range 10 {
		if err = in.write(big); err != nil {
			break
		}
	}
	if err == nil || !strings.Contains(err.Error(), "does not read") {
		t.Errorf("%v", err)
	}
}

func TestStdinClosed(t *testing.T) {
	in, child := input(t)
	child.Close()
	if err := in.write("x"); err != ErrStdinClosed {
		t.Errorf("the process has closed its input: %v", err)
	}
	in.close()
	in.close()
	if err := in.write("x"); err != ErrStdinClosed {
		t.Errorf("after close: %v", err)
	}
}
