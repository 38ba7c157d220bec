//go:build linux

package main

import (
	"fmt"
	"strings"
)

// A goal is what a row is to reach.
type goal struct {
	kind  goalKind
	value float64
}

type goalKind int

const (
	better goalKind = iota // at least so many times better than Supervisor
	share                  // at most this share of Supervisor's figure
	near                   // at most so many times the limit's figure
	most                   // at most this
)

// goals are the goals by the name of the row; a name that ends in * stands for
// all that begin so.
var goals = []struct {
	row   string
	goals []goal
}{
	{rowFirst(100), []goal{{better, 100}}},
	{rowAll(1000), []goal{{better, 20}, {near, 2}}},
	{rowLinear, []goal{{most, 1.5}}},
	{rowBootCPU(1000), []goal{{better, 15}}},
	{rowIdleCPU(1000), []goal{{most, 1}}},
	{rowIdleSwitch(1000), []goal{{most, 3}}},
	{rowPrivate(100), []goal{{most, 12}}},
	{rowPrivate(1000), []goal{{most, 16}}},
	{"memory: threads*", []goal{{most, 16}}},
	{median(rowDeath(1000)), []goal{{most, 3}}},
	{highest(rowDeath(1000)), []goal{{most, 10}}},
	{rowShutdown(1000), []goal{{better, 20}}},
	{median(rowListing("unix", 100)), []goal{{better, 80}}},
	{median(rowListing("unix", 1000)), []goal{{better, 60}}},
	{"getState: *", []goal{{better, 20}}},
	{"getProcessInfo: *", []goal{{better, 20}}},
	{highest(rowCrash), []goal{{most, 5}}},
	{highest(rowFlood), []goal{{most, 5}}},
	{rowClient("status"), []goal{{better, 60}}},
	{rowClient("pid"), []goal{{better, 60}}},
	{rowClient("restart"), []goal{{better, 60}}},
	{rowClientPeak("status"), []goal{{most, 8}}},
	{rowClientPeak("pid"), []goal{{most, 8}}},
	{rowClientPeak("restart"), []goal{{most, 8}}},
}

// goalsOf are the goals of a row.
func goalsOf(row string) []goal {
	for _, w := range writings {
		switch {
		case row == rate(w.name):
			return []goal{{better, 1.3}}
		case row == logCPU(w.name) && w.chunk == lineSize:
			return []goal{{share, 0.7}}
		case row == logCPU(w.name):
			return []goal{{share, 0.75}}
		case row == damaged(w.name):
			return []goal{{most, 0}}
		}
	}
	for _, g := range goals {
		prefix, wild := strings.CutSuffix(g.row, "*")
		if row == g.row || (wild && strings.HasPrefix(row, prefix)) {
			return g.goals
		}
	}
	return nil
}

func (g goal) text(unit string) string {
	if unit != "" {
		unit = " " + unit
	}
	switch g.kind {
	case better:
		return fmt.Sprintf("≥ %g× better", g.value)
	case share:
		return fmt.Sprintf("≤ %g× %s", g.value, other)
	case near:
		return fmt.Sprintf("≤ %g× %s", g.value, limit)
	}
	return fmt.Sprintf("≤ %g%s", g.value, unit)
}

// met says whether a row reaches the goal; known is false where a figure is
// missing.
func (g goal) met(r *row) (met, known bool) {
	v, known := r.value(ours)
	if !known || g.kind == most {
		return v <= g.value, known
	}
	beside := other
	if g.kind == near {
		beside = limit
	}
	than, known := r.value(beside)
	switch {
	case !known:
		return false, false
	case g.kind == better && r.rate:
		return v >= g.value*than, true
	case g.kind == better:
		return v*g.value <= than, true
	}
	return v <= g.value*than, true
}

// goalCell says what the goals are and whether they are met.
func (r *row) goalCell() string {
	var parts []string
	for _, g := range goalsOf(r.name) {
		met, known := g.met(r)
		verdict := "met"
		switch {
		case !known:
			verdict = "not measured"
		case !met:
			verdict = "NOT MET"
		}
		parts = append(parts, g.text(r.unit)+": "+verdict)
	}
	return strings.Join(parts, "; ")
}

const rowLinear = "boot: time of a program among 5,000, in those among 1,000"

// derive adds the rows that follow from others.
func (t *table) derive() {
	if t.only != nil && !t.only(rowLinear) {
		return
	}
	for _, name := range []string{limit, ours} {
		many, ok := t.value(rowAll(5000), name)
		few, ok2 := t.value(rowAll(1000), name)
		if ok && ok2 && few > 0 {
			t.put(&peer{name: name}, row{name: rowLinear, unit: "×", quantile: 0.5}, []float64{many / 5 / few})
		}
	}
}
