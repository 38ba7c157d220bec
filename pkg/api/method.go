package api

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Method is what is known of one RPC method: a row of the table that feeds
// dispatch, system.listMethods, system.methodHelp, system.methodSignature and
// the reference page. A name that is no row cannot be called.
type Method struct {
	Name string // without its namespace: startProcess

	// Func is a method expression, Supervisor.StartProcess: a function of the
	// namespace's target, a context and the parameters, that answers a value
	// and an error. The types of the parameters are taken from it, so that
	// they are written once.
	Func any

	Doc       string
	Params    []Param
	Returns   string // type of the answer on the wire: string, int, boolean, array, struct
	ReturnDoc string

	// Faults are those that the method itself may answer. INCORRECT_PARAMETERS
	// and SHUTDOWN_STATE go without saying.
	Faults []FaultCode

	// Anytime: answered while supervisord shuts down or restarts, too. All
	// other methods are SHUTDOWN_STATE then.
	Anytime bool

	// Quick: the call only looks, at what is in memory, and waits for nothing.
	// It may be made twice for one answer, and does not end with its client.
	Quick bool

	// Barred: listed and explained, but a call is NOT_IN_WHITELIST.
	Barred bool
	// Lenient: the string parameters take any value, as Python prints it.
	Lenient bool
}

// Param is a parameter of a Method.
type Param struct {
	Name, Doc string

	// Default is what a caller who leaves the parameter out means; nil if it
	// must be given. Only the last parameters can have one.
	Default any
}

// Signature returns the type of the answer followed by those of the
// parameters, as system.methodSignature sends them.
func (m Method) Signature() []string {
	types := []string{m.Returns}
	t := reflect.TypeOf(m.Func)
	for i := range m.Params {
		types = append(types, wireType(t.In(i+firstParam)))
	}
	return types
}

// Help returns the text of system.methodHelp: prose, then the lines
// "@param type name  text" and "@return type name  text" that clients parse.
func (m Method) Help() string {
	var b strings.Builder
	b.WriteString(m.Doc)
	b.WriteString("\n\n")
	types := m.Signature()
	for i, p := range m.Params {
		fmt.Fprintf(&b, "@param %s %s  %s\n", types[i+1], p.Name, p.Doc)
	}
	fmt.Fprintf(&b, "@return %s result  %s\n", m.Returns, m.ReturnDoc)
	return b.String()
}

// Whitelist bars all methods but those named; without names it bars none. It
// changes the rows.
func Whitelist(methods []Method, only []string) []Method {
	for i := range methods {
		methods[i].Barred = len(only) > 0 && !slices.Contains(only, methods[i].Name)
	}
	return methods
}

// Declares reports whether m may answer the fault c.
func (m Method) Declares(c FaultCode) bool {
	switch c {
	case IncorrectParameters:
		return true
	case ShutdownState:
		return !m.Anytime
	}
	for _, f := range m.Faults {
		if f == c {
			return true
		}
	}
	return false
}

// firstParam is the place of the first RPC parameter in the type of
// Method.Func: the target and the context come before it.
const firstParam = 2

// wireType names the XML-RPC type that carries values of the Go type t.
func wireType(t reflect.Type) string {
	if t == reflect.TypeFor[LogLevel]() {
		return levelType
	}
	switch t.Kind() {
	case reflect.Bool:
		return "boolean"
	case reflect.Int:
		return "int"
	case reflect.String:
		return "string"
	case reflect.Slice:
		return "array"
	}
	return "struct"
}
