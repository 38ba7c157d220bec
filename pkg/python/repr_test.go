package python

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"
)

func TestDecode(t *testing.T) {
	for in, want := range map[string]string{
		"grün\n":        "grün\n",
		"a\xff\n":       `Undecodable: b'a\xff\n'`,
		"it's \xff":     `Undecodable: b"it's \xff"`,
		"'\"\\\xff\t\r": `Undecodable: b'\'"\\\xff\t\r'`,
	} {
		if got := Decode([]byte(in)); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

func TestQuote(t *testing.T) {
	for in, want := range map[string]string{
		"":                            `''`,
		"plain":                       `'plain'`,
		"it's":                        `"it's"`,
		`it's "x"`:                    `'it\'s "x"'`,
		"a\\b\n\t\r":                  `'a\\b\n\t\r'`,
		"\x00\x1b\x7f":                `'\x00\x1b\x7f'`,
		"grün \u00a0\u2028\U0010ffff": `'grün \xa0\u2028\U0010ffff'`,
		"a\xffb":                      `'a\udcffb'`,
	} {
		if got := Quote(in); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
	if got := QuoteList([]string{"a", "b'c"}); got != `['a', "b'c"]` {
		t.Error(got)
	}
}

// Random text and bytes, compared with Python itself.
func TestAgainstPython(t *testing.T) {
	python, err := exec.LookPath("/usr/bin/python3")
	if err != nil {
		t.Skip("python3 is not installed: ", err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	alphabet := []rune("ab'\"\\\n\t\r\x00\x1f\x7f\u00e9\u00ad\u200b\u2028\ufeff\U0001f600 ")
	var texts []string
	for range 2000 {
		var b strings.Builder
		for range r.IntN(12) {
			b.WriteRune(alphabet[r.IntN(len(alphabet))])
		}
		texts = append(texts, b.String())
	}
	in, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "-c", `import json,sys
print(json.dumps([[repr(s), repr(s.encode("latin-1","replace"))] for s in json.load(sys.stdin)]))`)
	cmd.Stdin = bytes.NewReader(in)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var want [][2]string
	if err := json.Unmarshal(out, &want); err != nil {
		t.Fatal(err)
	}
	for i, text := range texts {
		if got := Quote(text); got != want[i][0] {
			t.Errorf("%q: %s, Python %s", text, got, want[i][0])
		}
		var latin []byte
		for _, c := range text {
			if c > 0xff {
				c = '?'
			}
			latin = append(latin, byte(c))
		}
		if got := QuoteBytes(latin); got != want[i][1] {
			t.Errorf("%q: %s, Python %s", latin, got, want[i][1])
		}
	}
}
