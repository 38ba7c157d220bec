package xmlrpc

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	"supervisord/pkg/api"
)

// dialPatience bounds how long a connection may take to be made. A call itself
// may take as long as its context allows: a stop can wait for minutes.
const dialPatience = 10 * time.Second

// maxAnswer bounds an answer that is read into memory.
const maxAnswer = 256 << 20

// Client talks to one supervisord. It keeps one connection, so its calls go one
// after the other; it may be used from several goroutines. It speaks HTTP itself
// instead of using net/http, which costs supervisorctl more to start than all
// the rest of it.
//
// A *api.Fault is the answer of supervisord; a *StatusError that of its HTTP
// server. What the system said is wrapped, so that errors.Is finds
// syscall.ECONNREFUSED, ENOENT and EACCES.
type Client struct {
	network, address string
	host             string // for the Host header

	mu       sync.Mutex
	login    string // the Authorization header, or empty
	conn     net.Conn
	in       *bufio.Reader
	answered bool // conn has given an answer: it may be closed for idleness
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
// unix:///path. It does not connect yet. Credentials may also stand in the URL.
func NewClient(serverURL, username, password string) (*Client, error) {
	c := &Client{}
	if path, ok := strings.CutPrefix(serverURL, "unix://"); ok {
		c.network, c.address, c.host = "unix", path, "127.0.0.1"
		c.SetCredentials(username, password)
		return c, nil
	}
	u, err := url.Parse(serverURL)
	if err != nil || u.Scheme != "http" || u.Hostname() == "" {
		return nil, fmt.Errorf("Unknown protocol for serverurl %s", serverURL) //lint:ignore ST1005 Supervisor's text
	}
	port := u.Port()
	if port == "" {
		port = "80"
	}
	c.network, c.address, c.host = "tcp", net.JoinHostPort(u.Hostname(), port), u.Host
	if pass, ok := u.User.Password(); ok && username == "" {
		username, password = u.User.Username(), pass
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

// Close hangs up. The next call connects again.
func (c *Client) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.hangUp()
}

func (c *Client) hangUp() error {
	if c.conn == nil {
		return nil
	}
	err := c.conn.Close()
	c.conn, c.in, c.answered = nil, nil, false
	return err
}

// Call calls any method and gives its value as ParseResponse does.
func (c *Client) Call(ctx context.Context, method string, params ...any) (any, error) {
	body, err := AppendCall(nil, method, params...)
	if err != nil {
		return nil, err
	}
	answer, err := c.post(ctx, body)
	if err != nil {
		return nil, err
	}
	return ParseResponse(answer)
}

// post sends a request to /RPC2 and reads the answer.
func (c *Client) post(ctx context.Context, body []byte) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	reused := c.answered
	answer, err := c.exchange(ctx, body)
	if reused && errors.Is(err, errUnanswered) && ctx.Err() == nil {
		// A connection that had served before was closed without a byte of an
		// answer: it had been idle for too long and the server has not read the
		// request. On a fresh connection nobody can tell, so there it is an error.
		answer, err = c.exchange(ctx, body)
	}
	return answer, err
}

// exchange is one request and its answer on the kept connection.
func (c *Client) exchange(ctx context.Context, body []byte) ([]byte, error) {
	if err := c.connect(ctx); err != nil {
		return nil, err
	}
	release := bound(ctx, c.conn)
	defer release()
	request := c.request("POST", "/RPC2") + fmt.Sprintf("User-Agent: supervisorctl\r\nContent-Type: text/xml\r\nAccept: text/xml\r\nContent-Length: %d\r\n\r\n", len(body))
	if _, err := c.conn.Write(append([]byte(request), body...)); err != nil {
		c.hangUp()
		return nil, ended(ctx, fmt.Errorf("%w: %w", errUnanswered, err))
	}
	h, err := readHead(c.in)
	if err != nil {
		c.hangUp()
		return nil, ended(ctx, err)
	}
	data, err := io.ReadAll(io.LimitReader(h.body(c.in), maxAnswer))
	if err != nil || h.closes {
		c.hangUp()
	} else {
		c.answered = true
	}
	switch {
	case err != nil:
		return nil, ended(ctx, err)
	case h.code != 200:
		return nil, &StatusError{h.code, h.status, c.host + "/RPC2"}
	}
	return data, nil
}

// Get asks for a page, on a connection of its own, and gives its status and
// body. The body of a log goes on for as long as the log grows: it ends with
// ctx, or when it is closed.
func (c *Client) Get(ctx context.Context, path string) (status int, body io.ReadCloser, err error) {
	conn, err := c.dial(ctx)
	if err != nil {
		return 0, nil, err
	}
	release := bound(ctx, conn)
	in := bufio.NewReader(conn)
	c.mu.Lock()
	request := c.request("GET", path) + "Accept-Encoding: chunked\r\nAccept: */*\r\nUser-Agent: Supervisor HTTP Client\r\nConnection: close\r\n\r\n"
	c.mu.Unlock()
	_, err = io.WriteString(conn, request)
	var h *head
	if err == nil {
		h, err = readHead(in)
	}
	if err != nil {
		release()
		conn.Close()
		return 0, nil, ended(ctx, err)
	}
	return h.code, &stream{Reader: h.body(in), conn: conn, release: release}, nil
}

// stream is the body of a page.
type stream struct {
	io.Reader
	conn    net.Conn
	release func()
}

// Close hangs up.
func (s *stream) Close() error {
	s.release()
	return s.conn.Close()
}

// request is the request line and the headers that all requests have.
func (c *Client) request(method, path string) string {
	head := method + " " + strings.ReplaceAll(path, " ", "%20") + " HTTP/1.1\r\nHost: " + c.host + "\r\n"
	if c.login != "" {
		head += "Authorization: " + c.login + "\r\n"
	}
	return head
}

func (c *Client) connect(ctx context.Context) error {
	if c.conn != nil {
		return nil
	}
	conn, err := c.dial(ctx)
	if err != nil {
		return err
	}
	c.conn, c.in = conn, bufio.NewReader(conn)
	return nil
}

func (c *Client) dial(ctx context.Context) (net.Conn, error) {
	d := net.Dialer{Timeout: dialPatience}
	return d.DialContext(ctx, c.network, c.address)
}

// bound ends what goes on over conn when ctx ends, until it is released.
func bound(ctx context.Context, conn net.Conn) (release func()) {
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	return func() { stop() }
}

// ended gives the error of ctx in place of the time-out that bound made of it.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}
