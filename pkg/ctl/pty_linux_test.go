package ctl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"supervisord/pkg/api"
	"supervisord/pkg/xmlrpc"
)

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// TestMain lets the test binary be a supervisorctl of its own, so that it can
// have a terminal and get the signals of one.
func TestMain(m *testing.M) {
	if os.Getenv("CTL_TEST_CHILD") == "" {
		os.Exit(m.Run())
	}
	os.Exit(Run(context.Background(), Options{
		ServerURL: "unix:///nowhere", Prompt: "supervisor", HistoryFile: os.Getenv("CTL_TEST_HISTORY"),
		Interactive: os.Getenv("CTL_TEST_INTERACTIVE") != "",
		Stdin:       os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Dial: func(_, _, password string) (Client, error) {
			return &desk{fake: fake{answers: answers{
				"getAllProcessInfo":  processes(),
				"getProcessInfo cat": processes()[0],
				"getPID":             4711,
				"sendProcessStdin":   true,
			}, pages: map[string]page{
				"/logtail/cat/stdout": {"hello from cat\n", true},
				"/logtail/cat/stderr": {"errors of cat\n", true},
			}}, locked: os.Getenv("CTL_TEST_LOCKED") != "" && password != "geheim"}, nil
		},
	}, os.Args[1:]))
}

// desk is the supervisord behind a supervisorctl on a terminal.
type desk struct {
	fake
	locked bool // wants user and password
}

func (d *desk) GetAPIVersion(ctx context.Context) (string, error) {
	if d.locked {
		return "", &xmlrpc.StatusError{Code: 401, Status: "401 Unauthorized"}
	}
	return d.fake.GetAPIVersion(ctx)
}

func (d *desk) SetCredentials(username, password string) {
	d.locked = username != "user" || password != "geheim"
}

// StartProcess never comes to an end by itself.
func (d *desk) StartProcess(ctx context.Context, name string, wait bool) (any, error) {
	fmt.Println("starting " + name)
	<-ctx.Done()
	return nil, ctx.Err()
}

func (d *desk) SendProcessStdin(ctx context.Context, name string, chars api.Chars) (bool, error) {
	fmt.Printf("<%s gets %q>\n", name, chars)
	return true, nil
}

// console is a supervisorctl on a pseudo-terminal of its own.
type console struct {
	t      *testing.T
	master *os.File
	cmd    *exec.Cmd
	seen   []byte // since the last expectation
	all    []byte
	exited chan error
}

func newConsole(t *testing.T, words []string, env ...string) *console {
	t.Helper()
	master, slave := openPTY(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, words...)
	cmd.Env = append(os.Environ(), append([]string{"CTL_TEST_CHILD=1", "TERM=xterm"}, env...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	slave.Close()
	c := &console{t: t, master: master, cmd: cmd, exited: make(chan error, 1)}
	go func() { c.exited <- cmd.Wait() }()
	t.Cleanup(func() {
		cmd.Process.Kill()
		master.Close()
	})
	return c
}

func openPTY(t *testing.T) (master, slave *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := master.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var number int
	var failed error
	err = raw.Control(func(fd uintptr) {
		failed = errors.Join(
			unix.IoctlSetPointerInt(int(fd), unix.TIOCSPTLCK, 0),
			unix.IoctlSetWinsize(int(fd), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 80}))
		if n, err := unix.IoctlGetInt(int(fd), unix.TIOCGPTN); err != nil {
			failed = errors.Join(failed, err)
		} else {
			number = n
		}
	})
	if err := errors.Join(err, failed); err != nil {
		t.Fatal(err)
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return master, slave
}

// expect waits until the terminal has shown text since the last expectation.
func (c *console) expect(text string) {
	c.t.Helper()
	c.master.SetReadDeadline(time.Now().Add(patience))
	buf := make([]byte, 4096)
	for {
		if i := bytes.Index(c.seen, []byte(text)); i >= 0 {
			c.seen = c.seen[i+len(text):]
			return
		}
		n, err := c.master.Read(buf)
		c.seen, c.all = append(c.seen, buf[:n]...), append(c.all, buf[:n]...)
		if err != nil {
			c.t.Fatalf("%v while waiting for %q; so far:\n%q", err, text, c.all)
		}
	}
}

func (c *console) press(keys string) {
	c.t.Helper()
	if _, err := c.master.WriteString(keys); err != nil {
		c.t.Fatal(err)
	}
}

// ends waits for the end and returns the exit status and what was shown since
// the last expectation.
func (c *console) ends() (exit int, rest string) {
	c.t.Helper()
	c.master.SetReadDeadline(time.Now().Add(patience))
	tail, err := io.ReadAll(c.master)
	if err != nil && !errors.Is(err, syscall.EIO) { // EIO: nobody has the slave any more
		c.t.Fatalf("%v at the end; so far:\n%q", err, append(c.all, tail...))
	}
	<-c.exited
	return c.cmd.ProcessState.ExitCode(), string(c.seen) + string(tail)
}

const prompt = "supervisor> "

func TestShellOnTerminal(t *testing.T) {
	historyFile := filepath.Join(t.TempDir(), "history")
	if err := os.WriteFile(historyFile, []byte("help stop\nold line\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := newConsole(t, nil, "CTL_TEST_HISTORY="+historyFile)
	c.expect("cat                              RUNNING   pid 31692, uptime 0:00:15\r\n")
	c.expect(prompt)

	c.press("pid\r")
	c.expect("pid\r\n4711\r\n" + prompt)
	c.press("\r")
	c.expect(prompt)

	// Completion: one command, several, a process, a group.
	c.press("maint\t")
	c.expect("maintail ")
	c.press("\x15") // Ctrl-U
	c.press("st\t")
	c.expect("start  status  stop")
	c.expect(prompt + "st")
	c.press("atu\tc\tgr\t")
	c.expect("grp:")
	c.press("\tb\r")
	c.expect("grp:*  grp:a  grp:b")
	c.expect("cat                              RUNNING")
	c.expect("grp:b                            STOPPED   Not started\r\n")
	c.expect(prompt)

	// History: the last line, one of another session, and a search.
	c.press("\x1b[A\x1b[A\x1b[A")
	c.expect("old line")
	c.press("\x15\x15bogus\r")
	c.expect("*** Unknown syntax: bogus\r\n" + prompt)
	c.press("help\x12\r")
	c.expect("stop all\t\tStop all processes\r\n")
	c.expect(prompt)

	c.press("\x1a") // Ctrl-Z: nobody to give the terminal to
	c.press("pid\r")
	c.expect("4711\r\n" + prompt)
	c.press("\x04") // Ctrl-D
	if exit, rest := c.ends(); exit != 0 || rest != "\r\n" {
		t.Errorf("exit %d after %q", exit, rest)
	}
	got, err := os.ReadFile(historyFile)
	if want := "help stop\nold line\npid\nstatus cat grp:b\nbogus\nhelp stop\npid\n"; err != nil || string(got) != want {
		t.Errorf("history: %v\n%q, want\n%q", err, got, want)
	}
}

func TestCtrlCAtPromptEndsShell(t *testing.T) {
	c := newConsole(t, nil)
	c.expect(prompt)
	c.press("half a li\x03")
	if exit, rest := c.ends(); exit != 0 || !strings.HasSuffix(rest, "li^C\r\n") {
		t.Errorf("exit %d after %q", exit, rest)
	}
}

func TestCtrlCDuringCommandEndsShell(t *testing.T) {
	c := newConsole(t, nil)
	c.expect(prompt)
	c.press("start slow\r")
	c.expect("starting slow\r\n")
	c.press("\x03")
	if exit, rest := c.ends(); exit != 0 || rest != "^C\r\n" {
		t.Errorf("exit %d after %q", exit, rest)
	}
}

func TestCtrlCEndsOneCommand(t *testing.T) {
	c := newConsole(t, []string{"start", "slow"})
	c.expect("starting slow\r\n")
	c.press("\x03")
	c.ends()
	if ws := c.cmd.ProcessState.Sys().(syscall.WaitStatus); !ws.Signaled() || ws.Signal() != syscall.SIGINT {
		t.Errorf("ended as %v, want by SIGINT", c.cmd.ProcessState)
	}
}

func TestFollowAndForegroundOnTerminal(t *testing.T) {
	c := newConsole(t, nil)
	c.expect(prompt)
	c.press("tail -f cat\r")
	c.expect("==> Press Ctrl-C to exit <==\r\nhello from cat\r\n")
	c.press("\x03")
	c.expect("^C\r\n" + prompt)

	c.press("fg cat\r")
	c.expect("==> Press Ctrl-C to exit <==\r\n")
	c.expect("cat\r\n")
	c.expect("cat\r\n")
	c.press("größe\r")
	c.expect(`<cat gets "größe\n">`)
	c.press("\x03")
	c.expect("^CExiting foreground\r\n" + prompt)

	// The line editor has the keyboard again, with nothing lost.
	c.press("pid\r")
	c.expect("4711\r\n" + prompt)
	c.press("fg cat\r")
	c.expect("<==\r\n")
	c.expect("cat\r\n")
	c.expect("cat\r\n")
	c.press("\x04")
	c.expect("Exiting foreground\r\n" + prompt)
	c.press("exit\r")
	if exit, rest := c.ends(); exit != 0 || rest != "exit\r\n\r\n" {
		t.Errorf("exit %d after %q", exit, rest)
	}
}

func TestFollowAsOneCommand(t *testing.T) {
	c := newConsole(t, []string{"tail -f cat stderr"})
	c.expect("==> Press Ctrl-C to exit <==\r\nerrors of cat\r\n")
	c.press("\x03")
	if exit, rest := c.ends(); exit != 0 || rest != "^C\r\n" {
		t.Errorf("exit %d after %q", exit, rest)
	}
}

func TestLoginDoesNotEchoPassword(t *testing.T) {
	c := newConsole(t, []string{"pid"}, "CTL_TEST_LOCKED=1", "CTL_TEST_INTERACTIVE=1")
	c.expect("Server requires authentication\r\nUsername:")
	c.press("user\r")
	c.expect("Password:")
	c.press("falsch\r")
	c.expect("Server requires authentication\r\nUsername:")
	c.press("user\r")
	c.expect("Password:")
	c.press("geheim\r")
	c.expect("\r\n\r\n4711\r\n")
	c.expect("supervisor> ") // -i: the shell follows
	c.press("exit\r")
	if exit, _ := c.ends(); exit != 0 {
		t.Errorf("exit %d", exit)
	}
	if bytes.Contains(c.all, []byte("falsch")) || bytes.Contains(c.all, []byte("geheim")) {
		t.Errorf("a password was shown: %q", c.all)
	}
}

func TestCtrlCAtPassword(t *testing.T) {
	c := newConsole(t, []string{"pid"}, "CTL_TEST_LOCKED=1", "CTL_TEST_INTERACTIVE=1")
	c.expect("Username:")
	c.press("user\r")
	c.expect("Password:")
	c.press("\x03")
	if exit, rest := c.ends(); exit != 130 || rest != "^C\r\n" {
		t.Errorf("exit %d after %q", exit, rest)
	}
}

// TestTerminalIsRestored ends a shell by SIGTERM at its prompt, where the
// terminal is in raw mode.
func TestTerminalIsRestored(t *testing.T) {
	c := newConsole(t, nil)
	c.expect(prompt)
	if c.lineMode() {
		t.Fatal("the prompt does not take the terminal into raw mode")
	}
	c.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-c.exited:
		c.exited <- nil
	case <-time.After(patience):
		t.Fatal("SIGTERM does not end the shell")
	}
	if !c.lineMode() {
		t.Error("the terminal was left in raw mode")
	}
	if exit, _ := c.ends(); exit != 143 {
		t.Errorf("exit %d, want 143", exit)
	}
}

// lineMode reports whether the terminal gives whole lines and echoes.
func (c *console) lineMode() bool {
	c.t.Helper()
	raw, err := c.master.SyscallConn()
	if err != nil {
		c.t.Fatal(err)
	}
	var mode *unix.Termios
	raw.Control(func(fd uintptr) { mode, err = unix.IoctlGetTermios(int(fd), unix.TCGETS) })
	if err != nil {
		c.t.Fatal(err)
	}
	return mode.Lflag&(unix.ICANON|unix.ECHO) == unix.ICANON|unix.ECHO
}
