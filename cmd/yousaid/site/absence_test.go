package site_test

import (
	"io/fs"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"yousaid/cmd/yousaid/site/sitetest"
	"yousaid/static"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// Whoever adds a route or a template says in pages how somebody comes to see it; then axe-core looks at it too.
func TestEveryPageIsVisited(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	for _, kind := range question.Kinds() {
		if !strings.Contains(everyKind, "kind: "+string(kind)+",") && !strings.Contains(everyKind, "kind: "+string(kind)+"\n") {
			t.Errorf("the questionnaire with every kind of question has none of the kind %s", kind)
		}
	}
	visited, shown, roles := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, v := range pages {
		visited[v.route], shown[v.page], roles[v.who] = true, true, true
	}
	known := map[string]bool{"": true}
	for _, r := range s.Server.Routes() {
		name := r.Method + " " + r.Path
		known[name] = true
		if _, file := notPages[name]; !file && !visited[name] {
			t.Errorf("%s: say in pages how somebody comes to see this page, or in notPages that it is none", name)
		}
	}
	for _, v := range pages {
		if !known[v.route] {
			t.Errorf("the page %q goes to the route %s, which is not there", v.state, v.route)
		}
	}
	for name := range notPages {
		if !known[name] || visited[name] {
			t.Errorf("notPages has %s, which is not there or is visited", name)
		}
	}
	templates := s.Server.Pages.Names()
	for _, name := range templates {
		if !shown[name] {
			t.Errorf("nobody visits the template %s", name)
		}
	}
	for name := range shown {
		if !slices.Contains(templates, name) {
			t.Errorf("a page wants the template %s, which is not there", name)
		}
	}
	for _, role := range tenant.Roles {
		if !roles[role] {
			t.Errorf("nobody visits a page as %s", role)
		}
	}
}

// What is said not to be a page is none.
func TestFilesAndRedirectsAreNoPages(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	cookie := s.SignIn(s.Person("administrator"))
	for name, address := range notPages {
		if address == "" {
			continue
		}
		a := s.Get(address, "Cookie", cookie)
		if html := strings.HasPrefix(a.Header.Get("Content-Type"), "text/html"); html && a.StatusCode != http.StatusSeeOther &&
			!strings.HasPrefix(name, "GET /assets") {
			t.Errorf("%s answers %d with a page: visit it", name, a.StatusCode)
		}
	}
}

var (
	titleOf = regexp.MustCompile(`(?s)\{\{define "title"\}\}(.*?)\{\{define "main"\}\}`)
	words   = regexp.MustCompile(`"[a-z_.0-9]+\|([^"%]+)"`)
)

// wordings are the English words that the title of a template may have; none where they come from the questionnaire.
func wordings(t *testing.T, template string) (list []string) {
	t.Helper()
	src, err := fs.ReadFile(static.Files, "pages/"+template+".html")
	if err != nil {
		t.Fatal(err)
	}
	title := titleOf.FindSubmatch(src)
	if title == nil {
		t.Fatalf("the template %s begins with no title", template)
	}
	for _, m := range words.FindAllSubmatch(title[1], -1) {
		list = append(list, string(m[1]))
	}
	return list
}
