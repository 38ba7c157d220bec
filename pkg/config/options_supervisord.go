package config

import "io/fs"

// supervisordOptions is the table of [supervisord], in the order in which
// Supervisor reads it (the first error is the one it reports).
func supervisordOptions() []Option[Supervisord] {
	type S = Supervisord
	return []Option[S]{
		row("minfds", integerKind, "1024", func(s *S) *int { return &s.MinFDs },
			"The least number of file descriptors that must be available; the limit is raised to it if possible."),
		row("minprocs", integerKind, "200", func(s *S) *int { return &s.MinProcs },
			"The least number of processes that must be available; the limit is raised to it if possible."),
		unset("directory", directoryKind, func(s *S) *string { return &s.Directory },
			"The working directory when supervisord goes into the background."),
		unset("user", userKind, func(s *S) **User { return &s.User },
			"The user that supervisord becomes if it is started as root."),
		row("umask", octalKind, "022", func(s *S) *fs.FileMode { return &s.Umask },
			"The umask when supervisord goes into the background."),
		row("logfile", pathKind, "supervisord.log", func(s *S) *string { return &s.Logfile },
			"The main log; syslog sends it to syslog."),
		row("logfile_maxbytes", bytesKind, "50MB", func(s *S) *int64 { return &s.LogfileMaxBytes },
			"The size at which the main log is rotated; 0 never rotates."),
		row("logfile_backups", integerKind, "10", func(s *S) *int { return &s.LogfileBackups },
			"How many old main logs are kept; 0 keeps none."),
		row("loglevel", levelKind, "info", func(s *S) *Level { return &s.LogLevel },
			"The least grave lines that are logged: critical, error, warn, info, debug, trace or blather."),
		row("pidfile", pathKind, "supervisord.pid", func(s *S) *string { return &s.Pidfile },
			"The file that names the pid of supervisord."),
		row("identifier", textKind, "supervisor", func(s *S) *string { return &s.Identifier },
			"The name of this supervisord, for RPC clients, event listeners and AUTO log names."),
		row("nodaemon", booleanKind, "false", func(s *S) *bool { return &s.NoDaemon },
			"Stay in the foreground."),
		row("silent", booleanKind, "false", func(s *S) *bool { return &s.Silent },
			"In the foreground, do not copy the main log to standard output.").since("4.2.0"),
		row("childlogdir", directoryKind, "", func(s *S) *string { return &s.ChildLogDir },
			"Where AUTO logs of programs are made; the system's temporary directory if not set."),
		row("nocleanup", booleanKind, "false", func(s *S) *bool { return &s.NoCleanup },
			"Keep the AUTO logs of earlier runs at the start."),
		row("strip_ansi", booleanKind, "false", func(s *S) *bool { return &s.StripANSI },
			"Remove ANSI escape sequences from the output of programs."),
		row("environment", environmentKind, "", func(s *S) *map[string]string { return &s.Environment },
			"Variables for all programs, as KEY=\"value\",KEY2=\"value2\". A program's own win over them."),
		row("restart_stopped_on_reload", booleanKind, "false", func(s *S) *bool { return &s.RestartStoppedOnReload },
			"Start on reload and update also what was stopped by hand, as Supervisor does.").ours(),
	}
}
