package xmlrpc

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// maxDepth is how many elements may be open at once. A nested value opens
// three, so this allows values some sixty deep; Supervisor's own need six.
const maxDepth = 200

// parser evaluates a document from the inside out: when an element ends, it
// becomes a value, made from its text or from the values of its children. That
// is how Supervisor reads, and what makes it lenient: an element that it does
// not know is its text, and nobody asks for the name of the root.
type parser struct {
	scan   *scanner
	open   []element
	values []any             // of the ended children of all open elements
	names  map[string]string // of members, which repeat
	list   *listed           // reads what it can of the structs in a list; may be nil

	// ended is told of each element that ends: how many are around it, its text
	// and the values of its children.
	ended func(depth int, tag, text []byte, children []any) error
}

// element is one that has begun.
type element struct {
	tag      []byte
	text     []byte // before the first child
	owned    bool   // text is no part of the document
	children int    // where its children begin in values
}

// pair is the value of a member, or rather of any child of a struct.
type pair struct {
	name  string
	value any
}

// parse reads the whole document.
func (p *parser) parse() error {
	begun := false
	for {
		t, err := p.scan.next()
		if err != nil {
			return err
		}
		switch t.kind {
		case endOfDocument:
			if len(p.open) > 0 {
				return p.scan.errorf("the element %q does not end", p.open[len(p.open)-1].tag)
			}
			if !begun {
				return p.scan.errorf("there is no element")
			}
			return nil
		case charData:
			err = p.addText(t.data)
		case startTag, emptyTag:
			if begun && len(p.open) == 0 {
				return p.scan.errorf("an element follows the root")
			}
			begun = true
			if t.kind == startTag && len(p.open) == listedDepth && p.listed(t.data) {
				continue
			}
			if len(p.open) == maxDepth {
				return p.scan.errorf("more than %d elements are nested", maxDepth)
			}
			p.open = append(p.open, element{tag: t.data, children: len(p.values)})
			if t.kind == emptyTag {
				err = p.end()
			}
		case endTag:
			if len(p.open) == 0 || !bytes.Equal(p.open[len(p.open)-1].tag, t.data) {
				return p.scan.errorf("the end of %q is not where it can be", t.data)
			}
			err = p.end()
			p.scan.skipNewline()
		}
		if err != nil {
			return err
		}
	}
}

// listed leaves the struct that begins here to the list. False: it is an element
// like any other.
func (p *parser) listed(tag []byte) bool {
	if p.list == nil || string(tag) != "struct" {
		return false
	}
	v, size := p.list.read(p.scan.src[p.scan.pos:])
	if size == 0 {
		return false
	}
	p.scan.pos += size
	p.scan.skipNewline()
	p.values = append(p.values, v)
	return true
}

// addText adds to the text of the innermost element, unless a child stands
// before it: that text means nothing.
func (p *parser) addText(text []byte) error {
	if len(p.open) == 0 {
		if len(bytes.TrimLeft(text, " \t\n")) > 0 {
			return p.scan.errorf("text stands outside the root")
		}
		return nil
	}
	e := &p.open[len(p.open)-1]
	switch {
	case len(p.values) > e.children:
	case len(e.text) == 0:
		e.text = text
	case e.owned:
		e.text = append(e.text, text...)
	default:
		e.text = append(bytes.Clone(e.text), text...)
		e.owned = true
	}
	return nil
}

// end makes the innermost element into a value of the one around it.
func (p *parser) end() error {
	last := len(p.open) - 1
	e := p.open[last]
	p.open = p.open[:last]
	children := p.values[e.children:]
	if err := p.ended(last, e.tag, e.text, children); err != nil {
		return err
	}
	var v any
	var err error
	if last > 0 && string(p.open[last-1].tag) == "struct" {
		v, err = p.member(children)
	} else {
		v, err = p.evaluate(e, children)
	}
	if err != nil {
		return err
	}
	clear(children)
	p.values = append(p.values[:e.children], v)
	return nil
}

// member makes the children of a struct's member, a name and a value, a pair.
func (p *parser) member(children []any) (any, error) {
	if len(children) != 2 {
		return nil, p.scan.errorf("a member of a struct is not a name and a value")
	}
	switch name := children[0].(type) {
	case nil:
		return pair{"", children[1]}, nil
	case string:
		return pair{name, children[1]}, nil
	}
	return nil, p.scan.errorf("the name of a member of a struct is no text")
}

// evaluate returns the value of an element.
func (p *parser) evaluate(e element, children []any) (any, error) {
	switch string(e.tag) {
	case "value":
		if len(children) > 0 {
			return children[0], nil
		}
		return string(e.text), nil
	case "string":
		return string(e.text), nil
	case "name":
		return p.intern(e.text), nil
	case "int", "i4", "i8":
		return p.integer(e.text)
	case "boolean":
		return string(e.text) == "1", nil
	case "double":
		return p.double(e.text)
	case "dateTime.iso8601":
		t, err := time.Parse("20060102T15:04:05", string(e.text))
		if err != nil {
			return nil, p.scan.errorf("no time is written %.32q", e.text)
		}
		return t, nil
	case "base64":
		return p.base64(e.text)
	case "array", "param":
		if len(children) == 0 {
			return nil, p.scan.errorf("an element %q is empty", e.tag)
		}
		return children[0], nil
	case "data":
		return append(make([]any, 0, len(children)), children...), nil
	case "struct":
		m := make(map[string]any, len(children))
		for _, c := range children {
			m[c.(pair).name] = c.(pair).value
		}
		return m, nil
	}
	if len(e.text) == 0 {
		return nil, nil
	}
	return string(e.text), nil
}

// intern returns text as a string, the same one each time.
func (p *parser) intern(text []byte) string {
	if s, ok := p.names[string(text)]; ok {
		return s
	}
	s := string(text)
	if p.names == nil {
		p.names = map[string]string{}
	}
	p.names[s] = s
	return s
}

// integer reads a decimal number. One that is too large for an int becomes the
// largest.
func (p *parser) integer(text []byte) (any, error) {
	n, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return nil, p.scan.errorf("no int is written %.32q", text)
	}
	return n, nil
}

func (p *parser) double(text []byte) (any, error) {
	s := strings.TrimSpace(string(text))
	f, err := strconv.ParseFloat(s, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) || strings.ContainsAny(s, "xX_") {
		return nil, p.scan.errorf("no double is written %.32q", text)
	}
	return f, nil
}

// base64 decodes to text. Characters that are none of base64 are passed over;
// the first complete padding ends it.
func (p *parser) base64(text []byte) (any, error) {
	digits := make([]byte, 0, len(text))
	pads := 0
	for _, c := range text {
		if c == '=' {
			pads++
			if len(digits)%4 >= 2 && len(digits)%4+pads >= 4 {
				break
			}
			continue
		}
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '+' || c == '/' {
			digits = append(digits, c)
			pads = 0
		}
	}
	if rest := len(digits) % 4; rest == 1 || rest > 1 && rest+pads < 4 {
		return nil, p.scan.errorf("a base64 text is incomplete")
	}
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(digits)))
	if _, err := base64.RawStdEncoding.Decode(out, digits); err != nil {
		return nil, p.scan.errorf("a base64 text is wrong")
	}
	if !utf8.Valid(out) {
		return nil, p.scan.errorf("a base64 text is not UTF-8 inside")
	}
	return string(out), nil
}
