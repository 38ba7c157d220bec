package httpd_test

import (
	"encoding/base64"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"supervisord/pkg/httpd"
)

// oracle starts Supervisor itself with an inet server of the same user and
// password, and returns its address.
func oracle(t *testing.T, user, password string) net.Addr {
	t.Helper()
	const python, program = "/usr/bin/python3", "/usr/bin/supervisord"
	for _, path := range []string{python, program} {
		if _, err := os.Stat(path); err != nil {
			t.Skipf("Supervisor is not installed: %v", err)
		}
	}
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr()
	l.Close()
	dir := t.TempDir()
	file := filepath.Join(dir, "s.conf")
	auth := ""
	if user != "" {
		auth = "username=" + user + "\npassword=" + password + "\n"
	}
	text := fmt.Sprintf("[supervisord]\nnodaemon=true\nlogfile=%[1]s/main.log\npidfile=%[1]s/pid\nchildlogdir=%[1]s\n"+
		"[inet_http_server]\nport=%[2]s\n%[3]s"+
		"[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface\n"+
		"[group:g]\nprograms=job\n[program:job]\ncommand=/bin/cat\nautostart=false\nstdout_logfile=%[1]s/job.out\n", dir, addr, auth)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(python, program, "-c", file)
	c.Dir = dir
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Process.Signal(syscall.SIGTERM)
		c.Wait()
	})
	until(t, "Supervisor", func() bool {
		conn, err := net.Dial("tcp", addr.String())
		if err == nil {
			conn.Close()
		}
		return err == nil
	})
	return addr
}

// The same requests to Supervisor and to us have the same answers: status, type
// and, where nothing of it depends on the moment, every byte of the body.
func TestAnswersAsInSupervisor(t *testing.T) {
	real, ours := oracle(t, "", ""), serve(t, httpd.Options{}, tcp)
	form := "application/x-www-form-urlencoded"
	for _, request := range []string{
		get("/ok.html"), get("//ok.html"), post("/ok.html", form, "a=b"),
		get("/nothing"), get("/index.htm"), get("/images/none.gif"), get("/../../etc/passwd"),
		"HEAD /nothing HTTP/1.1\nHost: x\n\n",
		"DELETE / HTTP/1.1\nHost: x\n\n", "PUT /ok.html HTTP/1.1\nHost: x\nContent-Length: 0\n\n",
		get("/RPC2"), get("/RPC2/x"), "HEAD /RPC2 HTTP/1.1\nHost: x\n\n",
		"POST /RPC2 HTTP/1.1\nHost: x\n\n", // no length
		post("/RPC2", "text/xml", "hello"), post("/RPC2", "text/xml", "<a></b>"),
		post("/RPC2", "text/xml", "<methodCall><methodName></methodName></methodCall>"),
		call("supervisor.getState"), call("nothing.here"), call("supervisor.getState", "x"),
		call("supervisor.getProcessInfo", "nope"), call("supervisor.a.b"),
		strings.Replace(call("supervisor.getState"), "/RPC2", "/RPC2x", 1),
		strings.Replace(call("supervisor.getState"), "text/xml", "text/plain", 1),
		get("/logtail/nope"), get("/logtail/g:job/nope"), get("/logtail/nope:*"), get("/logtail/g:job/"), get("/logtail/g:*"), get("/logtail/g"),
		"HEAD /logtail/g:job HTTP/1.1\nHost: x\n\n", post("/mainlogtail", form, "x=y"),
		get("/index.html?action=stop&processname=nope"), get("/?action=start&processname=x:y"),
		get("/?action=restart&processname=%3Cb%3E%20a%2Fb%C3%A4~_-.%22"),
		post("/", form, "action=clearlog&processname=nope"), get("/?action=stop&processname=g:job"),
		get("/?action=nothing"), get("/?action=start"), get("/?action=nothing&processname=g:job"),
		strings.Replace(get("/?action=stop&processname=n"), "127.0.0.1", "localhost:80", 1),
		strings.Replace(get("/?action=stop&processname=n"), "127.0.0.1", "localhost:9001", 1),
	} {
		same(t, request, ask(t, real, request), ask(t, ours.addrs[0], request))
	}
	for _, path := range []string{"/", "/index.html", "/tail.html", "/stylesheets/supervisor.css", "/images/icon.png",
		"/images/state2.gif", "/images/rule.gif", "/images/supervisor.gif"} {
		a, b := ask(t, real, get(path)), ask(t, ours.addrs[0], get(path))
		a.body, b.body = "", ""
		same(t, path, a, b)
	}
}

func TestRefusalsAsInSupervisor(t *testing.T) {
	real, ours := oracle(t, "me", "pass:word"), serve(t, httpd.Options{}, locked(tcp, "me", "pass:word"))
	for _, header := range []string{"X: y", "Authorization: Basic", "Authorization: Bearer abc", "Authorization: basic " + code("me:pass:word"),
		"authorization: BASIC " + code("me:pass:word"), "Authorization: Basic " + code("me:other"),
		"Authorization: Basic " + code("you:pass:word"), "Authorization: Basic " + code(":")} {
		for _, path := range []string{"/ok.html", "/RPC2", "/nothing", "/logtail/nope", "/images/none.gif"} {
			request := get(path, header)
			a, b := ask(t, real, request), ask(t, ours.addrs[0], request)
			same(t, request, a, b)
			for _, name := range []string{"WWW-Authenticate"} {
				if a.header.Get(name) != b.header.Get(name) {
					t.Errorf("%s %s: %s %q, ours %q", path, header, name, a.header.Get(name), b.header.Get(name))
				}
			}
		}
	}
}

func code(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// same compares two answers.
func same(t *testing.T, request string, real, ours answer) {
	t.Helper()
	kind := func(a answer) string { return strings.ReplaceAll(a.header.Get("Content-Type"), " ", "") }
	if real.status != ours.status || kind(real) != kind(ours) || real.body != ours.body ||
		real.header.Get("Location") != ours.header.Get("Location") {
		t.Errorf("%q\nSupervisor: %d %s %q %q\n      ours: %d %s %q %q", request,
			real.status, kind(real), real.header.Get("Location"), real.body,
			ours.status, kind(ours), ours.header.Get("Location"), ours.body)
	}
}
