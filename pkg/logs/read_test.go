package logs

import (
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func helloFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hello")
	if err := os.WriteFile(path, []byte("hello\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// The table of readLog and its like; the file is "hello\n".
func TestRead(t *testing.T) {
	path := helloFile(t)
	for _, c := range []struct {
		offset, length int
		want           string
		err            error
	}{
		{0, 0, "hello\n", nil},
		{2, 0, "llo\n", nil},
		{6, 0, "", nil},
		{7, 0, "", nil},
		{0, 3, "hel", nil},
		{2, 2, "ll", nil},
		{2, 100, "llo\n", nil},
		{math.MaxInt32, 1, "", nil},
		{0, math.MaxInt32, "hello\n", nil},
		{0, -1, "", ErrBadArguments},
		{3, -1, "", ErrBadArguments},
		{-2, 0, "o\n", nil},
		{-6, 0, "hello\n", nil},
		{-100, 0, "hello\n", nil},
		{math.MinInt32, 0, "hello\n", nil},
		{math.MinInt64, 0, "hello\n", nil},
		{-2, 1, "", ErrBadArguments},
		{-2, -1, "", ErrBadArguments},
	} {
		got, err := Read(path, c.offset, c.length)
		if string(got) != c.want || err != c.err {
			t.Errorf("Read(%d, %d) = %q, %v; want %q, %v", c.offset, c.length, got, err, c.want, c.err)
		}
	}
}

func TestReadErrors(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		path string
		want error
	}{
		{dir + "/missing", ErrNoFile},
		{dir + "/missing/log", ErrNoFile},
		{"", ErrNoFile},
		{dir, ErrFailed},
		{"/dev/null", ErrFailed},
		{helloFile(t) + "/x", ErrNoFile},
	} {
		if _, err := Read(c.path, 0, 0); !errors.Is(err, c.want) {
			t.Errorf("Read(%q) = %v, want %v", c.path, err, c.want)
		}
		if data, size, overflow := Tail(c.path, 7, 3); len(data) > 0 || size != 7 || overflow {
			t.Errorf("Tail(%q) = %q, %d, %v; want nothing, the offset, false", c.path, data, size, overflow)
		}
	}
}

// The examples of tailProcessStdoutLog and its like.
func TestTail(t *testing.T) {
	path := helloFile(t)
	for _, c := range []struct {
		offset, length int
		want           string
		overflow       bool
	}{
		{0, 100, "hello\n", false},
		{0, 3, "lo\n", true},
		{6, 3, "", false},
		{10, 3, "", false},
		{2, 2, "o\n", true},
		{0, 0, "", true},
		{-5, 3, "lo\n", true},
		{0, -1, "", true},
	} {
		got, size, overflow := Tail(path, c.offset, c.length)
		if string(got) != c.want || size != 6 || overflow != c.overflow {
			t.Errorf("Tail(%d, %d) = %q, %d, %v; want %q, 6, %v", c.offset, c.length, got, size, overflow, c.want, c.overflow)
		}
	}
}

// Every small argument, against Supervisor's own functions.
func TestReadAsInSupervisor(t *testing.T) {
	t.Parallel()
	const python = "/usr/bin/python3"
	if err := exec.Command(python, "-c", "import supervisor.options").Run(); err != nil {
		t.Skip("Supervisor is not installed here to compare with:", err)
	}
	const script = `
import sys
from supervisor.options import readFile, tailFile
path = sys.argv[1]
for offset in range(-9, 10):
    for length in range(-9, 10):
        try:
            data = repr(readFile(path, offset, length))
        except ValueError as why:
            data = str(why)
        print(offset, length, data, tailFile(path, offset, length))
`
	for _, text := range []string{"", "h", "hello "} {
		path := filepath.Join(t.TempDir(), "log")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(python, "-c", script, path).Output()
		if err != nil {
			t.Fatal(err)
		}
		theirs := strings.Split(strings.TrimSpace(string(out)), "\n")
		for offset := -9; offset < 10; offset++ {
			for length := -9; length < 10; length++ {
				data, err := Read(path, offset, length)
				read := fmt.Sprintf("b'%s'", data)
				if err != nil {
					read = err.Error()
				}
				tail, size, overflow := Tail(path, offset, length)
				ours := fmt.Sprintf("%d %d %s ['%s', %d, %s]", offset, length, read, tail, size,
					strings.ToUpper(fmt.Sprint(overflow)[:1])+fmt.Sprint(overflow)[1:])
				if ours != theirs[0] {
					t.Errorf("ours   %s\nSupervisor %s", ours, theirs[0])
				}
				theirs = theirs[1:]
			}
		}
	}
}
