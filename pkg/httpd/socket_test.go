package httpd_test

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Less usual things at the path of a socket, and what becomes of them.
func TestOddThingsInTheWay(t *testing.T) {
	live := func(t *testing.T, path string) {
		l, err := net.Listen("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
	}
	must := func(t *testing.T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		put  func(t *testing.T, path string)
		want string // part of the error; empty: replaced
	}{
		// An instance so busy that its queue is full refuses the connection in
		// another way than one that is gone.
		"full queue": {func(t *testing.T, path string) {
			fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
			must(t, err)
			t.Cleanup(func() { syscall.Close(fd) })
			must(t, errors.Join(syscall.Bind(fd, &syscall.SockaddrUnix{Name: path}), syscall.Listen(fd, 0)))
			for range 10 {
				c, err := net.Dial("unix", path)
				if err != nil {
					return
				}
				t.Cleanup(func() { c.Close() })
			}
		}, inUse},
		"datagram socket": {func(t *testing.T, path string) {
			c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
			must(t, err)
			t.Cleanup(func() { c.Close() })
		}, inUse},
		"link to nothing": {func(t *testing.T, path string) { must(t, os.Symlink(path+".gone", path)) }, ""},
		"link to a live socket": {func(t *testing.T, path string) {
			live(t, path+".live")
			must(t, os.Symlink(path+".live", path))
		}, inUse},
		"link to a file": {func(t *testing.T, path string) {
			must(t, os.WriteFile(path+".file", []byte("x"), 0o600))
			must(t, os.Symlink(path+".file", path))
		}, "not a socket"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "s")
			c.put(t, path)
			before, err := os.Lstat(path)
			must(t, err)
			said, err := listen(t, unix(path))
			if c.want == "" {
				if err != nil || said != "Unlinking stale socket "+path+"\n" {
					t.Errorf("%q, %v", said, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) || said != "" {
				t.Errorf("%q, %v", said, err)
			}
			if after, err := os.Lstat(path); err != nil || !os.SameFile(before, after) {
				t.Errorf("it was touched: %v", err)
			}
		})
	}
}
