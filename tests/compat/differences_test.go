package compat

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

// differences are the ids of the rows of docs/differences.md that scripts and
// tables of this package name, and what each is about.
var differences = map[string]string{
	"all-errors":       "after the first error all errors follow, with file and line",
	"ctl-clear-group":  "clear has a form for groups",
	"ctl-update-error": "update tells of a bad file as reread does",
	"event-len":        "the len of an event counts bytes for a listener that is no Python",
	"event-pools":      "an event that was rejected goes back to its own pool only",
	"fcgi-file":        "the file of an fcgi-program's socket goes with the socket",
	"fcgi-group":       "an fcgi-program has its socket in a group too",
	"fcgi-trial":       "the socket of an fcgi-program is made when it is needed; that it cannot be made is a failed start",
	"empty-directory":  "an empty directory= is the same as none",
	"group-name":       "a group's unknown programs are all reported under the group's name",
	"help-text":        "the help texts have other words, and name options that only ours has",
	"http-chunked":     "a chunked body is read",
	"http-head":        "the answer to HEAD has no body",
	"http-host":        "a request of HTTP/1.1 without a Host header is refused",
	"live-socket":      "a file with content that is no socket is not deleted to make room for one",
	"no-500":           "a request that Supervisor answers with status 500 gets a fault or status 4xx that says what is wrong; bytes that are no UTF-8 become U+FFFD",
	"no-entities":      "a document type in a request is refused",
	"no-http":          "a request line that is no HTTP is answered with status 400 before the connection is closed",
	"no-traceback":     "an error that Supervisor shows as a Python traceback is an \"Error: \" line",
	"outlives":         "programs keep their pipes, and so live, when the daemon is killed",
	"path-to-auto":     "a log that becomes AUTO is a change of its program",
	"python-plugins":   "Python code named in the configuration is left out",
	"relative-config":  "the configuration file stays the one of the start when the daemon goes to another directory",
	"request-data":     "the main log says what is wrong in a request, and does not repeat it",
	"restart-says-why": "the main log says why a restart has failed",
	"same-name":        "of two groups of one name only the one that is used is listed",
	"server-header":    "the header Server, one header more, and the order of headers",
	"sigpipe":          "programs have no signals ignored",
	"stop-rule":        "a program that was stopped by hand is not started by a reload or an update; restart_stopped_on_reload=true restores Supervisor's way",
	"types-first":      "an argument of a wrong type is found before anything else",
	"user-checked":     "a reread checks the user of [supervisord] too",
}

// allScripts reads every script, that of the configurations included.
func allScripts(t *testing.T) []*script {
	t.Helper()
	paths, err := filepath.Glob("testdata/scripts/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	var scripts []*script
	for _, path := range paths {
		scripts = append(scripts, loadScript(t, path))
	}
	table, err := os.ReadFile("testdata/configs.txt")
	if err != nil {
		t.Fatal(err)
	}
	configs, err := configScript(string(table))
	if err != nil {
		t.Fatal(err)
	}
	return append(scripts, configs)
}

// row is a line of the table in docs/differences.md.
var row = regexp.MustCompile(`(?m)^\| ([a-z0-9-]+) \|`)

// TestDifferences holds that every mark has its row, here and in the
// documentation, and every row here its mark.
func TestDifferences(t *testing.T) {
	used := map[string]bool{}
	for _, id := range append(maskedDifferences, randomDifferences...) {
		used[id] = true
	}
	page, err := os.ReadFile("../../docs/differences.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]bool{}
	for _, m := range row.FindAllSubmatch(page, -1) {
		documented[string(m[1])] = true
	}
	for _, s := range allScripts(t) {
		for _, st := range s.steps {
			if st.differs == "" {
				continue
			}
			used[st.differs] = true
			if differences[st.differs] == "" {
				t.Errorf("%s:%d: no difference is called %q", s.name, st.line, st.differs)
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(differences)) {
		if !used[id] {
			t.Errorf("no script shows the difference %q", id)
		}
		if !documented[id] {
			t.Errorf("docs/differences.md has no row %q", id)
		}
	}
}

// TestVerbs holds that every verb is used.
func TestVerbs(t *testing.T) {
	used := map[string]bool{}
	for _, s := range allScripts(t) {
		for _, st := range s.steps {
			used[st.verb] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(verbs)) {
		if !used[name] {
			t.Errorf("no script uses the verb %q", name)
		}
	}
}
