//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// A row is one figure of all sides: the median, or another quantile, of its
// samples. Less is better, except for rates.
type row struct {
	Name     string      `json:"name"`
	Unit     string      `json:"unit"`
	Quantile float64     `json:"quantile"`
	Rate     bool        `json:"more_is_better"`
	Samples  [][]float64 `json:"samples"` // by side
}

// table collects the rows in the order in which they first appear.
type table struct {
	rows  []*row
	notes []string
}

// add adds samples of a side to the row of the name.
func (t *table) add(side int, name, unit string, samples ...float64) {
	t.row(name, unit, 0.5, false).put(side, samples)
}

// addRate is add for figures of which more is better.
func (t *table) addRate(side int, name, unit string, samples ...float64) {
	t.row(name, unit, 0.5, true).put(side, samples)
}

// addLatency adds samples to two rows: the median and the 99th percentile.
func (t *table) addLatency(side int, name string, samples []float64) {
	t.row(name+", p50", "ms", 0.5, false).put(side, samples)
	t.row(name+", p99", "ms", 0.99, false).put(side, samples)
}

func (t *table) row(name, unit string, quantile float64, rate bool) *row {
	for _, r := range t.rows {
		if r.Name == name {
			return r
		}
	}
	r := &row{Name: name, Unit: unit, Quantile: quantile, Rate: rate, Samples: make([][]float64, 2)}
	t.rows = append(t.rows, r)
	return r
}

func (r *row) put(side int, samples []float64) {
	r.Samples[side] = append(r.Samples[side], samples...)
}

// note keeps a remark for the end of the table, once.
func (t *table) note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !slices.Contains(t.notes, text) {
		t.notes = append(t.notes, text)
	}
}

// value is the quantile of a side's samples; ok is false without samples.
func (r *row) value(side int) (v float64, ok bool) {
	all := slices.Sorted(slices.Values(r.Samples[side]))
	if len(all) == 0 {
		return 0, false
	}
	return all[min(int(r.Quantile*float64(len(all))), len(all)-1)], true
}

// ratio says how many times better the second side is.
func (r *row) ratio() (float64, bool) {
	a, okA := r.value(0)
	b, okB := r.value(1)
	if !okA || !okB || a == 0 || b == 0 {
		return 0, false
	}
	if r.Rate {
		return b / a, true
	}
	return a / b, true
}

// print writes the table.
func (t *table) print(w io.Writer, s settings) {
	width := 0
	for _, r := range t.rows {
		width = max(width, len(r.title()))
	}
	fmt.Fprintf(w, "%-*s %12s %12s %12s\n", width, "", s.sides[0].name, s.sides[1].name, "better by")
	for _, r := range t.rows {
		fmt.Fprintf(w, "%-*s", width, r.title())
		for side := range s.sides {
			text := "-"
			if v, ok := r.value(side); ok {
				text = short(v)
			}
			fmt.Fprintf(w, " %12s", text)
		}
		if ratio, ok := r.ratio(); ok {
			fmt.Fprintf(w, " %10s x", short(ratio))
		}
		fmt.Fprintln(w)
	}
	for _, n := range t.notes {
		fmt.Fprintln(w, "note:", n)
	}
}

func (r *row) title() string { return r.Name + ", " + r.Unit }

// short prints a number with three figures.
func short(v float64) string {
	switch {
	case v == 0:
		return "0"
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	case v >= 1:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.3f", v)
}

// save writes all figures as JSON.
func (t *table) save(path string, s settings) error {
	kernel, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return err
	}
	type figure struct {
		*row
		Values []float64 `json:"values"` // by side
	}
	figures := make([]figure, 0, len(t.rows))
	for _, r := range t.rows {
		f := figure{row: r}
		for side := range s.sides {
			v, _ := r.value(side)
			f.Values = append(f.Values, v)
		}
		figures = append(figures, f)
	}
	names := make([]string, 0, len(s.sides))
	for _, side := range s.sides {
		names = append(names, side.name)
	}
	data, err := json.MarshalIndent(map[string]any{
		"time": time.Now().UTC().Format(time.RFC3339), "kernel": strings.TrimSpace(string(kernel)),
		"cpus": runtime.NumCPU(), "rounds": s.rounds, "sides": names, "rows": figures, "notes": t.notes,
	}, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(data, '\n'), 0o644)
}
