package config

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// An oracle is a Python process that answers questions, one at a time
// (testdata/oracle.py). What it says is what Supervisor does.
type oracle struct {
	in       io.Writer
	answers  *bufio.Reader
	question string
}

// startOracle starts one for a kind of question. The test is skipped where there
// is no Python, or no Supervisor although the question needs it: those are what
// we compare with.
func startOracle(t *testing.T, question string) *oracle {
	t.Helper()
	const python = "/usr/bin/python3"
	if _, err := os.Stat(python); err != nil {
		t.Skipf("nothing to compare with: %v", err)
	}
	if !strings.Contains("dialect text_habits globs", question) {
		if err := exec.Command(python, "-c", "import supervisor.options").Run(); err != nil {
			t.Skip("nothing to compare with: Supervisor is not installed")
		}
	}
	// Python sets LC_CTYPE in its environment if the locale is C; with a locale
	// given both sides see the same variables.
	t.Setenv("LC_ALL", "C.UTF-8")
	script, err := os.ReadFile("testdata/oracle.py")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "-W", "ignore", "-c", string(script))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("the oracle: %v", err)
		}
	})
	return &oracle{in, bufio.NewReader(out), question}
}

// ask puts one case and reads the answer to it.
func (o *oracle) ask(t *testing.T, c, answer any) {
	t.Helper()
	request, err := json.Marshal(map[string]any{"question": o.question, "case": c})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.in.Write(append(request, '\n')); err != nil {
		t.Fatal(err)
	}
	line, err := o.answers.ReadBytes('\n')
	if err != nil {
		t.Fatalf("the oracle has ended: %v", err)
	}
	if err := json.Unmarshal(line, answer); err != nil {
		t.Fatal(err)
	}
}

// ask has one oracle answer all cases of one question.
func ask[C, A any](t *testing.T, question string, cases []C) []A {
	t.Helper()
	o := startOracle(t, question)
	answers := make([]A, len(cases))
	for i, c := range cases {
		o.ask(t, c, &answers[i])
	}
	return answers
}
