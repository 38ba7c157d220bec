package compat

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// A verb carries out one step and returns what it showed. An error is shown
// too: it differs, or it is the same on both sides.
type verb func(w *world, rest string) (string, error)

var verbs = map[string]verb{
	"daemon":    (*world).doDaemon,
	"daemonize": (*world).doDaemonize,
	"run":       (*world).doRun,
	"stopped":   (*world).doStopped,
	"signal":    (*world).doSignal,
	"ctl":       (*world).doCtl,
	"ctl0":      (*world).doCtl0,
	"until":     (*world).doUntil,
	"fg":        (*world).doFg,
	"stdin":     (*world).doStdin,
	"rpc":       (*world).doRPC,
	"xml":       (*world).doXML,
	"raw":       (*world).doRaw,
	"closed":    (*world).doClosed,
	"stream":    (*world).doStream,
	"net":       (*world).doNet,
	"await":     (*world).doAwait,
	"awaitfile": (*world).doAwaitFile,
	"gone":      (*world).doGone,
	"kill":      (*world).doKill,
	"killfile":  (*world).doKillFile,
	"dead":      (*world).doDead,
	"copy":      (*world).doCopy,
	"move":      (*world).doMove,
	"remove":    (*world).doRemove,
	"file":      (*world).doFile,
	"files":     (*world).doFiles,
	"lstat":     (*world).doLstat,
	"log":       (*world).doLog,
	"order":     (*world).doOrder,
	"events":    (*world).doEvents,
}

// path is a path of a script: relative ones belong to the world.
func (w *world) path(p string) string {
	if filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(w.dir, p)
}

// fields splits the rest of a step into exactly n words.
func fields(rest string, n int) ([]string, error) {
	f := words(rest)
	if len(f) != n {
		return nil, fmt.Errorf("%d words wanted, not %q", n, f)
	}
	return f, nil
}

func (w *world) doCopy(rest string) (string, error) {
	f, err := fields(rest, 2)
	if err != nil {
		return "", err
	}
	data, err := os.ReadFile(w.path(f[0]))
	if err != nil {
		return "", err
	}
	return "", os.WriteFile(w.path(f[1]), data, 0o644)
}

func (w *world) doMove(rest string) (string, error) {
	f, err := fields(rest, 2)
	if err != nil {
		return "", err
	}
	return "", os.Rename(w.path(f[0]), w.path(f[1]))
}

func (w *world) doRemove(rest string) (string, error) { return "", os.RemoveAll(w.path(rest)) }

func (w *world) doFile(rest string) (string, error) {
	data, err := os.ReadFile(w.path(rest))
	return string(data), err
}

func (w *world) doFiles(rest string) (string, error) {
	entries, err := os.ReadDir(w.path(rest))
	var names []string
	for _, e := range entries {
		names = append(names, w.masker(e.Name())+"\n")
	}
	slices.Sort(names) // the random part of a name has no say in the order
	return strings.Join(names, ""), err
}

func (w *world) doLstat(rest string) (string, error) {
	info, err := os.Lstat(w.path(rest))
	if os.IsNotExist(err) {
		return "(absent)\n", nil
	}
	if err != nil {
		return "", err
	}
	return info.Mode().String() + "\n", nil
}

func (w *world) doStdin(rest string) (string, error) {
	w.input = w.path(rest)
	return "", nil
}

func (w *world) doNet(rest string) (string, error) {
	switch rest {
	case "unix":
		w.address = address{"unix", filepath.Join(w.dir, "s.sock")}
	case "inet":
		w.address = address{"tcp", "127.0.0.1:" + w.ports[0]}
	default:
		return "", fmt.Errorf("no net is called %q", rest)
	}
	return "", nil
}

func (w *world) doAwait(rest string) (string, error) {
	f, err := fields(rest, 2)
	if err != nil {
		return "", err
	}
	return "", await(f[0]+" "+f[1], func() (bool, string) {
		state, _, err := w.info(f[0])
		if err != nil {
			return false, err.Error()
		}
		return state == f[1], state
	})
}

func (w *world) doAwaitFile(rest string) (string, error) {
	path, pattern, _ := strings.Cut(rest, " ")
	p, err := regexp.Compile(w.expand(pattern))
	if err != nil {
		return "", err
	}
	return "", await(rest, func() (bool, string) {
		data, err := os.ReadFile(w.path(path))
		if err != nil {
			return false, err.Error()
		}
		return p.Match(data), string(data)
	})
}

func (w *world) doGone(rest string) (string, error) {
	return "", await("end of "+rest, func() (bool, string) {
		_, err := os.Lstat(w.path(rest))
		return os.IsNotExist(err), fmt.Sprint(err)
	})
}

// signals are those that scripts send.
var signals = map[string]syscall.Signal{
	"TERM": syscall.SIGTERM, "INT": syscall.SIGINT, "QUIT": syscall.SIGQUIT, "HUP": syscall.SIGHUP,
	"KILL": syscall.SIGKILL, "USR1": syscall.SIGUSR1, "USR2": syscall.SIGUSR2, "PIPE": syscall.SIGPIPE,
	"XFSZ": syscall.SIGXFSZ, "CHLD": syscall.SIGCHLD,
}

func (w *world) doSignal(rest string) (string, error) {
	s, ok := signals[rest]
	if !ok || w.pid == 0 {
		return "", fmt.Errorf("no signal %q, or no daemon", rest)
	}
	return "", syscall.Kill(w.pid, s)
}

func (w *world) doKill(rest string) (string, error) {
	f, err := fields(rest, 2)
	if err != nil {
		return "", err
	}
	s, ok := signals[f[1]]
	if !ok {
		return "", fmt.Errorf("no signal %q", f[1])
	}
	_, pid, err := w.info(f[0])
	if err != nil {
		return "", err
	}
	if pid == 0 {
		return "", fmt.Errorf("%s has no pid", f[0])
	}
	w.signal = pid
	return "", syscall.Kill(pid, s)
}

// doKillFile signals the pid that a program has left in a file: while the
// daemon shuts down nobody can be asked for it.
func (w *world) doKillFile(rest string) (string, error) {
	f, err := fields(rest, 2)
	if err != nil {
		return "", err
	}
	data, err := os.ReadFile(w.path(f[0]))
	if err != nil {
		return "", err
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(data)))
	if err != nil {
		return "", err
	}
	s, ok := signals[f[1]]
	if !ok {
		return "", fmt.Errorf("no signal %q", f[1])
	}
	return "", syscall.Kill(pid, s)
}

func (w *world) doDead(name string) (string, error) {
	return "", await("new life of "+name, func() (bool, string) {
		_, pid, err := w.info(name)
		return err == nil && pid != w.signal, fmt.Sprint(pid, err)
	})
}

func (w *world) doLog(rest string) (string, error) {
	data, err := os.ReadFile(filepath.Join(w.dir, "supervisord.log"))
	if err != nil {
		return "", err
	}
	if len(data) < w.logRead {
		w.logRead = 0 // cleared or rotated
	}
	fresh := data[w.logRead:]
	fresh = fresh[:bytes.LastIndexByte(fresh, '\n')+1]
	w.logRead += len(fresh)
	return arrange(string(fresh)), nil
}

// doOrder shows the processes in the order of the main log's lines that begin
// with a word: who came first.
func (w *world) doOrder(word string) (string, error) {
	data, err := os.ReadFile(filepath.Join(w.dir, "supervisord.log"))
	if err != nil {
		return "", err
	}
	p, err := regexp.Compile(`(?m)^\S+ \S+ \w+ ` + regexp.QuoteMeta(word) + `: '?([^' ]+)`)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, m := range p.FindAllSubmatch(data, -1) {
		fmt.Fprintf(&b, "%s %s\n", word, m[1])
	}
	return b.String(), nil
}

func (w *world) doEvents(rest string) (string, error) {
	data, err := os.ReadFile(w.path(rest))
	if err != nil {
		return "", err
	}
	var lines []logLine
	for line := range strings.Lines(string(data)) {
		about := ""
		if m := eventProcess.FindStringSubmatch(line); m != nil {
			about = m[1]
		}
		lines = append(lines, logLine{about, eventPid.ReplaceAllString(line, "pid:PID")})
	}
	return render(lines), nil
}

var (
	eventProcess = regexp.MustCompile(`processname:(\S+)`)
	eventPid     = regexp.MustCompile(`\bpid:[1-9]\d*`)
)
