package httpd

import (
	"net/http"
	"time"

	"supervisord/pkg/config"
)

// answered is a ResponseWriter that remembers what was answered.
type answered struct {
	http.ResponseWriter
	status int // 0: nothing yet, or the connection was taken over
	length int // of the body
}

func (a *answered) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answered) Write(p []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	n, err := a.ResponseWriter.Write(p)
	a.length += n
	return n, err
}

// Unwrap lets http.ResponseController find the original.
func (a *answered) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// logAccess writes a line of the access log, which is part of the main log at
// the level trace. Tails, whose clients leave before the end, have none, as in
// Supervisor.
func (e *endpoint) logAccess(r *http.Request, a *answered) {
	if a.status == 0 {
		return
	}
	client := r.RemoteAddr
	if e.conf.Network == "unix" {
		client = "localhost:0"
	}
	e.log(config.Trace, "%s - - [%s] \"%s %s %s\" %d %d", client,
		time.Now().Format("02/Jan/2006:15:04:05 -0700"), r.Method, r.RequestURI, r.Proto, a.status, a.length)
}
