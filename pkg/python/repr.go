// Package python writes text as Python prints it. Supervisor is written in
// Python and its habits show in texts that scripts read: names in error messages
// are quoted by repr, and output that is no UTF-8 is shown as bytes.
package python

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Quote returns s as Python's repr of a string: in single quotes, or in double
// quotes if s holds a single quote and no double one. A byte that is not UTF-8
// is shown as the lone surrogate that Python reads it as.
func Quote(s string) string {
	quote := byte('\'')
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = '"'
	}
	var b strings.Builder
	b.WriteByte(quote)
	for s != "" {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\udc%02x`, s[0])
		case r == rune(quote) || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteString(escape(r))
		}
		s = s[size:]
	}
	b.WriteByte(quote)
	return b.String()
}

// escape is one character other than a quote and a backslash.
func escape(r rune) string {
	switch {
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case unicode.IsPrint(r):
		return string(r)
	case r < 0x100:
		return fmt.Sprintf(`\x%02x`, r)
	case r < 0x10000:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}

// QuoteList returns words as Python's repr of a list of strings.
func QuoteList(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = Quote(w)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// QuoteBytes returns data as Python's repr of bytes: b'a\xff'.
func QuoteBytes(data []byte) string {
	quote := byte('\'')
	if bytes.IndexByte(data, '\'') >= 0 && bytes.IndexByte(data, '"') < 0 {
		quote = '"'
	}
	var b strings.Builder
	b.WriteByte('b')
	b.WriteByte(quote)
	for _, c := range data {
		switch {
		case c == quote || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < 0x20 || c >= 0x7f:
			if c == '\n' || c == '\r' || c == '\t' {
				b.WriteString(escape(rune(c)))
			} else {
				fmt.Fprintf(&b, `\x%02x`, c)
			}
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte(quote)
	return b.String()
}

// Decode returns output as text: as it is, or, if it is not UTF-8, as Supervisor
// shows such output: Undecodable: b'a\xff'.
func Decode(data []byte) string {
	if utf8.Valid(data) {
		return string(data)
	}
	return "Undecodable: " + QuoteBytes(data)
}
