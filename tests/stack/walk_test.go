package stack

import (
	"fmt"
	"strings"
	"syscall"
	"testing"

	"supervisord/tests/harness"
)

// TestWalk is a day of the operator: from the sample configuration to the
// shutdown, one step after another.
func TestWalk(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.configure("nginx", "my")
	home := s.url("NGINX_PORT", "/")

	t.Run("start", func(t *testing.T) {
		s.Start()
		rows := s.AwaitAll("RUNNING")
		if len(rows) != 2 || rows[0].Name != "my" || rows[1].Name != "nginx" {
			t.Fatalf("status: %v", rows)
		}
	})
	t.Run("pages", func(t *testing.T) {
		page := s.await(home+"?name=Ada", 200, "Hello from Django")
		if !strings.Contains(page, "Good day, Ada.") {
			t.Errorf("not a page of its own: %s", page)
		}
		if pid := servedBy(t, page); pid != s.PidOf("my") {
			t.Errorf("the page was made by %d, my is %d", pid, s.PidOf("my"))
		}
		s.get(home+"static/hello/page.css", 200, "darkgreen")
		s.get(home+"static/admin/css/base.css", 200, "DJANGO")
		s.get(home+"static/nothing.css", 404, "")
		s.get(home+"media/dot.svg", 200, "<circle")
		s.get(home+"nothing/", 404, "")
		s.get(home+"admin/login/", 200, "Log in")
	})
	t.Run("restart", func(t *testing.T) {
		before := s.PidOf("my")
		s.greet("Good morning from Django")
		s.get(home, 200, "Hello from Django") // the old code is still loaded
		s.Ctl("restart", "my").Want(t, 0, "my: stopped\nmy: started\n")
		if after := s.PidOf("my"); after == before {
			t.Errorf("my still is %d", after)
		}
		s.await(home, 200, "Good morning from Django")
	})
	t.Run("logs", func(t *testing.T) {
		s.Ctl("restart", "all").WantLines(t, 0, "my: stopped", "nginx: stopped", "my: started", "nginx: started")
		s.await(home, 200, "Good morning")
		if r := s.Ctl("tail", "-5000", "my"); r.Code != 0 || !strings.Contains(r.Stdout, "uWSGI") {
			t.Errorf("%v", r)
		}
		s.AwaitFile("log/my.log", "GET /") // uWSGI logs the request to what supervisord captures
		if r := s.Ctl("tail", "my"); r.Code != 0 || !strings.Contains(r.Stdout, "GET /") {
			t.Errorf("%v", r)
		}
		s.Ctl("tail", "nobody").Want(t, 1, "nobody: ERROR (no such process name)\n")
	})
	t.Run("pid", func(t *testing.T) {
		s.Ctl("pid").Want(t, 0, fmt.Sprintln(s.Pid()))
		for _, name := range []string{"my", "nginx"} {
			pid := s.PidOf(name)
			if p, ok := harness.Lookup(pid); !ok || p.Group != pid {
				t.Errorf("%s: %v does not lead a process group", name, p)
			}
		}
	})
	t.Run("application stopped", func(t *testing.T) {
		s.Ctl("stop", "my").Want(t, 0, "my: stopped\n")
		s.await(home, 502, "The site is down")
		s.get(home+"static/hello/page.css", 200, "darkgreen")
		if r := s.Ctl("status"); r.Code != 3 {
			t.Errorf("with a program stopped: %v", r)
		}
		s.Ctl("stop", "my").Want(t, 0, "my: ERROR (not running)\n")
		s.Ctl("start", "my").Want(t, 0, "my: started\n")
		s.await(home, 200, "Good morning")
		s.Ctl("start", "my").Want(t, 0, "my: ERROR (already started)\n")
	})
	t.Run("application killed", func(t *testing.T) {
		before := s.PidOf("my")
		if err := harness.Kill(before, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		after := s.AwaitNewPid("my", before)
		if pid := servedBy(t, s.await(home, 200, "Good morning")); pid != after {
			t.Errorf("the page was made by %d, my is %d", pid, after)
		}
		s.AwaitLog("exited: my (terminated by SIGKILL; not expected)")
	})
	t.Run("nginx killed", func(t *testing.T) {
		before := s.PidOf("nginx")
		workers, err := harness.Descendants(before)
		if err != nil || len(workers) != 2 {
			t.Fatalf("workers: %v, %v", workers, err)
		}
		if err := harness.Kill(before, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		if harness.Oracle() {
			// The workers hold the port, so that the new nginx cannot have it.
			for _, w := range workers {
				_ = harness.Kill(w.Pid, syscall.SIGKILL)
			}
		}
		s.AwaitNewPid("nginx", before)
		s.await(home, 200, "Good morning")
		for _, w := range workers {
			if err := harness.Gone(w.Pid); err != nil {
				t.Errorf("a worker of the nginx that was killed: %v", err)
			}
		}
	})
	t.Run("reread and update", func(t *testing.T) { walkUpdate(t, s, home) })
	t.Run("reload", func(t *testing.T) {
		daemon, before := s.Pid(), s.PidOf("nginx")
		s.Ctl("reload").Want(t, 0, "Restarted supervisord\n")
		harness.Await(t, harness.Limit, "all is up again", func() error {
			if r := s.Ctl("status"); r.Code != 0 || strings.Count(r.Stdout, "RUNNING") != 3 {
				return fmt.Errorf("%v", r)
			}
			if s.PidOf("nginx") == before {
				return fmt.Errorf("nginx has not been restarted")
			}
			return nil
		})
		if s.Pid() != daemon {
			t.Errorf("the daemon was %d, is %d", daemon, s.Pid())
		}
		s.await(home, 200, "Good morning")
	})
	t.Run("shutdown", func(t *testing.T) {
		daemon := s.Pid()
		s.Ctl("shutdown").Want(t, 0, "Shut down\n")
		s.AwaitEnd(daemon)
		if left := s.Processes(); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
		if r := s.Ctl("status"); r.Code != 4 {
			t.Errorf("with no daemon: %v", r)
		}
	})
}

// walkUpdate adds a program, changes it and takes another server for the site.
func walkUpdate(t *testing.T, s *site, home string) {
	s.Ctl("reread").Want(t, 0, "No config updates to processes\n")
	nginx := s.PidOf("nginx")

	s.configure("nginx", "my", "test")
	s.Ctl("reread").Want(t, 0, "test: available\n")
	s.Ctl("update").Want(t, 0, "test: added process group\n")
	s.AwaitState("test", "RUNNING")
	s.await(s.url("HTTP_PORT", "/"), 200, "Hello World")
	s.Ctl("update").Want(t, 0, "")

	s.configure("nginx", "my_ini", "test")
	s.Ctl("reread").Want(t, 0, "my: changed\n")
	s.Ctl("update").Want(t, 0, "my: stopped\nmy: updated process group\n")
	s.AwaitState("my", "RUNNING")
	s.await(home, 200, "Good morning")
	if workers, err := harness.Descendants(s.PidOf("my")); err != nil || len(workers) != 4 {
		t.Errorf("want a master with 4 workers: %v, %v", workers, err)
	}

	s.configure("nginx", "my", "test")
	s.Ctl("update", "my").Want(t, 0, "my: stopped\nmy: updated process group\n")
	s.AwaitState("my", "RUNNING")
	s.await(home, 200, "Good morning")
	if s.PidOf("nginx") != nginx {
		t.Errorf("nginx, whose section has not changed, was restarted")
	}
}
