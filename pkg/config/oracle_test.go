package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// ask has Python answer all cases of one question (testdata/oracle.py) in one
// process. The test is skipped where there is no Python, or no Supervisor
// although the question needs it: those are what we compare with.
func ask[C, A any](t *testing.T, question string, cases []C) []A {
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
	request, err := json.Marshal(map[string]any{"question": question, "cases": cases})
	if err != nil {
		t.Fatal(err)
	}
	// Python sets LC_CTYPE in its environment if the locale is C; with a locale
	// given both sides see the same variables.
	t.Setenv("LC_ALL", "C.UTF-8")
	script, err := os.ReadFile("testdata/oracle.py")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "-W", "ignore", "-c", string(script))
	cmd.Stdin = bytes.NewReader(request)
	output, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("%v\n%s", err, exit.Stderr)
		}
		t.Fatal(err)
	}
	var answers []A
	if err := json.Unmarshal(output, &answers); err != nil {
		t.Fatal(err)
	}
	if len(answers) != len(cases) {
		t.Fatalf("%d answers to %d cases", len(answers), len(cases))
	}
	return answers
}
