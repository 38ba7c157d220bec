package xmlrpc

import (
	"fmt"
	"reflect"
	"time"
)

// Decode stores a value of ParseResponse in what into points at: a bool, a
// number, a string or a named type of these, a slice, a map, a struct with
// tags, a time, or an any. Members that a struct has no field for are passed
// over, and fields that have no member keep what they hold; an array-struct
// must have as many fields as the array has elements.
func Decode(v any, into any) error {
	rv := reflect.ValueOf(into)
	if rv.Kind() != reflect.Pointer || rv.IsNil() {
		return fmt.Errorf("cannot decode into %T: it is no pointer", into)
	}
	return decode(v, rv.Elem())
}

func decode(v any, into reflect.Value) error {
	if into.Kind() == reflect.Interface && into.NumMethod() == 0 {
		if v == nil {
			into.SetZero()
		} else {
			into.Set(reflect.ValueOf(v))
		}
		return nil
	}
	switch v := v.(type) {
	case string:
		if into.Kind() == reflect.String {
			into.SetString(v)
			return nil
		}
	case int:
		return decodeInt(v, into)
	case bool:
		switch {
		case into.Kind() == reflect.Bool:
			into.SetBool(v)
			return nil
		case into.CanInt() && v:
			into.SetInt(1)
			return nil
		case into.CanInt():
			into.SetInt(0)
			return nil
		}
	case float64:
		if into.CanFloat() {
			into.SetFloat(v)
			return nil
		}
	case time.Time:
		if into.Type() == reflect.TypeFor[time.Time]() {
			into.Set(reflect.ValueOf(v))
			return nil
		}
	case []any:
		return decodeArray(v, into)
	case map[string]any:
		return decodeStruct(v, into)
	default:
		if p := reflect.ValueOf(v); p.Kind() == reflect.Pointer && p.Type().Elem() == into.Type() { // of listed.read
			into.Set(p.Elem())
			return nil
		}
	}
	return mismatch(v, into)
}

func mismatch(v any, into reflect.Value) error {
	return fmt.Errorf("the answer holds %s where %v is expected", wireName(v), into.Type())
}

// wireName names the type of v as the wire does.
func wireName(v any) string {
	switch v.(type) {
	case string:
		return "a string"
	case int:
		return "an int"
	case bool:
		return "a boolean"
	case float64:
		return "a double"
	case time.Time:
		return "a time"
	case []any:
		return "an array"
	case nil:
		return "nil"
	}
	return "a struct"
}

func decodeInt(n int, into reflect.Value) error {
	switch {
	case into.CanInt() && !into.OverflowInt(int64(n)):
		into.SetInt(int64(n))
	case into.CanUint() && n >= 0 && !into.OverflowUint(uint64(n)):
		into.SetUint(uint64(n))
	case into.CanFloat():
		into.SetFloat(float64(n))
	case into.Kind() == reflect.Bool && (n == 0 || n == 1):
		into.SetBool(n == 1)
	default:
		return mismatch(n, into)
	}
	return nil
}

func decodeArray(values []any, into reflect.Value) error {
	switch into.Kind() {
	case reflect.Slice:
		into.Set(reflect.MakeSlice(into.Type(), len(values), len(values)))
		for i, v := range values {
			if err := decode(v, into.Index(i)); err != nil {
				return err
			}
		}
		return nil
	case reflect.Struct:
		fields, array := layoutOf(into.Type())
		if !array {
			break
		}
		if len(fields) != len(values) {
			return fmt.Errorf("the answer holds an array of %d where %v is expected", len(values), into.Type())
		}
		for i, f := range fields {
			if err := decode(values[i], into.Field(f.index)); err != nil {
				return fmt.Errorf("%s: %w", into.Type().Field(f.index).Name, err)
			}
		}
		return nil
	}
	return mismatch(values, into)
}

func decodeStruct(m map[string]any, into reflect.Value) error {
	switch into.Kind() {
	case reflect.Map:
		if into.Type().Key().Kind() != reflect.String {
			break
		}
		out := reflect.MakeMapWithSize(into.Type(), len(m))
		for name, v := range m {
			e := reflect.New(into.Type().Elem()).Elem()
			if err := decode(v, e); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			out.SetMapIndex(reflect.ValueOf(name).Convert(into.Type().Key()), e)
		}
		into.Set(out)
		return nil
	case reflect.Struct:
		fields, array := layoutOf(into.Type())
		if array {
			break
		}
		for _, f := range fields {
			v, ok := m[f.name]
			if !ok {
				continue
			}
			if err := decode(v, into.Field(f.index)); err != nil {
				return fmt.Errorf("%s: %w", f.name, err)
			}
		}
		return nil
	}
	return mismatch(m, into)
}
