package ctl

import (
	"context"
	"errors"
	"syscall"

	"supervisord/pkg/api"
)

const (
	apiVersion         = "3.0"
	unauthorizedStatus = 401
)

// upcheck reports whether a supervisord answers that we can talk to. Problems
// of the known kinds are printed and give false; others are returned.
func (s *Session) upcheck(ctx context.Context) (bool, error) {
	c, err := s.connect()
	if err != nil {
		return false, err
	}
	version, err := c.GetAPIVersion(ctx)
	switch {
	case isFault(err, api.UnknownMethod):
		s.say("Sorry, supervisord responded but did not recognize the supervisor namespace commands " +
			"that supervisorctl uses to control it.  Please check that the [rpcinterface:supervisor] " +
			"section is enabled in the configuration file (see sample.conf).")
		s.exit = exitNoNamespace
	case errors.Is(err, syscall.ECONNREFUSED):
		s.say(s.options.ServerURL + " refused connection")
		s.exit = exitRefused
		s.explainDown(err)
	case errors.Is(err, syscall.ENOENT):
		s.say(s.options.ServerURL + " no such file")
		s.exit = exitNotRunning
		s.explainDown(err)
	case err != nil:
		return false, err
	case version != apiVersion:
		s.say("Sorry, this version of supervisorctl expects to talk to a server with API version " +
			apiVersion + ", but the remote version is " + version + ".")
		s.exit = exitWrongVersion
	default:
		return true, nil
	}
	return false, nil
}

// isFault reports whether err is the fault code.
func isFault(err error, code api.FaultCode) bool {
	var f *api.Fault
	return errors.As(err, &f) && f.Code == code
}
