package tests

import (
	"bytes"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"supervisord/tests/harness"
)

func TestMain(m *testing.M) { os.Exit(harness.Main(m)) }

// pages are the documents that there must be.
var pages = []string{
	"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE",
	"docs/architecture.md", "docs/clients.md", "docs/compatibility.md", "docs/configuration.md", "docs/differences.md",
}

func TestPages(t *testing.T) {
	for _, page := range pages {
		if text, err := os.ReadFile(filepath.Join("..", page)); err != nil || len(bytes.TrimSpace(text)) < 200 {
			t.Errorf("%s: %d bytes, %v", page, len(text), err)
		}
	}
}

var (
	link     = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	quoted   = regexp.MustCompile("`([^`\n]+)`")
	heading  = regexp.MustCompile(`(?m)^#+ +(.+)$`)
	notAWord = regexp.MustCompile(`[^a-z0-9 _-]`)
)

// Links between the pages lead somewhere, and files that the pages name exist.
func TestLinks(t *testing.T) {
	for _, page := range markdown(t) {
		text := read(t, page)
		for _, found := range link.FindAllStringSubmatch(text, -1) {
			target, fragment, _ := strings.Cut(found[1], "#")
			if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			file := page
			if target != "" {
				file = path.Join(path.Dir(page), target)
			}
			if _, err := os.Stat(filepath.Join("..", file)); err != nil {
				t.Errorf("%s links to %s: %v", page, found[1], err)
			} else if fragment != "" && !anchors(read(t, file))[fragment] {
				t.Errorf("%s links to %s, but no heading is called so", page, found[1])
			}
		}
		for _, found := range quoted.FindAllStringSubmatch(text, -1) {
			word, _, _ := strings.Cut(found[1], " ")
			top, _, nested := strings.Cut(word, "/")
			if !nested || strings.ContainsAny(word, "*<…{") {
				continue
			}
			switch top {
			case "pkg", "conf", "docs", "scripts", "tests", ".ci":
				if _, err := os.Stat(filepath.Join("..", word)); err != nil {
					t.Errorf("%s names %s: %v", page, word, err)
				}
			}
		}
	}
}

// anchors are the names by which the headings of a page can be linked to.
func anchors(text string) map[string]bool {
	names := map[string]bool{}
	for _, found := range heading.FindAllStringSubmatch(text, -1) {
		name := notAWord.ReplaceAllString(strings.ToLower(found[1]), "")
		names[strings.ReplaceAll(name, " ", "-")] = true
	}
	return names
}

// somewhere matches what is right on one machine only.
var somewhere = regexp.MustCompile(`(?m)(^|[^\w.@)}-])/(work|root|home|Users)/`)

// Nothing in the repository may depend on, or speak of, the place where somebody
// happens to keep it.
func TestNoMachinePaths(t *testing.T) {
	for _, file := range allFiles(t) {
		text := read(t, file)
		for _, at := range somewhere.FindAllStringIndex(text, -1) {
			line := 1 + strings.Count(text[:at[0]], "\n")
			t.Errorf("%s:%d names a place on somebody's machine: %.60q", file, line, text[at[0]:])
		}
	}
}

// The commands that the README shows exist: scripts, options, commands of the
// client.
func TestReadmeCommands(t *testing.T) {
	options := output(t, harness.DaemonPath(), "--help")
	commands := output(t, harness.ClientPath(), "help")
	shown := 0
	for _, line := range shellLines(read(t, "README.md")) {
		words := strings.Fields(line)
		for i, word := range words {
			name := strings.TrimPrefix(word, "./")
			switch {
			case strings.HasPrefix(name, "scripts/"):
				shown++
				if info, err := os.Stat(filepath.Join("..", name)); err != nil || info.Mode()&0o111 == 0 {
					t.Errorf("README.md: %s: no such script (%v)", line, err)
				}
			case path.Base(name) == "supervisord":
				shown++
				checkOptions(t, line, words[i+1:], options)
			case path.Base(name) == "supervisorctl":
				shown++
				checkCommand(t, line, words[i+1:], commands)
			}
		}
	}
	if shown < 5 {
		t.Errorf("README.md shows %d commands; are its code blocks understood?", shown)
	}
}

// checkOptions checks long options against the help text.
func checkOptions(t *testing.T, line string, words []string, help string) {
	for _, word := range words {
		if strings.ContainsAny(word, "|;&") {
			return
		}
		option, _, _ := strings.Cut(word, "=")
		if strings.HasPrefix(option, "--") && !strings.Contains(help, option) {
			t.Errorf("README.md: %s: supervisord --help does not know %s", line, option)
		}
	}
}

// checkCommand checks the first word that is no option against the list of
// commands.
func checkCommand(t *testing.T, line string, words []string, help string) {
	for len(words) > 0 && strings.HasPrefix(words[0], "-") {
		if words[0] == "-c" || words[0] == "-s" {
			words = words[1:]
		}
		words = words[min(1, len(words)):]
	}
	if len(words) == 0 || strings.ContainsAny(words[0], "#|;&<>") {
		return
	}
	for _, command := range strings.Fields(help) {
		if command == words[0] {
			return
		}
	}
	t.Errorf("README.md: %s: supervisorctl has no command %s", line, words[0])
}

// shellLines are the lines of the code blocks that show commands.
func shellLines(text string) []string {
	var lines []string
	inside := false
	for _, line := range strings.Split(text, "\n") {
		fence := strings.HasPrefix(strings.TrimSpace(line), "```")
		switch {
		case fence && inside:
			inside = false
		case fence:
			kind := strings.TrimPrefix(strings.TrimSpace(line), "```")
			inside = kind == "" || kind == "sh" || kind == "console" || kind == "bash" || kind == "shell"
		case inside || strings.HasPrefix(line, "    "):
			line, _, _ = strings.Cut(line, " #")
			lines = append(lines, strings.TrimPrefix(strings.TrimSpace(line), "$ "))
		}
	}
	return lines
}

func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	command := exec.Command(name, args...)
	command.Dir = t.TempDir() // where no configuration is
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%v: %v", command.Args, err)
	}
	return string(out)
}

func markdown(t *testing.T) []string {
	t.Helper()
	var found []string
	for _, file := range allFiles(t) {
		if strings.HasSuffix(file, ".md") && !strings.Contains(file, "/testdata/") {
			found = append(found, file)
		}
	}
	return found
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", file))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
