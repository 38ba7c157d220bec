package getopt

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os/exec"
	"testing"
)

// oracle is Supervisor's own option reader on Python's getopt, for a table that
// comes as JSON.
const oracle = `
import json, sys
try:
    from supervisor.options import Options
except ImportError:
    sys.exit(77)

class Usage(Exception):
    pass

class Subject(Options):
    def __init__(self, rows, positional):
        Options.__init__(self, require_configfile=False)
        self.short_options, self.long_options, self.options_map, self.names_list = [], [], {}, []
        self.searchpaths = []
        self.positional_args_allowed = positional
        self.seen = []
        for i, row in enumerate(rows):
            colon, equals = (':', '=') if row['arg'] else ('', '')
            handler = self.octal if row['octal'] else None
            self.add('field%d' % i, None, row['short'] and row['short'] + colon, row['long'] and row['long'] + equals,
                     handler or ((lambda v: v) if row['arg'] else (lambda v: 1)))
    def octal(self, v):
        if v == '' or v.strip('01234567') != '':
            raise ValueError('%s can not be converted to an octal type' % v)
        return v
    def _set(self, attr, value, prio):
        Options._set(self, attr, value, prio)
        self.seen.append(value)
    def process_config(self, do_usage=True):
        pass
    def usage(self, msg):
        raise Usage(msg)

job = json.load(sys.stdin)
out = []
for args in job['lines']:
    s = Subject(job['rows'], job['positional'])
    err = ''
    try:
        s.realize(args, doc='', progname='p')
    except Usage as e:
        err = str(e)
    n = len(s.seen)
    out.append({'settings': [list(o) for o in s.options[:n]], 'rest': list(s.args), 'err': err})
json.dump(out, sys.stdout)
`

type row struct {
	Short string `json:"short"`
	Long  string `json:"long"`
	Arg   bool   `json:"arg"`
	Octal bool   `json:"octal"`
}

type answer struct {
	Settings [][2]string `json:"settings"`
	Rest     []string    `json:"rest"`
	Err      string      `json:"err"`
}

// ask runs the lines through the oracle. The test skips itself where there is
// no Python or no Supervisor.
func ask(t *testing.T, options []Option, positional bool, lines [][]string) []answer {
	t.Helper()
	rows := make([]row, len(options))
	for i, o := range options {
		rows[i] = row{Long: o.Long, Arg: o.Arg != "", Octal: o.Check != nil}
		if o.Short != 0 {
			rows[i].Short = string(o.Short)
		}
	}
	job, err := json.Marshal(map[string]any{"rows": rows, "positional": positional, "lines": lines})
	if err != nil {
		t.Fatal(err)
	}
	python, err := exec.LookPath("/usr/bin/python3")
	if err != nil {
		t.Skip("no /usr/bin/python3 to compare with")
	}
	cmd := exec.CommandContext(t.Context(), python, "-c", oracle)
	cmd.Stdin = bytes.NewReader(job)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		if cmd.ProcessState != nil && cmd.ProcessState.ExitCode() == 77 {
			t.Skip("Supervisor is not installed for /usr/bin/python3")
		}
		t.Fatalf("%v\n%s", err, errs.Bytes())
	}
	var answers []answer
	if err := json.Unmarshal(out.Bytes(), &answers); err != nil {
		t.Fatal(err)
	}
	return answers
}

// TestAgreesWithPython runs random command lines through Parse and through
// Supervisor's option reader: same settings, same rest, same words of refusal.
func TestAgreesWithPython(t *testing.T) {
	words := []string{"-n", "-s", "-ns", "-nc", "-c", "-cFILE", "FILE", "--config", "--configuration=x",
		"--configuration", "--log", "--logfile", "--logfile=", "--logfile_b=3", "--nod", "--nodaemon=1", "-m", "022",
		"9z", "--umask=8", "--", "-", "", "-x", "--bogus", "foo", "--min", "5", "-é", "it's", "--version", "-v", "-i",
		"-sunix:///x", "--server", "-u", "--u=a=b", "--=", "-:", "-nv", "--history_f", "-?", "-h", "--h", "--hel", "a\nb"}
	r := rand.New(rand.NewPCG(1, 2))
	lines := make([][]string, 4000)
	for i := range lines {
		lines[i] = make([]string, r.IntN(6))
		for j := range lines[i] {
			lines[i][j] = words[r.IntN(len(words))]
		}
	}
	for _, c := range []struct {
		name       string
		options    []Option
		positional bool
	}{{"daemon", daemonOptions(), false}, {"client", clientOptions(), true}} {
		t.Run(c.name, func(t *testing.T) {
			for i, want := range ask(t, c.options, c.positional, lines) {
				compare(t, lines[i], c.options, c.positional, want)
			}
		})
	}
}

func compare(t *testing.T, args []string, options []Option, positional bool, want answer) {
	t.Helper()
	var settings []Setting
	var rest []string
	var err error
	if positional {
		settings, rest, err = Parse(args, options)
	} else {
		settings, err = ParseAll(args, options)
		want.Rest = nil // not ours to answer
	}
	got := answer{Settings: [][2]string{}, Rest: rest}
	for _, s := range settings {
		got.Settings = append(got.Settings, [2]string{s.As, s.Value})
	}
	if err != nil {
		got.Err = err.Error()
	}
	a, _ := json.Marshal(got)
	if len(want.Rest) == 0 {
		want.Rest = got.Rest[:0:len(got.Rest)]
	}
	if b, _ := json.Marshal(want); !bytes.Equal(a, b) {
		t.Errorf("%q:\n got %s\nwant %s", args, a, b)
	}
}
