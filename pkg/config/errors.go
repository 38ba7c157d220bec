package config

import (
	"fmt"
	"strings"
)

// OptionError is one thing wrong in a configuration, with its place.
type OptionError struct {
	File    string
	Line    int    // 0: the file as a whole
	Section string // empty: outside any section
	Option  string // empty: the section as a whole
	Problem string // what is wrong, without the place
	Hint    string // what to do about it, or empty

	message string // Supervisor's sentence for it
}

// Error returns the sentence with which Supervisor would have stopped. It
// follows "Error: " on standard error and "CANT_REREAD: " in a fault.
func (e *OptionError) Error() string {
	if e.message != "" {
		return e.message
	}
	return e.Problem
}

// Place returns where the error is, as file:line: [section] option, as far as
// that is known.
func (e *OptionError) Place() string {
	return place(e.File, e.Line, e.Section, e.Option)
}

// place joins the parts of a place that are known.
func place(file string, line int, section, option string) string {
	var parts []string
	if file != "" && line > 0 {
		parts = append(parts, fmt.Sprintf("%s:%d:", file, line))
	} else if file != "" {
		parts = append(parts, file+":")
	}
	if section != "" {
		parts = append(parts, "["+section+"]")
	}
	if option != "" {
		parts = append(parts, option)
	}
	return strings.TrimSuffix(strings.Join(parts, " "), ":")
}

// Detail returns the error with its place and, on a second line, the hint.
func (e *OptionError) Detail() string {
	text := e.Place()
	if text != "" {
		text += ": "
	}
	text += e.Problem
	if e.Hint != "" {
		text += "\nhint: " + e.Hint
	}
	return text
}

// Errors is all that is wrong in a configuration, never empty. The first is
// what Supervisor would have stopped at.
type Errors []*OptionError

// Error returns Supervisor's sentence for the first error.
func (e Errors) Error() string { return e[0].Error() }

// Unwrap returns the errors one by one.
func (e Errors) Unwrap() []error {
	all := make([]error, len(e))
	for i, err := range e {
		all[i] = err
	}
	return all
}

// Detail returns every error with place and hint, a line or two each.
func (e Errors) Detail() string {
	var b strings.Builder
	for _, err := range e {
		b.WriteString(err.Detail())
		b.WriteByte('\n')
	}
	return b.String()
}
