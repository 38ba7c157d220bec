// Supervisorctl controls the programs of a running supervisord, from the
// command line and in a shell of its own.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/urfave/cli/v2"

	"supervisord/pkg/config"
	"supervisord/pkg/ctl"
	"supervisord/pkg/getopt"
)

func main() {
	os.Exit(run(os.Args, os.Stdin, os.Stdout, os.Stderr))
}

// exitUsage is the status after a wrong command line or configuration.
const exitUsage = 2

// run is the whole program; it returns the exit status.
func run(args []string, stdin, stdout, stderr *os.File) int {
	options := options()
	settings, words, err := getopt.Parse(args[1:], options)
	for _, s := range settings {
		switch s.Name() {
		case "help", "?":
			fmt.Fprint(stdout, getopt.Help(args[0], summary, "[options] [action [arguments]]", options, actions))
			return 0
		case "version":
			fmt.Fprintln(stdout, buildVersion())
			return 0
		}
	}
	exit := 0
	if err == nil {
		app := &cli.App{
			Flags:           flags(settings),
			HideHelp:        true,
			HideHelpCommand: true,
			HideVersion:     true,
			Action: func(c *cli.Context) error {
				o, err := sessionOptions(c, args[0])
				if err != nil {
					return err
				}
				o.Stdin, o.Stdout, o.Stderr = stdin, stdout, stderr
				exit = ctl.Run(c.Context, o, c.Args().Slice())
				return nil
			},
		}
		err = app.RunContext(context.Background(), normalized(args[0], settings, words))
	}
	if err != nil {
		complain(stderr, args[0], err)
		return exitUsage
	}
	return exit
}

// complain tells what is wrong in Supervisor's words, and at a terminal where
// that is and what to do.
func complain(stderr *os.File, program string, err error) {
	getopt.Complain(stderr, program, err)
	var wrong config.Errors
	if errors.As(err, &wrong) && ctl.IsTerminal(stderr) {
		fmt.Fprint(stderr, wrong.Detail())
	}
}

// sessionOptions puts the settings together: the command line wins over the
// configuration file, and that over the defaults.
func sessionOptions(c *cli.Context, program string) (ctl.Options, error) {
	f, err := configuration(c, program)
	if err != nil {
		return ctl.Options{}, err
	}
	o := ctl.Options{
		ServerURL: f.ServerURL, Username: f.Username, Password: f.Password,
		Prompt: f.Prompt, HistoryFile: f.HistoryFile, Interactive: c.Bool("interactive"),
		Origin: ctl.Origin{File: f.File, Line: f.Line, Pidfile: func() string { return pidfile(f.File) }},
	}
	for _, p := range f.Plugins {
		problem, hint := p.Missing()
		o.Plugins = append(o.Plugins, fmt.Sprintf("%s:%d: [%s] %s\nhint: %s", p.File, p.Line, p.Section, problem, hint))
	}
	if c.IsSet("serverurl") {
		o.ServerURL, o.Origin.CommandLine = c.String("serverurl"), true
	}
	if c.IsSet("history_file") {
		o.HistoryFile = c.String("history_file")
	}
	if c.IsSet("username") {
		o.Username = c.String("username")
	}
	if c.IsSet("password") {
		o.Password = c.String("password")
	}
	return o, nil
}

// configuration reads the file that is given, or the first of the usual places.
// None there is no error for a client, nor is an empty name, which means none.
func configuration(c *cli.Context, program string) (*config.Ctl, error) {
	file := c.String("configuration")
	if !c.IsSet("configuration") {
		file, _ = config.FindFile(program) // its only error is that there is none
	}
	if file == "" {
		return config.DefaultCtl(), nil
	}
	return config.LoadCtl(file)
}

// pidfile returns the pidfile of the supervisord that the same file configures,
// empty if that cannot be told.
func pidfile(file string) string {
	if file == "" {
		return ""
	}
	c, err := config.Load(file, nil)
	if err != nil {
		return ""
	}
	return c.Supervisord.Pidfile
}

// buildVersion returns the version that this binary was built from.
func buildVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
