package compat

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func (w *world) doDaemon(rest string) (string, error) {
	_, err := w.start(append([]string{"-n", "-c", "supervisord.conf"}, words(w.expand(rest))...)...)
	return "", err
}

func (w *world) doDaemonize(rest string) (string, error) {
	out, code, err := w.execute(w.daemon, append([]string{"-c", "supervisord.conf"}, words(w.expand(rest))...), "")
	if err != nil {
		return "", err
	}
	err = await("answer of the daemon", func() (bool, string) { return w.ready(w.address) })
	if err != nil {
		return out, err
	}
	data, err := os.ReadFile(filepath.Join(w.dir, "supervisord.pid"))
	if err != nil {
		return out, err
	}
	if w.pid, err = strconv.Atoi(strings.TrimSpace(string(data))); err != nil {
		return out, err
	}
	return fmt.Sprintf("%sexit code %d\n", out, code), nil
}

func (w *world) doRun(rest string) (string, error) {
	out, code, err := w.execute(w.daemon, words(w.expand(rest)), "")
	return fmt.Sprintf("%sexit code %d\n", out, code), err
}

func (w *world) doStopped(string) (string, error) {
	process := w.process
	code, err := w.await()
	if err != nil {
		return "", err
	}
	stderr, err := os.ReadFile(process.Stderr.(*os.File).Name())
	if err != nil {
		return "", err
	}
	text := fmt.Sprintf("exit code %d\n", code)
	for line := range strings.Lines(string(stderr)) {
		text += "stderr: " + line
	}
	// Whatever else a daemon does: it leaves nothing behind.
	for _, pid := range marked("COMPAT_WORLD=" + w.dir) {
		if w.python != nil && pid == w.python.cmd.Process.Pid {
			continue
		}
		line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		if err != nil {
			continue
		}
		text += "left behind: " + strings.ReplaceAll(string(line), "\x00", " ") + "\n"
	}
	return text, nil
}

func (w *world) doCtl(rest string) (string, error) {
	return w.ctl(append([]string{"-c", "supervisord.conf"}, words(w.expand(rest))...))
}

func (w *world) doCtl0(rest string) (string, error) { return w.ctl(words(w.expand(rest))) }

func (w *world) ctl(args []string) (string, error) {
	out, code, err := w.execute(w.client, args, w.input)
	w.input = ""
	return fmt.Sprintf("%sexit code %d\n", out, code), err
}

// execute runs a program to its end and returns what it printed and its exit
// code. Supervisor's programs run in the world's interpreter.
func (w *world) execute(p program, args []string, input string) (string, int, error) {
	if input == "" {
		input = os.DevNull
	}
	if p.oracle {
		return w.interpret(p, args, input)
	}
	cmd, out, err := w.command(p.path, args...)
	if err != nil {
		return "", 0, err
	}
	defer out.close()
	in, err := os.Open(input)
	if err != nil {
		return "", 0, err
	}
	defer in.Close()
	cmd.Stdin = in
	if err := cmd.Start(); err != nil {
		return "", 0, err
	}
	if err := wait(cmd); err != nil {
		return out.text(), 0, err
	}
	return out.text(), cmd.ProcessState.ExitCode(), nil
}

// interpret runs one of Supervisor's programs in the interpreter.
func (w *world) interpret(p program, args []string, input string) (string, int, error) {
	if w.python == nil {
		python, err := startInterpreter(w.env)
		if err != nil {
			return "", 0, err
		}
		w.python = python
	}
	out, err := w.output()
	if err != nil {
		return "", 0, err
	}
	out.close()
	main := "ctl"
	if p.path == oracleDaemon {
		main = "daemon"
	}
	late := time.AfterFunc(patience, func() { sweep("COMPAT_WORLD="+w.dir, patience) })
	defer late.Stop()
	code, err := w.python.run(main, append([]string{p.path}, args...), w.dir,
		[3]string{input, out.paths[0], out.paths[1]})
	return out.text(), code, err
}

// wait waits for the end of a started program, and kills it when it is late.
func wait(cmd *exec.Cmd) error {
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	var exit *exec.ExitError
	select {
	case err := <-ended:
		if err != nil && !errors.As(err, &exit) {
			return err
		}
		return nil
	case <-time.After(patience):
		_ = cmd.Process.Kill()
		<-ended
		return fmt.Errorf("%s did not end within %v", cmd.Path, patience)
	}
}

// doUntil runs the client with an open input until it has printed a text, then
// interrupts it.
func (w *world) doUntil(rest string) (string, error) {
	args := words(w.expand(rest))
	if len(args) < 2 {
		return "", errors.New("a text and the client's words are wanted")
	}
	cmd, out, err := w.command(w.client.path, append([]string{"-c", "supervisord.conf"}, args[1:]...)...)
	if err != nil {
		return "", err
	}
	defer out.close()
	in, err := cmd.StdinPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	if w.input != "" {
		data, err := os.ReadFile(w.input)
		if err != nil {
			return "", err
		}
		w.input = ""
		if _, err := in.Write(data); err != nil {
			return "", err
		}
	}
	shown := await(args[0], func() (bool, string) {
		data, err := os.ReadFile(out.paths[0])
		return err == nil && strings.Contains(string(data), args[0]), string(data)
	})
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		return "", err
	}
	err = wait(cmd)
	_ = in.Close() // closed by Wait already, or the client is gone
	return fmt.Sprintf("%sexit code %d\n", out.text(), cmd.ProcessState.ExitCode()), errors.Join(shown, err)
}

// doFg runs "fg" with an open input until it has printed a text, interrupts it,
// and ends it when it says that it leaves: Supervisor's client then still waits
// for up to half a minute on the streams of the logs.
func (w *world) doFg(rest string) (string, error) {
	f, err := fields(w.expand(rest), 2)
	if err != nil {
		return "", err
	}
	cmd, out, err := w.command(w.client.path, "-c", "supervisord.conf", "fg", f[1])
	if err != nil {
		return "", err
	}
	defer out.close()
	shows := func(text string) error {
		return await(text, func() (bool, string) {
			data, err := os.ReadFile(out.paths[0])
			return err == nil && strings.Contains(string(data), text), string(data)
		})
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	if _, err := io.WriteString(in, f[0]+"\n"); err != nil {
		return "", err
	}
	err = shows(f[0] + "\n")
	_ = cmd.Process.Signal(syscall.SIGINT) // gone if it failed before
	if err == nil {
		err = shows("foreground\n")
	}
	_ = cmd.Process.Kill()
	return out.text(), errors.Join(err, wait(cmd))
}

// text shows an answer: status line, headers, body. The headers are a set
// without Server and the one that only ours sends (server-header). The length
// is checked elsewhere and not shown, since masks change it.
func (r *response) text(headers bool) string {
	lines := []string{strings.TrimSuffix(r.head[0], "\r") + "\n"}
	if headers {
		lines = r.lines()
		slices.Sort(lines[1:])
	}
	var b strings.Builder
	b.WriteString(strings.Join(lines, ""))
	b.WriteString(strings.ReplaceAll(string(r.body), "\r", "<CR>"))
	if len(r.body) > 0 && !strings.HasSuffix(string(r.body), "\n") {
		b.WriteString("(no newline)\n")
	}
	return b.String()
}

// lines are the lines of the head that are compared.
func (r *response) lines() []string {
	var lines []string
	for _, line := range r.head {
		if !strings.HasSuffix(line, "\r") {
			line += "(the line does not end with CR LF)"
		}
		line = strings.ReplaceAll(line, "\r", "")
		name, value, _ := strings.Cut(line, ":")
		switch strings.ToLower(name) {
		case "server", "x-content-type-options":
			continue
		case "content-length":
			line = name + ": LENGTH"
		case "connection":
			line = name + ":" + strings.ToLower(value)
			if strings.TrimSpace(value) == "close" {
				continue // that it does close is seen by the verb "closed"
			}
		}
		lines = append(lines, line+"\n")
	}
	return lines
}

// noAnswer turns the end of a connection without an answer into a text; how the
// kernel says it does not matter.
func noAnswer(err error) (string, error) {
	if errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) {
		return "(connection closed without an answer)\n", nil
	}
	return "", err
}

func (w *world) doRPC(rest string) (string, error) {
	method, args, _ := strings.Cut(rest, " ")
	if args == "" {
		args = "[]"
	}
	body, err := callXML(method, w.expand(args))
	if err != nil {
		return "", err
	}
	return w.doXML(body)
}

func (w *world) doXML(rest string) (string, error) {
	r, err := exchange(w.address, post(rest), true)
	if err != nil {
		return noAnswer(err)
	}
	return r.text(false), nil
}

func (w *world) doRaw(rest string) (string, error) { return w.raw(rest, false) }

func (w *world) doClosed(rest string) (string, error) { return w.raw(rest, true) }

func (w *world) raw(rest string, end bool) (string, error) {
	request, err := strconv.Unquote(rest)
	if err != nil {
		return "", fmt.Errorf("bytes %s: %w", rest, err)
	}
	r, err := exchange(w.address, []byte(request), end)
	if err != nil {
		return noAnswer(err)
	}
	return r.text(true), nil
}

// doStream follows an endless answer until the text has come.
func (w *world) doStream(rest string) (string, error) {
	f, err := fields(rest, 2)
	if err != nil {
		return "", err
	}
	c, err := dial(w.address)
	if err != nil {
		return "", err
	}
	defer c.conn.Close()
	if _, err := fmt.Fprintf(c.conn, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", f[0]); err != nil {
		return "", err
	}
	r := new(response)
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			return r.text(true), err
		}
		if line == "\r\n" {
			break
		}
		r.head = append(r.head, strings.TrimSuffix(line, "\n"))
	}
	for !strings.Contains(string(r.body), f[1]) {
		part, err := c.chunk()
		if err != nil {
			return r.text(true), err
		}
		r.body = append(r.body, part...)
	}
	return r.text(true), nil
}
