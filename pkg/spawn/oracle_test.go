package spawn

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"os"
	"os/exec"
	"testing"
)

// interpreter is the interpreter of the machine's own Supervisor.
const interpreter = "/usr/bin/python3"

//go:embed testdata/oracle.py
var oracleScript string

// oracle asks the real Supervisor. It must not be used beside a Children, which
// would collect the interpreter.
func oracle[A, Q any](t *testing.T, what string, questions []Q) []A {
	t.Helper()
	needsSupervisor(t)
	input, err := json.Marshal(questions)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(interpreter, "-c", oracleScript, what)
	cmd.Stdin = bytes.NewReader(input)
	cmd.Stderr = os.Stderr
	output, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var answers []A
	if err := json.Unmarshal(output, &answers); err != nil {
		t.Fatal(err)
	}
	if len(answers) != len(questions) {
		t.Fatalf("%d answers to %d questions", len(answers), len(questions))
	}
	return answers
}

func needsSupervisor(t *testing.T) {
	t.Helper()
	if exec.Command(interpreter, "-c", "import supervisor").Run() != nil {
		t.Skipf("no Supervisor to compare with: %s cannot import it", interpreter)
	}
}
