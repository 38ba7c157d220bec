package process

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"supervisord/pkg/api"
)

const architecture = "../../docs/architecture.md"

// TestDiagram holds the list of states in the documentation to the table; with
// -update it writes it.
func TestDiagram(t *testing.T) {
	page, err := os.ReadFile(architecture)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- states -->\n", "<!-- /states -->"
	before, rest, ok1 := strings.Cut(string(page), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatalf("%s has no place for the states", architecture)
	}
	want := before + begin + diagram() + end + after
	if *update {
		if err := os.WriteFile(architecture, []byte(want), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want != string(page) {
		t.Errorf("%s does not show the states as they are; run with -update", architecture)
	}
}

// diagram draws the edges of api.States, as a table and for Mermaid.
func diagram() string {
	var b strings.Builder
	b.WriteString("| state | number | means | may be followed by |\n|---|---|---|---|\n")
	for _, row := range api.States {
		next := make([]string, len(row.Next))
		for i, n := range row.Next {
			next[i] = n.String()
		}
		fmt.Fprintf(&b, "| %s | %d | %s | %s |\n", row.Name, row.State, row.Doc, strings.Join(next, ", "))
	}
	b.WriteString("\n```mermaid\nstateDiagram-v2\n    [*] --> STOPPED\n")
	for _, row := range api.States {
		for _, n := range row.Next {
			fmt.Fprintf(&b, "    %s --> %s\n", row.Name, n)
		}
	}
	b.WriteString("```\n")
	return b.String()
}
