package xmlrpc

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// patience is how long a test waits for what must happen.
const patience = 10 * time.Second

// received is a request as the server has read it.
type received struct {
	*http.Request
	body   string
	method string // of the call, if it is one
	params []any
	conn   net.Conn
	number int // of the connection, from 1
}

// testServer answers requests as its test wants, byte for byte.
type testServer struct {
	url string

	mu       sync.Mutex
	answer   func(r received) string // "" hangs up
	conns    []net.Conn
	requests []received
}

// serve starts a server on network, "tcp" or "unix", that lives as long as the
// test.
func serve(t *testing.T, network string, answer func(r received) string) *testServer {
	t.Helper()
	s := &testServer{answer: answer}
	address := "127.0.0.1:0"
	if network == "unix" {
		address = socketPath(t)
		s.url = "unix://" + address
	}
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	if network == "tcp" {
		s.url = "http://" + l.Addr().String()
	}
	var done sync.WaitGroup
	done.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.conns = append(s.conns, conn)
			number := len(s.conns)
			s.mu.Unlock()
			done.Go(func() { s.talk(conn, number) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		s.hangUp()
		done.Wait()
	})
	return s
}

func (s *testServer) talk(conn net.Conn, number int) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	for {
		request, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return
		}
		r := received{Request: request, body: string(body), conn: conn, number: number}
		if request.Method == "POST" {
			r.method, r.params, _ = ParseCall(body)
		}
		s.mu.Lock()
		s.requests = append(s.requests, r)
		answerer := s.answer
		s.mu.Unlock()
		answer := answerer(r)
		if answer == "" {
			return
		}
		if _, err := io.WriteString(conn, answer); err != nil {
			return
		}
	}
}

// hangUp closes all connections.
func (s *testServer) hangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, conn := range s.conns {
		conn.Close()
	}
}

// answers changes how the server answers.
func (s *testServer) answers(answer func(r received) string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = answer
}

// request returns the i-th request; -1 is the last one.
func (s *testServer) request(i int) received {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i < 0 {
		i += len(s.requests)
	}
	return s.requests[i]
}

// seen returns how many connections and requests there were.
func (s *testServer) seen() (conns, requests int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.conns), len(s.requests)
}

func (s *testServer) client(t *testing.T) *Client {
	t.Helper()
	c, err := NewClient(s.url, "", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// socketPath returns a path that is short enough for a socket.
func socketPath(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "x")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return filepath.Join(dir, "s")
}

// ok is the whole answer that carries v.
func ok(v any) string {
	body, err := AppendResponse(nil, v)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
}
