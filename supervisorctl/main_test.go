package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"

	"github.com/urfave/cli/v2"

	"supervisord/pkg/ctl"
	"supervisord/pkg/getopt"
)

// asChild makes the test binary a supervisorctl.
const asChild = "SUPERVISORCTL_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(asChild) != "" {
		main()
	}
	os.Exit(m.Run())
}

// ours returns a run of this supervisorctl with the arguments.
func ours(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Args[0] = "supervisorctl"
	cmd.Env = append(os.Environ(), asChild+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // no terminal to ask for a password
	return cmd
}

// outcome is what came of a run.
type outcome struct {
	Stdout, Stderr string
	Exit           int
}

// finish runs a command to its end.
func finish(cmd *exec.Cmd, stdin string) (outcome, error) {
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errs
	err := cmd.Run()
	if cmd.ProcessState == nil {
		return outcome{}, err
	}
	return outcome{out.String(), errs.String(), cmd.ProcessState.ExitCode()}, nil
}

func TestCommandLine(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "ctl.conf")
	write(t, file, "[supervisorctl]\nserverurl=ftp://from/file\nprompt=mine\n")
	const usage = "\nFor help, use supervisorctl -h\n"
	const unknown = "error: <class 'ValueError'>, Unknown protocol for serverurl ftp://from/"
	for _, c := range []struct {
		args           string
		stdout, stderr string // how they begin
		exit           int
	}{
		{"-h", "supervisorctl -- control applications run by supervisord from the cmd line.\n\nUsage: supervisorctl [options] [action [arguments]]\n\nOptions:\n-c/--configuration FILENAME -- ", "", 0},
		{"-?", "supervisorctl -- ", "", 0},
		{"--hel -s foo", "supervisorctl -- ", "", 0},
		{"-s foo -h", "", "Error: invalid value for -s 'foo': value 'foo' is not a URL" + usage, 2},
		{"-h -x", "", "Error: option -x not recognized" + usage, 2},
		{"-v", "", "Error: option -v not recognized" + usage, 2},
		{"-c", "", "Error: option -c requires argument" + usage, 2},
		{"-ii", "", "Error: conflicting command line option '-i'" + usage, 2},
		{"--user x -u y", "", "Error: conflicting command line option '-u'" + usage, 2},
		{"--interactive=1", "", "Error: option --interactive must not have an argument" + usage, 2},
		{"--history-file x", "", "Error: option --history-file not recognized" + usage, 2},
		{"-c " + dir + "/missing status", "", "Error: could not find config file " + dir + "/missing" + usage, 2},
		{"-c " + file + " status", unknown + "file: ", "", 1},
		{"-c" + file + " status", unknown + "file: ", "", 1},
		{"-c " + file + " -s ftp://from/line status", unknown + "line: ", "", 1},
		{"-s ftp://from/line --conf=" + file + " -r x status", unknown + "line: ", "", 1},
		{"-c " + file + " help -h", "*** No help on -h\n", "", 0},
		{"-c " + file + " -- -h", "*** Unknown syntax: -h\n", "", 1},
		{"-c " + file, unknown + "file: file: supervisorctl line: 0\nmine> \n", "", 0},
		{"--version", buildVersion() + "\n", "", 0},
		{"--vers", "", "Error: option --vers not recognized" + usage, 2},
	} {
		got, err := finish(ours(t, strings.Fields(c.args)...), "")
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(got.Stdout, c.stdout) || c.stdout == "" && got.Stdout != "" || got.Stderr != c.stderr || got.Exit != c.exit {
			t.Errorf("%s: exit %d, stdout %q, stderr %q", c.args, got.Exit, got.Stdout, got.Stderr)
		}
	}
}

// What the command line says wins over the file, whichever of the options stand
// there.
func TestSessionOptions(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ctl.conf")
	write(t, file, "[supervisorctl]\nserverurl=http://file\nusername=file\npassword=file\nhistory_file=/file\nprompt=file\n")
	fromFile := ctl.Options{ServerURL: "http://file", Username: "file", Password: "file", HistoryFile: "/file", Prompt: "file"}
	for _, c := range []struct {
		args   string
		change func(*ctl.Options)
	}{
		{"", func(*ctl.Options) {}},
		{"-i", func(o *ctl.Options) { o.Interactive = true }},
		{"-s http://line", func(o *ctl.Options) { o.ServerURL = "http://line" }},
		{"-u line", func(o *ctl.Options) { o.Username = "line" }},
		{"--password=line", func(o *ctl.Options) { o.Password = "line" }},
		{"-r /line", func(o *ctl.Options) { o.HistoryFile = "/line" }},
		{"-ir /line -u line -p line -s http://line", func(o *ctl.Options) {
			*o = ctl.Options{ServerURL: "http://line", Username: "line", Password: "line", HistoryFile: "/line", Prompt: "file", Interactive: true}
		}},
	} {
		want := fromFile
		c.change(&want)
		got, err := optionsOf(t, "-c "+file+" "+c.args+" status")
		line := strings.Contains(c.args, "-s")
		if err != nil || got.Origin.File != file || got.Origin.CommandLine != line {
			t.Errorf("%s: origin %+v, %v", c.args, got.Origin, err)
		}
		got.Origin = ctl.Origin{}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n got %+v\nwant %+v", c.args, got, want)
		}
	}
}

// optionsOf gives what a command line comes to.
func optionsOf(t *testing.T, args string) (o ctl.Options, err error) {
	t.Helper()
	settings, words, err := getopt.Parse(strings.Fields(args), options())
	if err != nil {
		t.Fatal(err)
	}
	app := &cli.App{Flags: flags(settings), HideHelp: true, HideVersion: true, Action: func(c *cli.Context) (err error) {
		o, err = sessionOptions(c, "supervisorctl")
		return err
	}}
	err = app.Run(normalized("supervisorctl", settings, words))
	return o, err
}

// TestHelpNamesEveryOption holds the table of options to itself.
func TestHelpNamesEveryOption(t *testing.T) {
	help, err := finish(ours(t, "-h"), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range options() {
		if o.Long != "" && !strings.Contains(help.Stdout, "--"+o.Long) {
			t.Errorf("the help lacks --%s", o.Long)
		}
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
