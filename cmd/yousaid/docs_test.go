package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	namedFile     = regexp.MustCompile("`([a-z_0-9]+(?:/[a-z_0-9]+)*(?:/|\\.(?:go|sql|html)))`")
	namedFunction = regexp.MustCompile("`([a-z_0-9/]+\\.go)` `([A-Za-z]+)`|`([A-Za-z]+)` of `([a-z_0-9/]+\\.go)`")
	namedTables   = regexp.MustCompile("(?m)^Rows: (.*)$")
)

// functions are the names of the functions and methods of a Go file.
func functions(t *testing.T, path string) map[string]bool {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Error(err)
		return nil
	}
	names := map[string]bool{}
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok {
			names[f.Name.Name] = true
		}
	}
	return names
}

// The flows name files, functions and tables that exist.
func TestTheFlowsNameWhatExists(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	raw, err := os.ReadFile(filepath.Join(root, "docs", "flows.md"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	files := namedFile.FindAllStringSubmatch(text, -1)
	for _, m := range files {
		if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(m[1]))); err != nil {
			t.Errorf("docs/flows.md names %s: %v", m[1], err)
		}
	}
	calls := namedFunction.FindAllStringSubmatch(text, -1)
	for _, m := range calls {
		path, name := m[1]+m[4], m[2]+m[3]
		if !functions(t, filepath.Join(root, filepath.FromSlash(path)))[name] {
			t.Errorf("docs/flows.md names %s of %s, which is not there", name, path)
		}
	}
	if len(files) < 50 || len(calls) < 25 {
		t.Errorf("only %d files and %d functions were found in docs/flows.md", len(files), len(calls))
	}
	sql, err := filepath.Glob(filepath.Join(root, "migrations", "*.sql"))
	if err != nil {
		t.Fatal(err)
	}
	var schema strings.Builder
	for _, f := range sql {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		schema.Write(b)
	}
	for _, m := range regexp.MustCompile(`(?m)^ {4}(\S+) --> ([^\s:]+)`).FindAllStringSubmatch(text, -1) {
		for _, state := range m[1:] {
			if state != "[*]" && !strings.Contains(schema.String(), "'"+state+"'") {
				t.Errorf("docs/flows.md draws the state %s, which no table has", state)
			}
		}
	}
	for _, line := range namedTables.FindAllStringSubmatch(text, -1) {
		for _, m := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(line[1], -1) {
			if !strings.Contains(schema.String(), "CREATE TABLE "+m[1]+" ") {
				t.Errorf("docs/flows.md names the table %s, which is not there", m[1])
			}
		}
	}
}
