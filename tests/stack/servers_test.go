package stack

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"supervisord/tests/harness"
)

// TestMasterAndWorkers runs uWSGI from its ini file: a master that holds the
// socket, and four workers.
func TestMasterAndWorkers(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.configure("nginx", "my_ini")
	s.Write("mysite/mysite/slow.py", strings.ReplaceAll(slowPage, "DIR", s.Dir))
	s.Write("mysite/mysite/urls.py", s.Read("mysite/mysite/urls.py")+slowURL)
	home := s.url("NGINX_PORT", "/")
	s.Start()
	s.AwaitAll("RUNNING")
	master := s.PidOf("my")
	if maker := servedBy(t, s.await(home, 200, "Hello from Django")); maker == master {
		t.Errorf("the master %d itself made the page", maker)
	}

	t.Run("worker killed", func(t *testing.T) {
		worker := servedBy(t, s.get(home, 200, ""))
		if err := harness.Kill(worker, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		s.await(home, 200, "Hello from Django") // the master makes another
		if s.PidOf("my") != master {
			t.Errorf("the master was %d, is %d", master, s.PidOf("my"))
		}
	})
	t.Run("master killed", func(t *testing.T) { killMaster(t, s, master, home) })
	t.Run("stop all", func(t *testing.T) {
		s.Ctl("stop", "all").WantLines(t, 0, "my: stopped", "nginx: stopped")
		if family := s.Processes(); len(family) != 1 {
			t.Errorf("besides the daemon there are left: %v", family)
		}
		if err := errors.Join(s.released("UWSGI_PORT"), s.released("NGINX_PORT")); err != nil {
			t.Error(err)
		}
		s.Ctl("start", "all").WantLines(t, 0, "my: started", "nginx: started")
		s.await(home, 200, "Hello from Django")
	})
	t.Run("stop by TERM", func(t *testing.T) { stopByTerm(t, s, home) })
}

// stopByTerm stops uWSGI by the default signal, which it takes for "reload":
// stopasgroup ends the workers, killasgroup the master and those it has made
// anew meanwhile.
func stopByTerm(t *testing.T, s *site, home string) {
	s.write([]string{"nginx", "my_ini"}, strings.NewReplacer("stopsignal=QUIT\nstopasgroup", "stopwaitsecs=2\nstopasgroup"))
	s.Ctl("update").Want(t, 0, "my: stopped\nmy: updated process group\nnginx: stopped\nnginx: updated process group\n")
	s.AwaitAll("RUNNING")
	s.await(home, 200, "Hello from Django")
	s.Ctl("stop", "my").Want(t, 0, "my: stopped\n")
	harness.Await(t, harness.Limit, "nothing of uWSGI is left", func() error {
		for _, p := range s.Processes() {
			if strings.Contains(p.Command, "uwsgi") {
				return fmt.Errorf("%v", p)
			}
		}
		return s.released("UWSGI_PORT")
	})
}

// slowPage keeps a worker busy, after it has said which one.
const slowPage = `import os, time

def page(request):
    with open("DIR/slow", "w") as file:
        print(os.getpid(), file=file)
    time.sleep(600)
`

const slowURL = `
from mysite import slow
urlpatterns.append(path("slow/", slow.page))
`

// killMaster kills the master while one of its workers is busy. The idle ones
// notice and end; the busy one does not, and holds the socket. What is left of
// the process group must be ended before the program is started again.
func killMaster(t *testing.T, s *site, master int, home string) {
	var workers []harness.Process // and the master
	harness.Await(t, harness.Limit, "the master has 4 workers", func() (err error) {
		if workers, err = harness.GroupMembers(master); err == nil && len(workers) != 5 {
			return fmt.Errorf("%v", workers)
		}
		return err
	})
	asked := make(chan error, 1)
	go func() {
		_, _, err := harness.Get(home + "slow/")
		asked <- err
	}()
	s.AwaitFile("slow", "\n")
	busy, err := strconv.Atoi(strings.TrimSpace(s.Read("slow")))
	if err != nil || !holds(workers, busy) {
		t.Fatalf("worker %d is none of %v: %v", busy, workers, err)
	}
	if err := harness.Kill(master, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if harness.Oracle() {
		// The new master cannot have the socket until somebody ends the old workers.
		s.AwaitFile("log/my.log", "Address already in use")
		for _, w := range workers {
			_ = harness.Kill(w.Pid, syscall.SIGKILL)
		}
	}
	s.AwaitNewPid("my", master)
	<-asked // answered by an error page, or not at all
	maker := servedBy(t, s.await(home, 200, "Hello from Django"))
	if left, err := harness.GroupMembers(master); err != nil || len(left) > 0 {
		t.Errorf("left of the old group: %v, %v", left, err)
	}
	if family, err := harness.GroupMembers(s.PidOf("my")); err != nil || !holds(family, maker) {
		t.Errorf("the page was made by %d, which is none of %v, %v", maker, family, err)
	}
	if !harness.Oracle() && strings.Contains(s.Read("log/my.log"), "Address already in use") {
		t.Errorf("the new master found the socket in use")
	}
}

func holds(family []harness.Process, pid int) bool {
	for _, p := range family {
		if p.Pid == pid {
			return true
		}
	}
	return false
}

// TestServers runs the site in every other way there is: each answers, and each
// stops without leaving anything behind.
func TestServers(t *testing.T) {
	t.Parallel()
	s := newSite(t, "gunicorn")
	s.configure("test", "runserver", "gunicorn")
	s.Start()
	s.AwaitAll("RUNNING")
	s.await(s.url("HTTP_PORT", "/"), 200, "Hello World")
	s.await(s.url("RUNSERVER_PORT", "/"), 200, "Hello from Django")
	s.await(s.url("GUNICORN_PORT", "/"), 200, "Hello from Django")

	s.Ctl("stop", "all").WantLines(t, 0, "gunicorn: stopped", "runserver: stopped", "test: stopped")
	if family := s.Processes(); len(family) != 1 {
		t.Errorf("besides the daemon there are left: %v", family)
	}
	s.Ctl("start", "all").WantLines(t, 0, "gunicorn: started", "runserver: started", "test: started")
	s.await(s.url("GUNICORN_PORT", "/"), 200, "Hello from Django")
	s.await(s.url("RUNSERVER_PORT", "/"), 200, "Hello from Django")
}

// awaitEdit changes the greeting and waits for it on all pages. A server that
// has only just come up may not look at its files yet, and takes what it finds
// when it begins for unchanged: so the file is saved again now and then.
func (s *site) awaitEdit(greeting string, pages ...string) {
	s.t.Helper()
	var saved time.Time
	harness.Await(s.t, harness.Limit, "all pages show "+greeting, func() error {
		if time.Since(saved) > 3*time.Second {
			s.greet(greeting)
			saved = time.Now()
		}
		for _, page := range pages {
			if status, body, err := harness.Get(page); err != nil || status != 200 || !strings.Contains(body, greeting) {
				return fmt.Errorf("%s: %d, %v", page, status, err)
			}
		}
		return nil
	})
}

// TestAutoreload edits the code of the site under servers that look for that
// themselves: the page changes without a restart, and the daemon has no part
// in it.
func TestAutoreload(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.configure("dev", "runserver")
	s.Start()
	s.AwaitAll("RUNNING")
	dev, runserver := s.url("DEV_PORT", "/"), s.url("RUNSERVER_PORT", "/")
	s.await(dev, 200, "Hello from Django")
	s.await(runserver, 200, "Hello from Django")
	before := []int{s.PidOf("dev"), s.PidOf("runserver")}
	s.awaitEdit("Good evening from Django", dev, runserver)
	if after := []int{s.PidOf("dev"), s.PidOf("runserver")}; after[0] != before[0] || after[1] != before[1] {
		t.Errorf("restarted by the daemon: pids %v before, %v after", before, after)
	}
}

// TestTomcat runs Tomcat in the foreground, as its own user where that is
// possible, and fills its log past the 20 MB at which it is rotated.
func TestTomcat(t *testing.T) {
	t.Parallel()
	s := newSite(t, "/usr/share/tomcat10/bin/catalina.sh", "java")
	s.configure("xx")
	s.Write("tomcat/webapps/ROOT/fill.jsp", fillPage)
	s.Start()
	s.AwaitState("xx", "RUNNING") // ten seconds after its start
	page := s.await(s.url("TOMCAT_PORT", "/"), 200, "Hello from Tomcat")
	pid := s.PidOf("xx")
	if !strings.Contains(page, fmt.Sprintf("process %d\n", pid)) {
		t.Errorf("xx is %d, but: %s", pid, page) // catalina.sh run becomes java
	}
	if os.Getuid() == 0 {
		info, err := os.Stat(fmt.Sprintf("/proc/%d", pid))
		if err != nil || info.Sys().(*syscall.Stat_t).Uid == 0 {
			t.Errorf("Tomcat runs as root: %v", err)
		}
	}
	t.Run("log", func(t *testing.T) { fillLog(t, s) })
	t.Run("killed", func(t *testing.T) {
		if err := harness.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		// It serves long before the ten seconds have passed that make it RUNNING.
		s.await(s.url("TOMCAT_PORT", "/"), 200, "Hello from Tomcat")
		if r := s.Ctl("status", "xx"); r.Code != 0 || !strings.Contains(r.Stdout, "STARTING") {
			t.Errorf("%v", r)
		}
	})
	s.Ctl("stop", "xx").Want(t, 0, "xx: stopped\n")
	if family := s.Processes(); len(family) != 1 {
		t.Errorf("besides the daemon there are left: %v", family)
	}
}

// fillPage writes numbered lines of 100 bytes to Tomcat's standard output.
const fillPage = `<%
int lines = Integer.parseInt(request.getParameter("lines"));
StringBuilder text = new StringBuilder();
for (int i = 0; i < lines; i++) {
    text.append(String.format("fill %09d ", i)).append("x".repeat(84)).append('\n');
    if (text.length() > 60000 || i == lines - 1) {
        System.out.print(text);
        text.setLength(0);
    }
}
System.out.flush();
%>filled`

// fillLog writes 45 MB: two files of 20 MB are put aside, and no line is lost.
func fillLog(t *testing.T, s *site) {
	const lines, limit = 450_000, 20 << 20
	s.get(s.url("TOMCAT_PORT", fmt.Sprintf("/fill.jsp?lines=%d", lines)), 200, "filled")
	name := func(n string) string { return s.Path("tomcat/logs/catalina.out" + n) }
	s.AwaitFile("tomcat/logs/catalina.out", fmt.Sprintf("fill %09d ", lines-1))

	names, err := filepath.Glob(name("*"))
	if err != nil || len(names) != 3 {
		t.Fatalf("want catalina.out, .1 and .2: %v, %v", names, err)
	}
	for _, backup := range []string{".1", ".2"} {
		info, err := os.Stat(name(backup))
		if err != nil || info.Size() < limit-(64<<10) || info.Size() > limit+(256<<10) {
			t.Errorf("catalina.out%s: %v, %v, want about 20 MB", backup, info, err)
		}
	}
	text := s.Read("tomcat/logs/catalina.out.2") + s.Read("tomcat/logs/catalina.out.1") + s.Read("tomcat/logs/catalina.out")
	next := 0
	for _, line := range strings.Split(text, "\n") {
		var n int
		if _, err := fmt.Sscanf(line, "fill %d ", &n); err != nil {
			continue // one of Tomcat's own
		}
		if n != next || len(line) != 99 {
			t.Fatalf("line %d where %d belongs: %q", n, next, line)
		}
		next++
	}
	if next != lines {
		t.Errorf("%d lines in the logs, want %d", next, lines)
	}
}
