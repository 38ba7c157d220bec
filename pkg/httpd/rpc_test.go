package httpd_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"testing"

	"supervisord/pkg/api"
	"supervisord/pkg/config"
	"supervisord/pkg/httpd"
)

func TestRPCAnswers(t *testing.T) {
	r := serve(t, httpd.Options{}, tcp)
	good := call("supervisor.getState")
	chunked := "POST /RPC2 HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\n"
	document := good[strings.Index(good, "<?xml"):]
	chunked += fmt.Sprintf("%x\n%s\n0\n\n", len(document), document)
	for name, c := range map[string]struct {
		request string
		status  int
		body    string
	}{
		"a call":                 {good, 200, "<string>RUNNING</string>"},
		"any URI that begins so": {strings.Replace(good, "/RPC2", "/RPC2xyz/1?q", 1), 200, "RUNNING"},
		"any type":               {strings.Replace(good, "text/xml", "application/json; charset=x", 1), 200, "RUNNING"},
		"no type":                {strings.Replace(good, "Content-Type: text/xml\n", "", 1), 200, "RUNNING"},
		"chunked":                {chunked, 200, "RUNNING"},
		"any host":               {strings.Replace(good, "127.0.0.1", "evil.example", 1), 200, "RUNNING"},
		"HTTP/1.0":               {strings.Replace(good, "HTTP/1.1\nHost: 127.0.0.1", "HTTP/1.0", 1), 200, "RUNNING"},
		"unknown method":         {call("supervisor.nothing"), 200, "<int>1</int>"},
		"CVE-2017-11610":         {call("supervisor.supervisord.options.warnings.linecache.os.system", "x"), 200, "UNKNOWN_METHOD"},
		"private method":         {call("supervisor._update", "x"), 200, "UNKNOWN_METHOD"},
		"gorilla's own method":   {call("gate.Call"), 200, "UNKNOWN_METHOD"},
		"fault":                  {call("supervisor.getProcessInfo", "nope"), 200, "BAD_NAME: nope"},
		"internal error":         {call("supervisor.getPID"), 500, "Error code 500."},
		"panic":                  {call("supervisor.getIdentification"), 500, "Error code 500."},
		"no XML":                 {post("/RPC2", "text/xml", "hello"), 400, "Error code 400."},
		"no method name":         {call(""), 400, "Error code 400."},
		"no body":                {post("/RPC2", "text/xml", ""), 400, "Error code 400."},
		"GET":                    {get("/RPC2"), 400, "Error code 400."},
		"PUT":                    {strings.Replace(good, "POST", "PUT", 1), 400, "Error code 400."},
		"foreign origin":         {strings.Replace(good, "Host:", "Origin: http://evil.example\nHost:", 1), 403, "evil.example"},
		"no origin to tell":      {strings.Replace(good, "Host:", "Origin: null\nHost:", 1), 403, "null"},
		"rebound name": {strings.Replace(good, "Host: 127.0.0.1",
			"Origin: http://evil.example\nHost: evil.example", 1), 403, "evil.example"},
		"own origin": {strings.Replace(good, "Host:", "Origin: http://127.0.0.1\nHost:", 1), 200, "RUNNING"},
	} {
		t.Run(name, func(t *testing.T) {
			got := ask(t, r.addrs[0], c.request)
			if got.status != c.status || !strings.Contains(got.body, c.body) {
				t.Errorf("%d %q, want %d with %q", got.status, got.body, c.status, c.body)
			}
			kind := "text/xml"
			if c.status != 200 {
				kind = "text/html"
			}
			if h := got.header.Get("Content-Type"); !strings.HasPrefix(h, kind) {
				t.Errorf("Content-Type %q, want %q", h, kind)
			}
			if h := got.header.Get("Content-Length"); h != fmt.Sprint(len(got.body)) {
				t.Errorf("Content-Length %s of %d", h, len(got.body))
			}
		})
	}
	if !r.logged("no pid today") || !r.logged("identity lost") {
		t.Error("the causes of the internal errors are not in the log")
	}
}

func TestRPCKeepAliveAndPipelining(t *testing.T) {
	r := serve(t, httpd.Options{}, tcp)
	c := dial(t, r.addrs[0])
	one := strings.ReplaceAll(call("supervisor.getState"), "\n", "\r\n")
	last := strings.Replace(one, "Host:", "Connection: close\r\nHost:", 1)
	if _, err := io.WriteString(c, one+one+last); err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(c)
	if n := strings.Count(string(all), "HTTP/1.1 200 OK"); n != 3 || err != nil {
		t.Errorf("%d answers, %v", n, err)
	}
}

// A client that goes away takes its waiting call with it.
func TestRPCEndsWithItsClient(t *testing.T) {
	r := serve(t, httpd.Options{}, tcp)
	r.hold = make(chan struct{})
	c := dial(t, r.addrs[0])
	io.WriteString(c, strings.ReplaceAll(call("supervisor.startProcess", "web"), "\n", "\r\n"))
	until(t, "the call", func() bool { return r.took() != "" })
	c.Close()
	if err := <-r.held; err == nil {
		t.Error("the call went on without its client")
	}
}

func TestBodyLimit(t *testing.T) {
	r := serve(t, httpd.Options{}, tcp)
	declared := "POST /RPC2 HTTP/1.1\nHost: x\nContent-Length: 1000000000\n\n<?xml"
	if got := ask(t, r.addrs[0], declared); got.status != 413 {
		t.Errorf("1 GB declared: %d", got.status)
	}
	var b bytes.Buffer
	b.WriteString("POST /RPC2 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
	piece := strings.Repeat("x", 1<<20)
	for range 9 {
		fmt.Fprintf(&b, "%x\r\n%s\r\n", len(piece), piece)
	}
	b.WriteString("0\r\n\r\n")
	if got := askBytes(t, r.addrs[0], b.Bytes()); got.status != 413 {
		t.Errorf("9 MiB in chunks: %d", got.status)
	}
	large := call("supervisor.getProcessInfo", strings.Repeat("n", 3<<20))
	if got := ask(t, r.addrs[0], large); got.status != 200 || !strings.Contains(got.body, "BAD_NAME") {
		t.Errorf("3 MiB: %d", got.status)
	}
	head := get("/", "X: "+strings.Repeat("x", 80<<10))
	if got := ask(t, r.addrs[0], head); got.status != 431 {
		t.Errorf("80 KiB of headers: %d", got.status)
	}
}

// Each way to ask is behind the password, whatever it answers otherwise.
func TestPasswordOnEveryRoute(t *testing.T) {
	server := locked(tcp, "me", "pass:word")
	r := serve(t, httpd.Options{}, server)
	for _, path := range []string{"/", "/index.html", "/index.html?action=stopall", "/tail.html?processname=web", "/ok.html",
		"/RPC2", "/logtail/web", "/logtail/web/stderr", "/mainlogtail", "/stylesheets/supervisor.css",
		"/images/icon.png", "/nothing", "//index.html", "/../../etc/passwd", "*"} {
		for _, method := range []string{"GET", "POST", "HEAD", "OPTIONS", "PUT", "BREW"} {
			if path == "*" && method != "OPTIONS" {
				continue
			}
			request := method + " " + path + " HTTP/1.1\nHost: 127.0.0.1\nContent-Length: 0\n\n"
			got := ask(t, r.addrs[0], request)
			if got.status != 401 || got.header.Get("WWW-Authenticate") != `Basic realm="default"` {
				t.Errorf("%s %s: %d %v", method, path, got.status, got.header)
			}
		}
	}
	if calls := r.took(); calls != "" {
		t.Errorf("without a password was done: %s", calls)
	}
}

func TestPasswords(t *testing.T) {
	sha := "{SHA}82ab876d1387bfafe46cc1c8a2ef074eae50cb1d" // of "thepassword"
	plain := serve(t, httpd.Options{}, locked(tcp, "me", "pass:word"))
	hashed := serve(t, httpd.Options{}, locked(tcp, "me", sha))
	upper := serve(t, httpd.Options{}, locked(tcp, "me", strings.Replace(sha, "82ab", "82AB", 1)))
	basic := func(s string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(s)) }
	for _, c := range []struct {
		rig    *rig
		header string
		status int
	}{
		{plain, basic("me:pass:word"), 200},
		{plain, strings.Replace(basic("me:pass:word"), "Basic", "bAsIc", 1), 200},
		{plain, basic("me:pass"), 401},
		{plain, basic("me:pass:word2"), 401},
		{plain, basic("Me:pass:word"), 401},
		{plain, basic(":"), 401},
		{plain, basic("me"), 401},
		{plain, basic(""), 401},
		{plain, "Basic", 401},
		{plain, "Bearer x", 401},
		{plain, "Basic !!!", 400},
		{plain, basic("me:" + strings.Repeat("p", 20000)), 401},
		{hashed, basic("me:thepassword"), 200},
		{hashed, basic("me:" + sha), 401},
		{hashed, basic("me:" + sha[5:]), 401},
		{upper, basic("me:thepassword"), 401}, // compared as it is written
	} {
		if got := ask(t, c.rig.addrs[0], get("/ok.html", "Authorization: "+c.header)); got.status != c.status {
			t.Errorf("%.40s: %d, want %d", c.header, got.status, c.status)
		}
	}
	if !plain.logged("") || plain.logged("without any HTTP authentication") {
		t.Error("a server with a password is said to have none")
	}
	open := serve(t, httpd.Options{RPCInterfaces: []string{"supervisor"}}, tcp)
	for _, line := range []string{"INFO RPC interface 'supervisor' initialized",
		"CRIT Server 'inet_http_server' running without any HTTP authentication checking"} {
		if !open.logged(line) {
			t.Errorf("not in the log: %s", line)
		}
	}
}

// Any bytes in place of a call are answered, never with 500.
func FuzzRPC(f *testing.F) {
	f.Add([]byte("<methodCall><methodName>supervisor.getState</methodName></methodCall>"))
	f.Add([]byte("<methodCall><methodName>a.b.c</methodName><params><param/></params></methodCall>"))
	f.Add([]byte("\xff\x00<"))
	f.Fuzz(func(t *testing.T, body []byte) {
		if bytes.Contains(body, []byte("getPID")) || bytes.Contains(body, []byte("getIdentification")) {
			t.Skip("they fail on purpose")
		}
		r := serve(t, httpd.Options{}, config.Server{Section: "s", Network: "tcp", Host: "127.0.0.1"})
		request := fmt.Appendf(nil, "POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
		if got := askBytes(t, r.addrs[0], request); got.status != 200 && got.status != 400 {
			t.Errorf("%q: %d", body, got.status)
		}
	})
}

var _ httpd.Caller = (*api.Dispatcher)(nil)
