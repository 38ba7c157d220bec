package xmlrpc

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"
)

// A log comes chunk by chunk as it grows: a Read waits for no more than there is.
func TestStream(t *testing.T) {
	for name, frame := range map[string]struct {
		head, first, second, end string
	}{
		"chunked": {"Transfer-Encoding: chunked\r\n", "4\r\none\n\r\n", "4\r\ntwo\n\r\n", "0\r\n\r\n"},
		"late":    {"Transfer-Encoding: chunked\r\n", "4\r\none\n", "\r\n4\r\ntwo\n", "\r\n0\r\n\r\n"}, // the line end behind a chunk
		"length":  {"Content-Length: 8\r\n", "one\n", "two\n", ""},
		"neither": {"", "one\n", "two\n", ""},
	} {
		more := make(chan struct{})
		s := serve(t, "unix", func(r received) string {
			io.WriteString(r.conn, "HTTP/1.1 200 OK\r\n"+frame.head+"\r\n"+frame.first)
			<-more
			io.WriteString(r.conn, frame.second)
			<-more
			io.WriteString(r.conn, frame.end)
			return ""
		})
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		code, body, err := s.client(t).Get(ctx, "/logtail/a%3Ab")
		if err != nil || code != 200 {
			t.Fatalf("%s: %d, %v", name, code, err)
		}
		p := make([]byte, 100)
		for _, want := range []string{"one\n", "two\n"} {
			n, err := io.ReadAtLeast(body, p, len(want))
			if string(p[:n]) != want || err != nil {
				t.Errorf("%s: %q, %v, want %q", name, p[:n], err, want)
			}
			more <- struct{}{}
		}
		for range 2 { // the end stays
			if n, err := body.Read(p); n != 0 || err != io.EOF {
				t.Errorf("%s: %d bytes, %v at the end", name, n, err)
			}
		}
		body.Close()
		cancel()
	}
}

func TestStreamHead(t *testing.T) {
	s := serve(t, "tcp", func(received) string { return "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno" })
	c := s.client(t)
	c.SetCredentials("user", "p:w")
	code, body, err := c.Get(t.Context(), "/logtail/a%3Ab/stderr")
	if err != nil || code != 404 {
		t.Fatalf("%d, %v", code, err)
	}
	defer body.Close()
	if page, err := io.ReadAll(body); string(page) != "no" || err != nil {
		t.Errorf("%q, %v", page, err)
	}
	r := s.request(0)
	if r.Method != "GET" || r.RequestURI != "/logtail/a%3Ab/stderr" || "http://"+r.Host != s.url {
		t.Errorf("%+v", r)
	}
	for name, want := range map[string]string{"Accept": "*/*", "Accept-Encoding": "chunked",
		"User-Agent": "Supervisor HTTP Client", "Authorization": "Basic dXNlcjpwOnc="} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestStreamEnds(t *testing.T) {
	s := serve(t, "unix", func(r received) string {
		io.WriteString(r.conn, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
		r.conn.Read(make([]byte, 1)) // until the client hangs up
		return ""
	})
	c := s.client(t)
	read := func(body io.Reader) chan error {
		done := make(chan error, 1)
		go func() {
			_, err := body.Read(make([]byte, 1))
			done <- err
		}()
		return done
	}
	await := func(done chan error) error {
		select {
		case err := <-done:
			return err
		case <-time.After(patience):
			t.Fatal("the Read does not end")
			return nil
		}
	}

	ctx, cancel := context.WithCancel(t.Context())
	_, body, err := c.Get(ctx, "/mainlogtail")
	if err != nil {
		t.Fatal(err)
	}
	done := read(body)
	cancel()
	if err := await(done); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end of the context: %v", err)
	}
	body.Close()

	if _, body, err = c.Get(t.Context(), "/mainlogtail"); err != nil {
		t.Fatal(err)
	}
	done = read(body)
	body.Close()
	if err := await(done); err == nil {
		t.Error("a Read from a closed body succeeded")
	}
}

// No path can bring a header with it.
func TestStreamPath(t *testing.T) {
	s := serve(t, "unix", func(received) string { return "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" })
	c := s.client(t)
	for _, path := range []string{"", "x", "/a b", "/a\r\nX: y", "/\x7f", "/é"} {
		if _, _, err := c.Get(t.Context(), path); err == nil {
			t.Errorf("%q was asked for", path)
		}
	}
	if _, requests := s.seen(); requests != 0 {
		t.Errorf("%d requests", requests)
	}
}
