package xmlrpc

import (
	"context"
	"io"
)

// stream is the body of a page, and owns its connection.
type stream struct {
	io.Reader
	ctx     context.Context
	conn    *conn
	release func() bool
}

// Read tells the end of ctx as such.
func (s *stream) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if err != nil && err != io.EOF && s.ctx.Err() != nil {
		err = s.ctx.Err()
	}
	return n, err
}

// Close hangs up. A Read that waits ends with an error.
func (s *stream) Close() error {
	s.release()
	return s.conn.Close()
}
