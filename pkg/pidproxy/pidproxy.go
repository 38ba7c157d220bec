// Package pidproxy is the companion program pidproxy: it runs a command in its
// foreground and passes signals on to the process whose pid the command keeps in
// a file. It is for programs such as mysqld_safe, which start the real daemon
// and do not pass on what they are sent.
package pidproxy

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Name is the name under which our program is this one.
const Name = "pidproxy"

// The signals that are passed on. After one that ends, pidproxy ends too.
var (
	ending = []os.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT}
	others = []os.Signal{syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2}
)

// Exit codes beyond those of the command.
const (
	exitUsage     = 1
	exitNoExec    = 126 // as in a shell
	exitNoCommand = 127
	exitSignal    = 128 // plus the signal that has ended the command
)

const (
	// daemonPatience is how long after its start a command may take to go to
	// the background and leave a pidfile.
	daemonPatience = 5 * time.Second
	// commandPatience is how long the command may outlive the daemon that was
	// told to end: then it is told itself, and then left alone.
	commandPatience = 3 * time.Second
	// pidfileEvery is how often a pidfile that is about to come is looked for.
	pidfileEvery = 50 * time.Millisecond
)

// IsProxy reports whether a program with these arguments is to be pidproxy.
func IsProxy(args []string) bool { return len(args) > 0 && filepath.Base(args[0]) == Name }

// proxy is one pidproxy at work. One goroutine owns it.
type proxy struct {
	pidfile string
	cmd     *exec.Cmd
	out     io.Writer // Supervisor's message goes there
	errs    io.Writer // ours
	started time.Time

	signals chan os.Signal
	ended   chan int // the exit code of the command; nil once it was received
	// gone is closed when the process watched has ended: the daemon that was
	// told to end, or that has taken the place of its command. Nil: there is
	// none.
	gone     <-chan struct{}
	watched  int
	stop     syscall.Signal // the signal that ends, once one was passed on
	told     bool           // the command itself was sent it
	deadline <-chan time.Time
}

// Main is the life of pidproxy: args are its name, the pidfile, and the command
// with its arguments. It returns the exit code: 0 after a signal that ends, else
// that of the command.
func Main(args []string, out, errs io.Writer) int {
	if len(args) < 3 {
		name := Name
		if len(args) > 0 {
			name = args[0]
		}
		fmt.Fprintf(out, "%s -- run a command and pass signals on to the process that its pidfile names.\n\nUsage: %s <pidfile name> <command> [<cmdarg1> ...]\n", Name, name)
		return exitUsage
	}
	p := &proxy{pidfile: args[1], out: out, errs: errs, signals: make(chan os.Signal, 16), ended: make(chan int, 1)}
	signal.Notify(p.signals, append(slices.Clone(ending), others...)...)
	defer signal.Stop(p.signals)
	if code := p.start(args[2:]); code != 0 {
		return code
	}
	return p.serve()
}

// start starts the command; the answer is 0, or the code to exit with.
func (p *proxy) start(command []string) int {
	path, err := find(command[0])
	if err != nil {
		p.say("can't find command '%s': %v", command[0], err)
		return exitNoCommand
	}
	p.cmd = &exec.Cmd{Path: path, Args: command, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}
	p.started = time.Now()
	if err := p.cmd.Start(); err != nil {
		p.say("can't start command '%s': %v", command[0], err)
		return exitNoExec
	}
	go func() {
		_ = p.cmd.Wait() // what it says is in ProcessState
		p.ended <- exitCode(p.cmd.ProcessState)
	}()
	return 0
}

// find finds the file of a command: below the current directory, where
// Supervisor's pidproxy looks, or else in the PATH.
func find(command string) (string, error) {
	path, err := filepath.Abs(command)
	if err != nil {
		return "", err
	}
	if _, err = os.Stat(path); err == nil {
		return path, nil
	}
	if strings.Contains(command, "/") {
		return "", reason(err)
	}
	if path, err = exec.LookPath(command); err != nil {
		return "", reason(err)
	}
	return path, nil
}

// reason is an error without the name that it is about.
func reason(err error) error {
	if e, ok := errors.AsType[*os.PathError](err); ok {
		return e.Err
	}
	if e, ok := errors.AsType[*exec.Error](err); ok {
		return e.Err
	}
	return err
}

func exitCode(s *os.ProcessState) int {
	if status, ok := s.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return exitSignal + int(status.Signal())
	}
	return s.ExitCode()
}

// serve passes signals on until there is nobody left to pass them to.
func (p *proxy) serve() int {
	for {
		select {
		case sig := <-p.signals:
			p.pass(sig.(syscall.Signal))
		case code := <-p.ended:
			p.ended = nil
			if p.stop == 0 && !p.follow(code) {
				return code
			}
		case <-p.gone:
			p.gone = nil
			p.deadline = time.After(commandPatience)
		case <-p.deadline:
			if p.told {
				p.say("the command does not end; it is left alone")
				return 0
			}
			p.tell(p.stop)
			p.deadline = time.After(commandPatience)
		}
		if p.ended == nil && p.gone == nil {
			return 0
		}
	}
}

// pass passes a signal on to the process that the pidfile names. If there is
// none, a signal that ends goes to the command, so that it does not stay behind.
func (p *proxy) pass(sig syscall.Signal) {
	ends := slices.Contains(ending, os.Signal(sig))
	pid, err := readPid(p.pidfile)
	if err != nil {
		fmt.Fprintf(p.out, "Can't read child pidfile %s!\n", p.pidfile)
		p.say("%v", err)
	} else if err = syscall.Kill(pid, sig); err != nil {
		p.say("can't signal process %d, which %s names: %v", pid, p.pidfile, err)
		if !errors.Is(err, syscall.ESRCH) {
			return // it is there, and out of our reach
		}
	}
	switch {
	case !ends:
	case err == nil:
		p.stop = sig
		p.watch(pid)
	default:
		p.stop = sig
		p.tell(sig)
	}
}

// tell sends a signal that ends to the command itself, or to the daemon that has
// taken its place.
func (p *proxy) tell(sig syscall.Signal) {
	p.told = true
	var err error
	switch {
	case p.ended != nil:
		err = p.cmd.Process.Signal(sig)
	case p.gone != nil:
		err = syscall.Kill(p.watched, sig)
	}
	if err != nil && !errors.Is(err, os.ErrProcessDone) && !errors.Is(err, syscall.ESRCH) {
		p.say("can't signal the command: %v", err)
	}
}

// watch has gone closed when the process ends.
func (p *proxy) watch(pid int) {
	if p.gone == nil || p.watched != pid {
		p.gone, p.watched = watch(pid), pid
	}
}

// follow takes the daemon that a command has left in the background for the
// command, and reports whether there is one: the command has ended well and its
// pidfile, written since, names a process that is alive.
func (p *proxy) follow(code int) bool {
	if code != 0 {
		return false
	}
	limit := time.NewTimer(time.Until(p.started.Add(daemonPatience)))
	defer limit.Stop()
	look := time.NewTicker(pidfileEvery)
	defer look.Stop()
	for {
		if pid := p.daemon(); pid != 0 {
			p.watch(pid)
			return true
		}
		select {
		case sig := <-p.signals:
			// Nobody is there yet to be told.
			if slices.Contains(ending, sig) {
				return false
			}
		case <-look.C:
		case <-limit.C:
			return false
		}
	}
}

// daemon is the process that the pidfile names, if the file was written since
// the start and the process is alive; else 0.
func (p *proxy) daemon() int {
	info, err := os.Stat(p.pidfile)
	// Some file systems count seconds only.
	if err != nil || info.ModTime().Before(p.started.Truncate(time.Second)) {
		return 0
	}
	pid, err := readPid(p.pidfile)
	if err != nil || errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return 0
	}
	return pid
}

func (p *proxy) say(format string, args ...any) {
	fmt.Fprintf(p.errs, Name+": "+format+"\n", args...)
}
