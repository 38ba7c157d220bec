package compat

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// An interpreter runs Supervisor's main functions one after another without a
// new start of Python for each. It is not safe for concurrent use.
type interpreter struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	answers *bufio.Reader
}

// startInterpreter starts one with the environment.
func startInterpreter(env []string) (*interpreter, error) {
	script, err := filepath.Abs(filepath.Join("testdata", "oracle.py"))
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(python, script)
	cmd.Env = env
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", python, err)
	}
	return &interpreter{cmd, in, bufio.NewReader(out)}, nil
}

// run calls the main function ("ctl" or "daemon") in a forked child and returns
// its exit code, negative for a signal.
func (i *interpreter) run(main string, argv []string, dir string, files [3]string) (int, error) {
	request, err := json.Marshal(map[string]any{"main": main, "argv": argv, "dir": dir, "files": files})
	if err != nil {
		return 0, err
	}
	if _, err := i.in.Write(append(request, '\n')); err != nil {
		return 0, err
	}
	answer, err := i.answers.ReadString('\n')
	if err != nil {
		return 0, fmt.Errorf("the interpreter ended: %w", err)
	}
	return strconv.Atoi(strings.TrimSpace(answer))
}

// close ends the interpreter.
func (i *interpreter) close() {
	i.in.Close()
	_ = i.cmd.Process.Kill() // it may wait for a command that hangs
	_ = i.cmd.Wait()
}
