package ctl

import "context"

// Command is one action of supervisorctl: a row of the table from which
// dispatch, help, completion and the man page follow.
type Command struct {
	Name string
	// Help is what "help NAME" prints, line for line.
	Help []string
	// NoArguments refuses every argument before anything else is done.
	NoArguments bool
	// Checked commands look first whether a supervisord of the right kind
	// answers, and do nothing if not.
	Checked bool
	// Down is the exit status after a failed check; 0 leaves the one of the
	// problem.
	Down int
	// Completes says what the words after the command are completed to.
	Completes Completion
	// Run does the work. What it returns is printed as the generic error line.
	// Arg is the rest of the line, trimmed.
	Run func(ctx context.Context, s *Session, arg string) error
}

// Completion says which names complete the arguments of a command.
type Completion int

// The kinds of completion.
const (
	CompletesNothing Completion = iota
	CompletesActions
	CompletesGroups
	CompletesProcesses
)

// Commands returns the table of commands, sorted by name.
func Commands() []Command {
	return []Command{
		{Name: "add", Run: add, Completes: CompletesGroups, Help: []string{
			"add <name> [...]\tActivates any updates in config for process/group"}},
		{Name: "avail", Run: avail, NoArguments: true, Help: []string{
			"avail\t\t\tDisplay all configured processes"}},
		{Name: "clear", Run: clearLogs, Checked: true, Completes: CompletesProcesses, Help: []string{
			"clear <name>\t\tClear a process' log files.",
			"clear <name> <name>\tClear multiple process' log files",
			"clear all\t\tClear all process' log files"}},
		{Name: "exit", Run: exit, Help: []string{
			"exit\tExit the supervisor shell."}},
		{Name: "fg", Run: fg, Checked: true, Completes: CompletesProcesses, Help: []string{
			"fg <process>\tConnect to a process in foreground mode",
			"\t\tCtrl-C to exit"}},
		{Name: "help", Run: help, Completes: CompletesActions, Help: []string{
			"help\t\tPrint a list of available actions",
			"help <action>\tPrint help for <action>"}},
		{Name: "maintail", Run: maintail, Checked: true, Help: []string{
			"maintail -f \tContinuous tail of supervisor main log file (Ctrl-C to exit)",
			"maintail -100\tlast 100 *bytes* of supervisord main log file",
			"maintail\tlast 1600 *bytes* of supervisor main log file",
			""}},
		{Name: "open", Run: open, Help: []string{
			"open <url>\tConnect to a remote supervisord process.",
			"\t\t(for UNIX domain socket, use unix:///socket/path)"}},
		{Name: "pid", Run: pid, Checked: true, Completes: CompletesProcesses, Help: []string{
			"pid\t\t\tGet the PID of supervisord.",
			"pid <name>\t\tGet the PID of a single child process by name.",
			"pid all\t\t\tGet the PID of every child process, one per line."}},
		{Name: "quit", Run: exit, Help: []string{
			"quit\tExit the supervisor shell."}},
		{Name: "reload", Run: reload, NoArguments: true, Help: []string{
			"reload \t\tRestart the remote supervisord."}},
		{Name: "remove", Run: remove, Completes: CompletesGroups, Help: []string{
			"remove <name> [...]\tRemoves process/group from active config"}},
		{Name: "reread", Run: reread, NoArguments: true, Help: []string{
			"reread \t\t\tReload the daemon's configuration files without add/remove"}},
		{Name: "restart", Run: restart, Checked: true, Completes: CompletesProcesses, Help: []string{
			"restart <name>\t\tRestart a process",
			"restart <gname>:*\tRestart all processes in a group",
			"restart <name> <name>\tRestart multiple processes or groups",
			"restart all\t\tRestart all processes",
			"Note: restart does not reread config files. For that, see reread and update."}},
		{Name: "shutdown", Run: shutdown, NoArguments: true, Help: []string{
			"shutdown \tShut the remote supervisord down."}},
		{Name: "signal", Run: signalProcesses, Checked: true, Completes: CompletesProcesses, Help: []string{
			"signal <signal name> <name>\t\tSignal a process",
			"signal <signal name> <gname>:*\t\tSignal all processes in a group",
			"signal <signal name> <name> <name>\tSignal multiple processes or groups",
			"signal <signal name> all\t\tSignal all processes"}},
		{Name: "start", Run: start, Checked: true, Completes: CompletesProcesses, Help: []string{
			"start <name>\t\tStart a process",
			"start <gname>:*\t\tStart all processes in a group",
			"start <name> <name>\tStart multiple processes or groups",
			"start all\t\tStart all processes"}},
		{Name: "status", Run: status, Checked: true, Down: statusUnknown, Completes: CompletesProcesses, Help: []string{
			"status <name>\t\tGet status for a single process",
			"status <gname>:*\tGet status for all processes in a group",
			"status <name> <name>\tGet status for multiple named processes",
			"status\t\t\tGet all process status info"}},
		{Name: "stop", Run: stop, Checked: true, Completes: CompletesProcesses, Help: []string{
			"stop <name>\t\tStop a process",
			"stop <gname>:*\t\tStop all processes in a group",
			"stop <name> <name>\tStop multiple processes or groups",
			"stop all\t\tStop all processes"}},
		{Name: "tail", Run: tail, Checked: true, Completes: CompletesProcesses, Help: []string{
			"tail [-f] <name> [stdout|stderr] (default stdout)",
			"Ex:",
			"tail -f <name>\t\tContinuous tail of named process stdout",
			"\t\t\tCtrl-C to exit.",
			"tail -100 <name>\tlast 100 *bytes* of process stdout",
			"tail <name> stderr\tlast 1600 *bytes* of process stderr"}},
		{Name: "update", Run: update, Completes: CompletesGroups, Help: []string{
			"update\t\t\tReload config and add/remove as necessary, and will restart affected programs",
			"update all\t\tReload config and add/remove as necessary, and will restart affected programs",
			"update <gname> [...]\tUpdate specific groups"}},
		{Name: "version", Run: version, NoArguments: true, Checked: true, Help: []string{
			"version\t\t\tShow the version of the remote supervisord process"}},
	}
}
