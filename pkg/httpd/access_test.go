package httpd_test

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"supervisord/pkg/httpd"
)

// At the level trace each request has a line in Supervisor's form.
func TestAccessLog(t *testing.T) {
	r := serve(t, httpd.Options{Tracing: func() bool { return true }}, tcp, unix(filepath.Join(t.TempDir(), "s.sock")))
	ask(t, r.addrs[0], get("/ok.html?x"))
	ask(t, r.addrs[0], get("/nosuch"))
	ask(t, r.addrs[1], call("supervisor.nothing"))
	const stamp = ` - - \[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] `
	for _, want := range []string{
		`^TRAC 127\.0\.0\.1:\d+` + stamp + `"GET /ok\.html\?x HTTP/1\.1" 200 2$`,
		`^TRAC 127\.0\.0\.1:\d+` + stamp + `"GET /nosuch HTTP/1\.1" 404 134$`,
		`^TRAC localhost:0` + stamp + `"POST /RPC2 HTTP/1\.1" 200 \d\d+$`,
	} {
		line := regexp.MustCompile(want)
		until(t, "a line like "+want, func() bool {
			r.logMu.Lock()
			defer r.logMu.Unlock()
			return slices.ContainsFunc(r.log, line.MatchString)
		})
	}
}

// Without that level nothing is noted of a request.
func TestNoAccessLog(t *testing.T) {
	r := serve(t, httpd.Options{}, tcp)
	ask(t, r.addrs[0], get("/ok.html"))
	r.close()
	r.logMu.Lock()
	defer r.logMu.Unlock()
	if log := strings.Join(r.log, "\n"); strings.Contains(log, "ok.html") {
		t.Error(log)
	}
}
