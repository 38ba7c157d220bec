// Package ctl is supervisorctl: its commands over the RPC client, their texts
// and exit statuses, and the interactive shell.
//
// What goes to standard output is Supervisor's, byte for byte, for scripts read
// it. What we explain beyond that goes to standard error, and only if that is a
// terminal.
package ctl

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"supervisord/pkg/api"
	"supervisord/pkg/xmlrpc"
)

// Client is what the commands need of a supervisord: the RPC methods and the
// endless log streams.
type Client interface {
	api.Supervisor
	// Get streams a page such as /logtail/web/stdout. The caller closes the
	// body; it ends with ctx.
	Get(ctx context.Context, path string) (status int, body io.ReadCloser, err error)
	// SetCredentials holds for all later calls.
	SetCredentials(username, password string)
	Close() error
}

// Options are the settings of one run of supervisorctl.
type Options struct {
	ServerURL   string // http://host[:port] or unix:///path; as it is printed
	Username    string
	Password    string
	Prompt      string // of the shell, without the "> "; usually "supervisor"
	HistoryFile string // lines typed in the shell are kept there; empty for nowhere
	// Interactive asks before shutdown and reload, and for the user's name and
	// password when they are wanted. Without words it is always on.
	Interactive bool
	Origin      Origin   // where ServerURL comes from, for explanations
	Plugins     []string // one sentence for each plug-in that cannot be loaded

	Stdin          io.Reader // an *os.File if it may be a terminal
	Stdout, Stderr io.Writer // likewise
	// Dial makes the client. Nil takes the XML-RPC client.
	Dial func(serverURL, username, password string) (Client, error)
}

// Session is a run of supervisorctl: one command, or a shell with many.
type Session struct {
	options  Options
	commands []Command
	client   Client // nil but for a command that has made a call
	in       *input
	stdout   io.Writer
	stderr   io.Writer
	explains bool // standard error is a terminal

	// openTerminal opens the terminal of the session, to ask for a password
	// where standard input is something else.
	openTerminal func() (*os.File, error)

	exit      int
	leaving   bool              // the shell was told to end
	answered  bool              // the command itself has dealt with the Ctrl-C
	processes []api.ProcessInfo // for completion; nil if not yet asked for
}

// Run carries out the words, joined by blanks, as one command and returns the
// exit status. Without words it is the interactive shell, whose status is 0. An
// interactive session at a terminal is the shell after the command, too.
func Run(ctx context.Context, o Options, words []string) (exit int) {
	s := newSession(o)
	s.explainPlugins()
	if len(words) > 0 {
		s.execute(ctx, strings.Join(words, " "))
		if !o.Interactive || !IsTerminal(s.in.file) || s.leaving || ctx.Err() != nil {
			return s.exit
		}
	}
	s.options.Interactive = true
	return s.shell(ctx)
}

func newSession(o Options) *Session {
	if o.Dial == nil {
		o.Dial = dial
	}
	return &Session{
		options:  o,
		commands: Commands(),
		in:       newInput(o.Stdin),
		stdout:   o.Stdout,
		stderr:   o.Stderr,
		explains: IsTerminal(o.Stderr),
		openTerminal: func() (*os.File, error) {
			return os.OpenFile("/dev/tty", os.O_RDWR, 0)
		},
	}
}

func dial(serverURL, username, password string) (Client, error) {
	return xmlrpc.NewClient(serverURL, username, password)
}

// say prints one line of a command's answer. A standard output that is gone
// kills the process by SIGPIPE, as it does any tool.
func (s *Session) say(line string) { s.write(line + "\n") }

func (s *Session) write(text string) { io.WriteString(s.stdout, text) }

// connect returns the client, made at the first call.
func (s *Session) connect() (Client, error) {
	if s.client != nil {
		return s.client, nil
	}
	url := s.options.ServerURL
	if !strings.HasPrefix(url, "http://") && !strings.HasPrefix(url, "unix://") {
		return nil, exception{"ValueError", "Unknown protocol for serverurl " + url}
	}
	c, err := s.options.Dial(url, s.options.Username, s.options.Password)
	if err != nil {
		return nil, exception{"ValueError", err.Error()}
	}
	s.client = c
	return c, nil
}

// hangUp closes the connection, if there is one.
func (s *Session) hangUp() {
	if s.client != nil {
		s.client.Close()
		s.client = nil
	}
}

// parseLine splits a line into the command, which is its first word of
// identifier characters, and the rest. "?" is short for help.
func parseLine(line string) (name, arg, whole string) {
	line = trim(line)
	if rest, ok := strings.CutPrefix(line, "?"); ok {
		line = "help " + rest
	}
	end := strings.IndexFunc(line, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_')
	})
	if end < 0 {
		end = len(line)
	}
	return line[:end], trim(line[end:]), line
}

// command looks a row of the table up.
func (s *Session) command(name string) (Command, bool) {
	for _, c := range s.commands {
		if c.Name == name {
			return c, true
		}
	}
	return Command{}, false
}

// execute carries out one line. Whatever goes wrong is printed, and shows in
// the exit status.
func (s *Session) execute(ctx context.Context, line string) {
	name, arg, line := parseLine(line)
	if line == "" {
		return // an empty line does not repeat the last one
	}
	if name == "EOF" {
		name = "exit"
	}
	c, ok := s.command(name)
	if !ok {
		s.say("*** Unknown syntax: " + line)
		s.exit = exitGeneric
		return
	}
	s.processes = nil
	defer s.hangUp() // a shell may wait for hours, longer than a connection lives
	err := s.perform(ctx, c, arg)
	for unauthorized(err) && ctx.Err() == nil {
		s.say("Server requires authentication")
		if !s.options.Interactive {
			s.exit = exitGeneric
			err = s.perform(ctx, c, arg)
			break
		}
		if err = s.login(ctx); err == nil {
			err = s.perform(ctx, c, arg)
		}
	}
	switch {
	case err == nil:
	case ctx.Err() != nil: // not a failure of the command
		s.exit = exitGeneric
	default:
		s.fail(err)
	}
}

func unauthorized(err error) bool {
	var status *xmlrpc.StatusError
	return errors.As(err, &status) && status.Code == unauthorizedStatus
}

// perform runs one command, after what its row asks for first.
func (s *Session) perform(ctx context.Context, c Command, arg string) error {
	if c.NoArguments && arg != "" {
		s.refuse(c.Name, "Error: "+c.Name+" accepts no arguments", exitGeneric)
		return nil
	}
	if c.Checked {
		ok, err := s.upcheck(ctx)
		if err != nil {
			return err
		}
		if !ok {
			if c.Down != 0 {
				s.exit = c.Down
			}
			return nil
		}
	}
	return c.Run(ctx, s, arg)
}

// refuse prints why a command was not understood, and its help.
func (s *Session) refuse(name, why string, exit int) {
	s.say(why)
	s.exit = exit
	c, _ := s.command(name)
	for _, line := range c.Help {
		s.say(line)
	}
}

// login asks for the user's name and password, which hold from now on.
func (s *Session) login(ctx context.Context) error {
	name, err := s.ask(ctx, "Username:")
	if err != nil {
		return err
	}
	password, err := s.askSecret(ctx, "Password:")
	if err != nil {
		return err
	}
	s.say("")
	s.options.Username, s.options.Password = name, password
	s.client.SetCredentials(name, password)
	return nil
}
