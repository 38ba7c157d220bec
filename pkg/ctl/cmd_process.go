package ctl

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"supervisord/pkg/api"
)

// operation is what is done to processes by name: to all, to groups and to
// single ones. It holds the words in which each outcome is told.
type operation struct {
	all   func(context.Context, Client) ([]api.Result, error)
	group func(context.Context, Client, string) ([]api.Result, error) // nil: there is no form for groups
	one   func(context.Context, Client, string) error

	done    string                   // "started"
	errors  map[api.FaultCode]string // what stands in "name: ERROR (…)"
	ignored api.FaultCode            // does not show in the exit status; 0 for none
	verbose bool                     // FAILED is told in the fault's own words
	noGroup int                      // exit status for a group that does not exist
}

func starting() operation {
	return operation{
		all: func(ctx context.Context, c Client) ([]api.Result, error) { return c.StartAllProcesses(ctx, true) },
		group: func(ctx context.Context, c Client, name string) ([]api.Result, error) {
			return c.StartProcessGroup(ctx, name, true)
		},
		one: func(ctx context.Context, c Client, name string) error {
			_, err := c.StartProcess(ctx, name, true)
			return err
		},
		done: "started",
		errors: map[api.FaultCode]string{
			api.BadName:             "no such process",
			api.NoFile:              "no such file",
			api.NotExecutable:       "file is not executable",
			api.AlreadyStarted:      "already started",
			api.SpawnError:          "spawn error",
			api.AbnormalTermination: "abnormal termination",
		},
		ignored: api.AlreadyStarted,
		noGroup: exitInvalidArgs,
	}
}

// signalErrors are the words of stop and signal.
func signalErrors() map[api.FaultCode]string {
	return map[api.FaultCode]string{
		api.BadName:    "no such process",
		api.BadSignal:  "bad signal name",
		api.NotRunning: "not running",
	}
}

func stopping() operation {
	return operation{
		all: func(ctx context.Context, c Client) ([]api.Result, error) { return c.StopAllProcesses(ctx, true) },
		group: func(ctx context.Context, c Client, name string) ([]api.Result, error) {
			return c.StopProcessGroup(ctx, name, true)
		},
		one: func(ctx context.Context, c Client, name string) error {
			_, err := c.StopProcess(ctx, name, true)
			return err
		},
		done:    "stopped",
		errors:  signalErrors(),
		ignored: api.NotRunning,
		verbose: true,
		noGroup: exitGeneric,
	}
}

func signalling(sig api.Signal) operation {
	return operation{
		all: func(ctx context.Context, c Client) ([]api.Result, error) { return c.SignalAllProcesses(ctx, sig) },
		group: func(ctx context.Context, c Client, name string) ([]api.Result, error) {
			return c.SignalProcessGroup(ctx, name, sig)
		},
		one: func(ctx context.Context, c Client, name string) error {
			_, err := c.SignalProcess(ctx, name, sig)
			return err
		},
		done:    "signalled",
		errors:  signalErrors(),
		verbose: true,
		noGroup: exitGeneric,
	}
}

func clearing() operation {
	return operation{
		all:   func(ctx context.Context, c Client) ([]api.Result, error) { return c.ClearAllProcessLogs(ctx) },
		group: clearGroup,
		one: func(ctx context.Context, c Client, name string) error {
			_, err := c.ClearProcessLogs(ctx, name)
			return err
		},
		done:    "cleared",
		errors:  map[api.FaultCode]string{api.BadName: "no such process", api.Failed: "failed"},
		noGroup: exitGeneric,
	}
}

// clearGroup clears the logs of each process of a group: supervisord has no
// method for that.
func clearGroup(ctx context.Context, c Client, group string) ([]api.Result, error) {
	all, err := c.GetAllProcessInfo(ctx)
	if err != nil {
		return nil, err
	}
	var results []api.Result
	for _, p := range all {
		if p.Group != group {
			continue
		}
		r := api.Result{Name: p.Name, Group: group, Status: api.Success}
		_, err := c.ClearProcessLogs(ctx, group+":"+p.Name)
		var fault *api.Fault
		switch {
		case errors.As(err, &fault):
			r.Status, r.Description = fault.Code, fault.Text
		case err != nil:
			return nil, err
		}
		results = append(results, r)
	}
	if results == nil {
		return nil, api.BadName.Fault(group)
	}
	return results, nil
}

func start(ctx context.Context, s *Session, arg string) error {
	names := fields(arg)
	if len(names) == 0 {
		s.refuse("start", "Error: start requires a process name", exitInvalidArgs)
		return nil
	}
	return s.operate(ctx, starting(), names)
}

func stop(ctx context.Context, s *Session, arg string) error {
	names := fields(arg)
	if len(names) == 0 {
		s.refuse("stop", "Error: stop requires a process name", exitGeneric)
		return nil
	}
	return s.operate(ctx, stopping(), names)
}

// restart is stop and then start, each with its lines; what did not run is
// started all the same.
func restart(ctx context.Context, s *Session, arg string) error {
	names := fields(arg)
	if len(names) == 0 {
		s.refuse("restart", "Error: restart requires a process name", exitGeneric)
		return nil
	}
	before := s.startTimes(ctx, names)
	if err := s.operate(ctx, stopping(), names); err != nil {
		return err
	}
	if err := s.operate(ctx, starting(), names); err != nil {
		return err
	}
	s.explainRestart(before)
	return nil
}

func signalProcesses(ctx context.Context, s *Session, arg string) error {
	words := fields(arg)
	if len(words) < 2 {
		s.refuse("signal", "Error: signal requires a signal name and a process name", exitGeneric)
		return nil
	}
	return s.operate(ctx, signalling(api.Signal(words[0])), words[1:])
}

func clearLogs(ctx context.Context, s *Session, arg string) error {
	names := fields(arg)
	if len(names) == 0 {
		s.refuse("clear", "Error: clear requires a process name", exitGeneric)
		return nil
	}
	return s.operate(ctx, clearing(), names)
}

// operate does o to what names name, in their order, or to everything if "all"
// is among them.
func (s *Session) operate(ctx context.Context, o operation, names []string) error {
	if slices.Contains(names, "all") {
		results, err := o.all(ctx, s.client)
		if err != nil {
			return err
		}
		return s.results(o, results)
	}
	for _, name := range names {
		n := parseNamespec(name)
		var err error
		if n.whole && o.group != nil {
			err = s.operateGroup(ctx, o, n.group)
		} else {
			err = s.operateOne(ctx, o, name, n)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Session) operateGroup(ctx context.Context, o operation, group string) error {
	results, err := o.group(ctx, s.client, group)
	if isFault(err, api.BadName) {
		s.say(group + ": ERROR (no such group)")
		s.exit = o.noGroup
		return nil
	}
	if err != nil {
		return err
	}
	return s.results(o, results)
}

func (s *Session) operateOne(ctx context.Context, o operation, name string, n namespec) error {
	err := o.one(ctx, s.client, name)
	var fault *api.Fault
	switch {
	case err == nil:
		return s.result(o, n.String(), api.Success, "")
	case errors.As(err, &fault):
		return s.result(o, n.String(), fault.Code, fault.Text)
	}
	return err
}

func (s *Session) results(o operation, results []api.Result) error {
	for _, r := range results {
		if err := s.result(o, namespecOf(r.Group, r.Name), r.Status, r.Description); err != nil {
			return err
		}
	}
	return nil
}

// result tells the outcome for one process. A code for which there are no words
// is an error, and ends the command.
func (s *Session) result(o operation, name string, code api.FaultCode, text string) error {
	words, known := o.errors[code]
	switch {
	case code == api.Success:
		s.say(name + ": " + o.done)
	case known:
		s.say(name + ": ERROR (" + words + ")")
	case code == api.Failed && o.verbose:
		s.say(text)
	default:
		return exception{"ValueError", "Unknown result code " + strconv.Itoa(int(code)) + " for " + name}
	}
	s.fault(code, o.ignored)
	return nil
}
