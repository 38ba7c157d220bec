package system

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"supervisord/tests/harness"
)

// logging-web, URLs: every page and file that there is, and what it is.
func TestPages(t *testing.T) {
	t.Parallel()
	site, d := webDaemon(t)
	for _, c := range []struct{ path, kind, holds string }{
		{"/", "text/html;charset=utf-8", "tail.html?processname=cat"},
		{"/index.html", "text/html;charset=utf-8", ">Restart</"},
		{"/index.html?message=Hello%20%3Cyou%3E", "text/html;charset=utf-8", "Hello &lt;you"},
		{"/tail.html?processname=cat", "text/html;charset=utf-8", "one line &amp; more"},
		{"/tail.html?processname=cat&limit=1024", "text/html;charset=utf-8", "tail.html?processname=cat&amp;limit=1024"},
		{"/tail.html", "text/html;charset=utf-8", "No process name found"},
		{"/ok.html", "text/plain", "OK"},
		{"/stylesheets/supervisor.css", "text/css", "{"},
		{"/images/icon.png", "image/png", ""},
		{"/images/rule.gif", "image/gif", "GIF8"},
		{"/images/state0.gif", "image/gif", "GIF8"},
		{"/images/state1.gif", "image/gif", "GIF8"},
		{"/images/state2.gif", "image/gif", "GIF8"},
		{"/images/state3.gif", "image/gif", "GIF8"},
		{"/images/supervisor.gif", "image/gif", "GIF8"},
	} {
		response, err := http.Get(site + c.path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		text := string(body)
		if harness.Oracle() { // it leaves some signs as they are
			c.holds = strings.ReplaceAll(c.holds, "&amp;", "&")
			text = strings.ReplaceAll(text, "&amp;", "&")
		}
		if err != nil || response.StatusCode != 200 || !strings.Contains(text, c.holds) {
			t.Errorf("%s: status %d, %v, want %q in %q", c.path, response.StatusCode, err, c.holds, text)
		}
		if kind := response.Header.Get("Content-Type"); kind != c.kind {
			t.Errorf("%s: %s", c.path, kind)
		}
	}
	d.Ctl("stop", "cat").Want(t, 0, "cat: stopped\n")
	if _, body, err := harness.Get(site + "/"); err != nil || !strings.Contains(body, "statusnominal") || !strings.Contains(body, ">Start</") {
		t.Errorf("cat is stopped, %v: %s", err, body)
	}
}

// webDaemon is a daemon with a site and a program that has written a line.
func webDaemon(t *testing.T, options ...string) (site string, d *harness.Daemon) {
	t.Helper()
	port := harness.FreePorts(t, 1)[0]
	d = daemon(t, section("inet_http_server", append([]string{fmt.Sprintf("port=127.0.0.1:%d", port)}, options...)...)+
		section("program:cat", "command=cat", "stdout_logfile=%(here)s/cat.log"))
	d.AwaitState("cat", "RUNNING")
	d.RPC("supervisor.sendProcessStdin", "cat", "one line & more\n")
	d.AwaitFile("cat.log", "one line & more\n")
	return fmt.Sprintf("http://127.0.0.1:%d", port), d
}

// Names under which browsers may reach the server: the page of a name that was
// pointed at us by somebody else is refused, and its actions do nothing.
func TestAllowedHosts(t *testing.T) {
	t.Parallel()
	if harness.Oracle() {
		t.Skip("the original has no such option")
	}
	site, d := webDaemon(t, "allowed_hosts=proxy.example, other.example")
	ask := func(host string) int {
		t.Helper()
		request, err := http.NewRequest("GET", site+"/index.html?processname=cat&action=stop", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Host = host
		request.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0")
		response, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		return response.StatusCode
	}
	if status := ask("evil.example"); status != http.StatusForbidden {
		t.Errorf("evil.example: %d", status)
	}
	d.AwaitState("cat", "RUNNING")
	if status := ask("proxy.example"); status != http.StatusMovedPermanently {
		t.Errorf("proxy.example: %d", status)
	}
	d.AwaitState("cat", "STOPPED")
}

// Sections whose names begin so open further servers; a password on one is none
// on the other.
func TestFurtherServers(t *testing.T) {
	t.Parallel()
	ports := harness.FreePorts(t, 2)
	d := daemon(t, section("inet_http_server", fmt.Sprintf("port=127.0.0.1:%d", ports[0]))+
		section("inet_http_server:two", fmt.Sprintf("port=127.0.0.1:%d", ports[1]), "username=ada", "password=a:b%%c")+
		section("unix_http_serverxyz", "file=%(here)s/two.sock", "chmod=0777"))
	for port, want := range map[int]int{ports[0]: 200, ports[1]: 401} {
		if status, _, err := harness.Get(fmt.Sprintf("http://127.0.0.1:%d/ok.html", port)); err != nil || status != want {
			t.Errorf("port %d: %d, %v", port, status, err)
		}
	}
	for _, args := range [][]string{
		{"-s", "unix://" + d.Path("two.sock"), "pid"},
		{"-s", fmt.Sprintf("http://127.0.0.1:%d", ports[0]), "pid"},
		{"-s", fmt.Sprintf("http://127.0.0.1:%d", ports[1]), "-u", "ada", "-p", "a:b%c", "pid"},
	} {
		d.Ctl(args...).Want(t, 0, fmt.Sprintln(d.Pid()))
	}
}

// A restart takes the port over that has just served somebody.
func TestRestartAfterRequest(t *testing.T) {
	t.Parallel()
	site, d := webDaemon(t)
	for n := 2; n <= 3; n++ {
		response, err := http.Get(site + "/ok.html") // stays connected
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		d.Ctl("reload").Want(t, 0, "Restarted supervisord\n")
		harness.Await(t, harness.Limit, "it has started again", func() error {
			if got := strings.Count(d.Log(), "supervisord started with pid"); got != n {
				return fmt.Errorf("%d times", got)
			}
			return nil
		})
		harness.AwaitPage(t, site+"/ok.html", 200, nil)
	}
	d.AwaitState("cat", "RUNNING")
}

// supervisorctl with a name and a password that are long. (The original's tail -f
// is refused then.)
func TestLongPassword(t *testing.T) {
	t.Parallel()
	name, password := strings.Repeat("u", 70), strings.Repeat("w:", 40)
	site, d := webDaemon(t, "username="+name, "password="+password)
	login := []string{"-c", d.Conf, "-s", site, "-u", name, "-p", password}
	d.Command(harness.ClientPath(), append(login, "tail", "cat")...).Want(t, 0, "one line & more\n\n")
	follow := exec.Command(harness.ClientPath(), append(login, "tail", "-f", "cat")...)
	out, err := follow.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := follow.Start(); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(harness.Limit, func() { _ = follow.Process.Kill() })
	defer late.Stop()
	shown := bufio.NewReader(out)
	want := "==> Press Ctrl-C to exit <==\none line & more\n"
	if harness.Oracle() {
		want = "==> Press Ctrl-C to exit <==\n"
	}
	got := make([]byte, len(want))
	if _, err := io.ReadFull(shown, got); err != nil || string(got) != want {
		t.Errorf("%q, %v", got, err)
	}
	if err := follow.Process.Signal(os.Interrupt); err != nil && !harness.Oracle() {
		t.Error(err)
	}
	if _, err := io.Copy(io.Discard, shown); err != nil {
		t.Error(err)
	}
	if err := follow.Wait(); err != nil && !harness.Oracle() {
		t.Error(err)
	}
}
