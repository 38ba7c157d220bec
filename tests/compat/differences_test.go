package compat

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// differences are the ids of the rows of docs/differences.md that scripts and
// tables of this package name, and what each is about.
var differences = map[string]string{
	"no-500":       "a request that Supervisor answers with status 500 gets a fault or status 4xx that says what is wrong; bytes that are no UTF-8 become U+FFFD",
	"no-traceback": "an error that Supervisor shows as a Python traceback is an \"Error: \" line",
	"stop-rule":    "a program that was stopped by hand is not started by a reload or an update; restart_stopped_on_reload=true restores Supervisor's way",
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

// TestDifferences holds that every mark has its row and every row its mark.
func TestDifferences(t *testing.T) {
	used := map[string]bool{}
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
