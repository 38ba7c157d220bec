package httpd

import (
	"net/http"
	"net/url"
	"testing"

	"supervisord/pkg/config"
)

// sink takes an answer.
type sink struct {
	header http.Header
	status int
	body   []byte
}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) WriteHeader(status int)      { s.status = status }
func (s *sink) Write(p []byte) (int, error) { s.body = append(s.body, p...); return len(p), nil }

// The walk over the table: no route, whatever the method, is reached without
// the password. A handler that was reached would panic, for there is nothing
// behind it.
func TestEveryRouteIsLocked(t *testing.T) {
	examples := map[string][]string{
		"rpc":         {"/RPC2", "/RPC2x"},
		"logtail":     {"/logtail/cat/stderr", "/logtail"},
		"mainlogtail": {"/mainlogtail"},
		"status":      {"/", "//", "/index.html"},
		"tail":        {"/tail.html"},
		"ok":          {"/ok.html"},
		"static":      {"/stylesheets/supervisor.css", "/images/state0.gif"},
	}
	e := &endpoint{Server: &Server{}, auth: newCredentials(config.Server{Username: "joe", Password: "x"})}
	for i := range routes {
		rt := &routes[i]
		if examples[rt.name] == nil {
			t.Errorf("route %s has no example here", rt.name)
		}
		for _, path := range examples[rt.name] {
			if !rt.urls.match(path) {
				t.Errorf("%s is no example of route %s", path, rt.name)
			}
			for _, method := range append([]string{"TRACE"}, rt.methods...) {
				s := &sink{header: http.Header{}}
				e.ServeHTTP(s, &http.Request{Method: method, URL: &url.URL{Path: path}, Header: http.Header{}})
				if s.status != http.StatusUnauthorized {
					t.Errorf("%s %s: %d", method, path, s.status)
				}
			}
		}
	}
}

// Half a pair of user and password locks, rather than opens.
func TestHalfAPairLocks(t *testing.T) {
	for _, conf := range []config.Server{{Username: "joe"}, {Password: "x"}} {
		c := newCredentials(conf)
		if got := c.check(""); got != http.StatusUnauthorized {
			t.Errorf("%+v: %d", conf, got)
		}
	}
}

// What the pages refer to is there, and nothing else is under a URL.
func TestAssetsAreEmbedded(t *testing.T) {
	for _, a := range assets {
		if data, err := ui.ReadFile("ui/" + a.path); err != nil || len(data) == 0 {
			t.Errorf("%s: %v", a.path, err)
		}
	}
	if u := assetURLs(); u.match("/status.html") || u.match("/images/../status.html") || u.match("/images") {
		t.Error("a template or a directory counts as an asset")
	}
}
