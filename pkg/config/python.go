package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"supervisord/pkg/python"
)

// Supervisor's configuration is read by Python, and Python's habits show in
// what it accepts and in the texts of its errors. This file holds those habits:
// white space, python.Quote(), int() and the decoding of UTF-8.

// isSpace reports whether Python's str.isspace counts r as white space. It is
// Unicode's white space and the four ASCII separators.
func isSpace(r rune) bool {
	return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f
}

// strip removes white space from both ends, as str.strip does.
func strip(s string) string { return strings.TrimFunc(s, isSpace) }

// lower is str.lower. Of the letters that Go puts into lower case otherwise, one
// comes as two.
func lower(s string) string {
	return strings.ToLower(strings.ReplaceAll(s, "\u0130", "i\u0307"))
}

// ascii writes the characters beyond ASCII in what repr returned as escapes.
func ascii(quoted string) string {
	var b strings.Builder
	for _, r := range quoted {
		switch {
		case r < utf8.RuneSelf:
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	return b.String()
}

// number is a whole number as Python's int() reads it. Python's have no limit:
// value stops at the ends of int64, and digits keeps the number as written, in
// its shortest form, for messages.
type number struct {
	value  int64
	digits string
}

// parseInt reads a whole number in base 8 or 10 with the liberties of Python's
// int(): white space around it, a sign, leading zeros, an underscore between
// digits, in base 8 the prefix 0o, and the digits of all scripts. ok is false for
// anything else.
func parseInt(text string, base int) (n number, ok bool) {
	s := plainNumber(text)
	negative := strings.HasPrefix(s, "-")
	if negative || strings.HasPrefix(s, "+") {
		s = s[1:]
	}
	if base == 8 && (strings.HasPrefix(s, "0o") || strings.HasPrefix(s, "0O")) {
		s = strings.TrimPrefix(s[2:], "_")
	}
	var digits strings.Builder
	separated := true // an underscore may stand only between two digits
	for _, r := range s {
		switch {
		case r >= '0' && r < '0'+rune(base):
			digits.WriteRune(r)
			separated = false
		case r == '_' && !separated:
			separated = true
		default:
			return n, false
		}
	}
	if separated {
		return n, false
	}
	n.digits = strings.TrimLeft(digits.String(), "0")
	if n.digits == "" {
		n.digits, negative = "0", false
	}
	v, err := strconv.ParseInt(n.digits, base, 64)
	if err != nil {
		v = math.MaxInt64
	}
	if negative {
		v = -v
		n.digits = "-" + n.digits
	}
	n.value = v
	return n, true
}

// plainNumber writes a number with ASCII's digits and without the white space
// around it. What Python takes for white space is more in a text that is not all
// ASCII.
func plainNumber(text string) string {
	if strings.IndexFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) < 0 {
		return strings.Trim(text, " \t\n\v\f\r")
	}
	return strings.Map(func(r rune) rune {
		for _, script := range unicode.Nd.R16 {
			if r >= rune(script.Lo) && r <= rune(script.Hi) {
				return '0' + (r-rune(script.Lo))%10
			}
		}
		for _, script := range unicode.Nd.R32 {
			if r >= rune(script.Lo) && r <= rune(script.Hi) {
				return '0' + (r-rune(script.Lo))%10
			}
		}
		return r
	}, strip(text))
}

// errNotInt is Python's complaint about a text that is no whole number.
func errNotInt(text string) error {
	quoted := python.Quote(text)
	if r := []rune(quoted); len(r) > 200 {
		quoted = string(r[:200])
	}
	return fmt.Errorf("invalid literal for int() with base 10: %s", quoted)
}

// decodeChunk is how much of a file Python decodes at a time; positions in its
// messages count from the start of such a piece.
const decodeChunk = 8192

// checkUTF8 returns Python's error about the first byte of data that is not
// UTF-8, the offset of that byte, and how many bytes have been decoded, and are
// read, before it is noticed; nil if all is well.
func checkUTF8(data []byte) (offset, decoded int, err error) {
	if utf8.Valid(data) {
		return 0, 0, nil
	}
	for i := 0; i < len(data); {
		if data[i] < utf8.RuneSelf {
			i++
			continue
		}
		if _, size := utf8.DecodeRune(data[i:]); size > 1 {
			i += size
			continue
		}
		n, reason := badUTF8(data[i:])
		position := inPiece(data, i, n, reason)
		if n == 1 {
			return i, i - position, fmt.Errorf("'utf-8' codec can't decode byte 0x%02x in position %d: %s", data[i], position, reason)
		}
		return i, i - position, fmt.Errorf("'utf-8' codec can't decode bytes in position %d-%d: %s", position, position+n-1, reason)
	}
	return 0, 0, nil
}

// inPiece returns the position of n bad bytes at offset i in the piece that
// Python was decoding. What a piece leaves of a character comes along with the
// next; at the end of the file it is a piece by itself.
func inPiece(data []byte, i, n int, reason string) int {
	last := i + n // of the bytes that it took to see the fault
	switch reason {
	case unexpectedEnd:
		return 0
	case badContinuation:
		last++
	}
	piece := (min(last, len(data)) - 1) / decodeChunk * decodeChunk
	switch {
	case piece == 0:
		return i
	case piece > i:
		return 0
	}
	return i - piece + unfinished(data[:piece])
}

// What Python says of bytes that are not UTF-8.
const (
	badStart        = "invalid start byte"
	badContinuation = "invalid continuation byte"
	unexpectedEnd   = "unexpected end of data"
)

// badUTF8 says how many bytes at the start of b Python blames, and why.
func badUTF8(b []byte) (n int, reason string) {
	low, high := byte(0x80), byte(0xbf)
	var want int
	switch c := b[0]; {
	case c < 0xc2 || c > 0xf4:
		return 1, badStart
	case c < 0xe0:
		want = 1
	case c < 0xf0:
		want = 2
		if c == 0xe0 {
			low = 0xa0
		} else if c == 0xed {
			high = 0x9f
		}
	default:
		want = 3
		if c == 0xf0 {
			low = 0x90
		} else if c == 0xf4 {
			high = 0x8f
		}
	}
	for i := 1; i <= want; i++ {
		if i >= len(b) {
			return len(b), unexpectedEnd
		}
		if b[i] < low || b[i] > high {
			return i, badContinuation
		}
		low, high = 0x80, 0xbf
	}
	return want + 1, badStart // not reached: such bytes are UTF-8
}

// unfinished counts the bytes at the end of b that begin a character which b
// does not complete.
func unfinished(b []byte) int {
	for n := 1; n <= 3 && n <= len(b); n++ {
		tail := b[len(b)-n:]
		if utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				return n
			}
			return 0
		}
	}
	return 0
}
