package system

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"testing"

	"supervisord/tests/harness"
)

// pool is a configuration of three processes that share a socket.
func pool(options ...string) string {
	return section("fcgi-program:app", append([]string{child("fastcgi"), "numprocs=3", "process_name=app_%(process_num)d",
		"socket=unix://%(here)s/app.sock", "autorestart=true"}, options...)...)
}

// Three processes share a socket: each serves, and restarting or killing one of
// them is noticed by no visitor but those that it had.
func TestFastCGIPool(t *testing.T) {
	t.Parallel()
	d := daemon(t, pool("socket_mode=0660"))
	rows := d.AwaitAll("RUNNING")
	path := d.Path("app.sock")
	for _, row := range rows {
		servesAlone(t, d, rows, row.Name)
	}
	t.Run("restart one", func(t *testing.T) {
		v := visit(t, "unix", path)
		old := d.PidOf("app:app_1")
		for range 3 {
			d.Ctl("restart", "app:app_1").Want(t, 0, "app:app_1: stopped\napp:app_1: started\n")
		}
		visitMore(t, v)
		if len(v.refused)+len(v.lost) > 0 || d.PidOf("app:app_1") == old {
			t.Errorf("refused %v, lost %v", v.refused, v.lost)
		}
	})
	t.Run("kill one", func(t *testing.T) {
		v := visit(t, "unix", path)
		old := d.PidOf("app:app_2")
		if err := harness.Kill(old, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		d.AwaitNewPid("app:app_2", old)
		visitMore(t, v)
		// What the killed one had accepted is lost with it.
		if len(v.refused) > 0 || len(v.lost) > 4 {
			t.Errorf("refused %v, lost %v", v.refused, v.lost)
		}
		d.AwaitAll("RUNNING")
		servesAlone(t, d, rows, "app:app_2")
	})
	t.Run("update the mode", func(t *testing.T) {
		wantMode(t, path, 0o660)
		d.Configure(pool("socket_mode=0606"))
		if harness.Oracle() {
			d.Ctl("update").Want(t, 0, "") // it does not notice
			return
		}
		d.Ctl("update").Want(t, 0, "app: stopped\napp: updated process group\n")
		rows = d.AwaitAll("RUNNING")
		wantMode(t, path, 0o606)
		servesAlone(t, d, rows, "app:app_0")
	})
}

// visitMore has the visitors make a few more requests and calls them back.
func visitMore(t *testing.T, v *visitors) {
	t.Helper()
	before := v.sofar()
	harness.Await(t, harness.Limit, "visitors are served", func() error {
		if n := v.sofar(); n < before+20 {
			return fmt.Errorf("%d more", n-before)
		}
		return nil
	})
	v.back()
}

// servesAlone has one process serve while the others are suspended.
func servesAlone(t *testing.T, d *harness.Daemon, rows []harness.Row, name string) {
	t.Helper()
	pid := d.PidOf(name)
	for _, row := range rows {
		if row.Name == name {
			continue
		}
		other := d.PidOf(row.Name)
		if err := harness.Kill(other, syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		defer harness.Kill(other, syscall.SIGCONT)
		harness.Await(t, harness.Limit, "it is suspended", func() error {
			if p, ok := harness.Lookup(other); !ok || p.State != 'T' {
				return fmt.Errorf("%v", p)
			}
			return nil
		})
	}
	if got, _, err := served("unix", d.Path("app.sock")); err != nil || got != pid {
		t.Errorf("served by %d, %v; want %s, which is %d", got, err, name, pid)
	}
}

func wantMode(t *testing.T, path string, mode fs.FileMode) {
	t.Helper()
	if info, err := os.Stat(path); err != nil || info.Mode() != fs.ModeSocket|mode {
		t.Errorf("%v, %v, want mode %v", info, err, mode)
	}
}

// The socket is there as long as one of the processes is; it opens again with
// the next start.
func TestFastCGISocketComesAndGoes(t *testing.T) {
	t.Parallel()
	port := harness.FreePorts(t, 1)[0]
	address := fmt.Sprintf("127.0.0.1:%d", port)
	d := daemon(t, pool()+section("fcgi-program:tcp", child("fastcgi"), "socket=tcp://"+address))
	d.AwaitAll("RUNNING")
	path := d.Path("app.sock")
	for range 2 {
		wantMode(t, path, 0o700)
		d.Ctl("stop", "app:app_0", "app:app_1", "tcp").Want(t, 0, "app:app_0: stopped\napp:app_1: stopped\ntcp: stopped\n")
		if pid, _, err := served("unix", path); err != nil || pid != d.PidOf("app:app_2") {
			t.Errorf("served by %d, %v", pid, err)
		}
		d.Ctl("stop", "app:app_2").Want(t, 0, "app:app_2: stopped\n")
		for network, address := range map[string]string{"unix": path, "tcp": address} {
			if pid, connected, err := served(network, address); connected {
				t.Errorf("%s: somebody listens: %d, %v", address, pid, err)
			}
		}
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) == harness.Oracle() {
			t.Errorf("the file of the socket: %v", err)
		}
		d.Ctl("start", "all").WantLines(t, 0, "app:app_0: started", "app:app_1: started", "app:app_2: started", "tcp: started")
		if pid, _, err := served("tcp", address); err != nil || pid != d.PidOf("tcp") {
			t.Errorf("served by %d, %v", pid, err)
		}
	}
	d.Shutdown()
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) == harness.Oracle() {
		t.Errorf("the file of the socket after the end: %v", err)
	}
}

// A rule of our own: the socket is that of the section, and shared by its
// processes in all groups that list it. (The original has none for them.)
func TestFastCGIInGroups(t *testing.T) {
	t.Parallel()
	if harness.Oracle() {
		t.Skip("a difference on purpose: fcgi-group")
	}
	d := daemon(t, section("group:one", "programs=app,other")+section("group:two", "programs=app")+
		pool()+section("program:other", child("family", "1"), "stopasgroup=true"))
	d.AwaitAll("RUNNING")
	path := d.Path("app.sock")
	d.Ctl("stop", "two:*").WantLines(t, 0, "two:app_0: stopped", "two:app_1: stopped", "two:app_2: stopped")
	if pid, _, err := served("unix", path); err != nil || pid == 0 {
		t.Errorf("served by %d, %v", pid, err)
	}
	d.Ctl("start", "two:*").WantLines(t, 0, "two:app_0: started", "two:app_1: started", "two:app_2: started")
	d.Ctl("stop", "one:*").WantLines(t, 0, "one:app_0: stopped", "one:app_1: stopped", "one:app_2: stopped", "one:other: stopped")
	// A group that is made anew finds the socket that the other one holds.
	d.Configure(section("group:one", "programs=app") + section("group:two", "programs=app") + pool())
	d.Ctl("update").WantLines(t, 0, "one: stopped", "one: updated process group")
	d.Ctl("start", "one:*").WantLines(t, 0, "one:app_0: started", "one:app_1: started", "one:app_2: started")
	d.Ctl("stop", "two:*").WantLines(t, 0, "two:app_0: stopped", "two:app_1: stopped", "two:app_2: stopped")
	if pid, _, err := served("unix", path); err != nil || pid == 0 {
		t.Errorf("served by %d, %v", pid, err)
	}
}

// A socket that cannot be made fails the start, with the reason, and harms
// nobody; a file with content is never deleted to make room.
func TestFastCGINoPlace(t *testing.T) {
	t.Parallel()
	if harness.Oracle() {
		t.Skip("a difference on purpose: fcgi-trial")
	}
	d := harness.New(t)
	d.Write("precious", "my work\n")
	d.Configure(section("program:well", child("family", "0")) +
		section("fcgi-program:nowhere", child("fastcgi"), "socket=unix://%(here)s/none/s", "startretries=0") +
		section("fcgi-program:taken", child("fastcgi"), "socket=unix://%(here)s/precious", "startretries=0"))
	d.Start()
	d.AwaitState("well", "RUNNING")
	d.AwaitState("nowhere", "FATAL")
	d.AwaitState("taken", "FATAL")
	d.AwaitLog("INFO spawnerr: cannot listen on unix://" + d.Path("precious") + ": there is something else, which is no socket; hint: remove it, or choose another path\n")
	if text := d.Read("precious"); text != "my work\n" {
		t.Errorf("%q", text)
	}
	if err := os.Mkdir(d.Path("none"), 0o755); err != nil {
		t.Fatal(err)
	}
	d.Ctl("start", "nowhere").Want(t, 0, "nowhere: started\n")
	if pid, _, err := served("unix", d.Path("none/s")); err != nil || pid != d.PidOf("nowhere") {
		t.Errorf("served by %d, %v", pid, err)
	}
}
