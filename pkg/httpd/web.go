package httpd

import (
	"bytes"
	"cmp"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"supervisord/pkg/api"
	"supervisord/pkg/config"
)

//go:embed ui
var ui embed.FS

// templates parses the pages when the first of them is asked for: a daemon
// that nobody looks at does not pay for them.
var templates = sync.OnceValues(func() (*template.Template, error) {
	return template.ParseFS(ui, "ui/*.html")
})

const htmlType = "text/html;charset=utf-8"

// The tail page shows at least tailLeast bytes of a log, and at most tailMost:
// a browser stands no more.
const (
	tailLeast = 1024
	tailMost  = 8 << 20
)

// statusView is what the template of the status page shows.
type statusView struct {
	HasMessage bool
	Message    string
	Notice     string // why actions are not possible now
	Processes  []processView
	Token      string
	Version    string
	Year       int
}

// processView is one row of the status page.
type processView struct {
	Name        string // group:name
	Quoted      template.URL
	State       string
	Class       string
	Description string
	Shade       bool
	Actions     []button
}

// button is one thing that can be done to a process; the zero value keeps its
// place in the row empty.
type button struct{ Action, Label string }

// statusPage shows the processes, or carries out an action and redirects to
// the page with a message.
func (e *endpoint) statusPage(w http.ResponseWriter, r *http.Request) {
	f, ok := e.readForm(w, r)
	if !ok {
		return
	}
	if f["action"] != "" {
		if r.Method == http.MethodHead {
			errorPage(w, http.StatusBadRequest) // HEAD has no effects
			return
		}
		e.action(w, r, f)
		return
	}
	infos, err := e.opt.Supervisor.GetAllProcessInfo(r.Context())
	if err != nil {
		e.webError(w, err)
		return
	}
	infos = slices.Clone(infos) // it may be a snapshot that others read
	slices.SortStableFunc(infos, func(a, b api.ProcessInfo) int {
		return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Name, b.Name))
	})
	v := statusView{
		Token:   e.token(),
		Version: e.opt.Version,
		Year:    time.Now().Year(),
		Notice:  e.notice(r),
	}
	v.Message, v.HasMessage = f["message"]
	for i := range infos {
		v.Processes = append(v.Processes, viewOf(&infos[i], i%2 == 1))
	}
	e.render(w, http.StatusOK, "status", &v)
}

// notice says why the buttons of the page will not work, if they will not.
func (e *endpoint) notice(r *http.Request) string {
	switch st, err := e.opt.Supervisor.GetState(r.Context()); {
	case err != nil || st.Code == api.SupervisorRunning:
		return ""
	case st.Code == api.SupervisorRestarting:
		return "supervisord is restarting"
	default:
		return "supervisord is shutting down"
	}
}

func viewOf(p *api.ProcessInfo, shade bool) processView {
	name := namespec(p)
	return processView{
		Name:        name,
		Quoted:      template.URL(quote(name)),
		State:       strings.ToLower(p.StateName),
		Class:       classOf(p.State),
		Description: p.Description,
		Shade:       shade,
		Actions:     buttonsOf(p.State),
	}
}

// namespec is the name under which a process is asked for.
func namespec(p *api.ProcessInfo) string {
	if p.Group == p.Name {
		return p.Name
	}
	return p.Group + ":" + p.Name
}

func classOf(s api.State) string {
	switch s {
	case api.Running:
		return "statusrunning"
	case api.Fatal, api.Backoff:
		return "statuserror"
	}
	return "statusnominal"
}

// buttonsOf are the first three actions of a row; the links to the logs
// follow them.
func buttonsOf(s api.State) []button {
	clear := button{"clearlog", "Clear Log"}
	switch s {
	case api.Running:
		return []button{{"restart", "Restart"}, {"stop", "Stop"}, clear}
	case api.Stopped, api.Exited, api.Fatal:
		return []button{{"start", "Start"}, {}, clear}
	}
	return []button{{}, {}, clear}
}

// tailView is what the template of the tail page shows.
type tailView struct {
	Title   string
	Text    string
	Refresh template.URL // empty: no process was named
}

// tailPage shows the end of the stdout log of a process.
func (e *endpoint) tailPage(w http.ResponseWriter, r *http.Request) {
	f, ok := e.readForm(w, r)
	if !ok {
		return
	}
	v := tailView{Title: "Supervisor tail", Text: "No process name found"}
	if name := f["processname"]; name != "" {
		limit := tailLimit(f["limit"])
		text, err := e.opt.Supervisor.ReadProcessStdoutLog(r.Context(), name, -limit, 0)
		var fault *api.Fault
		switch {
		case errors.As(err, &fault) && fault.Code == api.NoFile:
			text = "No file for " + name
		case errors.As(err, &fault):
			text = "ERROR: " + unexpected(fault)
		case err != nil:
			e.webError(w, err)
			return
		}
		v.Title = "Supervisor tail of process " + name
		v.Text = text
		v.Refresh = template.URL(fmt.Sprintf("tail.html?processname=%s&limit=%d", quote(name), limit))
	}
	e.render(w, http.StatusOK, "tail", &v)
}

// tailLimit reads the parameter limit: digits, and 1024 bytes at least.
func tailLimit(s string) int {
	n, err := strconv.ParseUint(s, 10, 64)
	switch {
	case errors.Is(err, strconv.ErrRange) || n > tailMost:
		return tailMost
	case err != nil || n < tailLeast:
		return tailLeast
	}
	return int(n)
}

// okPage tells monitors that we are here.
func (e *endpoint) okPage(w http.ResponseWriter, r *http.Request) {
	if _, ok := e.readForm(w, r); ok {
		write(w, http.StatusOK, "text/plain", []byte("OK"))
	}
}

// render answers with a page. It may not be kept, and no other page may frame
// it, which would let a stranger's page place our buttons under a click.
func (e *endpoint) render(w http.ResponseWriter, status int, name string, data any) {
	var b bytes.Buffer
	t, err := templates()
	if err == nil {
		err = t.ExecuteTemplate(&b, name+".html", data)
	}
	if err != nil {
		e.webError(w, err)
		return
	}
	uncached(w)
	h := w.Header()
	h["X-Frame-Options"] = []string{"DENY"}
	h["Content-Security-Policy"] = []string{"default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'"}
	write(w, status, htmlType, b.Bytes())
}

// uncached sets the headers of a page that is true for this moment only.
func uncached(w http.ResponseWriter) {
	h := w.Header()
	h["Pragma"] = []string{"no-cache"}
	h["Cache-Control"] = []string{"no-cache"}
	h["Expires"] = []string{"Thu, 01 Jan 1970 00:00:00 GMT"}
}

// webError answers 500 and logs why, in the words that Supervisor begins with.
func (e *endpoint) webError(w http.ResponseWriter, err error) {
	e.log(config.Error, "Web interface error:%v", err)
	errorPage(w, http.StatusInternalServerError)
}
