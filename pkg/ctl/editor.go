package ctl

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"
)

// Keys that the line editor leaves to us.
const (
	keyCtrlC = 3
	keyTab   = '\t'
	keyCtrlR = 18
	keyCtrlZ = 26
)

// editor reads the lines of the shell on a terminal, with history and
// completion. The terminal is in raw mode only while a line is read.
type editor struct {
	s       *Session
	prompt  string
	history *history
	out     *os.File
}

// newEditor returns nil where lines cannot be edited: if standard input or
// output is no terminal, or one that knows no cursor.
func (s *Session) newEditor(prompt string) *editor {
	out, ok := s.stdout.(*os.File)
	if !ok || !IsTerminal(s.in.file) || !IsTerminal(out) || os.Getenv("TERM") == "dumb" {
		return nil
	}
	return &editor{s: s, prompt: prompt, history: loadHistory(s.options.HistoryFile), out: out}
}

// close keeps the history.
func (e *editor) close() { e.history.save() }

// readLine returns a line. The error is io.EOF for Ctrl-D on an empty line and
// errInterrupted for Ctrl-C.
func (e *editor) readLine(ctx context.Context) (string, error) {
	e.history.next = 0 // a search ends with its line
	return e.s.raw(ctx, e.s.in, e.out, func(rw io.ReadWriter, suspend func()) (string, error) {
		t := term.NewTerminal(rw, e.prompt)
		if width, height, err := term.GetSize(int(e.out.Fd())); err == nil && width > 0 {
			t.SetSize(width, height)
		}
		t.History = e.history
		t.AutoCompleteCallback = func(line string, pos int, key rune) (string, int, bool) {
			return e.key(ctx, t, suspend, line, pos, key)
		}
		return t.ReadLine()
	})
}

// key answers the keys that mean more than themselves.
func (e *editor) key(ctx context.Context, t *term.Terminal, suspend func(), line string, pos int, key rune) (string, int, bool) {
	switch key {
	case keyTab:
		newLine, newPos, candidates := e.s.complete(ctx, line, pos)
		if len(candidates) > 0 {
			t.Write([]byte(columns(candidates, e.width())))
		}
		return newLine, newPos, true
	case keyCtrlR:
		found := e.history.search(line)
		return found, len(found), true
	case keyCtrlZ:
		suspend()
		t.Write(nil) // draws the line again
		return line, pos, true
	}
	found, ok := e.history.extend(line, pos, key)
	return found, len(found), ok
}

// width is how many columns the list of candidates may take.
func (e *editor) width() int {
	if width, _, err := term.GetSize(int(e.out.Fd())); err == nil && width > 1 {
		return width - 1
	}
	return 79
}

// raw runs read with the terminal in raw mode, and restores it whatever
// happens: also before a signal ends the process.
func (s *Session) raw(ctx context.Context, in *input, out io.Writer,
	read func(rw io.ReadWriter, suspend func()) (string, error)) (string, error) {
	fd := int(in.file.Fd())
	before, err := term.MakeRaw(fd)
	if err != nil {
		return "", err
	}
	signalled, release := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGHUP)
	defer release()
	suspend := func() {
		term.Restore(fd, before)
		syscall.Kill(0, syscall.SIGTSTP)
		term.MakeRaw(fd)
	}
	line, err := read(keyboard{signalled, in, out}, suspend)
	term.Restore(fd, before)
	switch {
	case errors.Is(err, errInterrupted):
		io.WriteString(out, "^C") // as the terminal itself would show it
	case signalled.Err() != nil && ctx.Err() == nil:
		err = errTerminated
	}
	return line, err
}

// keyboard is the terminal as the line editor sees it. It gives one byte at a
// time, so that nothing typed ahead is lost between the editor and fg.
type keyboard struct {
	ctx context.Context
	in  *input
	out io.Writer
}

func (k keyboard) Read(p []byte) (int, error) {
	b, err := k.in.byte(k.ctx)
	if err != nil {
		return 0, err
	}
	if b == keyCtrlC {
		return 0, errInterrupted
	}
	p[0] = b
	return 1, nil
}

func (k keyboard) Write(p []byte) (int, error) { return k.out.Write(p) }

// askSecret asks for a password, which is not shown while it is typed. It comes
// from the terminal also if standard input is none; without a terminal it is
// read from standard input, as Python does.
func (s *Session) askSecret(ctx context.Context, question string) (string, error) {
	in, out := s.in, s.stdout
	if !IsTerminal(s.in.file) {
		tty, err := s.openTerminal()
		if err != nil {
			io.WriteString(s.stderr, question)
			answer, err := s.in.line(ctx)
			return answer, noAnswer(err, "")
		}
		defer tty.Close()
		in, out = newInput(tty), tty
	}
	answer, err := s.raw(ctx, in, out, func(rw io.ReadWriter, _ func()) (string, error) {
		return term.NewTerminal(rw, "").ReadPassword(question)
	})
	return answer, noAnswer(err, "")
}
