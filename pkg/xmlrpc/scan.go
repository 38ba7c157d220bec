package xmlrpc

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// SyntaxError tells why a document is refused.
type SyntaxError struct {
	Offset  int // in bytes, after a change of encoding
	Problem string
}

// Error tells the problem and where it is.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("xml-rpc document: byte %d: %s", e.Offset, e.Problem)
}

type tokenKind int

const (
	endOfDocument tokenKind = iota
	startTag
	endTag
	emptyTag // <name/>
	charData
)

// token is a piece of markup or of text.
type token struct {
	kind tokenKind
	data []byte // the name of a tag, or the text; often a part of the document
}

// scanner cuts an XML document into tokens. It checks what one token can tell;
// that tags pair is for its user. Comments and processing instructions are
// passed over, attributes are checked and dropped. Entities are those of XML
// itself: a document type is passed over if it declares nothing, refused if it
// declares anything, so that no text can grow in reading.
type scanner struct {
	src []byte
	pos int

	// lenient lets control characters through, which Supervisor sends raw
	// when they stand in a log.
	lenient bool
}

// newScanner returns a scanner at the begin of the document.
//
// The encoding is UTF-8 whatever the document declares, as in Supervisor, but
// text that is not UTF-8 and declared as ISO-8859-1 is taken as that.
func newScanner(doc []byte, lenient bool) (*scanner, error) {
	doc = bytes.TrimPrefix(doc, []byte("\xef\xbb\xbf"))
	s := &scanner{src: doc, lenient: lenient}
	encoding, err := s.declaration()
	if err != nil {
		return nil, err
	}
	if utf8.Valid(doc) {
		return s, nil
	}
	switch {
	case isLatin1(encoding):
		s.src = fromLatin1(doc)
	case lenient:
		s.src = bytes.ToValidUTF8(doc, []byte("\ufffd"))
	default:
		return nil, s.errorf("the text is not UTF-8")
	}
	return s, nil
}

// declaration passes over <?xml … ?> and returns the encoding it names, in
// lower case.
func (s *scanner) declaration() (string, error) {
	if !bytes.HasPrefix(s.src, []byte("<?xml")) || len(s.src) == 5 || !isSpace(s.src[5]) {
		return "", nil
	}
	end := bytes.Index(s.src, []byte("?>"))
	if end < 0 {
		return "", s.errorf("the XML declaration does not end")
	}
	decl := s.src[5:end]
	s.pos = end + 2
	_, rest, found := bytes.Cut(decl, []byte("encoding"))
	if !found {
		return "", nil
	}
	rest = bytes.TrimLeft(rest, " \t\r\n=")
	if len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
		return "", s.errorf("the XML declaration names no encoding")
	}
	name, _, closed := bytes.Cut(rest[1:], rest[:1])
	if !closed {
		return "", s.errorf("the XML declaration names no encoding")
	}
	return string(bytes.ToLower(name)), nil
}

func isLatin1(encoding string) bool {
	return encoding == "iso-8859-1" || encoding == "latin-1" || encoding == "latin1"
}

func fromLatin1(b []byte) []byte {
	out := make([]byte, 0, len(b)+len(b)/8)
	for _, c := range b {
		out = utf8.AppendRune(out, rune(c))
	}
	return out
}

func (s *scanner) errorf(format string, args ...any) error {
	return &SyntaxError{Offset: s.pos, Problem: fmt.Sprintf(format, args...)}
}

// next returns the next token.
func (s *scanner) next() (token, error) {
	for s.pos < len(s.src) {
		if s.src[s.pos] != '<' {
			return s.charData()
		}
		rest := s.src[s.pos:]
		if len(rest) < 2 || rest[1] != '!' && rest[1] != '?' {
			return s.tag()
		}
		var err error
		switch {
		case bytes.HasPrefix(rest, []byte("<!--")):
			err = s.comment()
		case bytes.HasPrefix(rest, []byte("<![CDATA[")):
			return s.cdata()
		case bytes.HasPrefix(rest, []byte("<!DOCTYPE")):
			err = s.doctype()
		case bytes.HasPrefix(rest, []byte("<?")):
			err = s.instruction()
		default:
			return s.tag()
		}
		if err != nil {
			return token{}, err
		}
	}
	return token{kind: endOfDocument}, nil
}

// skipNewline passes over a line end before a tag. Text behind the end of an
// element means nothing, and most of it is one.
func (s *scanner) skipNewline() {
	if s.pos+1 < len(s.src) && s.src[s.pos] == '\n' && s.src[s.pos+1] == '<' {
		s.pos++
	}
}

func (s *scanner) comment() error {
	body := s.src[s.pos+4:]
	end := bytes.Index(body, []byte("--"))
	if end < 0 || end+2 >= len(body) || body[end+2] != '>' {
		return s.errorf("a comment does not end with -->")
	}
	if err := s.legal(body[:end]); err != nil {
		return err
	}
	s.pos += 4 + end + 3
	return nil
}

func (s *scanner) instruction() error {
	body := s.src[s.pos+2:]
	end := bytes.Index(body, []byte("?>"))
	if end < 0 {
		return s.errorf("a processing instruction does not end")
	}
	n := nameLength(body)
	if n == 0 || n < end && !isSpace(body[n]) {
		return s.errorf("a processing instruction has no name")
	}
	if bytes.EqualFold(body[:n], []byte("xml")) {
		return s.errorf("an XML declaration stands inside the document")
	}
	if err := s.legal(body[:end]); err != nil {
		return err
	}
	s.pos += 2 + end + 2
	return nil
}

// doctype passes over a document type that declares nothing.
func (s *scanner) doctype() error {
	end := bytes.IndexAny(s.src[s.pos:], "[>")
	if end < 0 {
		return s.errorf("the document type does not end")
	}
	if s.src[s.pos+end] == '[' {
		return s.errorf("a document type with declarations is refused")
	}
	s.pos += end + 1
	return nil
}

func (s *scanner) cdata() (token, error) {
	body := s.src[s.pos+9:]
	end := bytes.Index(body, []byte("]]>"))
	if end < 0 {
		return token{}, s.errorf("a CDATA section does not end")
	}
	text := body[:end]
	if err := s.legal(text); err != nil {
		return token{}, err
	}
	s.pos += 9 + end + 3
	if bytes.IndexByte(text, '\r') >= 0 {
		text = newlines(text)
	}
	return token{kind: charData, data: text}, nil
}

// tag scans <name a="b">, <name/> or </name>.
func (s *scanner) tag() (token, error) {
	p := s.pos + 1
	kind := startTag
	if p < len(s.src) && s.src[p] == '/' {
		kind = endTag
		p++
	}
	n := nameLength(s.src[p:])
	if n == 0 {
		return token{}, s.errorf("a tag has no name")
	}
	t := token{kind: kind, data: s.src[p : p+n]}
	p += n
	if p < len(s.src) && s.src[p] == '>' {
		s.pos = p + 1
		return t, nil
	}
	for {
		spaces := p
		for p < len(s.src) && isSpace(s.src[p]) {
			p++
		}
		if p == len(s.src) {
			return token{}, s.errorf("the tag %q does not end", t.data)
		}
		switch {
		case s.src[p] == '>':
			s.pos = p + 1
			return t, nil
		case kind == startTag && bytes.HasPrefix(s.src[p:], []byte("/>")):
			s.pos = p + 2
			t.kind = emptyTag
			return t, nil
		case kind == endTag || p == spaces:
			return token{}, s.errorf("the tag %q does not end", t.data)
		}
		n, err := s.attribute(s.src[p:])
		if err != nil {
			return token{}, err
		}
		p += n
	}
}

// attribute returns the length of name="value" at the begin of b.
func (s *scanner) attribute(b []byte) (int, error) {
	n := nameLength(b)
	if n == 0 {
		return 0, s.errorf("an attribute has no name")
	}
	for n < len(b) && isSpace(b[n]) {
		n++
	}
	if n == len(b) || b[n] != '=' {
		return 0, s.errorf("an attribute has no value")
	}
	n++
	for n < len(b) && isSpace(b[n]) {
		n++
	}
	if n == len(b) || b[n] != '"' && b[n] != '\'' {
		return 0, s.errorf("the value of an attribute is not quoted")
	}
	value, _, closed := bytes.Cut(b[n+1:], b[n:n+1])
	if !closed || bytes.IndexByte(value, '<') >= 0 {
		return 0, s.errorf("the value of an attribute does not end")
	}
	if _, err := s.expand(value); err != nil {
		return 0, err
	}
	return n + 1 + len(value) + 1, nil
}

// charData scans text up to the next tag and expands its entities.
func (s *scanner) charData() (token, error) {
	end := bytes.IndexByte(s.src[s.pos:], '<')
	if end < 0 {
		end = len(s.src) - s.pos
	}
	text := s.src[s.pos : s.pos+end]
	if !s.lenient && bytes.Contains(text, []byte("]]>")) {
		return token{}, s.errorf("]]> stands outside a CDATA section")
	}
	text, err := s.expand(text)
	if err != nil {
		return token{}, err
	}
	s.pos += end
	return token{kind: charData, data: text}, nil
}

// expand returns text with its entities and character references replaced and
// its line ends made \n. The result is text itself where nothing is to be done.
func (s *scanner) expand(text []byte) ([]byte, error) {
	if err := s.legal(text); err != nil {
		return nil, err
	}
	if bytes.IndexByte(text, '\r') >= 0 {
		text = newlines(text)
	}
	amp := bytes.IndexByte(text, '&')
	if amp < 0 {
		return text, nil
	}
	out := make([]byte, 0, len(text))
	for amp >= 0 {
		out = append(out, text[:amp]...)
		name, rest, closed := bytes.Cut(text[amp+1:], []byte(";"))
		if !closed {
			return nil, s.errorf("a & is not followed by a name and ;")
		}
		r, ok := s.entity(name)
		if !ok {
			return nil, s.errorf("no entity is called %.32q", name)
		}
		out = utf8.AppendRune(out, r)
		text = rest
		amp = bytes.IndexByte(text, '&')
	}
	return append(out, text...), nil
}

// entity returns the character that &name; means.
func (s *scanner) entity(name []byte) (rune, bool) {
	switch string(name) {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	digits, base := name[1:], 10
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(string(digits), base, 32)
	if err != nil || n > utf8.MaxRune || !utf8.ValidRune(rune(n)) {
		return 0, false
	}
	return rune(n), s.lenient || isChar(rune(n))
}

// legal returns an error if b holds a character that XML does not allow.
func (s *scanner) legal(b []byte) error {
	if s.lenient {
		return nil
	}
	for i, c := range b {
		if c < 0x20 && c != '\t' && c != '\n' && c != '\r' {
			return s.errorf("the control character 0x%02x must not stand in XML (base64 can carry it)", c)
		}
		if c == 0xef && i+2 < len(b) && b[i+1] == 0xbf && b[i+2] >= 0xbe {
			return s.errorf("the characters U+FFFE and U+FFFF must not stand in XML")
		}
	}
	return nil
}

// newlines replaces each CR LF and each other CR by LF, as XML demands.
func newlines(b []byte) []byte {
	b = bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))
	return bytes.ReplaceAll(b, []byte("\r"), []byte("\n"))
}

// isChar reports whether XML 1.0 allows r. The surrogates, which UTF-8 cannot
// hold, are not asked for.
func isChar(r rune) bool {
	if r < 0x20 {
		return r == '\t' || r == '\n' || r == '\r'
	}
	return r != 0xfffe && r != 0xffff
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// nameLength returns the length of the name at the begin of b, 0 if there is
// none. Beyond ASCII every character counts as a letter.
func nameLength(b []byte) int {
	for i, c := range b {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '_', c == ':', c >= utf8.RuneSelf:
		case i > 0 && ('0' <= c && c <= '9' || c == '-' || c == '.'):
		default:
			return i
		}
	}
	return len(b)
}
