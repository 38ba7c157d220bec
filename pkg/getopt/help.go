package getopt

import "strings"

// Help returns the help text of a program: the summary, the usage line, a line
// for each option that has a Doc, and the closing paragraphs, which may be
// empty. Program is the name as it was called.
func Help(program, summary, usage string, options []Option, closing string) string {
	var b strings.Builder
	b.WriteString(summary + "\n\nUsage: " + program + " " + usage + "\n\nOptions:\n")
	for _, o := range options {
		if o.Doc == "" {
			continue
		}
		b.WriteString(spelling(o) + " -- " + strings.ReplaceAll(o.Doc, "\n", "\n     ") + "\n")
	}
	if closing != "" {
		b.WriteString("\n" + closing + "\n")
	}
	b.WriteString("\n")
	return b.String()
}

// spelling returns "-c/--configuration FILENAME".
func spelling(o Option) string {
	var names []string
	if o.Short != 0 {
		names = append(names, "-"+string(o.Short))
	}
	if o.Long != "" {
		names = append(names, "--"+o.Long)
	}
	text := strings.Join(names, "/")
	if o.Arg != "" {
		text += " " + o.Arg
	}
	return text
}
