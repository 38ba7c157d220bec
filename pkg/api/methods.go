package api

import "slices"

// Methods returns the table of the namespace "supervisor": one row per method
// name, the old names included. It is built when asked for, so that a program
// which never asks (supervisorctl) pays nothing at its start.
func Methods() []Method {
	return slices.Concat(
		daemonMethods(),
		groupMethods(),
		startMethods(),
		stopMethods(),
		signalMethods(),
		infoMethods(),
		inputMethods(),
		logMethods(),
		clearMethods(),
	)
}

func daemonMethods() []Method {
	version := Method{Name: "getAPIVersion", Func: Supervisor.GetAPIVersion, Quick: true,
		Doc:     "Tell which version of this interface the server speaks.",
		Returns: "string", ReturnDoc: "the version of the interface, 3.0"}
	readLog := Method{Name: "readLog", Func: Supervisor.ReadLog,
		Doc:     "Read a part of the main log.",
		Params:  []Param{readOffset(), readLength()},
		Returns: "string", ReturnDoc: "that part of the log",
		Faults: []FaultCode{NoFile, BadArguments, Failed}}
	return []Method{
		version,
		version.oldName("getVersion"),
		{Name: "getSupervisorVersion", Func: Supervisor.GetSupervisorVersion, Quick: true,
			Doc:     "Tell which version of Supervisor the server behaves as.",
			Returns: "string", ReturnDoc: "the version, such as 4.2.5"},
		{Name: "getIdentification", Func: Supervisor.GetIdentification, Quick: true,
			Doc:     "Tell the identifier of this supervisord, which its configuration sets.",
			Returns: "string", ReturnDoc: "the identifier"},
		{Name: "getState", Func: Supervisor.GetState, Quick: true,
			Doc:     "Tell the state of supervisord itself.",
			Returns: "struct", ReturnDoc: "int statecode and string statename"},
		{Name: "getPID", Func: Supervisor.GetPID, Quick: true,
			Doc:     "Tell the process id of supervisord.",
			Returns: "int", ReturnDoc: "the process id"},
		readLog,
		readLog.oldName("readMainLog"),
		{Name: "clearLog", Func: Supervisor.ClearLog,
			Doc:     "Delete the main log and begin a new one under the same name.",
			Returns: "boolean", ReturnDoc: always,
			Faults: []FaultCode{NoFile, Failed}},
		{Name: "shutdown", Func: Supervisor.Shutdown,
			Doc:     "Stop all processes, then end supervisord. The answer comes before that is done.",
			Returns: "boolean", ReturnDoc: always},
		{Name: "restart", Func: Supervisor.Restart,
			Doc: "Stop all processes, then begin anew with the configuration as it is on disk.\n" +
				"The answer comes before that is done.",
			Returns: "boolean", ReturnDoc: always},
	}
}

func groupMethods() []Method {
	return []Method{
		{Name: "reloadConfig", Func: Supervisor.ReloadConfig,
			Doc: "Read the configuration again and tell how its groups differ from the active\n" +
				"ones. Nothing is started or stopped: addProcessGroup and removeProcessGroup\n" +
				"carry it out.",
			Returns: "array", ReturnDoc: "[[added, changed, removed]], each an array of names of groups",
			Faults: []FaultCode{CantReread}},
		{Name: "addProcessGroup", Func: Supervisor.AddProcessGroup,
			Doc:     "Make a group of the configuration active and start what is set to start by itself.",
			Params:  []Param{{"name", "the name of the group", nil}},
			Returns: "boolean", ReturnDoc: always,
			Faults: []FaultCode{BadName, AlreadyAdded}},
		{Name: "removeProcessGroup", Func: Supervisor.RemoveProcessGroup,
			Doc:     "Take a group whose processes are all stopped out of the active configuration.",
			Params:  []Param{{"name", "the name of the group", nil}},
			Returns: "boolean", ReturnDoc: always,
			Faults: []FaultCode{BadName, StillRunning}},
	}
}

func startMethods() []Method {
	wait := Param{"wait", "answer only when it is known whether they run", true}
	return []Method{
		{Name: "startProcess", Func: Supervisor.StartProcess,
			Doc: "Start a process.",
			Params: []Param{anyName(),
				{"wait", "answer only when it is known whether it runs", true}},
			Returns: "boolean", ReturnDoc: oneOrGroup,
			Faults: []FaultCode{BadName, NoFile, NotExecutable, AlreadyStarted, Failed, SpawnError, AbnormalTermination}},
		{Name: "startProcessGroup", Func: Supervisor.StartProcessGroup,
			Doc:     "Start those processes of a group that are not started.",
			Params:  []Param{{"name", "the name of the group", nil}, wait},
			Returns: "array", ReturnDoc: results,
			Faults: []FaultCode{BadName}},
		{Name: "startAllProcesses", Func: Supervisor.StartAllProcesses,
			Doc:     "Start all processes that are not started.",
			Params:  []Param{wait},
			Returns: "array", ReturnDoc: results},
	}
}

func stopMethods() []Method {
	wait := Param{"wait", "answer only when they have ended", true}
	return []Method{
		{Name: "stopProcess", Func: Supervisor.StopProcess,
			Doc: "Stop a process.",
			Params: []Param{anyName(),
				{"wait", "answer only when it has ended", true}},
			Returns: "boolean", ReturnDoc: oneOrGroup,
			Faults: []FaultCode{BadName, NotRunning, Failed}},
		{Name: "stopProcessGroup", Func: Supervisor.StopProcessGroup,
			Doc:     "Stop those processes of a group that are started.",
			Params:  []Param{{"name", "the name of the group", nil}, wait},
			Returns: "array", ReturnDoc: results,
			Faults: []FaultCode{BadName}},
		{Name: "stopAllProcesses", Func: Supervisor.StopAllProcesses,
			Doc:     "Stop all processes that are started.",
			Params:  []Param{wait},
			Returns: "array", ReturnDoc: results},
	}
}

func signalMethods() []Method {
	signal := Param{"signal", "its name or number: HUP, SIGHUP, 1", nil}
	return []Method{
		{Name: "signalProcess", Func: Supervisor.SignalProcess,
			Doc:     "Send a signal to a process, and to nothing it has started.",
			Params:  []Param{anyName(), signal},
			Returns: "boolean", ReturnDoc: oneOrGroup,
			Faults: []FaultCode{BadName, BadSignal, NotRunning, Failed}},
		{Name: "signalProcessGroup", Func: Supervisor.SignalProcessGroup,
			Doc:     "Send a signal to those processes of a group that can take one.",
			Params:  []Param{{"name", "the name of the group", nil}, signal},
			Returns: "array", ReturnDoc: results,
			Faults: []FaultCode{BadName}},
		{Name: "signalAllProcesses", Func: Supervisor.SignalAllProcesses,
			Doc:     "Send a signal to all processes that can take one.",
			Params:  []Param{signal},
			Returns: "array", ReturnDoc: results},
	}
}

func infoMethods() []Method {
	return []Method{
		{Name: "getProcessInfo", Func: Supervisor.GetProcessInfo, Quick: true,
			Doc:     "Tell the state of a process.",
			Params:  []Param{processName()},
			Returns: "struct", ReturnDoc: "name, group, state, times, logs, pid and a description",
			Faults: []FaultCode{BadName}},
		{Name: "getAllProcessInfo", Func: Supervisor.GetAllProcessInfo, Quick: true,
			Doc:     "Tell the state of all processes.",
			Returns: "array", ReturnDoc: "the structs of getProcessInfo, ordered by group and name"},
		{Name: "getAllConfigInfo", Func: Supervisor.GetAllConfigInfo,
			Doc:     "Tell how all processes are configured, those of inactive groups included.",
			Returns: "array", ReturnDoc: "a struct of options for each process, ordered by name"},
	}
}

func inputMethods() []Method {
	return []Method{
		{Name: "sendProcessStdin", Func: Supervisor.SendProcessStdin,
			Doc: "Write text to the standard input of a process, as UTF-8.",
			Params: []Param{processName(),
				{"chars", "the text; anything but a string is INCORRECT_PARAMETERS", nil}},
			Returns: "boolean", ReturnDoc: always,
			Faults: []FaultCode{BadName, NotRunning, NoFile}},
		{Name: "sendRemoteCommEvent", Func: Supervisor.SendRemoteCommEvent,
			Doc: "Emit a REMOTE_COMMUNICATION event, which event listeners can subscribe to.",
			Params: []Param{
				{"type", "the value of the key type in the event", nil},
				{"data", "the body of the event", nil}},
			Returns: "boolean", ReturnDoc: always,
			Anytime: true, Lenient: true},
	}
}

func logMethods() []Method {
	read := func(name, stream string, f any) Method {
		return Method{Name: name, Func: f,
			Doc:     "Read a part of the " + stream + " log of a process.",
			Params:  []Param{processName(), readOffset(), readLength()},
			Returns: "string", ReturnDoc: "that part of the log",
			Faults: []FaultCode{BadName, NoFile, BadArguments, Failed}}
	}
	tail := func(name, stream string, f any) Method {
		return Method{Name: name, Func: f,
			Doc: "Follow the " + stream + " log of a process: ask with the offset that the last answer\n" +
				"gave. When more has been written than length, the last length bytes come and\n" +
				"overflow is true. A process without this log answers ['', 0, false].",
			Params: []Param{processName(),
				{"offset", "where the last answer ended", nil},
				{"length", "the most bytes to send", nil}},
			Returns: "array", ReturnDoc: "string bytes, int offset to ask for next, boolean overflow",
			Faults: []FaultCode{BadName}}
	}
	stdout := read("readProcessStdoutLog", "stdout", Supervisor.ReadProcessStdoutLog)
	tailOut := tail("tailProcessStdoutLog", "stdout", Supervisor.TailProcessStdoutLog)
	return []Method{
		stdout,
		stdout.oldName("readProcessLog"),
		read("readProcessStderrLog", "stderr", Supervisor.ReadProcessStderrLog),
		tailOut,
		tailOut.oldName("tailProcessLog"),
		tail("tailProcessStderrLog", "stderr", Supervisor.TailProcessStderrLog),
	}
}

func clearMethods() []Method {
	one := Method{Name: "clearProcessLogs", Func: Supervisor.ClearProcessLogs,
		Doc:     "Delete both logs of a running process and begin new ones.",
		Params:  []Param{processName()},
		Returns: "boolean", ReturnDoc: always,
		Faults: []FaultCode{BadName, Failed}}
	return []Method{
		one,
		one.oldName("clearProcessLog"),
		{Name: "clearAllProcessLogs", Func: Supervisor.ClearAllProcessLogs,
			Doc:     "Do what clearProcessLogs does for all processes.",
			Returns: "array", ReturnDoc: results},
	}
}

// oldName returns the row of another name of m, kept for old clients.
func (m Method) oldName(name string) Method {
	m.Doc = "Old name of " + m.Name + ". " + m.Doc
	m.Name = name
	return m
}

const (
	always     = "true"
	oneOrGroup = "true; for group:* an array of result structs"
	results    = "a struct of name, group, status and description for each process acted on"
)

func anyName() Param {
	return Param{"name", "the process: name, group:name, or group:* for all of a group", nil}
}

func processName() Param {
	return Param{"name", "the process: name or group:name", nil}
}

func readOffset() Param {
	return Param{"offset", "the byte to begin at; -n for the last n bytes, with length 0", nil}
}

func readLength() Param {
	return Param{"length", "the number of bytes; 0 for all that follow", nil}
}
