package supervisor

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A process of an fcgi-program has its own socket as descriptor 0, whichever way
// it is started, and nobody has one of others.
func TestSocketsAreNotInherited(t *testing.T) {
	dir := t.TempDir()
	list := "ls -l /proc/$$/fd > " + dir + "/$SUPERVISOR_GROUP_NAME.new; mv " + dir + "/$SUPERVISOR_GROUP_NAME.new " + dir + "/$SUPERVISOR_GROUP_NAME; exec sleep 1000"
	staged := fcgi(dir, "b", list, 1)
	umask := fs.FileMode(0o27)
	staged.Programs[0].Umask = &umask
	s, _ := realBench(t, fcgi(dir, "a", list, 1), staged, shell("plain", list))
	for name, want := range map[string]int{"a:a0": 1, "b:b0": 1, "plain": 0} {
		start(t, s, name)
		group, _, _ := strings.Cut(name, ":")
		text := awaitText(t, filepath.Join(dir, group))
		if n := strings.Count(text, "-> socket:"); n != want || strings.Contains(text, " 0 -> socket:") != (want == 1) {
			t.Errorf("%s has %d sockets:\n%s", name, n, text)
		}
	}
}

// awaitText waits for a file.
func awaitText(t *testing.T, file string) string {
	t.Helper()
	workers(t, file, 1)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
