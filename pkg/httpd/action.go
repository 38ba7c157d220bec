package httpd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"supervisord/pkg/api"
)

// An action is what a button of the status page does. It returns the message
// to show; an error that is no fault is answered with 500.
type action func(ctx context.Context, e *endpoint, name string) (string, error)

// general has the actions on everything, single those on one process.
var (
	general = map[string]action{"refresh": refresh, "stopall": stopAll, "restartall": restartAll}
	single  = map[string]action{"start": start, "stop": stop, "restart": restart, "clearlog": clearLog}
)

// action carries out what a form asks for and redirects to the status page
// with a message. It answers when the action is finished, as a call would.
func (e *endpoint) action(w http.ResponseWriter, r *http.Request, f form) {
	// To look again changes nothing and is free.
	if f["action"] != "refresh" {
		if why := e.mayAct(r, f["token"]); why != nil {
			e.refuse(w, r, why)
			return
		}
	}
	message, err := e.act(r.Context(), f["action"], f["processname"])
	if err != nil {
		if r.Context().Err() == nil {
			e.webError(w, err)
		}
		return
	}
	uncached(w)
	w.Header()["Location"] = []string{e.site(r) + "/?message=" + quote(message)}
	errorPage(w, http.StatusMovedPermanently)
}

// act finds the action and carries it out. The actions do not go through the
// dispatcher: the page works whatever [rpcinterface:x] sections there are.
func (e *endpoint) act(ctx context.Context, name, process string) (string, error) {
	do := general[name]
	if do == nil {
		if process == "" {
			return "", fmt.Errorf("no action %q without a process", name)
		}
		// The process is looked up first; unlike in a call, no group may be named.
		_, err := e.opt.Supervisor.GetProcessInfo(ctx, process)
		fault, err := faultOf(err)
		if err != nil {
			return "", err
		}
		if fault != nil && fault.Code == api.BadName {
			return "No such process named " + process, nil
		}
		if do = single[name]; do == nil {
			return "", fmt.Errorf("no action %q", name)
		}
	}
	if name != "refresh" {
		switch fault, err := faultOf(e.checkRunning(ctx)); {
		case err != nil:
			return "", err
		case fault != nil:
			return unexpected(fault), nil
		}
	}
	return do(ctx, e, process)
}

// site is the URL of this server as its client knows it.
func (e *endpoint) site(r *http.Request) string {
	host := r.Host
	if host == "" { // HTTP/1.0
		switch {
		case e.conf.Network == "unix":
			host = "localhost"
		case e.conf.Host != "":
			host = net.JoinHostPort(e.conf.Host, strconv.Itoa(e.conf.Port))
		default:
			name, err := os.Hostname()
			if err != nil {
				name = "localhost"
			}
			host = net.JoinHostPort(name, strconv.Itoa(e.conf.Port))
		}
	}
	return "http://" + strings.TrimSuffix(strings.TrimSuffix(host, ":80"), ":")
}

// checkRunning refuses, as a call is refused, what would change the state of programs
// while supervisord ends or restarts.
func (e *endpoint) checkRunning(ctx context.Context) error {
	st, err := e.opt.Supervisor.GetState(ctx)
	if err == nil && st.Code != api.SupervisorRunning {
		err = api.ShutdownState.Fault()
	}
	return err
}

// faultOf splits an error into a fault, which becomes a message, and what is
// none, which becomes status 500.
func faultOf(err error) (*api.Fault, error) {
	var fault *api.Fault
	if errors.As(err, &fault) {
		return fault, nil
	}
	return nil, err
}

func unexpected(f *api.Fault) string {
	return fmt.Sprintf("unexpected rpc fault [%d] %s", int(f.Code), f.Text)
}

// now is the time in the messages.
func now() string { return time.Now().Format(time.ANSIC) }

func refresh(context.Context, *endpoint, string) (string, error) {
	return "Page refreshed at " + now(), nil
}

func stopAll(ctx context.Context, e *endpoint, _ string) (string, error) {
	_, err := e.opt.Supervisor.StopAllProcesses(ctx, true)
	_, err = faultOf(err)
	return "All stopped at " + now(), err
}

func restartAll(ctx context.Context, e *endpoint, _ string) (string, error) {
	_, err := e.opt.Supervisor.StopAllProcesses(ctx, true)
	if _, err = faultOf(err); err == nil {
		_, err = e.opt.Supervisor.StartAllProcesses(ctx, true)
		_, err = faultOf(err)
	}
	return "All restarted at " + now(), err
}

// startFaults has Supervisor's words for the faults of a start.
var startFaults = map[api.FaultCode]string{
	api.NoFile:              "no such file",
	api.NotExecutable:       "file not executable",
	api.AlreadyStarted:      "already started",
	api.SpawnError:          "spawn error",
	api.AbnormalTermination: "abnormal termination",
}

func start(ctx context.Context, e *endpoint, name string) (string, error) {
	_, err := e.opt.Supervisor.StartProcess(ctx, name, true)
	fault, err := faultOf(err)
	if fault == nil {
		return "Process " + name + " started", err
	}
	words := startFaults[fault.Code]
	if words == "" {
		words = unexpected(fault)
	}
	return "ERROR: Process " + name + ": " + words, nil
}

func stop(ctx context.Context, e *endpoint, name string) (string, error) {
	_, err := e.opt.Supervisor.StopProcess(ctx, name, true)
	fault, err := faultOf(err)
	if fault != nil {
		return unexpected(fault), nil
	}
	return "Process " + name + " stopped", err
}

// restart stops and starts, and says so whatever came of it, as Supervisor does.
func restart(ctx context.Context, e *endpoint, name string) (string, error) {
	_, err := e.opt.Supervisor.StopProcess(ctx, name, true)
	if _, err = faultOf(err); err == nil {
		_, err = e.opt.Supervisor.StartProcess(ctx, name, true)
		_, err = faultOf(err)
	}
	return "Process " + name + " restarted", err
}

func clearLog(ctx context.Context, e *endpoint, name string) (string, error) {
	_, err := e.opt.Supervisor.ClearProcessLogs(ctx, name)
	fault, err := faultOf(err)
	if fault != nil {
		return unexpected(fault), nil
	}
	return "Log for " + name + " cleared", err
}
