package supervisor

import (
	"context"
	"os"
	"strings"
	"time"

	"supervisord/pkg/api"
)

// apiVersion is the version of the XML-RPC interface; supervisorctl refuses to
// talk to another.
const apiVersion = "3.0"

// GetAPIVersion gives the version of the interface.
func (s *Supervisor) GetAPIVersion(context.Context) (string, error) { return apiVersion, nil }

// GetSupervisorVersion gives the version of Supervisor that this one stands in
// for.
func (s *Supervisor) GetSupervisorVersion(context.Context) (string, error) { return s.o.Version, nil }

// GetIdentification gives the identifier of the configuration.
func (s *Supervisor) GetIdentification(ctx context.Context) (id string, err error) {
	err = s.do(ctx, func() { id = s.config.Supervisord.Identifier })
	return id, err
}

// State gives the state of supervisord.
func (s *Supervisor) State() api.SupervisorState { return api.SupervisorState(s.state.Load()) }

// Gate is asked before each call of the interface: while supervisord goes down
// the answer is SHUTDOWN_STATE.
func (s *Supervisor) Gate() error {
	if s.State() != api.SupervisorRunning {
		return api.ShutdownState.Fault()
	}
	return nil
}

// GetState gives the state of supervisord.
func (s *Supervisor) GetState(context.Context) (api.StateInfo, error) {
	st := s.State()
	return api.StateInfo{Code: st, Name: st.String()}, nil
}

// GetPID gives the pid of supervisord.
func (s *Supervisor) GetPID(context.Context) (int, error) { return os.Getpid(), nil }

// Shutdown begins to stop everything and then end.
func (s *Supervisor) Shutdown(ctx context.Context) (bool, error) {
	err := s.do(ctx, func() { s.end(Shutdown) })
	return err == nil, err
}

// Restart begins to stop everything and then start again.
func (s *Supervisor) Restart(ctx context.Context) (bool, error) {
	err := s.do(ctx, func() { s.end(Restart) })
	return err == nil, err
}

// info is what getProcessInfo tells. It is a function of p and the second that
// now is in.
func (p *picture) info(now time.Time) api.ProcessInfo {
	info := api.ProcessInfo{
		Name: p.config.Name, Group: p.config.Group,
		Start: epochSeconds(p.m.Start), Stop: epochSeconds(p.m.Stop), Now: now.Unix(),
		State: p.m.State, StateName: p.m.State.String(), SpawnErr: p.m.SpawnErr,
		Logfile: p.logs.Stdout, StdoutLogfile: p.logs.Stdout, StderrLogfile: p.logs.Stderr,
		PID: p.m.Pid, Description: p.m.Describe(p.config.Name, now),
	}
	if p.m.HasExit {
		info.ExitStatus = p.m.Exit
	}
	return info
}

func epochSeconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// named gives the picture of one process, or BAD_NAME.
func (s *Supervisor) named(ctx context.Context, name string) (*picture, error) {
	v, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	group, proc, _ := split(name)
	p := v.find(group, proc)
	if p == nil {
		return nil, api.BadName.Fault(name)
	}
	return p, nil
}

// GetProcessInfo tells how one process stands.
func (s *Supervisor) GetProcessInfo(ctx context.Context, name string) (api.ProcessInfo, error) {
	p, err := s.named(ctx, name)
	if err != nil {
		return api.ProcessInfo{}, err
	}
	return p.info(time.Now()), nil
}

// GetAllProcessInfo tells how all processes stand, at one moment. Others may
// get the same slice: it must not be changed.
func (s *Supervisor) GetAllProcessInfo(ctx context.Context) ([]api.ProcessInfo, error) {
	v, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	return v.list(time.Now()), nil
}

// SendProcessStdin gives text to the standard input of a process.
func (s *Supervisor) SendProcessStdin(ctx context.Context, name string, chars api.Chars) (bool, error) {
	p, err := s.named(ctx, name)
	if err != nil {
		return false, err
	}
	if p.m.Pid == 0 || p.m.State == api.Stopping {
		return false, api.NotRunning.Fault(name)
	}
	switch err := p.child.Write(string(chars)); err {
	case nil:
		return true, nil
	case ErrStdinClosed:
		return false, api.NoFile.Fault(name)
	default:
		return false, api.Failed.Fault(strings.TrimSpace(err.Error()))
	}
}
