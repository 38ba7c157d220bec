package system

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A verb of the test child that no test uses is to go.
func TestVerbsAreUsed(t *testing.T) {
	source, err := os.ReadFile("../child/main.go")
	if err != nil {
		t.Fatal(err)
	}
	verbs := regexp.MustCompile(`(?m)^\t\t"(\w+)":`).FindAllStringSubmatch(string(source), -1)
	if len(verbs) < 3 {
		t.Fatalf("the table of verbs is not understood: %q", verbs)
	}
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	var tests strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tests.Write(text)
	}
	for _, verb := range verbs {
		if !strings.Contains(tests.String(), `child("`+verb[1]+`"`) {
			t.Errorf("no test uses child %s", verb[1])
		}
	}
}
