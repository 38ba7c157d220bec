package ctl

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// shell shows the status and then carries out line after line. Ctrl-C ends it,
// at the prompt and while a command runs, but for commands that deal with it
// themselves.
func (s *Session) shell(ctx context.Context) (exit int) {
	read, end := s.reader()
	defer end()
	for line := "status"; ; {
		if interrupted := s.uninterrupted(ctx, line); interrupted {
			s.say("")
			return 0
		}
		if s.leaving {
			return 0
		}
		var err error
		line, err = read(ctx)
		switch {
		case errors.Is(err, io.EOF):
			line = "EOF"
		case errors.Is(err, errTerminated):
			s.leave(exitBySignal + int(syscall.SIGTERM))
			return s.exit
		case err != nil:
			s.say("")
			return 0
		}
	}
}

// uninterrupted carries a line out and reports whether Ctrl-C broke it off.
func (s *Session) uninterrupted(ctx context.Context, line string) (interrupted bool) {
	ctx, release := signal.NotifyContext(ctx, os.Interrupt)
	defer release()
	s.answered = false
	s.execute(ctx, line)
	return ctx.Err() != nil && !s.answered
}

// reader returns the way to read lines: with an editor on a terminal, plainly
// otherwise. End is to be called once, after the last line.
func (s *Session) reader() (read func(context.Context) (string, error), end func()) {
	prompt := s.options.Prompt + "> "
	if e := s.newEditor(prompt); e != nil {
		return e.readLine, e.close
	}
	return func(ctx context.Context) (string, error) { return s.prompted(ctx, prompt) }, func() {}
}

// prompted reads a line without an editor, and ends with Ctrl-C.
func (s *Session) prompted(ctx context.Context, prompt string) (string, error) {
	ctx, release := signal.NotifyContext(ctx, os.Interrupt)
	defer release()
	s.write(prompt)
	return s.in.line(ctx)
}

// ask puts a question to whoever sits at standard input.
func (s *Session) ask(ctx context.Context, question string) (string, error) {
	s.write(question)
	answer, err := s.in.line(ctx)
	return answer, noAnswer(err, "EOF when reading a line")
}

// noAnswer turns the end of input into the error that the commands show.
func noAnswer(err error, text string) error {
	if errors.Is(err, io.EOF) {
		return exception{"EOFError", text}
	}
	return err
}
