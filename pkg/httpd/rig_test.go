package httpd_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"supervisord/pkg/api"
	"supervisord/pkg/config"
	"supervisord/pkg/httpd"
	"supervisord/pkg/logs"
)

// patience is how long a test waits for what has to come.
const patience = 10 * time.Second

// fake is a Supervisor with the processes web, which is RUNNING, g:job, which is
// STOPPED, and g:bad, which is FATAL. It notes what changes something.
type fake struct {
	api.Supervisor // what no test calls
	dir            string
	startErr       error
	hold           chan struct{} // if any, startProcess waits for it
	held           chan error    // and tells here how it ended

	mu    sync.Mutex
	calls []string
	down  bool // supervisord is shutting down
	infos []api.ProcessInfo
}

func newFake(t *testing.T) *fake {
	f := &fake{dir: t.TempDir(), held: make(chan error, 1)}
	f.infos = []api.ProcessInfo{
		{Group: "web", Name: "web", State: api.Running, Description: "pid 7, uptime 0:00:01"},
		{Group: "g", Name: "job", State: api.Stopped, Description: "Not started"},
		{Group: "g", Name: "bad", State: api.Fatal, Description: "<b>&\"broken\"</b>"},
	}
	for i := range f.infos {
		info := &f.infos[i]
		info.StateName = info.State.String()
		info.StdoutLogfile = filepath.Join(f.dir, info.Name+".out")
		info.Logfile = info.StdoutLogfile
	}
	f.infos[0].StderrLogfile = filepath.Join(f.dir, "web.err")
	return f
}

func (f *fake) note(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, fmt.Sprintf(format, args...))
}

// took returns the calls since the last time.
func (f *fake) took() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := strings.Join(f.calls, ", ")
	f.calls = nil
	return s
}

func (f *fake) GetState(context.Context) (api.StateInfo, error) {
	if f.gate() != nil {
		return api.StateInfo{Code: api.SupervisorShutdown, Name: "SHUTDOWN"}, nil
	}
	return api.StateInfo{Code: api.SupervisorRunning, Name: "RUNNING"}, nil
}

// gate refuses calls while supervisord is shutting down.
func (f *fake) gate() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.down {
		return api.ShutdownState.Fault()
	}
	return nil
}

func (f *fake) GetPID(context.Context) (int, error) { return 0, fmt.Errorf("no pid today") }

func (f *fake) GetIdentification(context.Context) (string, error) { panic("identity lost") }

func (f *fake) GetProcessInfo(_ context.Context, name string) (api.ProcessInfo, error) {
	for _, info := range f.infos {
		if name == info.Group+":"+info.Name {
			return info, nil
		}
	}
	if name == "web" {
		return f.infos[0], nil
	}
	return api.ProcessInfo{}, api.BadName.Fault(name)
}

func (f *fake) GetAllProcessInfo(context.Context) ([]api.ProcessInfo, error) { return f.infos, nil }

func (f *fake) StartProcess(ctx context.Context, name string, wait bool) (any, error) {
	f.note("start %s %v", name, wait)
	if f.hold != nil {
		select {
		case <-f.hold:
			f.held <- nil
		case <-ctx.Done():
			f.held <- ctx.Err()
			return nil, ctx.Err()
		}
	}
	return f.startErr == nil, f.startErr
}

func (f *fake) StopProcess(_ context.Context, name string, wait bool) (any, error) {
	f.note("stop %s %v", name, wait)
	if name == "g:job" {
		return nil, api.NotRunning.Fault(name)
	}
	return true, nil
}

func (f *fake) StartAllProcesses(_ context.Context, wait bool) ([]api.Result, error) {
	f.note("startall %v", wait)
	return nil, nil
}

func (f *fake) StopAllProcesses(_ context.Context, wait bool) ([]api.Result, error) {
	f.note("stopall %v", wait)
	return nil, nil
}

func (f *fake) ClearProcessLogs(_ context.Context, name string) (bool, error) {
	f.note("clear %s", name)
	return true, nil
}

func (f *fake) ReadProcessStdoutLog(_ context.Context, name string, offset, length int) (string, error) {
	info, err := f.GetProcessInfo(context.Background(), name)
	if err != nil {
		return "", err
	}
	data, err := logs.Read(info.StdoutLogfile, offset, length)
	if err != nil {
		return "", api.NoFile.Fault(info.StdoutLogfile)
	}
	return string(data), nil
}

// rig is a server under test.
type rig struct {
	*fake
	t      *testing.T
	server *httpd.Server
	addrs  []net.Addr
	close  func()

	logMu sync.Mutex
	log   []string
}

// serve starts a server with these sections; a TCP port 0 means a free one.
func serve(t *testing.T, o httpd.Options, servers ...config.Server) *rig {
	t.Helper()
	r := &rig{t: t, fake: newFake(t)}
	ls, err := httpd.Listen(servers, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	r.addrs = ls.Addrs()
	o.Supervisor = r.fake
	o.Dispatcher = api.NewDispatcher([]api.Namespace{{Name: "supervisor", Methods: api.Methods(), Target: r.fake}},
		r.gate, nil)
	if o.Follow == nil {
		o.Follow = func(path string) (httpd.Follower, error) { return logs.NewFollow(path) }
	}
	o.MainLog = func() string { return filepath.Join(r.dir, "main.log") }
	o.Version = "4.2.5"
	o.Log = func(level config.Level, format string, args ...any) {
		r.logMu.Lock()
		defer r.logMu.Unlock()
		r.log = append(r.log, level.Code()+" "+fmt.Sprintf(format, args...))
	}
	r.server = httpd.New(o, ls)
	r.server.Serve()
	r.close = sync.OnceFunc(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		r.server.Close(ctx)
	})
	t.Cleanup(r.close)
	return r
}

func (r *rig) logged(text string) bool {
	r.logMu.Lock()
	defer r.logMu.Unlock()
	return strings.Contains(strings.Join(r.log, "\n"), text)
}

func (r *rig) write(name, text string) {
	r.t.Helper()
	if err := os.WriteFile(filepath.Join(r.dir, name), []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

var tcp = config.Server{Section: "inet_http_server", Network: "tcp", Host: "127.0.0.1"}

func locked(s config.Server, user, password string) config.Server {
	s.Username, s.Password = user, password
	return s
}

// dial connects to a server and breaks the connection off if the test takes too
// long.
func dial(t *testing.T, addr net.Addr) net.Conn {
	t.Helper()
	c, err := net.Dial(addr.Network(), addr.String())
	if err != nil {
		t.Fatal(err)
	}
	c.SetDeadline(time.Now().Add(patience))
	t.Cleanup(func() { c.Close() })
	return c
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// ask sends raw text, in which LF stands for CR LF, and reads one answer.
func ask(t *testing.T, addr net.Addr, text string) answer {
	t.Helper()
	return askBytes(t, addr, []byte(strings.ReplaceAll(text, "\n", "\r\n")))
}

func askBytes(t *testing.T, addr net.Addr, request []byte) answer {
	t.Helper()
	c := dial(t, addr)
	defer c.Close()
	sent := make(chan struct{})
	go func() { defer close(sent); io.Copy(c, bytes.NewReader(request)) }()
	method, _, _ := strings.Cut(string(request[:min(len(request), 20)]), " ")
	res, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: method})
	if err != nil {
		t.Fatalf("%.60q: no answer: %v", request, err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("%.60q: half an answer: %v", request, err)
	}
	c.Close()
	<-sent
	return answer{res.StatusCode, res.Header, string(body)}
}

// call is an XML-RPC request.
func call(method string, params ...string) string {
	var b strings.Builder
	for _, p := range params {
		b.WriteString("<param><value><string>" + p + "</string></value></param>")
	}
	return post("/RPC2", "text/xml",
		"<?xml version='1.0'?><methodCall><methodName>"+method+"</methodName><params>"+b.String()+"</params></methodCall>")
}

// post is a request with a body; extra are more header lines.
func post(path, contentType, body string, extra ...string) string {
	return fmt.Sprintf("POST %s HTTP/1.1\nHost: 127.0.0.1\nContent-Type: %s\nContent-Length: %d\n%s\n%s",
		path, contentType, len(body), lines(extra), body)
}

func get(path string, extra ...string) string {
	return "GET " + path + " HTTP/1.1\nHost: 127.0.0.1\n" + lines(extra) + "\n"
}

func lines(extra []string) string {
	if len(extra) == 0 {
		return ""
	}
	return strings.Join(extra, "\n") + "\n"
}

// until waits for what must become true.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("not seen: " + what)
		}
	}
}
