package httpd

import (
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"supervisord/pkg/config"
)

// route is one row of the table of what the servers answer.
type route struct {
	name    string
	match   func(path string) bool // of the decoded path
	methods []string               // others are answered with 400, as by Supervisor
	serve   func(*endpoint, http.ResponseWriter, *http.Request)
}

var (
	getOnly = []string{"GET"}
	static  = []string{"GET", "HEAD"}
	page    = []string{"GET", "POST", "HEAD"}
)

// routes is the table of everything that exists; the first match counts. All
// of it is behind the password check. As in Supervisor, what begins with the
// name of an interface is that interface (/RPC2x), and leading slashes of a
// page do not matter.
var routes = []route{
	{"rpc", prefix("/RPC2"), []string{"POST"}, (*endpoint).rpc},
	{"logtail", prefix("/logtail"), getOnly, (*endpoint).logTail},
	{"mainlogtail", prefix("/mainlogtail"), getOnly, (*endpoint).mainLogTail},
	{"status", file("", "index.html"), page, (*endpoint).statusPage},
	{"tail", file("tail.html"), page, (*endpoint).tailPage},
	{"ok", file("ok.html"), page, (*endpoint).okPage},
	{"static", isAsset, static, (*endpoint).asset},
}

func prefix(p string) func(string) bool {
	return func(path string) bool { return strings.HasPrefix(path, p) }
}

func file(names ...string) func(string) bool {
	return func(path string) bool { return slices.Contains(names, strings.TrimLeft(path, "/")) }
}

// ServeHTTP checks the password, finds the route and lets it answer.
func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if tracing := e.opt.Tracing; tracing != nil && tracing() {
		a := &answered{ResponseWriter: w}
		defer e.logAccess(r, a)
		w = a
	}
	defer e.recover(w, r)
	h := w.Header()
	h["Server"] = []string{serverName}
	h["X-Content-Type-Options"] = []string{"nosniff"}
	if status := e.auth.check(r); status != 0 {
		if status == http.StatusUnauthorized {
			h["Connection"] = []string{"close"}
			h["WWW-Authenticate"] = []string{`Basic realm="default"`}
		}
		errorPage(w, status)
		return
	}
	for i := range routes {
		rt := &routes[i]
		if !rt.match(r.URL.Path) {
			continue
		}
		if slices.Contains(rt.methods, r.Method) {
			rt.serve(e, w, r)
		} else {
			errorPage(w, http.StatusBadRequest)
		}
		return
	}
	if slices.Contains(static, r.Method) {
		errorPage(w, http.StatusNotFound)
	} else {
		errorPage(w, http.StatusBadRequest)
	}
}

// recover answers 500 for a handler that panicked: one broken request must
// not end the daemon, and its client should not wait for nothing.
func (e *endpoint) recover(w http.ResponseWriter, r *http.Request) {
	cause := recover()
	if cause == nil {
		return
	}
	if cause == http.ErrAbortHandler {
		panic(cause)
	}
	e.log(config.Critical, "answering %s %q failed: %v\n%s", r.Method, r.URL.Path, cause, debug.Stack())
	errorPage(w, http.StatusInternalServerError)
}

// errorPage answers with a status and Supervisor's page for it.
func errorPage(w http.ResponseWriter, status int) {
	body := fmt.Sprintf("<head>\r\n<title>Error response</title>\r\n</head>\r\n<body>\r\n"+
		"<h1>Error response</h1>\r\n<p>Error code %d.\r\n<p>Message: %s.\r\n</body>\r\n",
		status, http.StatusText(status))
	write(w, status, "text/html", []byte(body))
}

// write sends a whole answer.
func write(w http.ResponseWriter, status int, contentType string, body []byte) {
	h := w.Header()
	h["Content-Type"] = []string{contentType}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	limitWriting(w, len(body))
	w.WriteHeader(status)
	w.Write(body) // an error here is a client that has gone
}
