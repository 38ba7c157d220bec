package harness

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Result is what a command printed and how it ended.
type Result struct {
	Args           []string
	Code           int // -1: ended by a signal
	Stdout, Stderr string
}

func (r Result) String() string {
	return fmt.Sprintf("%s: exit code %d\nstdout: %s\nstderr: %s", strings.Join(r.Args, " "), r.Code, r.Stdout, r.Stderr)
}

// Want checks the exit code and the whole of what was printed on stdout.
func (r Result) Want(t testing.TB, code int, stdout string) {
	t.Helper()
	if r.Code != code || r.Stdout != stdout {
		t.Fatalf("%v\nwant exit code %d and stdout: %s", r, code, stdout)
	}
}

// WantLines checks the exit code and the lines of stdout in any order: of
// several programs that stop together nobody knows which is the first.
func (r Result) WantLines(t testing.TB, code int, lines ...string) {
	t.Helper()
	missing := map[string]int{}
	for _, line := range lines {
		missing[line]++
	}
	for _, line := range strings.Split(strings.TrimSuffix(r.Stdout, "\n"), "\n") {
		missing[line]--
	}
	for _, n := range missing {
		if n != 0 || r.Code != code {
			t.Fatalf("%v\nwant exit code %d and the lines %q", r, code, lines)
		}
	}
}

// Row is a line of `supervisorctl status`.
type Row struct {
	Name, State, Description string
}

// Ctl runs the client.
func (d *Daemon) Ctl(args ...string) Result {
	d.t.Helper()
	return d.Command(programs.Client, append([]string{"-c", d.Conf}, args...)...)
}

// Status asks for the state of the named programs, or of all.
func (d *Daemon) Status(names ...string) []Row {
	d.t.Helper()
	return parseStatus(d.Ctl(append([]string{"status"}, names...)...).Stdout)
}

func parseStatus(text string) []Row {
	var rows []Row
	for _, line := range strings.Split(text, "\n") {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		rows = append(rows, Row{fields[0], fields[1], strings.Join(fields[2:], " ")})
	}
	return rows
}

// AwaitState waits until a program is in a state, and returns its description.
func (d *Daemon) AwaitState(name, state string) string {
	d.t.Helper()
	var description string
	Await(d.t, Limit, name+" is "+state, func() error {
		r := d.Ctl("status", name)
		rows := parseStatus(r.Stdout)
		if len(rows) != 1 || rows[0].State != state {
			return fmt.Errorf("%v", r)
		}
		description = rows[0].Description
		return nil
	})
	return description
}

// AwaitAll waits until all programs are in a state.
func (d *Daemon) AwaitAll(state string) []Row {
	d.t.Helper()
	var rows []Row
	Await(d.t, Limit, "all programs are "+state, func() error {
		rows = d.Status()
		for _, row := range rows {
			if row.State != state {
				return fmt.Errorf("%v", row)
			}
		}
		if len(rows) == 0 {
			return errors.New("there are none")
		}
		return nil
	})
	return rows
}

// PidOf is the pid of a program that runs.
func (d *Daemon) PidOf(name string) int {
	d.t.Helper()
	r := d.Ctl("pid", name)
	pid, err := strconv.Atoi(strings.TrimSpace(r.Stdout))
	if err != nil || pid <= 1 {
		d.t.Fatalf("%v: no pid", r)
	}
	return pid
}

// AwaitNewPid waits until a program runs with another pid than before.
func (d *Daemon) AwaitNewPid(name string, old int) int {
	d.t.Helper()
	pid := 0
	Await(d.t, Limit, fmt.Sprintf("%s runs with another pid than %d", name, old), func() error {
		rows := d.Status(name)
		if len(rows) != 1 || rows[0].State != "RUNNING" {
			return fmt.Errorf("%v", rows)
		}
		r := d.Ctl("pid", name) // 0 if it has just died
		if pid, _ = strconv.Atoi(strings.TrimSpace(r.Stdout)); pid <= 1 || pid == old {
			return fmt.Errorf("%v", r)
		}
		return nil
	})
	return pid
}

// run runs a command to its end, which must come within two minutes.
func run(t testing.TB, dir string, env []string, name string, args ...string) Result {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	var stdout, stderr bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, env, &stdout, &stderr
	// A daemon that has gone to the background must have let go of the output.
	cmd.WaitDelay = 10 * time.Second
	err := cmd.Run()
	if cmd.ProcessState == nil || ctx.Err() != nil || errors.Is(err, exec.ErrWaitDelay) {
		t.Fatalf("%v: %v\nstdout: %s\nstderr: %s", cmd.Args, err, &stdout, &stderr)
	}
	return Result{cmd.Args, cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}
