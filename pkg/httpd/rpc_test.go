package httpd

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"testing"

	"supervisord/pkg/api"
	"supervisord/pkg/config"
)

const (
	versionAnswer = "<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value><string>3.0</string></value>\n" +
		"</param>\n</params>\n</methodResponse>\n"
	faultAnswer = "<?xml version='1.0'?>\n<methodResponse>\n<fault>\n<value><struct>\n<member>\n<name>faultCode</name>\n" +
		"<value><int>%d</int></value>\n</member>\n<member>\n<name>faultString</name>\n<value><string>%s</string></value>\n" +
		"</member>\n</struct></value>\n</fault>\n</methodResponse>\n"
)

func TestRPC(t *testing.T) {
	s := serve(t, nil)
	fault := func(code int, text string) string { return fmt.Sprintf(faultAnswer, code, text) }
	version := call("supervisor.getAPIVersion")
	tests := []struct {
		name    string
		request string
		status  int
		body    string
	}{
		{"call", compose("POST", "/RPC2", version), 200, versionAnswer},
		{"any URI that begins so", compose("POST", "/RPC2/x?y", version), 200, versionAnswer},
		{"any type", compose("POST", "/RPC2", version, "Content-Type: image/png; x"), 200, versionAnswer},
		{"fault", compose("POST", "/RPC2", call("supervisor.getProcessInfo", "no&lt;one")), 200, fault(10, "BAD_NAME: no&lt;one")},
		{"unknown method", compose("POST", "/RPC2", call("supervisor.nosuch")), 200, fault(1, "UNKNOWN_METHOD")},
		{"gorilla's own method", compose("POST", "/RPC2", call("Gateway.Call")), 200, fault(1, "UNKNOWN_METHOD")},
		{"traversal", compose("POST", "/RPC2", call("supervisor.supervisord.options.warnings.linecache.os.system", "id")), 200, fault(1, "UNKNOWN_METHOD")},
		{"private", compose("POST", "/RPC2", call("supervisor._update", "x")), 200, fault(1, "UNKNOWN_METHOD")},
		{"HTTP/1.0", "POST /RPC2 HTTP/1.0\r\nContent-Length: " + fmt.Sprint(len(version)) + "\r\n\r\n" + version, 200, versionAnswer},
		{"chunked", "POST /RPC2 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" +
			fmt.Sprintf("a\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n", version[:10], len(version)-10, version[10:]), 200, versionAnswer},
		{"empty", compose("POST", "/RPC2", ""), 400, ""},
		{"no length", "POST /RPC2 HTTP/1.1\r\nHost: x\r\n\r\n", 411, ""},
		{"no XML", compose("POST", "/RPC2", "<methodCall"), 400, ""},
		{"no method", compose("POST", "/RPC2", "<methodCall></methodCall>"), 400, ""},
		{"empty method", compose("POST", "/RPC2", call("")), 400, ""},
		{"GET", compose("GET", "/RPC2", ""), 400, ""},
		{"PUT", compose("PUT", "/RPC2", version), 400, ""},
		{"OPTIONS", compose("OPTIONS", "/RPC2", ""), 400, ""},
		{"error that is no fault", compose("POST", "/RPC2", call("supervisor.getPID")), 500, ""},
		{"panic", compose("POST", "/RPC2", call("supervisor.getAllConfigInfo")), 500, ""},
	}
	for _, tt := range tests {
		for _, addr := range []string{s.tcp, s.unix} {
			t.Run(tt.name, func(t *testing.T) {
				a := raw(t, addr, tt.request)
				if a.StatusCode != tt.status {
					t.Fatalf("status %s", a.Status)
				}
				contentType := "text/xml"
				if tt.status != 200 {
					contentType = "text/html"
				} else if a.body != tt.body {
					t.Errorf("body %q", a.body)
				}
				if got := a.Header.Get("Content-Type"); got != contentType {
					t.Errorf("type %s", got)
				}
				if a.ContentLength != int64(len(a.body)) {
					t.Errorf("length %d of %d", a.ContentLength, len(a.body))
				}
			})
		}
	}
	for _, part := range []string{"ERRO XML-RPC request is invalid", "supervisor.getPID() failed: no pid today", "getAllConfigInfo() panicked"} {
		if !s.log.has(part) {
			t.Errorf("the log has no %q", part)
		}
	}
}

// A connection serves one call after the other; one of HTTP/1.0 does if its
// client asks for it, and ends otherwise.
func TestKeepAlive(t *testing.T) {
	s := serve(t, nil)
	version := call("supervisor.getAPIVersion")
	for _, tt := range []struct {
		proto, header string
		keep          bool
	}{
		{"1.1", "Host: x\r\n", true},
		{"1.1", "Host: x\r\nConnection: close\r\n", false},
		{"1.0", "", false},
		{"1.0", "Connection: keep-alive\r\n", true},
	} {
		c := dial(t, s.unix)
		r := bufio.NewReader(c)
		request := fmt.Sprintf("POST /RPC2 HTTP/%s\r\n%sContent-Length: %d\r\n\r\n%s", tt.proto, tt.header, len(version), version)
		for range 2 {
			if _, err := io.WriteString(c, request); err != nil {
				t.Fatal(err)
			}
			if a := read(t, r, "POST"); a.body != versionAnswer {
				t.Errorf("%v: %q", tt, a.body)
			}
			if !tt.keep {
				break
			}
		}
		if !tt.keep {
			if _, err := r.ReadByte(); err != io.EOF {
				t.Errorf("%v: after the answer: %v", tt, err)
			}
		}
	}
}

// Requests that are sent without waiting are answered in order.
func TestPipelining(t *testing.T) {
	s := serve(t, nil)
	c := dial(t, s.tcp)
	io.WriteString(c, compose("GET", "/ok.html", "")+compose("POST", "/RPC2", call("supervisor.getAPIVersion"))+compose("GET", "/nosuch", ""))
	r := bufio.NewReader(c)
	for _, want := range []string{"OK", versionAnswer} {
		if a := read(t, r, "GET"); a.body != want {
			t.Errorf("%q", a.body)
		}
	}
	if a := read(t, r, "GET"); a.StatusCode != 404 {
		t.Error(a.Status)
	}
}

func TestExpectContinue(t *testing.T) {
	s := serve(t, nil)
	c := dial(t, s.tcp)
	body := call("supervisor.getAPIVersion")
	fmt.Fprintf(c, "POST /RPC2 HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n", len(body))
	r := bufio.NewReader(c)
	if a := read(t, r, "POST"); a.StatusCode != 100 {
		t.Fatal(a.Status)
	}
	io.WriteString(c, body)
	if a := read(t, r, "POST"); a.body != versionAnswer {
		t.Errorf("%q", a.body)
	}
}

// Bodies: whole up to 8 MiB, refused above, whether the length is told or not.
func TestBodyLimit(t *testing.T) {
	s := serve(t, nil)
	big := func(n int) string { return call("supervisor.sendProcessStdin", "cat", strings.Repeat("x", n)) }
	if a := ask(t, s.unix, "POST", "/RPC2", big(7<<20)); a.StatusCode != 200 {
		t.Errorf("7 MiB: %s", a.Status)
	}
	if got, want := s.fake.took(), fmt.Sprint("SendProcessStdin cat ", 7<<20); got != want {
		t.Errorf("called %q", got)
	}
	// The length alone is enough to refuse; the body need not come.
	if a := raw(t, s.unix, "POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n"); a.StatusCode != 413 || !a.Close {
		t.Errorf("1 GB: %s", a.Status)
	}
	c := dial(t, s.unix)
	io.WriteString(c, "POST /RPC2 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
	go func() {
		piece := fmt.Sprintf("%x\r\n%s\r\n", 1<<16, strings.Repeat("x", 1<<16))
		for {
			if _, err := io.WriteString(c, piece); err != nil {
				return // refused, as it must be
			}
		}
	}()
	if a := read(t, bufio.NewReader(c), "POST"); a.StatusCode != 413 {
		t.Errorf("endless: %s", a.Status)
	}
	if a := ask(t, s.unix, "POST", "/?"+strings.Repeat("x", 70000), ""); a.StatusCode != 431 {
		t.Errorf("large head: %s", a.Status)
	}
	if a := ask(t, s.unix, "POST", "/", "message="+strings.Repeat("x", formSize)); a.StatusCode != 413 {
		t.Errorf("large form: %s", a.Status)
	}
}

// Large bodies that never end do not keep out small ones.
func TestLargeBodiesQueue(t *testing.T) {
	s := serve(t, nil)
	for range largeBodies + 2 {
		c := dial(t, s.unix)
		fmt.Fprintf(c, "POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", rpcSize, strings.Repeat("x", smallBody+1))
	}
	e := s.endpoints[1]
	within(t, "the large bodies", func() bool { return len(e.large) == largeBodies })
	if a := ask(t, s.unix, "POST", "/RPC2", call("supervisor.getAPIVersion")); a.body != versionAnswer {
		t.Errorf("%q", a.body)
	}
}

// A call that waits ends when its client has gone.
func TestCallEndsWithItsClient(t *testing.T) {
	s := serve(t, nil)
	for _, addr := range []string{s.tcp, s.unix} {
		c := dial(t, addr)
		io.WriteString(c, compose("POST", "/RPC2", call("supervisor.startProcess", "slow")))
		<-s.fake.waiting
		c.Close()
		<-s.fake.left
	}
}

func TestShutdownState(t *testing.T) {
	s := serve(t, nil)
	s.fake.setState(api.SupervisorShutdown)
	if a := ask(t, s.unix, "POST", "/RPC2", call("supervisor.getState")); a.body != fmt.Sprintf(faultAnswer, 6, "SHUTDOWN_STATE") {
		t.Errorf("%q", a.body)
	}
}

// A browser on a foreign page, or on a name that is not ours, calls nothing;
// other clients may use any name.
func TestRPCCrossSite(t *testing.T) {
	s := serve(t, func(tcp, _ *config.Server) { tcp.AllowedHosts = []string{"good.example"} })
	body := call("supervisor.shutdown")
	tests := []struct {
		headers []string
		status  int
	}{
		{[]string{"Host: any.example:9001"}, 200},
		{[]string{"Host: any.example", "Sec-Fetch-Mode: cors"}, 200},
		{[]string{"Origin: http://evil.example"}, 403},
		{[]string{"Origin: null"}, 403},
		{[]string{"Referer: http://evil.example/x"}, 403},
		{[]string{"Sec-Fetch-Site: cross-site"}, 403},
		{[]string{"Sec-Fetch-Site: same-site"}, 403},
		{[]string{"Host: evil.example", "Origin: http://evil.example"}, 403},
		{[]string{"Host: good.example", "Origin: http://good.example"}, 200},
		{[]string{"Host: 10.0.0.1:9001", "Origin: http://10.0.0.1:9001"}, 200},
	}
	for _, tt := range tests {
		a := ask(t, s.tcp, "POST", "/RPC2", body, tt.headers...)
		calls := s.fake.took()
		if a.StatusCode != tt.status || (calls == "") != (tt.status == 403) {
			t.Errorf("%v: %s, %q", tt.headers, a.Status, calls)
		}
	}
}
