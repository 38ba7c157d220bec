package api

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"supervisord/pkg/python"
)

// pythonString returns a value of the wire as Python's str() prints it: faults
// carry values in this form. The members of a struct come in the order of
// their names, since theirs on the wire is not kept.
func pythonString(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case time.Time:
		return v.Format("2006-01-02 15:04:05")
	}
	return string(appendPython(nil, v))
}

// appendPython appends a value as Python's repr() prints it.
func appendPython(dst []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(dst, "None"...)
	case bool:
		if v {
			return append(dst, "True"...)
		}
		return append(dst, "False"...)
	case int:
		return strconv.AppendInt(dst, int64(v), 10)
	case float64:
		return appendPythonFloat(dst, v)
	case string:
		return append(dst, python.Quote(v)...)
	case time.Time:
		dst = fmt.Appendf(dst, "datetime.datetime(%d, %d, %d, %d, %d", v.Year(), v.Month(), v.Day(), v.Hour(), v.Minute())
		if v.Second() != 0 {
			dst = fmt.Appendf(dst, ", %d", v.Second())
		}
		return append(dst, ')')
	case []any:
		dst = append(dst, '[')
		for i, e := range v {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			dst = appendPython(dst, e)
		}
		return append(dst, ']')
	case map[string]any:
		names := make([]string, 0, len(v))
		for name := range v {
			names = append(names, name)
		}
		slices.Sort(names)
		dst = append(dst, '{')
		for i, name := range names {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			dst = append(dst, python.Quote(name)...)
			dst = append(dst, ": "...)
			dst = appendPython(dst, v[name])
		}
		return append(dst, '}')
	}
	return fmt.Append(dst, v)
}

// appendPythonFloat appends the shortest digits that mean f, with an exponent
// below 1e-4 and from 1e16 on, and else always a point.
func appendPythonFloat(dst []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, "nan"...)
	case math.IsInf(f, 1):
		return append(dst, "inf"...)
	case math.IsInf(f, -1):
		return append(dst, "-inf"...)
	}
	if a := math.Abs(f); a != 0 && (a < 1e-4 || a >= 1e16) {
		return strconv.AppendFloat(dst, f, 'e', -1, 64)
	}
	from := len(dst)
	dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
	if !strings.Contains(string(dst[from:]), ".") {
		dst = append(dst, ".0"...)
	}
	return dst
}
