package xmlrpc

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

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

// readHead reads the status line and the headers. It is io.EOF if the server
// hung up without a byte of them.
func readHead(in *bufio.Reader) (*head, error) {
	size := 0
	next := func() (string, error) {
		line, err := readLine(in)
		if size += len(line) + 1; err == nil && size > maxHead {
			err = errors.New("the header of the answer is too long")
		}
		return line, err
	}
	line, err := next()
	if err != nil {
		return nil, err
	}
	version, status, _ := strings.Cut(line, " ")
	digits, _, _ := strings.Cut(status, " ")
	code, err := strconv.Atoi(digits)
	if err != nil || len(digits) != 3 || code < 100 || !strings.HasPrefix(version, "HTTP/1.") {
		return nil, fmt.Errorf("the answer is not HTTP: %.60q", line)
	}
	h := &head{code: code, status: status, length: -1, closes: version == "HTTP/1.0"}
	for {
		line, err := next()
		if err != nil {
			return nil, more(err)
		}
		if line == "" {
			break
		}
		if err := h.header(line); err != nil {
			return nil, err
		}
	}
	switch {
	case h.code < 200 || h.code == 204 || h.code == 304: // these have no body
		h.length, h.chunked = 0, false
	case h.chunked:
		h.length = -1
	case h.length < 0:
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
			return fmt.Errorf("the answer has no proper length: %.60q", value)
		}
	case "transfer-encoding":
		if !strings.EqualFold(value, "chunked") {
			return fmt.Errorf("the answer has the encoding %.60q", value)
		}
		h.chunked = true
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
	if e.n -= int64(n); e.n > 0 {
		err = more(err)
	}
	return n, err
}

// chunks reads a body in chunks, to the end of its trailer.
type chunks struct {
	in   *bufio.Reader
	left int64 // of the present chunk
	ends bool  // the line end behind the chunk is still to come
	err  error // the end, or what went wrong: both for good
}

// Read hands out what has arrived of a chunk and waits for no more.
func (c *chunks) Read(p []byte) (int, error) {
	if c.left == 0 && c.err == nil {
		c.err = more(c.next())
	}
	if c.left == 0 {
		if c.err == errLastChunk {
			return 0, io.EOF
		}
		return 0, c.err
	}
	n, err := c.in.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	c.ends = c.left == 0
	if err != nil {
		c.left, c.err = 0, more(err)
	}
	return n, c.err
}

// errLastChunk is where the body ends, and io.EOF is where the connection does.
var errLastChunk = errors.New("last chunk")

// next reads the size of the next chunk; 0 is the last one.
func (c *chunks) next() error {
	if c.ends {
		if line, err := readLine(c.in); err != nil || line != "" {
			return cmp.Or(err, errors.New("the answer has a chunk beyond its size"))
		}
		c.ends = false
	}
	line, err := readLine(c.in)
	if err != nil {
		return err
	}
	size, _, _ := strings.Cut(line, ";")
	n, err := strconv.ParseUint(strings.TrimSpace(size), 16, 62)
	if err != nil {
		return fmt.Errorf("the answer has a chunk without a proper size: %.60q", size)
	}
	if c.left = int64(n); n > 0 {
		return nil
	}
	for room := maxHead; room > 0; room -= len(line) + 1 {
		if line, err = readLine(c.in); err != nil {
			return err
		}
		if line == "" {
			return errLastChunk
		}
	}
	return errors.New("the trailer of the answer is too long")
}

// readLine reads a line without its end. A line longer than the buffer of in is
// an error.
func readLine(in *bufio.Reader) (string, error) {
	line, err := in.ReadSlice('\n')
	if err == io.EOF && len(line) > 0 {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return "", err
	}
	return strings.TrimSuffix(string(line[:len(line)-1]), "\r"), nil
}

// more makes the end of the connection an error, where more had to come.
func more(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
