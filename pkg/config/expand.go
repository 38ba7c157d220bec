package config

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"supervisord/pkg/python"
)

// scope is the names that %(name)s may use in a value. A name is looked up in
// the scope itself, then in the outer ones.
type scope struct {
	names map[string]any // string or int64
	outer *scope
}

// inner returns a scope inside s with further names.
func (s *scope) inner(names map[string]any) *scope {
	return &scope{names: names, outer: s}
}

// lookup returns the value of a name.
func (s *scope) lookup(name string) (value any, ok bool) {
	for ; s != nil; s = s.outer {
		if value, ok = s.names[name]; ok {
			return value, true
		}
	}
	return nil, false
}

// available lists all names, sorted.
func (s *scope) available() []string {
	seen := map[string]bool{}
	for ; s != nil; s = s.outer {
		for name := range s.names {
			seen[name] = true
		}
	}
	names := make([]string, 0, len(seen))
	for name := range seen {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// setEnvironment adds variables as names ENV_X.
func (s *scope) setEnvironment(environment map[string]string) {
	for k, v := range environment {
		s.names["ENV_"+k] = v
	}
}

// expansionError is a value whose % signs cannot be expanded.
type expansionError struct {
	value string
	what  string // the option as Supervisor names it
	name  string // the unknown name, if that is the trouble
	names []string
	cause string // else what is wrong with the format
}

// Error is Supervisor's text.
func (e *expansionError) Error() string {
	if e.cause != "" {
		return fmt.Sprintf("Format string %s for %s is badly formatted: %s", python.Quote(e.value), python.Quote(e.what), e.cause)
	}
	return fmt.Sprintf("Format string %s for %s contains names (%s) which cannot be expanded. Available names: %s",
		python.Quote(e.value), python.Quote(e.what), python.Quote(e.name), strings.Join(e.names, ", "))
}

// problem says the same without the list of all names.
func (e *expansionError) problem() string {
	if e.cause != "" {
		return fmt.Sprintf("%s cannot be expanded: %s", python.Quote(e.value), e.cause)
	}
	return fmt.Sprintf("%s asks for %%(%s)s, which is not known here", python.Quote(e.value), e.name)
}

// hint says what to do.
func (e *expansionError) hint() string {
	if e.cause != "" {
		return "write %% for a plain % sign"
	}
	if near := nearest(e.name, e.names); near != "" {
		return fmt.Sprintf("did you mean %%(%s)s?", near)
	}
	if variable, ok := strings.CutPrefix(e.name, "ENV_"); ok {
		return fmt.Sprintf("set %s in supervisord's environment or in [supervisord] environment", variable)
	}
	return fmt.Sprintf("write %%%%(%s)s if the text is meant as it stands", e.name)
}

// expand replaces the % formats in value, as Python's % operator does with a
// mapping on its right. what is the option as Supervisor names it in errors,
// which are *expansionError.
func expand(value string, names *scope, what string) (string, error) {
	if !strings.Contains(value, "%") {
		return value, nil
	}
	text, _, err := expandWhole(value, names, what)
	return text, err
}

// expandWhole is expand, and reports whether some format had no name. Such a
// format stands for the whole mapping, which nobody can have wanted.
func expandWhole(value string, names *scope, what string) (text string, whole bool, err error) {
	x := expander{rest: value, size: utf8.RuneCountInString(value), names: names}
	for x.err == nil && x.rest != "" {
		run, _, found := strings.Cut(x.rest, "%")
		x.out.WriteString(run)
		x.rest = x.rest[len(run):]
		if found {
			x.rest = x.rest[1:]
			x.format()
		}
	}
	if x.err != nil {
		x.err.value, x.err.what = value, what
		return "", x.whole, x.err
	}
	return x.out.String(), x.whole, nil
}

// expander goes through a value from left to right.
type expander struct {
	rest  string // not yet read
	size  int    // of the value in characters, for positions in messages
	names *scope
	out   strings.Builder
	err   *expansionError

	// Formats take arguments. The argument of %(name)d is the value of name;
	// one without a name takes the mapping itself, and only once; what comes
	// after a named one finds nothing left.
	taken bool
	whole bool
}

func (x *expander) fail(format string, args ...any) {
	if x.err == nil {
		x.err = &expansionError{cause: fmt.Sprintf(format, args...)}
	}
}

// peek returns the next character, 0 at the end.
func (x *expander) peek() rune {
	if x.rest == "" {
		return 0
	}
	r, _ := utf8.DecodeRuneInString(x.rest)
	return r
}

// skip drops the next character.
func (x *expander) skip() {
	_, size := utf8.DecodeRuneInString(x.rest)
	x.rest = x.rest[size:]
}

// spec is what stands between % and the letter of a format.
type spec struct {
	named                        bool
	value                        any // of the name
	left, sign, blank, alt, zero bool
	width                        int
	precision                    int // -1: none
}

// format reads one format, of which the % is gone, and writes its text.
func (x *expander) format() {
	if x.peek() == '%' {
		x.skip()
		x.out.WriteByte('%')
		return
	}
	f := spec{precision: -1}
	if x.peek() == '(' {
		x.name(&f)
	}
	x.flags(&f)
	f.width = max(x.count(&f, "width too big"), 0)
	if x.peek() == '.' {
		x.skip()
		f.precision = max(x.count(&f, "precision too big"), 0)
	}
	if r := x.peek(); r == 'h' || r == 'l' || r == 'L' {
		x.skip()
	}
	if x.rest == "" {
		x.fail("incomplete format")
	}
	if x.err != nil {
		return
	}
	letter := x.peek()
	at := x.size - utf8.RuneCountInString(x.rest)
	x.skip()
	v := x.argument(&f)
	if x.err != nil {
		return
	}
	text, err := f.format(v, letter)
	if err != nil {
		x.fail("%v", err)
		return
	}
	if text == nil {
		shown := letter
		if letter < 31 || letter >= 127 {
			shown = '?'
		}
		x.fail("unsupported format character '%c' (0x%x) at index %d", shown, letter, at)
		return
	}
	x.out.WriteString(*text)
}

// name reads "(name)", in which brackets may nest, and looks the name up.
func (x *expander) name(f *spec) {
	depth, end := 0, -1
	for i, r := range x.rest {
		if r == '(' {
			depth++
		} else if r == ')' {
			depth--
		}
		if depth == 0 {
			end = i
			break
		}
	}
	if end < 0 {
		x.fail("incomplete format key")
		return
	}
	name := x.rest[1:end]
	x.rest = x.rest[end+1:]
	v, ok := x.names.lookup(name)
	if !ok {
		if x.err == nil {
			x.err = &expansionError{name: name, names: x.names.available()}
		}
		return
	}
	f.named, f.value, x.taken = true, v, false
}

// flags reads the flags of a format.
func (x *expander) flags(f *spec) {
	for {
		switch x.peek() {
		case '-':
			f.left = true
		case '+':
			f.sign = true
		case ' ':
			f.blank = true
		case '#':
			f.alt = true
		case '0':
			f.zero = true
		default:
			return
		}
		x.skip()
	}
}

// maxWidth bounds a width: a value that asks for more is a mistake, and must
// not cost the memory.
const maxWidth = 1 << 20

// count reads a width or precision: digits, or * for the next argument. It
// returns -1 if there is none.
func (x *expander) count(f *spec, tooBig string) int {
	if x.peek() == '*' {
		x.skip()
		v := x.argument(f)
		if x.err != nil {
			return -1
		}
		n, ok := v.(int64)
		if !ok {
			x.fail("* wants int")
			return -1
		}
		if n < 0 && tooBig == "width too big" {
			f.left, n = true, -n
		}
		return int(min(n, maxWidth))
	}
	n := -1
	for r := x.peek(); r >= '0' && r <= '9'; r = x.peek() {
		n = max(n, 0)*10 + int(r-'0')
		if n > maxWidth {
			x.fail("%s", tooBig)
			return -1
		}
		x.skip()
	}
	return n
}

// argument takes the next argument.
func (x *expander) argument(f *spec) any {
	if x.taken {
		x.fail("not enough arguments for format string")
		return nil
	}
	x.taken = true
	if f.named {
		return f.value
	}
	x.whole = true
	return mapping{x.names}
}
