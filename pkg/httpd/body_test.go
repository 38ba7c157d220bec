package httpd

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"supervisord/pkg/config"
)

// lazy is a dispatcher whose calls take their time.
type lazy struct{ time.Duration }

func (lazy) Quick(string) bool { return false }

func (l lazy) Call(ctx context.Context, _ string, _ []any) (any, error) {
	t := time.NewTimer(l.Duration)
	defer t.Stop()
	select {
	case <-t.C:
		return "done", nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// The time a body may take to arrive is not the time its answer may take.
func TestBodyTime(t *testing.T) {
	const patience = 10 * time.Second
	ls, err := Listen([]config.Server{{Network: "tcp", Host: "127.0.0.1"}}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	s := New(Options{Dispatcher: lazy{300 * time.Millisecond}}, ls)
	s.endpoints[0].bodyTime = 100 * time.Millisecond
	s.Serve()
	defer s.Close(t.Context())
	const call = "<methodCall><methodName>a.b</methodName></methodCall>"
	for name, c := range map[string]struct {
		body   string
		status int
	}{
		"whole body, slow answer":  {call, http.StatusOK},
		"body that never gets far": {call[:10], http.StatusBadRequest},
	} {
		conn, err := net.DialTimeout("tcp", ls.Addrs()[0].String(), patience)
		if err != nil {
			t.Fatal(err)
		}
		conn.SetDeadline(time.Now().Add(patience))
		fmt.Fprintf(conn, "POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", len(call), c.body)
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || res.StatusCode != c.status {
			t.Errorf("%s: %v, %v", name, res, err)
		}
		conn.Close()
	}
}
