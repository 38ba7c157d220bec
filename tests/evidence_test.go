package tests

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// testCode is the test code of one package, declaration by declaration.
type testCode struct {
	dir   string // from the top of the repository
	decls map[string][]ast.Node
	files map[string]string // of each test function
	fset  *token.FileSet
}

// readTestCode parses the test files of a package. Comments are left out: what
// is only said is no evidence.
func readTestCode(t *testing.T, dir string) *testCode {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	c := &testCode{dir: dir, decls: map[string][]ast.Node{}, files: map[string]string{}, fset: token.NewFileSet()}
	for _, path := range paths {
		file, err := parser.ParseFile(c.fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			c.declare(d, filepath.ToSlash(filepath.Join(dir, filepath.Base(path))))
		}
	}
	return c
}

// declare notes what a declaration declares. Methods are noted by their bare
// name.
func (c *testCode) declare(d ast.Decl, file string) {
	note := func(name string, node ast.Node) {
		c.decls[name] = append(c.decls[name], node)
		c.files[name] = file
	}
	switch d := d.(type) {
	case *ast.FuncDecl:
		note(d.Name.Name, d)
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.ValueSpec:
				for _, name := range spec.Names {
					note(name.Name, spec)
				}
			case *ast.TypeSpec:
				note(spec.Name.Name, spec)
			}
		}
	}
}

// text is what a test function consists of: its code and that of all it uses of
// its package's tests, the texts in it as they are when it runs, and the files
// of testdata that it names.
func (c *testCode) text(t *testing.T, name string) string {
	t.Helper()
	var b strings.Builder
	seen := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		if seen[name] {
			return
		}
		seen[name] = true
		for _, node := range c.decls[name] {
			c.write(t, &b, node)
			ast.Inspect(node, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok && !isTest(id.Name) {
					visit(id.Name)
				}
				return true
			})
		}
	}
	visit(name)
	return b.String()
}

// write adds one declaration to a text.
func (c *testCode) write(t *testing.T, b *strings.Builder, node ast.Node) {
	t.Helper()
	var code bytes.Buffer
	if err := printer.Fprint(&code, c.fset, node); err != nil {
		t.Fatal(err)
	}
	b.Write(code.Bytes())
	b.WriteByte('\n')
	ast.Inspect(node, func(n ast.Node) bool {
		lit, ok := n.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return true
		}
		text, err := strconv.Unquote(lit.Value)
		if err != nil {
			t.Fatalf("%s: %v", lit.Value, err)
		}
		fmt.Fprintln(b, text)
		if strings.HasPrefix(text, "testdata/") {
			c.writeFiles(t, b, text)
		}
		return true
	})
}

// writeFiles adds the files that a pattern of the package names.
func (c *testCode) writeFiles(t *testing.T, b *strings.Builder, pattern string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", c.dir, pattern))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.IsDir() {
			continue
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		// The name of a file is often that of a case.
		fmt.Fprintf(b, "%s\n%s\n", strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)), data)
	}
}

func isTest(name string) bool {
	return strings.HasPrefix(name, "Test") || strings.HasPrefix(name, "Fuzz") || strings.HasPrefix(name, "Benchmark")
}
