package supervisor

import (
	"context"
	"errors"
	"os"

	"supervisord/pkg/api"
	"supervisord/pkg/logs"
)

// ReadLog reads from the main log.
func (s *Supervisor) ReadLog(_ context.Context, offset, length int) (string, error) {
	return read(s.log.Path(), offset, length)
}

// ClearLog empties the main log.
func (s *Supervisor) ClearLog(context.Context) (bool, error) {
	if _, err := os.Stat(s.log.Path()); err != nil {
		return false, api.NoFile.Fault()
	}
	if err := s.log.Clear(); err != nil {
		return false, api.Failed.Fault(err.Error())
	}
	return true, nil
}

// read reads a part of a log, with the faults of the interface.
func read(path string, offset, length int) (string, error) {
	if path == "" {
		return "", api.NoFile.Fault()
	}
	data, err := logs.Read(path, offset, length)
	switch {
	case err == nil:
		return string(data), nil
	case errors.Is(err, logs.ErrNoFile):
		return "", api.NoFile.Fault(path)
	case errors.Is(err, logs.ErrBadArguments):
		return "", api.BadArguments.Fault()
	}
	return "", api.Failed.Fault()
}

// logOf gives the log of a process, by the channel.
func (s *Supervisor) logOf(ctx context.Context, name string, stderr bool) (string, error) {
	p, err := s.named(ctx, name)
	switch {
	case err != nil:
		return "", err
	case stderr:
		return p.logs.Stderr, nil
	}
	return p.logs.Stdout, nil
}

// ReadProcessStdoutLog reads from the stdout log of a process.
func (s *Supervisor) ReadProcessStdoutLog(ctx context.Context, name string, offset, length int) (string, error) {
	path, err := s.logOf(ctx, name, false)
	if err != nil {
		return "", err
	}
	return read(path, offset, length)
}

// ReadProcessStderrLog reads from the stderr log of a process.
func (s *Supervisor) ReadProcessStderrLog(ctx context.Context, name string, offset, length int) (string, error) {
	path, err := s.logOf(ctx, name, true)
	if err != nil {
		return "", err
	}
	return read(path, offset, length)
}

// TailProcessStdoutLog reads the end of the stdout log of a process.
func (s *Supervisor) TailProcessStdoutLog(ctx context.Context, name string, offset, length int) (api.Tail, error) {
	path, err := s.logOf(ctx, name, false)
	return tail(path, offset, length), err
}

// TailProcessStderrLog reads the end of the stderr log of a process.
func (s *Supervisor) TailProcessStderrLog(ctx context.Context, name string, offset, length int) (api.Tail, error) {
	path, err := s.logOf(ctx, name, true)
	return tail(path, offset, length), err
}

func tail(path string, offset, length int) api.Tail {
	if _, err := os.Stat(path); err != nil { // also if there is no log
		return api.Tail{}
	}
	data, size, overflow := logs.Tail(path, offset, length)
	return api.Tail{Text: string(data), Size: size, Overflow: overflow}
}

// ClearProcessLogs empties the logs of a running process. Those of a process
// that does not run are left alone, and that is a success.
func (s *Supervisor) ClearProcessLogs(ctx context.Context, name string) (bool, error) {
	p, err := s.named(ctx, name)
	if err != nil {
		return false, err
	}
	if err := clearLogs(p); err != nil {
		return false, api.Failed.Fault(name)
	}
	return true, nil
}

func clearLogs(p *picture) error {
	if p.m.Pid == 0 {
		return nil
	}
	return p.child.Clear()
}

// ClearAllProcessLogs empties the logs of all running processes.
func (s *Supervisor) ClearAllProcessLogs(ctx context.Context) ([]api.Result, error) {
	var all []picture
	if err := s.do(ctx, func() {
		for _, p := range s.inPriority() {
			all = append(all, p.picture())
		}
	}); err != nil {
		return nil, err
	}
	results := []api.Result{}
	for i := range all {
		o := &all[i]
		r := api.Result{Name: o.config.Name, Group: o.config.Group, Status: api.Success, Description: "OK"}
		if err := clearLogs(o); err != nil {
			f := api.Failed.Fault(o.config.Namespec())
			r.Status, r.Description = f.Code, f.Text
		}
		results = append(results, r)
	}
	return results, nil
}

var _ api.Supervisor = (*Supervisor)(nil)
