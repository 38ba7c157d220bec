package ctl

import (
	"syscall"

	"supervisord/pkg/api"
	"supervisord/pkg/xmlrpc"
)

// commandCase is a command line (or with stdin a shell) and what supervisord
// answers to it. What must come of it is in testdata/commands.golden, and
// Supervisor's own supervisorctl is asked to agree with that.
type commandCase struct {
	line        string
	answers     answers
	stdin       string
	interactive bool
	shell       bool // line is the name of the case; the lines are in stdin
	url         string
}

func processes() []api.ProcessInfo {
	p := func(group, name string, state api.State, pid int, description string) api.ProcessInfo {
		return api.ProcessInfo{Group: group, Name: name, State: state, StateName: state.String(), PID: pid, Description: description}
	}
	return []api.ProcessInfo{
		p("cat", "cat", api.Running, 31692, "pid 31692, uptime 0:00:15"),
		p("grp", "a", api.Running, 77, "pid 77, uptime 1 day, 0:00:15"),
		p("grp", "b", api.Stopped, 0, "Not started"),
		p("nocmd", "nocmd", api.Fatal, 0, "can't find command '/nonexistent'"),
		p("quick", "quick", api.Backoff, 0, "Exited too quickly (process log may have details)"),
		p("ss0", "ss0", api.Exited, 0, "Nov 23 09:43 PM"),
		p("starting", "starting", api.Starting, 0, ""),
		p("stopping", "stopping", api.Stopping, 12, ""),
		p("unknown", "unknown", api.Unknown, 0, ""),
	}
}

func longNames() []api.ProcessInfo {
	return append(processes(),
		api.ProcessInfo{Group: "a-rather-long-name-of-a-group", Name: "a-process", State: api.Running, StateName: "RUNNING", Description: "pid 1, uptime 0:00:01"},
		api.ProcessInfo{Group: "größe", Name: "größe", State: api.Running, StateName: "RUNNING", Description: "pid 2, uptime 0:00:01"})
}

func result(group, name string, status api.FaultCode) api.Result {
	r := api.Result{Group: group, Name: name, Status: status, Description: "OK"}
	if status != api.Success {
		r.Description = status.String() + ": " + group + ":" + name
	}
	return r
}

func configs() []api.ConfigInfo {
	return []api.ConfigInfo{
		{Group: "cat", Name: "cat", InUse: true, Autostart: true, GroupPrio: 999, ProcessPrio: 999, UID: "none"},
		{Group: "grp", Name: "a", InUse: true, Autostart: false, GroupPrio: 1, ProcessPrio: 20, UID: 0},
		{Group: "größe", Name: "größe", Autostart: true, GroupPrio: -1, ProcessPrio: 999, UID: "none"},
		{Group: "a-rather-long-name-of-a-group", Name: "a-process", GroupPrio: 999, ProcessPrio: 999, UID: "none"},
	}
}

func changed(added, changed, removed []string) []api.Changes {
	return []api.Changes{{Added: added, Changed: changed, Removed: removed}}
}

// commandCases are all cases.
func commandCases() []commandCase {
	all := answers{"getAllProcessInfo": processes()}
	var (
		badName  = api.BadName.Fault("x")
		shutting = api.ShutdownState.Fault()
		noAuth   = &xmlrpc.StatusError{Code: 401, Status: "401 Unauthorized", URL: "http://127.0.0.1/RPC2"}
	)
	cases := []commandCase{
		// How a line is read.
		{line: ""},
		{line: "   "},
		{line: "bogus"},
		{line: "Status"},
		{line: "!ls"},
		{line: "; status"},
		{line: "status; pid", answers: all},
		{line: "exit"},
		{line: "quit now"},
		{line: "EOF"},
		{line: "\tstatus\x1ccat ", answers: all},
		{line: "signal USR1 cat", answers: answers{"signalProcess cat USR1": true}},

		// help
		{line: "help"}, {line: "?"}, {line: "? status"}, {line: "?tail"}, {line: "help bogus"},
		{line: "help EOF"}, {line: "help help"}, {line: "help start stop"}, {line: "help Status"},

		// status
		{line: "status", answers: all},
		{line: "status all", answers: all},
		{line: "status bogus all", answers: all},
		{line: "status cat", answers: all},
		{line: "status cat starting", answers: all},
		{line: "status quick stopping", answers: all},
		{line: "status cat cat", answers: all},
		{line: "status ss0 cat", answers: all},
		{line: "status grp:*", answers: all},
		{line: "status grp:", answers: all},
		{line: "status grp:a", answers: all},
		{line: "status a", answers: all},
		{line: "status grp", answers: all},
		{line: "status bogus", answers: all},
		{line: "status cat bogus", answers: all},
		{line: "status bogus ss0", answers: all},
		{line: "status bogus:*", answers: all},
		{line: "status bogus:x", answers: all},
		{line: "status cat:cat:cat", answers: all},
		{line: "status", answers: answers{"getAllProcessInfo": []api.ProcessInfo{}}},
		{line: "status", answers: answers{"getAllProcessInfo": longNames()}},
		{line: "status cat", answers: answers{"getAllProcessInfo": shutting}},

		// pid
		{line: "pid", answers: answers{"getPID": 4711}},
		{line: "pid all", answers: all},
		{line: "pid cat all", answers: all},
		{line: "pid cat", answers: answers{"getProcessInfo cat": processes()[0]}},
		{line: "pid grp:b", answers: answers{"getProcessInfo grp:b": processes()[2]}},
		{line: "pid x cat", answers: answers{"getProcessInfo x": badName, "getProcessInfo cat": processes()[0]}},
		{line: "pid x", answers: answers{"getProcessInfo": api.Failed.Fault()}},

		// update, reread, avail, add, remove
		{line: "avail", answers: answers{"getAllConfigInfo": configs()}},
		{line: "avail", answers: answers{"getAllConfigInfo": []api.ConfigInfo{}}},
		{line: "avail", answers: answers{"getAllConfigInfo": shutting}},
		{line: "avail", answers: answers{"getAllConfigInfo": api.Failed.Fault()}},
		{line: "reread", answers: answers{"reloadConfig": changed(nil, nil, nil)}},
		{line: "reread", answers: answers{"reloadConfig": changed([]string{"new", "b"}, []string{"cat"}, []string{"old", "a"})}},
		{line: "reread", answers: answers{"reloadConfig": changed([]string{"x"}, []string{"x"}, nil)}},
		{line: "reread", answers: answers{"reloadConfig": api.CantReread.Fault("it's bad")}},
		{line: "reread", answers: answers{"reloadConfig": shutting}},
		{line: "reread", answers: answers{"reloadConfig": api.Failed.Fault()}},
		{line: "add"},
		{line: "remove"},
		{line: "add x y", answers: answers{"addProcessGroup": true}},
		{line: "add x y", answers: answers{"addProcessGroup x": api.AlreadyAdded.Fault("x"), "addProcessGroup y": true}},
		{line: "add x y", answers: answers{"addProcessGroup x": badName, "addProcessGroup y": true}},
		{line: "add x y", answers: answers{"addProcessGroup": shutting}},
		{line: "add x y", answers: answers{"addProcessGroup x": api.Failed.Fault(), "addProcessGroup y": true}},
		{line: "remove x y", answers: answers{"removeProcessGroup": true}},
		{line: "remove x y", answers: answers{"removeProcessGroup x": api.StillRunning.Fault("x"), "removeProcessGroup y": true}},
		{line: "remove x y", answers: answers{"removeProcessGroup x": badName, "removeProcessGroup y": true}},
		{line: "remove x y", answers: answers{"removeProcessGroup": shutting}},

		// shutdown, reload, version, open
		{line: "shutdown", answers: answers{"shutdown": true}},
		{line: "shutdown", answers: answers{"shutdown": shutting}},
		{line: "shutdown", answers: answers{"shutdown": syscall.ECONNREFUSED}},
		{line: "shutdown", answers: answers{"shutdown": syscall.ENOENT}},
		{line: "shutdown", answers: answers{"shutdown": syscall.EACCES}},
		{line: "shutdown", answers: answers{"shutdown": api.Failed.Fault()}},
		{line: "reload", answers: answers{"restart": true}},
		{line: "reload", answers: answers{"restart": shutting}},
		{line: "reload", answers: answers{"restart": syscall.ECONNREFUSED}},
		{line: "reload", answers: answers{"restart": syscall.ENOENT}},
		{line: "reload", answers: answers{"restart": api.Failed.Fault()}},
		{line: "version", answers: answers{"getSupervisorVersion": "4.2.5"}},
		{line: "open"},
		{line: "open ftp://x"},
		{line: "open localhost:9001"},
		{line: "open http://[x"},
		{line: "open http://localhost:1", answers: all},
		{line: "open HTTP://localhost:1", answers: all},
		{line: "open unix:/x", answers: all},
		{line: "open unix:///x", answers: answers{"getVersion": syscall.ENOENT}},

		// tail, maintail
		{line: "tail"}, {line: "tail -f a stdout x"}, {line: "tail -f"}, {line: "tail -100"},
		{line: "tail a FOO"}, {line: "tail -x a"}, {line: "tail - a"}, {line: "tail -1_0 a stdout extra"},
		{line: "tail a", answers: answers{"readProcessStdoutLog a -1600 0": "text\n"}},
		{line: "tail a stderr", answers: answers{"readProcessStderrLog a -1600 0": "errors"}},
		{line: "tail a STDERR", answers: answers{"readProcessStderrLog a -1600 0": "errors"}},
		{line: "tail a x stderr", answers: answers{"readProcessStderrLog a -1600 0": "errors"}},
		{line: "tail -5 a stdout", answers: answers{"readProcessStdoutLog a -5 0": "größe"}},
		{line: "tail --5 a", answers: answers{"readProcessStdoutLog a 5 0": "from five"}},
		{line: "tail -+1_000 a", answers: answers{"readProcessStdoutLog a -1000 0": "last thousand"}},
		{line: "tail -0 a", answers: answers{"readProcessStdoutLog a 0 0": "all"}},
		{line: "tail a", answers: answers{"readProcessStdoutLog": api.NoFile.Fault()}},
		{line: "tail a", answers: answers{"readProcessStdoutLog": api.Failed.Fault()}},
		{line: "tail a", answers: answers{"readProcessStdoutLog": badName}},
		{line: "tail a stderr", answers: answers{"readProcessStderrLog": api.BadArguments.Fault()}},
		{line: "maintail a b"}, {line: "maintail foo"}, {line: "maintail -x"}, {line: "maintail -"},
		{line: "maintail", answers: answers{"readLog -1600 0": "log"}},
		{line: "maintail -7", answers: answers{"readLog -7 0": "log\n"}},
		{line: "maintail", answers: answers{"readLog": api.NoFile.Fault()}},
		{line: "maintail", answers: answers{"readLog": api.Failed.Fault()}},
		{line: "maintail", answers: answers{"readLog": badName}},

		// fg, as far as it does not connect
		{line: "fg"}, {line: "fg a b"},
		{line: "fg a", answers: answers{"getProcessInfo a": badName}},
		{line: "fg a", answers: answers{"getProcessInfo a": api.Failed.Fault("it's")}},
		{line: "fg grp:b", answers: answers{"getProcessInfo grp:b": processes()[2]}},
		{line: "fg starting", answers: answers{"getProcessInfo starting": processes()[6]}},

		// What only goes wrong on the way.
		{line: "status", url: "ftp://x"}, {line: "add", url: "ftp://x"}, {line: "shutdown", url: "https://x"},
		{line: "pid", url: "unix:/x"}, {line: "version", url: "HTTP://x"},
		{line: "pid", answers: answers{"getVersion": syscall.ECONNRESET}},
		{line: "pid", answers: answers{"getVersion": syscall.EPIPE}},
		{line: "pid", answers: answers{"getVersion": syscall.ETIMEDOUT}},
		{line: "pid", answers: answers{"getVersion": syscall.EHOSTUNREACH}},
		{line: "pid", answers: answers{"getVersion": syscall.ENOTDIR}},
		{line: "pid", answers: answers{"getVersion": &xmlrpc.StatusError{Code: 500, Status: "500 Internal Server Error"}}},
		{line: "pid", answers: answers{"getVersion": noAuth}},
		{line: "pid", answers: answers{"getVersion": turns{noAuth, apiVersion}, "getPID": 5}},
		{line: "status", answers: answers{"getVersion": noAuth}},
		{line: "add x", answers: answers{"addProcessGroup": noAuth}},

		// With -i, and the shell.
		{line: "shutdown", interactive: true, stdin: "y\n", answers: answers{"shutdown": true}},
		{line: "shutdown", interactive: true, stdin: "Yes", answers: answers{"shutdown": true}},
		{line: "shutdown", interactive: true, stdin: "n\n"},
		{line: "shutdown", interactive: true, stdin: " y\n"},
		{line: "shutdown", interactive: true, stdin: ""},
		{line: "reload", interactive: true, stdin: "Y\n", answers: answers{"restart": true}},
		{line: "reload", interactive: true, stdin: "\n"},
		{line: "pid", interactive: true, stdin: "user\npassword\n", answers: answers{"getVersion": turns{noAuth, apiVersion}, "getPID": 5}},
		{line: "pid", interactive: true, stdin: "u\np\nu2\np2\n", answers: answers{"getVersion": turns{noAuth, noAuth, apiVersion}, "getPID": 5}},
		{line: "pid", interactive: true, stdin: "", answers: answers{"getVersion": noAuth}},
		{line: "pid", interactive: true, stdin: "user\n", answers: answers{"getVersion": noAuth}},
		{shell: true, line: "ends with the input", stdin: "", answers: all},
		{shell: true, line: "exit", stdin: "exit\nstatus\n", answers: all},
		{shell: true, line: "commands", stdin: "pid\n\nbogus\r\n?pid\npid x\n  EOF  \npid", answers: all.with(answers{"getPID": 3, "getProcessInfo": badName})},
		{shell: true, line: "the last line lacks its end", stdin: "pid", answers: all.with(answers{"getPID": 3})},
		{shell: true, line: "question", stdin: "shutdown\nn\nreload\ny\n", answers: all.with(answers{"restart": true})},
		{shell: true, line: "open", stdin: "open http://localhost:2\npid\n", answers: all.with(answers{"getPID": 3})},
		{shell: true, line: "refused", stdin: "pid\nstatus\n", answers: answers{"getVersion": syscall.ECONNREFUSED}},
		{shell: true, line: "log in", stdin: "user\nsecret\npid\n", answers: all.with(answers{"getVersion": turns{noAuth, apiVersion}, "getPID": 3})},
	}
	cases = append(cases, operationCases()...)
	cases = append(cases, updateCases()...)
	return append(cases, connectionCases()...)
}

// operationCases are the outcomes of start, stop, restart, signal and clear.
func operationCases() []commandCase {
	cases := []commandCase{
		{line: "start"}, {line: "stop"}, {line: "restart"}, {line: "signal"}, {line: "signal HUP"}, {line: "clear"},
	}
	for _, op := range []struct{ line, one, group, all string }{
		{"start", "startProcess", "startProcessGroup", "startAllProcesses"},
		{"stop", "stopProcess", "stopProcessGroup", "stopAllProcesses"},
		{"signal HUP", "signalProcess", "signalProcessGroup", "signalAllProcesses"},
		{"clear", "clearProcessLogs", "", "clearAllProcessLogs"},
	} {
		for _, f := range api.Faults {
			fault := f.Code.Fault("it's x")
			if f.Code != api.Success {
				cases = append(cases,
					commandCase{line: op.line + " x", answers: answers{op.one: fault}},
					commandCase{line: op.line + " g:x ok", answers: answers{op.one: true, op.one + " g:x": fault, op.one + " g:x HUP": fault}})
			}
			results := []api.Result{result("a", "a", api.Success), result("g", "x", f.Code), result("z", "z", api.Success)}
			cases = append(cases, commandCase{line: op.line + " y all", answers: answers{op.all: results}})
			if op.group != "" {
				cases = append(cases, commandCase{line: op.line + " g:* g:", answers: answers{op.group: results}})
				if f.Code != api.Success {
					cases = append(cases, commandCase{line: op.line + " g:* g:x", answers: answers{op.group: fault, op.one: true}})
				}
			}
		}
		cases = append(cases,
			commandCase{line: op.line + " x g:y a:a", answers: answers{op.one: true}},
			commandCase{line: op.line + " all", answers: answers{op.all: []api.Result{}}},
			commandCase{line: op.line + " all", answers: answers{op.all: api.ShutdownState.Fault()}},
			commandCase{line: op.line + " x", answers: answers{op.one: syscall.ECONNREFUSED}},
			// The last that fails wins.
			commandCase{line: op.line + " x y", answers: answers{
				op.one + " x": api.BadName.Fault(), op.one + " y": api.SpawnError.Fault(),
				op.one + " x HUP": api.BadName.Fault(), op.one + " y HUP": api.NotRunning.Fault()}},
			commandCase{line: op.line + " y x", answers: answers{
				op.one + " x": api.BadName.Fault(), op.one + " y": api.AbnormalTermination.Fault(),
				op.one + " x HUP": api.BadName.Fault(), op.one + " y HUP": api.NotRunning.Fault()}})
	}
	return append(cases,
		commandCase{line: "restart x", answers: answers{"stopProcess": true, "startProcess": true}},
		commandCase{line: "restart x", answers: answers{"stopProcess": api.NotRunning.Fault(), "startProcess": true}},
		commandCase{line: "restart x", answers: answers{"stopProcess": api.BadName.Fault(), "startProcess": api.BadName.Fault()}},
		commandCase{line: "restart x", answers: answers{"stopProcess": true, "startProcess": api.SpawnError.Fault()}},
		commandCase{line: "restart x", answers: answers{"stopProcess": api.ShutdownState.Fault(), "startProcess": true}},
		commandCase{line: "restart all", answers: answers{
			"stopAllProcesses": []api.Result{result("a", "a", api.Success)}, "startAllProcesses": []api.Result{result("a", "a", api.Success), result("g", "b", api.Success)}}},
		commandCase{line: "restart g:*", answers: answers{
			"stopProcessGroup": []api.Result{result("g", "a", api.Success)}, "startProcessGroup": []api.Result{result("g", "a", api.Success)}}},
		commandCase{line: "restart g:*", answers: answers{"stopProcessGroup": api.BadName.Fault(), "startProcessGroup": api.BadName.Fault()}})
}

func updateCases() []commandCase {
	everything := answers{
		"reloadConfig":       changed([]string{"new", "new2"}, []string{"cat", "grp"}, []string{"old", "old2"}),
		"getAllProcessInfo":  append(processes(), api.ProcessInfo{Group: "old", Name: "old"}),
		"stopProcessGroup":   []api.Result{result("g", "x", api.Success)},
		"removeProcessGroup": true,
		"addProcessGroup":    true,
	}
	failed := []api.Result{result("old", "x", api.Failed), result("old", "y", api.Success)}
	return []commandCase{
		{line: "update", answers: everything},
		{line: "update all", answers: everything},
		{line: "update x all", answers: everything},
		{line: "update new", answers: everything},
		{line: "update old", answers: everything},
		{line: "update cat old2 new2", answers: everything},
		{line: "update bogus cat", answers: everything},
		{line: "update bogus bogus", answers: everything},
		{line: "update", answers: answers{"reloadConfig": changed(nil, nil, nil)}},
		{line: "update", answers: everything.with(answers{"stopProcessGroup": failed})},
		{line: "update", answers: everything.with(answers{"stopProcessGroup old": []api.Result{result("old", "x", api.NotRunning)}})},
		{line: "update", answers: everything.with(answers{"stopProcessGroup old": api.BadName.Fault()})},
		{line: "update", answers: everything.with(answers{"removeProcessGroup cat": api.StillRunning.Fault("cat")})},
		{line: "update", answers: everything.with(answers{"addProcessGroup new": api.AlreadyAdded.Fault("new")})},
		{line: "update", answers: answers{"reloadConfig": api.ShutdownState.Fault()}},
		{line: "update x", answers: everything.with(answers{"getAllProcessInfo": api.ShutdownState.Fault()})},
	}
}

// connectionCases are every command in every situation in which supervisord
// does not answer as it should, and with arguments that it may not have.
func connectionCases() []commandCase {
	var cases []commandCase
	problems := []any{
		syscall.ECONNREFUSED, syscall.ENOENT, syscall.EACCES,
		api.UnknownMethod.Fault(), api.ShutdownState.Fault(), "2.9",
	}
	for _, c := range Commands() {
		if c.Name == "help" || c.Name == "exit" || c.Name == "quit" {
			continue
		}
		cases = append(cases, commandCase{line: "help " + c.Name})
		line := c.Name + " x"
		switch {
		case c.NoArguments:
			cases = append(cases, commandCase{line: line, answers: answers{"getVersion": syscall.ECONNREFUSED}})
			line = c.Name
		case c.Name == "signal":
			line = "signal HUP x"
		case c.Name == "open":
			line = "open unix:///tmp/x"
		}
		for _, p := range problems {
			a := answers{"getVersion": p}
			if err, ok := p.(error); ok {
				for _, method := range []string{"getAllConfigInfo", "reloadConfig", "addProcessGroup", "removeProcessGroup", "shutdown", "restart"} {
					a[method] = err
				}
			} else if !c.Checked && c.Name != "open" {
				continue // nobody looks at the version
			}
			cases = append(cases, commandCase{line: line, answers: a})
		}
	}
	return cases
}
