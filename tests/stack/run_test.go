package stack

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"supervisord/tests/harness"
)

// TestRun brings the site and the demonstration up by scripts/run, as someone
// does who has just found this project, and ends them by Ctrl-C: nothing is
// left, no process and no directory.
func TestRun(t *testing.T) {
	if harness.Oracle() {
		t.Skip("scripts/run runs the programs of this repository")
	}
	harness.Need(t, "uwsgi", "nginx", "django-admin")
	root, err := harness.Root()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args  []string
		ready *regexp.Regexp // its first group is the page, its second the directory
	}{
		{nil, regexp.MustCompile(`(?s)The site +(http://\S+).* -c (\S+)/supervisord\.conf.*INFO success: nginx entered RUNNING`)},
		{[]string{"--demo"}, regexp.MustCompile(`(?s)()-c (\S+)/supervisord\.conf.*INFO success: `)},
	} {
		t.Run(strings.Join(append([]string{"run"}, c.args...), " "), func(t *testing.T) {
			d := harness.New(t)
			// A terminal sends Ctrl-C to the whole process group.
			d.ForegroundCommand(exec.Command(filepath.Join(root, "scripts", "run"), c.args...))
			var found []string
			// It builds the programs first, perhaps with nothing built before.
			harness.Await(t, 10*harness.Limit, "it is up", func() error {
				if code, ended := d.Ended(); ended {
					t.Fatalf("it ended with code %d: %s", code, d.Output())
				}
				if found = c.ready.FindStringSubmatch(d.Output()); found == nil {
					return fmt.Errorf("it says: %s", d.Output())
				}
				return nil
			})
			if found[1] != "" {
				harness.AwaitPage(t, found[1], 200, func(body string) bool { return strings.Contains(body, "Hello from Django") })
			}
			pid := d.Pid()
			if err := syscall.Kill(-pid, syscall.SIGINT); err != nil {
				t.Fatal(err)
			}
			if code := d.AwaitEnd(pid); code != 0 {
				t.Errorf("exit code %d: %s", code, d.Output())
			}
			if left := d.Processes(); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
			if _, err := os.Stat(found[2]); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("%s is still there: %v", found[2], err)
			}
		})
	}
}
