package api

import (
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files and the generated pages")

// golden compares got with the file and, with -update, writes it.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is not up to date: go test ./pkg/api -update", file)
	}
}

// oldNames are the methods that stand in the table twice.
var oldNames = map[string]string{
	"getVersion":      "getAPIVersion",
	"readMainLog":     "readLog",
	"readProcessLog":  "readProcessStdoutLog",
	"tailProcessLog":  "tailProcessStdoutLog",
	"clearProcessLog": "clearProcessLogs",
}

// funcName returns the name of the interface method that a row points at.
func funcName(m Method) string {
	name := runtime.FuncForPC(reflect.ValueOf(m.Func).Pointer()).Name()
	return name[strings.LastIndexByte(name, '.')+1:]
}

func TestMethodsAndInterface(t *testing.T) {
	iface := reflect.TypeFor[Supervisor]()
	unseen := map[string]bool{}
	for i := range iface.NumMethod() {
		unseen[iface.Method(i).Name] = true
	}
	rows := map[string]bool{}
	for _, m := range Methods() {
		if rows[m.Name] {
			t.Errorf("%s has two rows", m.Name)
		}
		rows[m.Name] = true
		delete(unseen, funcName(m))
		canonical := m.Name
		if name, ok := oldNames[m.Name]; ok {
			canonical = name
		}
		if want := strings.ToUpper(canonical[:1]) + canonical[1:]; funcName(m) != want {
			t.Errorf("%s calls %s, not %s", m.Name, funcName(m), want)
		}
	}
	for name := range unseen {
		t.Errorf("Supervisor.%s has no row", name)
	}
}

// allMethods are the rows of all tables.
func allMethods() []Method {
	return slices.Concat(Methods(), SystemMethods(), TwiddlerMethods())
}

func TestMethodRows(t *testing.T) {
	for _, m := range allMethods() {
		if m.Doc == "" || m.Returns == "" || m.ReturnDoc == "" {
			t.Errorf("%s: the row has a gap: %+v", m.Name, m)
		}
		optional := false
		for _, p := range m.Params {
			if p.Doc == "" {
				t.Errorf("%s: parameter %s is not explained", m.Name, p.Name)
			}
			if optional && p.Default == nil {
				t.Errorf("%s: parameter %s must be given, after one that need not", m.Name, p.Name)
			}
			optional = p.Default != nil
		}
		for _, f := range m.Faults {
			if strings.HasPrefix(f.String(), "FaultCode(") {
				t.Errorf("%s declares the fault %d, which does not exist", m.Name, int(f))
			}
		}
		result := reflect.TypeOf(m.Func).Out(0)
		if result.Kind() == reflect.Interface { // true, or the results of a group
			continue
		}
		want := wireType(result)
		if result.Kind() == reflect.Struct {
			if f := result.Field(0); f.Tag.Get("xmlrpc") == ",array" {
				want = "array"
			}
		}
		if m.Returns != want {
			t.Errorf("%s returns %s, and the row says %s", m.Name, want, m.Returns)
		}
	}
}

// The names and signatures are those of Supervisor 4.2.5, one a line.
func TestSignatures(t *testing.T) {
	d := NewDispatcher([]Namespace{{"supervisor", Methods(), &fake{}}}, nil, nil)
	names, _ := d.listMethods(t.Context())
	var got strings.Builder
	for _, name := range names {
		types, err := d.methodSignature(t.Context(), name)
		if err != nil {
			t.Fatal(name, err)
		}
		got.WriteString(name + " " + strings.Join(types, ",") + "\n")
	}
	want, err := os.ReadFile("testdata/signatures.txt")
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("got:\n%s", got.String())
	}
}

// Clients read the help by line: @param type name text, @return type name text.
func TestHelpTags(t *testing.T) {
	tag := regexp.MustCompile(`^@(param|return) (string|int|boolean|array|struct|string\|int) (\w+)  \S.*$`)
	for _, m := range allMethods() {
		var types []string
		for _, line := range strings.Split(m.Help(), "\n") {
			if !strings.HasPrefix(strings.TrimSpace(line), "@") {
				continue
			}
			parts := tag.FindStringSubmatch(line)
			if parts == nil {
				t.Errorf("%s: no client understands %q", m.Name, line)
				continue
			}
			if parts[1] == "return" {
				types = append([]string{parts[2]}, types...)
			} else {
				types = append(types, parts[2])
			}
		}
		if !reflect.DeepEqual(types, m.Signature()) {
			t.Errorf("%s: the help says %v, the signature %v", m.Name, types, m.Signature())
		}
	}
}

func TestHelpText(t *testing.T) {
	var b strings.Builder
	for _, m := range Methods() {
		if m.Name == "startProcess" {
			b.WriteString(m.Help())
		}
	}
	want := `Start a process.

@param string name  the process: name, group:name, or group:* for all of a group
@param boolean wait  answer only when it is known whether it runs
@return boolean result  true; for group:* an array of result structs
`
	if b.String() != want {
		t.Errorf("got\n%s", b.String())
	}
}

func TestReference(t *testing.T) {
	golden(t, filepath.Join("..", "..", "docs", "rpc.md"), Reference())
	golden(t, filepath.Join("..", "..", "docs", "events.md"), EventReference())
}
