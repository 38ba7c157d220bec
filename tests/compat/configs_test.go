package compat

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

// caseMark is the comment line that marks a configuration whose answers differ
// on purpose: those of the reread and of the start, or that which shows the
// values.
var caseMark = regexp.MustCompile(`(?m)^# (differs|values differ) (\S+) (.*)\n`)

// base stands for $BASE: what every configuration needs.
const base = `[supervisord]
identifier=compat
minfds=200
[unix_http_server]
file=%(here)s/s.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://%(here)s/s.sock
`

// configScript makes a script of the table: a daemon reads every configuration
// and says what it makes of it; a configuration named bad_* is also used for a
// start, which has to fail, one named start_* for that only.
func configScript(table string) (*script, error) {
	_, cases := split(table)
	var text, files strings.Builder
	text.WriteString("daemon\n")
	for _, c := range cases {
		marks := map[string]string{}
		for _, m := range caseMark.FindAllStringSubmatch(c.data, -1) {
			marks[m[1]] = fmt.Sprintf("differs %s %s\n", m[2], m[3])
		}
		data := strings.ReplaceAll(c.data, "$BASE\n", base)
		data = strings.NewReplacer("<TAB>", "\t", "<CR>", "\r", "<BOM>", "\ufeff", "<LATIN1>", "\xe9").Replace(data)
		fmt.Fprintf(&files, "-- %s --\n%s", c.name, data)
		if !strings.Contains(c.name, "_") {
			continue // a file that a configuration includes
		}
		if !strings.HasPrefix(c.name, "start_") {
			fmt.Fprintf(&text, "copy %s supervisord.conf\n%srpc supervisor.reloadConfig\n%srpc supervisor.getAllConfigInfo\n",
				c.name, marks["differs"], marks["values differ"])
		}
		if strings.HasPrefix(c.name, "bad_") || strings.HasPrefix(c.name, "start_") {
			fmt.Fprintf(&text, "%srun -n -c %s\n", marks["differs"], c.name)
		}
	}
	return readScript("configs", text.String()+"-- supervisord.conf --\n"+base+files.String())
}

// TestConfigs compares what both make of configurations, good and broken: the
// fault of a reread, the error and exit code of a start, all values otherwise.
func TestConfigs(t *testing.T) {
	needOracle(t)
	t.Parallel()
	table, err := os.ReadFile("testdata/configs.txt")
	if err != nil {
		t.Fatal(err)
	}
	s, err := configScript(string(table))
	if err != nil {
		t.Fatal(err)
	}
	playPairs(t, s, []pair{ourPair()})
}
