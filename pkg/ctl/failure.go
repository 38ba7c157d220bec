package ctl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"

	"supervisord/pkg/api"
	"supervisord/pkg/python"
	"supervisord/pkg/xmlrpc"
)

// exception is a failure that Supervisor reports under the name of a Python
// class.
type exception struct{ class, text string }

func (e exception) Error() string { return e.text }

// What ends a question or the shell from outside.
var (
	errInterrupted = errors.New("interrupted") // Ctrl-C
	errTerminated  = errors.New("terminated")  // SIGTERM or SIGHUP
)

// fail prints the generic error line: what was not foreseen by the command.
func (s *Session) fail(err error) {
	switch {
	case errors.Is(err, errInterrupted):
		s.leave(exitBySignal + int(syscall.SIGINT))
		return
	case errors.Is(err, errTerminated):
		s.leave(exitBySignal + int(syscall.SIGTERM))
		return
	}
	class, text := classify(err)
	s.say(fmt.Sprintf("error: <class '%s'>, %s: file: supervisorctl line: 0", class, text))
	s.exit = exitGeneric
	s.explainFailure(err)
}

// leave ends the session with an empty line.
func (s *Session) leave(exit int) {
	s.say("")
	s.exit = exit
	s.leaving = true
}

// classify returns the Python class and the text under which Supervisor shows
// an error, as far as clients can meet it.
func classify(err error) (class, text string) {
	var (
		exc    exception
		fault  *api.Fault
		status *xmlrpc.StatusError
		syntax *xmlrpc.SyntaxError
		dns    *net.DNSError
		errno  syscall.Errno
	)
	switch {
	case errors.As(err, &exc):
		return exc.class, exc.text
	case errors.As(err, &fault):
		return "xmlrpc.client.Fault", faultText(fault)
	case errors.As(err, &status):
		// The host is a constant: Supervisor's client names the same one
		// for every server.
		return "xmlrpc.client.ProtocolError", fmt.Sprintf("<ProtocolError for 127.0.0.1/RPC2: %d %s>", status.Code, reason(status))
	case errors.As(err, &syntax):
		return "xml.parsers.expat.ExpatError", syntax.Error()
	case errors.As(err, &dns):
		if dns.IsTemporary && !dns.IsNotFound {
			return "socket.gaierror", "[Errno -3] Temporary failure in name resolution"
		}
		return "socket.gaierror", "[Errno -2] Name or service not known"
	case errors.As(err, &errno):
		return errnoClass(errno), fmt.Sprintf("[Errno %d] %s", int(errno), errnoText(errno))
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "http.client.RemoteDisconnected", "Remote end closed connection without response"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return "TimeoutError", "timed out"
	}
	return "Exception", err.Error()
}

// faultText returns a fault as Python prints it.
func faultText(f *api.Fault) string {
	return fmt.Sprintf("<Fault %d: %s>", int(f.Code), python.Quote(f.Text))
}

// reason returns the words of the status line.
func reason(e *xmlrpc.StatusError) string {
	return strings.TrimPrefix(e.Status, fmt.Sprintf("%d ", e.Code))
}

// errnoText returns the message of the C library, which begins in upper case.
func errnoText(e syscall.Errno) string {
	text := e.Error()
	return strings.ToUpper(text[:1]) + text[1:]
}

// errnoClass returns the subclass of OSError that Python has for e.
func errnoClass(e syscall.Errno) string {
	switch e {
	case syscall.ECONNREFUSED:
		return "ConnectionRefusedError"
	case syscall.ECONNRESET:
		return "ConnectionResetError"
	case syscall.ECONNABORTED:
		return "ConnectionAbortedError"
	case syscall.EPIPE, syscall.ESHUTDOWN:
		return "BrokenPipeError"
	case syscall.EACCES, syscall.EPERM:
		return "PermissionError"
	case syscall.ENOENT:
		return "FileNotFoundError"
	case syscall.ENOTDIR:
		return "NotADirectoryError"
	case syscall.ETIMEDOUT:
		return "TimeoutError"
	case syscall.EAGAIN:
		return "BlockingIOError"
	}
	return "OSError"
}
