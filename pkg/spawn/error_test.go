package spawn

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"syscall"
	"testing"
)

func TestErrnoNameAsPython(t *testing.T) {
	var numbers []int
	for n := 1; n < 140; n++ {
		numbers = append(numbers, n)
	}
	for i, want := range oracle[string](t, "errno", numbers) {
		if want == strconv.Itoa(numbers[i]) {
			continue // Python's table has gaps (EHWPOISON)
		}
		if got := ErrnoName(syscall.Errno(numbers[i])); got != want {
			t.Errorf("%d: %s, Python says %s", numbers[i], got, want)
		}
	}
}

func TestErrnoNameWithoutSymbol(t *testing.T) {
	if got := ErrnoName(syscall.Errno(4000)); got != "4000" {
		t.Error(got)
	}
}

func TestErrnoNameOfWrapped(t *testing.T) {
	err := fmt.Errorf("cannot open: %w", &fs.PathError{Op: "open", Path: "/x", Err: syscall.EACCES})
	if got := ErrnoName(err); got != "EACCES" {
		t.Error(got)
	}
	if got := ErrnoName(errors.New("no number")); got != "no number" {
		t.Error(got)
	}
}

func TestChannelError(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{syscall.EMFILE, "too many open files to spawn 'web'"},
		{&fs.PathError{Op: "open", Path: "/x", Err: syscall.EISDIR}, "unknown error making dispatchers for 'web': EISDIR"},
		{syscall.ENFILE, "unknown error making dispatchers for 'web': ENFILE"},
	} {
		e := ChannelError("web", c.err)
		if e.Text != c.want || e.Kind != Resources || !errors.Is(e, c.err) {
			t.Errorf("%#v, want %q", e, c.want)
		}
	}
}
