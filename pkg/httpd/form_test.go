package httpd

import (
	"strings"
	"testing"
)

func TestUnquote(t *testing.T) {
	for in, want := range map[string]string{
		"":           "",
		"a+b%20c":    "a b c",
		"100%":       "100%",
		"%zz%4":      "%zz%4",
		"%C3%A4%c3":  "ä\uFFFD",
		"%00%2f%2F+": "\x00// ",
	} {
		if got := unquote(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestEachPair(t *testing.T) {
	var got []string
	eachPair("a=1&b=&c&a=%26&=x&&d=1=2", func(name, value string) { got = append(got, name+":"+value) })
	if s := strings.Join(got, " "); s != "a:1 a:& :x d:1=2" {
		t.Errorf("%s", s)
	}
}

// What is quoted comes back, and is plain ASCII that cannot break a header.
func FuzzQuote(f *testing.F) {
	for _, s := range []string{"", "a b/c:d", "\r\nSet-Cookie: x", "ä%41", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q := quote(s)
		if strings.Trim(q, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-~/%") != "" {
			t.Errorf("%q becomes %q", s, q)
		}
		if got := unquote(q); got != strings.ToValidUTF8(s, "\uFFFD") {
			t.Errorf("%q comes back as %q", s, got)
		}
	})
}
