package system

import (
	"fmt"
	"strings"
	"testing"

	"supervisord/pkg/api"
	"supervisord/pkg/xmlrpc"
	"supervisord/tests/harness"
)

const (
	mainInterface     = "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface"
	twiddlerInterface = "supervisor.rpcinterface_factory=supervisor_twiddler.rpcinterface:make_twiddler_rpcinterface"
)

// client is a client of the daemon.
func client(t *testing.T, d *harness.Daemon) *xmlrpc.Client {
	t.Helper()
	c, err := xmlrpc.NewClient("unix://"+d.Path("s.sock"), "", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// answers checks the answers of calls: a value, or the text of a fault.
func answers(t *testing.T, c *xmlrpc.Client, want any, method string, params ...any) {
	t.Helper()
	got, err := c.Call(t.Context(), method, params...)
	if err != nil {
		got = err.Error()
	}
	if got != want {
		t.Errorf("%s%v answers %v, want %v", method, params, got, want)
	}
}

// A group is scaled by the methods of supervisor_twiddler, and is as in the file
// again after an update.
func TestTwiddler(t *testing.T) {
	t.Parallel()
	if harness.Oracle() {
		t.Skip("supervisor_twiddler is not installed")
	}
	d := daemon(t, section("rpcinterface:twiddler", twiddlerInterface)+
		section("rpcinterface:narrow", twiddlerInterface, "whitelist=getAPIVersion, log")+
		section("program:web", "command=cat")+section("group:workers", "programs="))
	c := client(t, d)
	d.AwaitLog("INFO RPC interface 'twiddler' initialized")
	answers(t, c, "1.0", "twiddler.getAPIVersion")
	answers(t, c, "1.0", "narrow.getAPIVersion")
	answers(t, c, "NOT_IN_WHITELIST: getGroupNames", "narrow.getGroupNames")
	answers(t, c, true, "twiddler.log", "scaling up by 100%", "warn")
	d.AwaitLog("WARN scaling up by 100%\n")

	options := map[string]any{"command": "sh -c 'env; exec sleep 1000'", "numprocs": 2, "process_name": "w%(process_num)d",
		"environment": "KEY='a value'", "stdout_logfile": "%(here)s/%(group_name)s-%(process_num)d.log"}
	answers(t, c, true, "twiddler.addProgramToGroup", "workers", "w", options)
	answers(t, c, "BAD_NAME: w0", "twiddler.addProgramToGroup", "workers", "w", options)
	answers(t, c, "BAD_NAME: group: nobody", "twiddler.addProgramToGroup", "nobody", "w", options)
	answers(t, c, "INCORRECT_PARAMETERS: not a valid boolean value: 'perhaps' in section 'program:x' (file: '"+d.Conf+"')",
		"twiddler.addProgramToGroup", "workers", "x", map[string]any{"command": "cat", "autostart": "perhaps"})
	d.AwaitState("workers:w0", "RUNNING")
	d.AwaitState("workers:w1", "RUNNING")
	d.AwaitFile("workers-1.log", "\nKEY=a value\n")
	d.AwaitFile("workers-1.log", "\nSUPERVISOR_GROUP_NAME=workers\n")

	answers(t, c, "STILL_RUNNING: w1", "twiddler.removeProcessFromGroup", "workers", "w1")
	d.Ctl("stop", "workers:w1").Want(t, 0, "workers:w1: stopped\n")
	answers(t, c, true, "twiddler.removeProcessFromGroup", "workers", "w1")
	d.Ctl("status", "workers:w1").Want(t, 4, "workers:w1: ERROR (no such process)\n")

	d.Ctl("reread").Want(t, 0, "workers: changed\n")
	d.Ctl("update").Want(t, 0, "workers: stopped\nworkers: updated process group\n")
	d.Ctl("reread").Want(t, 0, "No config updates to processes\n")
	if rows := d.Status(); len(rows) != 1 || rows[0].Name != "web" {
		t.Errorf("the group of the file still has processes: %v", rows)
	}
}

// Without its section the namespace is not there.
func TestNoTwiddler(t *testing.T) {
	t.Parallel()
	d := daemon(t, "")
	answers(t, client(t, d), "UNKNOWN_METHOD", "twiddler.getAPIVersion")
	if methods := d.RPC("system.listMethods"); strings.Contains(methods, "twiddler") {
		t.Errorf("it is listed: %s", methods)
	}
}

// The methods of the twiddler are listed and explained.
func TestTwiddlerIsListed(t *testing.T) {
	t.Parallel()
	if harness.Oracle() {
		t.Skip("supervisor_twiddler is not installed")
	}
	d := daemon(t, section("rpcinterface:twist", twiddlerInterface))
	c := client(t, d)
	methods := d.RPC("system.listMethods")
	for _, m := range api.TwiddlerMethods() {
		if !strings.Contains(methods, "<string>twist."+m.Name+"</string>") {
			t.Errorf("%s is not listed", m.Name)
		}
		answers(t, c, m.Help(), "system.methodHelp", "twist."+m.Name)
	}
}

// A plug-in in Python is named with its place and with what to do, its options
// are taken as they are, and everything else works.
func TestForeignPlugins(t *testing.T) {
	t.Parallel()
	if harness.Oracle() {
		t.Skip("the original loads plug-ins or does not start")
	}
	d := daemon(t, section("rpcinterface:multivisor", "supervisor.rpcinterface_factory=multivisor.rpc:make_rpc_interface", "bind=*:9002")+
		section("rpcinterface:again", mainInterface, "odd=option")+
		section("ctlplugin:quick", "supervisor.ctl_factory=supervisorquick.quick:make", "how=fast")+
		section("program:cat", "command=cat"))
	d.AwaitState("cat", "RUNNING")
	before, _, _ := strings.Cut(d.Read("supervisord.conf"), "[rpcinterface:multivisor]")
	place := fmt.Sprintf("%s:%d", d.Conf, 1+strings.Count(before, "\n"))
	d.AwaitLog("WARN " + place + ": [rpcinterface:multivisor] multivisor.rpc:make_rpc_interface is Python code, which cannot be loaded: " +
		"its methods are missing, everything else works (remove the section if no client calls multivisor.*")
	answers(t, client(t, d), "3.0", "again.getAPIVersion")
	answers(t, client(t, d), "UNKNOWN_METHOD", "multivisor.getAPIVersion")
	if r := d.Ctl("status", "cat"); r.Code != 0 || r.Stderr != "" {
		t.Errorf("what scripts see has changed: %v", r)
	}
	r := d.Run("--check")
	for _, section := range []string{"[rpcinterface:multivisor]", "[ctlplugin:quick]"} {
		if !strings.Contains(r.Stdout, section+" supervisor.") || r.Code != 0 {
			t.Errorf("--check does not name %s: %v", section, r)
		}
	}
}

// The options of supervisord-dependent-startup harm nothing: programs are
// started and listed as without them, and --check tells of a wrong one.
func TestDependentStartup(t *testing.T) {
	t.Parallel()
	d := daemon(t, section("program:log", "command=cat", "dependent_startup=true", "autostart=false", "dependent_startup_inherit_priority=true")+
		section("program:app", "command=cat", "dependent_startup_wait_for=log:running"))
	d.AwaitState("app", "RUNNING")
	d.Ctl("status", "log").WantLines(t, 3, "log                              STOPPED   Not started")
	if harness.Oracle() {
		return
	}
	d.Configure(section("program:app", "command=cat", "dependent_startup_wait_for=nobody:running"))
	if r := d.Run("--check"); r.Code != 0 || !strings.Contains(r.Stdout, "nobody") {
		t.Errorf("--check does not name the program that there is not: %v", r)
	}
}

// Names in Python's module signal that are no signals are not taken for ones.
func TestSignalNames(t *testing.T) {
	t.Parallel()
	if harness.Oracle() {
		t.Skip("the original sends SIGHUP for SIG_IGN")
	}
	d := daemon(t, section("program:cat", "command=cat"))
	d.AwaitState("cat", "RUNNING")
	d.Ctl("signal", "SIG_IGN", "cat").Want(t, 1, "cat: ERROR (bad signal name)\n")
	d.Ctl("signal", "CONT", "cat").Want(t, 0, "cat: signalled\n")
}
