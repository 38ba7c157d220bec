package tests

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/compatibility.md anew")

const compatibilityPage = "docs/compatibility.md"

// A claim is a line of testdata/proofs.txt or testdata/traps.txt: a thing, how it
// stands to Supervisor, and what proves it.
//
//	THING | STANDING | PROOF; PROOF...
//
// The standing is empty for "as Supervisor", "ours" for what Supervisor lacks,
// "differs ID ID..." with the ids of rows of docs/differences.md, or "kept" for
// an oddity of Supervisor that is kept, and may end in a remark after a colon.
type claim struct {
	where    string // file and line
	thing    string
	standing string
	ids      []string
	remark   string
	proofs   []proof
}

// claims reads a file of claims.
func claims(t *testing.T, file string) []claim {
	t.Helper()
	var all []claim
	for i, line := range strings.Split(read(t, "tests/testdata/"+file), "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		c := claim{where: fmt.Sprintf("testdata/%s:%d", file, i+1)}
		parts := strings.SplitN(line, "|", 3)
		if len(parts) != 3 {
			t.Fatalf("%s: want THING | STANDING | PROOFS", c.where)
		}
		c.thing = strings.TrimSpace(parts[0])
		c.stands(t, strings.TrimSpace(parts[1]))
		for _, text := range strings.Split(parts[2], "; ") {
			p, err := readProof(strings.TrimSpace(text))
			if err != nil {
				t.Errorf("%s: %v", c.where, err)
				continue
			}
			c.proofs = append(c.proofs, p)
		}
		all = append(all, c)
	}
	return all
}

// stands reads the second column.
func (c *claim) stands(t *testing.T, text string) {
	t.Helper()
	text, c.remark, _ = strings.Cut(text, ": ")
	words := strings.Fields(text)
	if len(words) == 0 {
		return
	}
	c.standing, c.ids = words[0], words[1:]
	switch c.standing {
	case "ours", "kept":
		if len(c.ids) > 0 {
			t.Errorf("%s: %q takes no ids", c.where, c.standing)
		}
	case "differs":
		if len(c.ids) == 0 {
			t.Errorf("%s: name the rows of docs/differences.md", c.where)
		}
	default:
		t.Errorf("%s: no standing is called %q: leave it empty, or write ours, kept or differs", c.where, c.standing)
	}
}

// shown is the standing as the page shows it.
func (c claim) shown() string {
	text := map[string]string{"": "as Supervisor", "ours": "ours", "kept": "as Supervisor, an oddity kept"}[c.standing]
	if c.standing == "differs" {
		text = "[differs](differences.md): " + strings.Join(c.ids, ", ")
	}
	if c.remark != "" {
		text += " (" + c.remark + ")"
	}
	return text
}

// differenceRow is a row of docs/differences.md, but for the head of its table.
var differenceRow = regexp.MustCompile(`(?m)^\| ([a-z0-9-]+) \|`)

// differences are the ids of the rows of docs/differences.md.
func differences(t *testing.T) []string {
	t.Helper()
	var ids []string
	for _, m := range differenceRow.FindAllStringSubmatch(read(t, "docs/differences.md"), -1) {
		if m[1] != "id" {
			ids = append(ids, m[1])
		}
	}
	return ids
}

// otherDifferences is the chapter of the differences that are those of no other
// thing and no trap.
func otherDifferences(t *testing.T) chapter {
	t.Helper()
	named := map[string]bool{}
	for _, c := range append(claims(t, "proofs.txt"), claims(t, "traps.txt")...) {
		for _, id := range c.ids {
			named[id] = named[id] || !strings.HasPrefix(c.thing, "difference ")
		}
	}
	all := chapter{title: "Other differences"}
	for _, id := range differences(t) {
		if !named[id] {
			all.things = append(all.things, thing{key: "difference " + id, shown: id})
		}
	}
	return all
}

// check holds a claim to the proofs that it names. Each has to speak of the thing
// by its name; one that runs no real program may have a text to be found instead,
// as it may know the thing under the name that it has in code.
func (c claim) check(t *testing.T, l *library, mention *regexp.Regexp) {
	t.Helper()
	rows := differences(t)
	for _, id := range c.ids {
		if !slices.Contains(rows, id) {
			t.Errorf("%s: docs/differences.md has no row %q", c.where, id)
		}
	}
	if len(c.proofs) == 0 {
		t.Errorf("%s: %s has no proof", c.where, c.thing)
	}
	for _, p := range c.proofs {
		text, ok := l.text(p)
		switch {
		case !ok:
			t.Errorf("%s: there is no test %s.%s %s", c.where, p.dir, p.test, p.part)
		case mention != nil && (p.real() || p.needle == "") && !mention.MatchString(text):
			t.Errorf("%s: %s.%s %s does not mention %s (%s)", c.where, p.dir, p.test, p.part, c.thing, mention)
		case !strings.Contains(text, p.needle):
			t.Errorf("%s: %s.%s %s does not contain %q", c.where, p.dir, p.test, p.part, p.needle)
		}
	}
}

// real says whether a proof runs the real programs.
func (c claim) real() bool {
	for _, p := range c.proofs {
		if p.real() {
			return true
		}
	}
	return false
}

// Everything that the product's own tables name has a proof, every proof exists
// and speaks of it, and nothing is proven that there is not.
func TestProofs(t *testing.T) {
	l := newLibrary(t)
	byThing := map[string]claim{}
	for _, c := range claims(t, "proofs.txt") {
		if _, twice := byThing[c.thing]; twice {
			t.Errorf("%s: %s stands here twice", c.where, c.thing)
		}
		byThing[c.thing] = c
	}
	for _, chapter := range append(chapters(t), otherDifferences(t)) {
		for _, thing := range chapter.things {
			c, ok := byThing[thing.key]
			if !ok {
				t.Errorf("testdata/proofs.txt: nothing proves %s", thing.key)
				continue
			}
			delete(byThing, thing.key)
			c.check(t, l, thing.mention)
			if thing.ours && c.standing != "ours" {
				t.Errorf("%s: Supervisor has no %s", c.where, thing.key)
			}
			if thing.acts && !c.real() {
				t.Errorf("%s: no test with the real programs shows what %s does", c.where, thing.key)
			}
		}
	}
	for _, c := range byThing {
		t.Errorf("%s: there is no %s", c.where, c.thing)
	}
}

// bugs are the numbers of the traps that are accidents of Supervisor.
var bugs = map[int]bool{25: true, 26: true, 32: true, 47: true, 65: true, 76: true, 77: true, 78: true, 95: true, 97: true, 98: true, 103: true}

// lastTrap is the number of the last trap.
const lastTrap = 109

// Every trap has a proof, and what is an accident of Supervisor is listed as a
// difference, or named as kept.
func TestTraps(t *testing.T) {
	l := newLibrary(t)
	seen := map[int]bool{}
	for _, c := range claims(t, "traps.txt") {
		number, _, _ := strings.Cut(c.thing, " ")
		n, err := strconv.Atoi(number)
		if err != nil || n < 1 || n > lastTrap || seen[n] {
			t.Errorf("%s: %q is no number from 1 to %d, or stands here twice", c.where, number, lastTrap)
		}
		seen[n] = true
		c.check(t, l, nil)
		if bugs[n] && c.standing != "differs" && c.standing != "kept" {
			t.Errorf("%s: it is an accident of Supervisor: is it kept, or listed as a difference?", c.where)
		}
	}
	for n := 1; n <= lastTrap; n++ {
		if !seen[n] {
			t.Errorf("testdata/traps.txt: there is no trap %d", n)
		}
	}
}

// The page is what the tables make. -update writes it anew.
func TestCompatibilityPage(t *testing.T) {
	l := newLibrary(t)
	text := page(t, l)
	path := filepath.Join("..", compatibilityPage)
	if *update {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if read(t, compatibilityPage) != text {
		t.Errorf("%s is not what the tables make now: go test ./tests -run Compatibility -update writes it anew", compatibilityPage)
	}
}

const pageIntro = `<!-- Generated from the product's tables, tests/testdata/proofs.txt and tests/testdata/traps.txt: go test ./tests -run CompatibilityPage -update -->

# Compatibility with Supervisor, and what proves it

Each section, option, signal, method, command, event type and URL, with the tests that fail if it is
not as said. The rows come from the tables that the programs themselves are driven by, so none is
forgotten; a test checks that every proof exists and speaks of its row.

A proof without a dot is a script of [tests/compat](../tests/compat/doc.go), played with Supervisor 4.2.5
and with ours, whose answers must be equal; one that begins with ` + "`configs/`" + ` is a configuration that
both are given. The others are test functions. Every row but those of the last two tables has at least
one proof in which the real programs run.
`

const trapsIntro = `
## Traps

What a replacement of Supervisor gets wrong easily. The numbers are only names.

| no | what happens | against Supervisor | proof |
|---:|---|---|---|
`

// page makes the page.
func page(t *testing.T, l *library) string {
	t.Helper()
	byThing := map[string]claim{}
	for _, c := range claims(t, "proofs.txt") {
		byThing[c.thing] = c
	}
	var b strings.Builder
	b.WriteString(pageIntro)
	for _, chapter := range append(chapters(t), otherDifferences(t)) {
		fmt.Fprintf(&b, "\n## %s\n\n| | against Supervisor | proof |\n|---|---|---|\n", chapter.title)
		for _, thing := range chapter.things {
			c := byThing[thing.key]
			fmt.Fprintf(&b, "| %s | %s | %s |\n", thing.shown, c.shown(), c.links(l))
		}
	}
	b.WriteString(trapsIntro)
	for _, c := range claims(t, "traps.txt") {
		number, what, _ := strings.Cut(c.thing, " ")
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", number, what, c.shown(), c.links(l))
	}
	return b.String()
}

// links are the proofs as the page shows them.
func (c claim) links(l *library) string {
	var links []string
	for _, p := range c.proofs {
		links = append(links, l.link(p))
	}
	return strings.Join(links, ", ")
}
