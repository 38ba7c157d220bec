package httpd

import (
	"context"
	"errors"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"supervisord/pkg/api"
	"supervisord/pkg/config"
)

// serverName is the header Server of every answer.
const serverName = "supervisord"

// graceTime is how long Close lets answers under way reach their clients.
const graceTime = time.Second

// stuckTime is how long Close waits for handlers whose connections are cut.
const stuckTime = 5 * time.Second

// Caller calls an XML-RPC method by its name, e.g. "supervisor.getState".
// What it returns is sent as the result; an error that is a *api.Fault is sent
// as a fault, any other as HTTP status 500. A call ends with ctx.
// [api.Dispatcher] is one.
//
// Quick reports whether calls of a method only look, without waiting for
// anything: such a call may be made twice, and does not end with its client.
type Caller interface {
	Call(ctx context.Context, method string, params []any) (any, error)
	Quick(method string) bool
}

// Follower reads a log as it grows. Next returns the next bytes, waiting for
// them until ctx ends.
type Follower interface {
	Next(ctx context.Context) ([]byte, error)
	Close() error
}

// Options are what a Server serves. Dispatcher, Supervisor and Follow are
// needed, the rest may be left out.
type Options struct {
	Dispatcher Caller
	Supervisor api.Supervisor

	// MainLog returns the path of the main log, empty if it is no file.
	MainLog func() string
	// Follow opens a log at its last 1024 bytes.
	Follow func(path string) (Follower, error)
	// Log writes a line into the main log.
	Log func(level config.Level, format string, args ...any)
	// Tracing reports whether lines of the level trace are written at all. The
	// requests are logged at that level. Nil: they are not.
	Tracing func() bool
	// Version is what the status page shows at its foot.
	Version string
	// RPCInterfaces are the names of the [rpcinterface:x] sections; New logs
	// for each server that they are ready, as Supervisor does.
	RPCInterfaces []string
	// AllowedHosts, if set, takes the place of each server's allowed_hosts.
	AllowedHosts func(config.Server) []string
}

// Server answers on Listeners. It has no zero value; use New.
type Server struct {
	opt       Options
	listeners *Listeners
	endpoints []*endpoint
	started   time.Time
	token     func() string // of the forms of our own page

	base    context.Context // of every request
	cancel  context.CancelFunc
	streams context.Context // of every tail; ends first
	ending  context.CancelFunc

	serving sync.WaitGroup // the accept loops
	once    sync.Once      // Close
}

// endpoint is one server of the configuration. It is the handler of its
// requests.
type endpoint struct {
	*Server
	conf     config.Server
	auth     credentials
	hosts    *hosts
	gate     *gate
	rpcs     http.Handler
	texts    *texts        // of answers
	handOver *handOver     // from quick to http
	large    chan struct{} // a token for each large body that is being read
	http     *http.Server

	bodyTime time.Duration // see the constant; tests have no minute
}

// New makes a Server that answers on ls, which it owns from now on. Nothing is
// answered before Serve.
func New(o Options, ls *Listeners) *Server {
	if o.Log == nil {
		o.Log = func(config.Level, string, ...any) {}
	}
	if o.MainLog == nil {
		o.MainLog = func() string { return "" }
	}
	if o.AllowedHosts == nil {
		o.AllowedHosts = func(c config.Server) []string { return c.AllowedHosts }
	}
	s := &Server{opt: o, listeners: ls, started: time.Now(), token: sync.OnceValue(newToken)}
	s.base, s.cancel = context.WithCancel(context.Background())
	s.streams, s.ending = context.WithCancel(s.base)
	texts := &texts{}
	rpcs := newRPC(o.Dispatcher, texts, s.log)
	for _, l := range ls.list {
		s.endpoints = append(s.endpoints, s.endpoint(l, rpcs, texts))
	}
	return s
}

// endpoint prepares one server and logs what Supervisor logs for it.
func (s *Server) endpoint(l *listener, rpcs http.Handler, texts *texts) *endpoint {
	e := &endpoint{
		Server: s,
		conf:   l.conf,
		auth:   newCredentials(l.conf),
		hosts:  newHosts(l.conf, s.opt.AllowedHosts(l.conf)),
		gate:   newGate(l.Listener, connLimit(), s.log),
		rpcs:   rpcs,
		texts:  texts,
		large:  make(chan struct{}, largeBodies),

		bodyTime: bodyTime,
	}
	e.handOver = newHandOver(e.gate)
	e.http = &http.Server{
		Handler:                      e,
		ReadHeaderTimeout:            headerTime,
		MaxHeaderBytes:               headerSize,
		ConnState:                    e.gate.note,
		ErrorLog:                     log.New(tracer{s}, "", 0),
		BaseContext:                  func(net.Listener) context.Context { return s.base },
		DisableGeneralOptionsHandler: true,
	}
	for _, name := range s.opt.RPCInterfaces {
		s.log(config.Info, "RPC interface '%s' initialized", name)
	}
	if !e.auth.required {
		s.log(config.Critical, "Server '%s' running without any HTTP authentication checking", l.conf.Section)
	}
	return e
}

// Serve starts to answer and returns at once.
func (s *Server) Serve() {
	for _, e := range s.endpoints {
		for _, l := range []net.Listener{quickListener{e}, e.handOver} {
			s.serving.Go(func() {
				if err := e.http.Serve(l); !errors.Is(err, http.ErrServerClosed) && s.streams.Err() == nil {
					s.log(config.Critical, "server '%s' no longer answers: %v", e.conf.Section, err)
				}
			})
		}
	}
}

// Close removes the socket files, takes no more requests, ends the tails, and
// gives answers under way a second, or until ctx ends, to reach their clients.
// Then it cuts what is left and returns when no goroutine of it runs any more.
// A second call does nothing.
func (s *Server) Close(ctx context.Context) {
	s.once.Do(func() { s.close(ctx) })
}

func (s *Server) close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, graceTime)
	defer cancel()
	for _, l := range s.listeners.list {
		if l.file != nil {
			if err := l.file.remove(); err != nil {
				s.log(config.Warn, "cannot remove socket: %v", err)
			}
		}
	}
	s.ending()
	var all sync.WaitGroup
	for _, e := range s.endpoints {
		e.gate.shut()
		all.Go(func() { e.drain(ctx) })
	}
	all.Wait()
	s.cancel()
	for _, e := range s.endpoints {
		e.http.Close()
	}
	s.serving.Wait()
	for _, e := range s.endpoints {
		e.gate.Listener.Close() // if it was never served
		e.gate.cut()
	}
	s.await()
}

// drain waits for the answers under way, and for the tails to say that they
// end; net/http does not know of those.
func (e *endpoint) drain(ctx context.Context) {
	if e.http.Shutdown(ctx) != nil {
		return // ctx has ended
	}
	select {
	case <-e.gate.drained:
	case <-ctx.Done():
	}
}

// await waits until every connection is done with. Each was closed, so only a
// call that does not end with its context can keep one.
func (s *Server) await() {
	late := time.NewTimer(stuckTime)
	defer late.Stop()
	for _, e := range s.endpoints {
		select {
		case <-e.gate.drained:
		case <-late.C:
			s.log(config.Critical, "a request does not end although its client is cut off; going on without it")
			return
		}
	}
}

// log writes a line into the main log.
func (s *Server) log(level config.Level, format string, args ...any) {
	s.opt.Log(level, format, args...)
}

// tracer takes what net/http has to say: connections that sent nonsense,
// mostly, which nobody needs to see.
type tracer struct{ s *Server }

func (t tracer) Write(p []byte) (int, error) {
	line := p
	for len(line) > 0 && line[len(line)-1] == '\n' {
		line = line[:len(line)-1]
	}
	t.s.log(config.Trace, "%s", line)
	return len(p), nil
}
