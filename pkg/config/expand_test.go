package config

import (
	"errors"
	"fmt"
	"math/rand"
	"strings"
	"testing"
)

// expandCases are values with what is odd about % formats.
var expandCases = []string{
	"", "plain", "%%", "100%", "%", "%(", "%(here", "%(here)", "%(here)s", "a%(here)sb%(process_num)dc",
	"%(process_num)02d", "%(process_num)+d", "%(process_num) d", "%(process_num)-5d|", "%(process_num)05d", "%(process_num)-05d|",
	"%(process_num)x", "%(process_num)X", "%(process_num)#x", "%(process_num)#08X", "%(process_num)o", "%(process_num)#o", "%(process_num)#10o|",
	"%(process_num)i%(process_num)u", "%(process_num).4d", "%(process_num)+.4d", "%(process_num)08.4d", "%(process_num)e",
	"%(process_num)f", "%(process_num).2f", "%(process_num)+08.2f", "%(process_num)g", "%(process_num)G", "%(process_num)E", "%(process_num)F",
	"%(process_num)#g", "%(process_num).0f", "%(process_num)#.0f", "%(big)g", "%(big)e", "%(big)x", "%(negative)d", "%(negative)05d", "%(negative)x", "%(negative)#x",
	"%(negative)f", "%(negative)08.1f", "%(process_num)c", "%(numprocs)s", "%(numprocs)r", "%(numprocs)5s|", "%(numprocs)-5s|", "%(numprocs)05s|",
	"%(here)d", "%(here)i", "%(here)x", "%(here)o", "%(here)f", "%(here)e", "%(here)c", "%(one)c", "%(here)r", "%(here)a", "%(accent)a", "%(accent)r", "%(accent)s",
	"%(here).3s", "%(here)20s|", "%(here)-20s|", "%(accent)6s|", "%(accent).2s|", "%(here)ld", "%(process_num)ld", "%(process_num)hhd", "%(process_num)Ld",
	"%(unknown)s", "%(Here)s", "%()s", "%(a(b)c)s", "%(here))s", "%(here)Y", "%(here)\u00e9", "%(here)\x01", "é%(here)Y", "%Y", "%d", "%x", "%f", "%c", "%5%", "%-%", "%(here)%", "%(here)5%",
	"%(here)s %s", "%(here)s %d", "%(here)s%(x)s", "%*d", "%(process_num)*d", "%(here)*d", "%(process_num).*d", "%.*f", "%(process_num)5", "%(process_num).", "%(process_num)h", "%(process_num)+", "%(process_num)0",
	"%%(here)s", "%%%(here)s%%", "date +%Y-%m-%d", "%(ENV_HOME)s", "%(ENV_HOMEE)s", "%(process_num)'d", "%(process_num)99999999999999999999d", "%(process_num).99999999999999999999d",
	"%(quote)r", "%(here)s'\"", "50% off", "%  d", "%(process_num)  +-d|",
}

// expandNames are the names of the tests.
func expandNames() map[string]any {
	return map[string]any{
		"here": "/etc/it's", "ENV_HOME": "/root", "process_num": int64(7), "numprocs": int64(12), "big": int64(12345678),
		"negative": int64(-42), "one": "é", "accent": "é中\U0001f600\x7f", "a(b)c": "nested", "quote": `a"b`, "": "empty",
	}
}

// randomFormat makes a value of pieces that mean something in a format.
func randomFormat(r *rand.Rand) string {
	pieces := []string{"%", "%(here)", "%(process_num)", "%(negative)", "%(none)", "%%", "s", "d", "x", "#", "0", "-", "+", " ", "5", ".", "3", "r", "c", "f", "g", "l", "a b", "(", ")", "é"}
	var b strings.Builder
	for range r.Intn(9) {
		b.WriteString(pieces[r.Intn(len(pieces))])
	}
	return b.String()
}

// Values are expanded as Python's % operator does it, errors included. A format
// without a name, which prints all names at once, is compared only by its
// success: Python prints them in no order.
func TestExpandIsPython(t *testing.T) {
	type question struct {
		Value string         `json:"value"`
		Names map[string]any `json:"names"`
	}
	type answer struct{ Text, Error string }
	values := append([]string{}, expandCases...)
	r := rand.New(rand.NewSource(2))
	for range 2500 {
		values = append(values, randomFormat(r))
	}
	var cases []question
	for _, v := range values {
		cases = append(cases, question{v, expandNames()})
	}
	names := &scope{names: expandNames()}
	for i, want := range ask[question, answer](t, "expand", cases) {
		text, whole, err := expandWhole(values[i], names, "s.o")
		got := answer{Text: text}
		if err != nil {
			got = answer{Error: err.Error()}
		}
		if whole && got.Error == "" && want.Error == "" {
			continue
		}
		if got != want {
			t.Errorf("%q\n got %+v\nwant %+v", values[i], got, want)
		}
	}
}

// A name that is not known is named, with the nearest one.
func TestExpandHints(t *testing.T) {
	names := (&scope{names: map[string]any{"ENV_HOME": "/root"}}).inner(map[string]any{"here": "/etc", "process_num": int64(1)})
	for value, want := range map[string]string{
		"%(ENV_HOMEE)s":    "did you mean %(ENV_HOME)s?",
		"%(proces_num)d":   "did you mean %(process_num)s?",
		"%(ENV_PASSWORD)s": "set PASSWORD in supervisord's environment or in [supervisord] environment",
		"%(message)s":      "write %%(message)s if the text is meant as it stands",
		"100%":             "write %% for a plain % sign",
	} {
		_, err := expand(value, names, "program:a.command")
		var e *expansionError
		if !errors.As(err, &e) {
			t.Errorf("%q: no error", value)
			continue
		}
		if got := e.hint(); got != want {
			t.Errorf("%q: hint %q, want %q", value, got, want)
		}
	}
}

// A width cannot be made to cost the memory of the daemon.
func TestExpandWidthIsBounded(t *testing.T) {
	names := &scope{names: expandNames()}
	if _, err := expand(fmt.Sprintf("%%(here)%ds", maxWidth+1), names, "o"); err == nil {
		t.Error("a huge width is taken")
	}
}

func FuzzExpand(f *testing.F) {
	for _, c := range expandCases {
		f.Add(c)
	}
	f.Fuzz(func(t *testing.T, value string) {
		text, err := expand(value, &scope{names: expandNames()}, "s.o")
		if err == nil && !strings.Contains(value, "%") && text != value {
			t.Errorf("%q became %q", value, text)
		}
	})
}
