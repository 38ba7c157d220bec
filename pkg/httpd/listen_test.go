package httpd

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"supervisord/pkg/config"
)

func open(t *testing.T, servers ...config.Server) (*Listeners, string, error) {
	t.Helper()
	var warn bytes.Buffer
	ls, err := Listen(servers, &warn)
	if err == nil {
		t.Cleanup(func() { ls.Close() })
	}
	return ls, warn.String(), err
}

// stale leaves a socket on which nobody listens at path.
func stale(t *testing.T, path string) {
	t.Helper()
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	l.Close()
}

func tcpServer(host string, port int) config.Server {
	return config.Server{Section: "inet_http_server", Network: "tcp", Host: host, Port: port}
}

func TestUnixModeAndName(t *testing.T) {
	dir := t.TempDir()
	conf := unixServer(filepath.Join(dir, "s"))
	conf.Mode = 0o762
	ls, warned, err := open(t, conf)
	if err != nil || warned != "" {
		t.Fatalf("%v, %q", err, warned)
	}
	if got := mode(t, conf.Path); got != fs.ModeSocket|0o762 {
		t.Errorf("mode is %v", got)
	}
	if names, _ := os.ReadDir(dir); len(names) != 1 {
		t.Errorf("left beside the socket: %v", names)
	}
	if got := ls.Addrs()[0].String(); got != conf.Path {
		t.Errorf("address is %s", got)
	}
	if err := ls.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Lstat(conf.Path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after Close: %v", err)
	}
}

// What lies at the path of a socket, and what becomes of it.
func TestUnixReplaces(t *testing.T) {
	live := func(t *testing.T, path string) {
		l, err := net.Listen("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() }) // it accepts nothing and answers nothing
	}
	tests := []struct {
		name string
		make func(t *testing.T, path string)
		want string // part of the error; empty: replaced
	}{
		{"stale", stale, ""},
		{"live", live, textInUse},
		{"live with a full queue", func(t *testing.T, path string) {
			fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { syscall.Close(fd) })
			if err := errors.Join(syscall.Bind(fd, &syscall.SockaddrUnix{Name: path}), syscall.Listen(fd, 0)); err != nil {
				t.Fatal(err)
			}
			for range 10 {
				c, err := net.Dial("unix", path)
				if err != nil {
					return
				}
				t.Cleanup(func() { c.Close() })
			}
		}, textInUse},
		{"datagram", func(t *testing.T, path string) {
			c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { c.Close() })
		}, textInUse},
		{"empty file", func(t *testing.T, path string) { os.WriteFile(path, nil, 0o600) }, ""},
		{"file", func(t *testing.T, path string) { os.WriteFile(path, []byte("x"), 0o600) }, "is not a socket"},
		{"directory", func(t *testing.T, path string) { os.Mkdir(path, 0o700) }, "is not a socket"},
		{"link to nothing", func(t *testing.T, path string) { os.Symlink(path+".gone", path) }, ""},
		{"link to live", func(t *testing.T, path string) { live(t, path+".l"); os.Symlink(path+".l", path) }, textInUse},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			conf := unixServer(filepath.Join(t.TempDir(), "s"))
			tt.make(t, conf.Path)
			before, err := os.Lstat(conf.Path)
			if err != nil {
				t.Fatal(err)
			}
			_, warned, err := open(t, conf)
			if tt.want != "" {
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("error %v", err)
				}
				after, _ := os.Lstat(conf.Path)
				if after == nil || !os.SameFile(before, after) || warned != "" {
					t.Errorf("it was touched; %q", warned)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if want := "Unlinking stale socket " + conf.Path + "\n"; warned != want {
				t.Errorf("warned %q", warned)
			}
			if mode(t, conf.Path) != fs.ModeSocket|0o700 {
				t.Errorf("mode %v", mode(t, conf.Path))
			}
		})
	}
}

// The socket of whoever took our place stays when we go.
func TestUnixRemovesOnlyItsOwn(t *testing.T) {
	conf := unixServer(filepath.Join(t.TempDir(), "s"))
	first, _, err := open(t, conf)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(conf.Path); err != nil {
		t.Fatal(err)
	}
	if _, _, err := open(t, conf); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if c, err := net.Dial("unix", conf.Path); err != nil {
		t.Errorf("the second socket has gone: %v", err)
	} else {
		c.Close()
	}
}

// Of many instances that find one stale socket, exactly one gets the path.
func TestUnixRace(t *testing.T) {
	conf := unixServer(filepath.Join(t.TempDir(), "s"))
	for range 20 {
		stale(t, conf.Path)
		var (
			wg   sync.WaitGroup
			mu   sync.Mutex
			won  []*Listeners
			lost int
		)
		for range 4 {
			wg.Go(func() {
				ls, err := Listen([]config.Server{conf}, io.Discard)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					won = append(won, ls)
				} else if err.Error() == textInUse {
					lost++
				} else {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if len(won) != 1 || lost != 3 {
			t.Fatalf("%d won, %d lost", len(won), lost)
		}
		won[0].Close()
	}
}

func TestPathLength(t *testing.T) {
	dir := t.TempDir()
	long := func(n int) config.Server {
		return unixServer(filepath.Join(dir, strings.Repeat("x", n-len(dir)-1)))
	}
	if _, _, err := open(t, long(maxSocketPath)); err != nil {
		t.Errorf("the longest path: %v", err)
	}
	_, _, err := open(t, long(maxSocketPath+1))
	if err == nil || !strings.HasPrefix(err.Error(), "Cannot open an HTTP server: socket.error reported AF_UNIX path too long") {
		t.Errorf("a longer one: %v", err)
	}
}

func TestTCP(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	taken := l.Addr().(*net.TCPAddr).Port
	_, _, err = open(t, tcpServer("127.0.0.1", taken))
	if err == nil || err.Error() != textInUse {
		t.Errorf("taken: %v", err)
	}
	var le *ListenError
	if !errors.As(err, &le) || !strings.Contains(le.Hint(), "127.0.0.1:"+strconv.Itoa(taken)) {
		t.Errorf("hint: %v", le.Hint())
	}
	ls, _, err := open(t, tcpServer("", 0))
	if err != nil {
		t.Fatal(err)
	}
	if ip := ls.Addrs()[0].(*net.TCPAddr).IP; !ip.Equal(net.IPv4zero) {
		t.Errorf("all interfaces: %v", ip)
	}
	for _, host := range []string{"::1", "[::1]"} {
		ls, _, err := open(t, tcpServer(host, 0))
		if errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EAFNOSUPPORT) {
			t.Log("this machine has no IPv6")
		} else if err != nil || !ls.Addrs()[0].(*net.TCPAddr).IP.Equal(net.IPv6loopback) {
			t.Errorf("%s: %v", host, err)
		}
	}
}

// A failure closes what was opened before and removes its own sockets.
func TestListenAllOrNothing(t *testing.T) {
	dir := t.TempDir()
	first := unixServer(filepath.Join(dir, "first"))
	_, _, err := open(t, first, unixServer(filepath.Join(dir, "no", "second")))
	if want := "Cannot open an HTTP server: socket.error reported errno.ENOENT (2)"; err == nil || err.Error() != want {
		t.Errorf("error %v", err)
	}
	if names, _ := os.ReadDir(dir); len(names) != 0 {
		t.Errorf("left behind: %v", names)
	}
}

// TCP servers are opened first, whatever the order of the sections.
func TestListenOrder(t *testing.T) {
	ls, _, err := open(t, unixServer(filepath.Join(t.TempDir(), "s")), tcpServer("127.0.0.1", 0))
	if err != nil {
		t.Fatal(err)
	}
	if a := ls.Addrs(); a[0].Network() != "tcp" || a[1].Network() != "unix" {
		t.Errorf("%v", a)
	}
}

func TestOpenErrorTexts(t *testing.T) {
	conf := unixServer("/x")
	tests := []struct {
		err  error
		want string
	}{
		{&os.PathError{Op: "bind", Err: syscall.EACCES}, "Cannot open an HTTP server: socket.error reported errno.EACCES (13)"},
		{syscall.EADDRINUSE, textInUse},
		{syscall.Errno(9999), "Cannot open an HTTP server: socket.error reported 9999"},
		{&net.DNSError{IsNotFound: true}, "Cannot open an HTTP server: socket.error reported -2"},
		{&net.DNSError{IsTemporary: true}, "Cannot open an HTTP server: socket.error reported -3"},
		{&chownError{"/x", config.Owner{UID: 3, GID: -1}, syscall.EPERM}, "Not permitted to chown /x to uid/gid (3, -1); adjust \"sockchown\" value"},
	}
	for _, tt := range tests {
		if got := openError(conf, tt.err).Error(); !strings.HasPrefix(got, tt.want) {
			t.Errorf("%v: %s", tt.err, got)
		}
	}
}
