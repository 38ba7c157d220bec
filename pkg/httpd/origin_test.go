package httpd

import (
	"net/http"
	"testing"

	"supervisord/pkg/config"
)

// Host and port of an Origin must be those that were called; a proxy may have
// left out the port.
func TestSame(t *testing.T) {
	tcp := config.Server{Network: "tcp", Port: 9001}
	tcp80 := config.Server{Network: "tcp", Port: 80}
	unix := config.Server{Network: "unix"}
	for _, tt := range []struct {
		conf       config.Server
		host, from string
		want       bool
	}{
		{tcp, "10.0.0.1:9001", "http://10.0.0.1:9001", true},
		{tcp, "10.0.0.1:9001", "http://10.0.0.1:9001/index.html?x", true},
		{tcp, "10.0.0.1:9001", "http://10.0.0.1:8000", false},
		{tcp, "10.0.0.1:9001", "http://10.0.0.1", false},
		{tcp, "[::1]:9001", "http://[::1]:9001", true},
		{tcp, "BOX:9001", "http://box:9001", true},
		{tcp, "box:9001", "ftp://box:9001", false},
		{tcp, "box:9001", "null", false},
		{tcp, "box:9001", "", false},
		{tcp, "box:9001", "http://box:9001.evil.example", false},
		{tcp, "box:9001", "http://box:9001@evil.example", false},
		{tcp, "box", "https://box", true},
		{tcp, "box", "https://box:8443", true},
		{tcp80, "box", "http://box", true},
		{tcp80, "box:80", "http://box", true},
		{tcp80, "box", "http://box:8080", false},
		{unix, "pub.example", "https://pub.example", true},
		{unix, "pub.example", "http://pub.example:8080", true},
		{unix, "pub.example:8080", "http://pub.example:8081", false},
		{unix, "localhost", "http://evil.example", false},
	} {
		e := &endpoint{conf: tt.conf, hosts: newHosts(tt.conf, nil)}
		if got := e.same(&http.Request{Host: tt.host}, tt.from); got != tt.want {
			t.Errorf("%s asked by %q: %v", tt.host, tt.from, got)
		}
	}
}

// An image on a stranger's page can make a browser ask without a word about
// where it comes from; a script says nothing either, but does not look like a
// browser.
func TestSilentBrowser(t *testing.T) {
	conf := config.Server{Network: "tcp", Port: 9001}
	e := &endpoint{Server: &Server{token: func() string { return "t" }}, conf: conf, hosts: newHosts(conf, nil)}
	browser := http.Header{"User-Agent": {"Mozilla/5.0 (X11)"}, "Accept-Language": {"en"}}
	for name, tt := range map[string]struct {
		header http.Header
		may    bool
	}{
		"browser":       {browser, false},
		"curl":          {http.Header{"User-Agent": {"curl/8"}}, true},
		"in disguise":   {http.Header{"User-Agent": {"Mozilla/5.0 PowerShell"}}, true},
		"other program": {http.Header{"Accept-Language": {"*"}}, true},
	} {
		why := e.mayAct(&http.Request{Method: "GET", Host: "10.0.0.1:9001", Header: tt.header}, "")
		if (why == nil) != tt.may {
			t.Errorf("%s: %+v", name, why)
		}
	}
}
