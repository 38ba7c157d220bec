// Command supervisord runs programs and keeps them running, as its
// configuration file says. It takes the place of Supervisor's supervisord.
//
// Under the name echo_supervisord_conf it prints the sample configuration, under
// the name pidproxy it is Supervisor's program of that name.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"supervisord/pkg/config"
	"supervisord/pkg/daemon"
	"supervisord/pkg/getopt"
	"supervisord/pkg/pidproxy"
	"supervisord/pkg/spawn"
)

func main() {
	if spawn.IsStage(os.Args) {
		os.Exit(spawn.RunStage())
	}
	if pidproxy.IsProxy(os.Args) {
		os.Exit(pidproxy.Main(os.Args, os.Stdout, os.Stderr))
	}
	if filepath.Base(os.Args[0]) == "echo_supervisord_conf" {
		fmt.Print(config.Sample())
		return
	}
	os.Exit(run(os.Args))
}

// run reads the command line as Supervisor does and hands what it says to the
// application.
func run(args []string) int {
	settings, err := getopt.ParseAll(args[1:], options())
	canonical := []string{args[0]}
	for _, s := range settings {
		canonical = append(canonical, "--"+s.Option.Long)
		if s.Option.Arg != "" {
			canonical[len(canonical)-1] += "=" + s.Value
		}
		switch s.Option.Long { // these act when they are met
		case "help":
			fmt.Print(help(args[0]))
			return 0
		case "version":
			fmt.Println(daemon.Version)
			return 0
		}
	}
	if err != nil {
		getopt.Complain(os.Stderr, args[0], err)
		return 2
	}
	code := 0
	if err := application(&code).Run(canonical); err != nil {
		getopt.Complain(os.Stderr, args[0], err)
		return 2
	}
	return code
}

// application is what the command line steers. Its flags are made from the
// table that getopt reads.
func application(code *int) *cli.App {
	app := &cli.App{
		Name: "supervisord", HideHelp: true, HideVersion: true,
		Action: func(c *cli.Context) error { return act(c, code) },
	}
	for _, o := range options() {
		if o.Long == "help" || o.Long == "version" {
			continue // have acted already
		}
		if o.Arg == "" {
			app.Flags = append(app.Flags, &cli.BoolFlag{Name: o.Long, Usage: o.Doc})
		} else {
			app.Flags = append(app.Flags, &cli.StringFlag{Name: o.Long, Usage: o.Doc})
		}
	}
	return app
}

// act does what the command line asks for.
func act(c *cli.Context, code *int) error {
	if c.Bool("sample-config") {
		fmt.Print(config.Sample())
		return nil
	}
	args := os.Args
	flags := map[string]string{}
	for _, o := range options() {
		if _, ok := config.FlagOption(o.Long); ok && c.IsSet(o.Long) {
			flags[o.Long] = c.String(o.Long)
			if o.Arg == "" {
				flags[o.Long] = "true"
			}
		}
	}
	o := daemon.Options{Args: args, File: c.String("configuration"), Flags: flags, Stdout: os.Stdout, Stderr: os.Stderr}
	if c.Bool("demo") {
		var err error
		*code, err = demo(o)
		return err
	}
	if o.File == "" {
		var err error
		if o.File, err = config.FindFile(args[0]); err != nil {
			return err
		}
		warnAboutSearch()
	}
	if c.Bool("check") {
		report, ok := config.Check(o.File, flags)
		fmt.Print(report)
		if !ok {
			*code = 2
		}
		return nil
	}
	*code = daemon.Run(o)
	return nil
}

// warnAboutSearch tells root, once, that its configuration was searched for in
// places that others may be able to write.
func warnAboutSearch() {
	if os.Getuid() == 0 && !daemon.Launched() {
		fmt.Fprintln(os.Stderr, "Supervisord is running as root and it is searching for its configuration file in default locations "+
			"(including its current working directory); you probably want to specify a \"-c\" argument specifying an absolute path "+
			"to a configuration file for improved security.")
	}
}
