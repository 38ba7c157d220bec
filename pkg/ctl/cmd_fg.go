package ctl

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"sync"

	"supervisord/pkg/api"
)

// fg connects the terminal to a process: its output is shown as it comes, lines
// that are typed go to its standard input. The process runs on afterwards.
func fg(ctx context.Context, s *Session, arg string) error {
	names := fields(arg)
	if len(names) == 0 {
		s.refuse("fg", "ERROR: no process name supplied", exitGeneric)
		return nil
	}
	if len(names) > 1 {
		return s.complain("ERROR: too many process names supplied")
	}
	name := names[0]
	p, err := s.client.GetProcessInfo(ctx, name)
	var fault *api.Fault
	switch {
	case isFault(err, api.BadName):
		return s.complain("ERROR: bad process name supplied")
	case errors.As(err, &fault):
		s.say("ERROR: " + faultText(fault))
		return nil
	case err != nil:
		return err
	case p.State != api.Running:
		return s.complain("ERROR: process not running")
	}
	return s.foreground(ctx, name)
}

// foreground runs both streams beside the loop over the lines typed, and ends
// them before it returns.
func (s *Session) foreground(ctx context.Context, name string) error {
	ctx, release := signal.NotifyContext(ctx, os.Interrupt)
	defer release()
	s.say(untilInterrupted)
	streams, hangUp := context.WithCancel(ctx)
	out, errs := &shared{w: s.stdout}, &shared{w: s.stderr}
	var running sync.WaitGroup
	for _, channel := range []string{"stdout", "stderr"} {
		running.Go(func() { s.stream(streams, "/logtail/"+name+"/"+channel, out, errs) })
	}
	why, err := s.forward(ctx, name)
	hangUp()
	running.Wait()
	if ctx.Err() != nil {
		s.answered, why, err = true, "", nil
	}
	if err != nil {
		return err
	}
	if why != "" {
		s.say(why)
	}
	s.say("Exiting foreground")
	return nil
}

// forward sends each line that is typed to the process until there are no more,
// or the process cannot take them. Why says so if there is something to say.
func (s *Session) forward(ctx context.Context, name string) (why string, err error) {
	const killed = "Process got killed"
	for {
		line, err := s.in.line(ctx)
		if errors.Is(err, io.EOF) {
			return "", nil
		}
		if err != nil {
			return "", err
		}
		_, err = s.client.SendProcessStdin(ctx, name, api.Chars(line+"\n"))
		var fault *api.Fault
		switch {
		case isFault(err, api.NotRunning):
			return killed, nil
		case errors.As(err, &fault):
			return "ERROR: " + faultText(fault), nil
		case err != nil:
			return "", err
		}
		p, err := s.client.GetProcessInfo(ctx, name)
		if err != nil {
			return "", err
		}
		if p.State != api.Running {
			return killed, nil
		}
	}
}
