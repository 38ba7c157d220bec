package ctl

import (
	"context"
	"errors"
	"strings"
	"syscall"

	"supervisord/pkg/api"
)

// shutdown ends the remote supervisord. It does not wait for the end.
func shutdown(ctx context.Context, s *Session, _ string) error {
	really, err := s.confirm(ctx, "Really shut the remote supervisord process down y/N? ")
	if err != nil || !really {
		return err
	}
	c, err := s.connect()
	if err != nil {
		return err
	}
	_, err = c.Shutdown(ctx)
	switch {
	case err == nil:
		s.say("Shut down")
	case isFault(err, api.ShutdownState):
		s.say("ERROR: already shutting down")
	case errors.Is(err, syscall.ECONNREFUSED):
		s.say("ERROR: " + s.options.ServerURL + " refused connection (already shut down?)")
		s.exit = exitGeneric
	case errors.Is(err, syscall.ENOENT):
		s.say("ERROR: " + s.options.ServerURL + " no such file (already shut down?)")
		s.exit = exitGeneric
	default:
		return err
	}
	return nil
}

// reload restarts the remote supervisord. It does not wait for it.
func reload(ctx context.Context, s *Session, _ string) error {
	really, err := s.confirm(ctx, "Really restart the remote supervisord process y/N? ")
	if err != nil || !really {
		return err
	}
	c, err := s.connect()
	if err != nil {
		return err
	}
	_, err = c.Restart(ctx)
	switch {
	case err == nil:
		s.say("Restarted supervisord")
		s.explainReload()
	case isFault(err, api.ShutdownState):
		s.say("ERROR: already shutting down")
		s.exit = exitGeneric
	default:
		return err
	}
	return nil
}

// confirm asks a question if the session is interactive, and is true if not.
func (s *Session) confirm(ctx context.Context, question string) (bool, error) {
	if !s.options.Interactive {
		return true, nil
	}
	answer, err := s.ask(ctx, question)
	return strings.HasPrefix(strings.ToLower(answer), "y"), err
}

// version prints the version of the remote supervisord.
func version(ctx context.Context, s *Session, _ string) error {
	v, err := s.client.GetSupervisorVersion(ctx)
	if err != nil {
		return err
	}
	s.say(v)
	return nil
}

// open turns the session to another supervisord and shows its status, which
// does not count for the exit status.
func open(ctx context.Context, s *Session, url string) error {
	u, err := splitURL(url)
	if err != nil {
		return err
	}
	if u.scheme != "http" && u.scheme != "unix" {
		s.say("ERROR: url must be http:// or unix://")
		s.exit = exitGeneric
		return nil
	}
	s.hangUp()
	s.options.ServerURL = url
	s.options.Origin = Origin{Opened: true}
	before := s.exit
	c, _ := s.command("status")
	if err := s.perform(ctx, c, ""); err != nil {
		return err
	}
	s.exit = before
	return nil
}

// exit leaves the shell.
func exit(_ context.Context, s *Session, _ string) error {
	s.say("")
	s.leaving = true
	return nil
}
