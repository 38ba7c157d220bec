package system

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"supervisord/tests/harness"
)

// What is wrong with the configuration is said on stderr, the daemon ends with
// code 2 and leaves nothing behind. The texts are those that scripts know.
func TestBadConfiguration(t *testing.T) {
	t.Parallel()
	cat := section("program:cat", "command=cat")
	for _, c := range []struct{ name, config, want string }{
		{"no command", section("program:x", "autostart=true"),
			"program section program:x does not specify a command in section 'program:x' (file: 'CONF')"},
		{"bad name", section("program:a b", "command=cat"), "Invalid name: 'a b' because of character: ' '"},
		{"bad integer", section("program:x", "command=cat", "startsecs=soon"),
			"invalid literal for int() with base 10: 'soon' in section 'program:x' (file: 'CONF')"},
		{"bad boolean", section("program:x", "command=cat", "autostart=maybe"),
			"not a valid boolean value: 'maybe' in section 'program:x' (file: 'CONF')"},
		{"bad signal", section("program:x", "command=cat", "stopsignal=TREM"),
			"value 'TREM' is not a valid signal name in section 'program:x' (file: 'CONF')"},
		{"bad size", section("program:x", "command=cat", "stdout_logfile_maxbytes=5XB"),
			"invalid literal for int() with base 10: '5xb' in section 'program:x' (file: 'CONF')"},
		{"bad user", section("program:x", "command=cat", "user=nobody-here"),
			"Invalid user name nobody-here in section 'program:x' (file: 'CONF')"},
		{"log directory missing", section("program:x", "command=cat", "stdout_logfile=%(here)s/none/x.log"),
			"The directory named as part of the path DIR/none/x.log does not exist in section 'program:x' (file: 'CONF')"},
		{"unknown member", section("group:g", "programs=nobody"), "[group:g] names unknown program or fcgi-program nobody"},
		{"unknown name in %", section("program:x", "command=cat %(nothing)s"), "Format string 'cat %(nothing)s' for 'program:x.command' contains names ('nothing') which cannot be expanded."},
		{"parse error", "[program:x]\ncommand\n", "Source contains parsing errors: 'CONF'"},
		{"main log in a missing directory", section("supervisord", "logfile=/nowhere/at/all.log"),
			"The directory named as part of the path /nowhere/at/all.log does not exist"},
		{"half a password", section("inet_http_server", "port=127.0.0.1:1", "username=ada"),
			"Section [inet_http_server] contains incomplete authentication: If a username or a password is specified, both the username and password must be specified"},
		{"contradiction", section("program:x", "command=cat", "stopasgroup=true", "killasgroup=false"),
			"Cannot set stopasgroup=true and killasgroup=false in section 'program:x' (file: 'CONF')"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := harness.New(t)
			d.Configure(cat + c.config)
			want := strings.NewReplacer("CONF", d.Conf, "DIR", d.Dir).Replace("Error: " + c.want)
			for _, args := range [][]string{nil, {"-n"}} {
				r := d.Run(args...)
				if r.Code != 2 || !strings.HasPrefix(r.Stderr, want) || !strings.Contains(r.Stderr, "\nFor help, use ") {
					t.Errorf("%v\nwant exit code 2 and: %s", r, want)
				}
			}
			if left := d.Processes(); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
			if _, err := os.Lstat(d.Path("supervisord.pid")); err == nil {
				t.Error("there is a pidfile")
			}
		})
	}
}

// A configuration file that is not there, cannot be read, or is none.
func TestConfigurationFile(t *testing.T) {
	t.Parallel()
	d := harness.New(t)
	d.Write("empty.conf", "")
	for _, c := range []struct{ file, want string }{
		{d.Path("none.conf"), "could not find config file " + d.Path("none.conf")},
		{d.Dir, "could not read config file " + d.Dir},
		{d.Path("empty.conf"), ".ini file does not include supervisord section"},
	} {
		r := d.Command(harness.DaemonPath(), "-n", "-c", c.file)
		if r.Code != 2 || !strings.HasPrefix(r.Stderr, "Error: "+c.want+"\n") {
			t.Errorf("%v\nwant: %s", r, c.want)
		}
	}
	r := d.Command(harness.DaemonPath(), "-n", "-c", d.Conf, "--bogus")
	if r.Code != 2 || !strings.HasPrefix(r.Stderr, "Error: option --bogus not recognized\nFor help, use ") {
		t.Errorf("%v", r)
	}
}

// A port that somebody else holds.
func TestPortTaken(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	d := harness.New(t)
	d.Configure(section("inet_http_server", "port="+l.Addr().String()) + section("program:cat", "command=cat"))
	r := d.Run("-n")
	if r.Code != 2 || !strings.HasPrefix(r.Stderr, "Error: Another program is already listening on a port") {
		t.Errorf("%v", r)
	}
	if left := d.Processes(); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// A socket that cannot be made: its directory is missing.
func TestSocketDirectoryMissing(t *testing.T) {
	t.Parallel()
	d := harness.New(t)
	d.Configure(section("unix_http_server", "file=%(here)s/none/s.sock"))
	r := d.Run("-n")
	if r.Code != 2 || !strings.HasPrefix(r.Stderr, "Error: Cannot open an HTTP server: socket.error reported errno.ENOENT (2)\n") {
		t.Errorf("%v", r)
	}
}

// A main log that cannot be opened: the daemon says which and starts nothing.
func TestMainLogUnwritable(t *testing.T) {
	t.Parallel()
	d := harness.New(t)
	log := d.Path("supervisord.log")
	if err := os.Mkdir(log, 0o755); err != nil {
		t.Fatal(err)
	}
	d.Configure(section("program:cat", "command=cat"))
	r := d.Run("-n")
	if r.Code == 0 || !strings.Contains(r.Stderr, log) {
		t.Errorf("%v", r)
	}
	if left := d.Processes(); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if err := os.Remove(log); err != nil {
		t.Error(err)
	}
}

// The log of one program cannot be opened at its start: that program alone ends
// in FATAL, and says why.
func TestLogDirectoryVanished(t *testing.T) {
	t.Parallel()
	d := harness.New(t)
	if err := os.Mkdir(d.Path("gone"), 0o755); err != nil {
		t.Fatal(err)
	}
	d.Configure(section("program:cat", "command=cat") +
		section("program:x", "command=cat", "autostart=false", "startretries=0", "stdout_logfile=%(here)s/gone/x.log") +
		section("program:y", "command=cat", "autostart=false", "startretries=0", "stdout_logfile=%(here)s/y.log"))
	d.Start()
	if err := os.Remove(d.Path("gone")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(d.Path("y.log"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, errno := range map[string]string{"x": "ENOENT", "y": "EISDIR"} {
		d.Ctl("start", name).Want(t, 7, name+": ERROR (spawn error)\n")
		want := fmt.Sprintf("unknown error making dispatchers for '%s': %s", name, errno)
		if why := d.AwaitState(name, "FATAL"); why != want {
			t.Errorf("%s: %s, want %s", name, why, want)
		}
	}
	d.AwaitState("cat", "RUNNING")
}

// Names that nobody has, in every command that takes one.
func TestUnknownNames(t *testing.T) {
	t.Parallel()
	d := daemon(t, section("program:cat", "command=cat"))
	d.AwaitState("cat", "RUNNING")
	for _, c := range []struct {
		command string
		code    int
		want    string
	}{
		{"status dog", 4, "dog: ERROR (no such process)\n"},
		{"status dog:*", 4, "dog: ERROR (no such group)\n"},
		{"start dog", 1, "dog: ERROR (no such process)\n"},
		{"start dog:*", 2, "dog: ERROR (no such group)\n"},
		{"stop dog", 1, "dog: ERROR (no such process)\n"},
		{"restart dog", 1, "dog: ERROR (no such process)\ndog: ERROR (no such process)\n"},
		{"signal HUP dog", 1, "dog: ERROR (no such process)\n"},
		{"clear dog", 1, "dog: ERROR (no such process)\n"},
		{"tail dog", 1, "dog: ERROR (no such process name)\n"},
		{"pid dog", 1, "No such process dog\n"},
		{"add dog", 1, "ERROR: no such process/group: dog\n"},
		{"remove dog", 1, "ERROR: no such process/group: dog\n"},
		{"remove cat", 1, "ERROR: process/group still running: cat\n"},
		{"update dog", 1, "ERROR: no such group: dog\n"},
		{"dance", 1, "*** Unknown syntax: dance\n"},
	} {
		d.Ctl(strings.Fields(c.command)...).Want(t, c.code, c.want)
	}
}

// Whatever is wrong with a command, the description says it, after as many
// tries as were configured.
func TestBadCommands(t *testing.T) {
	t.Parallel()
	d := harness.New(t)
	d.Write("plain", "no program\n")
	if err := os.Mkdir(d.Path("directory"), 0o755); err != nil {
		t.Fatal(err)
	}
	d.Write("noexec", "#!/bin/nothing-here\n")
	if err := os.Chmod(d.Path("noexec"), 0o755); err != nil {
		t.Fatal(err)
	}
	tooQuick := "Exited too quickly (process log may have details)"
	table := []struct{ name, command, want string }{
		{"missing", d.Path("none"), fmt.Sprintf("can't find command '%s'", d.Path("none"))},
		{"unfound", "no-such-program-anywhere", "can't find command 'no-such-program-anywhere'"},
		{"directory", d.Path("directory"), fmt.Sprintf("command at '%s' is a directory", d.Path("directory"))},
		{"plain", d.Path("plain"), fmt.Sprintf("command at '%s' is not executable", d.Path("plain"))},
		{"quoting", "cat 'x", `can't parse command "cat 'x": No closing quotation`},
		{"interpreter", d.Path("noexec"), tooQuick},
		{"quick", "false", tooQuick},
		{"success", "true", tooQuick},
	}
	config := section("program:workdir", "command=cat", "directory=%(here)s/none", "startretries=1", "redirect_stderr=true", "stdout_logfile=%(here)s/workdir.log")
	for _, c := range table {
		config += section("program:"+c.name, "command="+c.command, "startretries=1")
	}
	d.Configure(config)
	d.Start()
	for _, c := range table {
		if why := d.AwaitState(c.name, "FATAL"); why != c.want {
			t.Errorf("%s: %s\nwant: %s", c.name, why, c.want)
		}
	}
	if why := d.AwaitState("workdir", "FATAL"); why != tooQuick {
		t.Errorf("workdir: %s", why)
	}
	once := fmt.Sprintf("supervisor: couldn't chdir to %s: ENOENT\nsupervisor: child process was not spawned\n", d.Path("none"))
	if got := d.Read("workdir.log"); got != once+once {
		t.Errorf("workdir's log holds %q", got)
	}
	if r := d.Ctl("status", "quick"); r.Code != 3 {
		t.Errorf("%v", r)
	}
	if logs, err := filepath.Glob(d.Path("interpreter-stderr*")); err != nil || len(logs) != 1 || !strings.Contains(d.Read(filepath.Base(logs[0])), "supervisor: couldn't exec "+d.Path("noexec")+": ENOENT") {
		t.Errorf("the log of interpreter does not say why: %v, %v", logs, err)
	}
}
