package system

import (
	"os/exec"
	"strings"
	"testing"

	"supervisord/tests/harness"
)

// cli 4: the limit of descriptors that supervisord was started with, which need
// not be its parent's, is raised to minfds for the programs and never lowered.
func TestMinFDs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ minfds, want string }{
		"raised": {"300", "300"}, "enough": {"100", "256"},
	} {
		for _, mode := range []string{"", " -n"} {
			t.Run(name+mode, func(t *testing.T) {
				t.Parallel()
				d := harness.New(t)
				d.Configure(section("supervisord", "minfds="+c.minfds) + section("program:limit",
					`command=/bin/sh -c "ulimit -Sn; exec sleep 600"`, "stdout_logfile=%(here)s/limit.log"))
				run := "ulimit -Sn 256 && exec " + harness.DaemonPath() + " -c " + d.Conf + mode
				if mode != "" {
					d.ForegroundCommand(exec.Command("/bin/sh", "-c", run))
				} else if r := d.Command("/bin/sh", "-c", run); r.Code != 0 {
					t.Fatalf("%v", r)
				}
				d.AwaitFile("limit.log", "\n")
				if got := d.Read("limit.log"); got != c.want+"\n" {
					t.Errorf("the program has the limit %q, want %s", got, c.want)
				}
				raised := strings.Contains(d.Log(), "INFO Increased RLIMIT_NOFILE limit to "+c.minfds+"\n")
				if raised != (c.minfds == c.want) {
					t.Errorf("the main log:\n%s", d.Log())
				}
				d.Shutdown()
			})
		}
	}
}
