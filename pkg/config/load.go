package config

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"supervisord/pkg/python"
)

// Load reads the configuration of supervisord. flags are the options of
// [supervisord] that the command line gives, by name; they win over the file.
//
// An error is an Errors: all that is wrong, the first being what Supervisor
// would have stopped at.
func Load(file string, flags map[string]string) (*Config, error) {
	l, err := newLoader(file, flags, nil)
	if err != nil {
		return nil, err
	}
	c := l.load()
	if len(l.errs) > 0 {
		return nil, l.errs
	}
	return c, nil
}

// loader reads one configuration.
type loader struct {
	file  string // the root file as given, for Supervisor's messages
	flags map[string]string
	here  string // the directory of the root file
	doc   *document
	env   *scope // ENV_X; grows by [supervisord] environment
	host  string
	c     *Config
	errs  Errors
	// doubts are what is allowed but probably not meant; Check tells them.
	doubts []*OptionError
	// userName is the user that supervisord is to become, nil if none is named.
	userName *string
	sockets  map[string]*Socket // of fcgi-programs, by section
}

// newLoader reads the root file: all of its sections, or those that are wanted.
func newLoader(file string, flags map[string]string, wanted func(section string) bool) (*loader, error) {
	doc, here, errs := open(file, wanted)
	if doc == nil {
		return nil, errs
	}
	host, _ := os.Hostname()
	return &loader{
		file: file, flags: flags, here: here, doc: doc, env: environmentScope(), host: host,
		c: &Config{File: absolute(file), given: file}, errs: errs, sockets: map[string]*Socket{},
	}, nil
}

// causeOf says why a file cannot be used, without its name, which stands before
// it already.
func causeOf(err error) string {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err.Error()
	}
	return err.Error()
}

// open reads the root file. The document is nil if nothing of it can be used.
func open(file string, wanted func(section string) bool) (doc *document, here string, errs Errors) {
	if _, err := os.Stat(file); err != nil {
		return nil, "", Errors{{File: file, Problem: causeOf(err), message: "could not find config file " + file}}
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, "", Errors{{File: file, Problem: causeOf(err), message: "could not read config file " + file}}
	}
	doc = newDocument()
	doc.wanted = wanted
	errs = doc.add(file, data)
	if len(errs) > 0 && len(doc.sections()) == 0 {
		return nil, "", errs
	}
	return doc, directoryOf(absolute(file)), errs
}

// load reads everything, in Supervisor's order.
func (l *loader) load() *Config {
	l.include()
	if !l.doc.has("supervisord") {
		l.fail(&OptionError{File: l.file, Problem: "there is no section [supervisord]", Hint: "add a line [supervisord]",
			message: ".ini file does not include supervisord section"})
	}
	l.supervisord()
	l.c.RPCInterfaces = l.plugins("rpcinterface")
	l.groups()
	l.servers()
	l.user()
	l.unknown()
	// As in Supervisor's log: the gravest first, else in the order they came.
	slices.SortStableFunc(l.c.Messages, func(a, b Message) int { return int(b.Level - a.Level) })
	return l.c
}

// fail notes an error. Some options are read twice; what is wrong with them is
// told once.
func (l *loader) fail(e *OptionError) {
	told := slices.ContainsFunc(l.errs, func(o *OptionError) bool {
		return e.Section != "" && o.Section == e.Section && o.Option == e.Option && o.Problem == e.Problem
	})
	if !told {
		l.errs = append(l.errs, e)
	}
}

// failAt reports what is wrong with an option, or with a section if the option
// is empty.
func (l *loader) failAt(section, option, problem, hint, message string) {
	at := l.doc.where(section, option)
	l.fail(&OptionError{File: at.file, Line: at.line, Section: section, Option: option, Problem: problem, Hint: hint, message: message})
}

// doubt notes what is allowed but probably not meant.
func (l *loader) doubt(section, option, problem, hint string) {
	at := l.doc.where(section, option)
	e := &OptionError{File: at.file, Line: at.line, Section: section, Option: option, Problem: problem, Hint: hint}
	if !slices.ContainsFunc(l.doubts, func(o *OptionError) bool { return *o == *e }) {
		l.doubts = append(l.doubts, e)
	}
}

func (l *loader) say(level Level, format string, args ...any) {
	l.c.Messages = append(l.c.Messages, Message{level, fmt.Sprintf(format, args...)})
}

// scope gives the names that every value may use, and more.
func (l *loader) scope(names map[string]any) *scope {
	all := map[string]any{"here": l.here}
	maps.Copy(all, names)
	return l.env.inner(all)
}

// include reads the files that [include] names.
func (l *loader) include() {
	if !l.doc.has("include") {
		return
	}
	l.doc.expandHere(l.here)
	value, ok := l.doc.get("include", "files")
	if !ok {
		l.failAt("include", "", "there is no option files", "add files=conf.d/*.conf, or remove the section",
			".ini file has [include] section, but no files setting")
		return
	}
	files, err := expand(value, l.scope(map[string]any{"host_node_name": l.host}), "include.files")
	if err != nil {
		l.failValue("include", "files", err, "", err.Error())
		return
	}
	for _, pattern := range strings.FieldsFunc(files, isSpace) {
		pattern = joinPath(l.here, pattern)
		names := glob(pattern)
		if len(names) == 0 {
			l.say(Warn, "No file matches via include \"%s\"", pattern)
		}
		for _, name := range names {
			l.say(Info, "Included extra file \"%s\" during parsing", name)
			data, err := os.ReadFile(name)
			if err != nil {
				continue // as Supervisor does
			}
			l.errs = append(l.errs, l.doc.add(name, data)...)
			l.doc.expandHere(directoryOf(absolute(name)))
		}
	}
}

// failValue reports a value that cannot be expanded or read.
func (l *loader) failValue(section, option string, err error, hint, message string) {
	problem := err.Error()
	if e, ok := errors.AsType[*expansionError](err); ok {
		problem, hint = e.problem(), e.hint()
	} else if value, ok := l.doc.get(section, option); ok && strings.HasPrefix(problem, "invalid literal for int()") {
		problem = python.Quote(value) + " is not a whole number"
	} else if value, ok := l.doc.get(section, option); ok && !strings.Contains(problem, value) {
		problem += fmt.Sprintf(" (the value is %q)", value)
	}
	if l.doc.where(section, option).cut {
		hint = "a ; or # after a space begins a comment, also inside quotes"
	}
	l.failAt(section, option, problem, hint, message)
}

// reader reads the options of one section.
type reader struct {
	*loader
	section string
	names   *scope
	// message gives Supervisor's sentence for an error; nil: that of the error.
	message func(option, value string, err error) string
}

// setDefaults gives every option of a table its default.
func setDefaults[S any](s *S, table []Option[S]) {
	for _, o := range table {
		if !o.Unset && o.Default != "" {
			if err := o.parse(s, o.Default); err != nil {
				panic("config: default of " + o.Name + ": " + err.Error())
			}
		}
	}
}

// read reads one option; false if it is not set or wrong.
func read[S any](r reader, s *S, o Option[S]) bool {
	value, ok := r.doc.get(r.section, o.Name)
	if !ok {
		return false
	}
	if !o.raw {
		what := o.what
		if what == "" {
			what = r.section + "." + o.Name
		}
		expanded, whole, err := expandWhole(value, r.names, what)
		if whole {
			r.doubt(r.section, o.Name, "a % sign with a letter and no name stands for the table of all names, the whole environment included", "write %% for a plain % sign")
		}
		if err != nil {
			return r.refuse(o.Later, o.Name, value, "", err)
		}
		value = expanded
	}
	if err := o.parse(s, value); err != nil {
		return r.refuse(o.Later, o.Name, value, o.hint(value), err)
	}
	return true
}

// refuse reports what is wrong with the value of an option, as a doubt if
// nothing acts on the option; it answers false.
func (r reader) refuse(later bool, option, value, hint string, err error) bool {
	if !later {
		r.wrong(option, value, hint, err)
		return false
	}
	problem := err.Error()
	if e, ok := errors.AsType[*expansionError](err); ok {
		problem, hint = e.problem(), e.hint()
	}
	r.doubt(r.section, option, problem, hint)
	return false
}

// wrong reports what is wrong with the value of an option.
func (r reader) wrong(option, value, hint string, err error) {
	message := err.Error()
	if r.message != nil {
		message = r.message(option, value, err)
	}
	r.failValue(r.section, option, err, hint, message)
}

// find gives the row of an option. The name is a constant of the caller.
func find[S any](table []Option[S], name string) Option[S] {
	for _, o := range table {
		if o.Name == name {
			return o
		}
	}
	panic("config: no option " + name)
}

// supervisord reads [supervisord] and lets the command line win.
func (l *loader) supervisord() {
	s := &l.c.Supervisord
	table := supervisordOptions()
	setDefaults(s, table)
	s.ChildLogDir = temporaryDirectory()
	s.Environment = map[string]string{}
	r := reader{loader: l, section: "supervisord", names: l.scope(nil)}
	for _, o := range table {
		switch o.Name {
		case "user": // looked up at the end, as the last thing that can be wrong
			o.parse = func(_ *Supervisord, name string) error { l.userName = &name; return nil }
		case "environment":
			l.globalEnvironment(r)
			continue
		}
		read(r, s, o)
		// An empty path on the command line leaves that of the file.
		if value, ok := l.flags[o.Name]; ok && (value != "" || o.Name != "logfile" && o.Name != "pidfile") {
			if err := o.parse(s, value); err != nil {
				l.fail(&OptionError{Option: o.Name, Problem: err.Error(), message: err.Error()})
			}
		}
	}
	l.env.setEnvironment(s.Environment)
	if s.Logfile != "syslog" {
		s.Logfile = normalPath(s.Logfile)
	}
	s.Pidfile = normalPath(s.Pidfile)
}

// globalEnvironment reads the variables for all programs. Supervisor up to 4.3
// expanded the value twice, by which %% could not be written: later releases
// expand it once. A file that was written for the former has %%%% for a % sign;
// so a value with %% in it is expanded twice if that succeeds, else once.
func (l *loader) globalEnvironment(r reader) {
	raw, ok := l.doc.get(r.section, "environment")
	if !ok {
		return
	}
	// What the first of the two times would have said, if that is wrong too.
	_, first := expand(raw, r.names, "supervisord.environment")
	names := r.names.inner(map[string]any{"host_node_name": l.host})
	text, err := expand(raw, names, "environment")
	if err != nil {
		r.wrong("environment", raw, "", cmp.Or(first, err))
		return
	}
	if strings.Contains(raw, "%%") {
		if twice, whole, err := expandWhole(text, names, "environment"); err == nil && !whole {
			text = twice
		}
	}
	environment, err := parseEnvironment(text)
	if err != nil {
		r.wrong("environment", raw, environmentHint(text), cmp.Or(first, err))
		return
	}
	l.c.Supervisord.Environment = environment
}

// user looks up the user that supervisord is to become.
func (l *loader) user() {
	if l.userName == nil {
		return
	}
	u, err := ParseUser(*l.userName)
	l.c.Supervisord.User = u
	if err == nil {
		return
	}
	if _, line := l.flags["user"]; line {
		l.fail(&OptionError{Option: "user", Problem: err.Error()})
		return
	}
	l.failAt("supervisord", "user", err.Error(), "", err.Error())
}
