package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// unusual is a value of each kind that no option has by default.
var unusual = map[string]string{
	"text": "some text", "number": "77", "seconds": "78", "byte size": "3KB", "octal number": "0123", "log level": "trace",
	"directory that exists": "/", "path in a directory that exists": "/zz", "log file": "/zz", "signal": "USR2",
	"list of exit codes": "3,4", "true, false or unexpected": "true", "user name or id": "root", "user or user:group": "root",
	"auto, bytes or characters": "bytes",
	"KEY=\"value\" pairs":       `K="v"`, "URL or AUTO": "http://x", "name": "nn", "list of names": "p,q", "port or host:port": "h:77",
	"program:state[,state] with blanks between": "a:running,exited b:fatal",
}

// optionTable is what the tests want to know of an option table of any section.
type optionTable struct {
	name    string
	fields  []string // of the type that the options fill, but for those in unread
	options []tableOption
}

type tableOption struct {
	name, kind, doc, fallback string
	changes                   []string                          // the fields that an unusual value changes
	reprint                   func(text string) (string, error) // prints what was read
	hasDefault, later, ours   bool
}

// tableOf looks into a table. unread are the fields that no option fills.
func tableOf[S any](t *testing.T, name string, options []Option[S], unread ...string) optionTable {
	t.Helper()
	tab := optionTable{name: name}
	var blank S
	setDefaults(&blank, options)
	before := leaves(reflect.ValueOf(blank), "")
	for path := range before {
		if !slices.ContainsFunc(unread, func(u string) bool { return path == u || strings.HasPrefix(path, u+".") }) {
			tab.fields = append(tab.fields, path)
		}
	}
	for _, o := range options {
		value := unusual[o.Kind]
		if o.Kind == "boolean" {
			value = map[string]string{"true": "false"}[o.Default]
			if value == "" {
				value = "true"
			}
		}
		s := blank
		if err := o.parse(&s, value); err != nil {
			t.Errorf("%s %s: %q is refused: %v", name, o.Name, value, err)
		}
		row := tableOption{name: o.Name, kind: o.Kind, doc: o.Doc, fallback: o.Default, hasDefault: !o.Unset && o.Default != "", later: o.Later, ours: o.Ours}
		for path, text := range leaves(reflect.ValueOf(s), "") {
			if before[path] != text {
				row.changes = append(row.changes, path)
			}
		}
		row.reprint = func(text string) (string, error) {
			var s S
			if err := o.parse(&s, text); err != nil {
				return "", err
			}
			return o.print(&s), nil
		}
		tab.options = append(tab.options, row)
	}
	return tab
}

// leaves prints every field of a struct that is not a struct itself.
func leaves(v reflect.Value, path string) map[string]string {
	found := map[string]string{}
	for i := range v.NumField() {
		field := v.Type().Field(i)
		name := strings.TrimPrefix(path+"."+field.Name, ".")
		switch value := v.Field(i); {
		case value.Kind() == reflect.Struct && value.Type() != reflect.TypeFor[Owner]():
			maps.Copy(found, leaves(value, name))
		case value.Kind() == reflect.Pointer && !value.IsNil():
			found[name] = fmt.Sprintf("&%v", value.Elem())
		default:
			found[name] = fmt.Sprintf("%v", value)
		}
	}
	return found
}

// tables are all option tables.
func tables(t *testing.T) []optionTable {
	return []optionTable{
		tableOf(t, "supervisord", supervisordOptions()),
		tableOf(t, "program", programOptions(), "Name", "Group", "Section", "File", "Socket", "Extra"),
		tableOf(t, "eventlistener", poolOptions()),
		tableOf(t, "fcgi-program", socketOptions(), "Network", "Host", "Port", "Path"),
		tableOf(t, "group", groupOptions()),
		tableOf(t, "include", includeOptions()),
		tableOf(t, "unix_http_server", unixOptions(), "Server.Section", "Server.Network", "Server.Host", "Server.Port", "Server.AllowedHosts", "address"),
		tableOf(t, "inet_http_server", inetOptions(), "Server.Section", "Server.Network", "Server.Host", "Server.Port", "Server.Path", "Server.Mode", "Server.Chown"),
		tableOf(t, "supervisorctl", ctlOptions(), "File", "Line", "Plugins"),
	}
}

// Every option fills a field of its own, and every field has an option.
func TestOptionsAndFields(t *testing.T) {
	for _, tab := range tables(t) {
		filled := map[string]string{}
		for _, o := range tab.options {
			if len(o.changes) == 0 {
				t.Errorf("%s: %s fills nothing", tab.name, o.name)
			}
			for _, path := range o.changes {
				if other, ok := filled[path]; ok {
					t.Errorf("%s: both %s and %s fill %s", tab.name, other, o.name, path)
				}
				filled[path] = o.name
			}
		}
		for _, path := range tab.fields {
			// A log file is a kind and a path, an address a host and a port: one option.
			if _, ok := filled[path]; !ok {
				t.Errorf("%s: no option fills %s", tab.name, path)
			}
		}
	}
}

// Defaults can be read, and printing is stable: what was printed is read as the
// same.
func TestOptionsPrintWhatTheyRead(t *testing.T) {
	for _, tab := range tables(t) {
		for _, o := range tab.options {
			if o.kind == "port or host:port" {
				continue // never printed
			}
			texts := []string{unusual[o.kind]}
			if o.kind == "boolean" {
				texts = []string{"yes", "OFF"}
			}
			if o.hasDefault {
				texts = append(texts, o.fallback)
			}
			for _, text := range texts {
				once, err := o.reprint(text)
				if err != nil {
					t.Errorf("%s %s: %q: %v", tab.name, o.name, text, err)
					continue
				}
				if again, err := o.reprint(once); err != nil || again != once {
					t.Errorf("%s %s: %q is printed as %q and then as %q %v", tab.name, o.name, text, once, again, err)
				}
			}
		}
	}
}

// Every option has a name in lower case, a kind, and a sentence.
func TestOptionsAreDocumented(t *testing.T) {
	for _, tab := range tables(t) {
		seen := map[string]bool{}
		for _, o := range tab.options {
			if o.name != strings.ToLower(o.name) || seen[o.name] || o.kind == "" || !strings.HasSuffix(o.doc, ".") {
				t.Errorf("%s: row %q is not complete", tab.name, o.name)
			}
			seen[o.name] = true
		}
	}
}

// A flag is checked as the option of the file is, but users are looked up
// later.
func TestCheckFlag(t *testing.T) {
	for _, c := range []struct{ name, value, want string }{
		{"umask", "9z", "9z can not be converted to an octal type"},
		{"umask", "022", ""},
		{"directory", "/none", "/none is not an existing directory"},
		{"logfile", "/none/x", "The directory named as part of the path /none/x does not exist"},
		{"logfile_maxbytes", "5XB", "invalid literal for int() with base 10: '5xb'"},
		{"logfile_backups", "x", "invalid literal for int() with base 10: 'x'"},
		{"loglevel", "Loud", "bad logging level name 'Loud'"},
		{"minfds", "1.5", "invalid literal for int() with base 10: '1.5'"},
		{"user", "nosuchuser", ""},
		{"identifier", "anything", ""},
		{"nodaemon", "true", ""},
	} {
		got := ""
		if err := CheckFlag(c.name, c.value); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s=%s: got %q, want %q", c.name, c.value, got, c.want)
		}
	}
	for _, name := range []string{"nodaemon", "silent", "user", "umask", "directory", "logfile", "logfile_maxbytes", "logfile_backups", "loglevel", "pidfile", "identifier", "childlogdir", "nocleanup", "minfds", "strip_ansi", "minprocs"} {
		if _, ok := FlagOption(name); !ok {
			t.Errorf("the command line has %s, the table of [supervisord] not", name)
		}
	}
}
