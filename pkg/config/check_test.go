package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What Check says of the files in testdata/check is in the files beside them.
func TestCheckReports(t *testing.T) {
	files, err := filepath.Glob("testdata/check/*.conf")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	t.Setenv("PATH", "/usr/local/bin:/usr/bin:/bin")
	t.Setenv("HOME", "/root")
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			report, _ := Check(file, nil)
			var b strings.Builder
			for line := range strings.Lines(strings.ReplaceAll(report, absolute(filepath.Dir(file))+"/", "")) {
				b.WriteString(strings.ReplaceAll(line, filepath.Dir(file)+"/", ""))
			}
			golden(t, strings.TrimSuffix(file, ".conf")+".golden", b.String())
		})
	}
}

// The report ends with the verdict, in the form of nginx -t.
func TestCheckVerdict(t *testing.T) {
	file := filepath.Join(t.TempDir(), "s.conf")
	for _, c := range []struct {
		text, want string
		ok         bool
	}{
		{"[supervisord]\n", "configuration file " + file + " test is successful\n", true},
		{"[supervisord]\nminfds=x\n", "configuration file " + file + " test failed\n", false},
		{"foo\n", "configuration file " + file + " test failed\n", false},
	} {
		if err := os.WriteFile(file, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		report, ok := Check(file, nil)
		if ok != c.ok || !strings.HasSuffix(report, c.want) {
			t.Errorf("%q: got %v %q", c.text, ok, report)
		}
	}
	if report, ok := Check(file+".none", nil); ok || !strings.Contains(report, "no such file") {
		t.Errorf("a missing file: got %v %q", ok, report)
	}
}
