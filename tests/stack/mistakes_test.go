package stack

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"supervisord/tests/harness"
)

// TestMissingLogDirectory: the error names the directory, the section and the
// file, at the start and at a reread alike; a reread leaves all as it was.
func TestMissingLogDirectory(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	wrong := strings.NewReplacer(s.Dir+"/log/my.log", s.Dir+"/logs/my.log")
	problem := "The directory named as part of the path " + s.Dir + "/logs/my.log does not exist" +
		" in section 'program:my' (file: '" + s.Conf + "')"

	s.write([]string{"my"}, wrong)
	r := s.Run()
	if r.Code != 2 || !strings.HasPrefix(r.Stderr, "Error: "+problem+"\n") {
		t.Fatalf("%v\nwant: %s", r, problem)
	}
	if left := s.Processes(); len(left) > 0 {
		t.Fatalf("left behind: %v", left)
	}

	s.configure("my")
	s.Start()
	s.AwaitState("my", "RUNNING")
	pid := s.PidOf("my")
	s.write([]string{"my"}, wrong)
	s.Ctl("reread").Want(t, 1, "ERROR: CANT_REREAD: "+problem+"\n")
	if s.PidOf("my") != pid {
		t.Errorf("my was restarted")
	}

	// The cure that the error suggests.
	if err := os.Mkdir(filepath.Join(s.Dir, "logs"), 0o755); err != nil {
		t.Fatal(err)
	}
	s.Ctl("reread").Want(t, 0, "my: changed\n")
	s.Ctl("update").Want(t, 0, "my: stopped\nmy: updated process group\n")
	s.AwaitState("my", "RUNNING")
	s.AwaitFile("logs/my.log", "uWSGI")
}

// TestBadCommand: a program that cannot be started ends in FATAL after its
// retries, with a reason; the others do not notice.
func TestBadCommand(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.write([]string{"nginx", "my", "test"}, strings.NewReplacer(
		"--module mysite.wsgi", "--module mysite.wsgi --bogus", // uWSGI ends at once
		"/venv/bin/uwsgi --http", "/venv/bin/uwsgy --http", // no such file
		"[program:my]", "[program:my]\nstartretries=1",
		"[program:test]", "[program:test]\nstartretries=1",
	))
	s.Start()
	s.AwaitState("nginx", "RUNNING")
	if why := s.AwaitState("my", "FATAL"); why != "Exited too quickly (process log may have details)" {
		t.Errorf("my: %s", why)
	}
	command := s.Dir + "/venv/bin/uwsgy"
	if why := s.AwaitState("test", "FATAL"); why != "can't find command '"+command+"'" {
		t.Errorf("test: %s", why)
	}
	if n := strings.Count(s.Log(), "spawned: 'my'"); n != 2 {
		t.Errorf("my was started %d times, want once and one retry", n)
	}
	s.AwaitLog("gave up: my entered FATAL state, too many start retries too quickly")
	s.get(s.url("NGINX_PORT", "/"), 502, "The site is down")
	s.Ctl("start", "test").Want(t, 1, "test: ERROR (no such file)\n")
	s.Ctl("start", "my").Want(t, 7, "my: ERROR (spawn error)\n")
	if r := s.Ctl("tail", "my"); !strings.Contains(r.Stdout, "bogus") {
		t.Errorf("the log does not say why: %v", r)
	}

	s.configure("nginx", "my", "test")
	s.Ctl("update").Want(t, 0, "my: stopped\nmy: updated process group\ntest: stopped\ntest: updated process group\n")
	s.AwaitAll("RUNNING")
	s.await(s.url("NGINX_PORT", "/"), 200, "Hello from Django")
	s.await(s.url("HTTP_PORT", "/"), 200, "Hello World")
}

// TestPriority: the lower one starts first and stops last: nginx, which would
// answer with an error page, is up only while the application is.
func TestPriority(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.write([]string{"nginx", "my"}, strings.NewReplacer(
		"[program:my]", "[program:my]\npriority=10",
		"[program:nginx]", "[program:nginx]\npriority=20",
	))
	s.Start()
	s.AwaitAll("RUNNING")
	s.await(s.url("NGINX_PORT", "/"), 200, "Hello from Django")
	s.Shutdown()
	inOrder(t, s.Log(), "spawned: 'my'", "spawned: 'nginx'", "stopped: nginx", "stopped: my")
}

// inOrder checks that the texts stand in the log one after another.
func inOrder(t *testing.T, log string, texts ...string) {
	t.Helper()
	rest := log
	for _, text := range texts {
		_, after, found := strings.Cut(rest, text)
		if !found {
			t.Fatalf("not in the order %q:\n%s", texts, log)
		}
		rest = after
	}
}

// TestStopRule: what was stopped by hand stays so through reload and update,
// until it is started by hand.
func TestStopRule(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.configure("nginx", "my")
	s.Start()
	s.AwaitAll("RUNNING")
	s.Ctl("stop", "my").Want(t, 0, "my: stopped\n")

	expect := "STOPPED"
	if harness.Oracle() {
		expect = "RUNNING"
	}
	nginx := s.PidOf("nginx")
	s.Ctl("reload").Want(t, 0, "Restarted supervisord\n")
	s.AwaitNewPid("nginx", nginx)
	s.AwaitState("my", expect)

	s.Ctl("stop", "my")
	s.configure("nginx", "my_ini")
	s.Ctl("update").Want(t, 0, "my: stopped\nmy: updated process group\n")
	s.AwaitState("my", expect)
	if !harness.Oracle() {
		s.get(s.url("NGINX_PORT", "/"), 502, "The site is down")
		s.Ctl("start", "my").Want(t, 0, "my: started\n")
	}
	s.await(s.url("NGINX_PORT", "/"), 200, "Hello from Django")

	nginx = s.PidOf("nginx")
	s.Ctl("reload").Want(t, 0, "Restarted supervisord\n")
	s.AwaitNewPid("nginx", nginx)
	s.AwaitState("my", "RUNNING")

	// A daemon started afresh starts everything.
	s.Ctl("stop", "my").Want(t, 0, "my: stopped\n")
	s.Shutdown()
	s.Start()
	s.AwaitAll("RUNNING")
	s.await(s.url("NGINX_PORT", "/"), 200, "Hello from Django")
}
