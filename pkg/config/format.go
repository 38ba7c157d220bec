package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"supervisord/pkg/python"
)

// mapping stands for all names of a scope as one value.
type mapping struct{ names *scope }

// String prints it as Python prints a dict.
func (m mapping) String() string {
	var parts []string
	for _, name := range m.names.available() {
		v, _ := m.names.lookup(name)
		text := fmt.Sprint(v)
		if s, ok := v.(string); ok {
			text = python.Quote(s)
		}
		parts = append(parts, python.Quote(name)+": "+text)
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// format prints a value. The text is nil for a letter that is no format.
func (f *spec) format(v any, letter rune) (*string, error) {
	var text string
	var err error
	switch letter {
	case 's', 'r', 'a':
		text = f.text(v, letter)
	case 'd', 'i', 'u', 'o', 'x', 'X':
		text, err = f.integer(v, letter)
	case 'e', 'E', 'f', 'F', 'g', 'G':
		text, err = f.float(v, letter)
	case 'c':
		text, err = f.char(v)
	default:
		return nil, nil
	}
	return &text, err
}

// typeName is Python's name for the type of a value.
func typeName(v any) string {
	switch v.(type) {
	case string:
		return "str"
	case int64:
		return "int"
	}
	return "dict"
}

// pad fills text to the width.
func (f *spec) pad(text string) string {
	fill := strings.Repeat(" ", max(f.width-utf8.RuneCountInString(text), 0))
	if f.left {
		return text + fill
	}
	return fill + text
}

// text prints for %s, %r and %a.
func (f *spec) text(v any, letter rune) string {
	text := fmt.Sprint(v)
	if s, ok := v.(string); ok && letter != 's' {
		text = python.Quote(s)
	}
	if letter == 'a' {
		text = ascii(text)
	}
	if f.precision >= 0 {
		if r := []rune(text); len(r) > f.precision {
			text = string(r[:f.precision])
		}
	}
	return f.pad(text)
}

// char prints for %c.
func (f *spec) char(v any) (string, error) {
	switch v := v.(type) {
	case string:
		if utf8.RuneCountInString(v) == 1 {
			return f.pad(v), nil
		}
	case int64:
		if v < 0 || v > utf8.MaxRune {
			return "", fmt.Errorf("%%c arg not in range(0x110000)")
		}
		return f.pad(string(rune(v))), nil
	}
	return "", fmt.Errorf("%%c requires int or char")
}

// integer prints for %d and its kin.
func (f *spec) integer(v any, letter rune) (string, error) {
	n, ok := v.(int64)
	base, prefix := 10, ""
	switch letter {
	case 'o':
		base, prefix = 8, "0o"
	case 'x', 'X':
		base, prefix = 16, "0"+string(letter)
	}
	if !ok && base == 10 {
		return "", fmt.Errorf("%%%c format: a real number is required, not %s", letter, typeName(v))
	}
	if !ok {
		return "", fmt.Errorf("%%%c format: an integer is required, not %s", letter, typeName(v))
	}
	sign, magnitude := "", uint64(n)
	if n < 0 {
		sign, magnitude = "-", -uint64(n)
	}
	digits := strconv.FormatUint(magnitude, base)
	if letter == 'X' {
		digits = strings.ToUpper(digits)
	}
	if len(digits) < f.precision {
		digits = strings.Repeat("0", f.precision-len(digits)) + digits
	}
	if !f.alt {
		prefix = ""
	}
	return f.signed(sign, prefix, digits), nil
}

// float prints for %f and its kin.
func (f *spec) float(v any, letter rune) (string, error) {
	n, ok := v.(int64)
	if !ok {
		return "", fmt.Errorf("must be real number, not %s", typeName(v))
	}
	precision := f.precision
	if precision < 0 {
		precision = 6
	}
	format := "%." + strconv.Itoa(precision) + string(letter)
	if f.alt {
		format = "%#." + strconv.Itoa(precision) + string(letter)
	}
	text := fmt.Sprintf(format, math.Abs(float64(n)))
	sign := ""
	if n < 0 {
		sign = "-"
	}
	return f.signed(sign, "", text), nil
}

// signed puts sign, prefix, padding and digits together.
func (f *spec) signed(sign, prefix, digits string) string {
	switch {
	case sign != "":
	case f.sign:
		sign = "+"
	case f.blank:
		sign = " "
	}
	if f.zero && !f.left {
		fill := max(f.width-len(sign)-len(prefix)-len(digits), 0)
		return sign + prefix + strings.Repeat("0", fill) + digits
	}
	return f.pad(sign + prefix + digits)
}
