package ctl

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"supervisord/pkg/python"
)

// texts is Python's own reading of the same texts.
const texts = `
import cmd, io, json, sys
try:
    from supervisor.datatypes import url
except ImportError:
    sys.exit(77)
job = json.load(sys.stdin)
def number(s):
    try:
        return int(s)
    except ValueError:
        return None
def urls(s):
    try:
        url(s)
        return ''
    except ValueError as e:
        return str(e)
def columns(words):
    c = cmd.Cmd(stdout=io.StringIO())
    c.columnize(words, 79)
    return c.stdout.getvalue()
json.dump({
    'numbers': [number(s) for s in job['texts']],
    'fields': [s.split() for s in job['texts']],
    'trimmed': [s.strip() for s in job['texts']],
    'bytes': [repr(bytes(b)) for b in job['bytes']],
    'columns': [columns(w) for w in job['words']],
    'urls': [urls(s) for s in job['urls']],
}, sys.stdout)
`

// TestTextsAgreeWithPython holds the small readers and writers to Python's, on
// random texts.
func TestTextsAgreeWithPython(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	random := func(alphabet string, most int) string {
		letters := []rune(alphabet)
		text := make([]rune, r.IntN(most))
		for i := range text {
			text[i] = letters[r.IntN(len(letters))]
		}
		return string(text)
	}
	var job struct {
		Texts []string   `json:"texts"`
		Bytes [][]int    `json:"bytes"`
		Words [][]string `json:"words"`
		URLs  []string   `json:"urls"`
	}
	var raw [][]byte
	for range 1500 {
		job.Texts = append(job.Texts, random("01_+- \t\x1c\u00a0\u3000x", 6))
		job.URLs = append(job.URLs, random("htp:/[]unix+.-1 @?#\té", 9), "http:"+random("/ab?#[]", 5))
		b, ints := make([]byte, r.IntN(8)), []int{}
		for i := range b {
			b[i] = byte(r.IntN(256))
			if r.IntN(3) == 0 {
				b[i] = `'"\n`[r.IntN(4)]
			}
			ints = append(ints, int(b[i]))
		}
		raw, job.Bytes = append(raw, b), append(job.Bytes, ints)
		words := make([]string, r.IntN(40))
		for i := range words {
			words[i] = "w" + random("abcdefghö", 24)
		}
		job.Words = append(job.Words, words)
	}
	var want struct {
		Numbers []*int
		Fields  [][]string
		Trimmed []string
		Bytes   []string
		Columns []string
		URLs    []string
	}
	if err := json.Unmarshal(askPython(t, texts, job), &want); err != nil {
		t.Fatal(err)
	}
	for i, text := range job.Texts {
		if n, ok := parseInt(text); strings.ContainsFunc(text, isSpace) {
			// never asked, for words have none
		} else if ok != (want.Numbers[i] != nil) || ok && n != *want.Numbers[i] {
			t.Errorf("parseInt(%q) = %d, %v", text, n, ok)
		}
		if got := fields(text); !slices.Equal(got, want.Fields[i]) {
			t.Errorf("fields(%q) = %q, want %q", text, got, want.Fields[i])
		}
		if got := trim(text); got != want.Trimmed[i] {
			t.Errorf("trim(%q) = %q, want %q", text, got, want.Trimmed[i])
		}
		if got := python.QuoteBytes(raw[i]); got != want.Bytes[i] {
			t.Errorf("python.QuoteBytes(%q) = %s, want %s", raw[i], got, want.Bytes[i])
		}
		if got := columns(job.Words[i], 79); got != want.Columns[i] {
			t.Errorf("columns(%q):\n%swant\n%s", job.Words[i], got, want.Columns[i])
		}
	}
	for i, text := range job.URLs {
		got := ""
		if err := CheckURL(text); err != nil {
			got = err.Error()
		}
		if got != want.URLs[i] {
			t.Errorf("CheckURL(%q) = %q, want %q", text, got, want.URLs[i])
		}
	}
}

func TestParseIntBeyondRange(t *testing.T) {
	for text, want := range map[string]bool{"99999999999999999999": false, "-99999999999999999999": false, "2147483647": true, "-2147483648": true, "2147483648": false} {
		n, ok := parseInt(text)
		if !ok || wireInt(n) != want {
			t.Errorf("parseInt(%s) = %d, %v; fits: %v", text, n, ok, wireInt(n))
		}
	}
}

func TestParseLine(t *testing.T) {
	for _, c := range []struct{ line, name, arg, whole string }{
		{" start  a b ", "start", "a b", "start  a b"},
		{"start-a", "start", "-a", "start-a"},
		{"?", "help", "", "help "},
		{"?x", "help", "x", "help x"},
		{"!x", "", "!x", "!x"},
		{"größe", "gr", "öße", "größe"},
		{"a_1:2", "a_1", ":2", "a_1:2"},
	} {
		if name, arg, whole := parseLine(c.line); name != c.name || arg != c.arg || whole != c.whole {
			t.Errorf("%q: %q %q %q", c.line, name, arg, whole)
		}
	}
}

// FuzzParseLine holds that nothing of a line is lost or invented.
func FuzzParseLine(f *testing.F) {
	for _, line := range []string{"", "?", "! x", "start a:* b", "\x1cx\u3000y", "a\x00b"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		name, arg, whole := parseLine(line)
		if !strings.HasPrefix(whole, name) || !strings.HasSuffix(strings.TrimRightFunc(whole, isSpace), arg) || arg != trim(arg) {
			t.Errorf("%q: %q %q %q", line, name, arg, whole)
		}
	})
}
