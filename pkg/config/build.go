package config

import (
	"maps"
	"os"
	"slices"
	"strings"
)

// Programs makes the processes of a program that stands in no file: as if this
// configuration had a section [program:NAME] with these options, by their
// names, and the program belonged to the group. What its values may refer to is
// what a section of the root file may: %(here)s, %(ENV_X)s and so on.
//
// An error is an Errors, worded as if the options stood in the root file.
func (c *Config) Programs(group, name string, options map[string]string) ([]*Program, error) {
	section := "program:" + name
	doc := newDocument()
	if err := doc.set(c.given, section, options); err != nil {
		return nil, err
	}
	host, _ := os.Hostname()
	l := &loader{
		file: c.given, here: directoryOf(c.File), doc: doc, env: environmentScope(), host: host,
		c: &Config{Supervisord: c.Supervisord},
	}
	l.env.setEnvironment(c.Supervisord.Environment)
	programs := l.processes(section, group, nil)
	if len(l.errs) > 0 {
		return nil, l.errs
	}
	return programs, nil
}

// set adds a section whose options are known as they are, with no file to be
// read. file is what errors name.
func (d *document) set(file, section string, options map[string]string) error {
	s, err := d.file.NewSection(section)
	if err != nil {
		return Errors{{File: file, Section: section, Problem: err.Error()}}
	}
	d.heads[section] = position{file: file}
	d.at[section] = map[string]position{}
	for _, name := range slices.Sorted(maps.Keys(options)) {
		option := strings.ToLower(name)
		if option == "" {
			continue // which nobody could read
		}
		if _, err := s.NewKey(option, options[name]); err != nil {
			return Errors{{File: file, Section: section, Option: option, Problem: err.Error()}}
		}
		d.at[section][option] = position{file: file}
	}
	return nil
}

// environmentScope gives the names ENV_X of our own environment.
func environmentScope() *scope {
	env := &scope{names: map[string]any{}}
	for _, kv := range os.Environ() {
		if k, v, ok := strings.Cut(kv, "="); ok {
			env.names["ENV_"+k] = v
		}
	}
	return env
}
