//go:build linux

package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// A row is one figure of all peers: the median, or another quantile, of its
// samples. Less is better, except for rates.
type row struct {
	name     string
	unit     string
	quantile float64
	rate     bool
	samples  map[string][][]float64 // by peer and round
}

// table collects the rows.
type table struct {
	round int
	rows  []*row
	notes []string
	only  func(name string) bool // which rows to keep; nil: all
}

// add adds samples of a peer to the row of the name.
func (t *table) add(p *peer, name, unit string, samples ...float64) {
	t.put(p, row{name: name, unit: unit, quantile: 0.5}, samples)
}

// addRate is add for figures of which more is better.
func (t *table) addRate(p *peer, name, unit string, samples ...float64) {
	t.put(p, row{name: name, unit: unit, quantile: 0.5, rate: true}, samples)
}

// addLatency adds samples to two rows: the median and the 99th percentile.
func (t *table) addLatency(p *peer, name string, samples ...float64) {
	t.put(p, row{name: median(name), unit: "ms", quantile: 0.5}, samples)
	t.put(p, row{name: highest(name), unit: "ms", quantile: 0.99}, samples)
}

func (t *table) put(p *peer, like row, samples []float64) {
	if t.only != nil && !t.only(like.name) {
		return
	}
	r := t.find(like.name)
	if r == nil {
		r = &like
		r.samples = map[string][][]float64{}
		t.rows = append(t.rows, r)
	}
	rounds := r.samples[p.name]
	for len(rounds) <= t.round {
		rounds = append(rounds, nil)
	}
	rounds[t.round] = append(rounds[t.round], samples...)
	r.samples[p.name] = rounds
}

// find is the row of a name, or nil.
func (t *table) find(name string) *row {
	for _, r := range t.rows {
		if r.name == name {
			return r
		}
	}
	return nil
}

// value is the figure of a peer in the row of a name.
func (t *table) value(name, peer string) (float64, bool) {
	if r := t.find(name); r != nil {
		return r.value(peer)
	}
	return 0, false
}

// note keeps a remark for the end of the table, once.
func (t *table) note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !slices.Contains(t.notes, text) {
		t.notes = append(t.notes, text)
	}
}

// quantile is the sample below which the share q of all lies; ok is false
// without samples.
func quantile(q float64, samples []float64) (v float64, ok bool) {
	all := slices.Sorted(slices.Values(samples))
	if len(all) == 0 {
		return 0, false
	}
	if q == 0.5 && len(all)%2 == 0 {
		return (all[len(all)/2-1] + all[len(all)/2]) / 2, true
	}
	return all[min(int(q*float64(len(all))), len(all)-1)], true
}

// value is the quantile of a peer's samples of all rounds.
func (r *row) value(peer string) (float64, bool) {
	return quantile(r.quantile, slices.Concat(r.samples[peer]...))
}

// rounds are the quantiles of each round for itself.
func (r *row) rounds(peer string) []float64 {
	var all []float64
	for _, samples := range r.samples[peer] {
		if v, ok := quantile(r.quantile, samples); ok {
			all = append(all, v)
		}
	}
	return all
}

// spread is by which share of the value the rounds lie around it at most; ok is
// false where there is one round only.
func (r *row) spread(peer string) (float64, bool) {
	v, _ := r.value(peer)
	rounds := r.rounds(peer)
	if len(rounds) < 2 || v == 0 {
		return 0, false
	}
	return max(slices.Max(rounds)-v, v-slices.Min(rounds)) / v, true
}

// ratio says how many times better ours is than a peer.
func (r *row) ratio(peer string) (float64, bool) {
	a, okA := r.value(peer)
	b, okB := r.value(ours)
	if !okA || !okB || a == 0 || b == 0 {
		return 0, false
	}
	if r.rate {
		return b / a, true
	}
	return a / b, true
}

// group is the part of the name before the colon: what one table is about.
func (r *row) group() string {
	group, _, _ := strings.Cut(r.name, ":")
	group, _, _ = strings.Cut(group, ", ")
	return group
}

// measure is the name without the number of programs.
func (r *row) measure() string {
	name := strings.TrimSuffix(strings.TrimSuffix(r.name, " programs"), " program")
	return strings.TrimRight(name, "0123456789,")
}

// sections are the rows by group, and in it by what is measured, each in the
// order of their first row.
func (t *table) sections() [][]*row {
	var order, measures []string
	for _, r := range t.rows {
		if !slices.Contains(order, r.group()) {
			order = append(order, r.group())
		}
		if !slices.Contains(measures, r.measure()) {
			measures = append(measures, r.measure())
		}
	}
	var all [][]*row
	for _, group := range order {
		var section []*row
		for _, measure := range measures {
			for _, r := range t.rows {
				if r.group() == group && r.measure() == measure {
					section = append(section, r)
				}
			}
		}
		all = append(all, section)
	}
	return all
}

// print writes the tables, as Markdown that reads well on a terminal.
func (t *table) print(w io.Writer, peers []string) {
	for _, section := range t.sections() {
		printSection(w, section, peers)
		fmt.Fprintln(w)
	}
	for _, fit := range t.fits() {
		fmt.Fprintln(w, "-", fit)
	}
	for _, n := range t.notes {
		fmt.Fprintln(w, "- note:", n)
	}
}

// printSection writes the rows of one group, with a column for each peer that
// has a figure.
func printSection(w io.Writer, section []*row, peers []string) {
	group := section[0].group()
	var columns []string
	for _, peer := range peers {
		if slices.ContainsFunc(section, func(r *row) bool { _, ok := r.value(peer); return ok }) {
			columns = append(columns, peer)
		}
	}
	lines := [][]string{append(append([]string{"**" + group + "**"}, columns...), "better than "+other, "ours / "+limit, goalHeading)}
	for _, r := range section {
		cells := []string{r.title(group)}
		for _, peer := range columns {
			cells = append(cells, r.cell(peer))
		}
		lines = append(lines, append(cells, r.betterCell(), r.limitCell(), r.goalCell()))
	}
	printAligned(w, withoutEmpty(lines))
}

// title is the name within its group, with the unit.
func (r *row) title(group string) string {
	title := strings.TrimLeft(strings.TrimPrefix(r.name, group), ":, ")
	if r.unit != "" {
		title += ", " + r.unit
	}
	return title
}

func (r *row) cell(peer string) string {
	v, ok := r.value(peer)
	if !ok {
		return ""
	}
	text := short(v)
	if spread, ok := r.spread(peer); ok {
		text += fmt.Sprintf(" ±%.0f%%", 100*spread)
	}
	return text
}

// betterCell says how many times better than Supervisor ours is.
func (r *row) betterCell() string {
	ratio, ok := r.ratio(other)
	if !ok {
		return ""
	}
	return short(ratio) + "×"
}

// limitCell is our figure divided by the limit's.
func (r *row) limitCell() string {
	a, okA := r.value(limit)
	b, okB := r.value(ours)
	if !okA || !okB || a == 0 {
		return ""
	}
	return short(b/a) + "×"
}

// withoutEmpty leaves out the columns that have nothing but a heading.
func withoutEmpty(lines [][]string) [][]string {
	kept := make([][]string, len(lines))
	for column := range lines[0] {
		if slices.ContainsFunc(lines[1:], func(line []string) bool { return line[column] != "" }) {
			for i, line := range lines {
				kept[i] = append(kept[i], line[column])
			}
		}
	}
	return kept
}

// goalHeading is the heading of the column of words.
const goalHeading = "goal"

// printAligned writes a Markdown table whose columns are aligned.
func printAligned(w io.Writer, lines [][]string) {
	widths := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, cell := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell), 4)
		}
	}
	for n, line := range lines {
		for i, cell := range line {
			space := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i == 0 || lines[0][i] == goalHeading {
				fmt.Fprint(w, "| ", cell, space, " ")
			} else {
				fmt.Fprint(w, "| ", space, cell, " ")
			}
		}
		fmt.Fprintln(w, "|")
		if n > 0 {
			continue
		}
		for i, width := range widths {
			end := "-:"
			if i == 0 || lines[0][i] == goalHeading {
				end = "--"
			}
			fmt.Fprint(w, "|", strings.Repeat("-", width), end)
		}
		fmt.Fprintln(w, "|")
	}
}

// short prints a number with three figures.
func short(v float64) string {
	switch {
	case v == 0:
		return "0"
	case v >= 9999.5:
		return number(int(v + 0.5))
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	case v >= 1:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.3f", v)
}
