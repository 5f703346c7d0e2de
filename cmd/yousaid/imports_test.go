package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

// listed is what "go list -json" says of a package, as far as the dependency rules need it.
type listed struct {
	ImportPath   string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

// mayImport says which top packages a top package may import besides itself. docs/architecture.md shows the same table.
var mayImport = map[string][]string{
	"migrations": {},
	"static":     {},
	"surveys":    {},
	"analytics":  {"surveys"},
	"server":     {"analytics", "surveys", "static"},
	"cmd":        {"analytics", "migrations", "server", "static", "surveys"},
}

// closed lists single packages with stricter rules than their top package: what stands on the left imports nothing that begins with
// what stands on the right.
var closed = map[string][]string{
	// only it makes a safe table, and it does not depend on where figures come from
	"yousaid/analytics/disclosure": {"yousaid/analytics", "yousaid/analytics/cube"},
	// an independent audit: no code in common with what it attacks
	"yousaid/analytics/attack": {"yousaid/"},
	"yousaid/surveys/tenant":   {"yousaid/"}, // the leaf that every store holds
	// pure: no database, and of ours only the leaf of its sentences
	"yousaid/surveys/question": {"yousaid/", "github.com/jmoiron/sqlx"},
	"yousaid/surveys/wording":  {"yousaid/"}, // that leaf
	// the public reads cells of the register and nothing else: it does not know the type of unprotected figures
	"yousaid/server/public": {"yousaid/analytics", "yousaid/analytics/disclosure", "yousaid/analytics/tables"},
	"yousaid/server/page":   {"yousaid/analytics"},
}

// leaves are what a package of closed may import in spite of its rule.
var leaves = map[string]string{"yousaid/surveys/question": "yousaid/surveys/wording"}

// importedBy lists packages that these packages alone import, besides tests: an implementation behind an interface, which nothing
// else may name.
var importedBy = map[string][]string{
	"yousaid/analytics/tabulate/sql": {"yousaid/analytics"},
	// reads the tables of surveys and services for those who count, and for the words of a release
	"yousaid/analytics/codebook": {"yousaid/analytics", "yousaid/analytics/crosstab",
		"yousaid/analytics/linked", "yousaid/analytics/releases"},
	// Ask is the only way to a figure
	"yousaid/analytics/crosstab": {"yousaid/analytics", "yousaid/analytics/linked"},
	"yousaid/analytics/linked":   {"yousaid/analytics"},
}

// facade is the root of analytics: it puts the packages below it together, and none of them needs it. Tests ask it for figures.
const facade = "yousaid/analytics"

// speaksHTTP lists what only server, its files in static and the program around them may import: "does it speak HTTP?" is the test
// of server.
var speaksHTTP = []string{"net/http", "github.com/labstack/echo"}

// brokenRules lists in sentences what the packages import and may not.
func brokenRules(packages []listed) (problems []string) {
	for _, p := range packages {
		top := topOf(p.ImportPath)
		if _, known := mayImport[top]; !known {
			problems = append(problems,
				fmt.Sprintf("%s belongs to no top package: they are analytics, cmd, migrations, server, static and surveys", p.ImportPath))
			continue
		}
		support := isSupport(p.ImportPath)
		for _, to := range p.Imports {
			problems = append(problems, broken(p.ImportPath, to, support)...)
		}
		for _, to := range append(slices.Clone(p.TestImports), p.XTestImports...) {
			problems = append(problems, broken(p.ImportPath, to, true)...)
		}
	}
	slices.Sort(problems)
	return slices.Compact(problems)
}

// broken judges one import. Tests, and packages that only help tests (their names end in "test"), may also use the databases that
// migrations/pgtest makes, and may speak HTTP.
func broken(from, to string, test bool) (problems []string) {
	say := func(why string) { problems = append(problems, from+" imports "+to+": "+why) }
	here, there := topOf(from), topOf(to)
	if !test {
		for _, p := range speaksHTTP {
			if (to == p || strings.HasPrefix(to, p+"/")) && !slices.Contains([]string{"server", "static", "cmd"}, here) {
				say("only server speaks HTTP")
			}
		}
		for _, p := range closed[from] {
			if (to == p || strings.HasSuffix(p, "/") && strings.HasPrefix(to, p)) && to != leaves[from] {
				say("this package stays clear of it")
			}
		}
	}
	if there == "" {
		return problems
	}
	if to == facade && !test && strings.HasPrefix(from, facade+"/") && len(closed[from]) == 0 {
		say("no package of analytics goes up to the root: what both need is below")
	}
	if only, ok := importedBy[to]; ok && !test && !slices.Contains(only, from) {
		say("only " + strings.Join(only, ", ") + " names that implementation")
	}
	if inStaff(from) && inStaff(to) && from != to && !isSupport(to) {
		say("one set of staff pages does not import another: what they share is in server/staff")
	}
	if !test && isSupport(to) && from != "yousaid/cmd/bench" { // the bench measures, it is no part of the program
		say("that package is for tests only")
	}
	if here == there || slices.Contains(mayImport[here], there) || test && there == "migrations" {
		return problems
	}
	say(fmt.Sprintf("%s may not import %s", here, there))
	return problems
}

// topOf gives the top package of one of our packages, "" for anyone else's.
func topOf(importPath string) string {
	rest, ours := strings.CutPrefix(importPath, "yousaid/")
	if !ours {
		return ""
	}
	top, _, _ := strings.Cut(rest, "/")
	return top
}

// inStaff tells whether a package is a set of staff pages.
func inStaff(importPath string) bool { return strings.HasPrefix(importPath, "yousaid/server/staff/") }

func isSupport(importPath string) bool {
	return topOf(importPath) != "" && strings.HasSuffix(path.Base(importPath), "test")
}

// TestDependencyRules holds every package of the project to the table.
func TestDependencyRules(t *testing.T) {
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var packages []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
	if len(packages) < 10 {
		t.Fatalf("go list knows only %d packages: this test looks in the wrong place", len(packages))
	}
	for _, p := range brokenRules(packages) {
		t.Error(p)
	}
}

// TestABrokenDependencyRuleIsNoticed shows the checker projects that are wrong in one place.
func TestABrokenDependencyRuleIsNoticed(t *testing.T) {
	for _, c := range []struct {
		name string
		p    listed
		want string // "" when all is well
	}{
		{"surveys into server", listed{ImportPath: "yousaid/surveys/links", Imports: []string{"yousaid/server/mail"}},
			"surveys may not import server"},
		{"surveys into analytics", listed{ImportPath: "yousaid/surveys", Imports: []string{"yousaid/analytics"}},
			"surveys may not import analytics"},
		{"analytics into server", listed{ImportPath: "yousaid/analytics", Imports: []string{"yousaid/server"}},
			"analytics may not import server"},
		{"analytics into surveys", listed{ImportPath: "yousaid/analytics", Imports: []string{"yousaid/surveys/question"}}, ""},
		{"static into anything", listed{ImportPath: "yousaid/static", Imports: []string{"yousaid/surveys"}}, "static may not import surveys"},
		{"migrations into surveys", listed{ImportPath: "yousaid/migrations", Imports: []string{"yousaid/surveys/tenant"}},
			"migrations may not import surveys"},
		{"server into migrations", listed{ImportPath: "yousaid/server", Imports: []string{"yousaid/migrations"}},
			"server may not import migrations"},
		{"anything into cmd", listed{ImportPath: "yousaid/server", Imports: []string{"yousaid/cmd/yousaid/site"}}, "server may not import cmd"},
		{"cmd into all", listed{ImportPath: "yousaid/cmd/yousaid",
			Imports: []string{"yousaid/migrations/localpg", "yousaid/server", "yousaid/static"}}, ""},
		{"a test with a database", listed{ImportPath: "yousaid/surveys", TestImports: []string{"yousaid/migrations/pgtest"}}, ""},
		{"a test into the wrong top package", listed{ImportPath: "yousaid/surveys", XTestImports: []string{"yousaid/server"}},
			"surveys may not import server"},
		{"the bench with a package of tests", listed{ImportPath: "yousaid/cmd/bench", Imports: []string{"yousaid/analytics/disclosuretest"}}, ""},
		{"the program with a package of tests",
			listed{ImportPath: "yousaid/cmd/yousaid", Imports: []string{"yousaid/analytics/disclosuretest"}}, "for tests only"},
		{"the program with a test's database", listed{ImportPath: "yousaid/cmd/yousaid", Imports: []string{"yousaid/migrations/pgtest"}},
			"for tests only"},
		{"test support with a test's database",
			listed{ImportPath: "yousaid/cmd/yousaid/site/sitetest", Imports: []string{"yousaid/migrations/pgtest"}}, ""},
		{"surveys speaks HTTP", listed{ImportPath: "yousaid/surveys/links", Imports: []string{"net/http"}}, "only server speaks HTTP"},
		{"analytics knows echo", listed{ImportPath: "yousaid/analytics", Imports: []string{"github.com/labstack/echo/v4"}},
			"only server speaks HTTP"},
		{"disclosure into analytics", listed{ImportPath: "yousaid/analytics/disclosure", Imports: []string{"yousaid/analytics"}},
			"stays clear of it"},
		{"public pages into figures", listed{ImportPath: "yousaid/server/public", Imports: []string{"yousaid/analytics"}}, "stays clear of it"},
		{"public pages into disclosure", listed{ImportPath: "yousaid/server/public", Imports: []string{"yousaid/analytics/disclosure"}},
			"stays clear of it"},
		{"public pages into the register", listed{ImportPath: "yousaid/server/public", Imports: []string{"yousaid/analytics/releases"}}, ""},
		{"the attacker into what it attacks",
			listed{ImportPath: "yousaid/analytics/attack", Imports: []string{"yousaid/analytics/disclosure"}}, "stays clear of it"},
		{"the attacker into the package above it", listed{ImportPath: "yousaid/analytics/attack", Imports: []string{"yousaid/analytics"}},
			"stays clear of it"},
		{"disclosure into stats", listed{ImportPath: "yousaid/analytics/disclosure", Imports: []string{"yousaid/analytics/stats"}}, ""},
		{"questions into their sentences",
			listed{ImportPath: "yousaid/surveys/question", Imports: []string{"yousaid/surveys/wording"}}, ""},
		{"questions into the surveys", listed{ImportPath: "yousaid/surveys/question", Imports: []string{"yousaid/surveys"}}, "stays clear of it"},
		{"sentences into questions", listed{ImportPath: "yousaid/surveys/wording", Imports: []string{"yousaid/surveys/question"}},
			"stays clear of it"},
		{"a page into an engine", listed{ImportPath: "yousaid/server/staff/results", Imports: []string{"yousaid/analytics/tabulate/sql"}},
			"only yousaid/analytics names that implementation"},
		{"Ask into an engine", listed{ImportPath: "yousaid/analytics", Imports: []string{"yousaid/analytics/tabulate/sql"}}, ""},
		{"a test into an engine", listed{ImportPath: "yousaid/cmd/yousaid/site", XTestImports: []string{"yousaid/analytics/tabulate/sql"}}, ""},
		{"actions into the root of analytics", listed{ImportPath: "yousaid/analytics/actions", Imports: []string{"yousaid/analytics"}},
			"goes up to the root"},
		{"a test of actions into the root of analytics",
			listed{ImportPath: "yousaid/analytics/actions", XTestImports: []string{"yousaid/analytics"}}, ""},
		{"what helps tests into the root of analytics",
			listed{ImportPath: "yousaid/analytics/sequencetest", Imports: []string{"yousaid/analytics"}}, ""},
		{"a page into the codebook", listed{ImportPath: "yousaid/server/staff/results", Imports: []string{"yousaid/analytics/codebook"}},
			"names that implementation"},
		{"a page into the tables of queries", listed{ImportPath: "yousaid/server/staff/results", Imports: []string{"yousaid/analytics/crosstab"}},
			"only yousaid/analytics, yousaid/analytics/linked names that implementation"},
		{"a page into the proof beside releases", listed{ImportPath: "yousaid/server/staff/equality",
			Imports: []string{"yousaid/analytics/linked"}},
			"only yousaid/analytics names that implementation"},
		{"tenant into its own top package", listed{ImportPath: "yousaid/surveys/tenant", Imports: []string{"yousaid/surveys"}},
			"stays clear of it"},
		{"one set of staff pages into another",
			listed{ImportPath: "yousaid/server/staff/actions", Imports: []string{"yousaid/server/staff/results"}}, "does not import another"},
		{"staff pages into what they share", listed{ImportPath: "yousaid/server/staff/actions", Imports: []string{"yousaid/server/staff"}}, ""},
		{"a new top package", listed{ImportPath: "yousaid/utils"}, "belongs to no top package"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := brokenRules([]listed{c.p})
			switch {
			case c.want == "" && len(got) > 0:
				t.Errorf("should pass: %q", got)
			case c.want != "" && (len(got) != 1 || !strings.Contains(got[0], c.want)):
				t.Errorf("got %q, want one sentence with %q", got, c.want)
			}
		})
	}
}
