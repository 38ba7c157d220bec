package httpd

import (
	"net"
	"net/http"
	"sync"
	"syscall"
)

// maxConnections is how many connections one server serves at a time, if the
// limit of descriptors allows it.
const maxConnections = 1000

// connectionLimit keeps most of the descriptors for the programs: the servers
// together take no more than half of them.
func connectionLimit(servers int) int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 64
	}
	//nolint:unconvert // the type differs between systems
	n := min(uint64(limit.Cur), 1<<20) / uint64(2*max(servers, 1))
	return int(min(max(n, 16), maxConnections))
}

// connections are those of one server. Each server has a limit of its own, so that
// a flood of the TCP port leaves the unix socket alone. When there are too many,
// the one that has waited longest without a request goes.
type connections struct {
	mu     sync.Mutex
	limit  int
	clock  int                   // counts what happens, to tell old from new
	open   map[net.Conn]*waiting // all
	active int                   // those with a request
	calm   []chan struct{}       // closed when none is active
	gone   []chan struct{}       // closed when none is open
}

// waiting is a connection; since is when it began to wait for a request, 0 if one
// is being answered.
type waiting struct{ since int }

func newConnections(limit int) *connections {
	return &connections{limit: limit, open: map[net.Conn]*waiting{}}
}

// track follows the life of a connection; it is an http.Server's ConnState.
func (c *connections) track(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clock++
	w := c.open[conn]
	switch {
	case state == http.StateNew:
		if len(c.open) >= c.limit {
			c.makeRoom(conn)
		}
		c.open[conn] = &waiting{since: c.clock}
	case w == nil: // it had to make room
	case state == http.StateActive:
		if w.since != 0 {
			w.since = 0
			c.active++
		}
	case state == http.StateIdle:
		c.rest(w)
	default: // closed
		c.rest(w)
		delete(c.open, conn)
	}
	if c.active == 0 {
		release(&c.calm)
	}
	if len(c.open) == 0 {
		release(&c.gone)
	}
}

func (c *connections) rest(w *waiting) {
	if w.since == 0 {
		c.active--
	}
	w.since = c.clock
}

// makeRoom closes the connection that has waited longest, or the new one if all
// others have requests.
func (c *connections) makeRoom(newest net.Conn) {
	var oldest net.Conn
	since := c.clock
	for conn, w := range c.open {
		if w.since != 0 && w.since < since {
			oldest, since = conn, w.since
		}
	}
	if oldest == nil {
		// The buffer of a new connection has room for that.
		newest.Write([]byte("HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"))
		newest.Close()
		return
	}
	delete(c.open, oldest)
	oldest.Close()
}

// whenCalm returns a channel that is closed when no request is being answered,
// whenGone one that is closed when no connection is left.
func (c *connections) whenCalm() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return promise(&c.calm, c.active == 0)
}

func (c *connections) whenGone() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return promise(&c.gone, len(c.open) == 0)
}

func promise(list *[]chan struct{}, now bool) <-chan struct{} {
	ch := make(chan struct{})
	if now {
		close(ch)
	} else {
		*list = append(*list, ch)
	}
	return ch
}

func release(list *[]chan struct{}) {
	for _, ch := range *list {
		close(ch)
	}
	*list = nil
}
