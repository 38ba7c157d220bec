package api

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime/debug"
	"strings"
)

// Namespace is a set of RPC methods with one receiver. A call names it before
// the dot: the namespace "supervisor" has the table Methods and a Supervisor
// for its target; [rpcinterface:x] in the configuration gives it the name x.
type Namespace struct {
	Name    string
	Methods []Method
	Target  any // the first argument of each Method.Func
}

// Dispatcher calls RPC methods by name. Only rows of its tables can be called;
// names are looked up whole, never followed through objects. It does not
// change after it is made and serves any number of calls at once.
type Dispatcher struct {
	calls      map[string]*call // by full name: supervisor.getState
	gate       func() error
	trace      func(format string, args ...any)
	undeclared func(method string, f *Fault)
}

// NewDispatcher returns a Dispatcher for the namespaces and for "system",
// which it serves itself. Of two namespaces of one name the later one counts.
//
// The gate is asked before each call of a method that is not Anytime, and its
// error, SHUTDOWN_STATE, is the answer; trace is given what belongs into the
// main log at level trace. Both may be nil.
//
// It panics when a row does not fit its target: the tables are part of the
// program.
func NewDispatcher(namespaces []Namespace, gate func() error, trace func(format string, args ...any)) *Dispatcher {
	d := &Dispatcher{calls: map[string]*call{}, gate: gate, trace: trace}
	if gate == nil {
		d.gate = func() error { return nil }
	}
	if trace == nil {
		d.trace = func(string, ...any) {}
	}
	system := Namespace{Name: "system", Methods: SystemMethods(), Target: d}
	for _, ns := range append(namespaces[:len(namespaces):len(namespaces)], system) {
		prefix := ns.Name + "."
		for name := range d.calls {
			if strings.HasPrefix(name, prefix) {
				delete(d.calls, name)
			}
		}
		for _, m := range ns.Methods {
			d.calls[prefix+m.Name] = newCall(m, ns.Target)
		}
	}
	return d
}

// OnUndeclared has report called for each fault that a method answers without
// declaring it in its row: tests hold the tables and the handlers together
// with it. To be set before the first call.
func (d *Dispatcher) OnUndeclared(report func(method string, f *Fault)) { d.undeclared = report }

// Call calls a method by its full name, such as supervisor.getState. The
// parameters are those of the wire: int, bool, float64, string, []any,
// map[string]any, time.Time, nil.
//
// A *Fault is an answer, to be sent as such. Any other error is an internal
// one (HTTP 500), a *PanicError if the method panicked.
func (d *Dispatcher) Call(ctx context.Context, method string, params []any) (any, error) {
	d.trace("XML-RPC method called: %s()", method)
	v, err := d.call(ctx, method, params)
	var f *Fault
	switch {
	case err == nil:
		d.trace("XML-RPC method %s() returned successfully", method)
	case errors.As(err, &f):
		d.trace("XML-RPC method %s() returned fault: [%d] %s", method, int(f.Code), f.Text)
	}
	return v, err
}

// Quick reports whether calls of a method only look, without waiting for
// anything.
func (d *Dispatcher) Quick(method string) bool {
	c := d.calls[method]
	return c != nil && c.row.Quick
}

// call does what Call does, unseen by trace: the calls within a multicall are
// not logged.
func (d *Dispatcher) call(ctx context.Context, method string, params []any) (any, error) {
	if !d.known(method) {
		return nil, UnknownMethod.Fault()
	}
	c := d.calls[method]
	// Supervisor's order: the number of parameters, the state of supervisord,
	// then what the parameters are.
	if !c.takes(len(params)) {
		return nil, IncorrectParameters.Fault()
	}
	if !c.row.Anytime {
		if err := d.gate(); err != nil {
			return nil, err
		}
	}
	if c.row.Barred {
		return nil, NotInWhitelist.Fault(c.row.Name)
	}
	v, err := c.do(ctx, method, params)
	var f *Fault
	if d.undeclared != nil && errors.As(err, &f) && !c.row.Declares(f.Code) {
		d.undeclared(method, f)
	}
	return v, err
}

// known reports whether a method can be called. A namespace with a dot in its
// name has methods that nobody can call.
func (d *Dispatcher) known(method string) bool {
	return d.calls[method] != nil && strings.Count(method, ".") == 1
}

// PanicError is the error of a call whose method panicked.
type PanicError struct {
	Method string
	Value  any
	Stack  []byte // for the log
}

// Error tells the method and what it panicked with, without the stack.
func (e *PanicError) Error() string { return fmt.Sprintf("%s panicked: %v", e.Method, e.Value) }

// call is a row that is ready to be called.
type call struct {
	row      Method
	fn       reflect.Value
	target   reflect.Value
	params   []accept
	required int // parameters without a default
}

// newCall prepares the row m for calls with target. It panics if they do not
// fit.
func newCall(m Method, target any) *call {
	t := reflect.TypeOf(m.Func)
	if t.NumIn() != firstParam+len(m.Params) || t.NumOut() != 2 || !reflect.TypeOf(target).AssignableTo(t.In(0)) {
		panic(fmt.Sprintf("method table: %s: %v does not fit %T and %d parameters", m.Name, t, target, len(m.Params)))
	}
	// As a value of the very type that the function takes: otherwise each call
	// would find out anew, method by method, that the target implements it.
	c := &call{row: m, fn: reflect.ValueOf(m.Func), target: reflect.New(t.In(0)).Elem()}
	c.target.Set(reflect.ValueOf(target))
	for i, p := range m.Params {
		accept := acceptor(t.In(i + firstParam))
		if m.Lenient && t.In(i+firstParam) == reflect.TypeFor[string]() {
			accept = acceptPrinted
		}
		c.params = append(c.params, accept)
		if p.Default == nil {
			c.required = i + 1
		}
	}
	return c
}

// takes reports whether n parameters can be given.
func (c *call) takes(n int) bool { return n >= c.required && n <= len(c.params) }

// do calls the method. A panic of it is an error of this call only.
func (c *call) do(ctx context.Context, name string, params []any) (v any, err error) {
	in := make([]reflect.Value, firstParam, firstParam+len(c.params))
	in[0], in[1] = c.target, reflect.ValueOf(&ctx).Elem() // as above
	for i, accept := range c.params {
		given := c.row.Params[i].Default
		if i < len(params) {
			given = params[i]
		}
		arg, err := accept(given)
		if err != nil {
			return nil, err
		}
		in = append(in, arg)
	}
	defer func() {
		if r := recover(); r != nil {
			v, err = nil, &PanicError{Method: name, Value: r, Stack: debug.Stack()}
		}
	}()
	out := c.fn.Call(in)
	if e, ok := out[1].Interface().(error); ok {
		return nil, e
	}
	return out[0].Interface(), nil
}
