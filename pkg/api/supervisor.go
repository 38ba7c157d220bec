package api

import "context"

// Supervisor is the remote interface: one method per XML-RPC method of the
// namespace "supervisor". The daemon implements it, the XML-RPC client
// implements it, tests fake it. Methods (the table) names and documents each.
//
// Errors that a caller may act on are *Fault. A call that waits (wait = true)
// ends with ctx.
type Supervisor interface {
	GetAPIVersion(ctx context.Context) (string, error)
	GetSupervisorVersion(ctx context.Context) (string, error)
	GetIdentification(ctx context.Context) (string, error)
	GetState(ctx context.Context) (StateInfo, error)
	GetPID(ctx context.Context) (int, error)
	ReadLog(ctx context.Context, offset, length int) (string, error)
	ClearLog(ctx context.Context) (bool, error)
	Shutdown(ctx context.Context) (bool, error)
	Restart(ctx context.Context) (bool, error)
	// ReloadConfig answers an array that holds one Changes, as Supervisor does.
	ReloadConfig(ctx context.Context) ([]Changes, error)
	AddProcessGroup(ctx context.Context, name string) (bool, error)
	RemoveProcessGroup(ctx context.Context, name string) (bool, error)

	// StartProcess, StopProcess and SignalProcess answer true for one process
	// and []Result for the group forms of name (group:* and group:).
	StartProcess(ctx context.Context, name string, wait bool) (any, error)
	StartProcessGroup(ctx context.Context, name string, wait bool) ([]Result, error)
	StartAllProcesses(ctx context.Context, wait bool) ([]Result, error)
	StopProcess(ctx context.Context, name string, wait bool) (any, error)
	StopProcessGroup(ctx context.Context, name string, wait bool) ([]Result, error)
	StopAllProcesses(ctx context.Context, wait bool) ([]Result, error)
	SignalProcess(ctx context.Context, name string, signal Signal) (any, error)
	SignalProcessGroup(ctx context.Context, name string, signal Signal) ([]Result, error)
	SignalAllProcesses(ctx context.Context, signal Signal) ([]Result, error)

	GetProcessInfo(ctx context.Context, name string) (ProcessInfo, error)
	// GetAllProcessInfo may answer many callers with one slice: it is not to be
	// changed, by anybody.
	GetAllProcessInfo(ctx context.Context) ([]ProcessInfo, error)
	GetAllConfigInfo(ctx context.Context) ([]ConfigInfo, error)
	SendProcessStdin(ctx context.Context, name string, chars Chars) (bool, error)
	SendRemoteCommEvent(ctx context.Context, typ, data string) (bool, error)

	ReadProcessStdoutLog(ctx context.Context, name string, offset, length int) (string, error)
	ReadProcessStderrLog(ctx context.Context, name string, offset, length int) (string, error)
	TailProcessStdoutLog(ctx context.Context, name string, offset, length int) (Tail, error)
	TailProcessStderrLog(ctx context.Context, name string, offset, length int) (Tail, error)
	ClearProcessLogs(ctx context.Context, name string) (bool, error)
	ClearAllProcessLogs(ctx context.Context) ([]Result, error)
}

// Signal is a signal as a client names it: HUP, SIGHUP, hup, 1; on the wire a
// string or an int.
type Signal string

// Chars is text for the standard input of a process. On the wire only a string
// is accepted; anything else is INCORRECT_PARAMETERS with the value in the text.
type Chars string
