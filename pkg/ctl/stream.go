package ctl

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"unicode/utf8"

	"supervisord/pkg/python"
)

const untilInterrupted = "==> Press Ctrl-C to exit <=="

// follow shows a log as it grows, until the server ends it or Ctrl-C is
// pressed. What goes wrong is told on standard error and does not count for the
// exit status.
func (s *Session) follow(ctx context.Context, path string) error {
	ctx, release := signal.NotifyContext(ctx, os.Interrupt)
	defer release()
	s.say(untilInterrupted)
	s.stream(ctx, path, s.stdout, s.stderr)
	if ctx.Err() != nil {
		s.answered = true
		s.say("")
	}
	return nil
}

// stream copies a log page to out until it ends, or ctx does.
func (s *Session) stream(ctx context.Context, path string, out, errs io.Writer) {
	complain := func(text string) { fmt.Fprintf(errs, "%s%s %s\n", s.options.ServerURL, path, text) }
	status, body, err := s.client.Get(ctx, path)
	if err != nil {
		if ctx.Err() == nil {
			class, text := classify(err)
			complain(fmt.Sprintf("Cannot connect, error: <class '%s'> (%s)", class, text))
		}
		return
	}
	defer body.Close()
	if status != 200 {
		complain(fmt.Sprintf("Cannot read, status code %d", status))
		return
	}
	d := decoder{w: out}
	io.Copy(&d, body) // however it ends, it is the end of the stream
	d.flush()
}

// decoder passes UTF-8 on and shows what is none as Python prints bytes. The
// bytes of a character that is cut by the end of a Write wait for the next one.
type decoder struct {
	w    io.Writer
	held []byte // at most three bytes
}

func (d *decoder) Write(p []byte) (int, error) {
	data := append(d.held, p...)
	whole := len(data) - cutTail(data)
	d.held = append([]byte(nil), data[whole:]...)
	return len(p), d.pass(data[:whole])
}

// flush shows what is left at the end of the stream.
func (d *decoder) flush() {
	d.pass(d.held)
	d.held = nil
}

func (d *decoder) pass(data []byte) error {
	if len(data) == 0 {
		return nil
	}
	if !utf8.Valid(data) {
		data = []byte("Undecodable: " + python.QuoteBytes(data))
	}
	_, err := d.w.Write(data)
	return err
}

// cutTail returns the length of the beginning of a character at the end of
// data.
func cutTail(data []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(data); n++ {
		tail := data[len(data)-n:]
		if utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}

// shared lets several goroutines write whole pieces to one writer.
type shared struct {
	mu sync.Mutex
	w  io.Writer
}

func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.w.Write(p)
}
