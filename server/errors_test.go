package server

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
)

// unmapped are errors of stores that no page meets, each with the reason. An error that a page does meet is a line of failures.
var unmapped = map[string]string{
	"analytics/disclosure.ErrDimensions":        "a mistake of the program, and a refusal where it is one of the reader",
	"analytics/disclosure.ErrLattice":           "a mistake of the program",
	"analytics/disclosure.ErrRules":             "a mistake of the program",
	"analytics/disclosure.ErrSets":              "a mistake of the program",
	"analytics/disclosure.ErrUnproven":          "Ask makes a refusal of it",
	"analytics/linked.ErrOvertaken":             "Ask proves once more, and then makes a refusal of it",
	"server/page.ErrNoRenderer":                 "a mistake of the program",
	"server/signin.ErrNoSession":                "fail leads to the sign-in page",
	"server/staff.ErrAsked":                     "the page that asks once more is shown already",
	"surveys/responses.ErrOtherSecret":          "stops the start",
	"surveys/responses.ErrSecretOutside":        "stops the start",
	"surveys/responses/importing.ErrNoImport":   "the command line imports",
	"surveys/responses/importing.ErrNotRunning": "the command line imports",
	"surveys/tablefile.ErrTooLarge":             "written on the export by the job that makes it",
	"surveys/tablefile.ErrBook":                 "a mistake of the program",
	"surveys/tablefile/document.ErrDocument":    "a mistake of the program",
}

// sentinels lists the errors that packages below a folder export, as package.Name, with the error that each one stands for where it is
// another one.
func sentinels(t *testing.T, folder string) map[string]string {
	t.Helper()
	found := map[string]string{}
	root := filepath.Join("..", folder)
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			return err
		}
		here := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(name)), "../")
		for _, d := range file.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			for _, spec := range g.Specs {
				v := spec.(*ast.ValueSpec)
				for i, id := range v.Names {
					if !strings.HasPrefix(id.Name, "Err") || i >= len(v.Values) {
						continue
					}
					found[here+"."+id.Name] = ""
					if of, ok := v.Values[i].(*ast.SelectorExpr); ok {
						found[here+"."+id.Name] = imported(file, of)
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// imported names what a selector selects, as package.Name.
func imported(file *ast.File, s *ast.SelectorExpr) string {
	pkg, ok := s.X.(*ast.Ident)
	if !ok {
		return ""
	}
	for _, i := range file.Imports {
		path, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			continue
		}
		name := path[strings.LastIndex(path, "/")+1:]
		if i.Name != nil {
			name = i.Name.Name
		}
		if name == pkg.Name {
			return strings.TrimPrefix(path, "yousaid/") + "." + s.Sel.Name
		}
	}
	return ""
}

// mapped lists the errors in the table of failures.
func mapped(t *testing.T) map[string]bool {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "errors.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	list := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if row, ok := n.(*ast.CompositeLit); ok && len(row.Elts) == 3 {
			switch e := row.Elts[0].(type) {
			case *ast.SelectorExpr:
				list[imported(file, e)] = true
			case *ast.Ident:
				list["server."+e.Name] = true
			}
		}
		return true
	})
	return list
}

// withoutKind names the errors that neither the table nor the exceptions know.
func withoutKind(all map[string]string, table map[string]bool, except map[string]string) (names []string) {
	for name, of := range all {
		if !table[name] && !table[of] && except[name] == "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func TestEveryErrorHasAKind(t *testing.T) {
	t.Parallel()
	all := map[string]string{}
	for _, folder := range []string{"surveys", "analytics", "server"} {
		for name, of := range sentinels(t, folder) {
			all[name] = of
		}
	}
	if len(all) < 80 {
		t.Fatalf("only %d errors are found: this test looks in the wrong place", len(all))
	}
	for _, name := range withoutKind(all, mapped(t), unmapped) {
		t.Errorf("%s has no line in server/errors.go: say there what it means to whoever asked, or in this test why no page meets it", name)
	}
	for name := range unmapped {
		if _, there := all[name]; !there {
			t.Errorf("%s is an exception and is not there any more", name)
		}
	}
}

// An error that nobody mapped is named; one that stands for a mapped one is not.
func TestAnErrorWithoutAKindIsNoticed(t *testing.T) {
	t.Parallel()
	got := withoutKind(
		map[string]string{
			"surveys.ErrNew":                "",
			"surveys.ErrMissing":            "",
			"analytics/releases.ErrMissing": "analytics/register.ErrMissing",
			"server/page.ErrX":              "",
		},
		map[string]bool{"surveys.ErrMissing": true, "analytics/register.ErrMissing": true},
		map[string]string{"server/page.ErrX": "a mistake"},
	)
	if len(got) != 1 || got[0] != "surveys.ErrNew" {
		t.Error(got)
	}
}
