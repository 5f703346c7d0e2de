package page

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// looksLikeWords tells whether a text of a program is a sentence or a heading for people: it begins with a capital and goes on in
// small letters, or has several words.
func looksLikeWords(text string) bool {
	if betweenWords.MatchString(text) {
		return true
	}
	text = strings.TrimSpace(text)
	switch {
	case strings.HasPrefix(text, "/"), strings.HasPrefix(text, "<"), strings.Contains(text, "://"), strings.Contains(text, "2006"),
		keyedText.MatchString(text):
		return false
	}
	return capitalised.MatchString(text) || severalWords.MatchString(text)
}

var (
	keyedText    = regexp.MustCompile(`^[a-z0-9_]+(\.[a-z0-9_]+)+\||^\|%s$`)
	betweenWords = regexp.MustCompile(`^ (and|or|to|by|of|beside|from) $`)
	capitalised  = regexp.MustCompile(`^[A-Z][a-z’]+( |$|[.,:!?])`)
	severalWords = regexp.MustCompile(`^[A-Za-z’“”,.]+ [a-z’“”,.]+ [A-Za-z’“”,. ]+$`)
)

// notForReaders are calls whose texts no page shows: errors for logs, headers, records of the audit trail, names of fields and
// formats of days.
var notForReaders = regexp.MustCompile(`^(errors\.New|fmt\.Errorf|http\..*|.*\.(Set|Get|Header|Format|` +
	`Noted|Record|Has|WithoutCancel|Contains|HasPrefix|TrimPrefix)|regexp\..*|time\..*)$`)

// Every sentence of the staff pages has a key, so that it can be translated.
func TestStaffSentencesHaveKeys(t *testing.T) {
	err := filepath.WalkDir(filepath.Join("..", "staff"), func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") || strings.Contains(name, "stafftest") {
			return err
		}
		for _, text := range unkeyed(t, name, nil) {
			t.Errorf("%s says %q without a key: write it as page.T(c, \"area.name|English\"), or in a template", name, text)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	found := unkeyed(t, "example.go", `package x
func f() { view.Text = "Choose a survey."; view.T("a.b|Choose."); fmt.Errorf("no such survey here: %w", err) }
func g() { c.Set("Some header", "x y z") }
var list = []page.Column{{Text: "Service"}}`)
	if !slices.Equal(found, []string{"Choose a survey.", "Service"}) {
		t.Errorf("the search finds %q", found)
	}
}

// What a questionnaire is told has a key as well: kinds and attributes of questions, and the store of surveys.
func TestSentencesAboutQuestionnairesHaveKeys(t *testing.T) {
	for _, folder := range []string{"../../surveys", "../../surveys/question"} {
		names, err := filepath.Glob(folder + "/*.go")
		if err != nil || len(names) == 0 {
			t.Fatal(folder, err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			for _, text := range unkeyed(t, name, nil) {
				if slices.Contains([]string{"Yes", "No", "Ie", "Na", "True", "False"}, text) {
					continue // answers of yes or no, in their languages and as other programs write them
				}
				t.Errorf("%s says %q without a key: write it as wording.Say(\"area.name|English\")", name, text)
			}
		}
	}
}

// unkeyed lists the texts of a Go file that look like words and have no key.
func unkeyed(t *testing.T, name string, source any) (list []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, source, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec, *ast.Field:
			return false
		case *ast.KeyValueExpr: // what authors of questionnaire files read of an attribute
			key, named := n.Key.(*ast.Ident)
			return !named || key.Name != "About"
		case *ast.CallExpr:
			return !notForReaders.MatchString(calledName(n))
		case ast.Expr:
			text, whole := constant(n)
			if whole && looksLikeWords(text) {
				list = append(list, text)
			}
			return !whole
		}
		return true
	})
	return list
}

func calledName(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			return x.Name + "." + f.Sel.Name
		}
		return "." + f.Sel.Name
	}
	return ""
}
