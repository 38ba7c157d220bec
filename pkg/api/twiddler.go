package api

import (
	"context"
	"math"
	"reflect"
	"strconv"
)

// Twiddler is what the plug-in supervisor_twiddler offers to clients: changes of
// a running configuration. Its table is TwiddlerMethods; a namespace of it is
// there when the configuration asks for it.
type Twiddler interface {
	// GetAPIVersion gives the version of this interface, not that of Supervisor.
	GetAPIVersion(ctx context.Context) (string, error)
	// GetGroupNames gives the active groups in the order in which they were
	// added.
	GetGroupNames(ctx context.Context) ([]string, error)
	// Log writes a line into the main log.
	Log(ctx context.Context, message Text, level LogLevel) (bool, error)
	// AddProgramToGroup makes processes of a program and adds them to a group.
	AddProgramToGroup(ctx context.Context, group string, program Text, options ProgramOptions) (bool, error)
	// RemoveProcessFromGroup takes a process that is down out of its group.
	RemoveProcessFromGroup(ctx context.Context, group, process string) (bool, error)
}

// Text is a parameter that may be anything; what is no string is taken as Python
// prints it.
type Text string

// LogLevel is the level of a line of the main log: one of the names CRIT, ERRO,
// WARN, INFO, DEBG, TRAC and BLAT in any case, or its number in decimal.
type LogLevel string

// ProgramOptions are the options of a program as a configuration file has them.
// The values are those of the wire.
type ProgramOptions map[string]any

// levelType is what Supervisor's plug-in calls a LogLevel in its signature.
const levelType = "string|int"

// TwiddlerMethods returns the table of a namespace of the twiddler.
func TwiddlerMethods() []Method {
	return []Method{
		{Name: "getAPIVersion", Func: Twiddler.GetAPIVersion,
			Doc:     "Tell which version of this interface the server speaks.",
			Returns: "string", ReturnDoc: "the version of the interface, 1.0"},
		{Name: "getGroupNames", Func: Twiddler.GetGroupNames,
			Doc:     "List the active groups.",
			Returns: "array", ReturnDoc: "their names, in the order in which they were added"},
		{Name: "log", Func: Twiddler.Log,
			Doc: "Write a line into the main log.",
			Params: []Param{
				{"message", "the line", nil},
				{"level", "CRIT, ERRO, WARN, INFO, DEBG, TRAC or BLAT, or its number: 50, 40, 30, 20, 10, 5 or 3", 20}},
			Returns: "boolean", ReturnDoc: always},
		{Name: "addProgramToGroup", Func: Twiddler.AddProgramToGroup,
			Doc: "Make processes of a program, as many as its numprocs says, and add them to an\n" +
				"active group. They are started unless autostart is false. The group differs\n" +
				"from its section in the file from then on, so that an update or a restart of\n" +
				"supervisord undoes it.",
			Params: []Param{
				{"group_name", "the name of an active group", nil},
				{"program_name", "the name of the program: what a section [program:x] has for x", nil},
				{"program_options", "the options of such a section; strings, or numbers and booleans where they mean such; command must be there", nil}},
			Returns: "boolean", ReturnDoc: always,
			Faults: []FaultCode{BadName, Failed}},
		{Name: "removeProcessFromGroup", Func: Twiddler.RemoveProcessFromGroup,
			Doc: "Take a process that is not running out of its group, wherever it came from.",
			Params: []Param{
				{"group_name", "the name of an active group", nil},
				{"process_name", "the name of a process of it", nil}},
			Returns: "boolean", ReturnDoc: always,
			Faults: []FaultCode{BadName, StillRunning}},
	}
}

func acceptText(v any) (reflect.Value, error) {
	return reflect.ValueOf(Text(pythonString(v))), nil
}

// acceptLevel takes the name or the number of a level, but no boolean: to Python
// that is a number, to nobody a level. Whether there is such a level is for the
// method to say.
func acceptLevel(v any) (reflect.Value, error) {
	switch v := v.(type) {
	case string:
		return reflect.ValueOf(LogLevel(v)), nil
	case int:
		return reflect.ValueOf(LogLevel(strconv.Itoa(v))), nil
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < math.MaxInt32 {
			return reflect.ValueOf(LogLevel(strconv.Itoa(int(v)))), nil
		}
	}
	return reflect.Value{}, IncorrectParameters.Fault()
}

// acceptOptions takes a struct, or an array of pairs, which Python makes one of:
// clients whose language has one type for both send an empty struct as an empty
// array.
func acceptOptions(v any) (reflect.Value, error) {
	if m, ok := v.(map[string]any); ok {
		return reflect.ValueOf(ProgramOptions(m)), nil
	}
	pairs, ok := v.([]any)
	if !ok {
		return reflect.Value{}, IncorrectParameters.Fault()
	}
	options := ProgramOptions{}
	for _, p := range pairs {
		pair, ok := p.([]any)
		if !ok || len(pair) != 2 {
			return reflect.Value{}, IncorrectParameters.Fault()
		}
		name, ok := pair[0].(string)
		if !ok {
			return reflect.Value{}, IncorrectParameters.Fault()
		}
		options[name] = pair[1]
	}
	return reflect.ValueOf(options), nil
}
