package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"yousaid/surveys/question"
)

// decidedByKind lists where a Go file compares something with a kind of question: what depends on the kind is a field of the
// kind, in surveys/question, so that a new kind has it. A question of a kind may be made anywhere.
func decidedByKind(fset *token.FileSet, file *ast.File, constants []string) (found []string) {
	kind := func(e ast.Expr) bool {
		switch e := e.(type) {
		case *ast.SelectorExpr:
			from, ok := e.X.(*ast.Ident)
			return ok && from.Name == "question" && slices.Contains(constants, e.Sel.Name)
		case *ast.BasicLit:
			s, err := strconv.Unquote(e.Value)
			return e.Kind == token.STRING && err == nil && slices.Contains(question.Kinds(), question.Kind(s))
		}
		return false
	}
	named := func(e ast.Expr) bool { // q.Kind, or a constant of the package
		s, ok := e.(*ast.SelectorExpr)
		return ok && s.Sel.Name == "Kind" || kind(e) && ok
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if (n.Op == token.EQL || n.Op == token.NEQ) && (kind(n.X) && named(n.Y) || kind(n.Y) && named(n.X) || kind(n.Y) && named(n.Y)) {
				found = append(found, fset.Position(n.Pos()).String())
			}
		case *ast.CaseClause:
			for _, e := range n.List {
				if kind(e) && named(e) {
					found = append(found, fset.Position(e.Pos()).String())
				}
			}
		case *ast.CallExpr: // slices.Contains([]question.Kind{…}, q.Kind)
			if len(n.Args) == 2 && named(n.Args[1]) {
				if list, ok := n.Args[0].(*ast.CompositeLit); ok && slices.ContainsFunc(list.Elts, kind) {
					found = append(found, fset.Position(n.Pos()).String())
				}
			}
		}
		return true
	})
	return found
}

// kindConstants are the names of the constants of surveys/question that are kinds.
func kindConstants(t *testing.T) (names []string) {
	t.Helper()
	files, err := filepath.Glob("../../surveys/question/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^const (\w+) Kind = `).FindAllStringSubmatch(string(body), -1) {
			names = append(names, m[1])
		}
	}
	if len(names) != len(question.Kinds()) {
		t.Fatalf("%d constants for %d kinds: %v", len(names), len(question.Kinds()), names)
	}
	return names
}

// TestWhatDependsOnTheKindIsInTheKind: nothing outside surveys/question asks which kind a question is.
func TestWhatDependsOnTheKindIsInTheKind(t *testing.T) {
	constants, fset := kindConstants(t), token.NewFileSet()
	err := filepath.WalkDir("../..", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && (d.Name() == "node_modules" || strings.HasSuffix(filepath.ToSlash(name), "surveys/question")) {
			return leaveOut(err)
		}
		switch {
		case strings.HasSuffix(name, ".html"):
			body, err := os.ReadFile(name)
			for _, m := range regexp.MustCompile(`(?:eq|ne) \S*\.Kind "(\w+)"`).FindAllStringSubmatch(string(body), -1) {
				if slices.Contains(question.Kinds(), question.Kind(m[1])) {
					t.Errorf("%s decides by the kind %s: ask the question what its kind says (surveys/question)", name, m[1])
				}
			}
			return err
		case strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go"):
			file, err := parser.ParseFile(fset, name, nil, 0)
			if err != nil {
				return err
			}
			for _, at := range decidedByKind(fset, file, constants) {
				t.Errorf("%s: decides by the kind of a question: make it a field of kind (surveys/question/kinds.go)", at)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	broken := "package x\nfunc f(q question.Question, k question.Kind) int {\n" +
		"if q.Kind == question.Rating || k != question.Several || q.Kind == \"text\" { return 1 }\n" +
		"switch q.Kind { case question.Number: return 2 }\n" +
		"if slices.Contains([]question.Kind{question.Choice}, q.Kind) { return 3 }\n" +
		"q = question.Question{Kind: question.Choice}\nreturn 0 }"
	file, err := parser.ParseFile(fset, "broken.go", broken, 0)
	if err != nil {
		t.Fatal(err)
	}
	if found := decidedByKind(fset, file, constants); len(found) != 5 {
		t.Errorf("of 5 decisions in a broken file %d are found: %v", len(found), found)
	}
}

// leaveOut leaves a folder out, unless reading it failed.
func leaveOut(err error) error {
	if err != nil {
		return err
	}
	return filepath.SkipDir
}
