package config

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"supervisord/pkg/python"
)

// The INI dialect is that of Python's configparser as Supervisor sets it up:
// indented lines continue a value, a comment may follow white space, sections
// and options may come again, [DEFAULT] speaks for all. No INI library of Go
// reads it so. Therefore a scanner takes the lines apart, with the place of
// every option, and the INI library gets a text in which nothing is left to
// interpretation (document.go).

// section is a section header and the options up to the next one.
type section struct {
	name     string
	line     int
	options  []option
	unwanted bool
}

// option is an option as written, its value joined from its lines.
type option struct {
	name  string // in lower case
	value string
	line  int
	cut   bool // a comment was cut off after some part of the value
}

// scanner reads one file line by line.
type scanner struct {
	file     string
	wanted   func(section string) bool // nil: every section is
	sections []section                 // the wanted ones, and one more while it is read
	bad      []badLine

	indent int  // of the last line that began something
	open   bool // an indented line continues the last option
	lines  []string
}

// badLine is a line that is neither a header, an option nor a comment.
type badLine struct {
	number int
	text   string // with the newline
}

// scan takes a file apart. The errors carry Supervisor's texts; file is the
// name that they show. Sections that are not wanted are read for what is wrong in
// them only; with wanted nil there is none.
func scan(file string, data []byte, wanted func(section string) bool) ([]section, Errors) {
	s := scanner{file: file, wanted: wanted}
	if offset, decoded, err := checkUTF8(data); err != nil {
		// Python has read what it had decoded by then, up to the last whole line.
		before := newlines(string(data[:decoded]))
		if early := s.read(before[:1+strings.LastIndexByte(before, '\n')]); early != nil {
			return nil, Errors{early}
		}
		line := 1 + strings.Count(newlines(string(data[:offset])), "\n")
		return nil, Errors{{File: file, Line: line, Problem: err.Error(), Hint: "save the file as UTF-8"}}
	}
	if early := s.read(newlines(string(data))); early != nil {
		return nil, Errors{early}
	}
	s.closeOption()
	s.dropUnwanted()
	if len(s.bad) > 0 {
		return s.sections, s.errors()
	}
	return s.sections, nil
}

// read takes all lines of a text, or returns the error that ends the reading at
// once.
func (s *scanner) read(text string) *OptionError {
	number := 0
	for line := range strings.Lines(text) {
		number++
		if !s.line(number, line) {
			return s.noHeader(number, line)
		}
	}
	return nil
}

// newlines turns the line ends of other systems into "\n".
func newlines(text string) string {
	if !strings.Contains(text, "\r") {
		return text
	}
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
}

// line takes the next line. It returns false for one that must not come before
// the first section header.
func (s *scanner) line(number int, line string) bool {
	end, comment := commentStart(line)
	text := strip(line[:end])
	if text == "" {
		if !comment && s.open && !s.passed() {
			s.lines = append(s.lines, "") // dropped again if nothing follows
		}
		return true
	}
	indent := utf8.RuneCountInString(line[:len(line)-len(strings.TrimLeftFunc(line, isSpace))])
	if s.open && indent > s.indent {
		if !s.passed() {
			s.lines = append(s.lines, text)
			o := s.last()
			o.cut = o.cut || comment
		}
		return true
	}
	s.indent = indent
	if name, ok := header(text); ok {
		s.closeOption()
		s.dropUnwanted()
		s.sections = append(s.sections, section{name: name, line: number, unwanted: s.wanted != nil && !s.wanted(name)})
		return true
	}
	if len(s.sections) == 0 {
		return false
	}
	at := signOf(text)
	if at < 0 {
		// The option before stays open: an indented line still belongs to it.
		s.bad = append(s.bad, badLine{number, line})
		return true
	}
	s.closeOption()
	if at == 0 {
		s.bad = append(s.bad, badLine{number, line})
		return true
	}
	s.open = true
	if s.passed() {
		return true
	}
	in := &s.sections[len(s.sections)-1]
	in.options = append(in.options, option{name: lower(strip(text[:at])), line: number, cut: comment})
	s.lines = append(s.lines[:0], strip(text[at+1:]))
	return true
}

// signOf returns where the sign stands that ends the name of an option, -1 if
// there is none.
func signOf(text string) int {
	at := strings.IndexByte(text, '=')
	if colon := strings.IndexByte(text, ':'); colon >= 0 && (at < 0 || colon < at) {
		return colon
	}
	return at
}

// passed reports whether the section being read is not wanted.
func (s *scanner) passed() bool {
	last := len(s.sections) - 1
	return last >= 0 && s.sections[last].unwanted
}

// last is the option that was read last.
func (s *scanner) last() *option {
	in := &s.sections[len(s.sections)-1]
	return &in.options[len(in.options)-1]
}

// closeOption ends the option being read and joins its lines.
func (s *scanner) closeOption() {
	if s.open && !s.passed() {
		s.last().value = strings.TrimRightFunc(strings.Join(s.lines, "\n"), isSpace)
	}
	s.open = false
}

// dropUnwanted gives the section being read up if nobody wants it.
func (s *scanner) dropUnwanted() {
	if s.passed() {
		s.sections = s.sections[:len(s.sections)-1]
	}
}

// header returns the name in a section header: all up to the last bracket.
func header(text string) (name string, ok bool) {
	end := strings.LastIndexByte(text, ']')
	if text[0] != '[' || end < 2 {
		return "", false
	}
	return text[1:end], true
}

// commentStart returns where the comment of a line begins, and whether it has
// one; without one it is the length of the line.
//
// A line is all comment if it begins with a comment sign. Otherwise a sign
// counts after white space only. The search goes in rounds, the n-th ";" and
// the n-th "#" together, and ends in the first round in which either counts:
// in "a;b ;c #d" the "#" of round one is found and the second ";" is not.
func commentStart(line string) (at int, comment bool) {
	at = len(line)
	semicolon, hash := strings.IndexByte(line, ';'), strings.IndexByte(line, '#')
	if semicolon < 0 && hash < 0 {
		return at, false // most lines
	}
	if text := strip(line); text[0] == ';' || text[0] == '#' {
		return 0, true
	}
	for !comment && (semicolon >= 0 || hash >= 0) {
		for _, i := range [2]int{semicolon, hash} {
			if i >= 0 && afterSpace(line, i) {
				at, comment = min(at, i), true
			}
		}
		semicolon, hash = nextSign(line, semicolon), nextSign(line, hash)
	}
	return at, comment
}

// nextSign returns the index of the next sign in line like the one at i, -1 if
// there is none or i is -1.
func nextSign(line string, i int) int {
	if i < 0 {
		return -1
	}
	n := strings.IndexByte(line[i+1:], line[i])
	if n < 0 {
		return -1
	}
	return i + 1 + n
}

// afterSpace reports whether i is the start of line or follows white space.
func afterSpace(line string, i int) bool {
	if i == 0 {
		return true
	}
	r, _ := utf8.DecodeLastRuneInString(line[:i])
	return isSpace(r)
}

// noHeader is the error for a file whose first line of weight is no header.
func (s *scanner) noHeader(number int, line string) *OptionError {
	e := &OptionError{
		File: s.file, Line: number,
		Problem: "an option stands before the first section",
		Hint:    "put a section header above it, such as [supervisord]",
		message: fmt.Sprintf("File contains no section headers.\nfile: %s, line: %d\n%s", python.Quote(s.file), number, python.Quote(line)),
	}
	if strings.HasPrefix(line, "\ufeff") {
		e.Problem = "the file begins with a byte order mark"
		e.Hint = "save it as UTF-8 without BOM"
	}
	return e
}

// errors makes one error of each bad line; the first speaks for all of them.
func (s *scanner) errors() Errors {
	var all Errors
	message := "Source contains parsing errors: " + python.Quote(s.file)
	for _, b := range s.bad {
		message += fmt.Sprintf("\n\t[line %2d]: %s", b.number, python.Quote(b.text))
		e := &OptionError{
			File: s.file, Line: b.number,
			Problem: fmt.Sprintf("%s is neither a section nor an option", python.Quote(strip(b.text))),
			Hint:    "write name=value; a line that continues a value must be indented; a comment begins with ;",
		}
		if text := strip(b.text); text[0] == '=' || text[0] == ':' {
			e.Problem = fmt.Sprintf("%s has no name before the sign", python.Quote(text))
		}
		all = append(all, e)
	}
	all[0].message = message
	return all
}
