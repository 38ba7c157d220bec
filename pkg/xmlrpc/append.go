package xmlrpc

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"supervisord/pkg/api"
)

// The range of an int on the wire. What is beyond is sent as its end.
const (
	minInt = math.MinInt32
	maxInt = math.MaxInt32
)

const declaration = "<?xml version='1.0'?>\n"

// AppendCall appends a request. The parameters may be anything that
// AppendResponse takes.
//
// A string with characters that XML does not allow, such as the Ctrl-C that
// goes to the input of a process, is sent as base64, which Supervisor decodes.
func AppendCall(dst []byte, method string, params ...any) ([]byte, error) {
	dst = append(dst, declaration+"<methodCall>\n<methodName>"...)
	dst = appendText(dst, method)
	dst = append(dst, "</methodName>\n<params>\n"...)
	for i, param := range params {
		dst = append(dst, "<param>\n"...)
		var err error
		if dst, err = appendValue(dst, carriable(param)); err != nil {
			return dst, fmt.Errorf("parameter %d of %s: %w", i+1, method, err)
		}
		dst = append(dst, "</param>\n"...)
	}
	return append(dst, "</params>\n</methodCall>\n"...), nil
}

// AppendResponse appends the answer v: a bool, a number, a string, a slice, a
// map with strings for keys, a struct with tags, or a time. A string that is
// not UTF-8, or holds characters that XML does not allow, has U+FFFD in their
// place; a carriage return is sent as &#13;, or XML would make it a new line.
//
// The error tells that v, or what it holds, cannot be sent, such as nil; dst
// is then of no use.
func AppendResponse(dst []byte, v any) ([]byte, error) {
	dst = append(dst, declaration+"<methodResponse>\n<params>\n<param>\n"...)
	dst, err := appendValue(dst, v)
	if err != nil {
		return dst, err
	}
	return append(dst, "</param>\n</params>\n</methodResponse>\n"...), nil
}

// AppendFault appends the answer that f is.
func AppendFault(dst []byte, f *api.Fault) []byte {
	dst = append(dst, declaration+"<methodResponse>\n<fault>\n<value><struct>\n"+
		"<member>\n<name>faultCode</name>\n"...)
	dst = appendInt(dst, int64(f.Code))
	dst = append(dst, "</member>\n<member>\n<name>faultString</name>\n"...)
	dst = appendString(dst, f.Text)
	return append(dst, "</member>\n</struct></value>\n</fault>\n</methodResponse>\n"...)
}

var errNil = errors.New("nil cannot be sent")

// appendValue appends <value>…</value>. The usual types go without reflection.
func appendValue(dst []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return dst, errNil
	case string:
		return appendString(dst, v), nil
	case bool:
		return appendBool(dst, v), nil
	case int:
		return appendInt(dst, int64(v)), nil
	case []any:
		return appendArray(dst, v)
	case encoded:
		return appendBase64(dst, string(v)), nil
	}
	rv := reflect.ValueOf(v)
	return planOf(rv.Type())(dst, rv)
}

func appendArray(dst []byte, values []any) ([]byte, error) {
	dst = append(dst, arrayBegin...)
	for _, v := range values {
		var err error
		if dst, err = appendValue(dst, v); err != nil {
			return dst, err
		}
	}
	return append(dst, arrayEnd...), nil
}

const (
	arrayBegin  = "<value><array><data>\n"
	arrayEnd    = "</data></array></value>\n"
	structBegin = "<value><struct>\n"
	structEnd   = "</struct></value>\n"
)

func appendString(dst []byte, s string) []byte {
	dst = append(dst, "<value><string>"...)
	dst = appendText(dst, s)
	return append(dst, "</string></value>\n"...)
}

func appendBool(dst []byte, b bool) []byte {
	if b {
		return append(dst, "<value><boolean>1</boolean></value>\n"...)
	}
	return append(dst, "<value><boolean>0</boolean></value>\n"...)
}

func appendInt(dst []byte, n int64) []byte {
	dst = append(dst, "<value><int>"...)
	dst = strconv.AppendInt(dst, min(max(n, minInt), maxInt), 10)
	return append(dst, "</int></value>\n"...)
}

func appendFloat(dst []byte, f float64) ([]byte, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return dst, fmt.Errorf("the number %v cannot be sent", f)
	}
	dst = append(dst, "<value><double>"...)
	digits := strconv.FormatFloat(f, 'f', -1, 64) // the wire knows no exponents
	dst = append(dst, digits...)
	if !strings.Contains(digits, ".") {
		dst = append(dst, ".0"...)
	}
	return append(dst, "</double></value>\n"...), nil
}

func appendTime(dst []byte, t time.Time) []byte {
	dst = append(dst, "<value><dateTime.iso8601>"...)
	dst = t.AppendFormat(dst, "20060102T15:04:05")
	return append(dst, "</dateTime.iso8601></value>\n"...)
}

func appendBase64(dst []byte, s string) []byte {
	dst = append(dst, "<value><base64>"...)
	dst = base64.StdEncoding.AppendEncode(dst, []byte(s))
	return append(dst, "</base64></value>\n"...)
}

// appendText appends s as character data. What can stand as it is is copied in
// one piece.
func appendText(dst []byte, s string) []byte {
	done := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c < utf8.RuneSelf && c != '&' && c != '<' && c != '>' || c == '\n' || c == '\t' {
			i++
			continue
		}
		size, instead := 1, "\ufffd"
		switch {
		case c == '&':
			instead = "&amp;"
		case c == '<':
			instead = "&lt;"
		case c == '>':
			instead = "&gt;"
		case c == '\r':
			instead = "&#13;"
		case c >= utf8.RuneSelf:
			var r rune
			r, size = utf8.DecodeRuneInString(s[i:])
			if isChar(r) && (r != utf8.RuneError || size > 1) {
				i += size
				continue
			}
		}
		dst = append(dst, s[done:i]...)
		dst = append(dst, instead...)
		i += size
		done = i
	}
	return append(dst, s[done:]...)
}

// encoded is text that is sent as base64.
type encoded string

// carriable returns a parameter as it is, but a string that XML cannot carry as
// encoded. What is not UTF-8 stays a string: base64 must be text inside.
func carriable(v any) any {
	s, ok := v.(string)
	if !ok {
		rv := reflect.ValueOf(v)
		if rv.Kind() != reflect.String {
			return v
		}
		s = rv.String()
	}
	if utf8.ValidString(s) && strings.ContainsFunc(s, func(r rune) bool { return !isChar(r) }) {
		return encoded(s)
	}
	return v
}
