package logs

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

// The name is <process>-<channel>---<identifier>-<8 letters>.log, the mode 0600.
func TestCreateAuto(t *testing.T) {
	dir := t.TempDir()
	seen := map[string]bool{}
	for range 50 {
		path, err := CreateAuto(dir, "web", "stderr", "super.visor")
		if err != nil {
			t.Fatal(err)
		}
		if !regexp.MustCompile(`^web-stderr---super\.visor-[a-z0-9_]{8}\.log$`).MatchString(filepath.Base(path)) || filepath.Dir(path) != dir {
			t.Errorf("path %q", path)
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode() != 0o600 || info.Size() != 0 {
			t.Errorf("%v, %v", info, err)
		}
		if seen[path] {
			t.Errorf("%q twice", path)
		}
		seen[path] = true
	}
	if _, err := CreateAuto(dir+"/missing", "web", "stdout", "x"); !os.IsNotExist(err) {
		t.Errorf("in a missing directory: %v", err)
	}
}

func TestCleanAuto(t *testing.T) {
	dir := t.TempDir()
	gone := []string{
		"web-stdout---sup.er-abcdefgh.log",
		"web-stdout---sup.er-abcdefgh.log.1",
		"web-stdout---sup.er-abcdefgh.log.12345",
		"web-stdout---sup.er-abcdefgh.log~", // it only has to begin like one
		"x---sup.er-y.log",
		"a---b---sup.er-z.log",
	}
	stay := []string{
		"web-stdout---super-abcdefgh.log", // the dot means a dot
		"web-stdout---other-abcdefgh.log",
		"web-stdout---sup.er-.log", // nothing where the letters are
		"web-stdout---sup.er-ab cd.lo",
		"---sup.er-abcdefgh.log",
		"web.log",
	}
	for _, name := range append(slices.Clone(gone), stay...) {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	folder := filepath.Join(dir, "d-stdout---sup.er-abcdefgh.log")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	failed, err := CleanAuto(dir, "sup.er")
	if err != nil || !slices.Equal(failed, []string{folder}) {
		t.Errorf("CleanAuto = %q, %v", failed, err)
	}
	for _, name := range gone {
		if exists(filepath.Join(dir, name)) {
			t.Errorf("%s is still there", name)
		}
	}
	for _, name := range stay {
		if !exists(filepath.Join(dir, name)) {
			t.Errorf("%s is gone", name)
		}
	}
	if _, err := CleanAuto(dir+"/missing", "x"); err == nil {
		t.Error("a missing directory is no error")
	}
	// Between them: what one makes the other finds.
	if _, err := CreateAuto(dir, "p", "stdout", "(odd["); err != nil {
		t.Fatal(err)
	}
	if _, err := CleanAuto(dir, "(odd["); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "p-stdout---*")); len(left) != 0 {
		t.Errorf("left: %q", left)
	}
}
