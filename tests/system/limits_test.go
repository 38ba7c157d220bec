package system

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"supervisord/tests/harness"
)

// cli, start sequence: minfds raises the limit, the hard one too if that is
// allowed; one that is high enough is not lowered; programs inherit it.
func TestLimitsAreRaised(t *testing.T) {
	t.Parallel()
	asRoot(t)
	for _, c := range []struct{ name, before, want string }{
		{"soft", "-S -n 300", "500"},
		{"hard", "-n 300", "500"},
		{"high enough", "-n 700", "700"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := harness.New(t)
			d.Configure(section("supervisord", "minfds=500") +
				section("program:tell", "command=/bin/sh -c 'ulimit -n; exec cat'", "stdout_logfile=%(here)s/tell.log"))
			limited := exec.Command("/bin/sh", "-c", fmt.Sprintf("ulimit %s && exec %s -n -c %s", c.before, harness.DaemonPath(), d.Conf))
			if c.name == "hard" && !mayRaise(t) {
				r := d.Command(limited.Path, limited.Args[1:]...)
				if r.Code != 2 || !strings.HasPrefix(r.Stderr, tooFewDescriptors) {
					t.Errorf("nobody may raise the hard limit here: %v", r)
				}
				return
			}
			d.ForegroundCommand(limited)
			d.AwaitState("tell", "RUNNING")
			if got := d.Read("tell.log"); got != c.want+"\n" {
				t.Errorf("the program has %q descriptors, want %s", got, c.want)
			}
			raised := strings.Contains(d.Log(), "INFO Increased RLIMIT_NOFILE limit to 500")
			if raised != (c.want == "500") {
				t.Errorf("the main log says otherwise:\n%s", d.Log())
			}
		})
	}
}

// mayRaise says whether the hard limits may be raised here, as not even root may
// in a container.
func mayRaise(t *testing.T) bool {
	t.Helper()
	const sysResource = 24
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(status), "CapEff:")
	capabilities, err := strconv.ParseUint(strings.Fields(after)[0], 16, 64)
	if err != nil {
		t.Fatal(err)
	}
	return capabilities&(1<<sysResource) != 0
}

// The same for processes, from the file and from the command line.
func TestProcessLimit(t *testing.T) {
	t.Parallel()
	asRoot(t)
	for how, args := range map[string]string{"minprocs=4000": "", "--minprocs": "--minprocs=4000"} {
		d := harness.New(t)
		config := section("program:tell", "command=/bin/bash -c 'ulimit -u; exec cat'", "stdout_logfile=%(here)s/tell.log")
		if args == "" {
			config = section("supervisord", how) + config
		}
		d.Configure(config)
		d.ForegroundCommand(exec.Command("/bin/bash", "-c", fmt.Sprintf("ulimit -S -u 3000 && exec %s -n -c %s %s", harness.DaemonPath(), d.Conf, args)))
		d.AwaitState("tell", "RUNNING")
		if got := d.Read("tell.log"); got != "4000\n" {
			t.Errorf("%s: the program may have %q processes", how, got)
		}
		d.AwaitLog("INFO Increased RLIMIT_NPROC limit to 4000")
	}
}

// tooFewDescriptors is how the refusal begins.
const tooFewDescriptors = "Error: The minimum number of file descriptors required to run this process is 500 as per the \"minfds\" command-line argument or config file setting. The current environment will only allow you to open 500 file descriptors."

// What is said when it cannot be, and nothing is left behind.
func TestLimitsRefused(t *testing.T) {
	t.Parallel()
	asRoot(t)
	needReachable(t)
	d := harness.New(t)
	d.Configure(section("supervisord", "minfds=500"))
	nobody := asNobody(t, d, "-n")
	r := d.Command("/bin/sh", "-c", "ulimit -n 300 && exec "+strings.Join(nobody.Args, " "))
	if r.Code != 2 || !strings.HasPrefix(r.Stderr, tooFewDescriptors) {
		t.Errorf("%v", r)
	}
	if _, err := os.Lstat(d.Path("s.sock")); err == nil {
		t.Error("it has left a socket behind")
	}
}
