package httpd

import (
	"errors"
	"net"
	"net/http"
	"os"
	"sync"
	"syscall"
	"time"

	"supervisord/pkg/config"
)

const (
	// mostConns is how many connections one server holds at most; it is less
	// where the limit of open files is low, see connLimit.
	mostConns = 1000

	// headGrace is how long a connection may take over its first request
	// before others may have its place.
	headGrace = time.Second

	// spareFiles is how many descriptors a server keeps in reserve, so that it
	// still answers when programs and logs have used up all others.
	spareFiles = 4

	// reportEvery bounds how often a full server says so.
	reportEvery = time.Minute
)

// gate is the listener of one server with a bound on its connections. When it
// is full, the connection that has been quiet for the longest makes room:
// first one that never sent a whole request, then one between two requests.
// Nothing that is being answered is cut; the newcomer waits for it.
//
// There is no idle time-out on purpose. Supervisor has none that matters, and
// its clients (event listeners that keep a connection for weeks) do not
// reconnect.
type gate struct {
	net.Listener
	max int
	log func(level config.Level, format string, args ...any)

	mu       sync.Mutex
	conns    map[net.Conn]*caller
	streams  int // how many of them are tails
	spare    []*os.File
	reported time.Time
	closing  bool

	freed   chan struct{} // one token: a connection has ended
	closed  chan struct{} // no more newcomers
	drained chan struct{} // closed, and the last connection has ended
}

// caller is one connection: what it is doing, and since when.
type caller struct {
	state   http.ConnState
	since   time.Time
	evicted bool
}

func newGate(l net.Listener, max int, log func(config.Level, string, ...any)) *gate {
	g := &gate{
		Listener: l,
		max:      max,
		log:      log,
		conns:    map[net.Conn]*caller{},
		freed:    make(chan struct{}, 1),
		closed:   make(chan struct{}),
		drained:  make(chan struct{}),
	}
	g.mu.Lock()
	g.refill()
	g.mu.Unlock()
	return g
}

// connLimit is how many connections a server may hold: an eighth of the files
// this process may open, so that all servers together leave most of them to
// the programs.
func connLimit() int {
	limit := mostConns
	var r syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &r) == nil && uint64(r.Cur)/8 < mostConns {
		limit = max(16, int(r.Cur/8))
	}
	return limit
}

// Accept returns the next connection, a *conn, once there is room for it.
func (g *gate) Accept() (net.Conn, error) {
	for {
		c, err := g.Listener.Accept()
		switch {
		case err == nil:
			if c := (&conn{Conn: c}); g.admit(c) {
				return c, nil
			}
			c.Close()
			return nil, net.ErrClosed
		case errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE):
			if !g.relieve(err) {
				return nil, err // the caller waits a little and tries again
			}
		default:
			return nil, err
		}
	}
}

// admit waits until c is one of at most max connections; false if the gate is
// closed meanwhile.
func (g *gate) admit(c net.Conn) bool {
	for {
		g.mu.Lock()
		if g.closing {
			g.mu.Unlock()
			return false
		}
		if len(g.conns) < g.max {
			g.conns[c] = &caller{state: http.StateNew, since: time.Now()}
			g.mu.Unlock()
			return true
		}
		g.report("%d connections are open, the most this server allows", g.max)
		g.evict()
		g.mu.Unlock()
		g.await()
	}
}

// await waits until a connection has ended, or one has become old enough to
// be evicted.
func (g *gate) await() {
	t := time.NewTimer(headGrace)
	defer t.Stop()
	select {
	case <-g.freed:
	case <-g.closed:
	case <-t.C:
	}
}

// relieve makes a descriptor free after the system refused one.
func (g *gate) relieve(cause error) bool {
	g.mu.Lock()
	g.report("no descriptor is free for a client (%v); answering from the reserve", cause)
	if n := len(g.spare); n > 0 {
		g.spare[n-1].Close()
		g.spare = g.spare[:n-1]
		g.mu.Unlock()
		return true
	}
	evicted := g.evict()
	g.mu.Unlock()
	if evicted {
		g.await()
	}
	return evicted
}

// evict closes the connection that is missed least. It needs the lock.
func (g *gate) evict() bool {
	var (
		victim net.Conn
		best   *caller
		now    = time.Now()
	)
	for c, a := range g.conns {
		quiet := a.state == http.StateIdle || a.state == http.StateNew && now.Sub(a.since) > headGrace
		if !quiet || a.evicted {
			continue
		}
		if best == nil || a.state < best.state || a.state == best.state && a.since.Before(best.since) {
			victim, best = c, a // StateNew is less than StateIdle
		}
	}
	if best == nil {
		return false
	}
	best.evicted = true
	victim.Close()
	return true
}

// refill takes back what the reserve lost. It needs the lock.
func (g *gate) refill() {
	for !g.closing && len(g.spare) < spareFiles {
		f, err := os.Open(os.DevNull)
		if err != nil {
			return
		}
		g.spare = append(g.spare, f)
	}
}

// report logs at most one line a minute. It needs the lock.
func (g *gate) report(format string, args ...any) {
	if now := time.Now(); now.Sub(g.reported) > reportEvery {
		g.reported = now
		g.log(config.Warn, format, args...)
	}
}

// note is told that a connection changed its state; it is the hook of
// http.Server. A hijacked one stays until leave is called for it.
func (g *gate) note(c net.Conn, state http.ConnState) {
	if state == http.StateClosed {
		g.leave(c)
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if a := g.conns[c]; a != nil {
		a.state, a.since = state, time.Now()
	}
}

// leave forgets a connection that is closed and no longer served.
func (g *gate) leave(c net.Conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.conns[c] == nil {
		return
	}
	delete(g.conns, c)
	g.refill()
	select {
	case g.freed <- struct{}{}:
	default:
	}
	if g.closing && len(g.conns) == 0 {
		close(g.drained)
	}
}

// enterStream counts one more tail, of which half of the connections may be:
// the rest stays for short requests.
func (g *gate) enterStream() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.streams >= g.max/2 {
		return false
	}
	g.streams++
	return true
}

func (g *gate) leaveStream() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.streams--
}

// shut ends the taking of newcomers and cuts those that are not in the middle
// of a request.
func (g *gate) shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closing {
		return
	}
	g.closing = true
	close(g.closed)
	for c, a := range g.conns {
		if a.state == http.StateNew || a.state == http.StateIdle {
			c.Close()
		}
	}
	for _, f := range g.spare {
		f.Close()
	}
	g.spare = nil
	if len(g.conns) == 0 {
		close(g.drained)
	}
}

// cut closes all connections, hijacked ones too, whatever they are doing.
func (g *gate) cut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for c := range g.conns {
		c.Close()
	}
}
