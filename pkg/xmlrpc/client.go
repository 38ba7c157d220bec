package xmlrpc

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"supervisord/pkg/api"
)

// Client talks to one supervisord. It speaks HTTP itself instead of using
// net/http, which costs supervisorctl more to start than all the rest of it.
// It may be used from several goroutines.
//
// One connection is kept from call to call; calls that overlap have others. No
// call is ever sent twice, since nobody could tell whether the first startProcess
// was carried out: before a kept connection is used it is tried whether the
// server has closed it meanwhile, and one that breaks after that is an error.
//
// A *api.Fault is the answer of supervisord; a *StatusError that of its HTTP
// server. What the system said is wrapped, so that errors.Is finds
// syscall.ECONNREFUSED, ENOENT and EACCES; io.EOF and io.ErrUnexpectedEOF tell
// of a server that hung up.
type Client struct {
	serverURL        string // without credentials
	network, address string
	host             string // for the Host header

	mu    sync.Mutex
	login string // the Authorization header, or empty
	idle  *conn
}

var _ api.Supervisor = (*Client)(nil)

// StatusError is an answer of the HTTP server that is not 200.
type StatusError struct {
	Code   int
	Status string // "401 Unauthorized"
	URL    string // host and path
}

// Error names URL and status.
func (e *StatusError) Error() string { return fmt.Sprintf("%s answers %s", e.URL, e.Status) }

// NewClient makes a client for http://host[:port] (80 if not given) or
// unix:///path. It does not connect yet. Credentials may also stand in the URL,
// http://user:password@host; those given as arguments go before.
func NewClient(serverURL, username, password string) (*Client, error) {
	c := &Client{serverURL: serverURL}
	if path, ok := strings.CutPrefix(serverURL, "unix://"); ok {
		c.network, c.address, c.host = "unix", path, "127.0.0.1"
		c.SetCredentials(username, password)
		return c, nil
	}
	rest, ok := strings.CutPrefix(serverURL, "http://")
	if !ok {
		return nil, fmt.Errorf("Unknown protocol for serverurl %s", serverURL) //lint:ignore ST1005 Supervisor's text
	}
	u, err := parseServer(rest)
	c.serverURL = "http://" + u.hostPort
	if err != nil {
		return nil, fmt.Errorf("serverurl %s: %w", c.serverURL, err)
	}
	c.network, c.address, c.host = "tcp", net.JoinHostPort(u.host, u.port), u.hostPort
	if username == "" {
		username, password = u.user, u.password
	}
	c.SetCredentials(username, password)
	return c, nil
}

// SetCredentials changes what is sent for authentication from now on; nothing
// is sent unless both are set.
func (c *Client) SetCredentials(username, password string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.login = ""
	if username != "" && password != "" {
		c.login = "Basic " + base64.StdEncoding.EncodeToString([]byte(username+":"+password))
	}
}

// Close closes the kept connection. The next call connects again.
func (c *Client) Close() error {
	if conn := c.takeIdle(); conn != nil {
		return conn.Close()
	}
	return nil
}

// Call calls any method and gives its value as ParseResponse does.
func (c *Client) Call(ctx context.Context, method string, params ...any) (any, error) {
	return c.call(ctx, nil, method, params)
}

// call is Call with an answer that list reads.
func (c *Client) call(ctx context.Context, list *listed, method string, params []any) (any, error) {
	body, err := AppendCall(nil, method, params...)
	if err != nil {
		return nil, err
	}
	answer, err := c.post(ctx, body)
	if err != nil {
		return nil, err
	}
	return parseAnswer(answer, list)
}

// Request is one call of a Multicall.
type Request struct {
	Method string
	Params []any
}

// Multicall makes several calls in one request; the server makes them one after
// the other. Each element of the answer is that of a call, or the *api.Fault
// that it ended with.
func (c *Client) Multicall(ctx context.Context, calls ...Request) ([]any, error) {
	list := make([]any, len(calls))
	for i, call := range calls {
		params := make([]any, len(call.Params))
		for j, p := range call.Params {
			params[j] = carriable(p)
		}
		list[i] = map[string]any{"methodName": call.Method, "params": params}
	}
	v, err := c.Call(ctx, "system.multicall", list)
	if err != nil {
		return nil, err
	}
	answers, ok := v.([]any)
	if !ok || len(answers) != len(calls) {
		return nil, fmt.Errorf("system.multicall: %d calls were not answered by as many values", len(calls))
	}
	for i, answer := range answers {
		if f, ok := asFault(answer); ok {
			answers[i] = f
		}
	}
	return answers, nil
}

// Get asks for a page, on a connection of its own, and gives its status and
// body. The path is escaped as a URL wants it. The body of a log goes on for as
// long as the log grows, and a Read hands out what there is: it ends with ctx,
// or when it is closed, which is for the caller to do.
func (c *Client) Get(ctx context.Context, path string) (status int, body io.ReadCloser, err error) {
	if !strings.HasPrefix(path, "/") || strings.ContainsFunc(path, notInURL) {
		return 0, nil, fmt.Errorf("%q is no path of a URL", path)
	}
	conn, err := c.dial(ctx)
	if err != nil {
		return 0, nil, err
	}
	release := conn.bound(ctx)
	h, err := conn.ask([]byte(c.head("GET", path) +
		"Accept-Encoding: chunked\r\nAccept: */*\r\nUser-Agent: Supervisor HTTP Client\r\n\r\n"))
	if err != nil {
		release()
		conn.Close()
		return 0, nil, c.broken(ctx, err)
	}
	return h.code, &stream{ctx: ctx, Reader: h.body(conn.in), conn: conn, release: release}, nil
}

func notInURL(r rune) bool { return r <= ' ' || r >= 0x7f }

// head is the request line and the headers that all requests have.
func (c *Client) head(method, path string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	head := method + " " + path + " HTTP/1.1\r\nHost: " + c.host + "\r\n"
	if c.login != "" {
		head += "Authorization: " + c.login + "\r\n"
	}
	return head
}

// post sends a request to /RPC2 and reads the answer.
func (c *Client) post(ctx context.Context, body []byte) ([]byte, error) {
	request := c.head("POST", "/RPC2") +
		"User-Agent: supervisorctl\r\nContent-Type: text/xml\r\nAccept: text/xml\r\n" +
		"Content-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n"
	conn, err := c.connect(ctx)
	if err != nil {
		return nil, err
	}
	h, answer, err := conn.exchange(ctx, append([]byte(request), body...))
	if err != nil || h.code != 200 || h.closes {
		conn.Close()
	} else {
		c.keep(conn)
	}
	switch {
	case err != nil:
		return nil, c.broken(ctx, err)
	case h.code != 200:
		return nil, &StatusError{h.code, h.status, c.host + "/RPC2"}
	}
	return answer, nil
}

// connect returns the kept connection if it still stands, or else a new one.
func (c *Client) connect(ctx context.Context) (*conn, error) {
	if conn := c.takeIdle(); conn != nil {
		if conn.alive() {
			return conn, nil
		}
		conn.Close()
	}
	return c.dial(ctx)
}

// takeIdle returns the kept connection, if there is one, which from now on is
// the caller's.
func (c *Client) takeIdle() *conn {
	c.mu.Lock()
	defer c.mu.Unlock()
	conn := c.idle
	c.idle = nil
	return conn
}

// keep keeps conn for the next call: of two the later one.
func (c *Client) keep(conn *conn) {
	c.mu.Lock()
	conn, c.idle = c.idle, conn
	c.mu.Unlock()
	if conn != nil {
		conn.Close()
	}
}

// dial makes a connection. The address is known to who reads the error: of
// "dial unix /x: connect: no such file" only the cause is left.
func (c *Client) dial(ctx context.Context) (*conn, error) {
	conn, err := dial(ctx, c.network, c.address)
	if err == nil {
		return conn, nil
	}
	var errno syscall.Errno
	var op *net.OpError
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.As(err, &errno):
		err = errno
	case errors.As(err, &op):
		err = op.Err
	}
	return nil, fmt.Errorf("cannot connect to %s: %w", c.serverURL, err)
}

// broken gives the error of ctx in place of the time-out that bound made of it.
func (c *Client) broken(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("no answer from %s: %w", c.serverURL, err)
}
