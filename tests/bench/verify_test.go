//go:build linux

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestVerify holds that a log with a line lost, repeated, torn or cut is found
// out, and which of it.
func TestVerify(t *testing.T) {
	line := func(n string) string { return n + " " + strings.Repeat("x", lineSize-digits-2) + "\n" }
	zero, one, two := line("0000000000"), line("0000000001"), line("0000000002")
	whole := zero + one + two
	for name, c := range map[string]struct {
		old, new string
		want     damage
	}{
		"whole":           {"", whole, damage{}},
		"rotated":         {zero, one + two, damage{}},
		"cut in two":      {whole[:150], whole[150:], damage{cut: 1}},
		"line lost":       {"", zero + two, damage{lost: 1}},
		"end lost":        {"", zero + one, damage{lost: 1}},
		"all lost":        {"", "", damage{lost: 3}},
		"line twice":      {zero, whole, damage{repeated: 1}},
		"bytes lost":      {"", whole[:140] + whole[150:], damage{lost: 1, torn: 1}},
		"end torn":        {"", whole[:250], damage{lost: 1, torn: 1}},
		"bytes too many":  {"", zero + "y" + one + two, damage{lost: 1, torn: 1}},
		"not what it was": {"", zero + strings.Replace(one, "x", "y", 1) + two, damage{lost: 1, torn: 1}},
		"wrong order":     {"", one + zero + two, damage{lost: 1, repeated: 1}},
	} {
		path := writeLog(t, c.old, c.new)
		if got, err := verify(numbered(path), int64(len(whole)), 0); err != nil || got != c.want {
			t.Errorf("%s: %v (%v), want %v", name, got, err, c.want)
		}
	}
}

// Of a log that is larger than what is kept the beginning may be gone, and
// nothing else.
func TestVerifyKept(t *testing.T) {
	line := func(n string) string { return n + " " + strings.Repeat("x", lineSize-digits-2) + "\n" }
	const size, max = 14 * lineSize, lineSize // eleven files of one line
	path := writeLog(t, line("0000000011"), line("0000000012")+line("0000000013"))
	if got, err := verify(numbered(path), size, max); err != nil || got.sum() != 0 {
		t.Errorf("the end: %v (%v)", got, err)
	}
	path = writeLog(t, line("0000000011"), line("0000000013"))
	if got, err := verify(numbered(path), size, max); err != nil || got != (damage{lost: 1}) {
		t.Errorf("a hole: %v (%v)", got, err)
	}
}

func writeLog(t *testing.T, old, new string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "log")
	for file, text := range map[string]string{path + ".1": old, path: new} {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return path
}
