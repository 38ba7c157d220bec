package xmlrpc

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"supervisord/pkg/api"
)

func inAnswer(value string) string {
	return "<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n" + value + "</param>\n</params>\n</methodResponse>\n"
}

func TestParseResponse(t *testing.T) {
	for _, tc := range []struct {
		doc  string
		want any
	}{
		{inAnswer("<value><int>5</int></value>\n"), 5},
		{inAnswer("<value><nil/></value>\n"), nil},
		// A log as Supervisor sends it: control characters are raw.
		{inAnswer("<value><string>\x1b[31mred\x00\x0c</string></value>\n"), "\x1b[31mred\x00\x0c"},
		{inAnswer("<value><string>a]]>b&#27;</string></value>\n"), "a]]>b\x1b"},
		{inAnswer("<value><string>\xff</string></value>\n"), "\ufffd"},
	} {
		v, err := ParseResponse([]byte(tc.doc))
		if err != nil || !reflect.DeepEqual(v, tc.want) {
			t.Errorf("%s: %#v, %v", tc.doc, v, err)
		}
	}
}

func TestParseResponseFault(t *testing.T) {
	want := api.BadName.Fault("a<b")
	_, err := ParseResponse(AppendFault(nil, want))
	var f *api.Fault
	if !errors.As(err, &f) || *f != *want {
		t.Errorf("%v", err)
	}
}

func TestParseResponseRefuses(t *testing.T) {
	for _, doc := range []string{
		"", "<html>", "<methodResponse/>", "<methodResponse><params/></methodResponse>",
		"<methodResponse><params><param><value/></param><param><value/></param></params></methodResponse>",
		"<methodResponse><fault/></methodResponse>",
		"<methodResponse><fault><value>text</value></fault></methodResponse>",
		"<methodResponse><fault><value><struct><member><name>faultCode</name><value>10</value></member></struct></value></fault></methodResponse>",
		"<methodCall><methodName>m</methodName></methodCall>",
	} {
		v, err := ParseResponse([]byte(doc))
		var f *api.Fault
		if err == nil || errors.As(err, &f) {
			t.Errorf("%s: %v, %v", doc, v, err)
		}
	}
}

type layered struct {
	Name    string `xmlrpc:"name"`
	private int
	Extra   int
	State   api.State            `xmlrpc:"state"`
	Map     map[string]int       `xmlrpc:"map"`
	Named   map[api.Signal][]any `xmlrpc:"named"`
	Any     any                  `xmlrpc:"any"`
	Ratio   float64              `xmlrpc:"ratio"`
	Small   uint8                `xmlrpc:"small"`
	On      bool                 `xmlrpc:"on"`
}

func TestDecode(t *testing.T) {
	got := layered{private: 3, Extra: 7, Any: "before"}
	err := Decode(map[string]any{"name": "a", "state": 20, "map": map[string]any{"x": 1},
		"named": map[string]any{"HUP": []any{1, "b"}}, "any": nil, "ratio": 2, "small": 200, "on": 1, "unknown": "x"}, &got)
	want := layered{Name: "a", private: 3, Extra: 7, State: api.Running, Map: map[string]int{"x": 1},
		Named: map[api.Signal][]any{"HUP": {1, "b"}}, Ratio: 2, Small: 200, On: true}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}

	var tail api.Tail
	if err := Decode([]any{"x", 6, true}, &tail); err != nil || tail != (api.Tail{Text: "x", Size: 6, Overflow: true}) {
		t.Errorf("%+v, %v", tail, err)
	}
	var changes []api.Changes
	err = Decode([]any{[]any{[]any{"a"}, []any{}, []any{"b", "c"}}}, &changes)
	if err != nil || !reflect.DeepEqual(changes, []api.Changes{{Added: []string{"a"}, Changed: []string{}, Removed: []string{"b", "c"}}}) {
		t.Errorf("%+v, %v", changes, err)
	}
	var n int
	if err := Decode(true, &n); err != nil || n != 1 {
		t.Errorf("%d, %v", n, err)
	}
}

func TestDecodeRefuses(t *testing.T) {
	var (
		s      string
		n      int
		i8     int8
		u      uint
		b      bool
		list   []int
		tail   api.Tail
		record api.StateInfo
	)
	for _, tc := range []struct {
		value, into any
		problem     string
	}{
		{5, s, "it is no pointer"},
		{5, (*int)(nil), "it is no pointer"},
		{5, &s, "an int where string"},
		{"5", &n, "a string where int"},
		{300, &i8, "an int where int8"},
		{-1, &u, "an int where uint"},
		{2, &b, "an int where bool"},
		{nil, &n, "nil where int"},
		{1.5, &n, "a double where int"},
		{[]any{"x"}, &list, "a string where int"},
		{[]any{"x"}, &tail, "an array of 1"},
		{[]any{"x", "y", true}, &tail, "Size: "},
		{map[string]any{}, &tail, "a struct where api.Tail"},
		{[]any{}, &record, "an array where api.StateInfo"},
		{map[string]any{"statecode": "x"}, &record, "statecode: "},
		{map[string]any{}, &n, "a struct where int"},
	} {
		if err := Decode(tc.value, tc.into); err == nil || !strings.Contains(err.Error(), tc.problem) {
			t.Errorf("Decode(%v, %T): %v, want an error with %q", tc.value, tc.into, err, tc.problem)
		}
	}
}
