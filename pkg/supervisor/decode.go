package supervisor

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// decode shows output as text: as it is, or, if it is not UTF-8, as Python
// writes bytes: Undecodable: b'a\xff'.
func decode(data []byte) string {
	if utf8.Valid(data) {
		return string(data)
	}
	return "Undecodable: " + bytesRepr(data)
}

// bytesRepr writes data as Python's repr of bytes does.
func bytesRepr(data []byte) string {
	quote := byte('\'')
	if bytes.IndexByte(data, '\'') >= 0 && bytes.IndexByte(data, '"') < 0 {
		quote = '"'
	}
	var b strings.Builder
	b.WriteString("b" + string(quote))
	for _, c := range data {
		switch {
		case c == quote || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\r':
			b.WriteString(`\r`)
		case c == '\t':
			b.WriteString(`\t`)
		case c < ' ' || c >= 0x7f:
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte(quote)
	return b.String()
}
