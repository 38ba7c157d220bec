// Package tests holds the tests of the repository as a whole: which package may
// import which, and that the documentation speaks of what there is. The tests
// of the programs are in the directories below.
package tests

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// layers is the import policy: a package, and which others of this module it
// may import. Nothing but this is allowed; a package that has no line is an
// error. Lower layers come first.
const layers = `
pkg/python:
pkg/api:         pkg/python
pkg/config:      pkg/api pkg/python
pkg/getopt:      pkg/python
pkg/pidproxy:
pkg/xmlrpc:      pkg/api
pkg/process:     pkg/api pkg/config
pkg/spawn:       pkg/api pkg/config pkg/python
pkg/logs:        pkg/api pkg/config
pkg/events:      pkg/api pkg/config pkg/python pkg/process
pkg/supervisor:  pkg/api pkg/config pkg/python pkg/process pkg/spawn pkg/logs pkg/events
pkg/httpd:       pkg/api pkg/config pkg/xmlrpc pkg/logs
pkg/ctl:         pkg/api pkg/config pkg/python pkg/getopt pkg/xmlrpc
pkg/daemon:      pkg/api pkg/config pkg/spawn pkg/logs pkg/supervisor pkg/httpd
conf:
supervisord:     conf pkg/config pkg/getopt pkg/pidproxy pkg/spawn pkg/daemon
supervisorctl:   pkg/config pkg/getopt pkg/xmlrpc pkg/ctl
tests/child:
tests/harness:
tests/compat:    pkg/api pkg/xmlrpc tests/harness
tests/bench:
tests/clients:   tests/harness
tests/stack:     tests/harness
tests/system:    tests/harness
tests/timing:    tests/harness
tests:           tests/harness
`

// importers says which packages may import a module that is not ours: its code
// is behind one door.
var importers = map[string][]string{
	"gopkg.in/ini.v1":                 {"pkg/config"},
	"github.com/gorilla/rpc":          {"pkg/httpd"},
	"github.com/urfave/cli/v2":        {"supervisord", "supervisorctl"},
	"github.com/kardianos/service":    {"supervisord"},
	"golang.org/x/sys":                {"pkg/spawn", "pkg/logs", "pkg/daemon", "pkg/supervisor", "pkg/pidproxy"},
	"golang.org/x/term":               {"pkg/ctl"},
	"github.com/kolo/xmlrpc":          {"tests/clients"},
	"github.com/rogpeppe/go-internal": {"tests", "tests/compat", "tests/system"},
}

func TestLayers(t *testing.T) {
	allowed := map[string][]string{}
	for _, line := range strings.Split(strings.TrimSpace(layers), "\n") {
		name, imports, _ := strings.Cut(line, ":")
		allowed[name] = strings.Fields(imports)
	}
	for _, file := range goFiles(t) {
		// Tests may use what they test with.
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		name := path.Dir(file)
		may, known := allowed[name]
		if !known {
			t.Errorf("%s: package %s is not in the table of layers", file, name)
			continue
		}
		for _, imported := range imports(t, file) {
			checkImport(t, file, name, imported, may)
		}
	}
}

func checkImport(t *testing.T, file, name, imported string, may []string) {
	if own, ok := strings.CutPrefix(imported, "supervisord/"); ok {
		if !slices.Contains(may, own) {
			t.Errorf("%s imports %s: %s may import %v", file, imported, name, may)
		}
		return
	}
	if first, _, _ := strings.Cut(imported, "/"); !strings.Contains(first, ".") {
		return // of the standard library
	}
	for module, doors := range importers {
		if imported == module || strings.HasPrefix(imported, module+"/") {
			if !slices.Contains(doors, name) {
				t.Errorf("%s imports %s, which only %v may", file, imported, doors)
			}
			return
		}
	}
	t.Errorf("%s imports %s, which is in no table: say who may", file, imported)
}

// The policy itself must not name what there is not.
func TestLayersAreThere(t *testing.T) {
	for _, line := range strings.Split(strings.TrimSpace(layers), "\n") {
		name, _, _ := strings.Cut(line, ":")
		if found, err := filepath.Glob("../" + name + "/*.go"); err != nil || len(found) == 0 {
			t.Errorf("the table of layers names %s, which holds no Go files (%v)", name, err)
		}
	}
}

// The client starts in milliseconds because it links nothing of the daemon.
func TestClientIsSmall(t *testing.T) {
	list := exec.Command("go", "list", "-deps", "./supervisorctl")
	list.Dir = ".."
	out, err := list.Output()
	if err != nil {
		t.Fatalf("%v: %v", list.Args, err)
	}
	for _, linked := range strings.Fields(string(out)) {
		for _, not := range []string{"net/http", "html/template", "encoding/xml", "github.com/gorilla",
			"supervisord/pkg/supervisor", "supervisord/pkg/spawn", "supervisord/pkg/logs",
			"supervisord/pkg/process", "supervisord/pkg/httpd", "supervisord/pkg/daemon"} {
			if linked == not || strings.HasPrefix(linked, not+"/") {
				t.Errorf("supervisorctl links %s", linked)
			}
		}
	}
}

// imports reads the imports of a file. Reading it here, not by running go list,
// lets the test cache see that the file has changed.
func imports(t *testing.T, file string) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", file), nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, spec := range parsed.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, imported)
	}
	return list
}

// goFiles are the Go files of the module, from its top.
func goFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	for _, file := range allFiles(t) {
		if strings.HasSuffix(file, ".go") && !strings.Contains(file, "/testdata/") {
			files = append(files, file)
		}
	}
	if len(files) < 10 {
		t.Fatalf("only %d Go files found", len(files))
	}
	return files
}

// allFiles are the files of the repository, from its top, without what is built.
func allFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	err := fs.WalkDir(os.DirFS(".."), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (name == ".git" || name == ".build") {
			return fs.SkipDir
		}
		if entry.Type().IsRegular() && name != ".git" {
			files = append(files, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
