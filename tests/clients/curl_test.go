package clients_test

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"supervisord/tests/harness"
)

// What scripts send by curl: calls written by hand, some of them loosely, and
// transports of all kinds.

const (
	loosePassword = "p:w=#%" // awkward in URLs and with colons

	callHead = "<?xml version='1.0'?>"
	idNoArgs = callHead + "<methodCall><methodName>supervisor.getIdentification</methodName></methodCall>"
	idAnswer = callHead + "\n<methodResponse>\n<params>\n<param>\n<value><string>supervisor</string></value>\n" +
		"</param>\n</params>\n</methodResponse>\n"
	trueAnswer = callHead + "\n<methodResponse>\n<params>\n<param>\n<value><boolean>1</boolean></value>\n" +
		"</param>\n</params>\n</methodResponse>\n"
)

// call is a call with these values, each a whole <value>.
func call(method string, values ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s<methodCall><methodName>%s</methodName><params>", callHead, method)
	for _, v := range values {
		fmt.Fprintf(&b, "<param>%s</param>", v)
	}
	return b.String() + "</params></methodCall>"
}

// faultAnswer is the answer of a fault.
func faultAnswer(code int, text string) string {
	return fmt.Sprintf("%s\n<methodResponse>\n<fault>\n<value><struct>\n<member>\n<name>faultCode</name>\n"+
		"<value><int>%d</int></value>\n</member>\n<member>\n<name>faultString</name>\n"+
		"<value><string>%s</string></value>\n</member>\n</struct></value>\n</fault>\n</methodResponse>\n",
		callHead, code, text)
}

// curler is a daemon for curl, with a password of its own.
func curler(t *testing.T) *server {
	t.Helper()
	harness.Need(t, "curl")
	s := newServer(t)
	escaped := strings.ReplaceAll(loosePassword, "%", "%%")
	s.configure("[unix_http_server]\npassword=" + escaped + "\n[inet_http_server]\npassword=" + escaped +
		"\n[supervisorctl]\npassword=" + escaped + "\n" +
		"[program:web]\ncommand=sleep 1000\nstartsecs=0\n")
	s.Start()
	s.await(t, map[string]string{"web": "RUNNING"})
	return s
}

// curl sends a body over TCP, with more options, and answers the status and
// the body of the answer.
func (s *server) curl(t *testing.T, body string, options ...string) (status, answer string) {
	t.Helper()
	args := append([]string{"-sS", "-m", "20", "-o", s.Path("answer"), "-w", "%{http_code}", "-u", user + ":" + loosePassword,
		"--data-binary", body}, options...)
	r := s.Command("curl", append(args, s.inet+"/RPC2")...)
	if r.Code != 0 {
		t.Fatal(r)
	}
	return r.Stdout, s.Read("answer")
}

// Calls as people write them.
func TestCurlCalls(t *testing.T) {
	t.Parallel()
	s := curler(t)
	for _, c := range []struct{ name, body, want string }{
		{"no params", idNoArgs, idAnswer},
		{"empty params", call("supervisor.getIdentification"), idAnswer},
		{"no declaration, blanks and a comment",
			"\n <!-- hello -->\n" + strings.TrimPrefix(idNoArgs, callHead) + "\n\n", idAnswer},
		{"encoding named", strings.Replace(idNoArgs, "?>", ` encoding="UTF-8"?>`, 1), idAnswer},
		{"bare value", call("supervisor.stopProcess", "<value>web</value>"), trueAnswer},
		{"int for boolean", call("supervisor.startProcess", "<value>web</value>", "<value><int>1</int></value>"), trueAnswer},
		{"signal as int", call("supervisor.signalProcess", "<value>web</value>", "<value><int>18</int></value>"), trueAnswer},
		{"signal as i4", call("supervisor.signalProcess", "<value>web</value>", "<value><i4>0</i4></value>"), trueAnswer},
		{"signal as digits", call("supervisor.signalProcess", "<value>web</value>", "<value>18</value>"), trueAnswer},
		{"signal with its prefix", call("supervisor.signalProcess", "<value>web</value>", "<value>sigcont</value>"), trueAnswer},
		{"bad signal", call("supervisor.signalProcess", "<value>web</value>", "<value>WINK</value>"),
			faultAnswer(11, "BAD_SIGNAL: WINK")},
		{"indented", "<methodCall>\n  <methodName>supervisor.signalProcess</methodName>\n  <params>\n    <param>\n" +
			"      <value>\n        <string>web</string>\n      </value>\n    </param>\n    <param>\n" +
			"      <value>\n        <string>CONT</string>\n      </value>\n    </param>\n  </params>\n</methodCall>\n", trueAnswer},
		{"character references", call("supervisor.getProcessInfo", "<value>a&#38;b &lt;&#x263A;&gt;</value>"),
			faultAnswer(10, "BAD_NAME: a&amp;b &lt;☺&gt;")},
		{"CDATA", call("supervisor.getProcessInfo", "<value><string><![CDATA[<no>]]></string></value>"),
			faultAnswer(10, "BAD_NAME: &lt;no&gt;")},
		{"too many arguments", call("supervisor.getPID", "<value>1</value>"), faultAnswer(2, "INCORRECT_PARAMETERS")},
		{"unknown method", call("supervisor.fly"), faultAnswer(1, "UNKNOWN_METHOD")},
		{"no namespace", call("getPID"), faultAnswer(1, "UNKNOWN_METHOD")},
	} {
		status, answer := s.curl(t, c.body)
		if status != "200" || answer != c.want {
			t.Errorf("%s: status %s\n got %s\nwant %s", c.name, status, answer, c.want)
		}
	}
}

// Ways to send a call.
func TestCurlTransports(t *testing.T) {
	t.Parallel()
	s := curler(t)
	for _, c := range []struct {
		name    string
		options []string
	}{
		{"HTTP/1.0", []string{"--http1.0"}},
		{"HTTP/1.0 kept alive", []string{"--http1.0", "-H", "Connection: keep-alive"}},
		{"HTTP/1.1 closed", []string{"-H", "Connection: close"}},
		{"HTTP/2 offered", []string{"--http2"}},
		{"100-continue", []string{"-H", "Expect: 100-continue", "--expect100-timeout", "0.2"}},
		{"compression offered", []string{"--compressed"}},
		{"type of a form", nil},
		{"type JSON", []string{"-H", "Content-Type: application/json"}},
		{"no type", []string{"-H", "Content-Type:"}},
		{"no agent", []string{"-A", ""}},
		{"unix socket", []string{"--unix-socket", s.Path("s.sock")}},
		{"longer path", []string{"--request-target", "/RPC2/"}},
		{"any authentication", []string{"--anyauth"}},
	} {
		status, answer := s.curl(t, idNoArgs, c.options...)
		if status != "200" || answer != idAnswer {
			t.Errorf("%s: status %s: %s", c.name, status, answer)
		}
	}
	// The original refuses it: docs/differences.md, http-chunked.
	status, answer := s.curl(t, idNoArgs, "-H", "Transfer-Encoding: chunked")
	if want := map[bool]string{true: "411", false: "200"}[harness.Oracle()]; status != want || want == "200" && answer != idAnswer {
		t.Errorf("chunked: status %s, want %s: %s", status, want, answer)
	}
}

// What is refused, and by which status.
func TestCurlRefusals(t *testing.T) {
	t.Parallel()
	s := curler(t)
	for _, c := range []struct {
		name, body, status string
		options            []string
	}{
		{"no password", idNoArgs, "401", []string{"-u", user + ":"}},
		{"wrong password", idNoArgs, "401", []string{"-u", user + ":p"}},
		{"wrong user", idNoArgs, "401", []string{"-u", "root:" + loosePassword}},
		{"no credentials", idNoArgs, "401", []string{"-H", "Authorization:"}},
		{"GET", "", "400", []string{"-G"}},
		{"no XML", "hello", "400", nil},
		{"half a call", idNoArgs[:60], "400", nil},
		{"JSON", `{"method": "supervisor.getState"}`, "400", nil},
		{"no method", callHead + "<methodCall></methodCall>", "400", nil},
		{"an empty method", callHead + "<methodCall><methodName></methodName></methodCall>", "400", nil},
		{"elsewhere", idNoArgs, "404", []string{"--request-target", "/nowhere", "-X", "GET"}},
	} {
		if status, answer := s.curl(t, c.body, c.options...); status != c.status {
			t.Errorf("%s: status %s, want %s: %s", c.name, status, c.status, answer)
		}
	}
	r := s.Command("curl", "-sS", "-i", "-d", idNoArgs, s.inet+"/RPC2")
	if !strings.Contains(r.Stdout, "WWW-Authenticate: Basic realm=\"default\"\r\n") {
		t.Errorf("without a password: %v", r)
	}
}

// Calls one after another share a connection, in HTTP/1.1 and where HTTP/1.0
// asks for it; and the answer before them does not spoil it, be it a fault.
func TestCurlKeepAlive(t *testing.T) {
	t.Parallel()
	s := curler(t)
	for _, options := range [][]string{nil, {"--http1.0", "-H", "Connection: keep-alive"}, {"--unix-socket", s.Path("s.sock")}} {
		args := []string{"-sS"}
		for i, body := range []string{idNoArgs, call("supervisor.fly"), idNoArgs} {
			if i > 0 {
				args = append(args, "--next", "-sS")
			}
			args = append(args, options...)
			args = append(args, "-u", user+":"+loosePassword, "--data-binary", body, "-o", s.Path(fmt.Sprint("answer", i)),
				"-w", "%{http_code} %{num_connects},", s.inet+"/RPC2")
		}
		r := s.Command("curl", args...)
		r.Want(t, 0, "200 1,200 0,200 0,")
		same(t, "the last answer", s.Read("answer2"), idAnswer)
	}
}

// A monitor that looks at the page, and an operator who follows a log.
func TestCurlPages(t *testing.T) {
	t.Parallel()
	s := curler(t)
	login := user + ":" + loosePassword
	page := s.Command("curl", "-sS", "-u", login, s.inet+"/")
	for _, part := range []string{"<title>Supervisor Status</title>", "statusrunning", "web"} {
		if !strings.Contains(page.Stdout, part) {
			t.Errorf("the page lacks %q: %v", part, page)
		}
	}
	s.Command("curl", "-sS", "-u", login, s.inet+"/ok.html").Want(t, 0, "OK")

	follow := exec.Command("curl", "-sS", "-N", "-m", "60", "-u", login, s.inet+"/mainlogtail")
	out, err := follow.StdoutPipe()
	must(t, err)
	must(t, follow.Start())
	defer func() {
		follow.Process.Kill()
		follow.Wait()
	}()
	awaitText(t, out, "entered RUNNING state")
	s.Ctl("stop", "web").Want(t, 0, "web: stopped\n")
	awaitText(t, out, "stopped: web")
}
