package config

import (
	"fmt"
	"regexp"
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
			p.Factory = l.factory(section, factory, read(factory))
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

// factory checks the value of the option that names a factory, and returns it in
// its plain form. A module of others may well exist, as Python that we cannot
// load; in Supervisor's own we know what there is.
func (l *loader) factory(section, option, value string) string {
	spec, message := parseSpec(value)
	switch {
	case message != "":
		l.failAt(section, option, python.Quote(value)+" names no Python function", "write module:function", message)
	case strings.HasPrefix(spec, "supervisor.") && spec != MainInterface:
		l.failAt(section, option, python.Quote(value)+" is not known", "Supervisor's own is "+MainInterface,
			fmt.Sprintf("%s cannot be resolved within [%s]", value, section))
	}
	return spec
}

// extras matches the list in brackets that the name of something of Python may
// carry: features of the package that it needs. Between its brackets stand
// names, or nothing.
var (
	extras     = regexp.MustCompile(`\[.*\]\s*$`)
	goodExtras = regexp.MustCompile(`^\[\s*(` + extra + `(\s*,\s*` + extra + `)*)?\s*\]$`)
)

const extra = `[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?`

// parseSpec reads a text that names something of Python: a module, or a module
// and a name in it with a colon between them. Extras mean nothing to us and are
// left out; they are mostly the next section's header, indented by mistake. If
// the text is no such name, message is what Supervisor, or the library it asks,
// says of it.
func parseSpec(text string) (spec, message string) {
	list := extras.FindString(text)
	module, name, both := strings.Cut(strings.TrimSuffix(text, list), ":")
	module, name = strings.TrimRightFunc(module, isSpace), strip(name)
	list = strip(list)
	switch {
	case !isDotted(module) || both && !isDotted(name):
		return text, fmt.Sprintf("(\"EntryPoint must be in 'name=module:attrs [extras]' format\", %s)", python.Quote("x="+text))
	case list != "" && !goodExtras.MatchString(list):
		start := []rune(list)
		return text, fmt.Sprintf("Parse error at \"%s\": Expected string_end", python.Quote(string(start[:min(len(start), 8)])))
	case both:
		return module + ":" + name, ""
	}
	return module, ""
}

// isDotted reports whether a text holds letters, digits, underscores and dots
// only.
func isDotted(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return r != '.' && r != '_' && !unicode.IsLetter(r) && !unicode.IsNumber(r)
	})
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
