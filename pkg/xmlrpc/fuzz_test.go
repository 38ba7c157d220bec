package xmlrpc

import (
	"bytes"
	"errors"
	"reflect"
	"testing"
	"unicode/utf8"

	"supervisord/pkg/api"
)

var badName = api.BadName.Fault("<x>")

// What is read as a call can be written and read again.
func FuzzParseCall(f *testing.F) {
	for _, tc := range calls {
		f.Add([]byte(tc.doc))
	}
	for _, tc := range badCalls {
		f.Add([]byte(tc.doc))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		before := bytes.Clone(doc)
		method, params, err := ParseCall(doc)
		if !bytes.Equal(doc, before) {
			t.Fatal("the document was changed")
		}
		var syntax *SyntaxError
		if err != nil {
			if !errors.Is(err, ErrNoMethod) && !errors.As(err, &syntax) {
				t.Fatalf("%T %v", err, err)
			}
			return
		}
		if method == "" || !utf8.ValidString(method) {
			t.Fatalf("method %q", method)
		}
		again, err := AppendCall(nil, method, params...)
		if err != nil { // null and infinite numbers are read but not written
			return
		}
		method2, params2, err := ParseCall(again)
		if err != nil || method2 != method || !reflect.DeepEqual(limit(params), limit(params2)) {
			t.Fatalf("%q\n%#v came as\n%#v, %v", again, params, params2, err)
		}
	})
}

// limit makes values what the wire makes of them: ints have an end.
func limit(v any) any {
	switch v := v.(type) {
	case int:
		return min(max(v, minInt), maxInt)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = limit(v[i])
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for name := range v {
			out[name] = limit(v[name])
		}
		return out
	}
	return v
}

// Whatever a server answers is a value, a fault or an error.
func FuzzParseResponse(f *testing.F) {
	for _, tc := range answers {
		if doc, err := AppendResponse(nil, tc.value); err == nil {
			f.Add(doc)
		}
	}
	f.Add(AppendFault(nil, badName))
	f.Add([]byte("<methodResponse><fault/></methodResponse>"))
	f.Add([]byte(inAnswer("<value>\x1b\xff</value>")))
	f.Fuzz(func(t *testing.T, doc []byte) {
		v, err := ParseResponse(doc)
		if err != nil && v != nil {
			t.Fatalf("a value %v and an error %v", v, err)
		}
		for _, into := range []any{new([]api.ProcessInfo), new(api.Tail), new([]api.Changes), new(string), new(int), new(bool), new(any)} {
			Decode(v, into)
		}
	})
}

// Text that XML can carry arrives as it was sent.
func FuzzText(f *testing.F) {
	for _, s := range []string{"", "a<b>&c", "\r\n\t", "\x00\x1b", "\xff\xfe", "é\ufffe\ufffd", "]]>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		doc, err := AppendResponse(nil, s)
		if err != nil {
			t.Fatal(err)
		}
		want := bytes.ToValidUTF8([]byte(s), nil)
		v, err := ParseResponse(doc)
		got, _ := v.(string)
		if err != nil || !utf8.ValidString(got) {
			t.Fatalf("%q came as %q, %v", s, v, err)
		}
		clean := utf8.ValidString(s)
		for _, r := range s {
			clean = clean && isChar(r)
		}
		if clean && got != s {
			t.Fatalf("%q came as %q", s, got)
		}
		if !clean && len(got) < len(want)/2 {
			t.Fatalf("%q came as %q: too much is gone", s, got)
		}
		// A strict reader must take it, too.
		if _, _, err := ParseCall(doc); !errors.Is(err, ErrNoMethod) {
			t.Fatalf("%q: %v", doc, err)
		}
	})
}
