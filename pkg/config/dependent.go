package config

import (
	"fmt"
	"slices"
	"strings"
)

// The options of supervisord-dependent-startup, a listener of others that starts
// programs once what they wait for has come up. They stand in the sections of
// programs and Supervisor does not look at them, so that nothing in them can be
// an error. What is wrong with them is told by --check.

// DependentStartup is what a program says of the programs that it waits for.
type DependentStartup struct {
	Enabled         bool      // dependent_startup
	WaitFor         []WaitFor // dependent_startup_wait_for
	InheritPriority bool      // dependent_startup_inherit_priority
}

// WaitFor is a program that another one waits for, and the states of which it
// must have reached one.
type WaitFor struct {
	Program string
	States  []string // upper case; never empty
}

// waitableStates are the states that can be waited for.
var waitableStates = []string{"STARTING", "RUNNING", "BACKOFF", "STOPPING", "EXITED", "FATAL"}

var waitForKind = kind[[]WaitFor]{"program:state[,state] with blanks between", parseWaitFor, printWaitFor, waitForHint}

// parseWaitFor reads "db:running,exited cache"; a program alone means RUNNING.
func parseWaitFor(text string) ([]WaitFor, error) {
	var all []WaitFor
	for _, word := range strings.FieldsFunc(text, isSpace) {
		program, states, given := strings.Cut(word, ":")
		w := WaitFor{Program: program, States: []string{"RUNNING"}}
		if given {
			w.States = splitList(strings.ToUpper(states))
		}
		if program == "" || len(w.States) == 0 {
			return nil, fmt.Errorf("%q names no program and state", word)
		}
		for _, state := range w.States {
			if !slices.Contains(waitableStates, state) {
				return nil, fmt.Errorf("nothing can wait for the state %q", state)
			}
		}
		all = append(all, w)
	}
	return all, nil
}

func printWaitFor(all []WaitFor) string {
	words := make([]string, len(all))
	for i, w := range all {
		words[i] = w.Program + ":" + strings.ToLower(strings.Join(w.States, ","))
	}
	return strings.Join(words, " ")
}

func waitForHint(text string) string {
	for _, word := range strings.FieldsFunc(text, isSpace) {
		_, states, _ := strings.Cut(word, ":")
		for _, state := range splitList(states) {
			if !slices.Contains(waitableStates, strings.ToUpper(state)) {
				return strings.ToLower(oneOf(strings.ToUpper(state), waitableStates))
			}
		}
	}
	return "write program:state, for example db:running"
}

// dependentOptions are the rows of the three options.
func dependentOptions() []Option[Program] {
	return []Option[Program]{
		row("dependent_startup", booleanKind, "false", func(p *Program) *bool { return &p.DependentStartup.Enabled },
			"Leave the start of the program to what it waits for; autostart=false belongs to it. The listener supervisord-dependent-startup reads the three options by itself.").later(),
		unset("dependent_startup_wait_for", waitForKind, func(p *Program) *[]WaitFor { return &p.DependentStartup.WaitFor },
			"The programs that must have come up first, each with the states of which it must have reached one.").later(),
		row("dependent_startup_inherit_priority", booleanKind, "false", func(p *Program) *bool { return &p.DependentStartup.InheritPriority },
			"Start the program with the priority of what it waits for, if that is lower.").later(),
	}
}

// pluginPrefixes begin the options that well-known plug-ins keep in the sections
// of programs.
var pluginPrefixes = []string{"dependent_startup", "startinorder", "startnextafter"}

// mistyped is how many letters of a plug-in's option may be wrong for it to be
// taken for another one. Its options begin alike, so that few letters count.
const mistyped = 2

// ofPlugin reports whether an option that no table knows belongs to a well-known
// plug-in. One that looks like a mistyped option that a table knows does not:
// near is the nearest of those, or empty.
func ofPlugin(section, option, near string) bool {
	if !strings.HasPrefix(section, "program:") && !strings.HasPrefix(section, "fcgi-program:") && !strings.HasPrefix(section, "eventlistener:") {
		return false
	}
	typo := near != "" && editDistance(option, near) <= mistyped
	return !typo && slices.ContainsFunc(pluginPrefixes, func(prefix string) bool { return strings.HasPrefix(option, prefix) })
}

// adviseDependent tells what keeps programs from waiting for each other as they
// are meant to.
func (l *loader) adviseDependent() {
	waits := map[string]DependentStartup{}
	var order []string
	for _, g := range l.c.Groups {
		for _, p := range g.Programs {
			name, isProgram := strings.CutPrefix(p.Section, "program:")
			if _, again := waits[strip(name)]; isProgram && !again {
				waits[strip(name)] = p.DependentStartup
				order = append(order, strip(name))
				l.adviseEnabled(p)
			}
		}
	}
	for _, name := range order {
		for _, w := range waits[name].WaitFor {
			section := "program:" + name
			other, known := waits[w.Program]
			switch {
			case !known:
				l.doubt(section, "dependent_startup_wait_for", fmt.Sprintf("there is no program called %q", w.Program), didYouMean(w.Program, order))
			case waitsFor(waits, w.Program, name):
				l.doubt(section, "dependent_startup_wait_for", fmt.Sprintf("%s waits for %s, which waits for it: neither is ever started", name, w.Program), "")
			case !other.Enabled && l.neverStarted(w.Program):
				l.doubt(section, "dependent_startup_wait_for", fmt.Sprintf("%s is not started by itself", w.Program), "set dependent_startup=true or autostart=true for it")
			}
		}
	}
}

// adviseEnabled tells of options that go against each other.
func (l *loader) adviseEnabled(p *Program) {
	d := p.DependentStartup
	switch {
	case d.Enabled && p.Autostart:
		l.doubt(p.Section, "dependent_startup", "the program does not wait, since it is started by itself", "add autostart=false")
	case !d.Enabled && len(d.WaitFor) > 0:
		l.doubt(p.Section, "dependent_startup_wait_for", "without dependent_startup=true it means nothing", "add dependent_startup=true and autostart=false")
	}
}

// neverStarted reports whether a program is not started by supervisord itself.
func (l *loader) neverStarted(program string) bool {
	for _, g := range l.c.Groups {
		for _, p := range g.Programs {
			if p.Section == "program:"+program {
				return !p.Autostart
			}
		}
	}
	return false
}

// waitsFor reports whether from waits for to, by itself or by what it waits for.
// A program waits for itself if it is the other one.
func waitsFor(waits map[string]DependentStartup, from, to string) bool {
	seen := map[string]bool{}
	var visit func(name string) bool
	visit = func(name string) bool {
		if name == to {
			return true
		}
		if seen[name] {
			return false
		}
		seen[name] = true
		return slices.ContainsFunc(waits[name].WaitFor, func(w WaitFor) bool { return visit(w.Program) })
	}
	return visit(from)
}
