package api

import "fmt"

// FaultCode is the number of an XML-RPC fault of Supervisor.
type FaultCode int

// The faults. There is no code 5.
const (
	UnknownMethod        FaultCode = 1
	IncorrectParameters  FaultCode = 2
	BadArguments         FaultCode = 3
	SignatureUnsupported FaultCode = 4
	ShutdownState        FaultCode = 6
	BadName              FaultCode = 10
	BadSignal            FaultCode = 11
	NoFile               FaultCode = 20
	NotExecutable        FaultCode = 21
	Failed               FaultCode = 30
	AbnormalTermination  FaultCode = 40
	SpawnError           FaultCode = 50
	AlreadyStarted       FaultCode = 60
	NotRunning           FaultCode = 70
	Success              FaultCode = 80 // only as Result.Status
	AlreadyAdded         FaultCode = 90
	StillRunning         FaultCode = 91
	CantReread           FaultCode = 92
	NotInWhitelist       FaultCode = 230 // of the twiddler
)

// FaultRow is what is known of one fault.
type FaultRow struct {
	Code FaultCode
	Name string
	Doc  string
}

// Faults is the table of Supervisor's faults in the order of their numbers.
var Faults = []FaultRow{
	{UnknownMethod, "UNKNOWN_METHOD", "no method has this name"},
	{IncorrectParameters, "INCORRECT_PARAMETERS", "too many, too few or wrongly typed parameters"},
	{BadArguments, "BAD_ARGUMENTS", "an offset or length that cannot be served"},
	{SignatureUnsupported, "SIGNATURE_UNSUPPORTED", "help or signature asked for a method that does not exist"},
	{ShutdownState, "SHUTDOWN_STATE", "supervisord is shutting down or restarting"},
	{BadName, "BAD_NAME", "no process or group has this name"},
	{BadSignal, "BAD_SIGNAL", "no signal has this name or number"},
	{NoFile, "NO_FILE", "the program, the log or the input does not exist"},
	{NotExecutable, "NOT_EXECUTABLE", "the program cannot be executed"},
	{Failed, "FAILED", "the operation failed; the text says why"},
	{AbnormalTermination, "ABNORMAL_TERMINATION", "the process ended before it was RUNNING"},
	{SpawnError, "SPAWN_ERROR", "the process could not be started"},
	{AlreadyStarted, "ALREADY_STARTED", "the process is started already"},
	{NotRunning, "NOT_RUNNING", "the process is not running"},
	{Success, "SUCCESS", "the operation succeeded (in a group result)"},
	{AlreadyAdded, "ALREADY_ADDED", "the group is active already"},
	{StillRunning, "STILL_RUNNING", "the group still has running processes"},
	{CantReread, "CANT_REREAD", "the configuration file cannot be read or is wrong"},
}

// TwiddlerFaults is the table of those that only the twiddler answers.
var TwiddlerFaults = []FaultRow{
	{NotInWhitelist, "NOT_IN_WHITELIST", "the configuration keeps the method from being called"},
}

// String returns the upper-case name of the fault.
func (c FaultCode) String() string {
	for _, table := range [][]FaultRow{Faults, TwiddlerFaults} {
		for _, r := range table {
			if r.Code == c {
				return r.Name
			}
		}
	}
	return fmt.Sprintf("FaultCode(%d)", int(c))
}

// Fault returns the fault c. The faultString is the bare name, or
// "NAME: detail" when a detail is given.
func (c FaultCode) Fault(detail ...string) *Fault {
	text := c.String()
	if len(detail) > 0 {
		text += ": " + detail[0]
	}
	return &Fault{Code: c, Text: text}
}

// Fault is a domain error as clients see it. It is made where its cause is
// known and mapped at the edges: to a fault struct on the wire, to words and an
// exit code in supervisorctl, to a message on the web page.
type Fault struct {
	Code FaultCode
	Text string // the whole faultString, e.g. "BAD_NAME: web"
}

// Error returns the faultString.
func (f *Fault) Error() string { return f.Text }
