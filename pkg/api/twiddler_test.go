package api

import (
	"context"
	"fmt"
	"testing"
)

// fakeTwiddler answers with what it was given.
type fakeTwiddler struct{ got string }

func (f *fakeTwiddler) GetAPIVersion(context.Context) (string, error)   { return "1.0", nil }
func (f *fakeTwiddler) GetGroupNames(context.Context) ([]string, error) { return []string{"a"}, nil }
func (f *fakeTwiddler) Log(_ context.Context, message Text, level LogLevel) (bool, error) {
	f.got = fmt.Sprintf("%q %q", message, level)
	return true, nil
}
func (f *fakeTwiddler) AddProgramToGroup(_ context.Context, group string, program Text, options ProgramOptions) (bool, error) {
	f.got = fmt.Sprintf("%q %q %v", group, program, options)
	return true, nil
}
func (f *fakeTwiddler) RemoveProcessFromGroup(_ context.Context, group, process string) (bool, error) {
	f.got = fmt.Sprintf("%q %q", group, process)
	return true, nil
}

// Parameters are taken as supervisor_twiddler takes them.
func TestTwiddlerParameters(t *testing.T) {
	f := &fakeTwiddler{}
	d := NewDispatcher([]Namespace{{"twiddler", TwiddlerMethods(), f}}, nil, nil)
	for _, c := range []struct {
		method string
		params []any
		want   string // what arrived; or a fault
	}{
		{"log", []any{"text"}, `"text" "20"`},
		{"log", []any{"text", "warn"}, `"text" "warn"`},
		{"log", []any{5, 50}, `"5" "50"`},
		{"log", []any{[]any{"a", true}, 20.0}, `"['a', True]" "20"`},
		{"log", []any{"text", true}, "INCORRECT_PARAMETERS"},
		{"log", []any{"text", 20.5}, "INCORRECT_PARAMETERS"},
		{"log", []any{"text", []any{}}, "INCORRECT_PARAMETERS"},
		{"log", nil, "INCORRECT_PARAMETERS"},
		{"addProgramToGroup", []any{"g", 7, map[string]any{"command": "x", "numprocs": 2}}, `"g" "7" map[command:x numprocs:2]`},
		{"addProgramToGroup", []any{"g", "p", []any{}}, `"g" "p" map[]`},
		{"addProgramToGroup", []any{"g", "p", []any{[]any{"command", "x"}}}, `"g" "p" map[command:x]`},
		{"addProgramToGroup", []any{"g", "p", []any{[]any{"command"}}}, "INCORRECT_PARAMETERS"},
		{"addProgramToGroup", []any{"g", "p", []any{[]any{1, "x"}}}, "INCORRECT_PARAMETERS"},
		{"addProgramToGroup", []any{"g", "p", []any{"command"}}, "INCORRECT_PARAMETERS"},
		{"addProgramToGroup", []any{"g", "p", "command"}, "INCORRECT_PARAMETERS"},
		{"addProgramToGroup", []any{"g", "p"}, "INCORRECT_PARAMETERS"},
		{"removeProcessFromGroup", []any{"g", "p"}, `"g" "p"`},
	} {
		f.got = ""
		_, err := d.Call(t.Context(), "twiddler."+c.method, c.params)
		got := f.got
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s%v: %s, want %s", c.method, c.params, got, c.want)
		}
	}
}

// A whitelist bars all other methods, after the number of parameters and the
// state of supervisord were looked at, and hides none.
func TestWhitelist(t *testing.T) {
	down := false
	gate := func() error {
		if down {
			return ShutdownState.Fault()
		}
		return nil
	}
	d := NewDispatcher([]Namespace{{"tw", Whitelist(TwiddlerMethods(), []string{"getAPIVersion", "log"}), &fakeTwiddler{}}}, gate, nil)
	call := func(method string, params ...any) string {
		v, err := d.Call(t.Context(), "tw."+method, params)
		if err != nil {
			return err.Error()
		}
		return fmt.Sprint(v)
	}
	for got, want := range map[string]string{
		call("getAPIVersion"):               "1.0",
		call("log", "x"):                    "true",
		call("getGroupNames"):               "NOT_IN_WHITELIST: getGroupNames",
		call("removeProcessFromGroup", "g"): "INCORRECT_PARAMETERS",
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if names, _ := d.listMethods(t.Context()); len(names) != len(TwiddlerMethods())+len(SystemMethods()) {
		t.Errorf("listed are %v", names)
	}
	down = true
	if got := call("getGroupNames"); got != "SHUTDOWN_STATE" {
		t.Errorf("while it goes down: %s", got)
	}
	for _, m := range Whitelist(TwiddlerMethods(), nil) {
		if m.Barred {
			t.Errorf("without a whitelist %s is barred", m.Name)
		}
	}
}
