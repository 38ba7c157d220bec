package xmlrpc

import (
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"supervisord/pkg/api"
)

// answers are values with the Python expression of the same; both marshallers
// must write the same bytes.
var answers = []struct {
	value  any
	python string
}{
	{"", "''"},
	{"text", "'text'"},
	{`<a href="x">&amp;'é😀` + "\n\t", `'<a href="x">&amp;\'é😀\n\t'`},
	{api.Signal("HUP"), "'HUP'"},
	{0, "0"},
	{-7, "-7"},
	{math.MaxInt32, "2147483647"},
	{math.MinInt32, "-2147483648"},
	{int64(math.MaxInt32) + 1, "2147483647"}, // the ends of the range: what Supervisor caps to
	{int64(math.MinInt64), "-2147483648"},
	{uint64(math.MaxUint64), "2147483647"},
	{api.Running, "20"},
	{true, "True"},
	{false, "False"},
	{1.5, "1.5"},
	{-3.0, "-3.0"},
	{1e15, "1e15"},
	{float32(0.5), "0.5"},
	{time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC), "datetime.datetime(2020,1,2,3,4,5)"},
	{[]any{}, "[]"},
	{[]string(nil), "[]"},
	{[]any{1, "a", true, []any{[]any{}}}, "[1, 'a', True, [[]]]"},
	{[]int{0, 2}, "[0, 2]"},
	{map[string]any{}, "{}"},
	{map[string]any{"b<": 1, "a": []string{"x"}}, "{'a': ['x'], 'b<': 1}"},
	{map[api.Signal]int{"x": 1}, "{'x': 1}"},
	{&api.StateInfo{Code: 1, Name: "RUNNING"}, "{'statecode': 1, 'statename': 'RUNNING'}"},
	{struct{}{}, "{}"},
	{api.Tail{Text: "x", Size: 6, Overflow: true}, "['x', 6, True]"},
	{[]api.Changes{{Added: []string{"a"}, Removed: []string{"b", "c"}}}, "[[['a'], [], ['b', 'c']]]"},
	{[]api.Result{{Name: "web", Group: "g", Status: api.Success, Description: "OK"}}, "[{'name': 'web', 'group': 'g', 'status': 80, 'description': 'OK'}]"},
	{api.ProcessInfo{Name: "web", Group: "g", Start: 1700000000, Now: 1 << 40, State: api.Exited, StateName: "EXITED", ExitStatus: -1,
		Logfile: "/l", StdoutLogfile: "/l", Description: "Not started"},
		"{'name': 'web', 'group': 'g', 'start': 1700000000, 'stop': 0, 'now': 2147483647, 'state': 100, 'statename': 'EXITED', " +
			"'spawnerr': '', 'exitstatus': -1, 'logfile': '/l', 'stdout_logfile': '/l', 'stderr_logfile': '', 'pid': 0, 'description': 'Not started'}"},
	{listingOf(layered{Name: "n", Extra: 5, Any: "none", Map: map[string]int{"k": 1}}),
		"[{'name': 'n', 'state': 0, 'map': {'k': 1}, 'named': {}, 'any': 'none', 'ratio': 0.0, 'small': 0, 'on': False}]"},
}

func listingOf[T any](v T) []T { return []T{v} }

// The bytes of Python's marshaller, written down once.
func TestAppendResponse(t *testing.T) {
	for _, tc := range []struct {
		value any
		want  string
	}{
		{"a<b", "<value><string>a&lt;b</string></value>\n"},
		{"", "<value><string></string></value>\n"},
		{true, "<value><boolean>1</boolean></value>\n"},
		{1 << 40, "<value><int>2147483647</int></value>\n"},
		{[]any{}, "<value><array><data>\n</data></array></value>\n"},
		{[]int{1}, "<value><array><data>\n<value><int>1</int></value>\n</data></array></value>\n"},
		{api.StateInfo{Code: 1, Name: "RUNNING"}, "<value><struct>\n<member>\n<name>statecode</name>\n<value><int>1</int></value>\n</member>\n" +
			"<member>\n<name>statename</name>\n<value><string>RUNNING</string></value>\n</member>\n</struct></value>\n"},
		{struct{}{}, "<value><struct>\n</struct></value>\n"},
		// Where Python writes what no parser takes, or what parsers change.
		{"a\rb", "<value><string>a&#13;b</string></value>\n"},
		{"\x1b[0m\x00", "<value><string>\ufffd[0m\ufffd</string></value>\n"},
		{"\xc3(\xff", "<value><string>\ufffd(\ufffd</string></value>\n"},
		{"\ufffe\uffff\ufffd\x7f", "<value><string>\ufffd\ufffd\ufffd\x7f</string></value>\n"},
	} {
		got, err := AppendResponse([]byte("before"), tc.value)
		if want := "before" + inAnswer(tc.want); err != nil || string(got) != want {
			t.Errorf("%#v: %v\n%s", tc.value, err, got)
		}
	}
}

func TestAppendFault(t *testing.T) {
	want := "<?xml version='1.0'?>\n<methodResponse>\n<fault>\n<value><struct>\n<member>\n<name>faultCode</name>\n<value><int>10</int></value>\n</member>\n" +
		"<member>\n<name>faultString</name>\n<value><string>BAD_NAME: x</string></value>\n</member>\n</struct></value>\n</fault>\n</methodResponse>\n"
	if got := string(AppendFault(nil, api.BadName.Fault("x"))); got != want {
		t.Errorf("got %s", got)
	}
}

func TestAppendCall(t *testing.T) {
	want := "<?xml version='1.0'?>\n<methodCall>\n<methodName>a.b</methodName>\n<params>\n" +
		"<param>\n<value><string>x</string></value>\n</param>\n<param>\n<value><boolean>1</boolean></value>\n</param>\n</params>\n</methodCall>\n"
	got, err := AppendCall(nil, "a.b", "x", true)
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s", err, got)
	}
}

// Ctrl-C must reach a process, though XML cannot carry it as it is.
func TestControlCharactersInCall(t *testing.T) {
	for _, text := range []string{"\x03", "a\x1bé\x00", "\ufffe"} {
		for _, param := range []any{text, api.Chars(text)} {
			doc, err := AppendCall(nil, "m", param)
			if err != nil {
				t.Fatal(err)
			}
			_, params, err := ParseCall(doc)
			if err != nil || !reflect.DeepEqual(params, []any{text}) {
				t.Errorf("%q came as %q, %v", text, params, err)
			}
		}
	}
}

func TestAppendRefuses(t *testing.T) {
	for _, v := range []any{
		nil, []any{nil}, map[string]any{"a": nil}, (*int)(nil), api.ConfigInfo{}, []byte("x"), make(chan int),
		map[int]string{1: "a"}, func() {}, math.NaN(), math.Inf(1), complex(1, 2), [1]int{},
	} {
		if got, err := AppendResponse(nil, v); err == nil {
			t.Errorf("%#v was sent as %s", v, got)
		}
		if _, err := AppendCall(nil, "m", 1, v); err == nil || !strings.HasPrefix(err.Error(), "parameter 2 of m: ") {
			t.Errorf("%#v: %v", v, err)
		}
	}
}

type tree struct {
	Name     string  `xmlrpc:"name"`
	Children []*tree `xmlrpc:"children"`
}

func TestTypeThatHoldsItself(t *testing.T) {
	doc, err := AppendResponse(nil, tree{"a", []*tree{{Name: "b"}}})
	if err != nil {
		t.Fatal(err)
	}
	v, err := ParseResponse(doc)
	want := map[string]any{"name": "a", "children": []any{map[string]any{"name": "b", "children": []any{}}}}
	if err != nil || !reflect.DeepEqual(v, want) {
		t.Errorf("%v, %v", v, err)
	}
}
