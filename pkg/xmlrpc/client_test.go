package xmlrpc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"supervisord/pkg/api"
)

func TestNewClient(t *testing.T) {
	for _, tc := range []struct {
		url, network, address, host string
		login                       string // user:password
	}{
		{"unix:///run/s.sock", "unix", "/run/s.sock", "127.0.0.1", ""},
		{"unix://relative", "unix", "relative", "127.0.0.1", ""},
		{"http://localhost:9001", "tcp", "localhost:9001", "localhost:9001", ""},
		{"http://localhost", "tcp", "localhost:80", "localhost", ""},
		{"http://localhost:9001/RPC2?x#y", "tcp", "localhost:9001", "localhost:9001", ""},
		{"http://[::1]:9001", "tcp", "[::1]:9001", "[::1]:9001", ""},
		{"http://[::1]", "tcp", "[::1]:80", "[::1]", ""},
		{"http://:9001", "tcp", ":9001", "localhost:9001", ""},
		{"http://u:p@host:1", "tcp", "host:1", "host:1", "u:p"},
		{"http://u:a:b%40c%zz#@d@host:1", "tcp", "host:1", "host:1", "u:a:b@c%zz#@d"},
	} {
		c, err := NewClient(tc.url, "", "")
		if err != nil {
			t.Errorf("%s: %v", tc.url, err)
			continue
		}
		want := &Client{network: tc.network, address: tc.address, host: tc.host}
		if user, password, given := strings.Cut(tc.login, ":"); given {
			want.SetCredentials(user, password)
		}
		if c.network != want.network || c.address != want.address || c.host != want.host || c.login != want.login {
			t.Errorf("%s: %+v", tc.url, c)
		}
	}
	for url, text := range map[string]string{
		"https://h:1":        "Unknown protocol for serverurl https://h:1",
		"localhost:9001":     "Unknown protocol for serverurl localhost:9001",
		"":                   "Unknown protocol for serverurl ",
		"http://h:x":         `serverurl http://h:x: "x" is no port`,
		"http://h:0":         `serverurl http://h:0: "0" is no port`,
		"http://h:65536":     `serverurl http://h:65536: "65536" is no port`,
		"http://u:secret@h:": `serverurl http://h:: "" is no port`,
		"http://[::1":        "serverurl http://[::1: the address has a [ and no ]",
		"http://::1:9001":    "serverurl http://::1:9001: an IPv6 address needs [ and ] around it",
		"http://h\r\nX: y":   "serverurl http://h\r\nX: y: the host has a character that no host has",
	} {
		if _, err := NewClient(url, "", ""); err == nil || err.Error() != text {
			t.Errorf("%q: %v", url, err)
		}
	}
}

func TestArgumentsGoBeforeURL(t *testing.T) {
	c, err := NewClient("http://u:p@h:1", "other", "word")
	want := &Client{}
	want.SetCredentials("other", "word")
	if err != nil || c.login != want.login {
		t.Errorf("%q, %v", c.login, err)
	}
}

// Each method of the client asks for its row of the table, with all parameters,
// and understands the answer.
func TestMethods(t *testing.T) {
	s := serve(t, "unix", func(r received) string {
		name, found := strings.CutPrefix(r.method, "supervisor.")
		for _, m := range api.Methods() {
			if found && m.Name == name {
				return ok(sample(m))
			}
		}
		return "HTTP/1.1 500 There is no " + r.method + "\r\n\r\n"
	})
	c := s.client(t)
	old := []string{"getVersion", "readMainLog", "readProcessLog", "tailProcessLog", "clearProcessLog"}
	for _, m := range api.Methods() {
		if slices.Contains(old, m.Name) {
			continue
		}
		f := reflect.ValueOf(m.Func)
		in := []reflect.Value{reflect.ValueOf(c), reflect.ValueOf(t.Context())}
		var params []any
		for i := 2; i < f.Type().NumIn(); i++ {
			v := reflect.New(f.Type().In(i)).Elem()
			var wire any
			switch v.Kind() {
			case reflect.String:
				v.SetString(fmt.Sprint("text", i))
				wire = v.String()
			case reflect.Int:
				v.SetInt(int64(i))
				wire = i
			case reflect.Bool:
				v.SetBool(true)
				wire = true
			}
			in, params = append(in, v), append(params, wire)
		}
		out := f.Call(in)
		if err := out[1].Interface(); err != nil {
			t.Errorf("%s: %v", m.Name, err)
			continue
		}
		last := s.request(-1)
		if last.method != "supervisor."+m.Name || len(last.params) != len(params) || len(params) > 0 && !reflect.DeepEqual(last.params, params) {
			t.Errorf("%s called %s%v, want the parameters %v", m.Name, last.method, last.params, params)
		}
		if got, want := out[0].Interface(), sample(m); !reflect.DeepEqual(got, want) {
			t.Errorf("%s answered %#v, want %#v", m.Name, got, want)
		}
	}
}

// sample returns an answer of m in which each field has a value of its own.
func sample(m api.Method) any {
	t := reflect.TypeOf(m.Func).Out(0)
	if t.Kind() == reflect.Interface {
		return true
	}
	v := reflect.New(t).Elem()
	n := 0
	fill(v, &n)
	return v.Interface()
}

func fill(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprint("s", *n))
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Interface:
		v.Set(reflect.ValueOf("none"))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n)
		fill(v.Index(1), n)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				fill(v.Field(i), n)
			}
		}
	}
}

func TestGroupFormsAnswerResults(t *testing.T) {
	want := []api.Result{{Name: "a", Group: "g", Status: api.Success, Description: "OK"}}
	s := serve(t, "unix", func(received) string { return ok(want) })
	c := s.client(t)
	for name, call := range map[string]func() (any, error){
		"start":  func() (any, error) { return c.StartProcess(t.Context(), "g:*", true) },
		"stop":   func() (any, error) { return c.StopProcess(t.Context(), "g:*", true) },
		"signal": func() (any, error) { return c.SignalProcess(t.Context(), "g:*", "HUP") },
	} {
		if v, err := call(); err != nil || !reflect.DeepEqual(v, want) {
			t.Errorf("%s: %#v, %v", name, v, err)
		}
	}
}

func TestAnswerOfAnotherType(t *testing.T) {
	s := serve(t, "unix", func(received) string { return ok("x") })
	c := s.client(t)
	if _, err := c.GetPID(t.Context()); err == nil || err.Error() != "supervisor.getPID: the answer holds a string where int is expected" {
		t.Errorf("%v", err)
	}
	s.answers(func(received) string { return ok([]any{5}) })
	if _, err := c.StartProcess(t.Context(), "g:*", true); err == nil || !strings.HasPrefix(err.Error(), "supervisor.startProcess: ") {
		t.Errorf("%v", err)
	}
}

func TestFault(t *testing.T) {
	s := serve(t, "unix", func(received) string {
		body := AppendFault(nil, badName)
		return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	})
	_, err := s.client(t).GetProcessInfo(t.Context(), "x")
	var f *api.Fault
	if !errors.As(err, &f) || *f != *badName {
		t.Errorf("%v", err)
	}
}

func TestMulticall(t *testing.T) {
	s := serve(t, "unix", func(r received) string {
		want := []any{[]any{
			map[string]any{"methodName": "a.b", "params": []any{"x", "\x03"}},
			map[string]any{"methodName": "c.d", "params": []any{}},
		}}
		if r.method != "system.multicall" || !reflect.DeepEqual(r.params, want) {
			return "HTTP/1.1 500 What\r\n\r\n"
		}
		return ok([]any{5, map[string]any{"faultCode": 10, "faultString": "BAD_NAME: <x>"}})
	})
	c := s.client(t)
	got, err := c.Multicall(t.Context(), Request{"a.b", []any{"x", "\x03"}}, Request{Method: "c.d"})
	if err != nil || !reflect.DeepEqual(got, []any{5, badName}) {
		t.Errorf("%v, %v", got, err)
	}
	s.answers(func(received) string { return ok([]any{5}) })
	if _, err := c.Multicall(t.Context(), Request{}, Request{}); err == nil {
		t.Error("one answer for two calls was accepted")
	}
}

// The bytes that go out: Supervisor's server reads them, proxies may look.
func TestRequestHead(t *testing.T) {
	s := serve(t, "tcp", func(received) string { return ok(1) })
	c := s.client(t)
	c.SetCredentials("user", "p:w")
	c.GetPID(t.Context())
	c.SetCredentials("user", "")
	c.GetPID(t.Context())
	r := s.request(0)
	if r.Method != "POST" || r.RequestURI != "/RPC2" || r.Proto != "HTTP/1.1" || "http://"+r.Host != s.url || r.ContentLength != int64(len(r.body)) {
		t.Errorf("%+v", r)
	}
	for name, want := range map[string]string{"Content-Type": "text/xml", "Accept": "text/xml", "Authorization": "Basic dXNlcjpwOnc="} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if r.Header.Get("User-Agent") == "" {
		t.Error("there is no User-Agent")
	}
	if got := s.request(1).Header.Values("Authorization"); got != nil {
		t.Errorf("without a password came %q", got)
	}
}

func TestStatus(t *testing.T) {
	s := serve(t, "tcp", func(r received) string {
		if r.Header.Get("Authorization") == "" {
			return "HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno"
		}
		return ok(1)
	})
	c := s.client(t)
	_, err := c.GetPID(t.Context())
	var status *StatusError
	if !errors.As(err, &status) || *status != (StatusError{401, "401 Unauthorized", strings.TrimPrefix(s.url, "http://") + "/RPC2"}) {
		t.Errorf("%v", err)
	}
	c.SetCredentials("u", "p")
	if _, err := c.GetPID(t.Context()); err != nil {
		t.Error(err)
	}
}

// All calls go over one connection, and one that the server has closed
// meanwhile is not used again: no call fails for that, and none is sent twice.
func TestKeptConnection(t *testing.T) {
	for _, network := range []string{"tcp", "unix"} {
		s := serve(t, network, func(received) string { return ok(1) })
		c := s.client(t)
		for i := range 6 {
			if i == 3 {
				s.hangUp()
				awaitDead(t, c)
			}
			if _, err := c.GetPID(t.Context()); err != nil {
				t.Fatal(network, err)
			}
		}
		if conns, requests := s.seen(); conns != 2 || requests != 6 {
			t.Errorf("%s: %d connections, %d requests", network, conns, requests)
		}
		c.Close()
		if _, err := c.GetPID(t.Context()); err != nil {
			t.Error(network, err)
		}
		if conns, _ := s.seen(); conns != 3 {
			t.Errorf("%s: %d connections after Close", network, conns)
		}
	}
}

// awaitDead waits until the kernel knows that the kept connection is closed.
func awaitDead(t *testing.T, c *Client) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for c.idle.alive() {
		if time.Now().After(deadline) {
			t.Fatal("the connection does not end")
		}
		time.Sleep(time.Millisecond)
	}
}

// A server that says so, or that speaks HTTP/1.0, gets a new connection a call.
func TestConnectionThatIsNotKept(t *testing.T) {
	body, _ := AppendResponse(nil, 1)
	for _, head := range []string{
		"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s",
		"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n%s",
		"HTTP/1.1 200 OK\r\nX-Length: %d\r\n\r\n%s", // the body ends with the connection
	} {
		s := serve(t, "tcp", func(r received) string {
			io.WriteString(r.conn, fmt.Sprintf(head, len(body), body))
			return ""
		})
		c := s.client(t)
		for range 2 {
			if n, err := c.GetPID(t.Context()); err != nil || n != 1 {
				t.Errorf("%q: %d, %v", head, n, err)
			}
		}
		if conns, _ := s.seen(); conns != 2 {
			t.Errorf("%q: %d connections", head, conns)
		}
	}
}

// A server that dies over a call may have carried it out: the call is an error
// and is not sent again, on a kept connection neither.
func TestNothingIsSentTwice(t *testing.T) {
	s := serve(t, "tcp", func(r received) string {
		if r.method == "supervisor.startProcess" {
			return ""
		}
		return ok(1)
	})
	c := s.client(t)
	if _, err := c.GetPID(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err := c.StartProcess(t.Context(), "web", true)
	if !errors.Is(err, io.EOF) && !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("%v", err)
	}
	if _, requests := s.seen(); requests != 2 {
		t.Errorf("%d requests for two calls", requests)
	}
}

// A call that waits holds up no other.
func TestOverlappingCalls(t *testing.T) {
	release := make(chan struct{})
	waiting := make(chan struct{})
	s := serve(t, "unix", func(r received) string {
		if r.method == "supervisor.stopProcess" {
			close(waiting)
			<-release
			return ok(true)
		}
		return ok(1)
	})
	c := s.client(t)
	stopped := make(chan error, 1)
	go func() {
		_, err := c.StopProcess(t.Context(), "web", true)
		stopped <- err
	}()
	<-waiting
	if _, err := c.GetPID(t.Context()); err != nil {
		t.Error(err)
	}
	close(release)
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestContextEndsCall(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan struct{})
	s := serve(t, "tcp", func(r received) string {
		if r.method != "supervisor.stopProcess" {
			return ok(1)
		}
		cancel()
		r.conn.SetReadDeadline(time.Now().Add(patience))
		if _, err := r.conn.Read(make([]byte, 1)); errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) {
			close(gone) // so the server learns that nobody waits
		}
		return ""
	})
	c := s.client(t)
	if _, err := c.StopProcess(ctx, "web", true); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	select {
	case <-gone:
	case <-time.After(patience):
		t.Error("the connection stays open")
	}
	if _, err := c.GetPID(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("a call after the end: %v", err)
	}
	if _, err := c.GetPID(t.Context()); err != nil {
		t.Errorf("the client is of no more use: %v", err)
	}
}

func TestCannotConnect(t *testing.T) {
	stale := socketPath(t)
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: stale, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	l.Close()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	missing := socketPath(t)
	for _, tc := range []struct {
		url  string
		want error
		text string
	}{
		{"unix://" + stale, syscall.ECONNREFUSED, "cannot connect to unix://" + stale + ": connection refused"},
		{"unix://" + missing, syscall.ENOENT, "cannot connect to unix://" + missing + ": no such file or directory"},
		{"http://u:secret@" + closed.Addr().String(), syscall.ECONNREFUSED, "cannot connect to http://" + closed.Addr().String() + ": connection refused"},
	} {
		c, err := NewClient(tc.url, "", "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.GetPID(t.Context()); !errors.Is(err, tc.want) || err.Error() != tc.text {
			t.Errorf("%s: %v", tc.url, err)
		}
		if _, _, err := c.Get(t.Context(), "/x"); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v", tc.url, err)
		}
	}
	if _, err := os.Stat(stale); err != nil {
		t.Error("the socket that was to be stale is gone")
	}
}

// An answer that is no proper HTTP is an error, whatever it is, and never hangs
// or panics.
func TestBadAnswers(t *testing.T) {
	body, _ := AppendResponse(nil, 1)
	for _, tc := range []struct{ answer, problem string }{
		{"SSH-2.0-OpenSSH\r\n", "not HTTP"},
		{"HTTP/2 200 OK\r\n\r\n", "not HTTP"},
		{"HTTP/1.1 2x0 OK\r\n\r\n", "not HTTP"},
		{"HTTP/1.1 20 OK\r\n\r\n", "not HTTP"},
		{"HTTP/1.1 200 OK", "unexpected EOF"},
		{"HTTP/1.1 200 OK\r\n", "unexpected EOF"},
		{"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "no proper length"},
		{"HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n", "no proper length"},
		{"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", "unexpected EOF"},
		{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", "unexpected EOF"},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "the encoding"},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "unexpected EOF"},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", "proper size"},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", "proper size"},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffffffff\r\n", "proper size"},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort", "unexpected EOF"},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nshort\r\n", "beyond its size"},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n0\r\n", "unexpected EOF"},
		{"HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 1<<20), "buffer full"},
		{"HTTP/1.1 200 OK\r\n" + strings.Repeat("X: y\r\n", 1<<15), "too long"},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + strings.Repeat("X: y\r\n", 1<<15), "too long"},
		{"HTTP/1.1 204 No Content\r\n\r\n", "answers 204 No Content"},
		{"HTTP/1.1 301 Moved\r\nLocation: /x\r\n\r\n", "answers 301 Moved"},
		{"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "no element"},
		{fmt.Sprintf("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body), ""},
		{fmt.Sprintf("HTTP/1.1 200 OK\nContent-Length: %d\n\n%s", len(body), body), ""},
		{fmt.Sprintf("HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n%x;x=y\r\n%s\r\n0\r\nTrailer: x\r\n\r\n", len(body), body), ""},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + inChunks(string(body), 1), ""},
	} {
		s := serve(t, "unix", func(r received) string {
			io.WriteString(r.conn, tc.answer)
			return ""
		})
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		_, err := s.client(t).GetPID(ctx)
		cancel()
		switch {
		case tc.problem == "" && err != nil:
			t.Errorf("%.100q: %v", tc.answer, err)
		case tc.problem != "" && (err == nil || !strings.Contains(err.Error(), tc.problem)):
			t.Errorf("%.100q: %v, want an error with %q", tc.answer, err, tc.problem)
		}
	}
}

// inChunks returns s as a chunked body.
func inChunks(s string, size int) string {
	var b strings.Builder
	for len(s) > 0 {
		n := min(size, len(s))
		fmt.Fprintf(&b, "%x\r\n%s\r\n", n, s[:n])
		s = s[n:]
	}
	return b.String() + "0\r\n\r\n"
}

// What a server sends beyond its answer is not taken for the next one.
func TestAnswerNobodyAskedFor(t *testing.T) {
	s := serve(t, "tcp", func(r received) string { return ok(1) + ok(2) })
	c := s.client(t)
	for range 3 {
		if n, err := c.GetPID(t.Context()); err != nil || n != 1 {
			t.Errorf("%d, %v", n, err)
		}
	}
}
