package getopt

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"supervisord/pkg/python"
)

// daemonOptions and clientOptions are the option tables of Supervisor's two
// programs, command line section 1.
func daemonOptions() []Option {
	octal := func(v string) error {
		if strings.Trim(v, "01234567") != "" || v == "" {
			return errors.New(v + " can not be converted to an octal type")
		}
		return nil
	}
	return []Option{
		{Short: 'h', Long: "help", Doc: "show this text and exit"},
		{Short: '?'},
		{Short: 'c', Long: "configuration", Arg: "FILENAME", Doc: "the file"},
		{Short: 'n', Long: "nodaemon", Doc: "stay"},
		{Short: 's', Long: "silent", Doc: "quiet"},
		{Short: 'v', Long: "version", Doc: "show the version"},
		{Short: 'm', Long: "umask", Arg: "UMASK", Check: octal, Doc: "the umask\n(octal)"},
		{Short: 'l', Long: "logfile", Arg: "FILENAME"},
		{Short: 'y', Long: "logfile_maxbytes", Arg: "BYTES"},
		{Short: 'z', Long: "logfile_backups", Arg: "NUM"},
		{Long: "minprocs", Arg: "NUM", Doc: "processes"},
	}
}

func clientOptions() []Option {
	return []Option{
		{Short: 'h', Long: "help"},
		{Short: '?'},
		{Short: 'c', Long: "configuration", Arg: "FILENAME"},
		{Short: 'i', Long: "interactive"},
		{Short: 's', Long: "serverurl", Arg: "URL"},
		{Short: 'u', Long: "username", Arg: "USERNAME"},
		{Short: 'p', Long: "password", Arg: "PASSWORD"},
		{Short: 'r', Long: "history_file", Arg: "FILENAME"},
	}
}

// show writes settings as "-c=FILE -n".
func show(settings []Setting) string {
	var words []string
	for _, s := range settings {
		w := s.As
		if s.Option.Arg != "" {
			w += "=" + s.Value
		}
		words = append(words, w)
	}
	return strings.Join(words, " ")
}

func TestParse(t *testing.T) {
	for _, c := range []struct{ args, settings, rest, err string }{
		{"", "", "", ""},
		{"-nc FILE", "-n -c=FILE", "", ""},
		{"-ns", "-n -s", "", ""},
		{"-cFILE", "-c=FILE", "", ""},
		{"-cn", "-c=n", "", ""},
		{"--configuration=FILE", "--configuration=FILE", "", ""},
		{"--configuration=a=b", "--configuration=a=b", "", ""},
		{"--config x", "--configuration=x", "", ""},
		{"--config -x", "--configuration=-x", "", ""},
		{"--logfile x", "--logfile=x", "", ""},
		{"--configuration=", "--configuration=", "", ""},
		{"--log x", "", "", "option --log not a unique prefix"},
		{"--bogus", "", "", "option --bogus not recognized"},
		{"--bogus=1", "", "", "option --bogus not recognized"},
		{"--=1", "", "", "option -- not a unique prefix"},
		{"-x", "", "", "option -x not recognized"},
		{"-nx", "", "", "option -x not recognized"},
		{"-é", "", "", "option -é not recognized"},
		{"-:", "", "", "option -: not recognized"},
		{"-c", "", "", "option -c requires argument"},
		{"--conf", "", "", "option --configuration requires argument"},
		{"--nodaemon=1", "", "", "option --nodaemon must not have an argument"},
		{"--nod=", "", "", "option --nodaemon must not have an argument"},
		{"-n -n", "-n", "", "conflicting command line option '-n'"},
		{"-n --nod", "-n", "", "conflicting command line option '--nodaemon'"},
		{"-m 9z", "", "", "invalid value for -m '9z': 9z can not be converted to an octal type"},
		{"--um it's", "", "", `invalid value for --umask "it's": it's can not be converted to an octal type`},
		{"-vn", "-v -n", "", ""},
		{"-h -m 9z", "-h", "", "invalid value for -m '9z': 9z can not be converted to an octal type"},
		{"-h -x", "", "", "option -x not recognized"},
		{"-? -n", "-? -n", "", ""},
		{"-n foo -s", "-n", "foo -s", ""},
		{"-n -- -s", "-n", "-s", ""},
		{"-n - -s", "-n", "- -s", ""},
		{"--", "", "", ""},
	} {
		settings, rest, err := Parse(strings.Fields(c.args), daemonOptions())
		text := ""
		if err != nil {
			text = err.Error()
		}
		if show(settings) != c.settings || strings.Join(rest, " ") != c.rest || text != c.err {
			t.Errorf("%s: got %q %q %q, want %q %q %q", c.args, show(settings), rest, text, c.settings, c.rest, c.err)
		}
	}
}

func TestParseAllRefusesWordsFirst(t *testing.T) {
	settings, err := ParseAll([]string{"-m", "9z", "foo", "it's"}, daemonOptions())
	if want := `positional arguments are not supported: ['foo', "it's"]`; err == nil || err.Error() != want || settings != nil {
		t.Errorf("got %v, %v; want %s", settings, err, want)
	}
	settings, err = ParseAll([]string{"-n"}, daemonOptions())
	if err != nil || show(settings) != "-n" {
		t.Errorf("got %v, %v", settings, err)
	}
}

func TestName(t *testing.T) {
	settings, _, err := Parse([]string{"-?", "-c", "x"}, daemonOptions())
	if err != nil || settings[0].Name() != "?" || settings[1].Name() != "configuration" {
		t.Errorf("got %v, %v", settings, err)
	}
}

func TestComplain(t *testing.T) {
	var b bytes.Buffer
	Complain(&b, "/usr/bin/supervisord", errors.New("option -x not recognized"))
	if want := "Error: option -x not recognized\nFor help, use /usr/bin/supervisord -h\n"; b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}

func TestHelp(t *testing.T) {
	got := Help("./sd", "sd -- runs things.", "[options]", daemonOptions(), "The end.")
	want := `sd -- runs things.

Usage: ./sd [options]

Options:
-h/--help -- show this text and exit
-c/--configuration FILENAME -- the file
-n/--nodaemon -- stay
-s/--silent -- quiet
-v/--version -- show the version
-m/--umask UMASK -- the umask
     (octal)
--minprocs NUM -- processes

The end.

`
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if got := Help("sd", "s", "u", nil, ""); got != "s\n\nUsage: sd u\n\nOptions:\n\n" {
		t.Errorf("without options: %q", got)
	}
}

func TestQuote(t *testing.T) {
	for s, want := range map[string]string{
		"":           `''`,
		"foo":        `'foo'`,
		"it's":       `"it's"`,
		`say "it's"`: `'say "it\'s"'`,
		"a\\b\n\t\r": `'a\\b\n\t\r'`,
		"\x01\x7f":   `'\x01\x7f'`,
		"é\u00a0":    `'é\xa0'`,
		"\u2028":     `'\u2028'`,
		"\U000e0001": `'\U000e0001'`,
		"\xff":       `'\udcff'`,
		"日本":         `'日本'`,
	} {
		if got := python.Quote(s); got != want {
			t.Errorf("python.Quote(%+q) = %s, want %s", s, got, want)
		}
	}
}

// FuzzParse holds what no input may break: no panic, nothing lost, and settings
// that point into the table.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"-nc\x00FILE", "--config\x00x\x00foo", "--log", "-m\x009z", "--\x00-n", "-\xff", "--=", "-n\x00-n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		args := strings.Split(s, "\x00")
		options := daemonOptions()
		settings, rest, err := Parse(args, options)
		if err == nil && len(settings) == 0 && len(rest) < len(args)-1 {
			t.Errorf("%q: words were lost: %q", args, rest)
		}
		for _, s := range settings {
			if o := s.Option; o.Arg == "" && s.Value != "" || !strings.HasPrefix(s.As, "-") || s.Name() == "" {
				t.Errorf("%q: bad setting %+v", args, s)
			}
		}
		if len(rest) > len(args) || len(rest) > 0 && rest[len(rest)-1] != args[len(args)-1] {
			t.Errorf("%q: rest is no tail: %q", args, rest)
		}
	})
}
