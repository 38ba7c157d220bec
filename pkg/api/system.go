package api

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
)

// What one system.multicall may ask for. Its answers are held in memory until
// the last is known, so their number and their size must end somewhere.
const (
	maxMulticalls      = 10_000
	maxMulticallAnswer = 64 << 20 // bytes, roughly as they will be on the wire
)

// SystemMethods returns the table of the namespace "system", which a
// Dispatcher serves.
func SystemMethods() []Method {
	return []Method{
		{Name: "listMethods", Func: (*Dispatcher).listMethods,
			Doc:     "List the methods that can be called.",
			Returns: "array", ReturnDoc: "their names, sorted",
			Anytime: true},
		{Name: "methodHelp", Func: (*Dispatcher).methodHelp,
			Doc:     "Explain a method.",
			Params:  []Param{{"name", "the name of the method", nil}},
			Returns: "string", ReturnDoc: "a text such as this one",
			Faults:  []FaultCode{SignatureUnsupported},
			Anytime: true},
		{Name: "methodSignature", Func: (*Dispatcher).methodSignature,
			Doc:     "Tell the types of the answer and of the parameters of a method.",
			Params:  []Param{{"name", "the name of the method", nil}},
			Returns: "array", ReturnDoc: "the type of the answer, then those of the parameters",
			Faults:  []FaultCode{SignatureUnsupported},
			Anytime: true},
		{Name: "multicall", Func: (*Dispatcher).multicall,
			Doc: "Make several calls, one after the other, in one request. A call is a struct of\n" +
				"string methodName and array params; what comes back for it is its bare answer,\n" +
				"or a struct of int faultCode and string faultString. A call that waits holds up\n" +
				"those behind it. multicall within multicall is a fault.",
			Params:  []Param{{"calls", "the calls", nil}},
			Returns: "array", ReturnDoc: "the answers, in the order of the calls",
			Anytime: true},
	}
}

func (d *Dispatcher) listMethods(context.Context) ([]string, error) {
	names := make([]string, 0, len(d.calls))
	for name := range d.calls {
		names = append(names, name)
	}
	slices.Sort(names)
	return names, nil
}

func (d *Dispatcher) methodHelp(_ context.Context, name string) (string, error) {
	c := d.calls[name]
	if c == nil {
		return "", SignatureUnsupported.Fault()
	}
	return c.row.Help(), nil
}

func (d *Dispatcher) methodSignature(_ context.Context, name string) ([]string, error) {
	c := d.calls[name]
	if c == nil {
		return nil, SignatureUnsupported.Fault()
	}
	return c.row.Signature(), nil
}

// multicall makes the calls in their order. A fault or an internal error of
// one is its answer and does not keep the others from being made.
func (d *Dispatcher) multicall(ctx context.Context, calls []any) ([]any, error) {
	if len(calls) > maxMulticalls {
		return nil, IncorrectParameters.Fault(fmt.Sprintf("more than %d calls", maxMulticalls))
	}
	answers := make([]any, 0, len(calls))
	room := maxMulticallAnswer
	for _, v := range calls {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		one, ok := v.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("system.multicall: a call is no struct but %s", pythonString(v))
		}
		answer, err := d.callOne(ctx, one, room)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			answer = faultStruct(err)
		}
		room -= weight(reflect.ValueOf(answer))
		answers = append(answers, answer)
	}
	return answers, nil
}

// callOne makes one call of a multicall, if there is room for its answer.
func (d *Dispatcher) callOne(ctx context.Context, one map[string]any, room int) (any, error) {
	name := one["methodName"]
	if name == nil {
		return nil, IncorrectParameters.Fault("No methodName")
	}
	method, ok := name.(string)
	if !ok {
		return nil, UnknownMethod.Fault()
	}
	if method == "system.multicall" {
		return nil, IncorrectParameters.Fault("Recursive system.multicall forbidden")
	}
	params := []any{}
	if given, ok := one["params"]; ok && given != "" {
		if params, ok = given.([]any); !ok {
			if !d.known(method) {
				return nil, UnknownMethod.Fault()
			}
			return nil, IncorrectParameters.Fault()
		}
	}
	if room <= 0 {
		return nil, Failed.Fault(fmt.Sprintf("the answers of this system.multicall exceed %d bytes", maxMulticallAnswer))
	}
	return d.call(ctx, method, params)
}

// faultStruct is an error as an element of the answer of multicall.
func faultStruct(err error) map[string]any {
	var f *Fault
	if !errors.As(err, &f) {
		f = Failed.Fault(err.Error())
	}
	return map[string]any{"faultCode": int(f.Code), "faultString": f.Text}
}

// weight estimates how many bytes v will take on the wire.
func weight(v reflect.Value) int {
	const tags = 32
	n := tags
	switch v.Kind() {
	case reflect.String:
		n += v.Len()
	case reflect.Interface, reflect.Pointer:
		n = weight(v.Elem())
	case reflect.Slice:
		for i := range v.Len() {
			n += weight(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			n += tags + weight(v.Field(i))
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			n += tags + weight(it.Key()) + weight(it.Value())
		}
	}
	return n
}
