package config

import (
	"cmp"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"

	"supervisord/pkg/api"
)

// Section is a kind of section, with its options.
type Section struct {
	// Name is the section's name in a file, "program:x" for all programs.
	Name string
	// Intro says what the section is for.
	Intro   string
	Options []Row
}

// Row is what the reference says of an option.
type Row struct {
	Name, Kind, Default, Doc, Since string
	Ours, Later, PerProcess         bool
}

// Sections are all sections that mean something, in the order of the reference.
func Sections() []Section {
	all := sectionTables()
	for _, kind := range slices.Sorted(maps.Keys(pluginOption)) {
		all = append(all, Section{Name: kind + ":x", Intro: "A plug-in.",
			Options: []Row{{Name: pluginOption[kind], Kind: textKind.name, Doc: "What makes the plug-in."}}})
	}
	return all
}

// sectionTables are the sections that have a table of options.
func sectionTables() []Section {
	return []Section{
		describe("supervisord", "The daemon itself. Required.", supervisordOptions()),
		describe("unix_http_server", "A server on a unix socket. Sections whose names only begin so open further servers.", unixOptions()),
		describe("inet_http_server", "A server on TCP. Sections whose names only begin so open further servers.", inetOptions()),
		describe("supervisorctl", "The client.", ctlOptions()),
		describe("program:x", "A program to run.", programOptions()),
		describe("eventlistener:x", "A pool of event listeners. Has the options of a program too; its group's priority is -1 if not set, and redirect_stderr is refused.", poolOptions()),
		describe("fcgi-program:x", "Programs that share a listening socket as their standard input. Has the options of a program too.", socketOptions()),
		describe("group:x", "Programs that are managed together.", groupOptions()),
		describe("include", "Further files. Only the root file can include.", includeOptions()),
	}
}

// describe makes a section of a table, its options sorted by name.
func describe[S any](name, intro string, options []Option[S]) Section {
	section := Section{Name: name, Intro: intro}
	for _, o := range options {
		section.Options = append(section.Options, Row{o.Name, o.Kind, o.Default, o.Doc, o.Since, o.Ours, o.Later, o.PerProcess})
	}
	slices.SortFunc(section.Options, func(a, b Row) int { return cmp.Compare(a.Name, b.Name) })
	return section
}

// Reference is the reference of all sections and options, in Markdown.
func Reference() string {
	var b strings.Builder
	b.WriteString(referenceHead)
	for _, section := range sectionTables() {
		section.write(&b)
		if section.Name == "eventlistener:x" {
			fmt.Fprintf(&b, "\nThe types of event: `%s`.\n", strings.Join(api.EventNames(), "`, `"))
		}
	}
	b.WriteString("\n## [rpcinterface:x], [ctlplugin:x]\n\nPlug-ins. `" + pluginOption["rpcinterface"] + " = " + MainInterface +
		"` makes the methods of supervisord available under the name x, which clients expect to be `supervisor`. `" + TwiddlerInterface +
		"` offers those of the plug-in supervisor_twiddler, which change the groups that run; its option `whitelist` names the methods that may be called. Other plug-ins are Python and cannot be loaded: the main log names those of supervisord, supervisorctl at a terminal its own, and `supervisord --check` both. Their options are accepted as they are.\n")
	return b.String()
}

// referenceHead is what the reference says before it comes to the sections.
//
//go:embed reference_head.md
var referenceHead string

// write writes the section's part of the reference.
func (s Section) write(b *strings.Builder) {
	fmt.Fprintf(b, "\n## [%s]\n\n%s\n\n| option | value | default | meaning |\n|---|---|---|---|\n", s.Name, s.Intro)
	for _, o := range s.Options {
		def := "`" + o.Default + "`"
		if o.Default == "" {
			def = ""
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s%s |\n", o.Name, o.Kind, def, escape(o.Doc), o.marks())
	}
}

// marks is what the reference adds to the meaning.
func (o Row) marks() string {
	var marks []string
	if o.Ours {
		marks = append(marks, "ours")
	}
	if o.Later {
		marks = append(marks, "read and checked; acts in a later version")
	}
	if o.Since != "" {
		marks = append(marks, "since "+o.Since)
	}
	if o.PerProcess {
		marks = append(marks, "per process")
	}
	if len(marks) == 0 {
		return ""
	}
	return " *(" + strings.Join(marks, ", ") + ")*"
}

// escape keeps Markdown from taking signs of a text for its own.
func escape(text string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;").Replace(text)
}
