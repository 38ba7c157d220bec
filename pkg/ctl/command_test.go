package ctl

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"supervisord/pkg/xmlrpc"
)

var rewrite = flag.Bool("update", false, "write the golden files anew")

const golden = "testdata/commands.golden"

// outcome is what a run of supervisorctl gave.
type outcome struct {
	stdout string
	exit   int
}

// String shows an outcome with the end of each line marked, for blanks there
// count.
func (o outcome) String() string {
	text := strings.ReplaceAll(o.stdout, "\n", "$\n")
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return fmt.Sprintf("%sexit %d\n", text, o.exit)
}

// sourceLine is the end of the generic error line, where Supervisor names a
// line of its source.
var sourceLine = regexp.MustCompile(`(?m): file: .* line: \d+$`)

func masked(stdout string) string { return sourceLine.ReplaceAllString(stdout, ": file: F line: N") }

// run carries a case out on our side.
func (c commandCase) run(ctx context.Context) (outcome, *fake) {
	f := &fake{answers: c.answers}
	url := c.url
	if url == "" {
		url = "http://localhost:9001"
	}
	var out, errs bytes.Buffer
	s := newSession(Options{
		ServerURL: url, Prompt: "supervisor", Interactive: c.interactive || c.shell,
		Stdin: strings.NewReader(c.stdin), Stdout: &out, Stderr: &errs,
		Dial: func(string, string, string) (Client, error) { return f, nil },
	})
	s.openTerminal = func() (*os.File, error) { return nil, errors.New("no terminal") }
	var exit int
	if c.shell {
		exit = s.shell(ctx)
	} else {
		s.execute(ctx, c.line)
		exit = s.exit
	}
	return outcome{masked(out.String()), exit}, f
}

// title names a case in the golden file.
func (c commandCase) title() string {
	title := fmt.Sprintf("%q", c.line)
	if c.shell {
		title = fmt.Sprintf("shell: %s: %q", c.line, c.stdin)
	}
	if c.interactive {
		title += fmt.Sprintf(" -i %q", c.stdin)
	}
	if c.url != "" {
		title += " -s " + c.url
	}
	for _, key := range sortedAnswers(c.answers) {
		switch v := c.answers[key].(type) {
		case turns:
			title += fmt.Sprintf(" [%s: %d turns]", key, len(v))
		case *xmlrpc.StatusError:
			title += fmt.Sprintf(" [%s: %s]", key, v.Status)
		case error, string, bool, int:
			title += fmt.Sprintf(" [%s: %v]", key, v)
		}
	}
	return title
}

// TestCommands holds every row of every table of the commands to the golden
// file: output byte for byte, and exit status.
func TestCommands(t *testing.T) {
	var all strings.Builder
	for _, c := range commandCases() {
		got, _ := c.run(t.Context())
		if strings.Contains(got.stdout, "unexpected call") || strings.Contains(got.stdout, "canned answer") {
			t.Errorf("%s: %s", c.title(), got)
		}
		fmt.Fprintf(&all, "> %s\n%s\n", c.title(), got)
	}
	if *rewrite {
		if err := os.WriteFile(golden, []byte(all.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	compareGolden(t, all.String(), string(want))
}

// compareGolden tells the first cases in which two golden texts differ.
func compareGolden(t *testing.T, got, want string) {
	t.Helper()
	g, w := strings.Split(got, "\n> "), strings.Split(want, "\n> ")
	if len(g) != len(w) {
		t.Errorf("%d cases, the golden file has %d", len(g), len(w))
	}
	shown := 0
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] && shown < 5 {
			shown++
			t.Errorf("got\n> %s\nwant\n> %s", g[i], w[i])
		}
	}
}
