// Package getopt reads command lines the way Supervisor's programs do: Python's
// getopt rules (clustered short options, unambiguous prefixes of long ones,
// nothing after the first word that is no option) and, on top of them,
// Supervisor's own refusals. The texts of the errors are Supervisor's, byte for
// byte.
package getopt

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"supervisord/pkg/python"
)

// Option is one row of a program's option table.
type Option struct {
	Short rune   // the letter, 0 if it has none
	Long  string // the long name without dashes, empty if it has none
	Arg   string // what the help calls its argument; empty for a flag
	Doc   string // for the help; an option without Doc is not shown there
	Exact bool   // no prefix of the long name stands for it: ours, which must not make Supervisor's prefixes ambiguous
	// Check refuses a value; its error ends the line "invalid value for -x
	// 'value': ". Nil accepts every value.
	Check func(value string) error
}

// Setting is an option that was met on the command line.
type Setting struct {
	Option *Option // points into the table that was given to Parse
	As     string  // the spelling: -c, or --configuration also for a prefix
	Value  string  // empty for a flag
}

// Name returns the name by which a caller tells options apart: the long one, or
// the letter if there is no other.
func (s Setting) Name() string {
	if s.Option.Long != "" {
		return s.Option.Long
	}
	return string(s.Option.Short)
}

// Parse reads args (without the program's name) up to the first word that is no
// option and answers the settings in the order in which they were met, and the
// words that are left.
//
// A line that is wrong as such gives no settings. A value that is refused, or an
// option that comes twice, gives the settings that stand before it, so that a -h
// or -v further left still acts: a caller walks the settings first and looks at
// the error then.
func Parse(args []string, options []Option) (settings []Setting, rest []string, err error) {
	l := line{args: args, options: options}
	for len(l.args) > 0 && strings.HasPrefix(l.args[0], "-") && l.args[0] != "-" {
		word := l.next()
		if word == "--" {
			break
		}
		if name, ok := strings.CutPrefix(word, "--"); ok {
			err = l.long(name)
		} else {
			err = l.short(word[1:])
		}
		if err != nil {
			return nil, nil, err
		}
	}
	settings, err = accept(l.settings)
	return settings, l.args, err
}

// ParseAll is Parse for a program that takes nothing but options. Words that are
// left are refused before any value is looked at.
func ParseAll(args []string, options []Option) ([]Setting, error) {
	settings, rest, err := Parse(args, options)
	if len(rest) > 0 {
		return nil, fmt.Errorf("positional arguments are not supported: %s", python.QuoteList(rest))
	}
	return settings, err
}

// Complain writes a usage error as both programs do. The exit status that
// belongs to it is 2.
func Complain(w io.Writer, program string, err error) {
	fmt.Fprintf(w, "Error: %s\nFor help, use %s -h\n", err, program)
}

// line is a command line that is being read.
type line struct {
	args     []string // what is still to be read
	options  []Option
	settings []Setting
}

func (l *line) next() string {
	word := l.args[0]
	l.args = l.args[1:]
	return word
}

// long reads --name or --name=value, given without the dashes.
func (l *line) long(text string) error {
	name, value, given := strings.Cut(text, "=")
	o, err := l.find(name)
	if err != nil {
		return err
	}
	switch {
	case o.Arg == "" && given:
		return fmt.Errorf("option --%s must not have an argument", o.Long)
	case o.Arg != "" && !given:
		if len(l.args) == 0 {
			return fmt.Errorf("option --%s requires argument", o.Long)
		}
		value = l.next()
	}
	l.settings = append(l.settings, Setting{o, "--" + o.Long, value})
	return nil
}

// find looks a long name or an unambiguous prefix of one up.
func (l *line) find(name string) (*Option, error) {
	var found *Option
	several := false
	for i := range l.options {
		o := &l.options[i]
		switch {
		case o.Long == "" || !strings.HasPrefix(o.Long, name):
		case o.Long == name:
			return o, nil
		case o.Exact:
		default:
			several = found != nil
			found = o
		}
	}
	if found == nil {
		return nil, fmt.Errorf("option --%s not recognized", name)
	}
	if several {
		return nil, fmt.Errorf("option --%s not a unique prefix", name)
	}
	return found, nil
}

// short reads a cluster of letters, given without the dash. The first letter
// that takes an argument ends it: the argument is the rest of the word or else
// the next one.
func (l *line) short(cluster string) error {
	for cluster != "" {
		letter, size := utf8.DecodeRuneInString(cluster)
		as := cluster[:size]
		cluster = cluster[size:]
		o := l.letter(letter)
		if o == nil {
			return fmt.Errorf("option -%s not recognized", as)
		}
		value := ""
		if o.Arg != "" {
			if cluster == "" {
				if len(l.args) == 0 {
					return fmt.Errorf("option -%s requires argument", as)
				}
				cluster = l.next()
			}
			value, cluster = cluster, ""
		}
		l.settings = append(l.settings, Setting{o, "-" + as, value})
	}
	return nil
}

func (l *line) letter(r rune) *Option {
	if r == utf8.RuneError {
		return nil
	}
	for i := range l.options {
		if l.options[i].Short == r {
			return &l.options[i]
		}
	}
	return nil
}

// accept checks the settings from left to right and answers those before the
// first that is refused.
func accept(settings []Setting) ([]Setting, error) {
	seen := make(map[*Option]bool, len(settings))
	for i, s := range settings {
		if s.Option.Check != nil {
			if err := s.Option.Check(s.Value); err != nil {
				return settings[:i], fmt.Errorf("invalid value for %s %s: %w", s.As, python.Quote(s.Value), err)
			}
		}
		if seen[s.Option] {
			return settings[:i], errors.New("conflicting command line option " + python.Quote(s.As))
		}
		seen[s.Option] = true
	}
	return settings, nil
}
