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

// Where no password is wanted, a browser may read only by a name that no
// stranger can point here, and so may whoever comes over the loopback; clients
// of the network may come by any name.
func TestMayRead(t *testing.T) {
	const near, far = "127.0.0.1:50000", "10.0.0.7:50000"
	browser := http.Header{"User-Agent": {"Mozilla/5.0 (X11)"}, "Accept-Language": {"en"}}
	referred := http.Header{"Referer": {"http://evil.example:9001/"}}
	// A page can have some browsers send another User-Agent, but not without languages.
	disguised := http.Header{"User-Agent": {"curl/8"}, "Accept-Language": {"en"}}
	script := http.Header{"User-Agent": {"curl/8"}}
	for name, tt := range map[string]struct {
		conf       config.Server
		host, from string
		header     http.Header
		may        bool
	}{
		"browser, address":           {host: "10.0.0.1:9001", from: far, header: browser, may: true},
		"browser, name without dot":  {host: "box:9001", from: far, header: browser, may: true},
		"browser, unknown name":      {host: "evil.example:9001", from: far, header: browser},
		"browser, page of a name":    {host: "evil.example:9001", from: far, header: referred},
		"browser in disguise":        {host: "evil.example:9001", from: far, header: disguised},
		"script, unknown name":       {host: "box.corp.example:9001", from: far, header: script, may: true},
		"loopback, unknown name":     {host: "evil.example:9001", from: near, header: script},
		"loopback, mapped":           {host: "evil.example:9001", from: "[::ffff:127.0.0.1]:5", header: script},
		"loopback, localhost":        {host: "localhost:9001", from: near, header: script, may: true},
		"loopback, HTTP/1.0":         {from: near, header: script, may: true},
		"browser, with a password":   {conf: config.Server{Username: "u", Password: "p"}, host: "evil.example", from: near, header: browser, may: true},
		"browser, proxy to a socket": {conf: config.Server{Network: "unix"}, host: "pub.example", from: "@", header: browser, may: true},
	} {
		if tt.conf.Network == "" {
			tt.conf.Network, tt.conf.Port = "tcp", 9001
		}
		e := &endpoint{conf: tt.conf, hosts: newHosts(tt.conf, nil), auth: newCredentials(tt.conf)}
		why := e.mayRead(&http.Request{Method: "GET", Host: tt.host, RemoteAddr: tt.from, Header: tt.header})
		if (why == nil) != tt.may {
			t.Errorf("%s: %+v", name, why)
		}
		if why != nil && !why.Read {
			t.Errorf("%s: refused as an action", name)
		}
	}
}
