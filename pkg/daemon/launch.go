package daemon

import (
	"fmt"
	"io"
	"os"
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
	soft := startLimits()
	argv := append([]string{o.Args[0]}, o.Args[1:]...)
	// Not by os/exec, which first starts a process to see what the system can do.
	pid, err := syscall.ForkExec(self, argv, &syscall.ProcAttr{
		Env:   append(os.Environ(), fmt.Sprintf("%s=3,%d,%d", launchedEnv, soft[0], soft[1])),
		Files: []uintptr{0, 1, 2, told.Fd()},
		Sys:   &syscall.SysProcAttr{Setsid: true},
	})
	if err != nil {
		return o.fail(fmt.Errorf("cannot go into the background: %v", err))
	}
	told.Close()
	if n, _ := ready.Read(make([]byte, 1)); n == 1 {
		return 0
	}
	return exitOf(pid) // it ended, or closed the pipe unsaid: both are failures
}

// exitOf waits for the end of a child that has failed, and gives the code to
// exit with.
func exitOf(pid int) int {
	var status syscall.WaitStatus
	for {
		_, err := syscall.Wait4(pid, &status, 0, nil)
		if err == syscall.EINTR {
			continue
		}
		if err == nil && status.ExitStatus() > 0 {
			return status.ExitStatus()
		}
		return exitFailure
	}
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
