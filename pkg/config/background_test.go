package config

import (
	"os"
	"path/filepath"
	"testing"
)

func TestBackground(t *testing.T) {
	for _, c := range []struct {
		text  string
		flags map[string]string
		want  bool
	}{
		{"[supervisord]\n", nil, true},
		{"[supervisord]\nnodaemon=true\n", nil, false},
		{"[supervisord]\n", map[string]string{"nodaemon": "true"}, false},
		{"[DEFAULT]\nnodaemon=true\n[supervisord]\n", nil, false},
		{"[supervisord]\n[include]\nfiles=more.conf\n", nil, false},
		{"[supervisord]\nminfds=many\n", nil, false},
		{"[program:x]\ncommand=x\n", nil, false},
		{"nonsense\n", nil, false},
		// What is wrong elsewhere is for the copy to tell.
		{"[supervisord]\n[program:x]\n", nil, true},
	} {
		dir := t.TempDir()
		t.Chdir(dir)
		for name, text := range map[string]string{"supervisord.conf": c.text, "more.conf": "[supervisord]\nnodaemon=true\n"} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got := Background("supervisord.conf", c.flags); got != c.want {
			t.Errorf("%q %v: %v", c.text, c.flags, got)
		}
	}
	if Background("nowhere.conf", nil) {
		t.Error("a file that is not there")
	}
}
