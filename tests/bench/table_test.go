//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var names = []string{other, limit, ours}

// filled is a table as a run leaves it.
func filled() *table {
	t := new(table)
	s, l, o := &peer{name: other}, &peer{name: limit}, &peer{name: ours}
	for i, n := range []int{100, 1000, 5000} {
		t.add(s, rowAll(n), "ms", float64(30*n))
		t.add(l, rowAll(n), "ms", float64(n))
		t.add(o, rowAll(n), "ms", float64(n+n/10))
		t.add(o, rowPrivate(n), "MiB", float64(8+4*i))
	}
	t.addRate(s, rate(writings[0].name), "MB/s", 100)
	t.addRate(o, rate(writings[0].name), "MB/s", 120)
	t.addLatency(o, rowDeath(1000), 1, 2, 3, 100)
	t.round = 1
	t.add(o, rowPrivate(100), "MiB", 10)
	t.derive()
	return t
}

func TestPrint(t *testing.T) {
	table := filled()
	table.note("said once")
	table.note("said once")
	var out bytes.Buffer
	table.print(&out, names)
	for _, want := range []string{
		"27.3× |", "1.10× |", "≥ 20× better: met; ≤ 2× limit: met", // of 1,000 programs
		"≥ 1.3× better: NOT MET", "9.00 ±11%", "≤ 12 MiB: met", "≤ 10 ms: NOT MET", "R² = 1.0000",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing", want)
		}
	}
	if strings.Count(out.String(), "said once") != 1 {
		t.Error("the note is not there once")
	}
	for line := range strings.Lines(out.String()) {
		if strings.HasPrefix(line, "|") && !strings.HasSuffix(line, "|\n") {
			t.Errorf("no line of a table: %q", line)
		}
	}
	if t.Failed() {
		t.Logf("\n%s", &out)
	}
}

func TestGoals(t *testing.T) {
	for _, c := range []struct {
		goal        goal
		rate        bool
		other, ours float64
		met         bool
	}{
		{goal{better, 20}, false, 100, 5, true},
		{goal{better, 20}, false, 100, 5.1, false},
		{goal{better, 20}, false, 100, 0, true},
		{goal{better, 1.3}, true, 100, 130, true},
		{goal{better, 1.3}, true, 100, 129, false},
		{goal{share, 0.75}, false, 100, 75, true},
		{goal{share, 0.75}, false, 100, 76, false},
		{goal{most, 3}, false, 100, 3, true},
		{goal{most, 3}, false, 100, 3.1, false},
	} {
		r := &row{quantile: 0.5, rate: c.rate, samples: map[string][][]float64{other: {{c.other}}, ours: {{c.ours}}}}
		if met, known := c.goal.met(r); !known || met != c.met {
			t.Errorf("%s with %v beside %v: %v, %v", c.goal.text("ms"), c.ours, c.other, met, known)
		}
		if _, known := (goal{near, 2}).met(r); known {
			t.Error("a goal beside the limit is known without the limit")
		}
	}
}

// Each goal belongs to a row that a run with the usual numbers makes.
func TestGoalsHaveRows(t *testing.T) {
	b := &bench{settings: settings{common: []int{1, 100, 300, 1000}, large: []int{3000, 5000}}}
	rows := []string{rowLinear}
	for _, s := range b.scenarios() {
		rows = append(rows, s.rows...)
	}
	for _, g := range goals {
		prefix, wild := strings.CutSuffix(g.row, "*")
		if !slices.ContainsFunc(rows, func(row string) bool {
			return row == g.row || (wild && strings.HasPrefix(row, prefix))
		}) {
			t.Errorf("no scenario measures %q", g.row)
		}
	}
	for i, row := range rows {
		if slices.Contains(rows[:i], row) {
			t.Errorf("two scenarios measure %q", row)
		}
	}
}

func TestSave(t *testing.T) {
	dir := t.TempDir()
	if err := filled().save(dir, machine{Time: "2026-01-02T03:04:05Z", CPU: "a <CPU> & more"}, names, 2); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "2026-01-02.json"))
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Rows []jsonRow
		Fits []map[string]any
	}
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	first := got.Rows[0]
	if first.Name != rowAll(100) || first.Peers[other].Value != 3000 || first.Peers[ours].Samples != 1 {
		t.Errorf("the first row is %+v", first)
	}
	if len(got.Fits) == 0 {
		t.Error("no fits")
	}
	for _, name := range []string{"2026-01-02.md", "boot.svg", "memory.svg", "logs.svg"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "listing.svg")); err == nil {
		t.Error("a plot without figures")
	}
}
