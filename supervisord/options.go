package main

import (
	"supervisord/pkg/config"
	"supervisord/pkg/getopt"
)

// options is the table of the command line: Supervisor's options, and ours at
// the end. An option that also stands in [supervisord] is checked by the type
// that it has there.
func options() []getopt.Option {
	table := []getopt.Option{
		{Short: 'c', Long: "configuration", Arg: "FILENAME", Doc: "configuration file path (searched for if not given)"},
		{Short: 'n', Long: "nodaemon", Doc: "run in the foreground (same as 'nodaemon=true' in config file)"},
		{Short: 's', Long: "silent", Doc: "no logs to stdout (maps to 'silent=true' in config file)"},
		{Short: 'h', Long: "help", Doc: "print this usage message and exit"},
		{Short: '?', Long: "help", Exact: true},
		{Short: 'v', Long: "version", Doc: "print the version of Supervisor that this stands in for and exit"},
		{Short: 'u', Long: "user", Arg: "USER", Doc: "run supervisord as this user (or numeric uid)"},
		{Short: 'm', Long: "umask", Arg: "UMASK", Doc: "use this umask for the daemon (default is 022)"},
		{Short: 'd', Long: "directory", Arg: "DIRECTORY", Doc: "directory to chdir to when daemonized"},
		{Short: 'l', Long: "logfile", Arg: "FILENAME", Doc: "use FILENAME as the main log"},
		{Short: 'y', Long: "logfile_maxbytes", Arg: "BYTES", Doc: "use BYTES to limit the size of the main log"},
		{Short: 'z', Long: "logfile_backups", Arg: "NUM", Doc: "number of backups to keep when the main log is rotated"},
		{Short: 'e', Long: "loglevel", Arg: "LEVEL", Doc: "use LEVEL as log level (critical, error, warn, info, debug, trace, blather)"},
		{Short: 'j', Long: "pidfile", Arg: "FILENAME", Doc: "write a pid file for the daemon process to FILENAME"},
		{Short: 'i', Long: "identifier", Arg: "STR", Doc: "identifier used for this instance of supervisord"},
		{Short: 'q', Long: "childlogdir", Arg: "DIRECTORY", Doc: "the directory for AUTO logs of programs"},
		{Short: 'k', Long: "nocleanup", Doc: "keep AUTO logs of earlier runs at the start"},
		{Short: 'a', Long: "minfds", Arg: "NUM", Doc: "the least number of file descriptors that must be available"},
		{Short: 't', Long: "strip_ansi", Doc: "strip ANSI escape codes from the output of programs"},
		{Long: "minprocs", Arg: "NUM", Doc: "the least number of processes that must be available"},
		{Long: "profile_options", Arg: "LIST", Doc: "accepted for compatibility, without effect"},

		{Long: "check", Exact: true, Doc: "check the configuration, tell all that is wrong or unknown in it, and exit"},
		{Long: "sample-config", Exact: true, Doc: "print a sample configuration and exit"},
		{Long: "demo", Exact: true, Doc: "run a built-in demonstration that needs nothing but /bin/sh"},
	}
	for i, o := range table {
		if o.Arg == "" || o.Check != nil {
			continue
		}
		if _, ok := config.FlagOption(o.Long); ok {
			table[i].Check = func(value string) error { return config.CheckFlag(o.Long, value) }
		}
	}
	return table
}

// help is the text of -h.
func help(program string) string {
	return getopt.Help(program, "supervisord -- run a set of applications as daemons.", "[options]", options(), "")
}
