package api

import (
	"fmt"
	"strings"
)

// Reference returns the page docs/rpc.md. The test that compares it is its
// generator.
func Reference() string {
	var b strings.Builder
	b.WriteString(referenceIntro)
	b.WriteString("\n## Faults\n\n| code | name | when |\n|---:|---|---|\n")
	for _, f := range Faults {
		fmt.Fprintf(&b, "| %d | `%s` | %s |\n", int(f.Code), f.Name, f.Doc)
	}
	b.WriteString("\n## States of a process\n\n| code | name | meaning |\n|---:|---|---|\n")
	for _, s := range States {
		fmt.Fprintf(&b, "| %d | `%s` | %s |\n", int(s.State), s.Name, s.Doc)
	}
	referenceNamespace(&b, "supervisor", Methods())
	referenceNamespace(&b, "system", SystemMethods())
	return b.String()
}

const referenceIntro = `<!-- Generated from the tables in pkg/api: go test ./pkg/api -update -->

# XML-RPC methods

Send a POST to ` + "`/RPC2`" + ` on any configured HTTP server. The names of
the namespace ` + "`supervisor`" + ` are those of the section
` + "`[rpcinterface:supervisor]`" + `; with another name after the colon the
methods have that name.

Parameters are taken leniently: an int for a boolean, a string of digits for an
int, a number for a signal, a bare ` + "`<value>text</value>`" + ` for a string.
Every method answers ` + "`INCORRECT_PARAMETERS`" + ` to parameters that do not
fit, and every method of ` + "`supervisor`" + ` but those marked *at any time*
answers ` + "`SHUTDOWN_STATE`" + ` while supervisord shuts down or restarts.

A **result struct** says what a call for several processes did to one of them:
string name, string group, int status (80 or the code of a fault) and string
description (` + "`OK`" + ` or the text of the fault).
`

func referenceNamespace(b *strings.Builder, ns string, methods []Method) {
	fmt.Fprintf(b, "\n## Namespace %s\n", ns)
	for _, m := range methods {
		types := m.Signature()
		var params []string
		for i, p := range m.Params {
			text := types[i+1] + " " + p.Name
			if p.Default != nil {
				text += fmt.Sprintf(" = %v", p.Default)
			}
			params = append(params, text)
		}
		fmt.Fprintf(b, "\n### %s.%s\n\n", ns, m.Name)
		fmt.Fprintf(b, "`%s(%s)` → `%s`\n\n%s\n\n", m.Name, strings.Join(params, ", "), m.Returns, m.Doc)
		for _, p := range m.Params {
			fmt.Fprintf(b, "* `%s`: %s\n", p.Name, p.Doc)
		}
		fmt.Fprintf(b, "* answer: %s\n", m.ReturnDoc)
		if len(m.Faults) > 0 {
			var names []string
			for _, f := range m.Faults {
				names = append(names, "`"+f.String()+"`")
			}
			fmt.Fprintf(b, "* faults: %s\n", strings.Join(names, ", "))
		}
		if m.Anytime && ns != "system" {
			b.WriteString("* at any time\n")
		}
	}
}
