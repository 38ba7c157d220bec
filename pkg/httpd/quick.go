package httpd

import (
	"errors"
	"net"
	"net/http"
	"runtime/debug"
	"sync"
	"time"

	"supervisord/pkg/api"
	"supervisord/pkg/config"
	"supervisord/pkg/xmlrpc"
)

// Most of what a daemon is asked are small calls that only look. net/http takes
// more time over one (two goroutines, three writes to its buffers, a read ahead
// to see the client go) than the answer does. So each connection begins here:
// a call in plain form (plain.go) of a method that answers at once is answered
// on the spot, and the first request that is anything else goes to net/http
// together with its connection, unanswered and whole. That is true of all that
// goes wrong as well: nothing is refused here, every answer here is one of
// status 200, and the rules for everything else stand in one place.

const (
	// quickSize is the longest request that is answered here.
	quickSize = 4 << 10
	// bodyGrace is how long the body may come after the headers. Many clients
	// send it in a piece of its own.
	bodyGrace = time.Second
	// oneWrite is the longest body that is copied behind its headers.
	oneWrite = 16 << 10
)

// conn is a connection. The bytes of ahead are read before all others.
type conn struct {
	net.Conn
	ahead []byte
}

// Read reads what is ahead, and then from the connection.
func (c *conn) Read(p []byte) (int, error) {
	if len(c.ahead) == 0 {
		return c.Conn.Read(p)
	}
	n := copy(p, c.ahead)
	c.ahead = c.ahead[n:]
	return n, nil
}

// CloseWrite ends what we send, so that the client can read a refusal while it
// is still sending. net/http looks for it.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// quickListener lets net/http accept connections, which all begin with quick. It never
// gives it one.
type quickListener struct{ *endpoint }

// Accept returns only with an error.
func (l quickListener) Accept() (net.Conn, error) {
	for {
		c, err := l.gate.Accept()
		if err != nil {
			return nil, err
		}
		go l.quick(c.(*conn))
	}
}

// Close takes no more connections.
func (l quickListener) Close() error { return l.gate.Close() }

// Addr returns the address of the server.
func (l quickListener) Addr() net.Addr { return l.gate.Addr() }

// handOver is the listener through which net/http gets connections from quick.
type handOver struct {
	net.Listener // for its address
	conns        chan net.Conn
	closed       chan struct{}
	once         sync.Once
}

func newHandOver(l net.Listener) *handOver {
	return &handOver{Listener: l, conns: make(chan net.Conn), closed: make(chan struct{})}
}

// Accept returns the next connection that is handed over.
func (h *handOver) Accept() (net.Conn, error) {
	select {
	case c := <-h.conns:
		return c, nil
	case <-h.closed:
		return nil, net.ErrClosed
	}
}

// Close has everything refused that would be handed over.
func (h *handOver) Close() error {
	h.once.Do(func() { close(h.closed) })
	return nil
}

// give hands a connection over; false if it is refused.
func (h *handOver) give(c net.Conn) bool {
	select {
	case h.conns <- c:
		return true
	case <-h.closed:
		return false
	}
}

// quick serves a connection until it ends or is handed over.
func (e *endpoint) quick(c *conn) {
	given := false
	defer func() {
		if cause := recover(); cause != nil {
			e.log(config.Critical, "answering a call failed: %v\n%s", cause, debug.Stack())
		}
		if !given {
			c.Close()
			e.gate.leave(c)
		}
	}()
	c.SetReadDeadline(time.Now().Add(headerTime)) // of the first request
	buf, out := make([]byte, quickSize), []byte(nil)
	for first := true; ; first = false {
		n, err := c.Conn.Read(buf)
		if n == 0 && err != nil {
			return
		}
		if first {
			c.SetReadDeadline(time.Time{})
		}
		e.gate.note(c, http.StateActive)
		q, n := e.readPlain(c, buf, n)
		answer, ok := e.answerPlain(q)
		if !ok {
			c.ahead = buf[:n]
			given = e.handOver.give(c)
			return
		}
		if out, err = q.send(c, out[:0], answer); err != nil || q.last() {
			return
		}
		e.gate.note(c, http.StateIdle)
		select {
		case <-e.gate.closed:
			return
		default:
		}
	}
}

// readPlain reads on, where the first n bytes of a request are in buf, until
// the call is whole. It returns the call, nil if it is none that can be answered
// here, and how many bytes are in buf.
func (e *endpoint) readPlain(c *conn, buf []byte, n int) (*plainCall, int) {
	for late := false; ; late = true {
		q, ok := parsePlain(buf[:n])
		switch {
		case !ok || n+q.length-len(q.body) > len(buf):
			return nil, n
		case len(q.body) == q.length:
			return &q, n
		case !late:
			c.SetReadDeadline(time.Now().Add(bodyGrace))
			defer c.SetReadDeadline(time.Time{})
		}
		k, err := c.Conn.Read(buf[n:])
		if n += k; err != nil {
			return nil, n // net/http, which gives it more time, will find the same
		}
	}
}

// answerPlain returns the body of the answer to a call; false if net/http is to
// have it.
func (e *endpoint) answerPlain(q *plainCall) ([]byte, bool) {
	if q == nil || e.auth.check(q.header[authHeader]) != 0 {
		return nil, false
	}
	if tracing := e.opt.Tracing; tracing != nil && tracing() {
		return nil, false // it logs requests
	}
	method, params, err := xmlrpc.ParseCall(q.body)
	if err != nil || !e.opt.Dispatcher.Quick(method) {
		return nil, false
	}
	result, err := e.opt.Dispatcher.Call(e.base, method, params)
	var fault *api.Fault
	switch {
	case errors.As(err, &fault):
		return xmlrpc.AppendFault(nil, fault), true
	case err != nil:
		return nil, false // looking again does no harm, and is reported there
	}
	answer, err := e.texts.of(result)
	return answer, err == nil
}

// send sends the answer. out is memory for its begin, and returned for the next.
func (q *plainCall) send(c *conn, out, answer []byte) ([]byte, error) {
	now := time.Now()
	out = q.appendHead(out, len(answer), now)
	c.SetWriteDeadline(now.Add(writeAllowance(len(answer))))
	if len(answer) <= oneWrite {
		out = append(out, answer...)
		_, err := c.Conn.Write(out)
		return out, err
	}
	pieces := net.Buffers{out, answer}
	_, err := pieces.WriteTo(c.Conn)
	return out, err
}
