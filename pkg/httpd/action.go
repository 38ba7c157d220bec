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

func (e *endpoint) act(ctx context.Context, name, process string) (string, error) {
	if do := general[name]; do != nil {
		return do(ctx, e, "")
	}
	if process == "" {
		return "", fmt.Errorf("no action %q without a process", name)
	}
	// The row is looked up first: no group is named here, unlike in a call.
	var fault *api.Fault
	switch _, err := e.opt.Supervisor.GetProcessInfo(ctx, process); {
	case errors.As(err, &fault) && fault.Code == api.BadName:
		return "No such process named " + process, nil
	case err != nil && fault == nil:
		return "", err
	}
	do := single[name]
	if do == nil {
		return "", fmt.Errorf("no action %q", name)
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
	return "http://" + strings.TrimSuffix(host, ":80")
}

// call calls a method as a client would, so that what a client may not do now
// (while supervisord shuts down) a button may not either. Only what is no
// fault comes back as an error.
func (e *endpoint) call(ctx context.Context, method string, params ...any) (*api.Fault, error) {
	var fault *api.Fault
	_, err := e.opt.Dispatcher.Call(ctx, method, params)
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
	_, err := e.call(ctx, "supervisor.stopAllProcesses", true)
	return "All stopped at " + now(), err
}

func restartAll(ctx context.Context, e *endpoint, _ string) (string, error) {
	_, err := e.call(ctx, "supervisor.stopAllProcesses", true)
	if err == nil {
		_, err = e.call(ctx, "supervisor.startAllProcesses", true)
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
	fault, err := e.call(ctx, "supervisor.startProcess", name, true)
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
	fault, err := e.call(ctx, "supervisor.stopProcess", name, true)
	if fault != nil {
		return unexpected(fault), nil
	}
	return "Process " + name + " stopped", err
}

// restart stops and starts, and says so whatever came of it, as Supervisor does.
func restart(ctx context.Context, e *endpoint, name string) (string, error) {
	_, err := e.call(ctx, "supervisor.stopProcess", name, true)
	if err == nil {
		_, err = e.call(ctx, "supervisor.startProcess", name, true)
	}
	return "Process " + name + " restarted", err
}

func clearLog(ctx context.Context, e *endpoint, name string) (string, error) {
	fault, err := e.call(ctx, "supervisor.clearProcessLogs", name)
	if fault != nil {
		return unexpected(fault), nil
	}
	return "Log for " + name + " cleared", err
}
