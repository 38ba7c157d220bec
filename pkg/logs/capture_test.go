package logs

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

const begin, end = "<!--XSUPERVISOR:BEGIN-->", "<!--XSUPERVISOR:END-->"

// captured is what a capture made of a stream.
type captured struct {
	text     []byte
	sections []string
}

func runCapture(max int64, chunks ...[]byte) captured {
	var got captured
	c := &capture{max: max}
	to := &captureSink{
		text:    func(b []byte) { got.text = append(got.text, b...) },
		section: func(b []byte) []byte { return b },
		begin:   func() {},
		done:    func(b []byte) { got.sections = append(got.sections, string(b)) },
	}
	for _, chunk := range chunks {
		c.write(append([]byte(nil), chunk...), to)
	}
	c.flush(to)
	return got
}

var captureCases = []struct {
	name     string
	max      int64
	chunks   []string
	text     string
	sections []string
}{
	{"nothing", 100, nil, "", nil},
	{"text", 100, []string{"hi\n"}, "hi\n", nil},
	{"section", 100, []string{"a" + begin + "news" + end + "b"}, "ab", []string{"news"}},
	{"short section", 100, []string{begin + "x" + end}, "", []string{"x"}},
	{"empty section", 100, []string{begin + end}, "", []string{""}},
	{"two", 100, []string{begin + "1" + end + "-" + begin + "2" + end}, "-", []string{"1", "2"}},
	{"tokens in pieces", 100, []string{"a<!--XSUPER", "VISOR:BEGIN", "-->new", "s<!--XSUPERVISOR:", "END-->b"}, "ab", []string{"news"}},
	{"prefix that is none", 100, []string{"<!--X", "YZ", "<<!--XSUPERVISOR:BEGIN-->x" + end}, "<!--XYZ<", []string{"x"}},
	{"held back at the end", 100, []string{"tail<!--XSUPERVISOR:BEG"}, "tail<!--XSUPERVISOR:BEG", nil},
	{"end without begin", 100, []string{"a" + end + "b"}, "a" + end + "b", nil},
	{"begin within", 100, []string{begin + begin + "x" + end}, "", []string{begin + "x"}},
	{"no end", 100, []string{"a" + begin + "lost"}, "a", nil},
	// The rule of the limit.
	{"one chunk beyond the limit is kept", 10, []string{begin + strings.Repeat("x", 30) + end}, "", []string{strings.Repeat("x", 30)}},
	{"the oldest make room", 10, []string{begin, "12345678", "abcd", end}, "", []string{"5678abcd"}},
	{"all make room", 10, []string{begin, "12345678", strings.Repeat("y", 20), end}, "", []string{strings.Repeat("y", 20)}},
	{"exactly full", 10, []string{begin, "12345", "67890", end}, "", []string{"1234567890"}},
}

func TestCapture(t *testing.T) {
	for _, c := range captureCases {
		t.Run(c.name, func(t *testing.T) {
			var chunks [][]byte
			for _, chunk := range c.chunks {
				chunks = append(chunks, []byte(chunk))
			}
			got := runCapture(c.max, chunks...)
			if string(got.text) != c.text || fmt.Sprintf("%q", got.sections) != fmt.Sprintf("%q", c.sections) {
				t.Errorf("text %q, sections %q; want %q, %q", got.text, got.sections, c.text, c.sections)
			}
		})
	}
}

// Below the limit the result does not depend on where the chunks are cut, and
// nothing is lost but tokens and what was captured without end.
func FuzzCapture(f *testing.F) {
	for i, c := range captureCases {
		f.Add([]byte(strings.Join(c.chunks, "")), uint64(i))
	}
	f.Fuzz(func(t *testing.T, data []byte, seed uint64) {
		whole := runCapture(1<<40, data)
		chunks := split(data, seed)
		got := runCapture(1<<40, chunks...)
		if !bytes.Equal(got.text, whole.text) || fmt.Sprint(got.sections) != fmt.Sprint(whole.sections) {
			t.Errorf("%q: text %q, sections %q; in one piece %q, %q", chunks, got.text, got.sections, whole.text, whole.sections)
		}
		if !bytes.Contains(data, []byte(begin)) && !bytes.Equal(whole.text, data) {
			t.Errorf("%q without a section became %q", data, whole.text)
		}
		limited := runCapture(10, chunks...)
		if !bytes.Equal(limited.text, whole.text) || len(limited.sections) != len(whole.sections) {
			t.Errorf("a limit changed more than the sections: %q", chunks)
		}
	})
}
