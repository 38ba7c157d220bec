package config

import (
	"strconv"
	"strings"

	"gopkg.in/ini.v1"
)

// document is the text of a configuration: the root file and what it includes,
// merged. The INI library keeps sections and options; the document adds where
// each was written.
type document struct {
	file  *ini.File
	heads map[string]position            // where a section was first opened
	at    map[string]map[string]position // where an option was last set
	// wanted picks the sections to keep; nil keeps all. The INI library takes far
	// longer for a section than the scan does, and supervisorctl needs but one.
	wanted func(section string) bool
}

// position is a place in a file.
type position struct {
	file string
	line int
	cut  bool // a comment was cut off the value
}

// defaultSection is the section whose options speak for every section.
const defaultSection = "DEFAULT"

// iniOptions makes the INI library take a text literally: no continuation, no
// comment, no quotes, no section that inherits from another by its name.
func iniOptions() ini.LoadOptions {
	return ini.LoadOptions{
		IgnoreContinuation:      true,
		IgnoreInlineComment:     true,
		PreserveSurroundedQuote: true,
		KeyValueDelimiters:      "=",
		ChildSectionDelimiter:   "\n", // no name holds one
	}
}

func newDocument() *document {
	file := ini.Empty(iniOptions())
	file.BlockMode = false // one goroutine reads it
	return &document{file: file, heads: map[string]position{}, at: map[string]map[string]position{}}
}

// add reads a file into the document: its options are added to those of the
// same section and win over them. On errors the lines that could be read are
// added all the same, so that more errors can be found.
func (d *document) add(file string, data []byte) Errors {
	sections, errs := scan(file, data, d.wanted)
	parsed, err := ini.LoadSources(iniOptions(), []byte(plain(sections)))
	if err != nil {
		return append(errs, &OptionError{File: file, Problem: err.Error()})
	}
	for _, s := range sections {
		if _, ok := d.heads[s.name]; !ok {
			d.heads[s.name] = position{file: file, line: s.line}
			d.at[s.name] = map[string]position{}
		}
		for _, o := range s.options {
			d.at[s.name][o.name] = position{file: file, line: o.line, cut: o.cut}
		}
	}
	for _, from := range parsed.Sections() {
		to, err := d.file.NewSection(from.Name())
		for _, key := range from.Keys() {
			if err == nil {
				_, err = to.NewKey(unplain(key.Name()), unplain(key.Value()))
			}
		}
		if err != nil {
			return append(errs, &OptionError{File: file, Section: from.Name(), Problem: err.Error()})
		}
	}
	return errs
}

// plain writes sections so that only one reading is possible: names and values
// are Go string literals, after a letter, since a key that begins with a quote
// or a value that begins with three means something to the library.
func plain(sections []section) string {
	var b strings.Builder
	for _, s := range sections {
		b.WriteString("[" + s.name + "]\n")
		for _, o := range s.options {
			b.WriteString("k" + strconv.Quote(o.name) + "=v" + strconv.Quote(o.value) + "\n")
		}
	}
	return b.String()
}

// unplain undoes plain for one name or value.
func unplain(s string) string {
	text, err := strconv.Unquote(s[1:])
	if err != nil {
		return s // not reached: plain wrote it
	}
	return text
}

// sections lists the sections in the order in which they were first opened,
// without [DEFAULT].
func (d *document) sections() []string {
	var names []string
	for _, s := range d.file.Sections() {
		if s.Name() != defaultSection {
			names = append(names, s.Name())
		}
	}
	return names
}

// has reports whether a section is there.
func (d *document) has(section string) bool {
	return section != defaultSection && d.file.HasSection(section)
}

// get returns the raw value of an option: the section's own, else that of
// [DEFAULT].
func (d *document) get(section, option string) (value string, ok bool) {
	for _, name := range [2]string{section, defaultSection} {
		if _, set := d.at[name][option]; !set { // the library makes an error of what is missing, at some cost
			continue
		}
		if key, err := d.file.Section(name).GetKey(option); err == nil {
			return key.Value(), true
		}
	}
	return "", false
}

// options lists the options of a section in the order written, then those that
// only [DEFAULT] sets.
func (d *document) options(section string) []string {
	own, err := d.file.GetSection(section)
	if err != nil {
		return nil
	}
	names := own.KeyStrings()
	for _, name := range d.file.Section(defaultSection).KeyStrings() {
		if !own.HasKey(name) {
			names = append(names, name)
		}
	}
	return names
}

// where returns the place of an option, or of its section if it is not set.
func (d *document) where(section, option string) position {
	for _, name := range [2]string{section, defaultSection} {
		if p, ok := d.at[name][option]; ok {
			return p
		}
	}
	return d.heads[section]
}

// expandHere replaces %(here)s by directory in every value of every section,
// as Supervisor does when a file includes others: before the first file with
// the directory of the root file, after each file with that file's. A value
// from [DEFAULT] becomes the section's own by it. It is a matter of text: even
// %%(here)s is changed.
func (d *document) expandHere(directory string) {
	for _, name := range d.sections() {
		s := d.file.Section(name)
		for _, option := range d.options(name) {
			value, _ := d.get(name, option)
			if !strings.Contains(value, "%(here)s") {
				continue
			}
			p := d.where(name, option)
			if key, err := s.NewKey(option, strings.ReplaceAll(value, "%(here)s", directory)); err == nil {
				d.at[name][key.Name()] = p
			}
		}
	}
}
