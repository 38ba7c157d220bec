package spawn

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"supervisord/pkg/python"
)

// splits is the table for Split: a command and its words, or the error alone.
var splits = []struct {
	command string
	words   []string
	err     error
}{
	{"", nil, nil},
	{" \t\r\n ", nil, nil},
	{"/bin/cat", []string{"/bin/cat"}, nil},
	{" a  b\tc\nd\re ", []string{"a", "b", "c", "d", "e"}, nil},
	{`''`, []string{""}, nil},
	{`a "" '' b`, []string{"a", "", "", "b"}, nil},
	{`'a b'c"d e"f\ g`, []string{"a bcd ef g"}, nil},
	{`'a\'b`, []string{`a\b`}, nil},
	{`"a\"b\\c\nd\'e\$f"`, []string{`a"b\c\nd\'e\$f`}, nil},
	{`a\"b\'c\\d\ne`, []string{`a"b'c\dne`}, nil},
	{"a\\\nb 'c\nd' \"e\nf\"", []string{"a\nb", "c\nd", "e\nf"}, nil},
	{`a#b # c; d && e | f > g * $h ~`, strings.Fields(`a#b # c; d && e | f > g * $h ~`), nil},
	{"caf\u00e9 \u00a0x \U0001f600", []string{"caf\u00e9", "\u00a0x", "\U0001f600"}, nil},
	{"a\x00b \x0b\x0c", []string{"a\x00b", "\x0b\x0c"}, nil},
	{`bash -c 'a`, nil, errNoClosingQuotation},
	{`"a`, nil, errNoClosingQuotation},
	{`a"`, nil, errNoClosingQuotation},
	{`"a\"`, nil, errNoClosingQuotation},
	{`\`, nil, errNoEscapedCharacter},
	{`a b\`, nil, errNoEscapedCharacter},
	{`"a\`, nil, errNoEscapedCharacter},
	{`'a\`, nil, errNoClosingQuotation},
}

func TestSplit(t *testing.T) {
	for _, c := range splits {
		words, err := Split(c.command)
		if !slices.Equal(words, c.words) || !errors.Is(err, c.err) {
			t.Errorf("%q: %q, %v; want %q, %v", c.command, words, err, c.words, c.err)
		}
	}
}

// Split agrees with Python on the table and on what a monkey types.
func TestSplitAsPython(t *testing.T) {
	var commands []string
	for _, c := range splits {
		commands = append(commands, c.command)
	}
	keys := []string{" ", "\t", "\n", "\r", "'", "'", `"`, `"`, `\`, `\`, "a", "b", "#", "\u00e9", "\x00", "\x0b"}
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		var b strings.Builder
		for range random.IntN(14) {
			b.WriteString(keys[random.IntN(len(keys))])
		}
		commands = append(commands, b.String())
	}
	type answer struct {
		Words []string
		Error string
	}
	for i, want := range oracle[answer](t, "split", commands) {
		words, err := Split(commands[i])
		got := answer{words, ""}
		if err != nil {
			got.Error = err.Error()
		}
		if !slices.Equal(got.Words, want.Words) || got.Error != want.Error {
			t.Fatalf("%q: %q, Python says %q", commands[i], got, want)
		}
	}
}

// FuzzSplit: words never hold more than the command, and quoted they come back.
func FuzzSplit(f *testing.F) {
	for _, c := range splits {
		f.Add(c.command)
	}
	f.Fuzz(func(t *testing.T, command string) {
		words, err := Split(command)
		if err != nil {
			return
		}
		if n := len(strings.Join(words, "")); n > len(command) {
			t.Errorf("%d bytes of words from %d bytes", n, len(command))
		}
		var quoted []string
		for _, w := range words {
			quoted = append(quoted,
				"'"+strings.ReplaceAll(w, "'", `'\''`)+"'",
				`"`+strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(w)+`"`)
		}
		again, err := Split(strings.Join(quoted, "\n"))
		if err != nil || len(again) != 2*len(words) {
			t.Fatalf("%q: %q, %v", quoted, again, err)
		}
		for i, w := range words {
			if again[2*i] != w || again[2*i+1] != w {
				t.Errorf("%q became %q and %q", w, again[2*i], again[2*i+1])
			}
		}
	})
}

func TestReprAsPython(t *testing.T) {
	texts := []string{"", "plain", "it's", `say "hi"`, `both ' and "`, `back\slash`, "\n\r\t\x00\x1b\x7f",
		"\u00a0\u00ad\u00e9\u0300\u200b\u2028\ue000\ufeff\ufffd", "\U0001f600\U000e0001"}
	for i, want := range oracle[string](t, "repr", texts) {
		if got := python.Quote(texts[i]); got != want {
			t.Errorf("%q: %s, Python says %s", texts[i], got, want)
		}
	}
}

// A byte that is no UTF-8 cannot be asked for in JSON.
func TestReprOfBytes(t *testing.T) {
	if got, want := python.Quote("a\xffb"), `'a\udcffb'`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// find is a case for Find, with the answer of Supervisor 4.2.5.
type find struct {
	Command string `json:"command"`
	Path    string `json:"path"`
}

type found struct {
	File  string
	Argv  []string
	Error string
	Fault string
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	file := func(name string, mode os.FileMode) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"), mode); err != nil {
			t.Fatal(err)
		}
	}
	file("one/run", 0o755)
	file("two/run", 0o755)
	file("plain/run", 0o644)
	file("folder/run/x", 0o755)
	file("it's/run", 0o644)
	if err := os.Symlink("nowhere", filepath.Join(dir, "one/dangling")); err != nil {
		t.Fatal(err)
	}
	t.Chdir(filepath.Join(dir, "two"))
	p := func(names ...string) string {
		for i, n := range names {
			if n != "" {
				names[i] = dir + "/" + n
			}
		}
		return strings.Join(names, ":")
	}

	var answers []found
	questions := []find{}
	ask := func(command, path string, want found) {
		questions = append(questions, find{command, path})
		answers = append(answers, want)
	}
	ask("", "", found{Error: "command is empty", Fault: "NOT_EXECUTABLE"})
	ask(" \n", "", found{Error: "command is empty", Fault: "NOT_EXECUTABLE"})
	ask("a 'b", "", found{Error: `can't parse command "a 'b": No closing quotation`, Fault: "NOT_EXECUTABLE"})
	ask("a\tb\\", "", found{Error: `can't parse command 'a\tb\\': No escaped character`, Fault: "NOT_EXECUTABLE"})
	ask("cat a", "", found{File: "/bin/cat", Argv: []string{"cat", "a"}})
	ask("/bin/cat 'a b'", "", found{File: "/bin/cat", Argv: []string{"/bin/cat", "a b"}})
	ask("nosuch", "", found{Error: "can't find command 'nosuch'", Fault: "NO_FILE"})
	ask("/no/such", "", found{Error: "can't find command '/no/such'", Fault: "NO_FILE"})
	ask("/no/it\\'s", "", found{Error: `can't find command "/no/it's"`, Fault: "NO_FILE"})
	ask("run", p("two", "one"), found{File: dir + "/two/run", Argv: []string{"run"}})
	ask("run", p("none", "one")+"/", found{File: dir + "/one/run", Argv: []string{"run"}})
	ask("run x", p("one", "plain"), found{File: dir + "/one/run", Argv: []string{"run", "x"}})
	ask("run", p("plain", "one"), found{Error: "command at '" + dir + "/plain/run' is not executable", Fault: "NOT_EXECUTABLE"})
	ask("run", p("folder", "one"), found{Error: "command at '" + dir + "/folder/run' is a directory", Fault: "NOT_EXECUTABLE"})
	ask("run", p("it's"), found{Error: `command at "` + dir + `/it's/run" is not executable`, Fault: "NOT_EXECUTABLE"})
	ask("dangling", p("one"), found{Error: "can't find command 'dangling'", Fault: "NO_FILE"})
	ask("run", p("none", ""), found{File: "run", Argv: []string{"run"}})
	ask("run", "", found{Error: "can't find command 'run'", Fault: "NO_FILE"})
	ask("./run", "", found{File: "./run", Argv: []string{"./run"}})
	ask("../plain/run", "", found{Error: "command at '../plain/run' is not executable", Fault: "NOT_EXECUTABLE"})
	ask("'' x", p("one"), found{Error: "command at '" + dir + "/one/' is a directory", Fault: "NOT_EXECUTABLE"})
	ask("/ x", "", found{Error: "command at '/' is a directory", Fault: "NOT_EXECUTABLE"})

	faults := map[Kind]string{Bad: "NOT_EXECUTABLE", NotExecutable: "NOT_EXECUTABLE", NoFile: "NO_FILE"}
	for i, q := range questions {
		var got found
		file, argv, err := Find(q.Command, q.Path)
		got.File, got.Argv = file, argv
		if err != nil {
			got.Error = err.Error()
			var e *Error
			if errors.As(err, &e) {
				got.Fault = faults[e.Kind]
			}
		}
		if !same(got, answers[i]) {
			t.Errorf("%q in %q:\n got %+v\nwant %+v", q.Command, q.Path, got, answers[i])
		}
	}

	t.Run("as Supervisor", func(t *testing.T) {
		for i, want := range oracle[found](t, "find", questions) {
			if !same(answers[i], want) {
				t.Errorf("%q in %q:\ntable %+v\n real %+v", questions[i].Command, questions[i].Path, answers[i], want)
			}
		}
	})
}

func same(a, b found) bool {
	return a.File == b.File && a.Error == b.Error && a.Fault == b.Fault && slices.Equal(a.Argv, b.Argv)
}

// Who is not root may meet a file that others may execute. Root asks as a child
// that is somebody else: this test once more, as nobody.
func TestFindWithoutPermission(t *testing.T) {
	dir := publicDir(t)
	path := filepath.Join(dir, "run")
	if err := os.WriteFile(path, nil, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o001|0o010); err != nil {
		t.Fatal(err)
	}
	if os.Getuid() != 0 {
		_, _, err := Find(path, "")
		var e *Error
		if want := "no permission to run command '" + path + "'"; !errors.As(err, &e) || e.Text != want || e.Kind != NotExecutable {
			t.Errorf("%v, want %s", err, want)
		}
		return
	}
	asNobody(t)
}
