package config

import (
	"io/fs"
	"sync"
	"syscall"
	"time"
)

// programTable is the table of [program:x], made once: it is looked at for each
// program. It must not be changed.
var programTable = sync.OnceValue(programOptions)

// programOptions makes the table of [program:x], in the order in which Supervisor
// reads it. [eventlistener:x] and [fcgi-program:x] have all of it too.
func programOptions() []Option[Program] {
	type P = Program
	table := []Option[P]{
		row("priority", integerKind, "999", func(p *P) *int { return &p.Priority },
			"Lower numbers are started first and stopped last."),
		row("autostart", booleanKind, "true", func(p *P) *bool { return &p.Autostart },
			"Start the program when supervisord starts."),
		row("autorestart", autoRestartKind, "unexpected", func(p *P) *AutoRestart { return &p.AutoRestart },
			"Start the program again when it ends after it was RUNNING: always (true), never (false), or after an exit code that is not in exitcodes, or a signal (unexpected)."),
		row("startsecs", secondsKind, "1", func(p *P) *time.Duration { return &p.StartSecs },
			"How long the program must stay up to be RUNNING. With 0 every start is a success."),
		row("startretries", integerKind, "3", func(p *P) *int { return &p.StartRetries },
			"How many times a failed start is tried again before the program is FATAL; the pauses grow by a second."),
		row("stopsignal", signalKind, "TERM", func(p *P) *syscall.Signal { return &p.StopSignal },
			"The signal that asks the program to end."),
		row("stopwaitsecs", secondsKind, "10", func(p *P) *time.Duration { return &p.StopWaitSecs },
			"How long the program may take to end before it is sent SIGKILL."),
		row("stopasgroup", booleanKind, "false", func(p *P) *bool { return &p.StopAsGroup },
			"Send the stop signal to the whole process group; implies killasgroup."),
		row("killasgroup", booleanKind, "", func(p *P) *bool { return &p.KillAsGroup },
			"Send SIGKILL to the whole process group; the value of stopasgroup if not set."),
		row("exitcodes", exitCodesKind, "0", func(p *P) *[]int { return &p.ExitCodes },
			"The exit codes that are expected, separated by commas."),
		row("redirect_stderr", booleanKind, "false", func(p *P) *bool { return &p.RedirectStderr },
			"Send standard error where standard output goes."),
		row("numprocs", integerKind, "1", func(p *P) *int { return &p.NumProcs },
			"How many processes are made of this section; process_name must then contain %(process_num)d."),
		row("numprocs_start", integerKind, "0", func(p *P) *int { return &p.NumProcsStart },
			"The process_num of the first process."),
		row("environment", environmentKind, "", func(p *P) *map[string]string { return &p.Environment },
			"Variables for the program, as KEY=\"value\",KEY2=\"value2\".").each().asRaw().named("environment"),
		capture("stdout", stdout), events("stdout", stdout), capture("stderr", stderr), events("stderr", stderr),
		row("serverurl", serverURLKind, "AUTO", func(p *P) **string { return &p.ServerURL },
			"The value of SUPERVISOR_SERVER_URL; AUTO takes it from the HTTP servers, an empty value leaves the variable out."),
		unset("user", userKind, func(p *P) **User { return &p.User },
			"The user that the program runs as; supervisord must run as root."),
		unset("umask", optionalOctalKind, func(p *P) **fs.FileMode { return &p.Umask },
			"The umask of the program; that of supervisord if not set."),
		row("process_name", nameKind, "%(program_name)s", func(p *P) *string { return &p.ProcessName },
			"The name of the process; with numprocs over 1 it must contain %(process_num)d.").each().asRaw().named("process_name"),
		unset("directory", textKind, func(p *P) *string { return &p.Directory },
			"The working directory of the program.").each(),
	}
	for _, ch := range []struct {
		name string
		of   func(*P) *Channel
	}{{"stdout", stdout}, {"stderr", stderr}} {
		table = append(table, channelOptions(ch.name, ch.of)...)
	}
	table = append(table, dependentOptions()...)
	return append(table,
		row("cleanasgroup", booleanKind, "true", func(p *P) *bool { return &p.CleanAsGroup },
			"Before the program is started again, end what is left of the process group of a predecessor that did not end as expected, so that no orphaned worker holds the socket. false leaves it alone, as Supervisor does.").ours(),
		unset("command", textKind, func(p *P) *string { return &p.Command },
			"The program and its arguments. No shell is involved: write /bin/sh -c '...' for one.").each(),
	)
}

func stdout(p *Program) *Channel { return &p.Stdout }
func stderr(p *Program) *Channel { return &p.Stderr }

func capture(name string, of func(*Program) *Channel) Option[Program] {
	return row(name+"_capture_maxbytes", bytesKind, "0", func(p *Program) *int64 { return &of(p).CaptureMaxBytes },
		"How much is kept of what the program writes between <!--XSUPERVISOR:BEGIN--> and <!--XSUPERVISOR:END-->; 0 turns capture mode off.")
}

func events(name string, of func(*Program) *Channel) Option[Program] {
	return row(name+"_events_enabled", booleanKind, "false", func(p *Program) *bool { return &of(p).EventsEnabled },
		"Tell event listeners of the output, as PROCESS_LOG events.")
}

// channelOptions are the options of one output that are read for each process.
func channelOptions(name string, of func(*Program) *Channel) []Option[Program] {
	return []Option[Program]{
		row(name+"_logfile", logKind, "AUTO", func(p *Program) *LogTarget { return &of(p).Logfile },
			"The file that the output is kept in; AUTO makes one in childlogdir, NONE keeps nothing.").each(),
		row(name+"_logfile_backups", integerKind, "10", func(p *Program) *int { return &of(p).LogfileBackups },
			"How many old log files are kept; 0 keeps none.").each(),
		row(name+"_logfile_maxbytes", bytesKind, "50MB", func(p *Program) *int64 { return &of(p).LogfileMaxBytes },
			"The size at which the log file is rotated; 0 never rotates.").each(),
		row(name+"_syslog", booleanKind, "false", func(p *Program) *bool { return &of(p).Syslog },
			"Send the output to syslog too, line by line.").each().since("4.0.0"),
	}
}

// programWhole are the options that say how many processes a section makes, not
// how one of them is run.
var programWhole = []string{"numprocs", "numprocs_start", "process_name"}
