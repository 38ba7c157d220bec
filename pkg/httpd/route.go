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
	urls    urls
	methods []string // others are answered with 400, as by Supervisor
	serve   func(*endpoint, http.ResponseWriter, *http.Request)
}

// urls says which decoded paths a route answers.
type urls struct {
	paths []string
	below bool // whatever begins with one of the paths, too
}

func (u urls) match(path string) bool {
	if u.below {
		return slices.ContainsFunc(u.paths, func(p string) bool { return strings.HasPrefix(path, p) })
	}
	return slices.Contains(u.paths, "/"+strings.TrimLeft(path, "/"))
}

// Route is a row of the table of what the servers answer, for documentation.
type Route struct {
	Paths   []string
	Below   bool // whatever begins with one of the paths, too
	Methods []string
}

// Routes lists what the servers answer. Nothing else exists.
func Routes() []Route {
	var all []Route
	for _, r := range routes {
		all = append(all, Route{slices.Clone(r.urls.paths), r.urls.below, slices.Clone(r.methods)})
	}
	return all
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
	{"rpc", below("/RPC2"), []string{"POST"}, (*endpoint).rpc},
	{"logtail", below("/logtail"), getOnly, (*endpoint).logTail},
	{"mainlogtail", below("/mainlogtail"), getOnly, (*endpoint).mainLogTail},
	{"status", only("/", "/index.html"), page, (*endpoint).statusPage},
	{"tail", only("/tail.html"), page, (*endpoint).tailPage},
	{"ok", only("/ok.html"), page, (*endpoint).okPage},
	{"static", assetURLs(), static, (*endpoint).asset},
}

func below(paths ...string) urls { return urls{paths, true} }

func only(paths ...string) urls { return urls{paths, false} }

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
	if status := e.auth.check(r.Header.Get("Authorization")); status != 0 {
		if status == http.StatusUnauthorized {
			h["Connection"] = []string{"close"}
			h["WWW-Authenticate"] = []string{`Basic realm="default"`}
		}
		errorPage(w, status)
		return
	}
	for i := range routes {
		rt := &routes[i]
		if !rt.urls.match(r.URL.Path) {
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
