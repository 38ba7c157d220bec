package compat

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// Random command lines for the clients. Both talk to a daemon of ours, so that
// what differs is the client's.

var (
	// ctlNames are arguments that name something, or nothing.
	ctlNames = append([]string{"all", "*", "cat:cat", "g:one:x", "*:*", "all:all", "g:one g:two", "quiet"}, randomNames...)

	// ctlScraps are arguments that hardly any command wants.
	ctlScraps = []string{"-f", "-5", "-0", "-x", "--", "5", "stdout", "stderr", "stdin", "all", "help", "\u00fc", "a'b", "-", "?", "status", "0", "HUP", "http://localhost:9001", "ftp://x", "unix://", "-f stderr", "- 5"}

	// ctlSpacing stands between words of the shell.
	ctlSpacing = []string{" ", " ", " ", " ", "  ", "\t"}

	// ctlWords are first words of a line that are no command that does anything.
	ctlWords = []string{"nope", "STATUS", "stat", "help", "?", "!ls", "EOF", "", "#", ";", "status;", "_x", "do_status", "help_status", "exit x", "version x", "reread x", "avail x", "shutdown x", "reload x", "open", "open x", "fg", "fg nope", "fg a b", "fg g:*", "maintail x y", "maintail -x", "maintail -f x"}
)

// ctlLine makes a command line that comes to an end by itself and whose answer
// does not depend on who is quicker.
func (c caller) ctlLine() string {
	name := func() string {
		if c.IntN(12) == 0 {
			return c.pick(ctlScraps)
		}
		return c.pick(ctlNames)
	}
	names := func() string {
		var all []string
		for range c.IntN(3) + c.IntN(2) {
			all = append(all, name())
		}
		return strings.Join(all, " ")
	}
	switch c.IntN(16) {
	case 0, 1, 2:
		return "status " + names()
	case 3, 4:
		return "start " + names()
	case 5, 6:
		return "stop " + names()
	case 7:
		return "restart " + names()
	case 8:
		return "signal " + c.pick([]string{"CONT", "SIGCONT", "cont", "18", "0", "BOGUS", "", "WINCH", "-1"}) + " " + names()
	case 9:
		return "pid " + names()
	case 10:
		return c.pick([]string{"add ", "remove "}) + c.pick(fluidGroups) + " " + c.pick([]string{"", "", "nope", "hello"})
	case 11:
		return c.pick([]string{"reread", "avail", "version", "update nope", "update hello", "update missing many", "clear", "clear all", "clear nope", "clear hello", "clear " + name()})
	case 12:
		return "tail " + c.pick([]string{"", "-5 ", "-0 ", "-100 ", "-x ", "-"}) + c.pick([]string{"hello", "nope", "quiet", "g:two", "g:*", "", "hello x"}) + c.pick([]string{"", " stdout", " stderr", " stdin", " stdout x"})
	case 13:
		return "help " + c.pick([]string{"", "status", "start", "nope", "tail", "help", "status start", "add", "signal", "EOF", "?", "exit", "fg", "maintail", "update"})
	case 14:
		return c.pick(ctlWords)
	}
	return c.pick([]string{"status", "start", "stop", "pid", "tail", "clear", "signal", "add", "remove", "restart"}) + " " + c.pick(ctlScraps) + " " + c.pick(ctlScraps)
}

// respace writes a line as somebody might type it.
func (c caller) respace(line string) string {
	words := strings.Split(line, " ")
	typed := words[0]
	for _, w := range words[1:] {
		typed += c.pick(ctlSpacing) + w
	}
	return c.pick([]string{"", "", "", " ", "\t"}) + typed + c.pick([]string{"", "", " "})
}

// manyAnswers says whether a line asks something of a whole group: its answers
// come in any order, and the first of them stands behind the prompt.
func manyAnswers(line string) bool {
	verb, rest, _ := strings.Cut(line, " ")
	if !slices.Contains([]string{"start", "stop", "restart", "signal", "clear", "update"}, verb) {
		return false
	}
	return slices.ContainsFunc(strings.Fields(rest), func(name string) bool {
		return name == "all" || strings.Contains(name, "*") || strings.HasSuffix(name, ":")
	})
}

// quoteWords writes the words of a line for the verb "ctl".
func quoteWords(line string) string {
	var quoted []string
	for _, w := range strings.Fields(line) {
		quoted = append(quoted, `"`+strings.ReplaceAll(w, `\`, `\\`)+`"`)
	}
	return strings.Join(quoted, " ")
}

// ctlScript makes a script of n command lines, some of them typed into shells.
func ctlScript(seed uint64, n int) (*script, error) {
	c := caller{rand.New(rand.NewPCG(seed, 427))}
	var text, files strings.Builder
	text.WriteString("include plain.txt\ndaemon\nawait cat RUNNING\nawait quiet RUNNING\nawait g:one RUNNING\n")
	for i := range n {
		switch c.IntN(8) {
		case 0:
			fmt.Fprintf(&files, "-- in%d --\n", i)
			for range 1 + c.IntN(6) {
				line := c.ctlLine()
				for manyAnswers(line) {
					line = c.ctlLine()
				}
				files.WriteString(c.respace(line) + "\n")
			}
			files.WriteString(c.pick([]string{"", "exit\nstatus\n", "quit\n"}))
			fmt.Fprintf(&text, "stdin in%d\nsorted ctl\n", i)
		default:
			line := quoteWords(c.ctlLine())
			if line == "" || strings.HasPrefix(line, `"-`) {
				continue // the shell, or an option of the client
			}
			fmt.Fprintf(&text, "sorted ctl %s\n", line)
		}
	}
	return readScript(fmt.Sprintf("command lines, seed %d", seed), text.String()+files.String())
}

// TestRandomCommandLines holds that both clients print the same and end with the
// same exit code.
func TestRandomCommandLines(t *testing.T) {
	needOracle(t)
	seeds, n := []uint64{1, 2}, 100
	if *seed > 0 {
		seeds = []uint64{*seed}
	}
	if *round > 0 {
		n = *round
	}
	for _, seed := range seeds {
		s, err := ctlScript(seed, n)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			playEach(t, s, pair{"oracle", build.ours[0], build.oracle[1]}, ourPair())
		})
	}
}
