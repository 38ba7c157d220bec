package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"testing"
	"time"
)

var pythonValues = []struct {
	value  any
	python string // an expression of the same value
	want   string
}{
	{5, "5", "5"},
	{-5, "-5", "-5"},
	{true, "True", "True"},
	{"it's", `"it's"`, "it's"},
	{1.0, "1.0", "1.0"},
	{0.0, "0.0", "0.0"},
	{-2.5, "-2.5", "-2.5"},
	{1e16, "1e16", "1e+16"},
	{1e15, "1e15", "1000000000000000.0"},
	{0.0001, "0.0001", "0.0001"},
	{0.00001, "0.00001", "1e-05"},
	{1.5e300, "1.5e300", "1.5e+300"},
	{math.Inf(-1), "float('-inf')", "-inf"},
	{math.NaN(), "float('nan')", "nan"},
	{[]any{}, "[]", "[]"},
	{[]any{nil, false, "a"}, "[None, False, 'a']", "[None, False, 'a']"},
	{[]any{"it's", `"`, `'"`}, `["it's", '"', '\'"']`, `["it's", '"', '\'"']`},
	{[]any{"\\\n\r\t\x01\x7fé\u00a0\u2028😀\U000e0001"}, `['\\\n\r\t\x01\x7fé\xa0\u2028😀\U000e0001']`, `['\\\n\r\t\x01\x7fé\xa0\u2028😀\U000e0001']`},
	{map[string]any{"b": []any{1}, "a": 2.0}, "{'a': 2.0, 'b': [1]}", "{'a': 2.0, 'b': [1]}"},
	{time.Date(2020, 1, 2, 3, 4, 0, 0, time.UTC), "datetime.datetime(2020,1,2,3,4)", "2020-01-02 03:04:00"},
	{[]any{time.Date(2020, 1, 2, 3, 4, 0, 0, time.UTC), time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)},
		"[datetime.datetime(2020,1,2,3,4), datetime.datetime(2020,1,2,3,4,5)]",
		"[datetime.datetime(2020, 1, 2, 3, 4), datetime.datetime(2020, 1, 2, 3, 4, 5)]"},
}

func TestPythonString(t *testing.T) {
	for _, tc := range pythonValues {
		if got := pythonString(tc.value); got != tc.want {
			t.Errorf("%s: %s, want %s", tc.python, got, tc.want)
		}
	}
}

// The expectations above, held to Python itself.
func TestPythonStringIsPython(t *testing.T) {
	const python = "/usr/bin/python3"
	if _, err := exec.LookPath(python); err != nil {
		t.Skip("there is no Python to compare with:", err)
	}
	var script strings.Builder
	script.WriteString("import datetime, sys\nout = open(1, 'w', encoding='utf-8')\n")
	for _, tc := range pythonValues {
		fmt.Fprintf(&script, "print(str(%s), file=out)\n", tc.python)
	}
	out, err := exec.Command(python, "-c", script.String()).Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if len(lines) != len(pythonValues) {
		t.Fatalf("%d lines for %d values", len(lines), len(pythonValues))
	}
	for i, tc := range pythonValues {
		if lines[i] != tc.want {
			t.Errorf("%s: Python prints %s, we %s", tc.python, lines[i], tc.want)
		}
	}
}

// Supervisor's own reader of help texts must find in ours what the signature
// says: clients have copies of it.
func TestHelpIsReadBySupervisor(t *testing.T) {
	const python, packages = "/usr/bin/python3", "/usr/lib/python3/dist-packages"
	if _, err := os.Stat(packages + "/supervisor/xmlrpc.py"); err != nil {
		t.Skip("there is no Supervisor to compare with:", err)
	}
	help := map[string]string{}
	want := map[string][]string{}
	for _, m := range append(Methods(), SystemMethods()...) {
		help[m.Name], want[m.Name] = m.Help(), m.Signature()
	}
	in, err := json.Marshal(help)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "-c", `
import json, sys
sys.path.insert(0, '`+packages+`')
from supervisor.xmlrpc import gettags
def types(help):
    tags = gettags(help)
    return [t[2] for t in tags if t[1] == 'return'] + [t[2] for t in tags if t[1] == 'param']
json.dump({name: types(help) for name, help in json.load(sys.stdin).items()}, sys.stdout)`)
	cmd.Stdin = bytes.NewReader(in)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var got map[string][]string
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("Supervisor reads %v, want %v", got, want)
	}
}
