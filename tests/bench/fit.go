//go:build linux

package main

import (
	"fmt"
	"strconv"
	"strings"
)

// A fit is a straight line through figures: y = offset + slope * x.
type fit struct {
	offset, slope float64
	r2            float64 // how much of the variance the line explains; 1 if there is none
}

// linear is the line with the least squares; ok is false with fewer than three
// points, or all at one x.
func linear(xs, ys []float64) (f fit, ok bool) {
	n := float64(len(xs))
	if len(xs) < 3 {
		return f, false
	}
	var sumX, sumY float64
	for i := range xs {
		sumX, sumY = sumX+xs[i], sumY+ys[i]
	}
	meanX, meanY := sumX/n, sumY/n
	var xx, xy, yy float64
	for i := range xs {
		dx, dy := xs[i]-meanX, ys[i]-meanY
		xx, xy, yy = xx+dx*dx, xy+dx*dy, yy+dy*dy
	}
	if xx == 0 {
		return f, false
	}
	f.slope = xy / xx
	f.offset = meanY - f.slope*meanX
	f.r2 = 1
	if yy > 0 {
		f.r2 = xy * xy / (xx * yy)
	}
	return f, true
}

// fitted are the measures that are fitted against the number of programs.
var fitted = []func(n int) string{
	rowAll, rowBootCPU, rowIdleCPU, rowPrivate,
	func(n int) string { return median(rowListing("unix", n)) },
}

// against collects the figures of a peer by the number of programs, which is
// not less than from.
func (t *table) against(measure func(n int) string, peer string, from int) (xs, ys []float64) {
	for _, r := range t.rows {
		n, ok := sizeOf(r.name)
		if !ok || n < from || r.name != measure(n) {
			continue
		}
		if v, ok := r.value(peer); ok {
			xs, ys = append(xs, float64(n)), append(ys, v)
		}
	}
	return xs, ys
}

// sizeOf reads the number of programs from a row's name.
func sizeOf(name string) (int, bool) {
	words := strings.Fields(strings.ReplaceAll(name, ",", ""))
	for i, word := range words {
		if i > 0 && strings.HasPrefix(word, "program") {
			if n, err := strconv.Atoi(words[i-1]); err == nil {
				return n, true
			}
		}
	}
	return 0, false
}

// A fittedLine says how a figure of ours grows.
type fittedLine struct {
	measure string
	unit    string
	points  int
	fit     fit
}

func (l fittedLine) String() string {
	return fmt.Sprintf("fit of %s over %d numbers of programs: %s = %s + %s × N / 1,000, R² = %.4f",
		l.measure, l.points, l.unit, short3(l.fit.offset), short3(1000*l.fit.slope), l.fit.r2)
}

// short3 is short for numbers that may be negative.
func short3(v float64) string {
	if v < 0 {
		return "-" + short(-v)
	}
	return short(v)
}

// fits are the lines of ours, from 100 programs on.
func (t *table) fits() []fittedLine {
	var all []fittedLine
	for _, measure := range fitted {
		xs, ys := t.against(measure, ours, 100)
		f, ok := linear(xs, ys)
		if !ok {
			continue
		}
		r := t.find(measure(int(xs[0])))
		name := strings.ReplaceAll(r.name, ", "+programs(int(xs[0])), "")
		all = append(all, fittedLine{name, r.unit, len(xs), f})
	}
	return all
}
