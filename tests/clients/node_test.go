package clients_test

import (
	"os"
	"strings"
	"testing"

	"supervisord/tests/harness"
)

// The npm packages xmlrpc and supervisord, the latter being a wrapper of the
// former.
func TestNode(t *testing.T) {
	t.Parallel()
	harness.Need(t, "node", "npm")
	scripts := newScripts(t)
	for _, how := range []string{"xmlrpc inet", "xmlrpc unix", "supervisord inet"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			pack, to, _ := strings.Cut(how, " ")
			s := walker(t)
			url := map[string]string{"unix": s.unix, "inet": s.inet}[to]
			s.walk(t, "node", "--no-deprecation", scripts+"/walk.js", pack, url, user, password)
		})
	}
}

// newScripts is a folder with the script for node and the packages that it
// wants, in the versions and with the sums of the lock file.
func newScripts(t *testing.T) string {
	t.Helper()
	d := harness.New(t) // for its directory
	for _, name := range []string{"package.json", "package-lock.json", "walk.js"} {
		text, err := os.ReadFile(testdata(t, name))
		must(t, err)
		d.Write(name, string(text))
	}
	if r := d.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"); r.Code != 0 {
		if strings.Contains(r.Stderr, "network") {
			harness.Lack(t, "the npm registry cannot be reached: "+r.Stderr)
		}
		t.Fatal(r)
	}
	return d.Dir
}
