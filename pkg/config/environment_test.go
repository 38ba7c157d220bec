package config

import (
	"maps"
	"math/rand"
	"reflect"
	"strings"
	"testing"
)

// environmentCases are values of environment, with what they mean; nil for an
// error. old is what Supervisor up to 4.3 makes of it where that is something
// else.
var environmentCases = []struct {
	text string
	want map[string]string
}{
	{"", map[string]string{}},
	{"A=1,B=2", map[string]string{"A": "1", "B": "2"}},
	{"A=1,B=2,", map[string]string{"A": "1", "B": "2"}},
	{" A = 1 , B = 2 ", map[string]string{"A": "1", "B": "2"}},
	{"A=1,\nB=2", map[string]string{"A": "1", "B": "2"}},
	{"A=1;B=2", map[string]string{"A": "1", "B": "2"}},
	{"A=x y", map[string]string{"A": "x"}},
	{"A=1,,B=2", nil},
	{"A=1 B=2", nil},
	{"A", nil},
	{"A=", nil},
	{"A=,B=1", nil},
	{"A=a=b", nil},
	{"A=a@b", nil},
	{"A=a&b", nil},
	{"A={x}", nil},
	{"A=[1]", nil},
	{"A=#x", nil},
	{`A="1,2"`, map[string]string{"A": "1,2"}},
	{`A='1,2'`, map[string]string{"A": "1,2"}},
	{`A="x y"`, map[string]string{"A": "x y"}},
	{`A="a'b"`, map[string]string{"A": "a'b"}},
	{`A='a"b'`, map[string]string{"A": `a"b`}},
	{`A=""`, map[string]string{"A": ""}},
	{"A=\"1\n2\"", map[string]string{"A": "1\n2"}},
	{"A=/usr/bin:/bin", map[string]string{"A": "/usr/bin:/bin"}},
	{"A=http://x/y", map[string]string{"A": "http://x/y"}},
	{"A=a.b+c-d(e):f", map[string]string{"A": "a.b+c-d(e):f"}},
	{"A=~", map[string]string{"A": "~"}},
	{"A=*", map[string]string{"A": "*"}},
	{"A=$HOME", map[string]string{"A": "$"}},
	{"A=1,#B=2", map[string]string{"A": "1"}},
	{`A="x"#c`, map[string]string{"A": "x"}},
	{"A=\"x\"#c\n,B=1", map[string]string{"A": "x", "B": "1"}},
	{`A="unclosed`, nil},
	{"A=1,A=2", map[string]string{"A": "2"}},

	// Where quotes stand inside a value or a backslash comes, the later reading
	// counts.
	{`A="a\"b"`, map[string]string{"A": `a"b`}},
	{`A="a"b`, map[string]string{"A": "ab"}},
	{`A="a""b"`, map[string]string{"A": "ab"}},
	{`A='it''s'`, map[string]string{"A": "its"}},
	{`A=a"b"`, map[string]string{"A": "ab"}},
	{`A="\\"`, map[string]string{"A": `\`}},
	{`A="\n"`, map[string]string{"A": `\n`}},
	{`A=\n`, map[string]string{"A": "n"}},
	{`"A"=1`, map[string]string{"A": "1"}},
	{"A=é", map[string]string{"A": "é"}},

	// What only the earlier reading takes is read so.
	{"A=a'b", map[string]string{"A": "a'b"}},
	{"A=don't,B=2", map[string]string{"A": "don't", "B": "2"}},
	{`A=\`, map[string]string{"A": `\`}},
}

func TestEnvironment(t *testing.T) {
	for _, c := range environmentCases {
		got, err := parseEnvironment(c.text)
		if c.want == nil {
			if err == nil {
				t.Errorf("%q is taken: %q", c.text, got)
			}
			continue
		}
		if err != nil || !maps.Equal(got, c.want) {
			t.Errorf("%q: got %q %v, want %q", c.text, got, err, c.want)
		}
	}
}

// randomEnvironment makes a value of pieces that mean something. without leaves
// out what the two readings take differently.
func randomEnvironment(r *rand.Rand, without bool) string {
	pieces := []string{"A=1", "B=", "=", ",", ",", "x", "y/z", ".+-():_", " ", "\n", "\t", "~", "$", "#", "\"a b\"", "'c,d'", "\"\"", "A=\"1\",", "B='2',", "\u00a0", "&"}
	if !without {
		pieces = append(pieces, "'", "\"", "\\", "a'b", "é")
	}
	var b strings.Builder
	for range r.Intn(10) {
		b.WriteString(pieces[r.Intn(len(pieces))])
	}
	return b.String()
}

// Where quotes enclose whole values and nothing is escaped, the value is read
// as by the Supervisor at hand; and all that it takes is taken.
func TestEnvironmentIsSupervisor(t *testing.T) {
	type answer struct {
		Pairs map[string]string
		Error string
	}
	var texts []string
	for _, c := range environmentCases {
		texts = append(texts, c.text)
	}
	r := rand.New(rand.NewSource(3))
	for range 2000 {
		texts = append(texts, randomEnvironment(r, true), randomEnvironment(r, false))
	}
	for i, want := range ask[string, answer](t, "pairs", texts) {
		pairs, err := parseEnvironment(texts[i])
		if want.Error == "" && err != nil {
			t.Errorf("%q is refused: %v; Supervisor reads %q", texts[i], err, want.Pairs)
		}
		if readingsDiffer(texts[i]) {
			continue
		}
		got := answer{Pairs: pairs}
		if err != nil {
			got = answer{Error: err.Error()}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%q\n got %q\nwant %q", texts[i], got, want)
		}
	}
}

// readingsDiffer reports whether the two readings make different tokens of a
// text, but for the quotes around a value.
func readingsDiffer(text string) bool {
	a, errA := (&tokenizer{rest: []rune(text), posix: true}).all()
	b, errB := (&tokenizer{rest: []rune(text)}).all()
	for i := range b {
		if q := b[i]; i%4 >= 2 && len(q) > 1 && (q[0] == '"' || q[0] == '\'') {
			b[i] = q[1 : len(q)-1]
		}
	}
	return errA != errB || !reflect.DeepEqual(a, b)
}

// What is written can be read back, whatever is in it.
func FuzzEnvironment(f *testing.F) {
	for _, c := range environmentCases {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		env, err := parseEnvironment(text)
		if err != nil {
			env = map[string]string{"KEY": strings.ToValidUTF8(text, ""), "odd key": text[:0]}
		}
		again, err := parseEnvironment(printEnvironment(env))
		if err != nil || !maps.Equal(again, env) {
			t.Errorf("%q is written as %q and read as %q %v", env, printEnvironment(env), again, err)
		}
	})
}
