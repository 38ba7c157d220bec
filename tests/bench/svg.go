//go:build linux

package main

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"math"
	"slices"
)

// A plot is a picture: lines over a number of programs, or bars.
type plot struct {
	file     string
	title    string
	unit     string // of the values
	subtitle string // the machine and the date
	lines    []series
	bars     []barGroup
}

// A series is a line of one peer. Both axes are logarithmic, so that values that
// are not above 0 are not shown.
type series struct {
	peer   string
	xs, ys []float64
}

// A barGroup is the bars of one row.
type barGroup struct {
	title string
	bars  []bar
}

type bar struct {
	peer  string
	value float64
}

// Sizes in pixels.
const (
	plotWidth  = 760
	plotHeight = 440
	leftEdge   = 92
	rightEdge  = 120 // room for the names of the lines
	topEdge    = 76
	bottomEdge = 52
	barHeight  = 15
	groupSpace = 34
	barsLeft   = 110
	lineSpace  = 15 // between the names of two lines
)

// peerColours are the colours of the peers, on a light ground and on a dark one. The class of a
// peer is its index here; all others are the last.
var peerColours = []struct{ peer, light, dark string }{
	{ours, "#1764c0", "#6cb0ff"},
	{other, "#c2410c", "#ff9a5c"},
	{limit, "#6b7280", "#9ca3af"},
	{"runit", "#0f766e", "#4fd1c5"},
	{"s6", "#7e3fb0", "#cf9bff"},
	{"cat", "#8a6d00", "#e3c34a"},
	{"", "#b0256e", "#ff8ac0"},
}

func class(peer string) string {
	for i, c := range peerColours {
		if c.peer == peer || c.peer == "" {
			return fmt.Sprintf("p%d", i)
		}
	}
	return ""
}

// svg draws the plot.
func (p plot) svg() []byte {
	c := &canvas{height: plotHeight}
	if len(p.bars) > 0 {
		c.height = topEdge + bottomEdge
		for _, group := range p.bars {
			c.height += groupSpace + barHeight*len(group.bars)
		}
	}
	fmt.Fprintf(c, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" font-family="system-ui, sans-serif" font-size="13">`+"\n",
		plotWidth, c.height)
	c.style()
	fmt.Fprintf(c, `<rect class="ground" width="%d" height="%d"/>`+"\n", plotWidth, c.height)
	c.text(20, 28, "ink big", "start", p.title)
	c.text(20, 48, "faint", "start", p.subtitle)
	if len(p.bars) > 0 {
		p.drawBars(c)
	} else {
		p.drawLines(c)
	}
	c.WriteString("</svg>\n")
	return c.Bytes()
}

// A canvas is the text of a picture.
type canvas struct {
	bytes.Buffer
	height int
}

func (c *canvas) style() {
	light, dark := "", ""
	for i, colour := range peerColours {
		light += fmt.Sprintf(".p%d{color:%s}", i, colour.light)
		dark += fmt.Sprintf(".p%d{color:%s}", i, colour.dark)
	}
	fmt.Fprintf(c, `<style>
.ground{fill:#ffffff}.ink{fill:#1f2328}.faint{fill:#59636e;font-size:12px}.big{font-size:16px;font-weight:600}
.grid{stroke:#d8dee4;stroke-width:1}.name{font-weight:600;fill:currentColor}.line{fill:none;stroke:currentColor;stroke-width:2.5}
.dot,.bar{fill:currentColor}.p2.line{stroke-dasharray:6 4}
%s
@media (prefers-color-scheme:dark){.ground{fill:#0d1117}.ink{fill:#e6edf3}.faint{fill:#9198a1}.grid{stroke:#2b323b}%s}
</style>
`, light, dark)
}

// text writes a text; anchor is start, middle or end.
func (c *canvas) text(x, y float64, class, anchor, text string) {
	fmt.Fprintf(c, `<text x="%.1f" y="%.1f" class="%s" text-anchor="%s">`, x, y, class, anchor)
	if err := xml.EscapeText(c, []byte(text)); err != nil {
		panic(err) // a buffer takes all
	}
	c.WriteString("</text>\n")
}

// An axis maps the logarithm of a range to pixels.
type axis struct{ low, high, from, to float64 }

func (a axis) at(v float64) float64 {
	return a.from + (a.to-a.from)*(math.Log10(v)-math.Log10(a.low))/(math.Log10(a.high)-math.Log10(a.low))
}

// logAxis reaches from a power of ten to a power of ten around the values.
func logAxis(values []float64, from, to float64) axis {
	low, high := slices.Min(values), slices.Max(values)
	a := axis{math.Pow(10, math.Floor(math.Log10(low))), math.Pow(10, math.Ceil(math.Log10(high))), from, to}
	if a.low == a.high {
		a.high *= 10
	}
	return a
}

// ticks are the powers of ten of an axis.
func (a axis) ticks() []float64 {
	var all []float64
	for v := a.low; v <= a.high*1.001; v *= 10 {
		all = append(all, v)
	}
	return all
}

// drawLines draws the axes, the lines, and the name of each at its end.
func (p plot) drawLines(c *canvas) {
	var allX, allY []float64
	for _, s := range p.lines {
		allX, allY = append(allX, s.xs...), append(allY, s.ys...)
	}
	if len(allX) == 0 {
		c.text(plotWidth/2, plotHeight/2, "faint", "middle", "not measured")
		return
	}
	x := axis{slices.Min(allX), max(slices.Max(allX), 2*slices.Min(allX)), leftEdge, plotWidth - rightEdge}
	y := logAxis(allY, plotHeight-bottomEdge, topEdge)
	for _, v := range y.ticks() {
		fmt.Fprintf(c, `<line class="grid" x1="%d" y1="%.1f" x2="%d" y2="%.1f"/>`+"\n", leftEdge, y.at(v), plotWidth-rightEdge, y.at(v))
		c.text(leftEdge-8, y.at(v)+4, "faint", "end", tick(v)+" "+p.unit)
	}
	slices.Sort(allX)
	for _, v := range slices.Compact(allX) {
		c.text(x.at(v), plotHeight-bottomEdge+20, "faint", "middle", number(int(v)))
	}
	c.text((leftEdge+plotWidth-rightEdge)/2, plotHeight-12, "faint", "middle", "programs (both axes logarithmic)")
	for _, s := range p.lines {
		s.draw(c, x, y)
	}
	p.drawNames(c, x, y)
}

// draw draws one line with its dots.
func (s series) draw(c *canvas, x, y axis) {
	fmt.Fprintf(c, `<polyline class="line %s" points="`, class(s.peer))
	for i := range s.xs {
		fmt.Fprintf(c, "%.1f,%.1f ", x.at(s.xs[i]), y.at(s.ys[i]))
	}
	c.WriteString(`"/>` + "\n")
	for i := range s.xs {
		fmt.Fprintf(c, `<circle class="dot %s" cx="%.1f" cy="%.1f" r="3.5"><title>%s: %s programs, %s</title></circle>`+"\n",
			class(s.peer), x.at(s.xs[i]), y.at(s.ys[i]), s.peer, number(int(s.xs[i])), short(s.ys[i]))
	}
}

// drawNames writes the name of each line behind its end, each below the last
// one that would hide it.
func (p plot) drawNames(c *canvas, x, y axis) {
	type name struct {
		peer string
		x, y float64
	}
	var names []name
	for _, s := range p.lines {
		end := len(s.xs) - 1
		names = append(names, name{s.peer, x.at(s.xs[end]) + 9, y.at(s.ys[end]) + 4})
	}
	slices.SortFunc(names, func(a, b name) int { return int(math.Copysign(1, a.y-b.y)) })
	for i := range names {
		for _, above := range names[:i] {
			if math.Abs(names[i].x-above.x) < rightEdge {
				names[i].y = max(names[i].y, above.y+lineSpace)
			}
		}
		c.text(names[i].x, names[i].y, "name "+class(names[i].peer), "start", names[i].peer)
	}
}

// drawBars draws the groups below each other.
func (p plot) drawBars(c *canvas) {
	most := 0.0
	for _, group := range p.bars {
		for _, b := range group.bars {
			most = max(most, b.value)
		}
	}
	scale := (plotWidth - barsLeft - rightEdge) / max(most, 1)
	y := float64(topEdge - 6)
	for _, group := range p.bars {
		y += groupSpace / 2
		c.text(20, y, "ink", "start", group.title)
		y += 8
		for _, b := range group.bars {
			c.text(barsLeft-8, y+barHeight-4, "name "+class(b.peer), "end", b.peer)
			fmt.Fprintf(c, `<rect class="bar %s" x="%d" y="%.1f" width="%.1f" height="%d" rx="2"/>`+"\n",
				class(b.peer), barsLeft, y+1, max(1, b.value*scale), barHeight-3)
			c.text(barsLeft+b.value*scale+6, y+barHeight-4, "faint", "start", short(b.value)+" "+p.unit)
			y += barHeight
		}
		y += groupSpace/2 - 8
	}
}

// tick writes a power of ten.
func tick(v float64) string {
	if v >= 1 {
		return number(int(v + 0.5))
	}
	return fmt.Sprintf("%g", v)
}
