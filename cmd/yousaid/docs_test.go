package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
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
	schema := migrationText(t, root)
	for _, line := range namedTables.FindAllStringSubmatch(text, -1) {
		for _, m := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(line[1], -1) {
			if !strings.Contains(schema, "CREATE TABLE "+m[1]+" ") {
				t.Errorf("docs/flows.md names the table %s, which is not there", m[1])
			}
		}
	}
}

// migrationText is the text of all migrations in their order.
func migrationText(t *testing.T, root string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "migrations", "*.sql"))
	if err != nil {
		t.Fatal(err)
	}
	var schema strings.Builder
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		schema.Write(b)
	}
	return schema.String()
}

var (
	stateDiagram = regexp.MustCompile("(?s)<!-- states of ([a-z_]+)\\.([a-z_]+) -->\n```mermaid\n(.*?)```")
	stateArrow   = regexp.MustCompile(`(?m)^ {4}(\S+) --> ([^\s:]+)`)
	quotedValue  = regexp.MustCompile(`'([a-z_]+)'`)
)

// allowedStates are the values that the CHECK constraint of a column allows, as the last migration that says so leaves them.
func allowedStates(schema, table, column string) []string {
	var list string
	created := regexp.MustCompile(`(?s)CREATE TABLE ` + table + ` \((.*?)\n\);`).FindStringSubmatch(schema)
	check := regexp.MustCompile(`CHECK \(` + column + ` IN \(([^)]*)\)\)`)
	if created != nil {
		if m := check.FindStringSubmatch(created[1]); m != nil {
			list = m[1]
		}
	}
	for _, m := range regexp.MustCompile(`ADD CONSTRAINT `+table+`_`+column+`_check `+check.String()).FindAllStringSubmatch(schema, -1) {
		list = m[1]
	}
	var states []string
	for _, m := range quotedValue.FindAllStringSubmatch(list, -1) {
		states = append(states, m[1])
	}
	slices.Sort(states)
	return states
}

// Each state diagram of the docs has exactly the states that the database allows.
func TestTheDiagramsHaveTheStatesOfTheDatabase(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	raw, err := os.ReadFile(filepath.Join(root, "docs", "flows.md"))
	if err != nil {
		t.Fatal(err)
	}
	schema := migrationText(t, root)
	found := stateDiagram.FindAllStringSubmatch(string(raw), -1)
	if all := strings.Count(string(raw), "stateDiagram"); len(found) != all || all < 5 {
		t.Errorf("%d of %d state diagrams say which column they are about", len(found), all)
	}
	for _, d := range found {
		var drawn []string
		for _, m := range stateArrow.FindAllStringSubmatch(d[3], -1) {
			for _, state := range m[1:] {
				if state != "[*]" {
					drawn = append(drawn, state)
				}
			}
		}
		slices.Sort(drawn)
		if drawn, allowed := slices.Compact(drawn), allowedStates(schema, d[1], d[2]); !slices.Equal(drawn, allowed) {
			t.Errorf("docs/flows.md draws the states %v of %s.%s, and the database allows %v", drawn, d[1], d[2], allowed)
		}
	}
}

// docs/data.md names every table of the schema and no other.
func TestTheDataPageNamesEveryTable(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	raw, err := os.ReadFile(filepath.Join(root, "docs", "data.md"))
	if err != nil {
		t.Fatal(err)
	}
	schema := migrationText(t, root)
	tables := map[string]bool{}
	for _, m := range regexp.MustCompile(`(CREATE|DROP) TABLE ([a-z_]+)|ALTER TABLE [a-z_]+ RENAME TO ([a-z_]+)`).
		FindAllStringSubmatch(schema, -1) {
		switch m[1] {
		case "CREATE":
			tables[m[2]] = true
		case "DROP":
			delete(tables, m[2])
		}
	}
	named := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| (`[^|]*)\\|").FindAllStringSubmatch(string(raw), -1) {
		for _, m := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(row[1], -1) {
			if named[m[1]] = true; !tables[m[1]] {
				t.Errorf("docs/data.md names the table %s, which is not there", m[1])
			}
		}
	}
	for name := range tables {
		if !named[name] {
			t.Errorf("docs/data.md does not name the table %s", name)
		}
	}
}

var (
	dataCitation     = regexp.MustCompile(`DATA(?:\.md)?(?:, rules?| \(rules?)? ((?:\d+(?:, | and )?)+)`)
	standardCitation = regexp.MustCompile(`STANDARDS ((?:\d+(?:\.\d+)?(?:, | and )?)+)`)
	ruleOfWorkbooks  = regexp.MustCompile(`"([WSNC]\d{1,2})\b`)
	ruleOfLint       = regexp.MustCompile(`"(Q\d{1,2})"`)
	headingNumber    = regexp.MustCompile(`\d+(?:\.\d+)?`)
)

// unresolved lists the citations of a text that lead to no heading of docs/data.md and docs/standards.md.
func unresolved(text, data, standards string) (broken []string) {
	for _, c := range []struct {
		cite *regexp.Regexp
		page string
		name string
	}{{dataCitation, data, "docs/data.md"}, {standardCitation, standards, "docs/standards.md"}} {
		for _, m := range c.cite.FindAllStringSubmatch(text, -1) {
			for _, n := range headingNumber.FindAllString(m[1], -1) {
				if !regexp.MustCompile(`(?m)^##+ ` + regexp.QuoteMeta(n) + `\.? `).MatchString(c.page) {
					broken = append(broken, fmt.Sprintf("%q: %s has no heading %s", m[0], c.name, n))
				}
			}
		}
	}
	return broken
}

// What code and docs cite as DATA.md and STANDARDS is in the repository, under the number that they name; so are the rules of
// workbooks and questionnaires.
func TestCitationsOfDataAndStandardsResolve(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	page := func(name string) string {
		raw, err := os.ReadFile(filepath.Join(root, "docs", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	data, standards := page("data.md"), page("standards.md")
	if got := unresolved("DATA.md (rules 1 and 77); STANDARDS 2.1, 2.9", data, standards); len(got) != 2 {
		t.Errorf("of two wrong citations %q were found", got)
	}
	cited := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".") && d.Name() != ".."):
			return filepath.SkipDir
		case d.IsDir() || d.Name() == "docs_test.go" || !slices.Contains([]string{".go", ".md", ".sql", ".html"}, filepath.Ext(path)):
			return nil
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		text := string(raw)
		cited += len(dataCitation.FindAllString(text, -1)) + len(standardCitation.FindAllString(text, -1))
		for _, b := range unresolved(text, data, standards) {
			t.Errorf("%s cites %s", path, b)
		}
		rules := ruleOfLint
		if strings.Contains(path, filepath.Join("analytics", "workbook")) {
			rules = ruleOfWorkbooks
		} else if !strings.Contains(path, filepath.Join("surveys", "lint")) {
			return nil
		}
		for _, m := range rules.FindAllStringSubmatch(text, -1) {
			if !strings.Contains(standards, "\n| "+m[1]+" |") {
				t.Errorf("%s has the rule %s, which docs/standards.md does not have", path, m[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if cited < 6 {
		t.Errorf("only %d citations were found: the patterns of this test are out of date", cited)
	}
}
