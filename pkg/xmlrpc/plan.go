package xmlrpc

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"
)

// plan appends the values of one Go type. It is made once for each type, so
// that a listing of a thousand processes looks at no tag twice.
type plan func(dst []byte, v reflect.Value) ([]byte, error)

// What is known of types, from reflect.Type. Both only ever grow, and only by
// the types of the program.
var (
	plans   sync.Map // to plan
	layouts sync.Map // to layout
)

// planOf returns the plan of t.
func planOf(t reflect.Type) plan {
	if p, ok := plans.Load(t); ok {
		return p.(plan)
	}
	p := newPlan(t)
	plans.Store(t, p)
	return p
}

func newPlan(t reflect.Type) plan {
	if t == reflect.TypeFor[time.Time]() {
		return func(dst []byte, v reflect.Value) ([]byte, error) {
			return appendTime(dst, v.Interface().(time.Time)), nil
		}
	}
	switch t.Kind() {
	case reflect.Bool:
		return func(dst []byte, v reflect.Value) ([]byte, error) { return appendBool(dst, v.Bool()), nil }
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return func(dst []byte, v reflect.Value) ([]byte, error) { return appendInt(dst, v.Int()), nil }
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return func(dst []byte, v reflect.Value) ([]byte, error) {
			return appendInt(dst, int64(min(v.Uint(), maxInt))), nil
		}
	case reflect.Float32, reflect.Float64:
		return func(dst []byte, v reflect.Value) ([]byte, error) { return appendFloat(dst, v.Float()) }
	case reflect.String:
		return func(dst []byte, v reflect.Value) ([]byte, error) { return appendString(dst, v.String()), nil }
	case reflect.Interface:
		return func(dst []byte, v reflect.Value) ([]byte, error) { return appendValue(dst, v.Interface()) }
	case reflect.Pointer:
		return pointerPlan(t)
	case reflect.Slice:
		if t.Elem().Kind() != reflect.Uint8 {
			return slicePlan(t)
		}
	case reflect.Map:
		if t.Key().Kind() == reflect.String {
			return mapPlan(t)
		}
	case reflect.Struct:
		return structPlan(t)
	}
	return func(dst []byte, _ reflect.Value) ([]byte, error) {
		return dst, fmt.Errorf("a value of type %v cannot be sent", t)
	}
}

func pointerPlan(t reflect.Type) plan {
	return func(dst []byte, v reflect.Value) ([]byte, error) {
		if v.IsNil() {
			return dst, errNil
		}
		return planOf(t.Elem())(dst, v.Elem())
	}
}

func slicePlan(t reflect.Type) plan {
	return func(dst []byte, v reflect.Value) ([]byte, error) {
		element := planOf(t.Elem())
		dst = append(dst, arrayBegin...)
		for i := range v.Len() {
			var err error
			if dst, err = element(dst, v.Index(i)); err != nil {
				return dst, err
			}
		}
		return append(dst, arrayEnd...), nil
	}
}

// mapPlan writes the members in the order of their names.
func mapPlan(t reflect.Type) plan {
	return func(dst []byte, v reflect.Value) ([]byte, error) {
		value := planOf(t.Elem())
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		dst = append(dst, structBegin...)
		for _, key := range keys {
			dst = append(dst, "<member>\n<name>"...)
			dst = appendText(dst, key.String())
			dst = append(dst, "</name>\n"...)
			var err error
			if dst, err = value(dst, v.MapIndex(key)); err != nil {
				return dst, err
			}
			dst = append(dst, "</member>\n"...)
		}
		return append(dst, structEnd...), nil
	}
}

// field is one of a struct that is on the wire.
type field struct {
	index int
	name  string // "" in an array
}

// layout is how a struct is on the wire.
type layout struct {
	fields []field
	array  bool
}

// layoutOf returns the fields of the struct t that are on the wire, and
// whether they make an array: all its fields but the first then, else those
// with a tag.
func layoutOf(t reflect.Type) (fields []field, array bool) {
	if l, ok := layouts.Load(t); ok {
		return l.(layout).fields, l.(layout).array
	}
	for i := range t.NumField() {
		name := t.Field(i).Tag.Get("xmlrpc")
		switch {
		case i == 0 && name == ",array":
			array = true
		case !t.Field(i).IsExported():
		case array:
			fields = append(fields, field{index: i})
		case name != "":
			fields = append(fields, field{i, name})
		}
	}
	layouts.Store(t, layout{fields, array})
	return fields, array
}

// structPlan has what stands before each value ready as text.
func structPlan(t reflect.Type) plan {
	type step struct {
		before string
		index  int
		value  plan
	}
	fields, array := layoutOf(t)
	steps := make([]step, len(fields))
	begin, end := arrayBegin, arrayEnd
	between := ""
	if !array {
		begin, end = structBegin, structEnd
		between = "</member>\n"
	}
	for i, f := range fields {
		before := ""
		if !array {
			before = "<member>\n<name>" + string(appendText(nil, f.name)) + "</name>\n"
			if i > 0 {
				before = between + before
			}
		}
		steps[i] = step{before, f.index, lazyPlan(t.Field(f.index).Type)}
	}
	if len(fields) > 0 {
		end = between + end
	}
	return func(dst []byte, v reflect.Value) ([]byte, error) {
		dst = append(dst, begin...)
		for i := range steps {
			s := &steps[i]
			dst = append(dst, s.before...)
			var err error
			if dst, err = s.value(dst, v.Field(s.index)); err != nil {
				return dst, fmt.Errorf("%s: %w", t.Field(s.index).Name, err)
			}
		}
		return append(dst, end...), nil
	}
}

// lazyPlan returns the plan of t. That of a type that may hold itself is looked
// up only when it is used, or making it would never end.
func lazyPlan(t reflect.Type) plan {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Struct:
		return func(dst []byte, v reflect.Value) ([]byte, error) { return planOf(t)(dst, v) }
	}
	return planOf(t)
}
