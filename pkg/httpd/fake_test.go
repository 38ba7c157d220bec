package httpd

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"supervisord/pkg/api"
	"supervisord/pkg/config"
	"supervisord/pkg/logs"
)

// patience bounds every wait of these tests.
const patience = 10 * time.Second

// fake is a supervisor with two processes: cat, which runs, and its stopped
// brother off. Methods that are not here panic: no test needs them.
type fake struct {
	api.Supervisor
	dir string

	mu    sync.Mutex
	state api.SupervisorState
	procs []api.ProcessInfo
	calls []string
	fail  map[string]error // by the name of the method

	waiting chan struct{} // startProcess of "slow" sends here when it waits
	left    chan struct{} // and here when its client has gone
}

func newFake(t *testing.T) *fake {
	f := &fake{
		dir:     t.TempDir(),
		state:   api.SupervisorRunning,
		fail:    map[string]error{},
		waiting: make(chan struct{}, 1),
		left:    make(chan struct{}, 1),
	}
	f.procs = []api.ProcessInfo{
		{Name: "cat", Group: "cat", State: api.Running, StateName: "RUNNING", Description: "pid 7, uptime 0:00:01",
			StdoutLogfile: f.path("cat.out"), StderrLogfile: f.path("cat.err")},
		{Name: "off", Group: "g", State: api.Stopped, StateName: "STOPPED", Description: "Not started",
			StdoutLogfile: f.path("off.out")},
		{Name: "slow", Group: "slow", State: api.Exited, StateName: "EXITED", StdoutLogfile: f.path("none.out")},
	}
	f.write(t, "cat.out", "out of cat\n")
	f.write(t, "cat.err", "err of cat\n")
	f.write(t, "off.out", "")
	f.write(t, "main.log", "main\n")
	return f
}

func (f *fake) path(name string) string { return filepath.Join(f.dir, name) }

func (f *fake) write(t *testing.T, name, text string) {
	t.Helper()
	file, err := os.OpenFile(f.path(name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteString(text); err != nil {
		t.Fatal(err)
	}
}

// did notes a call and returns what it is to fail with.
func (f *fake) did(method string, args ...any) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, strings.TrimSpace(fmt.Sprintln(append([]any{method}, args...)...)))
	return f.fail[method]
}

// took returns the calls since it was asked last.
func (f *fake) took() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := strings.Join(f.calls, "; ")
	f.calls = nil
	return s
}

func (f *fake) setState(s api.SupervisorState) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.state = s
}

func (f *fake) find(name string) (*api.ProcessInfo, error) {
	for i := range f.procs {
		if namespec(&f.procs[i]) == name {
			return &f.procs[i], nil
		}
	}
	return nil, api.BadName.Fault(name)
}

func (f *fake) GetAPIVersion(context.Context) (string, error)        { return "3.0", nil }
func (f *fake) GetSupervisorVersion(context.Context) (string, error) { return "4.2.5", nil }
func (f *fake) GetIdentification(context.Context) (string, error)    { return "supervisor", nil }
func (f *fake) GetPID(context.Context) (int, error)                  { return 0, errors.New("no pid today") }
func (f *fake) Shutdown(context.Context) (bool, error)               { return true, f.did("Shutdown") }

func (f *fake) GetState(context.Context) (api.StateInfo, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return api.StateInfo{Code: f.state, Name: f.state.String()}, nil
}

func (f *fake) GetProcessInfo(_ context.Context, name string) (api.ProcessInfo, error) {
	p, err := f.find(name)
	if err != nil {
		return api.ProcessInfo{}, err
	}
	return *p, nil
}

func (f *fake) GetAllProcessInfo(context.Context) ([]api.ProcessInfo, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.procs, f.fail["GetAllProcessInfo"]
}

func (f *fake) StartProcess(ctx context.Context, name string, wait bool) (any, error) {
	err := f.did("StartProcess", name, wait)
	p, bad := f.find(name)
	switch {
	case bad != nil:
		return nil, bad
	case name == "slow":
		f.waiting <- struct{}{}
		<-ctx.Done()
		f.left <- struct{}{}
		return nil, ctx.Err()
	case err == nil && p.State == api.Running:
		return nil, api.AlreadyStarted.Fault(name)
	}
	return true, err
}

func (f *fake) StopProcess(_ context.Context, name string, wait bool) (any, error) {
	err := f.did("StopProcess", name, wait)
	p, bad := f.find(name)
	switch {
	case bad != nil:
		return nil, bad
	case err == nil && p.State != api.Running:
		return nil, api.NotRunning.Fault(name)
	}
	return true, err
}

func (f *fake) StartAllProcesses(_ context.Context, wait bool) ([]api.Result, error) {
	return nil, f.did("StartAllProcesses", wait)
}

func (f *fake) StopAllProcesses(_ context.Context, wait bool) ([]api.Result, error) {
	return nil, f.did("StopAllProcesses", wait)
}

func (f *fake) ClearProcessLogs(_ context.Context, name string) (bool, error) {
	return true, f.did("ClearProcessLogs", name)
}

func (f *fake) ReadProcessStdoutLog(_ context.Context, name string, offset, length int) (string, error) {
	err := f.did("ReadProcessStdoutLog", name, offset, length)
	p, bad := f.find(name)
	if bad != nil {
		return "", bad
	}
	text, e := os.ReadFile(p.StdoutLogfile)
	if e != nil {
		return "", api.NoFile.Fault(p.StdoutLogfile)
	}
	return string(text), err
}

func (f *fake) SendProcessStdin(_ context.Context, name string, chars api.Chars) (bool, error) {
	return true, f.did("SendProcessStdin", name, len(chars))
}

// site is a running Server and the ways to it.
type site struct {
	*Server
	fake *fake
	tcp  string // host:port
	unix string
	log  *record
}

// record is a main log.
type record struct {
	mu    sync.Mutex
	lines []string
}

func (r *record) Log(level config.Level, format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, level.Code()+" "+fmt.Sprintf(format, args...))
}

func (r *record) has(part string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Contains(strings.Join(r.lines, "\n"), part)
}

// serve runs a Server with one TCP and one unix server until the test ends,
// and then holds it to leaving no goroutine behind. change may be nil.
func serve(t *testing.T, change func(tcp, unix *config.Server)) *site {
	t.Helper()
	tcp := config.Server{Section: "inet_http_server", Network: "tcp", Host: "127.0.0.1"}
	unix := unixServer(filepath.Join(t.TempDir(), "s"))
	if change != nil {
		change(&tcp, &unix)
	}
	ls, err := Listen([]config.Server{unix, tcp}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	f := newFake(t)
	log := &record{}
	gate := func() error {
		if st, _ := f.GetState(context.Background()); st.Code != api.SupervisorRunning {
			return api.ShutdownState.Fault()
		}
		return nil
	}
	s := New(Options{
		Dispatcher: api.NewDispatcher([]api.Namespace{{Name: "supervisor", Methods: api.Methods(), Target: f}}, gate, nil),
		Supervisor: f,
		MainLog:    func() string { return f.path("main.log") },
		Follow:     follow,
		Log:        log.Log,
		Version:    "4.2.5",
	}, ls)
	s.Serve()
	t.Cleanup(func() {
		s.Close(context.Background())
		noGoroutines(t)
	})
	return &site{s, f, ls.Addrs()[0].String(), ls.Addrs()[1].String(), log}
}

func unixServer(path string) config.Server {
	return config.Server{Section: "unix_http_server", Network: "unix", Path: path, Mode: 0o700,
		Chown: config.Owner{UID: -1, GID: -1}}
}

func follow(path string) (Follower, error) {
	f, err := logs.NewFollow(path)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// noGoroutines fails the test if code of this package still runs.
func noGoroutines(t *testing.T) {
	t.Helper()
	buf := make([]byte, 1<<20)
	within(t, "the last goroutine to end", func() bool {
		stack := string(buf[:runtime.Stack(buf, true)])
		for _, g := range strings.Split(stack, "\n\n") {
			if strings.Contains(g, "net/http.(*conn)") || strings.Contains(g, "httpd.(*") && !strings.Contains(g, "testing.tRunner") {
				return false
			}
		}
		return true
	})
}

// within waits until done is true.
func within(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// dial connects by TCP (host:port) or to a unix socket (a path).
func dial(t *testing.T, addr string) net.Conn {
	t.Helper()
	network := "tcp"
	if filepath.IsAbs(addr) {
		network = "unix"
	}
	c, err := net.DialTimeout(network, addr, patience)
	if err != nil {
		t.Fatal(err)
	}
	c.SetDeadline(time.Now().Add(patience))
	t.Cleanup(func() { c.Close() })
	return c
}

// answer is what came back.
type answer struct {
	*http.Response
	body string
}

// raw sends text as it is and reads one answer.
func raw(t *testing.T, addr, text string) answer {
	t.Helper()
	c := dial(t, addr)
	defer c.Close()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	method, _, _ := strings.Cut(text, " ")
	return read(t, bufio.NewReader(c), method)
}

func read(t *testing.T, r *bufio.Reader, method string) answer {
	t.Helper()
	resp, err := http.ReadResponse(r, &http.Request{Method: method})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp, string(body)}
}

// ask sends a request of HTTP/1.1 with some more headers ("Name: value") and
// an optional body. The Host is localhost unless a header says otherwise.
func ask(t *testing.T, addr, method, uri, body string, headers ...string) answer {
	t.Helper()
	return raw(t, addr, compose(method, uri, body, headers...))
}

func compose(method, uri, body string, headers ...string) string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\n", method, uri)
	if !strings.Contains(strings.Join(headers, "\n"), "Host: ") {
		b.WriteString("Host: localhost\r\n")
	}
	for _, h := range headers {
		b.WriteString(h + "\r\n")
	}
	if body != "" || method == "POST" {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(body))
	}
	b.WriteString("\r\n" + body)
	return b.String()
}

// call is the body of a call without parameters.
func call(method string, params ...string) string {
	s := "<?xml version='1.0'?>\n<methodCall>\n<methodName>" + method + "</methodName>\n<params>\n"
	for _, p := range params {
		s += "<param>\n<value><string>" + p + "</string></value>\n</param>\n"
	}
	return s + "</params>\n</methodCall>\n"
}

func mode(t *testing.T, path string) fs.FileMode {
	t.Helper()
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode()
}
