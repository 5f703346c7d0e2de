package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"yousaid/surveys/tenant"
)

// alsoDimensions are roles that have the name of something else: a table is split by service, a questionnaire has equality
// questions. They are looked for beside the word role only.
var alsoDimensions = []string{tenant.ServiceRole, tenant.Equality}

// namedRoles lists where a Go file writes the name of a role in quotation marks. Tests, and the people that a demonstration or a
// benchmark makes up, may.
func namedRoles(fset *token.FileSet, file *ast.File) (found []string) {
	role := func(e ast.Expr) string {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			s, err := strconv.Unquote(lit.Value)
			if i := slices.IndexFunc(tenant.Roles,
				func(name string) bool { return err == nil && (s == name || strings.Contains(s, "role = '"+name+"'")) }); i >= 0 {
				return tenant.Roles[i]
			}
		}
		return ""
	}
	aboutRoles := func(e ast.Expr) bool {
		name := ""
		switch e := e.(type) {
		case *ast.Ident:
			name = e.Name
		case *ast.SelectorExpr:
			name = e.Sel.Name
		}
		return strings.EqualFold(name, "role")
	}
	add := func(e ast.Expr, ambiguous bool) {
		if s := role(e); s != "" && ambiguous == slices.Contains(alsoDimensions, s) {
			found = append(found, fset.Position(e.Pos()).String()+": "+s)
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			add(n, false)
		case *ast.BinaryExpr:
			if aboutRoles(n.X) {
				add(n.Y, true)
			}
			if aboutRoles(n.Y) {
				add(n.X, true)
			}
		case *ast.KeyValueExpr:
			if aboutRoles(n.Key) {
				add(n.Value, true)
			}
		case *ast.SwitchStmt:
			if aboutRoles(n.Tag) {
				for _, c := range n.Body.List {
					for _, e := range c.(*ast.CaseClause).List {
						add(e, true)
					}
				}
			}
		}
		return true
	})
	return found
}

// Roles are named in surveys/tenant, what they may do in surveys/permission, and nowhere else.
func TestRolesAreNamedInOnePlace(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	files := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (strings.HasPrefix(d.Name(), ".") && path != root || d.Name() == "node_modules" || d.Name() == "sitetest" ||
			d.Name() == "bench"):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || path == filepath.Join(root, "surveys",
			"tenant", "roles.go"):
			return nil
		}
		files++
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, nil, 0)
		if err != nil {
			return err
		}
		for _, place := range namedRoles(fset, file) {
			t.Errorf("%s: use the constant of surveys/tenant, or ask surveys/permission whether somebody may", place)
		}
		return nil
	})
	if err != nil || files < 200 {
		t.Fatalf("%d files were read: %v", files, err)
	}
}

func TestNamedRolesAreFound(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]int{
		`var a = []string{"viewer", "service"}`:                           1,
		`func f(role string) bool { return role == "service" }`:           1,
		`func f(g G) bool { return "equality" != g.Role }`:                1,
		`var g = G{Role: "equality"}`:                                     1,
		`func f(g G) { switch g.Role { case "service", "viewer": } }`:     2,
		"var q = `SELECT 1 WHERE role = 'administrator'`":                 1,
		`func f(dimension string) bool { return dimension == "service" }`: 0,
	} {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, "x.go", "package x\n"+source, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := namedRoles(fset, file); len(got) != want {
			t.Errorf("%s: %v", source, got)
		}
	}
}
