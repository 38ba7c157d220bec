package httpd_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"supervisord/pkg/api"
	"supervisord/pkg/config"
	"supervisord/pkg/httpd"
)

func TestStatusPage(t *testing.T) {
	r := serve(t, httpd.Options{}, tcp)
	got := ask(t, r.addrs[0], get("/?message=%3Cb%3Ehello%3C/b%3E"))
	for name, want := range map[string]string{
		"Content-Type": "text/html;charset=utf-8", "Pragma": "no-cache", "Cache-Control": "no-cache",
		"Expires": "Thu, 01 Jan 1970 00:00:00 GMT",
	} {
		if h := got.header.Get(name); h != want {
			t.Errorf("%s: %q, want %q", name, h, want)
		}
	}
	// What pages that are scraped are searched for.
	for _, want := range []string{
		"<title>Supervisor Status</title>",
		`<div class="status_msg">&lt;b&gt;hello&lt;/b&gt;</div>`,
		`<span class="statusrunning">running</span>`,
		`<span class="statusnominal">stopped</span>`,
		`<span class="statuserror">fatal</span>`,
		`<a href="tail.html?processname=g%3Ajob" target="_blank">g:job</a>`,
		`href="logtail/g%3Ajob/stderr"`,
		`&lt;b&gt;&amp;&#34;broken&#34;&lt;/b&gt;`,
		`4.2.5`,
	} {
		if !strings.Contains(got.body, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	if strings.Contains(got.body, "<b>") {
		t.Error("something is not escaped")
	}
	// Rows go by group, then by name.
	bad, job, web := strings.Index(got.body, ">g:bad<"), strings.Index(got.body, ">g:job<"), strings.Index(got.body, ">web<")
	if !(0 < bad && bad < job && job < web) {
		t.Errorf("the rows are at %d, %d, %d", bad, job, web)
	}
	if !strings.Contains(ask(t, r.addrs[0], get("//index.html")).body, `<div class="hidden">#</div>`) {
		t.Error("there is a message although none was given")
	}
	r.infos = nil
	if got := ask(t, r.addrs[0], get("/index.html")); !strings.Contains(got.body, "No programs to manage") {
		t.Error("nothing is said of no programs")
	}
}

// ctime is what follows "at" in a message.
var ctime = regexp.MustCompile(`[A-Z][a-z]{2} [A-Z][a-z]{2} [ 1-3]\d \d\d:\d\d:\d\d \d{4}$`)

func TestActions(t *testing.T) {
	r := serve(t, httpd.Options{}, tcp)
	for _, c := range []struct {
		query   string
		err     error
		message string // @ stands for the time
		calls   string
	}{
		{"action=refresh", nil, "Page refreshed at @", ""},
		{"action=stopall", nil, "All stopped at @", "stopall true"},
		{"action=restartall", nil, "All restarted at @", "stopall true, startall true"},
		{"action=start&processname=g:job", nil, "Process g:job started", "start g:job true"},
		{"action=start&processname=g%3Ajob", api.NoFile.Fault("x"), "ERROR: Process g:job: no such file", "start g:job true"},
		{"action=start&processname=web", api.NotExecutable.Fault("x"), "ERROR: Process web: file not executable", "start web true"},
		{"action=start&processname=web", api.AlreadyStarted.Fault("x"), "ERROR: Process web: already started", "start web true"},
		{"action=start&processname=web", api.SpawnError.Fault("x"), "ERROR: Process web: spawn error", "start web true"},
		{"action=start&processname=web", api.AbnormalTermination.Fault("x"), "ERROR: Process web: abnormal termination", "start web true"},
		{"action=start&processname=web", api.Failed.Fault("x"), "ERROR: Process web: unexpected rpc fault [30] FAILED: x", "start web true"},
		{"action=stop&processname=web", nil, "Process web stopped", "stop web true"},
		{"action=stop&processname=g:job", nil, "unexpected rpc fault [70] NOT_RUNNING: g:job", "stop g:job true"},
		{"action=restart&processname=g:job", nil, "Process g:job restarted", "stop g:job true, start g:job true"},
		{"action=clearlog&processname=web", nil, "Log for web cleared", "clear web"},
		{"action=stop&processname=nope", nil, "No such process named nope", ""},
		{"action=stop&processname=g:*", nil, "No such process named g:*", ""},
		{"action=stop&processname=g:", nil, "No such process named g:", ""},
		{"action=stop&action=stopall&processname=web", nil, "Process web stopped", "stop web true"},
	} {
		for _, method := range []string{"GET", "POST"} {
			r.startErr = c.err
			request := get("/index.html?" + c.query)
			if method == "POST" {
				if strings.Count(c.query, "action=") > 1 {
					continue // of a body the last counts
				}
				request = post("/index.html", "application/x-www-form-urlencoded", c.query)
			}
			got := ask(t, r.addrs[0], request)
			text, ok := strings.CutPrefix(got.header.Get("Location"), "http://127.0.0.1/?message=")
			message, err := url.PathUnescape(text)
			if strings.HasSuffix(c.message, "@") {
				message = ctime.ReplaceAllString(message, "@")
			}
			if got.status != 301 || !ok || err != nil || message != c.message {
				t.Errorf("%s %s: %d, %q", method, c.query, got.status, got.header.Get("Location"))
			}
			if calls := r.took(); calls != c.calls {
				t.Errorf("%s %s: did %q, want %q", method, c.query, calls, c.calls)
			}
		}
	}
	for _, query := range []string{"action=dance", "action=dance&processname=web", "action=start"} {
		if got := ask(t, r.addrs[0], get("/index.html?"+query)); got.status != 500 {
			t.Errorf("%s: %d", query, got.status)
		}
	}
	if !r.logged("ERRO Web interface error:") || r.took() != "" {
		t.Error("a wrong action is not in the log, or has done something")
	}
	for host, want := range map[string]string{"127.0.0.1:80": "127.0.0.1", "localhost:9001": "localhost:9001"} {
		got := ask(t, r.addrs[0], strings.Replace(get("/?action=refresh"), "127.0.0.1", host, 1))
		if l := got.header.Get("Location"); !strings.HasPrefix(l, "http://"+want+"/?message=Page%20refreshed") {
			t.Errorf("%s: %s", host, l)
		}
	}
}

// What a browser asks for on behalf of another site is refused, and a page says
// why; what scripts and our own pages ask for is done.
func TestWhoseWish(t *testing.T) {
	allowed := func(config.Server) []string { return []string{"panel.example"} }
	r := serve(t, httpd.Options{AllowedHosts: allowed}, tcp)
	page := ask(t, r.addrs[0], get("/")).body
	m := regexp.MustCompile(`name="token" value="([^"]{20,})"`).FindStringSubmatch(page)
	if m == nil {
		t.Fatal("the page has no token")
	}
	own := "http://127.0.0.1"
	for name, c := range map[string]struct {
		method, host, token string
		headers             []string
		status              int
	}{
		"script":                  {"GET", "127.0.0.1", "", nil, 301},
		"script posts":            {"POST", "127.0.0.1", "", nil, 301},
		"script, localhost":       {"GET", "LocalHost:9001", "", nil, 301},
		"script, IPv6":            {"GET", "[::1]:9001", "", nil, 301},
		"own link":                {"GET", "127.0.0.1", "", []string{"Referer: " + own + "/index.html"}, 301},
		"own link, new browser":   {"GET", "127.0.0.1", "", []string{"Sec-Fetch-Site: same-origin"}, 301},
		"typed in":                {"GET", "127.0.0.1", "", []string{"Sec-Fetch-Site: none"}, 301},
		"own form":                {"POST", "127.0.0.1", m[1], []string{"Origin: " + own, "Referer: " + own + "/"}, 301},
		"own form, allowed name":  {"POST", "panel.example", m[1], []string{"Origin: http://panel.example"}, 301},
		"own form behind a proxy": {"POST", "127.0.0.1", m[1], []string{"Origin: https://panel.example"}, 301},
		"form without token":      {"POST", "127.0.0.1", "", []string{"Origin: " + own}, 403},
		"form with a wrong token": {"POST", "127.0.0.1", strings.Repeat("0", len(m[1])), []string{"Origin: " + own}, 403},
		"foreign form":            {"POST", "127.0.0.1", "", []string{"Origin: http://evil.example"}, 403},
		"foreign form, token":     {"POST", "127.0.0.1", m[1], []string{"Origin: http://evil.example"}, 403},
		"other port":              {"POST", "127.0.0.1:9001", m[1], []string{"Origin: http://127.0.0.1:8000"}, 403},
		"sandboxed form":          {"POST", "127.0.0.1", m[1], []string{"Origin: null"}, 403},
		"foreign image":           {"GET", "127.0.0.1", "", []string{"Referer: http://evil.example/"}, 403},
		"sneaky referer":          {"GET", "127.0.0.1", "", []string{"Referer: http://127.0.0.1.evil.example/"}, 403},
		"user in referer":         {"GET", "127.0.0.1", "", []string{"Referer: http://127.0.0.1@evil.example/"}, 403},
		"foreign link":            {"GET", "127.0.0.1", "", []string{"Sec-Fetch-Site: cross-site"}, 403},
		"sister site":             {"GET", "127.0.0.1", "", []string{"Sec-Fetch-Site: same-site"}, 403},
		"rebound name":            {"GET", "evil.example", "", []string{"Sec-Fetch-Site: same-origin"}, 403},
		"unknown name":            {"GET", "evil.example:9001", "", nil, 403},
		"allowed name":            {"GET", "panel.example:9001", "", nil, 301},
	} {
		t.Run(name, func(t *testing.T) {
			request := get("/index.html?action=stopall", c.headers...)
			if c.method == "POST" {
				body := "action=stopall"
				if c.token != "" {
					body += "&token=" + c.token
				}
				request = post("/index.html", "application/x-www-form-urlencoded", body, c.headers...)
			}
			request = strings.Replace(request, "Host: 127.0.0.1", "Host: "+c.host, 1)
			got, calls := ask(t, r.addrs[0], request), r.took()
			if got.status != c.status || (calls != "") != (c.status == 301) {
				t.Errorf("%d, did %q, want %d", got.status, calls, c.status)
			}
			if c.status == 403 && !strings.Contains(got.body, "Nothing was done") {
				t.Errorf("not explained: %s", got.body)
			}
		})
	}
}

// While supervisord goes down the buttons do nothing.
func TestActionsWhileShuttingDown(t *testing.T) {
	r := serve(t, httpd.Options{}, tcp)
	r.mu.Lock()
	r.down = true
	r.mu.Unlock()
	ask(t, r.addrs[0], get("/?action=stopall"))
	ask(t, r.addrs[0], get("/?action=start&processname=web"))
	if calls := r.took(); calls != "" {
		t.Errorf("did %s", calls)
	}
}

func TestTailPage(t *testing.T) {
	r := serve(t, httpd.Options{}, tcp)
	r.write("web.out", "first"+strings.Repeat("<", 5000)+"last\n")
	for _, c := range []struct{ query, text string }{
		{"", "No process name found"},
		{"?processname=", "No process name found"},
		{"?processname=g:job", "No file for g:job"},
		{"?processname=nope", "ERROR: unexpected rpc fault [10] BAD_NAME: nope"},
		{"?processname=web", "<title>Supervisor tail of process web</title>"},
		{"?processname=web", "tail.html?processname=web&amp;limit=1024"},
		{"?processname=web", strings.Repeat("&lt;", 1019) + "last"},
		{"?processname=web&limit=12", strings.Repeat("&lt;", 1019) + "last"},
		{"?processname=web&limit=x", strings.Repeat("&lt;", 1019) + "last"},
		{"?processname=web&limit=6000", "first&lt;"},
		{"?processname=web&limit=6000", "limit=6000"},
		{"?processname=web&limit=99999999999999999999999", "first&lt;"},
		{"?processname=/etc/passwd", "BAD_NAME: /etc/passwd"},
	} {
		got := ask(t, r.addrs[0], get("/tail.html"+c.query))
		if got.status != 200 || !strings.Contains(got.body, c.text) {
			t.Errorf("%s: %d, no %.60q in %.300q", c.query, got.status, c.text, got.body)
		}
	}
	short := ask(t, r.addrs[0], get("/tail.html?processname=web&limit=12")).body
	if n := strings.Count(short, "&lt;"); n != 1019 {
		t.Errorf("%d bytes of the log", n)
	}
}

func TestStaticFiles(t *testing.T) {
	r := serve(t, httpd.Options{}, tcp)
	for path, kind := range map[string]string{
		"/stylesheets/supervisor.css": "text/css", "/images/icon.png": "image/png", "/images/rule.gif": "image/gif",
		"/images/state0.gif": "image/gif", "/images/state1.gif": "image/gif", "/images/state2.gif": "image/gif",
		"/images/state3.gif": "image/gif", "/images/supervisor.gif": "image/gif",
	} {
		got := ask(t, r.addrs[0], get(path))
		if got.status != 200 || len(got.body) == 0 || !strings.HasPrefix(got.header.Get("Content-Type"), kind) {
			t.Errorf("%s: %d, %d bytes, %v", path, got.status, len(got.body), got.header)
		}
		since := "If-Modified-Since: " + got.header.Get("Last-Modified")
		if again := ask(t, r.addrs[0], get(path, since)); again.status != 304 {
			t.Errorf("%s again: %d", path, again.status)
		}
		head := ask(t, r.addrs[0], strings.Replace(get(path), "GET", "HEAD", 1))
		if head.status != 200 || head.body != "" || head.header.Get("Content-Length") != got.header.Get("Content-Length") {
			t.Errorf("%s, HEAD: %v", path, head)
		}
	}
	for _, path := range []string{"/images/", "/images", "/ui/status.html", "/status.html", "/images/../status.html",
		"/../server.go", "/images/%2e%2e/status.html", "/%2e%2e/%2e%2e/etc/passwd", "/stylesheets/x.css"} {
		if got := ask(t, r.addrs[0], get(path)); got.status != 404 {
			t.Errorf("%s: %d", path, got.status)
		}
	}
}

// Behind a proxy that passes its own name on, the pages can be read.
func TestReadingBehindProxy(t *testing.T) {
	r := serve(t, httpd.Options{}, tcp)
	for _, path := range []string{"/", "/index.html?message=x", "/tail.html?processname=web"} {
		request := strings.Replace(get(path), "127.0.0.1", "www.example.com", 1)
		if got := ask(t, r.addrs[0], request); got.status != 200 {
			t.Errorf("%s: %d %q", path, got.status, got.body)
		}
	}
}
