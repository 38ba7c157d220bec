package httpd_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"supervisord/pkg/httpd"
)

// plain is a call as most clients send it, with headers more.
func plain(headers, method string, params ...string) string {
	request := strings.ReplaceAll(call(method, params...), "\n", "\r\n")
	return strings.Replace(request, "\r\n\r\n", "\r\n"+headers+"\r\n", 1)
}

// raw returns the bytes of one answer, with its date taken out.
func raw(t *testing.T, conn net.Conn, from *bufio.Reader, request string) string {
	t.Helper()
	io.WriteString(conn, request)
	var b strings.Builder
	res, err := http.ReadResponse(bufio.NewReader(io.TeeReader(oneByte{from}, &b)), nil)
	if err == nil {
		_, err = io.Copy(io.Discard, res.Body)
	}
	if err != nil {
		t.Fatalf("%q: %v", request, err)
	}
	return regexp.MustCompile(`Date: [^\r]*`).ReplaceAllString(b.String(), "Date: ")
}

// oneByte reads no byte more than is asked of the connection for this answer.
type oneByte struct{ io.Reader }

func (o oneByte) Read(p []byte) (int, error) { return o.Reader.Read(p[:1]) }

// A call is answered byte by byte in the same way by us and by net/http, which gets
// what has a header of its own.
func TestQuickAnswersAreThoseOfAll(t *testing.T) {
	r := serve(t, httpd.Options{}, tcp)
	for _, headers := range []string{"", "Connection: close\r\n", "Connection: Keep-Alive\r\n"} {
		for _, c := range [][]string{
			{"supervisor.getState"}, {"supervisor.getAllProcessInfo"}, {"supervisor.getProcessInfo", "web"},
			{"supervisor.getProcessInfo", "nobody"}, {"supervisor.getProcessInfo"}, {"supervisor.getPID"},
			{"supervisor.getIdentification"}, {"supervisor.nothing"},
		} {
			var answers [2]string
			for i, more := range []string{"", "X-Whatever: 1\r\n"} {
				conn := dial(t, r.addrs[0])
				answers[i] = raw(t, conn, bufio.NewReader(conn), plain(headers+more, c[0], c[1:]...))
			}
			if answers[0] != answers[1] {
				t.Errorf("%q %v:\n%s\nand by net/http:\n%s", headers, c, answers[0], answers[1])
			}
		}
	}
}

// On one connection calls of all kinds can follow each other.
func TestCallsOfAllKindsOnOneConnection(t *testing.T) {
	r := serve(t, httpd.Options{}, tcp)
	conn := dial(t, r.addrs[0])
	from := bufio.NewReader(conn)
	for _, request := range []string{
		plain("", "supervisor.getState"),
		plain("", "supervisor.getAllProcessInfo"),
		plain("", "supervisor.startProcess", "web"),
		plain("", "supervisor.getState"),
		"GET /ok.html HTTP/1.1\r\nHost: x\r\n\r\n",
		plain("X-Whatever: 1\r\n", "supervisor.getState"),
	} {
		if got := raw(t, conn, from, request); !strings.HasPrefix(got, "HTTP/1.1 200 OK\r\n") {
			t.Errorf("%q:\n%s", request, got)
		}
	}
}

// However a call is cut into pieces, it is answered.
func TestCallsInPieces(t *testing.T) {
	r := serve(t, httpd.Options{}, tcp)
	request := plain("", "supervisor.getProcessInfo", "web")
	body := strings.Index(request, "\r\n\r\n") + 4
	for _, cut := range []int{1, 5, body - 30, body - 3, body, body + 1, len(request) - 1} {
		conn := dial(t, r.addrs[0])
		from := bufio.NewReader(conn)
		io.WriteString(conn, request[:cut])
		if got := raw(t, conn, from, request[cut:]); !strings.Contains(got, "uptime 0:00:01") {
			t.Errorf("cut at %d:\n%s", cut, got)
		}
	}
	conn := dial(t, r.addrs[0])
	from := bufio.NewReader(conn)
	got := raw(t, conn, from, request+request)
	if second := raw(t, conn, from, ""); got != second {
		t.Errorf("two at once:\n%s\n%s", got, second)
	}
}

// A password is asked for before anything else.
func TestQuickCallsNeedThePassword(t *testing.T) {
	server := tcp
	server.Username, server.Password = "joe", "secret"
	r := serve(t, httpd.Options{}, server)
	for headers, want := range map[string]string{
		"":                                      "401",
		"Authorization: Basic am9lOndyb25n\r\n": "401",
		"Authorization: Basic am9lOnNlY3JldA==\r\n": "200",
	} {
		conn := dial(t, r.addrs[0])
		if got := raw(t, conn, bufio.NewReader(conn), plain(headers, "supervisor.getState")); !strings.HasPrefix(got, "HTTP/1.1 "+want) {
			t.Errorf("%q:\n%s", headers, got)
		}
	}
}

// A client between two calls does not hold up the end, nor does one that does
// not take its answer.
func TestCloseWithQuickClients(t *testing.T) {
	r := serve(t, httpd.Options{}, tcp)
	idle := dial(t, r.addrs[0])
	raw(t, idle, bufio.NewReader(idle), plain("", "supervisor.getState"))
	began := time.Now()
	r.close()
	if took := time.Since(began); took > 900*time.Millisecond {
		t.Errorf("waited %v for a client that asked nothing", took)
	}
	if _, err := idle.Read(make([]byte, 1)); err == nil {
		t.Error("the connection is open")
	}
}

func TestCloseWithAQuickClientThatDoesNotRead(t *testing.T) {
	r := serve(t, httpd.Options{}, tcp)
	for range 20_000 {
		r.infos = append(r.infos, r.infos[0])
	}
	conn := dial(t, r.addrs[0])
	fmt.Fprint(conn, plain("", "supervisor.getAllProcessInfo"))
	if _, err := io.ReadFull(conn, make([]byte, 100)); err != nil { // the answer has begun
		t.Fatal(err)
	}
	began := time.Now()
	r.close()
	if took := time.Since(began); took < 900*time.Millisecond || took > 4*time.Second {
		t.Errorf("an answer under way got %v", took)
	}
}
