package config

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"supervisord/pkg/api"
)

// Reference is the reference of all sections and options, in Markdown.
func Reference() string {
	var b strings.Builder
	b.WriteString(referenceHead)
	table(&b, "[supervisord]", "The daemon itself. Required.", supervisordOptions())
	table(&b, "[unix_http_server]", "A server on a unix socket. Sections whose names only begin so open further servers.", unixOptions())
	table(&b, "[inet_http_server]", "A server on TCP. Sections whose names only begin so open further servers.", inetOptions())
	table(&b, "[supervisorctl]", "The client.", ctlOptions())
	table(&b, "[program:x]", "A program to run.", programOptions())
	table(&b, "[eventlistener:x]", "A pool of event listeners. Has the options of a program too; its group's priority is -1 if not set, and redirect_stderr is refused.", poolOptions())
	fmt.Fprintf(&b, "\nThe types of event: `%s`.\n", strings.Join(api.EventNames(), "`, `"))
	table(&b, "[fcgi-program:x]", "Programs that share a listening socket as their standard input. Has the options of a program too.", socketOptions())
	table(&b, "[group:x]", "Programs that are managed together.", groupOptions())
	table(&b, "[include]", "Further files. Only the root file can include.", includeOptions())
	b.WriteString("\n## [rpcinterface:x], [ctlplugin:x]\n\nPlug-ins. `" + pluginOption["rpcinterface"] + " = " + MainInterface +
		"` makes the methods of supervisord available under the name x, which clients expect to be `supervisor`. `" + TwiddlerInterface +
		"` offers those of the plug-in supervisor_twiddler, which change the groups that run; its option `whitelist` names the methods that may be called. Other plug-ins are Python and cannot be loaded: the main log names those of supervisord, supervisorctl at a terminal its own, and `supervisord --check` both. Their options are accepted as they are.\n")
	return b.String()
}

// referenceHead is what the reference says before it comes to the sections.
//
//go:embed reference_head.md
var referenceHead string

func table[S any](b *strings.Builder, section, intro string, options []Option[S]) {
	options = slices.Clone(options)
	slices.SortFunc(options, func(a, b Option[S]) int { return cmp.Compare(a.Name, b.Name) })
	fmt.Fprintf(b, "\n## %s\n\n%s\n\n| option | value | default | meaning |\n|---|---|---|---|\n", section, intro)
	for _, o := range options {
		def := "`" + o.Default + "`"
		if o.Default == "" {
			def = ""
		}
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
		mark := ""
		if len(marks) > 0 {
			mark = " *(" + strings.Join(marks, ", ") + ")*"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s%s |\n", o.Name, o.Kind, def, escape(o.Doc), mark)
	}
}

// escape keeps Markdown from taking signs of a text for its own.
func escape(text string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;").Replace(text)
}
