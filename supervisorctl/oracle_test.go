package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// several matches what starts or stops several processes at once, whose order
// is that in which they get ready.
var several = regexp.MustCompile(`(start|stop).*(all|:\*)`)

// commandLine is a command line that both clients get; CONF, URL and HTTP stand
// for the configuration file and the two URLs of the side's server.
type commandLine struct {
	args, stdin string
	unordered   bool // processes end in any order
}

func (s *side) replace(text string) string {
	return strings.NewReplacer("CONF", s.config(), "URL", "unix://"+s.dir+"/s.sock",
		"HTTP", fmt.Sprintf("http://127.0.0.1:%d", s.port), "DIR", s.dir).Replace(text)
}

// words splits args at blanks; "_" is a blank within a word.
func (s *side) words(args string) []string {
	words := strings.Split(args, " ")
	for i, w := range words {
		words[i] = s.replace(strings.ReplaceAll(w, "_", " "))
	}
	return words
}

// same runs a command line on both sides at once and compares all that came of
// it.
func same(t *testing.T, theirs, own *side, c commandLine) {
	t.Helper()
	var got, want outcome
	var wrong [2]error
	var running sync.WaitGroup
	running.Go(func() { want, wrong[0] = theirs.run(theirs.words(c.args), theirs.replace(c.stdin)) })
	running.Go(func() { got, wrong[1] = own.run(own.words(c.args), own.replace(c.stdin)) })
	running.Wait()
	if err := errors.Join(wrong[:]...); err != nil {
		t.Fatal(err)
	}
	want, got = theirs.masked(want), own.masked(got)
	if strings.Contains(want.Stderr, "GetPassWarning") {
		want.Stderr = "Password:" // without a terminal; Python also tells where it warns
	}
	if c.unordered {
		got.Stdout, want.Stdout = sortedLines(got.Stdout), sortedLines(want.Stdout)
	}
	if got != want {
		t.Errorf("%s (input %q):\n got exit %d, stdout\n%s\nstderr\n%s\nwant exit %d, stdout\n%s\nstderr\n%s",
			c.args, c.stdin, got.Exit, got.Stdout, got.Stderr, want.Exit, want.Stdout, want.Stderr)
	}
}

func sortedLines(text string) string {
	lines := strings.SplitAfter(text, "\n")
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// TestAgreesWithSupervisor drives two alike supervisords with the same command
// lines, one by Supervisor's client and one by ours: the same output, errors
// and exit statuses, from the first command to the shutdown.
func TestAgreesWithSupervisor(t *testing.T) {
	theirs, own := pair(t)
	streams(t, theirs, own)
	both := func(args string, stdin ...string) {
		t.Helper()
		c := commandLine{args: args, unordered: several.MatchString(args)}
		if len(stdin) > 0 {
			c.stdin = stdin[0]
		}
		same(t, theirs, own, c)
	}
	for _, args := range []string{
		"-c CONF status", "-c CONF status cat", "-c CONF status cat grp:*", "-c CONF status bogus", "-c CONF status cat_all",
		"-s URL -c CONF status grp:", "-c CONF status_bogus:*_done",
		"-c CONF pid", "-c CONF pid cat", "-c CONF pid stopped", "-c CONF pid all", "-c CONF pid bogus",
		"-c CONF avail", "-c CONF avail x", "-c CONF version", "-c CONF reread",
		"-c CONF tail done", "-c CONF tail grp:a", "-c CONF tail -2 grp:a stderr", "-c CONF tail bogus", "-c CONF tail grp:*",
		"-c CONF tail stopped", "-c CONF maintail -20", "-c CONF maintail x", "-c CONF clear grp:a", "-c CONF tail grp:a",
		"-c CONF clear stopped", "-c CONF clear bogus cat",
		"-c CONF start cat", "-c CONF start nocmd", "-c CONF start noexec",
		"-c CONF start bogus", "-c CONF start bogus:*", "-c CONF start grp:*", "-c CONF start stopped", "-c CONF status",
		"-c CONF stop stopped", "-c CONF stop stopped", "-c CONF stop bogus:* bogus", "-c CONF stop grp:*", "-c CONF status grp:*",
		"-c CONF restart grp:*", "-c CONF restart cat stopped", "-c CONF restart nocmd", "-c CONF restart quick bogus",
		"-c CONF signal_HUP cat", "-c CONF start cat", "-c CONF signal BOGUS cat", "-c CONF signal 0 grp:*", "-c CONF signal HUP bogus",
		"-c CONF signal HUP bogus:*", "-c CONF signal HUP done", "-c CONF signal CONT all",
		"-c CONF add cat", "-c CONF add bogus", "-c CONF remove cat", "-c CONF remove bogus", "-c CONF fg done", "-c CONF fg bogus",
		"-c CONF open HTTP", "-c CONF -i open HTTP", "-c CONF open unix://DIR/none", "-c CONF -s unix://DIR/none status", "-c CONF -s unix://DIR/none pid",
		"-c CONF -s unix://DIR/none shutdown", "-c CONF -s unix://DIR/none reload", "-c CONF -s http://127.0.0.1:1 status",
		"-c CONF -s http://127.0.0.1:1 start x", "-c CONF -s http://127.0.0.1:1 update", "-c CONF -s unix://DIR status",
		"-c CONF -s HTTP status", "-c CONF -s HTTP -u user -p wrong pid", "-c CONF -s HTTP -u user -p geheim:1 status cat",
		"-c CONF tail -f bogus", "-c CONF tail -f stopped x",
	} {
		both(args)
	}
	both("-c CONF", "pid cat\n\nhelp\nbogus\nopen HTTP\nexit\n")
	both("-c CONF", "status grp:*\n?start\nshutdown\nn\n")

	for _, s := range []*side{theirs, own} {
		write(t, s.config(), s.settings(programs)+"[program:x]\n")
	}
	both("-c CONF reread")
	for _, s := range []*side{theirs, own} {
		write(t, s.config(), s.settings(otherPrograms))
	}
	for _, args := range []string{
		"-c CONF reread", "-c CONF reread", "-c CONF avail", "-c CONF update bogus new", "-c CONF status", "-c CONF add new2",
		"-c CONF update grp", "-c CONF update", "-c CONF status", "-c CONF update_all", "-c CONF stop new2", "-c CONF remove new2",
		"-c CONF add new2", "-c CONF restart all", "-c CONF stop all",
		"-c CONF start all", "-c CONF status",
	} {
		both(args)
	}
	both("-c CONF -i shutdown", "n\n")
	both("-c CONF -i shutdown", "y\n")
	for _, s := range []*side{theirs, own} {
		s.await(t, func(stdout string) bool { return strings.HasSuffix(stdout, "no such file\n") })
		leaveStaleSocket(t, filepath.Join(s.dir, "s.sock"))
	}
	for _, args := range []string{"-c CONF status", "-c CONF pid", "-c CONF shutdown", "-c CONF reread", "-c CONF stop x"} {
		both(args)
	}
}

// leaveStaleSocket makes a socket file where nobody listens.
func leaveStaleSocket(t *testing.T, path string) {
	t.Helper()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	l.Close()
}

// streams follows logs with both clients until Ctrl-C.
func streams(t *testing.T, theirs, own *side) {
	t.Helper()
	for _, c := range []struct{ args, until string }{
		{"-c CONF tail -f grp:a", "out\n"},
		{"-c CONF tail -f grp:a stderr", "err\n"},
		{"-c CONF -s HTTP -u user -p geheim:1 tail -f done", "<==\n"},
	} {
		real := append([]string{"-u", realClient}, theirs.words(c.args)...)
		wantOut, wantExit := interrupt(t, exec.Command("/usr/bin/python3", real...), "", c.until)
		gotOut, gotExit := interrupt(t, ours(t, own.words(c.args)...), "", c.until)
		if gotOut != wantOut || gotExit != wantExit {
			t.Errorf("%s:\n got exit %d %q\nwant exit %d %q", c.args, gotExit, gotOut, wantExit, wantOut)
		}
	}
	// Supervisor's own fg does not always end, so it is not asked.
	out, exit := interrupt(t, ours(t, own.words("-c CONF fg grp:b")...), "größe\n", "größe\n")
	if want := "==> Press Ctrl-C to exit <==\ngröße\nExiting foreground\n"; out != want || exit != 0 {
		t.Errorf("fg: exit %d %q, want %q", exit, out, want)
	}
}

// interrupt starts a command, types, waits until it has printed text, and
// presses Ctrl-C.
func interrupt(t *testing.T, cmd *exec.Cmd, typed, text string) (stdout string, exit int) {
	t.Helper()
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(in, typed); err != nil {
		t.Fatal(err)
	}
	watchdog := time.AfterFunc(patience, func() { cmd.Process.Kill() })
	defer watchdog.Stop()
	buf := make([]byte, 4096)
	for !strings.Contains(stdout, text) {
		n, err := out.Read(buf)
		stdout += string(buf[:n])
		if err != nil {
			t.Fatalf("%v; so far %q", err, stdout)
		}
	}
	awaitSleep(t, cmd.Process.Pid)
	cmd.Process.Signal(syscall.SIGINT)
	rest, _ := io.ReadAll(out)
	cmd.Wait()
	return stdout + string(rest), cmd.ProcessState.ExitCode()
}

// awaitSleep waits until a process waits for something. Supervisor's client
// takes a Ctrl-C amiss while it is busy with what it has received.
func awaitSleep(t *testing.T, pid int) {
	t.Helper()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for deadline := time.Now().Add(patience); ; <-again.C {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil || strings.Contains(string(stat), ") S ") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("a client is busy for ever")
		}
	}
}
