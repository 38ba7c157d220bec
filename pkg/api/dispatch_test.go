package api

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// fake is a Supervisor that knows one process, web, and notes its calls.
type fake struct {
	Supervisor // the methods that no test calls
	calls      []string
	err        error // answered by getPID
}

func (f *fake) note(format string, args ...any) {
	f.calls = append(f.calls, fmt.Sprintf(format, args...))
}

func (f *fake) GetPID(context.Context) (int, error) { f.note("getPID"); return 42, f.err }

func (f *fake) GetState(context.Context) (StateInfo, error) {
	return StateInfo{SupervisorRunning, "RUNNING"}, nil
}

func (f *fake) ReadLog(_ context.Context, offset, length int) (string, error) {
	f.note("readLog %d %d", offset, length)
	return "text", nil
}

func (f *fake) StartProcess(_ context.Context, name string, wait bool) (any, error) {
	f.note("startProcess %s %v", name, wait)
	return true, nil
}

func (f *fake) SignalProcess(_ context.Context, name string, signal Signal) (any, error) {
	f.note("signalProcess %s %s", name, signal)
	return true, nil
}

func (f *fake) SendProcessStdin(_ context.Context, name string, chars Chars) (bool, error) {
	f.note("sendProcessStdin %s %q", name, string(chars))
	return true, nil
}

func (f *fake) SendRemoteCommEvent(_ context.Context, typ, data string) (bool, error) {
	f.note("sendRemoteCommEvent %s %s", typ, data)
	return true, nil
}

func (f *fake) GetProcessInfo(_ context.Context, name string) (ProcessInfo, error) {
	if name != "web" {
		return ProcessInfo{}, BadName.Fault(name)
	}
	return ProcessInfo{Name: name}, nil
}

func (f *fake) GetAllProcessInfo(context.Context) ([]ProcessInfo, error) {
	return []ProcessInfo{{Description: strings.Repeat("x", 1<<20)}}, nil
}

func (f *fake) ClearLog(context.Context) (bool, error) { panic("the disk is on fire") }

func dispatcher(f *fake, gate func() error, trace func(string, ...any)) *Dispatcher {
	return NewDispatcher([]Namespace{{"supervisor", Methods(), f}}, gate, trace)
}

// text writes an answer or an error on one line.
func text(v any, err error) string {
	var f *Fault
	switch {
	case errors.As(err, &f):
		return fmt.Sprintf("fault %d %s", int(f.Code), f.Text)
	case err != nil:
		return "error " + err.Error()
	}
	return fmt.Sprint(v)
}

// What Supervisor 4.2.5 answers, but where it answers HTTP 500: there it is
// fault 2.
func TestCall(t *testing.T) {
	for _, tc := range []struct {
		method string
		params []any
		want   string // the answer
		call   string // what arrived, if anything must
	}{
		// Names: exactly one dot, exactly a row.
		{"supervisor.getPID", nil, "42", "getPID"},
		{"supervisor.getpid", nil, "fault 1 UNKNOWN_METHOD", ""},
		{"supervisor.GetPID", nil, "fault 1 UNKNOWN_METHOD", ""},
		{" supervisor.getPID", nil, "fault 1 UNKNOWN_METHOD", ""},
		{"supervisor", nil, "fault 1 UNKNOWN_METHOD", ""},
		{"supervisor.", nil, "fault 1 UNKNOWN_METHOD", ""},
		{".getPID", nil, "fault 1 UNKNOWN_METHOD", ""},
		{"getPID", nil, "fault 1 UNKNOWN_METHOD", ""},
		{"", nil, "fault 1 UNKNOWN_METHOD", ""},
		{"supervisor._update", nil, "fault 1 UNKNOWN_METHOD", ""},
		{"supervisor.supervisord.options.execve", nil, "fault 1 UNKNOWN_METHOD", ""},
		{"other.getPID", nil, "fault 1 UNKNOWN_METHOD", ""},

		// Numbers of parameters, defaults.
		{"supervisor.getPID", []any{1}, "fault 2 INCORRECT_PARAMETERS", ""},
		{"supervisor.startProcess", nil, "fault 2 INCORRECT_PARAMETERS", ""},
		{"supervisor.startProcess", []any{"web"}, "true", "startProcess web true"},
		{"supervisor.startProcess", []any{"web", true, 1}, "fault 2 INCORRECT_PARAMETERS", ""},

		// Booleans by Python's idea of truth.
		{"supervisor.startProcess", []any{"web", false}, "true", "startProcess web false"},
		{"supervisor.startProcess", []any{"web", 1}, "true", "startProcess web true"},
		{"supervisor.startProcess", []any{"web", 0}, "true", "startProcess web false"},
		{"supervisor.startProcess", []any{"web", 0.5}, "true", "startProcess web true"},
		{"supervisor.startProcess", []any{"web", 0.0}, "true", "startProcess web false"},
		{"supervisor.startProcess", []any{"web", "0"}, "true", "startProcess web true"},
		{"supervisor.startProcess", []any{"web", ""}, "true", "startProcess web false"},
		{"supervisor.startProcess", []any{"web", nil}, "true", "startProcess web false"},
		{"supervisor.startProcess", []any{"web", []any{}}, "true", "startProcess web false"},
		{"supervisor.startProcess", []any{"web", []any{0}}, "true", "startProcess web true"},
		{"supervisor.startProcess", []any{"web", map[string]any{}}, "true", "startProcess web false"},
		{"supervisor.startProcess", []any{"web", time.Time{}}, "true", "startProcess web true"},

		// Strings.
		{"supervisor.startProcess", []any{5}, "fault 2 INCORRECT_PARAMETERS", ""},
		{"supervisor.startProcess", []any{nil}, "fault 2 INCORRECT_PARAMETERS", ""},
		{"supervisor.getProcessInfo", []any{"x"}, "fault 10 BAD_NAME: x", ""},

		// Integers.
		{"supervisor.readLog", []any{-5, 0}, "text", "readLog -5 0"},
		{"supervisor.readLog", []any{" 7 ", "+0"}, "text", "readLog 7 0"},
		{"supervisor.readLog", []any{true, 1.9}, "text", "readLog 1 1"},
		{"supervisor.readLog", []any{"x", 0}, "fault 2 INCORRECT_PARAMETERS", ""},
		{"supervisor.readLog", []any{nil, 0}, "fault 2 INCORRECT_PARAMETERS", ""},
		{"supervisor.readLog", []any{[]any{}, 0}, "fault 2 INCORRECT_PARAMETERS", ""},
		{"supervisor.readLog", []any{1e300, 0}, "fault 2 INCORRECT_PARAMETERS", ""},

		// Signals.
		{"supervisor.signalProcess", []any{"web", "HUP"}, "true", "signalProcess web HUP"},
		{"supervisor.signalProcess", []any{"web", 15}, "true", "signalProcess web 15"},
		{"supervisor.signalProcess", []any{"web", true}, "true", "signalProcess web 1"},
		{"supervisor.signalProcess", []any{"web", nil}, "fault 2 INCORRECT_PARAMETERS", ""},

		// Input for a process.
		{"supervisor.sendProcessStdin", []any{"web", "a\n"}, "true", `sendProcessStdin web "a\n"`},
		{"supervisor.sendProcessStdin", []any{"web", 5}, "fault 2 INCORRECT_PARAMETERS: 5", ""},
		{"supervisor.sendProcessStdin", []any{"web", true}, "fault 2 INCORRECT_PARAMETERS: True", ""},
		{"supervisor.sendProcessStdin", []any{"web", 1.5}, "fault 2 INCORRECT_PARAMETERS: 1.5", ""},
		{"supervisor.sendProcessStdin", []any{"web", nil}, "fault 2 INCORRECT_PARAMETERS", ""},
		{"supervisor.sendProcessStdin", []any{"web", []any{1, "a"}}, "fault 2 INCORRECT_PARAMETERS: [1, 'a']", ""},

		// An event for listeners: anything, as Python prints it.
		{"supervisor.sendRemoteCommEvent", []any{5, map[string]any{"a": nil}}, "true", "sendRemoteCommEvent 5 {'a': None}"},
		{"supervisor.sendRemoteCommEvent", []any{"a", true}, "true", "sendRemoteCommEvent a True"},

		// The namespace system.
		{"system.methodHelp", []any{"x"}, "fault 4 SIGNATURE_UNSUPPORTED", ""},
		{"system.methodSignature", []any{"x"}, "fault 4 SIGNATURE_UNSUPPORTED", ""},
		{"system.methodSignature", []any{"supervisor.startProcess"}, "[boolean string boolean]", ""},
		{"system.methodSignature", []any{"system.methodSignature"}, "[array string]", ""},
		{"system.methodHelp", nil, "fault 2 INCORRECT_PARAMETERS", ""},
	} {
		f := &fake{}
		d := dispatcher(f, nil, nil)
		if got := text(d.Call(t.Context(), tc.method, tc.params)); got != tc.want {
			t.Errorf("%s%v: %s, want %s", tc.method, tc.params, got, tc.want)
		}
		if got := strings.Join(f.calls, "; "); tc.call != got {
			t.Errorf("%s%v called %q, want %q", tc.method, tc.params, got, tc.call)
		}
	}
}

func TestListMethods(t *testing.T) {
	v, err := dispatcher(&fake{}, nil, nil).Call(t.Context(), "system.listMethods", nil)
	names, ok := v.([]string)
	if err != nil || !ok || len(names) != 41 || !slices.IsSorted(names) {
		t.Errorf("%d names, %v", len(names), err)
	}
}

// While supervisord shuts down: the number of parameters comes first, then
// SHUTDOWN_STATE, then what the parameters are.
func TestGate(t *testing.T) {
	d := dispatcher(&fake{}, func() error { return ShutdownState.Fault() }, nil)
	for _, tc := range []struct {
		method string
		params []any
		want   string
	}{
		{"supervisor.getPID", nil, "fault 6 SHUTDOWN_STATE"},
		{"supervisor.getPID", []any{1}, "fault 2 INCORRECT_PARAMETERS"},
		{"supervisor.getProcessInfo", []any{5}, "fault 6 SHUTDOWN_STATE"},
		{"supervisor.nothing", nil, "fault 1 UNKNOWN_METHOD"},
		{"supervisor.sendRemoteCommEvent", []any{"a", "b"}, "true"},
		{"system.methodSignature", []any{"supervisor.getPID"}, "[int]"},
		{"system.multicall", []any{[]any{map[string]any{"methodName": "supervisor.getPID"}}},
			"[map[faultCode:6 faultString:SHUTDOWN_STATE]]"},
	} {
		if got := text(d.Call(t.Context(), tc.method, tc.params)); got != tc.want {
			t.Errorf("%s%v: %s, want %s", tc.method, tc.params, got, tc.want)
		}
	}
}

func TestMulticall(t *testing.T) {
	one := func(name any, params ...any) any {
		return map[string]any{"methodName": name, "params": params}
	}
	for _, tc := range []struct {
		name  string
		calls any
		want  string
	}{
		{"none", []any{}, "[]"},
		{"bare answers in order", []any{one("supervisor.getPID"), one("system.methodSignature", "supervisor.getPID")}, "[42 [int]]"},
		{"no params", []any{map[string]any{"methodName": "supervisor.getPID"}}, "[42]"},
		{"a fault among answers", []any{one("supervisor.getProcessInfo", "x"), one("supervisor.getPID")},
			"[map[faultCode:10 faultString:BAD_NAME: x] 42]"},
		{"no name", []any{map[string]any{}}, "[map[faultCode:2 faultString:INCORRECT_PARAMETERS: No methodName]]"},
		{"nil name", []any{one(nil)}, "[map[faultCode:2 faultString:INCORRECT_PARAMETERS: No methodName]]"},
		{"empty name", []any{one("")}, "[map[faultCode:1 faultString:UNKNOWN_METHOD]]"},
		{"recursion", []any{one("system.multicall", []any{})},
			"[map[faultCode:2 faultString:INCORRECT_PARAMETERS: Recursive system.multicall forbidden]]"},
		{"params no array", []any{map[string]any{"methodName": "supervisor.getPID", "params": 5}},
			"[map[faultCode:2 faultString:INCORRECT_PARAMETERS]]"},
		{"params no array, for a method that is not there", []any{map[string]any{"methodName": "supervisor.nope", "params": 5}},
			"[map[faultCode:1 faultString:UNKNOWN_METHOD]]"},
		{"params an empty string", []any{map[string]any{"methodName": "supervisor.getPID", "params": ""}}, "[42]"},
		{"an internal error", []any{one("supervisor.clearLog"), one("supervisor.getPID")},
			"[map[faultCode:30 faultString:FAILED: supervisor.clearLog panicked: the disk is on fire] 42]"},
		{"no array", 5, "fault 2 INCORRECT_PARAMETERS"},
		{"a string", "abc", "fault 2 INCORRECT_PARAMETERS"},
		{"an element that is no struct", []any{5}, "error system.multicall: a call is no struct but 5"},
		{"too many", make([]any, maxMulticalls+1), "fault 2 INCORRECT_PARAMETERS: more than 10000 calls"},
	} {
		d := dispatcher(&fake{}, nil, nil)
		if got := text(d.Call(t.Context(), "system.multicall", []any{tc.calls})); got != tc.want {
			t.Errorf("%s: %s, want %s", tc.name, got, tc.want)
		}
	}
}

func TestMulticallEndsWithContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	f := &fake{}
	_, err := dispatcher(f, nil, nil).Call(ctx, "system.multicall",
		[]any{[]any{map[string]any{"methodName": "supervisor.getPID"}}})
	if !errors.Is(err, context.Canceled) || len(f.calls) > 0 {
		t.Errorf("%v, calls %v", err, f.calls)
	}
}

func TestMulticallIsBounded(t *testing.T) {
	calls := make([]any, 70) // of a megabyte each
	for i := range calls {
		calls[i] = map[string]any{"methodName": "supervisor.getAllProcessInfo"}
	}
	v, err := dispatcher(&fake{}, nil, nil).Call(t.Context(), "system.multicall", []any{calls})
	if err != nil {
		t.Fatal(err)
	}
	answers := v.([]any)
	if _, ok := answers[60].([]ProcessInfo); !ok {
		t.Errorf("the 61st answer is %v", answers[60])
	}
	want := map[string]any{"faultCode": 30, "faultString": "FAILED: the answers of this system.multicall exceed 67108864 bytes"}
	if !reflect.DeepEqual(answers[69], want) {
		t.Errorf("the last answer is %.200v", answers[69])
	}
}

func TestTrace(t *testing.T) {
	var lines []string
	f := &fake{}
	d := dispatcher(f, nil, func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) })
	d.Call(t.Context(), "supervisor.getPID", nil)
	d.Call(t.Context(), "supervisor.getProcessInfo", []any{"x"})
	d.Call(t.Context(), "system.multicall", []any{[]any{map[string]any{"methodName": "supervisor.getPID"}}})
	f.err = errors.New("broken")
	d.Call(t.Context(), "supervisor.getPID", nil)
	want := []string{
		"XML-RPC method called: supervisor.getPID()",
		"XML-RPC method supervisor.getPID() returned successfully",
		"XML-RPC method called: supervisor.getProcessInfo()",
		"XML-RPC method supervisor.getProcessInfo() returned fault: [10] BAD_NAME: x",
		"XML-RPC method called: system.multicall()",
		"XML-RPC method system.multicall() returned successfully",
		"XML-RPC method called: supervisor.getPID()",
	}
	if !slices.Equal(lines, want) {
		t.Errorf("got\n%s", strings.Join(lines, "\n"))
	}
}

func TestPanicIsAnError(t *testing.T) {
	_, err := dispatcher(&fake{}, nil, nil).Call(t.Context(), "supervisor.clearLog", nil)
	var p *PanicError
	if !errors.As(err, &p) || p.Method != "supervisor.clearLog" || !strings.Contains(string(p.Stack), "ClearLog") {
		t.Errorf("%v", err)
	}
}

func TestUndeclaredFault(t *testing.T) {
	f := &fake{err: BadName.Fault("x")}
	d := dispatcher(f, func() error { return nil }, nil)
	var got []string
	d.OnUndeclared(func(method string, f *Fault) { got = append(got, method+" "+f.Text) })
	d.Call(t.Context(), "supervisor.getProcessInfo", []any{"x"}) // declared
	d.Call(t.Context(), "supervisor.getPID", nil)
	if !slices.Equal(got, []string{"supervisor.getPID BAD_NAME: x"}) {
		t.Errorf("%q", got)
	}
}

// Namespaces have the names that the configuration gives them.
func TestNamespaces(t *testing.T) {
	one, two := &fake{}, &fake{}
	d := NewDispatcher([]Namespace{
		{"sup", Methods(), one}, {"sup", Methods(), two}, {"a.b", Methods(), one}, {"system", Methods(), one},
	}, nil, nil)
	if got := text(d.Call(t.Context(), "sup.getPID", nil)); got != "42" || len(one.calls) > 0 || len(two.calls) != 1 {
		t.Errorf("%s; of two namespaces of one name the later counts: %v %v", got, one.calls, two.calls)
	}
	for _, name := range []string{"supervisor.getPID", "system.getPID", "a.b.getPID"} {
		if got := text(d.Call(t.Context(), name, nil)); got != "fault 1 UNKNOWN_METHOD" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestBadTablePanics(t *testing.T) {
	for name, m := range map[string]Method{
		"parameters":   {Name: "x", Func: Supervisor.ReadLog},
		"target":       {Name: "x", Func: (*Dispatcher).listMethods},
		"type":         {Name: "x", Func: func(Supervisor, context.Context, float32) (int, error) { return 0, nil }, Params: make([]Param, 1)},
		"no such form": {Name: "x", Func: func(Supervisor, context.Context) int { return 0 }},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: a row that cannot be called was accepted", name)
				}
			}()
			NewDispatcher([]Namespace{{"x", []Method{m}, &fake{}}}, nil, nil)
		}()
	}
}

func BenchmarkCall(b *testing.B) {
	d := NewDispatcher([]Namespace{{"supervisor", Methods(), &fake{}}}, nil, nil)
	b.ReportAllocs()
	for b.Loop() {
		d.Call(b.Context(), "supervisor.getState", nil)
	}
}
