package spawn

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// repr quotes s as Python's repr does: single quotes, or double quotes if s
// holds a single quote and no double one. A byte that is not UTF-8 is shown as
// the lone surrogate that Python reads it as.
func repr(s string) string {
	quote := byte('\'')
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = '"'
	}
	var b strings.Builder
	b.WriteByte(quote)
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\udc%02x`, s[i])
		case r == rune(quote) || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteString(reprRune(r))
		}
		i += n
	}
	b.WriteByte(quote)
	return b.String()
}

// reprRune is one character other than a quote and a backslash.
func reprRune(r rune) string {
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
