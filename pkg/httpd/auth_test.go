package httpd

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"supervisord/pkg/config"
)

const page401 = "<head>\r\n<title>Error response</title>\r\n</head>\r\n<body>\r\n<h1>Error response</h1>\r\n" +
	"<p>Error code 401.\r\n<p>Message: Unauthorized.\r\n</body>\r\n"

func basic(userpass string) string {
	return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(userpass))
}

func locked(tcp, unix *config.Server) {
	tcp.Username, tcp.Password = "joe", "se:cret"
	// The SHA-1 of "thepassword".
	unix.Username, unix.Password = "joe", "{SHA}82ab876d1387bfafe46cc1c8a2ef074eae50cb1d"
}

// Every URL, also those that do not exist, asks for the password.
func TestEveryRouteIsLocked(t *testing.T) {
	s := serve(t, locked)
	examples := map[string][]string{
		"rpc":         {"/RPC2", "/RPC2x"},
		"logtail":     {"/logtail/cat", "/logtail", "/logtail/cat/stderr"},
		"mainlogtail": {"/mainlogtail"},
		"status":      {"/", "/index.html", "//", "/?action=stopall"},
		"tail":        {"/tail.html", "/tail.html?processname=cat"},
		"ok":          {"/ok.html"},
		"static":      {"/stylesheets/supervisor.css", "/images/icon.png"},
		"":            {"/nosuch", "/../x", "/%2e%2e/x"},
	}
	for i := range routes {
		if examples[routes[i].name] == nil {
			t.Errorf("no example of route %s", routes[i].name)
		}
	}
	for name, uris := range examples {
		for _, uri := range uris {
			for _, method := range []string{"GET", "POST", "HEAD", "PUT"} {
				a := ask(t, s.tcp, method, uri, "")
				if a.StatusCode != 401 || !a.Close || a.Header.Get("Www-Authenticate") != `Basic realm="default"` ||
					a.Header.Get("Content-Type") != "text/html" || method != "HEAD" && a.body != page401 {
					t.Errorf("%s: %s %s: %v %v %q", name, method, uri, a.Status, a.Header, a.body)
				}
			}
		}
	}
	if calls := s.fake.took(); calls != "" {
		t.Errorf("called: %s", calls)
	}
}

func TestCredentials(t *testing.T) {
	s := serve(t, locked)
	tests := []struct {
		header    string
		tcp, unix int
	}{
		{basic("joe:se:cret"), 200, 401},
		{basic("joe:thepassword"), 401, 200},
		{basic("jim:se:cret"), 401, 401},
		{basic("joe:"), 401, 401},
		{basic(":"), 401, 401},
		{basic("joe:{SHA}82ab876d1387bfafe46cc1c8a2ef074eae50cb1d"), 401, 401},
		{basic("joe:82ab876d1387bfafe46cc1c8a2ef074eae50cb1d"), 401, 401},
		{strings.Replace(basic("joe:se:cret"), "Basic", "bAsIc", 1), 200, 401},
		{strings.Replace(basic("joe:se:cret"), "Authorization", "AUTHORIZATION", 1), 200, 401},
		{basic("nocolon"), 401, 401},
		{"Authorization: Basic", 401, 401},
		{"Authorization: Basic !!!", 400, 400},
		{"Authorization: Basic abc", 400, 400},
		{"Authorization: Digest username=joe", 401, 401},
		{basic("joe:\xff"), 400, 400},
		{basic("joe:" + strings.Repeat("x", 10000)), 401, 401},
	}
	for _, tt := range tests {
		if got := ask(t, s.tcp, "GET", "/ok.html", "", tt.header).StatusCode; got != tt.tcp {
			t.Errorf("tcp: %.60s: %d", tt.header, got)
		}
		if got := ask(t, s.unix, "GET", "/ok.html", "", tt.header).StatusCode; got != tt.unix {
			t.Errorf("unix: %.60s: %d", tt.header, got)
		}
	}
}

// The digits of {SHA} are compared as they are written.
func TestSHAIsCaseSensitive(t *testing.T) {
	c := newCredentials(config.Server{Username: "joe", Password: "{SHA}82AB876D1387BFAFE46CC1C8A2EF074EAE50CB1D"})
	if c.match("joe", "thepassword") {
		t.Error("upper-case digits match")
	}
}

// Half a pair locks, rather than opens.
func TestHalfAPairLocks(t *testing.T) {
	for _, conf := range []config.Server{{Username: "joe"}, {Password: "x"}} {
		c := newCredentials(conf)
		if got := c.check(&http.Request{}); got != 401 {
			t.Errorf("%+v: %d", conf, got)
		}
	}
}
