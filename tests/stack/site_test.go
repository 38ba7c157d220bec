// Package stack walks the site of an operator who runs nginx, uWSGI, Django,
// Tomcat and gunicorn under the daemon, with the real programs of Debian, and
// does by the real client what such an operator does.
package stack

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"supervisord/tests/harness"
)

func TestMain(m *testing.M) { os.Exit(harness.Main(m)) }

// site is a whole site, laid out by scripts/stack in the daemon's directory.
type site struct {
	*harness.Daemon
	t     *testing.T
	ports map[string]string // by placeholder: NGINX_PORT and so on
}

// newSite lays out a site that needs these programs, and starts nothing.
func newSite(t *testing.T, needs ...string) *site {
	t.Helper()
	harness.Need(t, append(needs, "/usr/bin/python3", "uwsgi", "nginx", "django-admin")...)
	s := &site{Daemon: harness.New(t), t: t, ports: map[string]string{}}
	names := []string{"NGINX_PORT", "UWSGI_PORT", "HTTP_PORT", "DEV_PORT", "RUNSERVER_PORT", "GUNICORN_PORT", "TOMCAT_PORT"}
	for i, port := range harness.FreePorts(t, len(names)) {
		s.ports[names[i]] = fmt.Sprint(port)
		s.Env = append(s.Env, fmt.Sprintf("%s=%d", names[i], port))
	}
	root, err := harness.Root()
	if err != nil {
		t.Fatal(err)
	}
	if r := s.Command(filepath.Join(root, "scripts", "stack"), s.Dir); r.Code != 0 {
		t.Fatalf("cannot lay out the site: %v", r)
	}
	return s
}

// configure writes the configuration as an operator does: what the daemon
// prints as a sample, with its files moved to the site, and at its end the
// programs by the names of their templates.
func (s *site) configure(templates ...string) {
	s.t.Helper()
	s.write(templates, nil)
}

// write is configure, with words replaced in the sections of the programs.
func (s *site) write(templates []string, replace *strings.Replacer) {
	s.t.Helper()
	text := strings.ReplaceAll(harness.SampleConfig(s.t), "/tmp/", s.Dir+"/")
	for _, name := range templates {
		section := s.Read("conf.d/" + name + ".conf")
		if section == "" {
			s.t.Fatalf("conf/stack/programs has no %s.conf", name)
		}
		if replace != nil {
			section = replace.Replace(section)
		}
		text += "\n" + section
	}
	s.Write("supervisord.conf", text)
}

// url is an address of the server that has a port by this placeholder.
func (s *site) url(port, path string) string {
	return "http://127.0.0.1:" + s.ports[port] + path
}

// await waits for a page with a text.
func (s *site) await(url string, status int, text string) string {
	s.t.Helper()
	return harness.AwaitPage(s.t, url, status, func(body string) bool {
		return strings.Contains(body, text)
	})
}

// get fetches a page that must be there.
func (s *site) get(url string, status int, text string) string {
	s.t.Helper()
	got, body, err := harness.Get(url)
	if err != nil || got != status || !strings.Contains(body, text) {
		s.t.Fatalf("GET %s: status %d (want %d), %v, body %.500q (want %q)", url, got, status, err, body, text)
	}
	return body
}

// greet changes the greeting in the code of the site.
func (s *site) greet(greeting string) {
	s.t.Helper()
	const file = "mysite/hello/views.py"
	var changed []string
	lines := bufio.NewScanner(strings.NewReader(s.Read(file)))
	for lines.Scan() {
		line := lines.Text()
		if strings.HasPrefix(line, "GREETING = ") {
			line = fmt.Sprintf("GREETING = %q", greeting)
		}
		changed = append(changed, line)
	}
	s.Write(file, strings.Join(changed, "\n")+"\n")
}

// servedBy is the process that made a page.
func servedBy(t *testing.T, page string) int {
	t.Helper()
	var pid int
	_, after, _ := strings.Cut(page, `<b id="pid">`)
	if _, err := fmt.Sscanf(after, "%d", &pid); err != nil {
		t.Fatalf("the page names no process: %v\n%s", err, page)
	}
	return pid
}

// port is nil once nobody holds a port any more.
func (s *site) released(port string) error {
	if _, _, err := harness.Get(s.url(port, "/")); err == nil {
		return fmt.Errorf("port %s is still served", s.ports[port])
	}
	return nil
}
