package httpd_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"supervisord/pkg/httpd"
)

// Connections of HTTP/1.1 go on unless their client ends them, those of
// HTTP/1.0 end unless their client wants to go on.
func TestConnectionEnds(t *testing.T) {
	r := serve(t, httpd.Options{}, tcp)
	for _, c := range []struct {
		version, header string
		goesOn          bool
	}{
		{"1.1", "Host: x\r\n", true},
		{"1.1", "Host: x\r\nConnection: close\r\n", false},
		{"1.0", "", false},
		{"1.0", "Connection: keep-alive\r\n", true},
		{"1.0", "Connection: Keep-Alive\r\n", true},
	} {
		conn := dial(t, r.addrs[0])
		from := bufio.NewReader(conn)
		for range 2 {
			fmt.Fprintf(conn, "GET /ok.html HTTP/%s\r\n%s\r\n", c.version, c.header)
			res, err := http.ReadResponse(from, nil)
			if err != nil {
				t.Fatalf("%v: %v", c, err)
			}
			if body, err := io.ReadAll(res.Body); string(body) != "OK" || err != nil || res.Proto != "HTTP/"+c.version {
				t.Errorf("%v: %s %q, %v", c, res.Proto, body, err)
			}
			if !c.goesOn {
				if _, err := from.ReadByte(); err != io.EOF {
					t.Errorf("%v: after the answer: %v", c, err)
				}
				break
			}
		}
	}
}

func TestExpectContinue(t *testing.T) {
	r := serve(t, httpd.Options{}, tcp)
	c := dial(t, r.addrs[0])
	head, body, _ := strings.Cut(strings.ReplaceAll(call("supervisor.getState"), "\n", "\r\n"), "\r\n\r\n")
	fmt.Fprintf(c, "%s\r\nExpect: 100-continue\r\n\r\n", head)
	from := bufio.NewReader(c)
	if res, err := http.ReadResponse(from, nil); err != nil || res.StatusCode != http.StatusContinue {
		t.Fatalf("%v, %v", res, err)
	}
	io.WriteString(c, body)
	if res, err := http.ReadResponse(from, nil); err != nil || res.StatusCode != http.StatusOK {
		t.Errorf("%v, %v", res, err)
	}
}

// Large requests that do not end take the turns of other large ones, and
// nothing from the small.
func TestLargeRequestsThatHang(t *testing.T) {
	r := serve(t, httpd.Options{}, tcp)
	for range 8 {
		fmt.Fprintf(dial(t, r.addrs[0]), "POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s",
			8<<20, strings.Repeat("x", 128<<10))
	}
	if got := ask(t, r.addrs[0], call("supervisor.getState")); got.status != 200 {
		t.Error(got)
	}
}

// Every answer says what it is and that a browser should not guess.
func TestHeadersOfAll(t *testing.T) {
	r := serve(t, httpd.Options{}, tcp)
	for _, request := range []string{get("/"), get("/ok.html"), get("/nothing"), call("supervisor.getState"), get("/images/icon.png")} {
		h := ask(t, r.addrs[0], request).header
		if h.Get("Server") != "supervisord" || h.Get("Date") == "" || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%.30q: %v", request, h)
		}
	}
	// Nobody may put our buttons into a page of his own.
	if h := ask(t, r.addrs[0], get("/")).header; h.Get("X-Frame-Options") != "DENY" ||
		!strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
		t.Errorf("%v", h)
	}
}

// HEAD of a page shows its headers and does nothing.
func TestHeadDoesNothing(t *testing.T) {
	r := serve(t, httpd.Options{}, tcp)
	for path, want := range map[string]int{"/": 200, "/tail.html?processname=web": 200, "/ok.html": 200, "/?action=stopall": 400} {
		got := ask(t, r.addrs[0], strings.Replace(get(path), "GET", "HEAD", 1))
		if got.status != want || got.body != "" {
			t.Errorf("%s: %d %q", path, got.status, got.body)
		}
	}
	if calls := r.took(); calls != "" {
		t.Errorf("did %s", calls)
	}
}
