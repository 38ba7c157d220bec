//go:build linux

package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
)

// TestSVG holds that plots are well-formed, name each line and draw nothing
// outside of the picture.
func TestSVG(t *testing.T) {
	for _, p := range filled().plots(machine{Time: "2026-01-02T03:04:05Z", CPU: "a <CPU> & more"}, names) {
		texts, shapes := readSVG(t, p.svg())
		if !strings.Contains(texts, "a <CPU> & more") || !strings.Contains(texts, p.title) {
			t.Errorf("%s: the headings are missing in %q", p.file, texts)
		}
		want := 0
		for _, s := range p.lines {
			want += 1 + len(s.xs)
			if !strings.Contains(texts, s.peer) {
				t.Errorf("%s: the name of %s is missing", p.file, s.peer)
			}
		}
		for _, group := range p.bars {
			want += len(group.bars)
		}
		if shapes != want {
			t.Errorf("%s: %d lines, dots and bars, want %d", p.file, shapes, want)
		}
	}
}

// readSVG returns the texts, and counts what stands for figures.
func readSVG(t *testing.T, data []byte) (texts string, shapes int) {
	t.Helper()
	in := xml.NewDecoder(bytes.NewReader(data))
	for {
		token, err := in.Token()
		if errors.Is(err, io.EOF) {
			return texts, shapes
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, data)
		}
		switch token := token.(type) {
		case xml.CharData:
			texts += string(token) + "\n"
		case xml.StartElement:
			for _, attribute := range token.Attr {
				if attribute.Name.Local == "class" && strings.Contains(" line dot bar ", " "+strings.Fields(attribute.Value)[0]+" ") {
					shapes++
				}
				v, err := strconv.ParseFloat(attribute.Value, 64)
				if err == nil && (v < 0 || v > 2000) {
					t.Errorf("%s: %s is %v", token.Name.Local, attribute.Name.Local, v)
				}
			}
		}
	}
}

// Lines that end close to each other have names that can be read.
func TestNamesDoNotHide(t *testing.T) {
	p := plot{lines: []series{
		{"a", []float64{1, 10}, []float64{1, 10}},
		{"b", []float64{1, 10}, []float64{2, 10}},
		{"c", []float64{1, 10}, []float64{3, 10.1}},
	}}
	c := &canvas{height: plotHeight}
	p.drawLines(c)
	var at []float64
	for line := range strings.Lines(c.String()) {
		if strings.Contains(line, `class="name`) {
			_, rest, _ := strings.Cut(line, ` y="`)
			number, _, _ := strings.Cut(rest, `"`)
			y, err := strconv.ParseFloat(number, 64)
			if err != nil {
				t.Fatal(err)
			}
			at = append(at, y)
		}
	}
	if len(at) != 3 || at[1]-at[0] < lineSpace-0.1 || at[2]-at[1] < lineSpace-0.1 {
		t.Errorf("names at %v", at)
	}
}
