package daemon

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
)

// launchedEnv tells the copy which descriptor leads to the process that
// launched it, and the limits that this one was started with. It is removed from
// the environment at once.
const launchedEnv = "SUPERVISORD_LAUNCHED"

// Launched reports whether this process is the copy that another one started to
// go into the background, and which has told on stderr what there is to tell of
// the command line.
func Launched() bool {
	_, ok := os.LookupEnv(launchedEnv)
	return ok
}

// launch starts this program again in a session of its own and waits until it
// has detached or failed. It returns the code to exit with.
func launch(o Options) int {
	self, err := os.Executable()
	if err != nil {
		return o.fail(fmt.Errorf("cannot find our own program to go into the background: %v", err))
	}
	ready, told, err := os.Pipe()
	if err != nil {
		return o.fail(fmt.Errorf("cannot go into the background: %v", err))
	}
	defer ready.Close()
	cmd := exec.Command(self, o.Args[1:]...)
	cmd.Args[0] = o.Args[0]
	soft := startLimits()
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=3,%d,%d", launchedEnv, soft[0], soft[1]))
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.ExtraFiles = []*os.File{told}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return o.fail(fmt.Errorf("cannot go into the background: %v", err))
	}
	told.Close()
	if n, _ := ready.Read(make([]byte, 1)); n == 1 {
		return 0
	}
	err = cmd.Wait() // it ended, or closed the pipe unsaid: both are failures
	if exit, ok := err.(*exec.ExitError); ok && exit.ExitCode() > 0 {
		return exit.ExitCode()
	}
	return exitFailure
}

// launcher is the way to the process that launched this one; nil if none did.
type launcher struct {
	pipe *os.File
	soft softLimits
}

// findLauncher takes the notice of launch out of the environment.
func findLauncher() *launcher {
	text, ok := os.LookupEnv(launchedEnv)
	if !ok {
		return nil
	}
	os.Unsetenv(launchedEnv)
	var fd int
	l := &launcher{}
	if n, _ := fmt.Sscanf(text, "%d,%d,%d", &fd, &l.soft[0], &l.soft[1]); n != 3 || fd < 3 {
		return nil
	}
	syscall.CloseOnExec(fd)
	l.pipe = os.NewFile(uintptr(fd), "launcher")
	return l
}

// detach lets go of the terminal and of the launcher.
func (l *launcher) detach() error {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer null.Close()
	for fd := range 3 {
		if err := dup2(int(null.Fd()), fd); err != nil {
			return fmt.Errorf("cannot point descriptor %d to %s: %v", fd, os.DevNull, err)
		}
	}
	_, err = io.WriteString(l.pipe, "1")
	l.pipe.Close()
	return err
}
