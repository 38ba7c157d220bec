package config

import (
	"fmt"
	"strings"
	"unicode"

	"supervisord/pkg/python"
)

// plugins reads the sections of plug-ins. An option other than the factory is
// an argument for it.
func (l *loader) plugins(kind string) []Plugin {
	var all []Plugin
	factory := pluginOption[kind]
	for _, section := range l.doc.sections() {
		name, ok := strings.CutPrefix(section, kind+":")
		if !ok {
			continue
		}
		at := l.doc.where(section, "")
		p := Plugin{File: at.file, Line: at.line, Section: section, Name: name, Options: map[string]string{}}
		read := func(option string) string {
			raw, _ := l.doc.get(section, option)
			value, err := expand(raw, l.env, section+"."+option)
			if err != nil {
				l.failValue(section, option, err, "", err.Error())
			}
			return value
		}
		if _, ok := l.doc.get(section, factory); ok {
			p.Factory = read(factory)
			l.factory(section, factory, p.Factory)
		} else {
			l.failAt(section, "", "there is no option "+factory, "for Supervisor's own interface write "+factory+" = "+MainInterface,
				fmt.Sprintf("section [%s] does not specify a %s", section, factory))
		}
		for _, option := range l.doc.options(section) {
			if option != factory {
				p.Options[option] = read(option)
			}
		}
		all = append(all, p)
	}
	return all
}

// factory checks the value of the option that names a factory. A module of
// others may well exist, as Python that we cannot load; in Supervisor's own we
// know what there is.
func (l *loader) factory(section, option, value string) {
	if !isSpec(value) {
		l.failAt(section, option, python.Quote(value)+" names no Python function", "write module:function", badSpec(value))
		return
	}
	if strings.HasPrefix(value, "supervisor.") && value != MainInterface {
		l.failAt(section, option, python.Quote(value)+" is not known", "Supervisor's own is "+MainInterface,
			fmt.Sprintf("%s cannot be resolved within [%s]", value, section))
	}
}

// isSpec reports whether a text can name something of Python: a module, or a
// module and a name in it with a colon between them.
func isSpec(text string) bool {
	module, name, both := strings.Cut(text, ":")
	return isDotted(strings.TrimRightFunc(module, isSpace)) && (!both || isDotted(strip(name)))
}

// isDotted reports whether a text holds letters, digits, underscores and dots
// only.
func isDotted(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return r != '.' && r != '_' && !unicode.IsLetter(r) && !unicode.IsNumber(r)
	})
}

// badSpec is what Supervisor, or the library it asks, says of a text that
// isSpec refuses.
func badSpec(text string) string {
	return fmt.Sprintf("(\"EntryPoint must be in 'name=module:attrs [extras]' format\", %s)", python.Quote("x="+text))
}

// The factories of RPC namespaces that are built in.
const (
	// MainInterface makes the namespace of the methods of Supervisor itself.
	MainInterface = "supervisor.rpcinterface:make_main_rpcinterface"
	// TwiddlerInterface makes that of the plug-in supervisor_twiddler.
	TwiddlerInterface = "supervisor_twiddler.rpcinterface:make_twiddler_rpcinterface"
)

// interfaceOptions are the options that a built-in factory reads; of others we
// know nothing.
var interfaceOptions = map[string][]string{
	MainInterface:     {},
	TwiddlerInterface: {whitelistOption},
}

const whitelistOption = "whitelist"

// BuiltIn reports whether the factory needs no Python.
func (p Plugin) BuiltIn() bool {
	_, ok := interfaceOptions[p.Factory]
	return ok
}

// Whitelist gives the methods that the section allows; none: it allows all.
func (p Plugin) Whitelist() []string {
	return splitList(p.Options[whitelistOption])
}

// Missing says, of a plug-in that is not built in, what is lost without it and
// what can be done.
func (p Plugin) Missing() (problem, hint string) {
	if strings.HasPrefix(p.Section, "ctlplugin:") {
		return p.Factory + " is Python code, which cannot be loaded: its commands are missing, everything else works",
			"remove the section, or use Supervisor's own supervisorctl for these commands: it speaks with this supervisord"
	}
	return p.Factory + " is Python code, which cannot be loaded: its methods are missing, everything else works",
		"remove the section if no client calls " + p.Name + ".*; built in are " + MainInterface + " and " + TwiddlerInterface
}
