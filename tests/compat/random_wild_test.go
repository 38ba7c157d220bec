package compat

import (
	"fmt"
	"strings"

	"supervisord/pkg/api"
)

// Wild calls: every method with arguments of every type, too few and too many of
// them, and documents that are no call, or hardly.

// wildValues are values that no method wants, or that it takes leniently.
var wildValues = []string{
	"<int>0</int>", "<int>1</int>", "<i4>-1</i4>", "<int> 7 </int>", "<int>+3</int>", "<int>2147483648</int>", "<int>-5000000000</int>", "<int></int>", "<int>x</int>", "<int>1.5</int>",
	"<boolean>1</boolean>", "<boolean>0</boolean>", "<boolean>true</boolean>", "<boolean>2</boolean>", "<boolean></boolean>",
	"<double>0</double>", "<double>1.5</double>", "<double>-0.0</double>", "<double>1e3</double>", "<double>x</double>", "<double>nan</double>",
	"<string></string>", "<string>cat</string>", "<string> cat </string>", "<string>a&lt;b&gt;&amp;</string>", "<string>&#252;</string>", "<string><![CDATA[cat]]></string>", "<string>ca<!-- c -->t</string>", "<string>ca<?pi x?>t</string>",
	"cat", " ", "", "g:one", "<nil/>", "<nil></nil>", "<base64>Y2F0</base64>", "<base64></base64>", "<base64>!</base64>",
	"<dateTime.iso8601>20200102T03:04:05</dateTime.iso8601>", "<dateTime.iso8601>x</dateTime.iso8601>",
	"<array><data></data></array>", "<array><data><value>cat</value></data></array>", "<array><data><value><int>1</int></value><value>x</value></data></array>", "<array/>",
	"<struct></struct>", "<struct><member><name>a</name><value>1</value></member></struct>", "<struct><member><name>methodName</name><value>supervisor.getState</value></member></struct>",
	"<odd>cat</odd>", "<odd><int>1</int></odd>", "<name>cat</name>", "<Int>1</Int>", "<int>1</int><int>2</int>",
}

// calmMethods may be called with anything at all: what they do, if they do, is
// the same on both sides and can be waited for. The others would end a daemon,
// show pids and times, or set off programs that answer later.
func calmMethods() []api.Method {
	var calm []api.Method
	for _, m := range api.Methods() {
		switch m.Name {
		case "shutdown", "restart", "getPID", "readLog", "readMainLog", "clearLog":
		default:
			calm = append(calm, m)
		}
	}
	return calm
}

// argument makes a fitting value for a parameter.
func (c caller) argument(method, param string) string {
	switch param {
	case "signal":
		// None that ends a program.
		return "<string>" + strings.Trim(c.pick(randomSignals), `"`) + "</string>"
	case "wait":
		return c.pick([]string{"<boolean>1</boolean>", "<boolean>0</boolean>", "<int>1</int>", "<string></string>"})
	case "offset", "length":
		return "<int>" + c.pick(randomNumbers[:10]) + "</int>"
	case "chars", "data":
		return c.pick([]string{"<string>text&#10;</string>", "<string></string>", "<string>&#252;</string>"})
	}
	name := c.pick(randomNames)
	switch {
	case strings.HasSuffix(method, "ProcessGroup") && (strings.HasPrefix(method, "add") || strings.HasPrefix(method, "remove")):
		name = c.pick(fluidGroups)
	case strings.HasSuffix(method, "Group"):
		name = c.pick(randomGroups)
	case method == "sendProcessStdin":
		name = c.pick([]string{"quiet", "nope", "many:many_00", "g:*", "auto"}) // not those that log it
	}
	return "<string>" + escape(name) + "</string>"
}

// wildArgument is any value, but for a signal none that names a deadly one, and
// for input none that reaches a program whose log is read.
func (c caller) wildArgument(method, param string) string {
	if param == "signal" {
		return c.pick([]string{"<nil/>", "<array><data></data></array>", "<struct></struct>", "<int>0</int>", "<int>18</int>", "<double>18.9</double>", "<boolean>0</boolean>", "<int>-1</int>", "<string> CONT </string>", "<int>1000</int>", "CONT"})
	}
	value := c.pick(wildValues)
	for (method == "sendProcessStdin" || strings.HasPrefix(method, "removeProcess")) && strings.Contains(value, "c") {
		value = c.pick(wildValues)
	}
	return value
}

// wildCall makes the document of a call.
func (c caller) wildCall() string {
	methods := calmMethods()
	m := methods[c.IntN(len(methods))]
	n := len(m.Params)
	if c.IntN(6) == 0 {
		n = c.IntN(len(m.Params) + 2)
	}
	var params strings.Builder
	for i := range n {
		value := c.pick(wildValues)
		if i < len(m.Params) {
			if value = c.argument(m.Name, m.Params[i].Name); c.IntN(3) == 0 {
				value = c.wildArgument(m.Name, m.Params[i].Name)
			}
		}
		params.WriteString("<param><value>" + value + "</value></param>")
	}
	return fmt.Sprintf("<methodCall><methodName>supervisor.%s</methodName><params>%s</params></methodCall>", m.Name, &params)
}

// wildMulticall makes a multicall some of whose calls are none.
func (c caller) wildMulticall() string {
	member := func(name, value string) string {
		return "<member><name>" + name + "</name><value>" + value + "</value></member>"
	}
	var calls strings.Builder
	for range 1 + c.IntN(4) {
		call := member("methodName", c.pick([]string{"supervisor.getState", "supervisor.getProcessInfo", "system.multicall", "system.listMethods", "nope", "", "<int>5</int>", "<nil/>", "<array><data></data></array>", "supervisor._x"}))
		if c.IntN(10) == 0 {
			call = ""
		}
		if c.IntN(3) > 0 {
			call += member("params", c.pick([]string{"<array><data></data></array>", "<array><data><value>cat</value></data></array>", "<array><data><value>nope</value></data></array>", "<array><data><value>cat</value><value>x</value></data></array>", "", "<nil/>"}))
		}
		if c.IntN(10) == 0 {
			call += member("more", "x")
		}
		calls.WriteString("<value><struct>" + call + "</struct></value>")
	}
	return "<methodCall><methodName>system.multicall</methodName><params><param><value><array><data>" +
		calls.String() + "</data></array></value></param></params></methodCall>"
}

// wildScraps are put into documents, or take the place of a piece of them.
var wildScraps = []string{
	"", " ", "<!-- c -->", "<?pi?>", "<value>", "</value>", "<value/>", "<param>", "</param>", "</params>", "<params>", "<methodName>supervisor.getState</methodName>", "<methodName/>",
	"<x>", "</x>", "<x/>", "<x a='1'/>", "&amp;", "&#65;", "&#x41;", "&nope;", "&", "&#0;", "&#x1;", "<", ">", "]]>", "<![CDATA[x]]>", "\u00fc", "\u0001", "x", "\"", "<value>cat</value>",
}

// tangle spoils a document in one or two places.
func (c caller) tangle(document string) string {
	for range 1 + c.IntN(2) {
		// Between tags mostly: elsewhere only the name or the text is another.
		cuts := []int{0, len(document)}
		for i := range document {
			if document[i] == '<' || i > 0 && document[i-1] == '>' {
				cuts = append(cuts, i)
			}
		}
		from := cuts[c.IntN(len(cuts))]
		to := from
		if c.IntN(2) == 0 {
			for _, at := range cuts {
				if at > from && (to == from || at < to) {
					to = at
				}
			}
		}
		document = document[:from] + c.pick(wildScraps) + document[to:]
	}
	return c.pick([]string{"", "", "<?xml version='1.0'?>", "<?xml version=\"1.0\" encoding=\"utf-8\"?>", "<?xml version='1.0' encoding='iso-8859-1'?>", " ", "\ufeff"}) + document
}

// wild makes a step: a wild call, a tangled document, or a wild multicall.
func (c caller) wild() string {
	switch c.IntN(8) {
	case 0:
		return "xml " + c.wildMulticall()
	case 1:
		return "xml " + c.tangle(c.pick([]string{
			"<methodCall><methodName>supervisor.getProcessInfo</methodName><params><param><value><string>cat</string></value></param></params></methodCall>",
			"<methodCall><methodName>supervisor.getState</methodName></methodCall>",
			"<methodCall><methodName>supervisor.getAPIVersion</methodName><params></params></methodCall>",
			"<methodCall><methodName>system.methodSignature</methodName><params><param><value>supervisor.startProcess</value></param></params></methodCall>",
			"<methodCall><methodName>supervisor.signalProcess</methodName><params><param><value>cat</value></param><param><value><int>0</int></value></param></params></methodCall>",
		}))
	}
	return "sorted xml " + c.wildCall()
}
