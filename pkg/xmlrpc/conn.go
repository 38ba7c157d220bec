package xmlrpc

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"time"
)

// dialPatience bounds how long a connection may take to be made. A call itself
// may take as long as its context allows: a stop can wait for minutes.
const dialPatience = 10 * time.Second

// maxAnswer bounds an answer that is read into memory, in bytes.
const maxAnswer = 256 << 20

// conn is a connection to the server with what has been read ahead from it.
type conn struct {
	net.Conn
	in *bufio.Reader
}

func dial(ctx context.Context, network, address string) (*conn, error) {
	d := net.Dialer{Timeout: dialPatience}
	c, err := d.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &conn{c, bufio.NewReaderSize(c, 8<<10)}, nil
}

// alive reports whether the server has left a kept connection open and has
// sent nothing that nobody asked for.
func (c *conn) alive() bool { return c.in.Buffered() == 0 && alive(c.Conn) }

// exchange sends a request and reads the whole answer. After an error, which
// the end of ctx is one of, the connection is of no more use.
func (c *conn) exchange(ctx context.Context, request []byte) (*head, []byte, error) {
	release := c.bound(ctx)
	defer release()
	h, err := c.ask(request)
	if err != nil {
		return nil, nil, err
	}
	answer, err := readAll(h.body(c.in), h.length)
	if err == nil && !release() {
		err = ctx.Err() // the deadline that is set now would end the next exchange
	}
	return h, answer, err
}

// bound ends what goes on over the connection when ctx ends, until it is
// released. The release answers false if ctx was first.
func (c *conn) bound(ctx context.Context) (release func() bool) {
	stop := context.AfterFunc(ctx, func() { c.SetDeadline(time.Unix(1, 0)) })
	return func() bool { return stop() || ctx.Err() == nil }
}

// ask sends a request and reads the head of the answer.
func (c *conn) ask(request []byte) (*head, error) {
	if _, err := c.Write(request); err != nil {
		return nil, err
	}
	for {
		h, err := readHead(c.in)
		if err != nil || h.code >= 200 {
			return h, err
		}
	}
}

// believed is how much room an announced length gets before the bytes are there.
// It takes memory only when they come, and the answer for some seven thousand
// processes needs no second place.
const believed = 8 << 20

// readAll reads a body of the announced length, -1 if none was announced.
func readAll(r io.Reader, length int64) ([]byte, error) {
	body := make([]byte, 0, min(max(length, 4<<10), believed)+1)
	for {
		if len(body) == cap(body) {
			body = append(body, 0)[:len(body)]
		}
		n, err := r.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case err == io.EOF:
			return body, nil
		case err != nil:
			return nil, err
		case len(body) > maxAnswer:
			return nil, fmt.Errorf("the answer has more than %d bytes", maxAnswer)
		}
	}
}
