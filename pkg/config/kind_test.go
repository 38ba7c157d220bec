package config

import (
	"encoding/json"
	"math/rand"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"supervisord/pkg/python"
)

// scalarKinds pairs a function of supervisor.datatypes with our reader, which
// answers what the function would.
var scalarKinds = map[string]func(string) (any, error){
	"integer":   func(s string) (any, error) { return numberOf(parseInteger(s)) },
	"boolean":   func(s string) (any, error) { return value(parseBoolean(s)) },
	"byte_size": func(s string) (any, error) { return value(parseByteSize(s)) },
	"octal_type": func(s string) (any, error) {
		m, err := parseOctal(s)
		return float64(m), err
	},
	"logging_level": func(s string) (any, error) {
		l, err := levelKind.parse(s)
		return float64(l), err
	},
	"existing_directory": func(s string) (any, error) { return value(directoryKind.parse(s)) },
	"existing_dirpath":   func(s string) (any, error) { return value(pathKind.parse(s)) },
	"logfile_name": func(s string) (any, error) {
		t, err := logKind.parse(s)
		switch {
		case t.Kind == LogAuto && err == nil:
			return "Automatic", nil
		case t.Kind == LogSyslog:
			return "Syslog", nil
		case t.Kind == LogNone && s != "":
			return nil, nil
		}
		return t.Path, err
	},
	"signal_number": func(s string) (any, error) {
		n, err := ParseSignal(s)
		return float64(n), err
	},
	"list_of_exitcodes": func(s string) (any, error) { return value(parseExitCodes(s)) },
	"auto_restart": func(s string) (any, error) {
		a, err := parseAutoRestart(s)
		if err != nil {
			return nil, err
		}
		return []any{"RestartWhenExitUnexpected", false, "RestartUnconditionally"}[a], nil
	},
	"name_to_uid": func(s string) (any, error) {
		u, err := ParseUser(s)
		if err != nil {
			return nil, err
		}
		return float64(u.UID), nil
	},
	"inet_address": func(s string) (any, error) {
		a, err := parseAddress(s)
		return []any{a.host, float64(a.port)}, err
	},
	"process_or_group_name": func(s string) (any, error) { return value(parseName(s)) },
	"list_of_strings":       func(s string) (any, error) { return append([]string{}, splitList(s)...), nil },
}

func value[V any](v V, err error) (any, error) { return v, err }

func numberOf(n int, err error) (any, error) { return float64(n), err }

// scalarTexts are the texts that every kind is tried with.
func scalarTexts(t *testing.T) []string {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	texts := []string{
		"", "0", "1", "-1", "+5", " 7 ", "010", "1_000", "1__0", "_1", "1_", "0x10", "0o17", "0O17", "0o_17", "08", "777", "0777", "022", "-022", "1e3", "1.5", "٣", "12a", "\t3\n", "3\u00a0", "255", "256", "65535", "65536", "99999", "2147483648",
		"yes", "TRUE", "On", "no", "False", "OFF", "maybe", " true", "tru", "t", "unexpected", "Unexpected", "1KB", "1 kb", "50MB", "2gB", "5XB", "1.5MB", "1K", "1B", "1TB", "KB", "-1KB", " 1 MB", "1_0KB",
		"info", "WARN", "warning", "debug", "critical", "error", "trace", "blather", "fatal",
		dir, dir + "/", dir + "/file", dir + "/none", dir + "/none/x", dir + "/file/x", "/", "//", "relative", "none/relative", "./x", "~", "~/x", "~root", "~root/", "~nobodyhere", "~nobodyhere/x", "/none", "/none/", "//none",
		"NONE", "off", "AUTO", "auto", "syslog", "Syslog", "/dev/stdout",
		"TERM", "term", "SIGTERM", "sigHup", " USR1 ", "SIGSIGTERM", "TREM", "15", "64", "34", "33", "32", "31", "16", "65", "-9", "RTMIN", "SIGRTMIN", "RTMIN+1", "RTMAX", "CLD", "POLL", "IO", "IOT", "STKFLT",
		"0,2", "0, 2 ,4", "0,", ",", "0,300", "0,-1", "a,b", "0,1_0",
		"root", "daemon", "nosuchuser", "0:0", "root:root", "root:nosuch", "nosuch:root", ":", "root:", "-5", "99999999999999999999",
		"localhost:80", "LOCALHOST:80", "*:80", ":80", "80:", ":", "::1:80", "host:http", "host:0", "host:-1", "host:65536", "http", "host:8_0", "host: 80", "1.2.3.4",
		"name", " name ", "a b", "a:b", "a/b", "it's x", "é", "a\tb", "a,b,c", " a , b ,", ",,",
	}
	r := rand.New(rand.NewSource(4))
	pieces := []string{"0", "1", "9", "_", "-", "+", " ", "kb", "MB", ",", ":", "/", "~", "a", "SIG", "HUP", "o", "\n"}
	for range 300 {
		var b strings.Builder
		for range r.Intn(6) {
			b.WriteString(pieces[r.Intn(len(pieces))])
		}
		texts = append(texts, b.String())
	}
	return texts
}

// Every kind of value takes what Supervisor takes, makes the same of it, and
// refuses the rest in the same words.
func TestKindsAreSupervisors(t *testing.T) {
	type answer struct{ Value, Error string }
	var cases [][2]string
	names := make([]string, 0, len(scalarKinds))
	for name := range scalarKinds {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, text := range scalarTexts(t) {
			cases = append(cases, [2]string{name, text})
		}
	}
	for i, want := range ask[[2]string, answer](t, "scalar", cases) {
		name, text := cases[i][0], cases[i][1]
		if name == "byte_size" && strings.HasPrefix(want.Value, "-") {
			continue // of a negative size we make 0
		}
		got, err := scalarKinds[name](text)
		if want.Error != "" || err != nil {
			if err == nil || err.Error() != want.Error {
				t.Errorf("%s %q: got %v %v, want %s %q", name, text, got, err, want.Value, want.Error)
			}
			continue
		}
		var wanted any
		if err := json.Unmarshal([]byte(want.Value), &wanted); err != nil {
			t.Fatal(err)
		}
		encoded, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(encoded, &got); err != nil {
			t.Fatal(err)
		}
		if n, ok := wanted.(float64); ok && n > 1<<62 {
			continue // Python's numbers have no end
		} else if name == "octal_type" {
			wanted = float64(int64(n) & modeBits)
		}
		if !reflect.DeepEqual(got, wanted) {
			t.Errorf("%s %q: got %v, want %v", name, text, got, wanted)
		}
	}
}

// repr, ascii and strip are Python's.
func TestTextHabitsArePythons(t *testing.T) {
	type answer struct{ Repr, Ascii, Strip string }
	cases := []string{"", "a", "'", `"`, `'"`, `\`, "\n\r\t\x00\x1f\x7f\u0080\u00a0é\u2028\ufeff\u4e2d\U0001f600\ue000\u200b", " a\x1c", "\u2003b\u00a0"}
	for r := rune(1); r < 0x3000; r += 7 {
		cases = append(cases, string(r)+"x"+string(r))
	}
	for i, want := range ask[string, answer](t, "text_habits", cases) {
		if got := (answer{python.Quote(cases[i]), ascii(python.Quote(cases[i])), strip(cases[i])}); got != want {
			t.Errorf("%q: got %+q, want %+q", cases[i], got, want)
		}
	}
}

// A pattern finds what Python's glob finds.
func TestGlobIsPythons(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{
		"a.conf", "b.conf", ".hidden.conf", "c.CONF", "x[1].conf", "x1.conf", "é.conf", "a-b", "a]b", `back\slash`, "sub/a.conf", "sub/.b.conf", ".dot/a.conf", "sub2/a.conf", "sub2/c.ini", "!x",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("nowhere", filepath.Join(dir, "dangling.conf")); err != nil {
		t.Fatal(err)
	}
	type question struct {
		Directory string `json:"directory"`
		Pattern   string `json:"pattern"`
	}
	var cases []question
	for _, p := range []string{
		"*.conf", "*", ".*", "?.conf", "[ab].conf", "[!a].conf", "[^a].conf", "x[[]1].conf", "x[1].conf", "[a", "[]", "[]]", "a[]]b", "a[-]b", "[a-c].conf", "[c-a].conf", "*[.]conf",
		"*/a.conf", "*/*", "sub*/*.conf", "sub/", "sub*/", "*//a.conf", "sub//*.conf", "./*.conf", "**", "**/a.conf", ".*/a.conf", "none/*", "none", "a.conf", "dangling.conf", "d*.conf", `*\*`, `back\slash`, "é*", "?", "*.c*f", "a*b*c", "***.conf", "sub/.*", "[!]]*", "[!]x", "!*", "", "/", "*.conf/", "a.conf/*",
	} {
		cases = append(cases, question{dir, p}, question{dir, filepath.Join(dir, "sub") + "/../" + p})
	}
	for i, want := range ask[question, []string](t, "globs", cases) {
		t.Chdir(dir)
		if got := append([]string{}, glob(cases[i].Pattern)...); !slices.Equal(got, want) {
			t.Errorf("%s\n got %q\nwant %q", cases[i].Pattern, got, want)
		}
	}
}
