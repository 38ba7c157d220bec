package tests

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"supervisord/pkg/api"
	"supervisord/pkg/config"
	"supervisord/pkg/ctl"
	"supervisord/pkg/daemon"
	"supervisord/pkg/httpd"
)

// A thing is something that the product has and somebody may rely on.
type thing struct {
	key   string // as proofs.txt names it
	shown string // as the page shows it
	ours  bool   // Supervisor does not have it, by the product's own table
	// mention is what a text that speaks of the thing matches.
	mention *regexp.Regexp
	// acts: only a proof with the real programs will do.
	acts bool
}

// A chapter is a table of the page.
type chapter struct {
	title  string
	things []thing
}

// chapters are all things, from the product's own tables.
func chapters(t *testing.T) []chapter {
	all := []chapter{{"Sections", sections()}}
	for _, s := range config.Sections() {
		all = append(all, chapter{"Options of [" + s.Name + "]", options(s)})
	}
	return append(all,
		chapter{"Command line of supervisord", flags(t, "supervisord", `run|daemon|daemonize`)},
		chapter{"Command line of supervisorctl", flags(t, "supervisorctl", `ctl0?|until`)},
		chapter{"Signals that supervisord is sent", signals()},
		chapter{"RPC methods", methods()},
		chapter{"Commands of supervisorctl", commands()},
		chapter{"Event types", eventTypes()},
		chapter{"URLs", urls()},
	)
}

// sections are the kinds of section. "program:x" stands for any name.
func sections() []thing {
	var all []thing
	for _, s := range config.Sections() {
		name, _ := strings.CutSuffix(s.Name, "x")
		end := `(\]|$)`
		if name != s.Name {
			end = ""
		}
		all = append(all, thing{
			key: "section [" + s.Name + "]", shown: "`[" + s.Name + "]`", acts: true,
			mention: regexp.MustCompile(`(?m)(\[|^)` + name + end),
		})
	}
	return all
}

func options(s config.Section) []thing {
	var all []thing
	for _, o := range s.Options {
		all = append(all, thing{
			key: "option [" + s.Name + "] " + o.Name, shown: "`" + o.Name + "`", ours: o.Ours, acts: true,
			mention: regexp.MustCompile(`(?mi)(^|[^\w.])` + regexp.QuoteMeta(o.Name) + `\s*[=:]`),
		})
	}
	return all
}

// flags are the options of a program's command line, read from the source of
// the table: a main package cannot be imported. Verbs are the steps of scripts
// that take such options.
func flags(t *testing.T, program, verbs string) []thing {
	t.Helper()
	var all []thing
	for _, f := range flagTable(t, program) {
		spellings, patterns := []string{}, []string{}
		if f.short != "" {
			spellings = append(spellings, "-"+f.short)
			patterns = append(patterns, fmt.Sprintf(`(?m)^(sorted )?(%s) (.* )?-\w*%s`, verbs, regexp.QuoteMeta(f.short)), `"-\w*`+regexp.QuoteMeta(f.short)+`"`)
		}
		if f.long != "" {
			spellings = append(spellings, "--"+f.long)
			patterns = append(patterns, fmt.Sprintf(`--%s\b`, regexp.QuoteMeta(f.long)))
		}
		name := spellings[len(spellings)-1]
		if f.exact && f.short != "" {
			name = spellings[0]
		}
		all = append(all, thing{
			key: program + " " + name, shown: "`" + strings.Join(spellings, "` `") + "`", acts: true,
			mention: regexp.MustCompile(strings.Join(patterns, "|")),
		})
	}
	if len(all) < 5 {
		t.Fatalf("%s/options.go: only %d options found: is its table understood?", program, len(all))
	}
	return all
}

type flagRow struct {
	short, long string
	exact       bool
}

// flagTable finds the rows of getopt.Option in a program's options.go.
func flagTable(t *testing.T, program string) []flagRow {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", program, "options.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var rows []flagRow
	ast.Inspect(file, func(n ast.Node) bool {
		literal, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		var row flagRow
		for _, element := range literal.Elts {
			field, ok := element.(*ast.KeyValueExpr)
			if !ok {
				continue
			}
			value, _ := field.Value.(*ast.BasicLit)
			switch name := field.Key.(*ast.Ident).Name; {
			case name == "Short" && value != nil:
				r, _, _, err := strconv.UnquoteChar(strings.Trim(value.Value, "'"), '\'')
				if err != nil {
					t.Fatal(err)
				}
				row.short = string(r)
			case name == "Long" && value != nil:
				if row.long, err = strconv.Unquote(value.Value); err != nil {
					t.Fatal(err)
				}
			case name == "Exact":
				row.exact = true
			}
		}
		if row.short != "" || row.long != "" {
			rows = append(rows, row)
		}
		return true
	})
	return rows
}

func signals() []thing {
	var all []thing
	for _, s := range daemon.Signals {
		name := config.SignalName(s.Signal)
		all = append(all, thing{
			key: "signal " + name, shown: "`" + name + "`: " + s.Doc, acts: true,
			mention: regexp.MustCompile(`(?m)\b` + name + `\b|^signal ` + strings.TrimPrefix(name, "SIG") + `$`),
		})
	}
	return all
}

func methods() []thing {
	var all []thing
	add := func(namespace string, methods []api.Method) {
		for _, m := range methods {
			name := namespace + "." + m.Name
			all = append(all, thing{
				key: "method " + name, shown: "`" + name + "`", acts: true,
				mention: regexp.MustCompile(`\b` + regexp.QuoteMeta(name) + `\b`),
			})
		}
	}
	add("supervisor", api.Methods())
	add("system", api.SystemMethods())
	return all
}

func commands() []thing {
	var all []thing
	for _, c := range ctl.Commands() {
		all = append(all, thing{
			key: "command " + c.Name, shown: "`" + c.Name + "`", acts: true,
			// A step of a script, a line typed into the shell, or Ctl("name", ...).
			mention: regexp.MustCompile(`(?m)^(sorted )?(ctl|ctl0|until)\b.*\b` + c.Name + `\b|^` + c.Name + `\b|Ctl\("` + c.Name + `\b`),
		})
	}
	return all
}

func eventTypes() []thing {
	var all []thing
	for _, name := range api.EventNames() {
		all = append(all, thing{
			key: "event " + name, shown: "`" + name + "`", acts: true,
			mention: regexp.MustCompile(`\b` + name + `\b`),
		})
	}
	return all
}

func urls() []thing {
	var all []thing
	for _, r := range httpd.Routes() {
		for _, path := range r.Paths {
			shown := path
			if r.Below {
				shown += "…"
			}
			all = append(all, thing{
				key: "url " + path, shown: "`" + shown + "` (" + strings.Join(r.Methods, ", ") + ")", acts: true,
				mention: regexp.MustCompile(`(?m)(^|[\s"])` + regexp.QuoteMeta(path) + `($|[\s"/?%x])`),
			})
		}
	}
	return all
}
