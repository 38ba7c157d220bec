//go:build linux

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	table := new(table)
	table.add(0, "boot", "ms", 30, 10, 20)
	table.add(1, "boot", "ms", 5)
	table.addRate(0, "log", "MB/s", 100)
	table.addRate(1, "log", "MB/s", 300)
	table.addLatency(0, "call", []float64{1, 2, 3, 100})
	var out bytes.Buffer
	table.print(&out, settings{sides: []side{{name: "a"}, {name: "b"}}})
	for _, want := range []string{"20.0", "4.00 x", "3.00 x", "call, p99"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
	if v, _ := table.row("call, p99", "", 0, false).value(0); v != 100 {
		t.Errorf("p99 is %v", v)
	}
	if _, ok := table.row("call, p99", "", 0, false).ratio(); ok {
		t.Error("a ratio without a second side")
	}
}

// TestVerify holds that a log with a line lost, doubled or cut is found out.
func TestVerify(t *testing.T) {
	line := func(n string) string { return n + " " + strings.Repeat("x", lineSize-digits-2) + "\n" }
	whole := line("0000000000") + line("0000000001") + line("0000000002")
	for name, c := range map[string]struct {
		old, new string
		ok       bool
	}{
		"whole":       {"", whole, true},
		"cut in two":  {whole[:150], whole[150:], true},
		"line lost":   {"", line("0000000000") + line("0000000002"), false},
		"end lost":    {"", whole[:200], false},
		"line twice":  {whole[:100], whole, false},
		"bytes lost":  {whole[:140], whole[150:], false},
		"wrong order": {whole[100:], whole[:100], false},
	} {
		path := filepath.Join(t.TempDir(), "log")
		for file, text := range map[string]string{path + ".1": c.old, path: c.new} {
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if err := verify(path, int64(len(whole))); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}
