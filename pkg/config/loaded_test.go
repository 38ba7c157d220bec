package config

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"supervisord/conf"
)

// %% in the variables for all programs is a % sign, as in later releases of
// Supervisor, and so is %%%% as in earlier ones.
func TestGlobalEnvironmentPercent(t *testing.T) {
	t.Setenv("ODD", "a%%b")
	c := load(t, head+`environment=A="50%%",B="%(ENV_ODD)s",C="%%(message)s"`+"\n[program:x]\ncommand=x %(ENV_A)s\n")
	want := map[string]string{"A": "50%", "B": "a%%b", "C": "%(message)s"}
	if !maps.Equal(c.Supervisord.Environment, want) {
		t.Errorf("got %q, want %q", c.Supervisord.Environment, want)
	}
	if got := c.Groups[0].Programs[0].Command; got != "x 50%" {
		t.Errorf("command %q", got)
	}
	if got := load(t, head+`environment=A="50%%%%"`).Supervisord.Environment["A"]; got != "50%" {
		t.Errorf("written for earlier releases: %q", got)
	}
}

// Options that no table knows are kept as they are written; a line of the log
// names them, with places.
func TestUnknownOptionsAreKept(t *testing.T) {
	c := load(t, "[DEFAULT]\nshared=1\n"+head+"[program:x]\ncommand=x\nPlug_In=%(raw)s\n[eventlistener:e]\ncommand=e\nevents=TICK\nbuffer_size=3\nmine=2\n[odd]\nx=1\n")
	for _, g := range c.Groups {
		want := map[string]string{"x": "plug_in=%(raw)s shared=1", "e": "mine=2 shared=1"}[g.Name]
		extra := g.Programs[0].Extra
		if got := printExtra(extra); got != want {
			t.Errorf("%s: extra %q, want %q", g.Name, got, want)
		}
	}
	var unknown []string
	for _, u := range c.Unknown {
		unknown = append(unknown, strings.TrimSpace("["+u.Section+"] "+u.Option))
	}
	if got, want := strings.Join(unknown, ", "), "[program:x] plug_in, [eventlistener:e] mine, [odd]"; got != want {
		t.Errorf("unknown %q, want %q", got, want)
	}
	if len(c.Messages) != 1 || c.Messages[0].Level != Info || !strings.Contains(c.Messages[0].Text, "[odd]") {
		t.Errorf("messages %+v", c.Messages)
	}
}

func printExtra(extra map[string]string) string {
	var parts []string
	for _, k := range []string{"plug_in", "mine", "shared"} {
		if v, ok := extra[k]; ok {
			parts = append(parts, k+"="+v)
		}
	}
	return strings.Join(parts, " ")
}

// A program knows the file that its section was first opened in.
func TestProgramsKnowTheirFile(t *testing.T) {
	directory := t.TempDir()
	for name, text := range map[string]string{
		"s.conf": head + "[include]\nfiles=*.ini\n[program:a]\ncommand=a\n",
		"x.ini":  "[program:a]\nstartsecs=2\n[program:b]\ncommand=b\n",
	} {
		if err := os.WriteFile(filepath.Join(directory, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := Load(filepath.Join(directory, "s.conf"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"s.conf", "x.ini"} {
		if p := c.Groups[i].Programs[0]; filepath.Base(p.File) != want {
			t.Errorf("%s comes from %s, want %s", p.Name, p.File, want)
		}
	}
}

// All that is wrong is told, not only the first, each once and with its place.
func TestErrorsAreCollected(t *testing.T) {
	file := filepath.Join(t.TempDir(), "s.conf")
	text := "[supervisord]\nminfds=x\n[program:a]\ncommand=a\npriority=y\nnumprocs=3\nprocess_name=a%(process_num)d\nstdout_logfile=/none/%(process_num)s\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Load(file, map[string]string{"loglevel": "loud"})
	var all Errors
	if !errors.As(err, &all) {
		t.Fatalf("got %v", err)
	}
	var places []string
	for _, e := range all {
		places = append(places, strings.TrimPrefix(e.Place(), file+":"))
	}
	want := "2: [supervisord] minfds, loglevel, 5: [program:a] priority, 8: [program:a] stdout_logfile"
	if got := strings.Join(places, ", "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if want := "invalid literal for int() with base 10: 'x'"; err.Error() != want {
		t.Errorf("the first error is %q, want %q", err, want)
	}
	var one *OptionError
	if !errors.As(err, &one) || one != all[0] {
		t.Error("the errors cannot be taken one by one")
	}
	if detail := all.Detail(); !strings.Contains(detail, file+":2: [supervisord] minfds: 'x' is not a whole number\n") {
		t.Errorf("detail %q", detail)
	}
}

// A file that cannot be read says why, beside Supervisor's words.
func TestUnreadableFile(t *testing.T) {
	directory := t.TempDir()
	for path, want := range map[string][2]string{
		directory:           {"could not read config file ", "is a directory"},
		directory + "/none": {"could not find config file ", "no such file or directory"},
	} {
		_, err := Load(path, nil)
		var all Errors
		if !errors.As(err, &all) || err.Error() != want[0]+path || all.Detail() != path+": "+want[1]+"\n" {
			t.Errorf("got %v, %q, want %q", err, all.Detail(), want)
		}
	}
}

// A negative size, which breaks Supervisor's logs, is 0; a number of processes
// that no machine has is refused.
func TestLimits(t *testing.T) {
	p := load(t, head+"[program:a]\ncommand=a\nstdout_logfile_maxbytes=-1\n").Groups[0].Programs[0]
	if p.Stdout.LogfileMaxBytes != 0 {
		t.Errorf("size %d", p.Stdout.LogfileMaxBytes)
	}
	file := filepath.Join(t.TempDir(), "s.conf")
	if err := os.WriteFile(file, []byte(head+"[program:a]\ncommand=a\nnumprocs=999999999\nprocess_name=%(process_num)d\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(file, nil); err == nil {
		t.Error("a billion processes are taken")
	}
}

// An empty path on the command line leaves that of the file, as in Supervisor.
func TestEmptyFlag(t *testing.T) {
	file := filepath.Join(t.TempDir(), "s.conf")
	if err := os.WriteFile(file, []byte(head+"logfile=/tmp/of-the-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(file, map[string]string{"logfile": "", "nodaemon": "true"})
	if err != nil || c.Supervisord.Logfile != "/tmp/of-the-file" || !c.Supervisord.NoDaemon {
		t.Errorf("got %+v %v", c, err)
	}
}

// The demonstration loads without a complaint.
func TestDemo(t *testing.T) {
	file := filepath.Join(t.TempDir(), "demo.conf")
	if err := os.WriteFile(file, []byte(conf.Demo), 0o600); err != nil {
		t.Fatal(err)
	}
	report, ok := Check(file, nil)
	if !ok || strings.Contains(strings.ReplaceAll(report, "there is no /does/not/exist", ""), "error:") {
		t.Errorf("%s", report)
	}
	c, err := Load(file, nil)
	if err != nil || len(c.Unknown) > 0 || len(c.Messages) > 0 || len(c.Groups) < 4 {
		t.Errorf("got %+v %v", c, err)
	}
}

// Reading a large configuration takes no time that anybody notices.
func BenchmarkLoad(b *testing.B) {
	var text strings.Builder
	text.WriteString(head)
	for i := range 500 {
		text.WriteString("[program:p" + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + strings.Repeat("y", i/26) + "]\ncommand=/bin/cat %(program_name)s\nstdout_logfile=NONE\nenvironment=A=\"%(ENV_PATH)s\"\n")
	}
	file := filepath.Join(b.TempDir(), "s.conf")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Load(file, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// The client's file is read on every start of supervisorctl.
func BenchmarkLoadCtl(b *testing.B) {
	file := filepath.Join(b.TempDir(), "s.conf")
	if err := os.WriteFile(file, []byte(Sample()), 0o600); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := LoadCtl(file); err != nil {
			b.Fatal(err)
		}
	}
}

// The programs in it are checked for what they are as lines, and left alone.
func BenchmarkLoadCtlPrograms(b *testing.B) {
	text := strings.Repeat("\n; a worker\n[program:x]\ncommand = /srv/bin/worker --number 5\nautorestart = true ; always\nstdout_logfile = /var/log/worker.log\n", 1000)
	file := filepath.Join(b.TempDir(), "s.conf")
	if err := os.WriteFile(file, []byte("[supervisorctl]\n"+text), 0o600); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := LoadCtl(file); err != nil {
			b.Fatal(err)
		}
	}
}

// FuzzLoad: no file makes the loader fail, and it never loads what it also
// finds fault with.
func FuzzLoad(f *testing.F) {
	for _, c := range append(goodCases, badCases...) {
		f.Add(c.root)
	}
	file := filepath.Join(f.TempDir(), "s.conf")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "files") {
			return // no reading of other files
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := Load(file, nil)
		report, ok := Check(file, nil)
		if ok != (err == nil) || ok != (c != nil) || report == "" {
			t.Errorf("loaded %v, error %v, report %q", c != nil, err, report)
		}
		if err != nil && err.Error() == "" {
			t.Error("an error that says nothing")
		}
	})
}
