package ctl

import (
	"bytes"
	"context"
	"io"
	"os"

	"golang.org/x/term"
)

// input is standard input for everything that reads it: the shell, questions
// and fg. Waiting for input ends with a context, although a read does not: the
// read that is under way then serves whoever asks next. There is at most one.
type input struct {
	r       io.Reader
	file    *os.File // nil if it is no file
	ahead   []byte   // read and not yet asked for
	pending chan piece
}

// piece is what one read gave.
type piece struct {
	data []byte
	err  error
}

func newInput(r io.Reader) *input {
	f, _ := r.(*os.File)
	return &input{r: r, file: f}
}

// IsTerminal reports whether a stream is one.
func IsTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && f != nil && term.IsTerminal(int(f.Fd()))
}

// fill waits until there is something ahead.
func (in *input) fill(ctx context.Context) error {
	if len(in.ahead) > 0 {
		return nil
	}
	if in.pending == nil {
		pending := make(chan piece, 1)
		in.pending = pending
		go func() {
			buf := make([]byte, 4096)
			n, err := in.r.Read(buf)
			pending <- piece{buf[:n], err}
		}()
	}
	select {
	case p := <-in.pending:
		in.pending = nil
		in.ahead = p.data
		if len(p.data) == 0 {
			return p.err // nil after an empty read: the caller asks again
		}
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// line returns the next line without its end. The last one may lack it. At the
// end of input the error is io.EOF.
func (in *input) line(ctx context.Context) (string, error) {
	var line []byte
	for {
		if err := in.fill(ctx); err != nil {
			if err == io.EOF && len(line) > 0 {
				return string(line), nil
			}
			return "", err
		}
		if i := bytes.IndexByte(in.ahead, '\n'); i >= 0 {
			line = append(line, in.ahead[:i]...)
			in.ahead = in.ahead[i+1:]
			return string(line), nil
		}
		line = append(line, in.ahead...)
		in.ahead = nil
	}
}

// byte returns the next byte.
func (in *input) byte(ctx context.Context) (byte, error) {
	for {
		if err := in.fill(ctx); err != nil {
			return 0, err
		}
		if len(in.ahead) > 0 {
			b := in.ahead[0]
			in.ahead = in.ahead[1:]
			return b, nil
		}
	}
}
