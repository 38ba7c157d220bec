package httpd_test

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"supervisord/pkg/httpd"
	"supervisord/pkg/logs"
)

// tail opens a stream and returns its answer.
func tail(t *testing.T, addr net.Addr, path, version string) (*http.Response, net.Conn) {
	t.Helper()
	c := dial(t, addr)
	// supervisorctl ends its request with an empty line too much.
	io.WriteString(c, "GET "+path+" HTTP/"+version+"\r\nHost: localhost\r\nAccept: */*\r\n\r\n\r\n")
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	return res, c
}

// next reads as many bytes as want has.
func next(t *testing.T, from io.Reader, want string) {
	t.Helper()
	got := make([]byte, len(want))
	if n, err := io.ReadFull(from, got); err != nil || string(got) != want {
		t.Fatalf("%.100q after %d bytes, %v; want %.100q", got, n, err, want)
	}
}

func (r *rig) append(name, text string) {
	r.t.Helper()
	f, err := os.OpenFile(filepath.Join(r.dir, name), os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err == nil {
		_, err = f.WriteString(text)
		f.Close()
	}
	if err != nil {
		r.t.Fatal(err)
	}
}

func TestTailStreams(t *testing.T) {
	for _, c := range []struct{ path, file, buffering string }{
		{"/logtail/web", "web.out", "no"},
		{"/logtail/web/stdout", "web.out", "no"},
		{"/logtail/web/stderr", "web.err", "no"},
		{"/logtail/g%3Ajob", "job.out", "no"},
		{"/logtail/g:job", "job.out", "no"},
		{"/mainlogtail", "main.log", ""},
	} {
		t.Run(c.path, func(t *testing.T) {
			r := serve(t, httpd.Options{}, tcp)
			r.write(c.file, "gone"+strings.Repeat("x", 1020)+"end\n")
			res, _ := tail(t, r.addrs[0], c.path, "1.1")
			info, _ := os.Stat(filepath.Join(r.dir, c.file))
			if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/plain;charset=utf-8" ||
				res.Header.Get("Last-Modified") != info.ModTime().UTC().Format(http.TimeFormat) ||
				res.Header.Get("X-Accel-Buffering") != c.buffering ||
				strings.Join(res.TransferEncoding, "") != "chunked" || res.Header.Get("Date") == "" {
				t.Errorf("%d %v %v", res.StatusCode, res.TransferEncoding, res.Header)
			}
			next(t, res.Body, strings.Repeat("x", 1020)+"end\n")
			r.append(c.file, "more\n")
			next(t, res.Body, "more\n")
		})
	}
}

func TestTailSurvives(t *testing.T) {
	r := serve(t, httpd.Options{}, tcp)
	r.write("web.out", "one\n")
	res, _ := tail(t, r.addrs[0], "/logtail/web", "1.1")
	next(t, res.Body, "one\n")
	path := filepath.Join(r.dir, "web.out")
	os.Rename(path, path+".1")
	r.append("web.out", "two\n")
	next(t, res.Body, "two\n")
	os.Truncate(path, 0)
	next(t, res.Body, "==> File truncated <==\n")
	r.append("web.out", "three\n")
	next(t, res.Body, "three\n")
	r.close()
	if rest, err := io.ReadAll(res.Body); err != nil || len(rest) > 0 {
		t.Errorf("at the end: %q, %v", rest, err)
	}
}

func TestTailHTTP10(t *testing.T) {
	r := serve(t, httpd.Options{}, tcp)
	r.write("main.log", "one\n")
	res, _ := tail(t, r.addrs[0], "/mainlogtail", "1.0")
	next(t, res.Body, "one\n")
	r.append("main.log", "two\n")
	next(t, res.Body, "two\n")
}

func TestTailWithoutLog(t *testing.T) {
	r := serve(t, httpd.Options{}, tcp)
	os.Mkdir(filepath.Join(r.dir, "main.log"), 0o700)
	r.write("web.out", "x")
	for _, path := range []string{"/logtail/nope", "/logtail/nope:web", "/logtail/g:*", "/logtail/g:", "/logtail/g",
		"/logtail/web/other", "/logtail/web/stdout/", "/logtail/web/", "/logtail/g:bad", "/logtail/g:job/stderr", "/logtail/web/stderr",
		"/mainlogtail", "/logtail/", "/logtail", "/logtail/..%2f..%2fetc%2fpasswd", "/logtail/../../etc/passwd",
		"/logtail/web/../../../etc/passwd", "/logtail/%2Fetc%2Fpasswd"} {
		if got := ask(t, r.addrs[0], get(path)); got.status != 404 {
			t.Errorf("%s: %d", path, got.status)
		}
	}
	for _, method := range []string{"POST", "HEAD", "DELETE"} {
		request := method + " /logtail/web HTTP/1.1\nHost: x\nContent-Length: 0\n\n"
		if got := ask(t, r.addrs[0], request); got.status != 400 {
			t.Errorf("%s: %d", method, got.status)
		}
	}
}

// counted counts the followers that are open.
type counted struct {
	httpd.Follower
	open *atomic.Int32
}

func (c counted) Close() error {
	c.open.Add(-1)
	return c.Follower.Close()
}

// When a client goes, so does all that was there for it, even if nothing is
// written to the log any more.
func TestTailEndsWithItsClient(t *testing.T) {
	before := runtime.NumGoroutine()
	var open atomic.Int32
	r := serve(t, httpd.Options{Follow: func(path string) (httpd.Follower, error) {
		f, err := logs.NewFollow(path)
		open.Add(1)
		return counted{f, &open}, err
	}}, tcp)
	r.write("web.out", "x")
	var conns []net.Conn
	for range 10 {
		res, c := tail(t, r.addrs[0], "/logtail/web", "1.1")
		next(t, res.Body, "x")
		conns = append(conns, c)
	}
	if n := open.Load(); n != 10 {
		t.Fatalf("%d logs are followed", n)
	}
	for _, c := range conns {
		c.Close()
	}
	until(t, "the end of all tails", func() bool { return open.Load() == 0 })
	r.close()
	until(t, "the end of all goroutines", func() bool { return runtime.NumGoroutine() <= before })
}

// A reader that does not read holds up nobody, not even the end.
func TestTailOfSlowReader(t *testing.T) {
	r := serve(t, httpd.Options{}, tcp)
	r.write("web.out", "x")
	res, _ := tail(t, r.addrs[0], "/logtail/web", "1.1")
	next(t, res.Body, "x")
	r.append("web.out", string(bytes.Repeat([]byte("flood\n"), 4<<20)))
	if got := ask(t, r.addrs[0], get("/ok.html")); got.status != 200 {
		t.Error(got)
	}
	start := time.Now()
	r.close()
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("it took %v to close", d)
	}
}
