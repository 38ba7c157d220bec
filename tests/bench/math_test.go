//go:build linux

package main

import (
	"math"
	"testing"
)

func TestQuantile(t *testing.T) {
	hundred := make([]float64, 100)
	for i := range hundred {
		hundred[i] = float64(100 - i) // 100 … 1: order must not matter
	}
	for _, c := range []struct {
		q       float64
		samples []float64
		want    float64
	}{
		{0.5, []float64{7}, 7},
		{0.5, []float64{3, 1, 2}, 2},
		{0.5, []float64{4, 1, 3, 2}, 2.5},
		{0.99, []float64{1, 2, 3}, 3},
		{0.99, hundred, 100},
		{0.5, hundred, 50.5},
	} {
		if got, ok := quantile(c.q, c.samples); !ok || got != c.want {
			t.Errorf("quantile %v of %v: %v, want %v", c.q, c.samples, got, c.want)
		}
	}
	if _, ok := quantile(0.5, nil); ok {
		t.Error("a quantile of nothing")
	}
}

func TestLinear(t *testing.T) {
	for _, c := range []struct {
		name              string
		xs, ys            []float64
		offset, slope, r2 float64
	}{
		{"a line", []float64{100, 300, 1000, 3000}, []float64{5, 9, 23, 63}, 3, 0.02, 1},
		{"nothing", []float64{100, 300, 1000}, []float64{0, 0, 0}, 0, 0, 1},
		// Sums of the squares: xx 5, xy 6, yy 10.
		{"scattered", []float64{1, 2, 3, 4}, []float64{2, 1, 4, 5}, 0, 1.2, 0.72},
	} {
		f, ok := linear(c.xs, c.ys)
		if !ok {
			t.Fatalf("%s: no fit", c.name)
		}
		for _, v := range []struct {
			name      string
			got, want float64
		}{{"offset", f.offset, c.offset}, {"slope", f.slope, c.slope}, {"R²", f.r2, c.r2}} {
			if math.Abs(v.got-v.want) > 1e-9 {
				t.Errorf("%s: %s is %v, want %v", c.name, v.name, v.got, v.want)
			}
		}
	}
	if _, ok := linear([]float64{1, 2}, []float64{1, 2}); ok {
		t.Error("a fit through two points")
	}
	if _, ok := linear([]float64{1, 1, 1}, []float64{1, 2, 3}); ok {
		t.Error("a fit over one number of programs")
	}
}

func TestSizeOf(t *testing.T) {
	for name, want := range map[string]int{
		rowAll(1): 1, rowPrivate(100): 100, rowBootCPU(5000): 5000,
		median(rowListing("unix", 12345)): 12345,
	} {
		if n, ok := sizeOf(name); !ok || n != want {
			t.Errorf("%q: %d, want %d", name, n, want)
		}
	}
	if n, ok := sizeOf(rate(writings[0].name)); ok {
		t.Errorf("%q: %d", rate(writings[0].name), n)
	}
}
