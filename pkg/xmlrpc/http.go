package xmlrpc

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// errUnanswered is a connection that ended before a byte of the answer came.
var errUnanswered = errors.New("the server closed the connection without an answer")

// maxHead bounds the header of an answer.
const maxHead = 64 << 10

// head is the beginning of an HTTP answer.
type head struct {
	code    int
	status  string // "200 OK"
	length  int64  // of the body; -1: until the connection ends
	chunked bool
	closes  bool // the connection ends after the body
}

// readHead reads the status line and the headers.
func readHead(in *bufio.Reader) (*head, error) {
	if _, err := in.Peek(1); err != nil {
		return nil, fmt.Errorf("%w: %w", errUnanswered, err)
	}
	size := 0
	next := func() (string, error) {
		line, err := in.ReadSlice('\n')
		if size += len(line); err == nil && size > maxHead {
			err = errors.New("the header of the answer is too long")
		}
		return strings.TrimRight(string(line), "\r\n"), err
	}
	line, err := next()
	if err != nil {
		return nil, err
	}
	version, status, _ := strings.Cut(line, " ")
	code, err := strconv.Atoi(strings.SplitN(status, " ", 2)[0])
	if err != nil || !strings.HasPrefix(version, "HTTP/") {
		return nil, fmt.Errorf("the answer is not HTTP: %q", line)
	}
	h := &head{code: code, status: status, length: -1, closes: version == "HTTP/1.0"}
	for {
		line, err := next()
		if err != nil {
			return nil, err
		}
		if line == "" {
			break
		}
		if err := h.header(line); err != nil {
			return nil, err
		}
	}
	if h.length < 0 && !h.chunked {
		h.closes = true
	}
	return h, nil
}

// header takes what matters of one header.
func (h *head) header(line string) (err error) {
	name, value, _ := strings.Cut(line, ":")
	value = strings.TrimSpace(value)
	switch strings.ToLower(name) {
	case "content-length":
		if h.length, err = strconv.ParseInt(value, 10, 64); err != nil || h.length < 0 {
			return fmt.Errorf("the answer has no proper length: %q", value)
		}
	case "transfer-encoding":
		h.chunked = strings.EqualFold(value, "chunked")
	case "connection":
		switch strings.ToLower(value) {
		case "close":
			h.closes = true
		case "keep-alive":
			h.closes = false
		}
	}
	return nil
}

// body gives what follows the header.
func (h *head) body(in *bufio.Reader) io.Reader {
	switch {
	case h.chunked:
		return &chunks{in: in}
	case h.length >= 0:
		return &exact{in, h.length}
	}
	return in
}

// exact reads n bytes; fewer are an error.
type exact struct {
	in *bufio.Reader
	n  int64
}

func (e *exact) Read(p []byte) (int, error) {
	if e.n == 0 {
		return 0, io.EOF
	}
	n, err := e.in.Read(p[:min(int64(len(p)), e.n)])
	if e.n -= int64(n); err == io.EOF && e.n > 0 {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// chunks reads a body in chunks, to the end of its trailer.
type chunks struct {
	in   *bufio.Reader
	left int64 // of the present chunk
	over bool
}

func (c *chunks) Read(p []byte) (int, error) {
	if c.over {
		return 0, io.EOF
	}
	if c.left == 0 {
		if err := c.next(); err != nil {
			return 0, err
		}
		if c.over {
			return 0, io.EOF
		}
	}
	n, err := c.in.Read(p[:min(int64(len(p)), c.left)])
	if c.left -= int64(n); c.left == 0 && err == nil {
		_, err = c.in.ReadSlice('\n')
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// next reads the size of the next chunk; 0 is the last one.
func (c *chunks) next() error {
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return err
	}
	size, _, _ := strings.Cut(strings.TrimSpace(string(line)), ";")
	if c.left, err = strconv.ParseInt(size, 16, 63); err != nil || c.left < 0 {
		return fmt.Errorf("the answer has a chunk without a proper size: %q", size)
	}
	for c.left == 0 && !c.over {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return err
		}
		c.over = strings.TrimRight(string(line), "\r\n") == ""
	}
	return nil
}
