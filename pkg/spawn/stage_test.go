package spawn

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// failure is a start that fails after the fork.
type failure struct {
	name string
	spec Spec   // File, Argv, Dir, User
	conf string // the same for Supervisor, after "command=" and the arguments
	want string // the first line, without "supervisor: "
}

// failures lists every step that can fail. Files are made in dir, which others
// may enter.
func failures(t *testing.T, dir string) []failure {
	write := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	locked := filepath.Join(dir, "locked")
	if err := os.Mkdir(locked, 0o700); err != nil {
		t.Fatal(err)
	}
	plain := write("plain", "echo no interpreter named\n", 0o755)
	bad := write("bad", "#!/no/such/interpreter\n", 0o755)
	short := write("short", "\x7fELF", 0o755)
	owner := write("owner", "#!/bin/sh\n", 0o700)
	none := filepath.Join(dir, "none")
	spec := func(file string, argv ...string) Spec { return Spec{File: file, Argv: argv, Umask: -1} }
	in := func(dir string, s Spec) Spec { s.Dir = dir; return s }
	as := func(uid int, s Spec) Spec { s.User = &Credential{UID: uid, GID: uid, Groups: []int{uid}}; return s }
	masked := func(s Spec) Spec { s.Umask = 0o27; return s }

	list := []failure{
		{"script without interpreter", spec(plain, plain, "a"), plain + " a", "couldn't exec " + plain + ": ENOEXEC"},
		{"after a umask", masked(spec(plain, plain)), plain + "\numask=027", "couldn't exec " + plain + ": ENOEXEC"},
		{"interpreter that is missing", spec(bad, bad), bad, "couldn't exec " + bad + ": ENOENT"},
		{"no program", spec(short, short), short, "couldn't exec " + short + ": ENOEXEC"},
		{"bare name", spec(plain, "plain"), "plain\nenvironment=PATH=\"" + dir + "\"", "couldn't exec plain: ENOEXEC"},
		{"directory that is missing", in(none, spec("/bin/true", "/bin/true")), "/bin/true\ndirectory=" + none, "couldn't chdir to " + none + ": ENOENT"},
		{"directory that is a file", in(plain, spec("/bin/true", "/bin/true")), "/bin/true\ndirectory=" + plain, "couldn't chdir to " + plain + ": ENOTDIR"},
		{"directory before file", in(none, spec(plain, plain)), plain + "\ndirectory=" + none, "couldn't chdir to " + none + ": ENOENT"},
		{"arguments too long", spec("/bin/true", "/bin/true", strings.Repeat("x", 140_000)), "/bin/true " + strings.Repeat("x", 140_000), "couldn't exec /bin/true: E2BIG"},
	}
	if os.Getuid() == 0 {
		list = append(list,
			failure{"directory of another user", as(nobody, in(locked, spec("/bin/true", "/bin/true"))), "/bin/true\nuser=nobody\ndirectory=" + locked, "couldn't chdir to " + locked + ": EACCES"},
			failure{"file of another user", as(nobody, spec(owner, owner)), owner + "\nuser=nobody", "couldn't exec " + owner + ": EACCES"},
		)
	}
	return list
}

const notSpawned = "supervisor: child process was not spawned\n"

// What fails after the fork is told by a child that exits with 127.
func TestFailuresAfterTheFork(t *testing.T) {
	dir := publicDir(t)
	list := failures(t, dir)
	f := newFamily(t)
	for _, c := range list {
		t.Run(c.name, func(t *testing.T) {
			f.t = t
			stdout, stderr, end := f.run(&c.spec).output()
			if want := "supervisor: " + c.want + "\n" + notSpawned; stderr != want || stdout != "" || end != "exit status 127" {
				t.Errorf("stderr %q, want %q; stdout %q, %s", stderr, want, stdout, end)
			}
		})
	}
}

// What Supervisor cannot be configured to do.
func TestFailuresOfOurOwn(t *testing.T) {
	f := newFamily(t)
	for _, c := range []struct {
		spec *Spec
		want string
	}{
		{&Spec{File: "/bin/true", Argv: []string{"true", "a\x00b"}, Umask: -1}, "couldn't exec /bin/true: embedded null byte"},
		{&Spec{File: "/bin/true", Argv: []string{"true"}, Env: []string{"A=\x00"}, Umask: -1}, "couldn't exec /bin/true: embedded null byte"},
		{&Spec{File: "/bin/true", Argv: []string{"true"}, Umask: -1, User: &Credential{UID: 4711, Refused: "Can't find uid 4711"}},
			"couldn't setuid to 4711: Can't find uid 4711"},
		{&Spec{File: "/bin/true", Umask: 0o22}, "couldn't read its orders"}, // no arguments
	} {
		stdout, stderr, end := f.run(c.spec).output()
		if want := "supervisor: " + c.want + "\n" + notSpawned; stderr != want || stdout != "" || end != "exit status 127" {
			t.Errorf("stderr %q, want %q; stdout %q, %s", stderr, want, stdout, end)
		}
	}
}

// Redirected, the report comes by the pipe of stdout.
func TestFailureRedirected(t *testing.T) {
	f := newFamily(t)
	out, child := must2(t)(OutputPipe())
	stdout := os.NewFile(uintptr(out), "stdout")
	defer stdout.Close()
	_, end, err := f.start(&Spec{File: "/bin/true", Argv: []string{"true"}, Dir: "/no/such", Umask: -1,
		Stdin: openNull(t), Stdout: child, Stderr: child})
	syscall.Close(child)
	if err != nil {
		t.Fatal(err)
	}
	f.await(end)
	if got, want := all(t, stdout), "supervisor: couldn't chdir to /no/such: ENOENT\n"+notSpawned; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// The same failures by the real Supervisor.
func TestFailuresAsSupervisor(t *testing.T) {
	needsSupervisor(t)
	dir := publicDir(t)
	list := failures(t, dir)
	var conf strings.Builder
	fmt.Fprintf(&conf, "[supervisord]\nnodaemon=true\nlogfile=%[1]s/main.log\npidfile=%[1]s/pid\nchildlogdir=%[1]s\n", dir)
	log := func(i int) string { return filepath.Join(dir, fmt.Sprintf("err%d.log", i)) }
	for i, c := range list {
		fmt.Fprintf(&conf, "[program:p%d]\ncommand=%s\nstdout_logfile=none\nstderr_logfile=%s\nstartsecs=0\nautorestart=false\n", i, c.conf, log(i))
	}
	file := filepath.Join(dir, "supervisord.conf")
	if err := os.WriteFile(file, []byte(conf.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/usr/bin/supervisord", "-n", "-c", file)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer cmd.Process.Signal(syscall.SIGTERM)

	until := time.Now().Add(deadline)
	for i, c := range list {
		want := "supervisor: " + c.want + "\n" + notSpawned
		var got []byte
		for len(got) < len(want) && time.Now().Before(until) {
			time.Sleep(10 * time.Millisecond)
			got, _ = os.ReadFile(log(i))
		}
		if string(got) != want {
			t.Errorf("%s: Supervisor says %q, the table %q", c.name, got, want)
		}
	}
	main := filepath.Join(dir, "main.log")
	for ended := 0; ended < len(list); {
		text, _ := os.ReadFile(main)
		ended = strings.Count(string(text), "(exit status 127; not expected)")
		if time.Now().After(until) {
			t.Fatalf("%d of %d exited with 127:\n%s", ended, len(list), text)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestIsStage(t *testing.T) {
	for _, args := range [][]string{nil, {""}, {"supervisord"}, {"supervisord", "supervisord-stage"}, {"supervisord-stage", "-n"}} {
		if IsStage(args) {
			t.Errorf("%q is taken for a stage", args)
		}
	}
	if !IsStage([]string{"supervisord-stage"}) {
		t.Error("a stage is not known")
	}
}
