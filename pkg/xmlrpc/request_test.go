package xmlrpc

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
)

// inCall returns a request with one parameter.
func inCall(value string) string {
	return "<methodCall><methodName>m</methodName><params><param>" + value + "</param></params></methodCall>"
}

func nested(depth int) string {
	return inCall(strings.Repeat("<value><array><data>", depth) + "<value/>" + strings.Repeat("</data></array></value>", depth))
}

// calls are requests with the parameters that they mean. Supervisor 4.2.5 reads
// them so; where it does not, ours says why.
var calls = []struct {
	doc    string
	params []any
	ours   string
}{
	{doc: "<?xml version='1.0'?>\n<methodCall>\n<methodName>m</methodName>\n<params>\n</params>\n</methodCall>\n", params: []any{}},
	{doc: "<methodCall><methodName>m</methodName></methodCall>", params: nil},
	{doc: "<methodCall><methodName>m</methodName><params/></methodCall>", params: []any{}},
	{doc: "<a><methodName>m</methodName></a>", params: nil},
	{doc: "<methodName>m</methodName>", params: nil},
	{doc: "<a><b><methodName>n</methodName><methodName>m</methodName></b></a>", params: nil},
	{doc: "\ufeff<a><methodName>m</methodName></a>", params: nil},
	{doc: "<!DOCTYPE a><a><methodName>m</methodName></a>", params: nil},
	{doc: "<?xml version='1.0'?><?pi x?><!-- c --><a><methodName>m</methodName></a><!-- c --> ", params: nil},
	{doc: "<a x='1' y = \"&lt;\" ><methodName z=''>m</methodName ></a>", params: nil},

	// Strings.
	{doc: inCall("<value>text</value>"), params: []any{"text"}},
	{doc: inCall("<value></value>"), params: []any{""}},
	{doc: inCall("<value/>"), params: []any{""}},
	{doc: inCall("<value><string/></value>"), params: []any{""}},
	{doc: inCall("<value> <string> a </string> </value>"), params: []any{" a "}},
	{doc: inCall("<value> a </value>"), params: []any{" a "}},
	{doc: inCall("<value>a<!-- c -->b<?pi?>c<![CDATA[<d>&amp;]]>e</value>"), params: []any{"abc<d>&amp;e"}},
	{doc: inCall("<value>&lt;&gt;&amp;&quot;&apos;&#65;&#x1F600;&#13;</value>"), params: []any{"<>&\"'A😀\r"}},
	{doc: inCall("<value>a\r\nb\rc\n</value>"), params: []any{"a\nb\nc\n"}},
	{doc: inCall("<value><![CDATA[a\r\nb]]></value>"), params: []any{"a\nb"}},
	{doc: inCall("<value><string>a<b/>c</string></value>"), params: []any{"a"}},
	{doc: inCall("<value>é😀</value>"), params: []any{"é😀"}},
	{doc: "<?xml version='1.0' encoding='klingon'?>" + inCall("<value>é</value>"), params: []any{"é"}},
	{doc: "<?xml version='1.0' encoding=\"ISO-8859-1\"?>" + inCall("<value>é</value>"), params: []any{"é"}},
	{doc: "<?xml version='1.0' encoding=\"ISO-8859-1\"?>" + inCall("<value>\xe9</value>"), params: []any{"é"},
		ours: "it takes UTF-8 only"},

	// Numbers and the like.
	{doc: inCall("<value><int>5</int></value>"), params: []any{5}},
	{doc: inCall("<value><i4> -5\n</i4></value>"), params: []any{-5}},
	{doc: inCall("<value><int>+5</int></value>"), params: []any{5}},
	{doc: inCall("<value><i8>5</i8></value>"), params: []any{5}, ours: "it does not know i8"},
	{doc: inCall("<value><int>99999999999999999999</int></value>"), params: []any{math.MaxInt}, ours: "numbers of any size"},
	{doc: inCall("<value><boolean>1</boolean></value>"), params: []any{true}},
	{doc: inCall("<value><boolean>0</boolean></value>"), params: []any{false}},
	{doc: inCall("<value><boolean>true</boolean></value>"), params: []any{false}},
	{doc: inCall("<value><boolean> 1</boolean></value>"), params: []any{false}},
	{doc: inCall("<value><boolean/></value>"), params: []any{false}},
	{doc: inCall("<value><double>1.5</double></value>"), params: []any{1.5}},
	{doc: inCall("<value><double> -1e3 </double></value>"), params: []any{-1000.0}},
	{doc: inCall("<value><double>1e999</double></value>"), params: []any{math.Inf(1)}},
	{doc: inCall("<value><nil/></value>"), params: []any{nil}},
	{doc: inCall("<value><unknown>text</unknown></value>"), params: []any{"text"}},
	{doc: inCall("<value><unknown/></value>"), params: []any{nil}},
	{doc: inCall("<value><dateTime.iso8601>20200102T03:04:05</dateTime.iso8601></value>"),
		params: []any{time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)}},
	{doc: inCall("<value><base64>w6k=</base64></value>"), params: []any{"é"}},
	{doc: inCall("<value><base64>\n w6\n k = \n</base64></value>"), params: []any{"é"}},
	{doc: inCall("<value><base64/></value>"), params: []any{""}},
	{doc: inCall("<value><base64>YQ==YQ==</base64></value>"), params: []any{"a"}},

	// Arrays and structs.
	{doc: inCall("<value><array><data/></array></value>"), params: []any{[]any{}}},
	{doc: inCall("<value><array><data>\n<value>a</value>\n<value><int>1</int></value>\n</data></array></value>"), params: []any{[]any{"a", 1}}},
	{doc: inCall("<value><struct/></value>"), params: []any{map[string]any{}}},
	{doc: inCall("<value><struct><member><name>a</name><value>b</value></member> <member> <name>c</name> <value><nil/></value> </member></struct></value>"),
		params: []any{map[string]any{"a": "b", "c": nil}}},
	{doc: inCall("<value><struct><member><name/><value>b</value></member></struct></value>"), params: []any{map[string]any{"": "b"}}},
	{doc: inCall("<value><struct><m><n>a</n><value>b</value></m></struct></value>"), params: []any{map[string]any{"a": "b"}}},
	{doc: inCall("<value>a</value><value>b</value>"), params: []any{"a"}},
	{doc: inCall("<int>5</int>"), params: []any{5}},
	{doc: "<a><methodName>m</methodName><params><value>x</value><param><value>y</value></param></params></a>", params: []any{"x", "y"}},
	{doc: nested(60), params: []any{nest(60)}},
}

// nest returns "" in that many arrays.
func nest(depth int) any {
	if depth == 0 {
		return ""
	}
	return []any{nest(depth - 1)}
}

func TestParseCall(t *testing.T) {
	for _, tc := range calls {
		method, params, err := ParseCall([]byte(tc.doc))
		if err != nil || method != "m" || !reflect.DeepEqual(params, tc.params) {
			t.Errorf("%.300s\nmethod %q, params %#v, %v", tc.doc, method, params, err)
		}
	}
}

// badCalls are not well-formed or mean nothing: HTTP 400.
var badCalls = []struct{ doc, problem string }{
	{"", "there is no element"},
	{"text", "text stands outside the root"},
	{" <?xml version='1.0'?><a><methodName>m</methodName></a>", "stands inside"},
	{"<a>", "does not end"},
	{"<a", "does not end"},
	{"<", "no name"},
	{"<1/>", "no name"},
	{"<a></b>", "not where it can be"},
	{"</a>", "not where it can be"},
	{"<a/><b/>", "follows the root"},
	{"<a/>x", "outside the root"},
	{"<a b/>", "no value"},
	{"<a b=c/>", "not quoted"},
	{"<a b='c/>", "does not end"},
	{"<a b='<'/>", "does not end"},
	{"<a b='1'c='2'/>", "does not end"},
	{"<a b='&x;'/>", "no entity"},
	{"<a>&", "not followed"},
	{"<a>&x;</a>", "no entity is called"},
	{"<a>&#0;</a>", "no entity is called"},
	{"<a>&#27;</a>", "no entity is called"},
	{"<a>&#xD800;</a>", "no entity is called"},
	{"<a>&#x110000;</a>", "no entity is called"},
	{"<a>&#;</a>", "no entity is called"},
	{"<a>&#x;</a>", "no entity is called"},
	{"<a>]]></a>", "outside a CDATA"},
	{"<a>\x1b</a>", "control character 0x1b"},
	{"<a><![CDATA[\x00]]></a>", "control character 0x00"},
	{"<a>\uffff</a>", "U+FFFE"},
	{"<a>\xff</a>", "not UTF-8"},
	{"<?xml version='1.0' encoding='utf-8'?><a>\xff</a>", "not UTF-8"},
	{"<!-- a -- b --><a/>", "a comment"},
	{"<!-- a", "a comment"},
	{"<?pi", "does not end"},
	{"<? pi?><a/>", "no name"},
	{"<a><![CDATA[", "does not end"},
	{"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "declarations is refused"},
	{"<!DOCTYPE a", "does not end"},
	{"<!ELEMENT a>", "no name"},
	{inCall("<value><int/></value>"), "no int"},
	{inCall("<value><int>x</int></value>"), "no int"},
	{inCall("<value><int>1.5</int></value>"), "no int"},
	{inCall("<value><double>x</double></value>"), "no double"},
	{inCall("<value><double>0x1p3</double></value>"), "no double"},
	{inCall("<value><double/></value>"), "no double"},
	{inCall("<value><dateTime.iso8601>x</dateTime.iso8601></value>"), "no time"},
	{inCall("<value><base64>//79</base64></value>"), "not UTF-8 inside"},
	{inCall("<value><base64>YQ</base64></value>"), "incomplete"},
	{inCall("<value><base64>Y</base64></value>"), "incomplete"},
	{inCall("<value><array/></value>"), "is empty"},
	{inCall(""), "is empty"},
	{inCall("<value><struct><member><name>a</name></member></struct></value>"), "not a name and a value"},
	{inCall("<value><struct><value>a</value></struct></value>"), "not a name and a value"},
	{inCall("<value><struct><member><int>1</int><value>a</value></member></struct></value>"), "no text"},
	{nested(70), "nested"},
}

func TestParseCallRefuses(t *testing.T) {
	for _, tc := range badCalls {
		_, params, err := ParseCall([]byte(tc.doc))
		var syntax *SyntaxError
		if !errors.As(err, &syntax) || !strings.Contains(err.Error(), tc.problem) {
			t.Errorf("%.200s\nparams %v, error %v, want one with %q", tc.doc, params, err, tc.problem)
		}
	}
}

func TestParseCallWithoutMethod(t *testing.T) {
	for _, doc := range []string{
		"<a/>", "<methodCall><methodName/></methodCall>", "<a>text</a>",
		"<methodCall><params/></methodCall>",
	} {
		if _, _, err := ParseCall([]byte(doc)); err != ErrNoMethod {
			t.Errorf("%s: %v", doc, err)
		}
	}
}

// A parsed call owns its strings: the server may use the body's memory again.
func TestParseCallCopies(t *testing.T) {
	body := []byte(inCall("<value><struct><member><name>a</name><value>b</value></member></struct></value>"))
	method, params, err := ParseCall(body)
	clear(body)
	if err != nil || method != "m" || !reflect.DeepEqual(params, []any{map[string]any{"a": "b"}}) {
		t.Errorf("%q %v %v", method, params, err)
	}
}

// What is hostile must cost little: no text may grow in reading, and reading
// must take time in proportion.
func TestParseCallHostile(t *testing.T) {
	const size = 1 << 20
	for name, doc := range map[string]string{
		"depth":      strings.Repeat("<a>", size/3),
		"values":     inCall("<value><array><data>" + strings.Repeat("<value/>", size/8) + "</data></array></value>"),
		"pieces":     inCall("<value>" + strings.Repeat("<![CDATA[x]]>", size/13) + "</value>"),
		"ampersands": "<a>" + strings.Repeat("&", size),
		"attributes": "<a" + strings.Repeat(" b='c'", size/6) + "/>",
		"comments":   strings.Repeat("<!---->", size/7),
		"name":       "<" + strings.Repeat("a", size),
	} {
		began := time.Now()
		ParseCall([]byte(doc))
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("%s: %d bytes took %v", name, len(doc), took)
		}
	}
}
