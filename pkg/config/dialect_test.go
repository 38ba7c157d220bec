package config

import (
	"encoding/base64"
	"fmt"
	"math/rand"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// dialectCases are files with what is odd in the dialect.
var dialectCases = []string{
	"", "\n\n", "; only a comment\n", "[a]", "[a]\nx=1", "[a]\nx=1\n",
	"[a]b]\nx=1", "[b]junk\nx=1", "  [c]\nx=1", "[c ]\nx=1", "[]\nx=1", "[[]\nx=1", "[x]\n[]\n",
	"[program:a;b]\nx=1", "[program:a ;b]\nx=1", "[a]\n[b]\n[a]\nx=1\n[a]\nx=2\ny=1",
	"[a]\nx = 1\ny: 2\nz:=3\nw=:4\nu==5\n", "[a]\nXyZ=1\nxyz=2\nKey With Blanks . dots=1\n",
	"[a]\nx=\"a b\"\ny='c'\nz=`d`\nw=\"\"\"e\"\"\"\n\"k\"=v\n`l`=m\n-=n\n",
	"[a]\nrem foo\n", "[a]\nx=1\nfoo\n  more\nbar\n", "[a]\n=1\n", "[a]\n:1\n  x=2\n", "[a]\nx\n  y=1\n",
	"foo\n", "x=1\n[a]\n", "\ufeff[a]\nx=1\n", "  ;c\n\n x=1\n",
	"[a]\ny=1 ;2\nx=1;2\nz=a#b ;c\nw=;2\nv= ;2\nu=a;b ;c #d\nt=a#b;c\n",
	"[a]\ns=a;b #c ;d\nr=a ;b;c #d\nq=a\t#b\np=a\u00a0;b\no=a\u2003#b\n",
	"[a]\ncommand=bash -c 'a ; b'\nurl=http://x/#y\n",
	"[a]\nx=1\n  2\n  3\ny=1\n", "[a]\nx=1\n  ; comment\n  2 ;c\n  # c\n\n\n  3\n\n\ny=1\n",
	"[a]\n x=1\n y=2\n  z=3\n y2=4\n", "[a]\nx=1\n y=2\n", "[a]\n\tx=1\n        y=2\n", "[a]\nx=1\n [b]\ny=2\n",
	"[a]\nx=\n  1\n  2\n", "[a]\nx=1\n\u00a0\u00a02\n", "[a]\nx=1\n\x1c2\n", "[a]\nx=\u00a01\u2003\n",
	"[DEFAULT]\nx=1\n[a]\ny=2\n[DEFAULT]\nz=3\n", "[default]\nx=1\n", "[DEFAULT]\n",
	"[a]\r\nx=1\r\n  2\r\n\r\ny=3\r\n", "[a]\rx=1\ry=2\r", "[a]\r\n\rx\n\r",
	"[a]\nx=a\x0bb\x0cc\x85d\u2028e\n", "[a]\nx=1\\\ny=2\n", "[a]\nx=\\\n", "[a]\nx=%(here)s %%\n",
	"[a]\nx=1\n[b\ny=2\n]\n", "[a\nx=1\n", "[a] ; c\nx=1\n", "[a]#]\nx=1", "[a] #]\nx=1",
	"[a]\nx=é ü ß 中文 \U0001f600\nÄÖ=1\n", "[a]\nx=\x00\n", "[a.b]\ny=1\n[a]\nx=2\n",
	"[a]\nx=1 ; c\n  2 # d\ny=;\nz=#\n", "[a]\nx=1\n\n[b]\n\n  y=2\n\n  3\n",
	"[a]\nfoo'bar\nfoo\"bar\nfoo'\"bar\nb\\c\n\te\x01\u00a0f\n",
}

// randomFile makes a file of pieces that mean something to the dialect.
func randomFile(r *rand.Rand) string {
	pieces := []string{
		"[a]", "[b]", "[DEFAULT]", "[", "]", "=", ":", "x", "y", "Key", "1", ";", "#", " ;", " #", "\t;", "\u00a0#",
		" ", "  ", "\t", "\n", "\n", "\n", "\r\n", "\n ", "\n  ", "\nx=1", "\ny=2\n", "\n\n", "'", "\"", "`", "\"\"\"", "\\",
		"%", "é", "\x1c", "\u2028", "\ufeff", "-", "\x0b",
	}
	var b strings.Builder
	if r.Intn(10) > 0 {
		b.WriteString("[s]\n")
	}
	for range r.Intn(30) {
		b.WriteString(pieces[r.Intn(len(pieces))])
	}
	return b.String()
}

// badEncodings are files that are not UTF-8, some longer than the pieces in
// which Python reads.
func badEncodings() []string {
	var cases []string
	bad := []string{"\xe9", "\xff", "\x80", "\xc0\x80", "\xe9x", "\xe9\x80", "\xe9\x80x", "\xf0\x90", "\xf0\x90\x80x",
		"\xf0\x90\x80\x80\xf5", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc3", "\xc3\n", "é\xc3(", "\xe0\x80\x80"}
	for _, b := range bad {
		cases = append(cases, "[a]\nx=1"+b, "[a]\nx="+b+"\ny=2\n")
	}
	line := "x=" + strings.Repeat("a", 97) + "\n"
	for _, size := range []int{8187, 8188, 8189, 8190, 8191, 8192, 8193, 20000} {
		head := "[a]\n" + strings.Repeat(line, 300)
		head = head[:size]
		cases = append(cases, head+"\xe9x", head+"\xe4\xb8\xff", head+"\xf0\x9f\x98x", head+"\xe4\xb8\xad\xff\n")
	}
	return cases
}

// dialectAnswer is what a reader makes of a file.
type dialectAnswer struct {
	Error    string
	Sections [][2]any
}

func (a dialectAnswer) String() string { return fmt.Sprintf("%q %q", a.Error, a.Sections) }

// readDialect reads a file as the loader does.
func readDialect(file string) dialectAnswer {
	d := newDocument()
	if errs := d.add("f", []byte(file)); errs != nil {
		return dialectAnswer{Error: errs.Error()}
	}
	var a dialectAnswer
	for _, s := range d.file.Sections() {
		options := []any{}
		for _, k := range s.Keys() {
			options = append(options, []any{k.Name(), k.Value()})
		}
		a.Sections = append(a.Sections, [2]any{s.Name(), options})
	}
	return a
}

// The dialect is that of Python's configparser, sections, values and the texts
// of errors.
func TestDialectIsPython(t *testing.T) {
	files := append(append([]string{}, dialectCases...), badEncodings()...)
	r := rand.New(rand.NewSource(1))
	for range 2500 {
		files = append(files, randomFile(r))
	}
	encoded := make([]string, len(files))
	for i, f := range files {
		encoded[i] = base64.StdEncoding.EncodeToString([]byte(f))
	}
	shown := 0
	for i, want := range ask[string, dialectAnswer](t, "dialect", encoded) {
		if got := readDialect(files[i]); !reflect.DeepEqual(got, want) {
			t.Errorf("%q\n got %v\nwant %v", files[i], got, want)
			if shown++; shown > 20 {
				t.Fatal("and more")
			}
		}
	}
}

// Every option knows the line it stands in, and whether a comment was cut off
// its value.
func TestDialectPlaces(t *testing.T) {
	d := newDocument()
	errs := d.add("root", []byte("[a]\nx=1\ny=2 ; c\n  3\n\n[b]\nz=4\n  5 #c\n"))
	errs = append(errs, d.add("other", []byte("\n[b]\nw=1\n[a]\ny=9\n"))...)
	if errs != nil {
		t.Fatal(errs)
	}
	for _, c := range []struct {
		section, option string
		want            position
	}{
		{"a", "x", position{"root", 2, false}},
		{"a", "y", position{"other", 5, false}},
		{"b", "z", position{"root", 7, true}},
		{"b", "w", position{"other", 3, false}},
		{"b", "", position{"root", 6, false}},
	} {
		if got := d.where(c.section, c.option); got != c.want {
			t.Errorf("[%s] %s stands at %+v, want %+v", c.section, c.option, got, c.want)
		}
	}
}

// Each line that cannot be read is an error with its line; the first speaks for
// all with Supervisor's text.
func TestDialectErrors(t *testing.T) {
	_, errs := scan("/etc/s.conf", []byte("[a]\nfoo\nx=1\n=2\n"), nil)
	if len(errs) != 2 || errs[0].Line != 2 || errs[1].Line != 4 {
		t.Fatalf("got %v", errs)
	}
	want := "Source contains parsing errors: '/etc/s.conf'\n\t[line  2]: 'foo\\n'\n\t[line  4]: '=2\\n'"
	if errs.Error() != want {
		t.Errorf("got %q, want %q", errs.Error(), want)
	}
}

// What is wanted of a file is read as when all of it is, and what is wrong in the
// rest is told all the same.
func TestDialectWanted(t *testing.T) {
	wanted := func(name string) bool { return name != "b" && name != "DEFAULT" }
	cases := slices.Clone(dialectCases)
	r := rand.New(rand.NewSource(3))
	for range 3000 {
		cases = append(cases, randomFile(r))
	}
	dropped := 0
	for _, file := range cases {
		all, errs := scan("f", []byte(file), nil)
		want := slices.DeleteFunc(slices.Clone(all), func(s section) bool { return !wanted(s.name) })
		dropped += len(all) - len(want)
		got, again := scan("f", []byte(file), wanted)
		if !slices.EqualFunc(got, want, func(a, b section) bool { return reflect.DeepEqual(a, b) }) || !reflect.DeepEqual(again, errs) {
			t.Fatalf("%q:\n got %+v %v\nwant %+v %v", file, got, again, want, errs)
		}
	}
	if dropped == 0 {
		t.Error("no file had a section that is not wanted")
	}
}

// FuzzDialect: no file makes the reader fail, and what was read can be written
// and read again.
func FuzzDialect(f *testing.F) {
	for _, c := range dialectCases {
		f.Add([]byte(c))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		sections, errs := scan("f", data, nil)
		d := newDocument()
		if again := d.add("f", data); len(again) != len(errs) {
			t.Fatalf("errors %v, then %v", errs, again)
		}
		for _, s := range sections {
			last := map[string]string{}
			for _, o := range s.options {
				last[o.name] = o.value
				if d.where(s.name, o.name).line == 0 {
					t.Errorf("[%s] %s has no place", s.name, o.name)
				}
			}
			for name := range last {
				if _, ok := d.get(s.name, name); !ok {
					t.Errorf("[%s] %s is lost", s.name, name)
				}
			}
		}
	})
}
