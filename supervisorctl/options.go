package main

import (
	"github.com/urfave/cli/v2"

	"supervisord/pkg/ctl"
	"supervisord/pkg/getopt"
)

const summary = "supervisorctl -- control applications run by supervisord from the cmd line."

const actions = `action [arguments] -- what to do, such as "status" or "restart web"

The words of the action are carried out as one command. Without an action, a
shell is started that reads commands line by line. The action "help" lists all
commands, "help <action>" explains one.`

// options is the table of the command line.
func options() []getopt.Option {
	return []getopt.Option{
		{Short: 'c', Long: "configuration", Arg: "FILENAME", Doc: "the configuration file (looked for in the usual places if not given)"},
		{Short: 'h', Long: "help", Doc: "print this text and exit"},
		{Short: '?'},
		{Short: 'i', Long: "interactive", Doc: "ask before shutdown and reload, and for name and password if needed"},
		{Short: 's', Long: "serverurl", Arg: "URL", Check: ctl.CheckURL, Doc: "where supervisord listens: http://HOST:PORT or unix:///PATH\n(default \"http://localhost:9001\")."},
		{Short: 'u', Long: "username", Arg: "USERNAME", Doc: "user name, if the server wants one"},
		{Short: 'p', Long: "password", Arg: "PASSWORD", Doc: "password, if the server wants one"},
		{Short: 'r', Long: "history_file", Arg: "FILENAME", Doc: "keep the lines typed in the shell in this file"},
		{Long: "version", Exact: true, Doc: "print the version of this program and exit"},
	}
}

// flags returns the options that are set as flags of the command line library. It
// is not told of the others: it goes over all that it knows at every question, and
// what it does not know is not set.
func flags(settings []getopt.Setting) []cli.Flag {
	var all []cli.Flag
	for _, s := range settings {
		if s.Option.Arg == "" {
			all = append(all, &cli.BoolFlag{Name: s.Option.Long, Usage: s.Option.Doc})
		} else {
			all = append(all, &cli.StringFlag{Name: s.Option.Long, Usage: s.Option.Doc})
		}
	}
	return all
}

// normalized returns a command line in which every option has its long name and
// its value in the same word, and the words of the action are set apart, so that
// the library reads it exactly as Supervisor would have read the original.
func normalized(program string, settings []getopt.Setting, words []string) []string {
	args := []string{program}
	for _, s := range settings {
		arg := "--" + s.Option.Long
		if s.Option.Arg != "" {
			arg += "=" + s.Value
		}
		args = append(args, arg)
	}
	return append(append(args, "--"), words...)
}
