package tests

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A proof is a test that would fail if something were not as said. It is
// written as
//
//	life_exits                      a script of tests/compat
//	configs/ok_everything           a configuration of tests/compat
//	system.TestHangup               a test function of tests/system
//	pkg/logs.TestStrip              one of another package
//	pkg/api.TestCall/a case         which has this text for the name of a case
//
// each, if wanted, followed by a quoted text that the proof must contain.
type proof struct {
	dir, test, part string // part: the case, "" for all
	needle          string
}

// The packages whose proofs are written in short.
const (
	compatDir  = "tests/compat"
	scriptsDir = "tests/compat/testdata/scripts"
	configsTxt = "tests/compat/testdata/configs.txt"
)

var scriptName = regexp.MustCompile(`^[a-z0-9_]+$`)

// readProof reads one proof.
func readProof(text string) (proof, error) {
	var p proof
	name, needle, quoted := strings.Cut(text, ` "`)
	if quoted {
		var err error
		if p.needle, err = strconv.Unquote(`"` + needle); err != nil {
			return p, fmt.Errorf("%s: the text to be found is not quoted: %v", text, err)
		}
	}
	name = strings.TrimSpace(name)
	if part, ok := strings.CutPrefix(name, "configs/"); ok {
		p.dir, p.test, p.part = compatDir, "TestConfigs", part
		return p, nil
	}
	if scriptName.MatchString(name) {
		p.dir, p.test, p.part = compatDir, "TestScripts", name
		return p, nil
	}
	dir, test, ok := strings.Cut(name, ".")
	if !ok || !isTest(test) {
		return p, fmt.Errorf("%q is no proof: write a script's name, configs/NAME or PACKAGE.TestName", text)
	}
	p.dir = dir
	if !strings.Contains(dir, "/") && !strings.HasPrefix(dir, "supervisor") {
		p.dir = "tests/" + dir
	}
	if p.dir == "tests/tests" {
		p.dir = "tests"
	}
	p.test, p.part, _ = strings.Cut(test, "/")
	return p, nil
}

// real proofs run the real programs.
func (p proof) real() bool {
	switch p.dir {
	case "tests/system", "tests/stack", "tests/clients":
		return true
	case compatDir:
		return p.test != "TestConfigs"
	}
	return false
}

// library holds the text of all that can be a proof, read once.
type library struct {
	t       *testing.T
	code    map[string]*testCode
	texts   map[string]string
	configs map[string]string
}

func newLibrary(t *testing.T) *library {
	l := &library{t: t, code: map[string]*testCode{}, texts: map[string]string{}, configs: map[string]string{}}
	text := read(t, configsTxt)
	heads := configHead.FindAllStringSubmatchIndex(text, -1)
	for i, h := range heads {
		end := len(text)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		l.configs[text[h[2]:h[3]]] = text[h[1]:end]
	}
	return l
}

// configHead is the line before a configuration.
var configHead = regexp.MustCompile(`(?m)^-- (.+) --$`)

// text is what a proof consists of, false if it does not exist.
func (l *library) text(p proof) (string, bool) {
	switch {
	case p.dir == compatDir && p.test == "TestScripts" && p.part != "":
		return l.script(p.part)
	case p.dir == compatDir && p.test == "TestConfigs" && p.part != "":
		text, ok := l.configs[p.part]
		return text, ok
	}
	code := l.package_(p.dir)
	if code.decls[p.test] == nil {
		return "", false
	}
	key := p.dir + "." + p.test
	if _, ok := l.texts[key]; !ok {
		l.texts[key] = code.text(l.t, p.test)
	}
	text := l.texts[key]
	return text, p.part == "" || slices.Contains(strings.Split(text, "\n"), p.part)
}

func (l *library) package_(dir string) *testCode {
	if l.code[dir] == nil {
		l.code[dir] = readTestCode(l.t, dir)
	}
	return l.code[dir]
}

var (
	included = regexp.MustCompile(`(?m)^include (\S+)$`)
	comment  = regexp.MustCompile(`(?m)^#.*$`)
)

// script is the text of a script with the files that it includes, without
// comments.
func (l *library) script(name string) (string, bool) {
	data, err := os.ReadFile(filepath.Join("..", scriptsDir, name+".txt"))
	if err != nil {
		return "", false
	}
	text := comment.ReplaceAllString(string(data), "")
	for _, m := range included.FindAllStringSubmatch(text, -1) {
		text += read(l.t, path.Join(compatDir, "testdata/common", m[1]))
	}
	return text, true
}

// link is the proof as the page shows it.
func (l *library) link(p proof) string {
	switch {
	case p.dir == compatDir && p.test == "TestScripts" && p.part != "":
		return fmt.Sprintf("[%s](../%s/%s.txt)", p.part, scriptsDir, p.part)
	case p.dir == compatDir && p.test == "TestConfigs" && p.part != "":
		return fmt.Sprintf("[configs/%s](../%s)", p.part, configsTxt)
	}
	name := strings.TrimPrefix(strings.TrimPrefix(p.dir, "tests/"), "pkg/") + "." + p.test
	if p.part != "" {
		name += "/" + p.part
	}
	return fmt.Sprintf("[%s](../%s)", strings.ReplaceAll(name, "|", `\|`), l.package_(p.dir).files[p.test])
}
