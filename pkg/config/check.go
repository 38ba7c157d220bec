package config

import (
	"errors"
	"fmt"
	"strings"
)

// Check reads a configuration as supervisord and supervisorctl would, and tells
// all that is wrong in it, what nobody reads, and what is probably not meant; ok
// if supervisord can use it. It starts nothing. flags are as for Load.
func Check(file string, flags map[string]string) (report string, ok bool) {
	var b strings.Builder
	tell := func(word string, e *OptionError) {
		fmt.Fprintf(&b, "%s: %s\n", word, strings.TrimRight(e.Detail(), "\n"))
	}
	l, err := newLoader(file, flags, nil)
	var wrong Errors
	if errors.As(err, &wrong) {
		for _, e := range wrong {
			tell("error", e)
		}
		fmt.Fprintf(&b, "configuration file %s test failed\n", file)
		return b.String(), false
	}
	c := l.load()
	for _, e := range l.errs {
		tell("error", e)
	}
	for _, u := range c.Unknown {
		what := "nobody reads this section"
		if u.Option != "" {
			what = "nobody reads this option"
		}
		hint := ""
		if u.Hint != "" {
			hint = "did you mean " + u.Hint + "?"
		}
		tell("warning", &OptionError{File: u.File, Line: u.Line, Section: u.Section, Option: u.Option, Problem: what, Hint: hint})
	}
	for _, m := range c.Messages {
		if m.Level >= Warn {
			fmt.Fprintf(&b, "warning: %s\n", m.Text)
		}
	}
	for _, e := range l.advise() {
		tell("warning", e)
	}
	if len(l.errs) > 0 {
		fmt.Fprintf(&b, "configuration file %s test failed\n", file)
		return b.String(), false
	}
	fmt.Fprintf(&b, "configuration file %s test is successful\n", file)
	return b.String(), true
}
