package httpd_test

import (
	"io"
	"net"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"supervisord/pkg/httpd"
)

// lower brings the limit of descriptors down for servers that are made from now
// on, so that few connections are many, and back up for the test itself.
func lower(t *testing.T, n uint64) (restore func()) {
	t.Helper()
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &was); err != nil {
		t.Fatal(err)
	}
	now := was
	now.Cur = min(now.Cur, n)
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &now); err != nil {
		t.Fatal(err)
	}
	restore = func() { syscall.Setrlimit(syscall.RLIMIT_NOFILE, &was) }
	t.Cleanup(restore)
	return restore
}

// With all connections taken by clients that never finish a request, others are
// still answered: on the unix socket at once, on the same port soon.
func TestFloodOfUnfinishedRequests(t *testing.T) {
	restore := lower(t, 512)
	r := serve(t, httpd.Options{}, tcp, unix(filepath.Join(t.TempDir(), "s")))
	restore()
	for range 200 { // three times what 512 descriptors allow
		c, err := net.Dial("tcp", r.addrs[0].String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		io.WriteString(c, "POST /RPC2 HTTP/1.1\r\nHost: x\r\nX-Slow: ")
	}
	start := time.Now()
	if got := ask(t, r.addrs[1], get("/ok.html")); got.status != 200 {
		t.Error(got)
	}
	if d := time.Since(start); d > 500*time.Millisecond {
		t.Errorf("unix socket: answered after %v", d)
	}
	start = time.Now()
	if got := ask(t, r.addrs[0], get("/ok.html")); got.status != 200 {
		t.Error(got)
	}
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("same port: answered after %v", d)
	}
}

// Clients between two requests make room as well, the one that has been quiet for
// the longest first.
func TestFloodOfIdleClients(t *testing.T) {
	restore := lower(t, 512)
	r := serve(t, httpd.Options{}, tcp)
	restore()
	for range 200 {
		c := dial(t, r.addrs[0])
		io.WriteString(c, "GET /ok.html HTTP/1.1\r\nHost: x\r\n\r\n")
		if _, err := io.ReadAtLeast(c, make([]byte, 4096), 50); err != nil {
			t.Fatal(err)
		}
	}
	if got := ask(t, r.addrs[0], get("/ok.html")); got.status != 200 {
		t.Error(got)
	}
}

// Tails cannot take all connections.
func TestFloodOfTails(t *testing.T) {
	restore := lower(t, 512)
	r := serve(t, httpd.Options{}, tcp)
	restore()
	r.write("web.out", "x")
	served, refused := 0, 0
	for range 60 {
		res, _ := tail(t, r.addrs[0], "/logtail/web", "1.1")
		switch res.StatusCode {
		case 200:
			served++
		case 503:
			refused++
		}
	}
	if served != 32 || refused != 28 {
		t.Errorf("%d tails, %d refused", served, refused)
	}
	if got := ask(t, r.addrs[0], call("supervisor.getState")); got.status != 200 {
		t.Error(got)
	}
}

// Without a free descriptor a call is still answered.
func TestNoDescriptors(t *testing.T) {
	r := serve(t, httpd.Options{}, unix(filepath.Join(t.TempDir(), "s")))
	// The client has its socket before the last descriptor is taken.
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(fd)
	var taken []int
	defer func() {
		for _, d := range taken {
			syscall.Close(d)
		}
	}()
	restore := lower(t, 64)
	for {
		d, err := syscall.Dup(0)
		if err != nil {
			break
		}
		taken = append(taken, d)
	}
	defer restore()
	if err := syscall.Connect(fd, &syscall.SockaddrUnix{Name: r.addrs[0].String()}); err != nil {
		t.Fatal(err)
	}
	syscall.SetsockoptTimeval(fd, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &syscall.Timeval{Sec: 5})
	syscall.Write(fd, []byte("GET /ok.html HTTP/1.0\r\n\r\n"))
	buf := make([]byte, 12)
	if n, err := syscall.Read(fd, buf); err != nil || string(buf[:n]) != "HTTP/1.0 200" {
		t.Errorf("%q, %v", buf[:max(n, 0)], err)
	}
}
