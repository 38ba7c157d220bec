package httpd_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"supervisord/pkg/config"
	"supervisord/pkg/httpd"
)

const inUse = "Another program is already listening on a port that one of our HTTP servers is configured to use.  " +
	"Shut this program down first before starting supervisord."

func unix(path string) config.Server {
	return config.Server{Section: "unix_http_server", Network: "unix", Path: path, Mode: 0o700,
		Chown: config.Owner{UID: -1, GID: -1}}
}

// listen opens one server until the test ends.
func listen(t *testing.T, s config.Server) (said string, err error) {
	t.Helper()
	var b strings.Builder
	ls, err := httpd.Listen([]config.Server{s}, &b)
	if err == nil {
		t.Cleanup(func() { ls.Close() })
	}
	return b.String(), err
}

// names lists a directory.
func names(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return strings.Join(all, " ")
}

func TestUnixSocket(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "s.sock")
	for _, mode := range []fs.FileMode{0o700, 0o766, 0o600} {
		s := unix(path)
		s.Mode, s.Chown = mode, config.Owner{UID: os.Getuid(), GID: os.Getgid()}
		ls, err := httpd.Listen([]config.Server{s}, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Lstat(path)
		if err != nil || info.Mode() != fs.ModeSocket|mode {
			t.Errorf("%v, %v, want mode %v", info.Mode(), err, mode)
		}
		if got := names(t, dir); got != "s.sock" {
			t.Errorf("left beside the socket: %s", got)
		}
		ls.Close()
		if got := names(t, dir); got != "" {
			t.Errorf("left after the end: %s", got)
		}
	}
}

func TestUnixSocketServes(t *testing.T) {
	r := serve(t, httpd.Options{}, unix(filepath.Join(t.TempDir(), "s")))
	request := strings.Replace(get("/index.html?action=stopall"), "127.0.0.1", "any.example", 1)
	if got := ask(t, r.addrs[0], request); got.status != 301 || r.took() != "stopall true" {
		t.Errorf("%d: a unix socket has no names to check", got.status)
	}
}

// A socket that is left over is replaced, and that is said.
func TestStaleSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	l.Close()
	said, err := listen(t, unix(path))
	if err != nil || said != "Unlinking stale socket "+path+"\n" {
		t.Errorf("%q, %v", said, err)
	}
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}

// A socket somebody listens on stays, even if nobody ever answers there.
func TestLiveSocket(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	said, err := listen(t, unix(path))
	if err == nil || err.Error() != inUse || said != "" {
		t.Errorf("%q, %v", said, err)
	}
	if got := names(t, dir); got != "s" {
		t.Errorf("the directory has %s", got)
	}
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal("the other instance has lost its socket")
	}
	c.Close()
}

// What is no socket is not deleted, unless it is empty.
func TestNoSocketInTheWay(t *testing.T) {
	dir := t.TempDir()
	data, empty, folder := filepath.Join(dir, "data"), filepath.Join(dir, "empty"), filepath.Join(dir, "folder")
	os.WriteFile(data, []byte("precious"), 0o600)
	os.WriteFile(empty, nil, 0o600)
	os.Mkdir(folder, 0o700)
	for _, path := range []string{data, folder} {
		if _, err := listen(t, unix(path)); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if text, _ := os.ReadFile(data); string(text) != "precious" {
		t.Error("a file was overwritten")
	}
	if said, err := listen(t, unix(empty)); err != nil || !strings.Contains(said, empty) {
		t.Errorf("empty file: %q, %v", said, err)
	}
}

// At the end only our own socket is removed.
func TestSocketOfAnother(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	ls, err := httpd.Listen([]config.Server{unix(path)}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	os.Remove(path)
	other, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	ls.Close()
	if _, err := os.Lstat(path); err != nil {
		t.Errorf("the socket of the other instance: %v", err)
	}
}

// Of many that start at once one gets the socket.
func TestSocketRace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	l, _ := net.ListenUnix("unix", &net.UnixAddr{Name: path})
	l.SetUnlinkOnClose(false)
	l.Close()
	var all sync.WaitGroup
	won := make(chan *httpd.Listeners, 8)
	for range cap(won) {
		all.Go(func() {
			ls, err := httpd.Listen([]config.Server{unix(path)}, io.Discard)
			switch {
			case err == nil:
				won <- ls
			case err.Error() != inUse:
				t.Error(err)
			}
		})
	}
	all.Wait()
	close(won)
	n := 0
	for ls := range won {
		n++
		t.Cleanup(func() { ls.Close() })
		if c, err := net.Dial("unix", path); err != nil {
			t.Error(err)
		} else {
			c.Close()
		}
	}
	if n != 1 {
		t.Errorf("%d got the socket", n)
	}
}

func TestListenErrors(t *testing.T) {
	dir := t.TempDir()
	busy, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	at := func(host string, port int) config.Server {
		return config.Server{Section: "inet_http_server", Network: "tcp", Host: host, Port: port}
	}
	const other = "Cannot open an HTTP server: socket.error reported "
	for name, c := range map[string]struct {
		server config.Server
		text   string
	}{
		"port in use":     {at("127.0.0.1", busy.Addr().(*net.TCPAddr).Port), inUse},
		"foreign address": {at("192.0.2.1", 0), fmt.Sprintf(other+"errno.EADDRNOTAVAIL (%d)", int(syscall.EADDRNOTAVAIL))},
		"no folder":       {unix(filepath.Join(dir, "none", "s")), other + "errno.ENOENT (2)"},
		"a file for a folder": {unix("/dev/null/s"),
			fmt.Sprintf(other+"errno.ENOTDIR (%d)", int(syscall.ENOTDIR))},
	} {
		if _, err := listen(t, c.server); err == nil || err.Error() != c.text {
			t.Errorf("%s: %v\nwant %s", name, err, c.text)
		}
	}
	long := filepath.Join(dir, strings.Repeat("x", 200))
	if _, err := listen(t, unix(long)); err == nil || !strings.Contains(err.Error(), "too long") {
		t.Errorf("long path: %v", err)
	}
	// The longest path that the system takes is ours, too.
	longest := filepath.Join(dir, strings.Repeat("x", len(syscall.RawSockaddrUnix{}.Path)-2-len(dir)))
	if _, err := listen(t, unix(longest)); err != nil {
		t.Errorf("longest path: %v", err)
	}
}

// A server that cannot be opened takes the others down with it.
func TestListenAllOrNone(t *testing.T) {
	dir := t.TempDir()
	first, second := filepath.Join(dir, "first"), filepath.Join(dir, "none", "second")
	if _, err := httpd.Listen([]config.Server{unix(first), unix(second)}, io.Discard); err == nil {
		t.Fatal("no error")
	}
	if got := names(t, dir); got != "" {
		t.Errorf("left: %s", got)
	}
}

func TestInetFirstAndIPv6(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	six := tcp
	six.Host = "[::1]"
	servers := []config.Server{unix(path), tcp}
	if l, err := net.Listen("tcp6", "[::1]:0"); err == nil {
		l.Close()
		servers = append(servers, six)
	}
	r := serve(t, httpd.Options{}, servers...)
	for i, a := range r.addrs {
		if (a.Network() == "unix") != (i == len(r.addrs)-1) {
			t.Errorf("%d: %v", i, a)
		}
		if got := ask(t, a, get("/ok.html")); got.status != 200 || got.body != "OK" {
			t.Errorf("%v: %v", a, got)
		}
	}
}

// The port is free at once for the next life.
func TestCloseAndListenAgain(t *testing.T) {
	s := tcp
	for range 3 {
		r := serve(t, httpd.Options{}, s)
		s.Port = r.addrs[0].(*net.TCPAddr).Port
		if got := ask(t, r.addrs[0], get("/ok.html")); got.status != 200 {
			t.Fatal(got)
		}
		c := dial(t, r.addrs[0]) // a connection that stays
		io.WriteString(c, "GET /ok.html HTTP/1.1\r\nHost: x\r\n\r\n")
		if _, err := io.ReadAtLeast(c, make([]byte, 4096), 100); err != nil {
			t.Fatal(err)
		}
		r.close()
	}
}

// The answer of a call that ends the daemon still reaches its client, and Close
// waits for it; but not for one that never comes.
func TestCloseLetsAnswersOut(t *testing.T) {
	r := serve(t, httpd.Options{}, unix(filepath.Join(t.TempDir(), "s")))
	r.hold = make(chan struct{})
	got := make(chan answer)
	go func() { got <- ask(t, r.addrs[0], call("supervisor.startProcess", "web")) }()
	until(t, "the call", func() bool { return r.took() != "" })
	closed := make(chan struct{})
	go func() { defer close(closed); r.close() }()
	until(t, "the socket's end", func() bool {
		_, err := os.Lstat(r.addrs[0].String())
		return errors.Is(err, fs.ErrNotExist)
	})
	close(r.hold)
	if a := <-got; a.status != 200 || !strings.Contains(a.body, "<boolean>1</boolean>") {
		t.Errorf("%v", a)
	}
	<-closed
}

func TestCloseCutsWhatHangs(t *testing.T) {
	r := serve(t, httpd.Options{}, tcp)
	r.hold = make(chan struct{})
	c := dial(t, r.addrs[0])
	io.WriteString(c, strings.ReplaceAll(call("supervisor.startProcess", "web"), "\n", "\r\n"))
	until(t, "the call", func() bool { return r.took() != "" })
	r.close()
	if err := <-r.held; !errors.Is(err, context.Canceled) {
		t.Errorf("the call ended with %v", err)
	}
}
