package config

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

func current(u *User) bool { return u.UID == os.Getuid() }

func optionNames[S any](table []Option[S]) []string {
	names := make([]string, len(table))
	for i, o := range table {
		names[i] = o.Name
	}
	return names
}

// knownOptions gives the options that a section can have. any: it may have
// others besides, which belong to a plug-in; known: there is such a section.
func knownOptions(section string) (names []string, any, known bool) {
	kind, _, colon := strings.Cut(section, ":")
	switch {
	case section == "supervisord":
		return append(optionNames(supervisordOptions()), "profile_options"), false, true
	case section == "supervisorctl":
		return optionNames(ctlOptions()), false, true
	case section == "include":
		return optionNames(includeOptions()), false, true
	case strings.HasPrefix(section, "inet_http_server"):
		return optionNames(inetOptions()), false, true
	case strings.HasPrefix(section, "unix_http_server"):
		return optionNames(unixOptions()), false, true
	case !colon:
		return nil, false, false
	}
	switch kind {
	case "program":
		return optionNames(programTable()), false, true
	case "eventlistener":
		return append(optionNames(programTable()), optionNames(poolOptions())...), false, true
	case "fcgi-program":
		return append(optionNames(programTable()), optionNames(socketOptions())...), false, true
	case "group":
		return optionNames(groupOptions()), false, true
	case "rpcinterface", "ctlplugin":
		return nil, true, true
	}
	return nil, false, false
}

// sectionNames are what a section header can begin with, for hints.
var sectionNames = []string{"supervisord", "supervisorctl", "include", "inet_http_server", "unix_http_server",
	"program", "eventlistener", "fcgi-program", "group", "rpcinterface", "ctlplugin"}

// namedSections are those of them that need a name after a colon.
var namedSections = sectionNames[5:]

// extra gives the options of a program that no table knows.
func (l *loader) extra(section string, also []string) map[string]string {
	known := append(optionNames(programTable()), also...)
	extra := map[string]string{}
	for _, option := range l.doc.options(section) {
		if !slices.Contains(known, option) {
			extra[option], _ = l.doc.get(section, option)
		}
	}
	return extra
}

// maxNamed bounds how many of them a line of the log names: a plug-in may have
// an option in every section.
const maxNamed = 10

// unknown notes the sections and options that nobody reads, and says so in one
// line of the main log.
func (l *loader) unknown() {
	for _, section := range l.doc.sections() {
		names, any, known := knownOptions(section)
		if !known {
			kind, rest, colon := strings.Cut(section, ":")
			hint := nearest(kind, sectionNames)
			switch {
			case hint != "" && colon:
				hint += ":" + rest
			case slices.Contains(namedSections, hint):
				hint += ":NAME"
			}
			at := l.doc.where(section, "")
			l.c.Unknown = append(l.c.Unknown, Unknown{File: at.file, Line: at.line, Section: section, Hint: hint})
			continue
		}
		for option, at := range l.doc.at[section] {
			if any || slices.Contains(names, option) {
				continue
			}
			if near := nearest(option, names); !ofPlugin(section, option, near) {
				l.c.Unknown = append(l.c.Unknown, Unknown{at.file, at.line, section, option, near})
			}
		}
	}
	slices.SortFunc(l.c.Unknown, func(a, b Unknown) int {
		if a.File != b.File {
			return strings.Compare(a.File, b.File)
		}
		return a.Line - b.Line
	})
	if len(l.c.Unknown) == 0 {
		return
	}
	var texts []string
	for i, u := range l.c.Unknown {
		if i == maxNamed {
			texts = append(texts, fmt.Sprintf("and %d more", len(l.c.Unknown)-i))
			break
		}
		texts = append(texts, u.String())
	}
	l.say(Info, "Nobody reads these parts of the configuration (see supervisord --check): %s", strings.Join(texts, ", "))
}

// String names the place: [section] option (file:line).
func (u Unknown) String() string {
	text := "[" + u.Section + "]"
	if u.Option != "" {
		text += " " + u.Option
	}
	return fmt.Sprintf("%s (%s:%d)", text, u.File, u.Line)
}
