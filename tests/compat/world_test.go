package compat

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A world is one directory with a daemon and a client in it. One goroutine
// plays in it.
type world struct {
	name    string
	dir     string
	daemon  program
	client  program
	ports   []string // free TCP ports, as written in the files
	env     []string
	process *exec.Cmd // the daemon of "daemon"; nil before and after
	ended   chan error
	pid     int // the daemon's pid, also after "daemonize"
	python  *interpreter
	address address
	input   string // file of "stdin"
	signal  int    // pid of the last "kill"
	logRead int    // bytes of the main log already shown
	runs    int    // numbers the output files
}

// newWorld makes the directory and writes the files. Worlds that are compared
// have names of one length, so that lengths agree too.
func newWorld(name, dir string, daemon, client program, files []file) (*world, error) {
	w := &world{name: name, dir: dir, daemon: daemon, client: client}
	for _, d := range []string{dir, filepath.Join(dir, "tmp"), filepath.Join(dir, "out")} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			return nil, err
		}
	}
	w.address = address{"unix", filepath.Join(dir, "s.sock")}
	w.env = []string{
		"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + dir, "LANG=C.UTF-8", "TZ=UTC", "TERM=dumb",
		"TMPDIR=" + filepath.Join(dir, "tmp"), runVariable + "=" + build.run, "COMPAT_WORLD=" + dir,
	}
	for range 2 {
		port, err := freePort()
		if err != nil {
			return nil, err
		}
		w.ports = append(w.ports, port)
	}
	for _, f := range files {
		if err := w.write(f); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// write stores a file of a script; what lies in bin/ becomes executable.
func (w *world) write(f file) error {
	path := filepath.Join(w.dir, f.name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	mode := os.FileMode(0o644)
	if strings.HasPrefix(f.name, "bin/") {
		mode = 0o755
	}
	return os.WriteFile(path, []byte(w.expand(f.data)), mode)
}

// expand replaces the variables of scripts and files.
func (w *world) expand(text string) string {
	return strings.NewReplacer("$DIR", w.dir, "$PORT2", w.ports[1], "$PORT", w.ports[0],
		"$CHILD", build.child+" "+childArgument, "<BYTE>", "\xff").Replace(text)
}

// freePort finds a TCP port of five digits that nobody listens on. It is not one
// of those that the system gives away by itself (32768 to 60999 on Linux):
// between here and the start of the daemon somebody would get it.
func freePort() (string, error) {
	for range 100 {
		port := strconv.Itoa(61_000 + rand.IntN(4_000))
		l, err := net.Listen("tcp", "127.0.0.1:"+port)
		if err != nil {
			continue
		}
		return port, l.Close()
	}
	return "", errors.New("100 ports tried, none is free")
}

// command prepares a program in the world, its output going to two new files.
func (w *world) command(path string, args ...string) (*exec.Cmd, *output, error) {
	out, err := w.output()
	if err != nil {
		return nil, nil, err
	}
	cmd := exec.Command(path, args...)
	cmd.Dir = w.dir
	cmd.Env = w.env
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Stdout, cmd.Stderr = out.files[0], out.files[1]
	return cmd, out, nil
}

// output is what a program has printed, in files: a daemon's children may hold
// them open without keeping anybody waiting.
type output struct {
	files [2]*os.File
	paths [2]string
}

func (w *world) output() (*output, error) {
	o := new(output)
	w.runs++
	for i, kind := range []string{"out", "err"} {
		o.paths[i] = filepath.Join(w.dir, "out", fmt.Sprintf("%d.%s", w.runs, kind))
		f, err := os.OpenFile(o.paths[i], os.O_CREATE|os.O_TRUNC|os.O_WRONLY|os.O_APPEND, 0o644)
		if err != nil {
			return nil, err
		}
		o.files[i] = f
	}
	return o, nil
}

func (o *output) close() {
	for _, f := range o.files {
		f.Close()
	}
}

// text shows stdout, then stderr marked line by line.
func (o *output) text() string {
	var b strings.Builder
	for i, path := range o.paths {
		data, err := os.ReadFile(path)
		if err != nil {
			fmt.Fprintf(&b, "(%v)\n", err)
		}
		text := string(data)
		if i == 1 && text != "" {
			text = "stderr: " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\nstderr: ") + "\n"
		}
		if text != "" && !strings.HasSuffix(text, "\n") {
			text += "(no newline)\n"
		}
		b.WriteString(text)
	}
	return b.String()
}

// start starts the daemon and waits until it answers.
func (w *world) start(args ...string) (*output, error) {
	if w.process != nil {
		return nil, errors.New("a daemon is running already")
	}
	cmd, out, err := w.command(w.daemon.path, args...)
	if err != nil {
		return nil, err
	}
	defer out.close()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	w.process, w.pid = cmd, cmd.Process.Pid
	w.ended = make(chan error, 1)
	go func() { w.ended <- cmd.Wait() }()
	err = await("answer of the daemon", func() (bool, string) {
		select {
		case err := <-w.ended:
			w.ended <- err
			return true, ""
		default:
			return w.ready(w.address)
		}
	})
	select {
	case failed := <-w.ended:
		w.process = nil
		return out, fmt.Errorf("the daemon ended: %v\n%s", failed, out.text())
	default:
		return out, err
	}
}

// ready says whether the daemon answers getState with RUNNING, or wants to know
// who asks.
func (w *world) ready(a address) (bool, string) {
	body, err := callXML("supervisor.getState", "[]")
	if err != nil {
		return false, err.Error()
	}
	r, err := exchange(a, post(body), false)
	if err != nil {
		return false, err.Error()
	}
	ok := bytes.Contains(r.body, []byte("RUNNING")) || strings.Contains(r.head[0], " 401 ")
	return ok, r.head[0] + "\n" + string(r.body)
}

// await waits for the end of the daemon and returns its exit code.
func (w *world) await() (int, error) {
	if w.process == nil {
		return 0, errors.New("no daemon was started with \"daemon\"")
	}
	select {
	case <-w.ended:
	case <-time.After(patience):
		return 0, fmt.Errorf("the daemon did not end within %v", patience)
	}
	code := w.process.ProcessState.ExitCode()
	w.process = nil
	return code, nil
}

var stateName = regexp.MustCompile(`<name>statename</name>\s*<value><string>(\w+)</string>`)
var pidValue = regexp.MustCompile(`<name>pid</name>\s*<value><int>(\d+)</int>`)

// info asks for one process: its state and pid.
func (w *world) info(name string) (state string, pid int, err error) {
	body, err := callXML("supervisor.getProcessInfo", fmt.Sprintf("[%q]", name))
	if err != nil {
		return "", 0, err
	}
	r, err := exchange(w.address, post(body), false)
	if err != nil {
		return "", 0, err
	}
	s, p := stateName.FindSubmatch(r.body), pidValue.FindSubmatch(r.body)
	if s == nil || p == nil {
		return "", 0, fmt.Errorf("%s: %s", r.head[0], r.body)
	}
	pid, err = strconv.Atoi(string(p[1]))
	return string(s[1]), pid, err
}

// settle waits until every process of the daemon has become its program: a
// signal between fork and exec still meets the daemon's own handlers, and
// Supervisor's child loses it there.
func (w *world) settle() error {
	if w.pid == 0 {
		return nil
	}
	own, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", w.pid))
	if err != nil {
		return nil // the daemon is gone
	}
	body, err := callXML("supervisor.getAllProcessInfo", "[]")
	if err != nil {
		return err
	}
	r, err := exchange(w.address, post(body), false)
	if err != nil {
		return nil // it is about to go, or to come
	}
	for _, pid := range pidValue.FindAllSubmatch(r.body, -1) {
		err := await("program in process "+string(pid[1]), func() (bool, string) {
			exe, err := os.Readlink(fmt.Sprintf("/proc/%s/exe", pid[1]))
			return err != nil || exe != own, exe
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// close ends everything in the world and returns what had to be killed: all
// but the daemon and its children still being there is not a fault.
func (w *world) close() {
	if w.python != nil {
		w.python.close()
	}
	sweep("COMPAT_WORLD="+w.dir, 20*time.Second)
	if w.process != nil {
		<-w.ended
	}
}
