package compat

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/diff"
)

// A step is one line of a script.
type step struct {
	line    int
	verb    string
	rest    string
	sorted  bool           // its lines come in any order
	differs string         // id of the difference on purpose, "" for none
	ours    *regexp.Regexp // what our answer matches if it differs
}

// A script is read once and played in several worlds.
type script struct {
	name  string
	steps []step
	files []file
}

// lastFailure is the client's exit code after several results: the last failure
// decides between these two, and results in any order have no last.
var lastFailure = regexp.MustCompile(`exit code [17]\b`)

// readScript parses a script's text.
func readScript(name, text string) (*script, error) {
	head, files := split(text)
	s := &script{name: name, files: files}
	var mark step
	number := 0
	for line := range strings.Lines(head) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		verb, rest, _ := strings.Cut(line, " ")
		rest = strings.TrimSpace(rest)
		if verb == "differs" {
			id, pattern, _ := strings.Cut(rest, " ")
			p, err := regexp.Compile("(?s)" + pattern)
			if err != nil || pattern == "" {
				return nil, fmt.Errorf("%s:%d: differs wants an id and a pattern: %v", name, number, err)
			}
			mark = step{differs: id, ours: p}
			continue
		}
		if verb == "include" {
			data, err := os.ReadFile(filepath.Join("testdata", "common", rest))
			if err != nil {
				return nil, fmt.Errorf("%s:%d: %w", name, number, err)
			}
			_, more := split(string(data))
			s.files = append(more, s.files...)
			continue
		}
		st := step{line: number, verb: verb, rest: rest, differs: mark.differs, ours: mark.ours}
		if verb == "sorted" {
			st.sorted = true
			st.verb, st.rest, _ = strings.Cut(rest, " ")
		}
		if _, ok := verbs[st.verb]; !ok {
			return nil, fmt.Errorf("%s:%d: no verb is called %q", name, number, st.verb)
		}
		s.steps = append(s.steps, st)
		mark = step{}
	}
	return s, nil
}

// play carries out the steps and returns what each has shown. A step that
// cannot be carried out ends the play: equal failures on both sides would prove
// nothing.
func (s *script) play(w *world) ([]string, error) {
	shown := make([]string, len(s.steps))
	for i, st := range s.steps {
		began := time.Now()
		err := w.settle()
		text := ""
		if err == nil {
			text, err = verbs[st.verb](w, st.rest)
		}
		if *slow > 0 && time.Since(began) > *slow {
			fmt.Printf("%s:%d: %s: %s %s took %v\n", s.name, st.line, w.name, st.verb, st.rest, time.Since(began))
		}
		if text != "" && !strings.HasSuffix(text, "\n") {
			text += "\n"
		}
		shown[i] = w.masker(text)
		if st.sorted {
			shown[i] = lastFailure.ReplaceAllString(strings.Join(slices.Sorted(strings.Lines(shown[i])), ""), "exit code 1 or 7")
		}
		if err != nil {
			return shown, fmt.Errorf("%s:%d: %s %s, in %s: %v\n%s", s.name, st.line, st.verb, st.rest, w.name, err, shown[i])
		}
	}
	return shown, nil
}

// transcript joins the steps and what they have shown. Steps that differ on
// purpose are left out.
func (s *script) transcript(shown []string, marks bool) []byte {
	var b strings.Builder
	for i, st := range s.steps {
		fmt.Fprintf(&b, "%d> %s %s\n", st.line, st.verb, st.rest)
		if marks && st.differs != "" {
			fmt.Fprintf(&b, "(differs: %s)\n", st.differs)
			continue
		}
		b.WriteString(shown[i])
	}
	return []byte(b.String())
}

// diff shows what two worlds have shown differently, without the steps that
// differ on purpose.
func (s *script) diff(a, b *world, shownA, shownB []string) []byte {
	marks := self() != "oracle"
	textA, textB := s.transcript(shownA, marks), s.transcript(shownB, marks)
	return diff.Diff(s.name+" "+a.name, textA, s.name+" "+b.name, textB)
}

// compare reports what two worlds have shown differently. With own both daemon
// and client of b are ours, and every mark has to be true.
func (s *script) compare(t *testing.T, a, b *world, shownA, shownB []string, own bool) {
	t.Helper()
	if d := s.diff(a, b, shownA, shownB); len(d) > 0 {
		t.Errorf("the answers differ:\n%s", d)
	}
	if self() != "" || !own {
		return
	}
	for i, st := range s.steps {
		if st.differs == "" {
			continue
		}
		if shownA[i] == shownB[i] {
			t.Errorf("%s:%d: marked as difference %q, but both sides show the same", s.name, st.line, st.differs)
		} else if !st.ours.MatchString(shownB[i]) {
			t.Errorf("%s:%d: difference %q: ours does not match %q:\n%s", s.name, st.line, st.differs, st.ours, shownB[i])
		}
	}
}

// A pair is a daemon with a client.
type pair struct {
	name           string
	daemon, client program
}

// oraclePair is Supervisor.
func oraclePair() pair { return pair{"oracle", build.oracle[0], build.oracle[1]} }

// ourPair is the daemon and client under test.
func ourPair() pair { return pair{"ours  ", build.ours[0], build.ours[1]} }

// mixedPairs are Supervisor's client with our daemon and the reverse.
func mixedPairs() []pair {
	return []pair{
		{"ours, driven by the oracle's client", build.ours[0], build.oracle[1]},
		{"oracle, driven by our client", build.oracle[0], build.ours[1]},
	}
}

// newPairWorld makes a world in a folder of one letter below root, so that all
// paths have one length.
func newPairWorld(t *testing.T, root string, letter byte, p pair, files []file) *world {
	t.Helper()
	w, err := newWorld(p.name, filepath.Join(root, string(letter)), p.daemon, p.client, files)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.close)
	return w
}

// shortDir makes a temporary folder with a short name: the path of a unix
// socket has room for about a hundred bytes.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp(build.scratch, "")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// playPairs plays the script with Supervisor and with each pair, all at once,
// and compares each with Supervisor. The first pair is ours alone: the marks of
// its differences have to be true.
func playPairs(t *testing.T, s *script, pairs []pair) {
	t.Helper()
	root := shortDir(t)
	all := append([]pair{oraclePair()}, pairs...)
	worlds := make([]*world, len(all))
	shown := make([][]string, len(all))
	failed := make([]error, len(all))
	for i, p := range all {
		worlds[i] = newPairWorld(t, root, byte('a'+i), p, s.files)
	}
	var plays sync.WaitGroup
	for i := range all {
		plays.Go(func() { shown[i], failed[i] = s.play(worlds[i]) })
	}
	plays.Wait()
	for i, err := range failed {
		if err != nil {
			t.Error(err)
		}
		if *keep != "" {
			path := filepath.Join(*keep, fmt.Sprintf("%s.%c", s.name, 'a'+i))
			if err := os.WriteFile(path, s.transcript(shown[i], false), 0o644); err != nil {
				t.Error(err)
			}
		}
	}
	for i := 1; i < len(all); i++ {
		s.compare(t, worlds[0], worlds[i], shown[0], shown[i], i == 1)
	}
}

// loadScript reads a script of testdata/scripts.
func loadScript(t *testing.T, path string) *script {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := readScript(strings.TrimSuffix(filepath.Base(path), ".txt"), string(data))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestScripts plays every script against Supervisor and against ours. Those
// named ctl_* say the same with mixed pairs too.
func TestScripts(t *testing.T) {
	needOracle(t)
	paths, err := filepath.Glob("testdata/scripts/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, path := range paths {
		s := loadScript(t, path)
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			pairs := []pair{ourPair()}
			if strings.HasPrefix(s.name, "ctl_") {
				pairs = append(pairs, mixedPairs()...)
			}
			playPairs(t, s, pairs)
		})
	}
}
