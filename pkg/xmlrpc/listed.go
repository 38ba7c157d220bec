package xmlrpc

import (
	"bytes"
	"reflect"
	"strconv"
)

// listed reads the structs of an answer that is a list of them, such as that of
// getAllProcessInfo, straight into Go's structs. Most of what supervisorctl does
// is that, and it takes a quarter of the time in which the parser makes maps and
// decode takes them apart.
//
// It knows the one form in which Supervisor and we write such structs: members
// that are strings and ints, nothing to replace in them, and the line ends always
// in the same places. A struct in another form is left to the parser.
type listed struct {
	of     reflect.Type
	fields []field
}

// listedDepth is how many elements are around such a struct: methodResponse,
// params, param, value, array, data, value.
const listedDepth = 7

// listedIn returns what reads the elements of the slice that into points to, nil
// if that is none of structs.
func listedIn(into any) *listed {
	t := reflect.TypeOf(into)
	if t.Kind() != reflect.Pointer || t.Elem().Kind() != reflect.Slice || t.Elem().Elem().Kind() != reflect.Struct {
		return nil
	}
	l := &listed{of: t.Elem().Elem()}
	var array bool
	if l.fields, array = layoutOf(l.of); array {
		return nil
	}
	return l
}

// read reads a struct from behind its tag. It returns a pointer to it, which
// decode takes as it takes a map, and the length of what was read with the end
// tag; 0 is the length of what is left to the parser.
func (l *listed) read(doc []byte) (v any, size int) {
	into := reflect.New(l.of)
	c := cursor{doc: doc}
	c.pass("\n")
	expected := 0 // members come in the order of the fields
	for !c.pass("</struct>") {
		m, ok := c.member()
		if !ok {
			return nil, 0
		}
		at := l.find(m.name, expected)
		if at < 0 {
			continue // as decode does
		}
		if !m.store(into.Elem().Field(l.fields[at].index)) {
			return nil, 0
		}
		expected = at + 1
	}
	if bytes.IndexByte(doc[:c.pos], '&') >= 0 || bytes.IndexByte(doc[:c.pos], '\r') >= 0 {
		return nil, 0
	}
	return into.Interface(), c.pos
}

// find returns the index of a field, looked for first where it is expected; -1:
// there is none.
func (l *listed) find(name []byte, expected int) int {
	if expected < len(l.fields) && l.fields[expected].name == string(name) {
		return expected
	}
	for i := range l.fields {
		if l.fields[i].name == string(name) {
			return i
		}
	}
	return -1
}

// member is one of a struct, with its value as it is written.
type member struct {
	name, value []byte
	isInt       bool
}

// store puts the value into a field. False: it does not fit.
func (m member) store(into reflect.Value) bool {
	if m.isInt {
		n, err := strconv.Atoi(string(m.value))
		return err == nil && decodeInt(n, into) == nil
	}
	if into.Kind() != reflect.String {
		return false
	}
	into.SetString(string(m.value))
	return true
}

// cursor reads what is there, or nothing.
type cursor struct {
	doc []byte
	pos int
}

// member reads a member. False: there is none in the form that is known.
func (c *cursor) member() (m member, ok bool) {
	if !c.pass("<member>\n<name>") {
		return m, false
	}
	if m.name, ok = c.until("</name>\n<value>"); !ok {
		return m, false
	}
	switch {
	case c.pass("<string>"):
		m.value, ok = c.until("</string></value>\n</member>\n")
	case c.pass("<int>"):
		m.isInt = true
		m.value, ok = c.until("</int></value>\n</member>\n")
	default:
		ok = false
	}
	return m, ok
}

// until reads a text and passes over the tags that must follow it.
func (c *cursor) until(tags string) (text []byte, ok bool) {
	n := bytes.IndexByte(c.doc[c.pos:], '<')
	if n < 0 {
		return nil, false
	}
	text = c.doc[c.pos : c.pos+n]
	c.pos += n
	return text, c.pass(tags)
}

// pass passes over a text, if it is there.
func (c *cursor) pass(text string) bool {
	end := c.pos + len(text)
	if end > len(c.doc) || string(c.doc[c.pos:end]) != text {
		return false
	}
	c.pos = end
	return true
}
