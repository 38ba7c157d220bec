package httpd

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"supervisord/pkg/config"
)

// atOnce is a dispatcher of methods that only look.
type atOnce struct{}

func (atOnce) Call(context.Context, string, []any) (any, error) { return "done", nil }
func (atOnce) Quick(method string) bool                         { return method == "look" }

// quickly runs a story with the client's end of a connection that quick
// serves. A connection that is handed over comes through given.
func quickly(t *testing.T, story func(client net.Conn, given <-chan net.Conn)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{Server: &Server{opt: Options{Dispatcher: atOnce{}}, base: t.Context()}, texts: &texts{}}
		e.gate = newGate(nil, 10, func(config.Level, string, ...any) {})
		e.handOver = newHandOver(nil)
		ours, client := net.Pipe()
		c := &conn{Conn: ours}
		e.gate.admit(c)
		go e.quick(c)
		story(client, e.handOver.conns)
		e.handOver.Close()
		client.Close()
		ours.Close()
		e.gate.shut()
		synctest.Wait()
	})
}

func callOf(method string) string {
	body := "<methodCall><methodName>" + method + "</methodName></methodCall>"
	return strings.Replace(plainExample, "Length: 4\r\n\r\nbody", "Length: 60\r\n\r\n"+strings.Repeat(" ", 60-len(body))+body, 1)
}

// A call that comes in two pieces is answered here, whole or not.
func TestQuickWaitsForTheBody(t *testing.T) {
	quickly(t, func(client net.Conn, _ <-chan net.Conn) {
		from := bufio.NewReader(client)
		head, body, _ := strings.Cut(callOf("look"), "\r\n\r\n")
		for range 3 {
			for _, piece := range []string{head + "\r\n\r\n", body[:20], body[20:]} {
				time.Sleep(bodyGrace / 4)
				io.WriteString(client, piece)
			}
			res, err := http.ReadResponse(from, nil)
			if err != nil {
				t.Fatal(err)
			}
			if text, err := io.ReadAll(res.Body); !strings.Contains(string(text), "done") {
				t.Errorf("%q, %v", text, err)
			}
			time.Sleep(time.Hour) // a client may be quiet between two calls
		}
	})
}

// What is not answered here is handed over from its first byte on.
func TestHandedOverWhole(t *testing.T) {
	head, _, _ := strings.Cut(plainExample, "body")
	for name, request := range map[string]string{
		"another method":      callOf("work"),
		"not XML":             plainExample,
		"a part of the head":  head[:30],
		"no body in time":     head,
		"half a body in time": head + "bo",
		"too long for here":   strings.Replace(plainExample, "Length: 4", "Length: 5000", 1),
		"not a call":          "GET / HTTP/1.1\r\n\r\n",
		"not even of HTTP":    "\x16\x03\x01",
		"two calls in one go": callOf("look") + callOf("look"),
	} {
		quickly(t, func(client net.Conn, given <-chan net.Conn) {
			io.WriteString(client, request)
			c := <-given
			got := make([]byte, len(request))
			if _, err := io.ReadFull(c, got); err != nil || string(got) != request {
				t.Errorf("%s: %q, %v, want %q", name, got, err, request)
			}
			go io.WriteString(client, "more")
			if n, err := io.ReadFull(c, got[:1]); n != 1 || got[0] != 'm' {
				t.Errorf("%s: then %q, %v", name, got[:n], err)
			}
			c.Close()
		})
	}
}

// Who connects and says nothing is cut off as by net/http.
func TestQuickCutsTheSilent(t *testing.T) {
	quickly(t, func(client net.Conn, _ <-chan net.Conn) {
		began := time.Now()
		if _, err := client.Read(make([]byte, 1)); err != io.EOF || time.Since(began) != headerTime {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
	})
}

// Who does not take the answer is cut off.
func TestQuickCutsWhoDoesNotRead(t *testing.T) {
	quickly(t, func(client net.Conn, _ <-chan net.Conn) {
		io.WriteString(client, callOf("look"))
		time.Sleep(writeTime + time.Second)
		if n, err := client.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Errorf("read %d, %v", n, err)
		}
	})
}
