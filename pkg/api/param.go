package api

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
)

// accept makes a value of the wire into an argument of a method, as leniently
// as Supervisor: clients send 1 for true and "0" for 0. Its error is the fault
// INCORRECT_PARAMETERS.
type accept func(v any) (reflect.Value, error)

// acceptor returns what takes parameters of type t. It panics for a type that
// no method may have.
func acceptor(t reflect.Type) accept {
	switch t {
	case reflect.TypeFor[string]():
		return acceptString
	case reflect.TypeFor[int]():
		return acceptInt
	case reflect.TypeFor[bool]():
		return acceptBool
	case reflect.TypeFor[Signal]():
		return acceptSignal
	case reflect.TypeFor[Chars]():
		return acceptChars
	case reflect.TypeFor[Text]():
		return acceptText
	case reflect.TypeFor[LogLevel]():
		return acceptLevel
	case reflect.TypeFor[ProgramOptions]():
		return acceptOptions
	case reflect.TypeFor[[]any]():
		return acceptArray
	}
	panic(fmt.Sprintf("method table: no parameter can be a %v", t))
}

func acceptString(v any) (reflect.Value, error) {
	if s, ok := v.(string); ok {
		return reflect.ValueOf(s), nil
	}
	return reflect.Value{}, IncorrectParameters.Fault()
}

// acceptPrinted takes anything, as Python prints it.
func acceptPrinted(v any) (reflect.Value, error) {
	return reflect.ValueOf(pythonString(v)), nil
}

// acceptInt takes what Python's int() takes: also a boolean, a double, whose
// fraction it drops, and a decimal string.
func acceptInt(v any) (reflect.Value, error) {
	if n, ok := toInt(v); ok {
		return reflect.ValueOf(n), nil
	}
	return reflect.Value{}, IncorrectParameters.Fault()
}

func toInt(v any) (int, bool) {
	switch v := v.(type) {
	case int:
		return v, true
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	case float64:
		if v > math.MinInt32 && v < math.MaxInt32 { // not NaN either
			return int(v), true
		}
	case string:
		n, err := strconv.Atoi(strings.TrimSpace(v))
		return n, err == nil
	}
	return 0, false
}

// acceptBool takes anything, by Python's idea of truth: zero and what is empty
// are false.
func acceptBool(v any) (reflect.Value, error) {
	truth := true
	switch v := v.(type) {
	case nil:
		truth = false
	case bool:
		truth = v
	case int:
		truth = v != 0
	case float64:
		truth = v != 0
	case string:
		truth = v != ""
	case []any:
		truth = len(v) > 0
	case map[string]any:
		truth = len(v) > 0
	}
	return reflect.ValueOf(truth), nil
}

// acceptSignal takes the name or the number of a signal. Whether there is such
// a signal is for the method to say.
func acceptSignal(v any) (reflect.Value, error) {
	if s, ok := v.(string); ok {
		return reflect.ValueOf(Signal(s)), nil
	}
	if n, ok := toInt(v); ok {
		return reflect.ValueOf(Signal(strconv.Itoa(n))), nil
	}
	return reflect.Value{}, IncorrectParameters.Fault()
}

// acceptChars takes a string only; the fault shows any other value as
// Supervisor does.
func acceptChars(v any) (reflect.Value, error) {
	switch v := v.(type) {
	case string:
		return reflect.ValueOf(Chars(v)), nil
	case nil:
		return reflect.Value{}, IncorrectParameters.Fault()
	}
	return reflect.Value{}, IncorrectParameters.Fault(pythonString(v))
}

func acceptArray(v any) (reflect.Value, error) {
	if a, ok := v.([]any); ok {
		return reflect.ValueOf(a), nil
	}
	return reflect.Value{}, IncorrectParameters.Fault()
}
