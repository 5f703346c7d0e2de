package site_test

import (
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"yousaid/cmd/yousaid/site/sitetest"
)

// named lists what the elements of a page are called by their first child of another kind: tables by caption, groups by legend. One
// without a name is "".
func named(page, element, name string) (list []string) {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return nil
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode || n.Data != element {
			continue
		}
		called := ""
		for c := range n.ChildNodes() {
			if c.Type == html.ElementNode && c.Data == name {
				for text := range c.Descendants() {
					if text.Type == html.TextNode {
						called += text.Data
					}
				}
			}
		}
		list = append(list, strings.TrimSpace(called))
	}
	return list
}

// Each table of the council page has a caption that names it, for everybody who may open the page.
func TestTablesOfTheCouncilPageHaveCaptions(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	s.Fill(900)
	// the service officer's
	s.Database.Owner().MustExec(`UPDATE responses SET service_id = (SELECT id FROM services WHERE slug = 'repairs') WHERE change_no % 3 = 0`)
	for _, role := range []string{"administrator", "viewer", "service"} {
		page := s.Get("/staff/council", "Cookie", s.SignIn(s.Person(role))).Is(200)
		list := named(page.Text, "table", "caption")
		if len(list) < 2 {
			t.Errorf("%s sees %d tables: %q", role, len(list), list)
		}
		for i, caption := range list {
			if caption == "" {
				t.Errorf("%s: table %d of %q has no caption", role, i+1, list)
			}
		}
	}
}

// Comments with the same facts are told apart: no two groups, fields or links of the page have one name.
func TestGroupsOfTheCommentsPageHaveTheirOwnNames(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	link := s.Link("web")
	for range 4 { // on one day, by one link, with one rating and the same words
		s.Send(link, sitetest.Feedback{Rating: "2", Reasons: url.Values{"reason": {"time"}, "comment": {"It took long"}}})
	}
	page := s.Get("/staff/comments?survey=customer-satisfaction", "Cookie", s.SignIn(s.Person("consultation"))).Is(200)
	groups := named(page.Text, "fieldset", "legend")
	if len(groups) < 4 {
		t.Fatalf("the page has the groups %q", groups)
	}
	labels := named(page.Text, "span", "label")
	opens := 0
	seen := map[string]bool{}
	for _, name := range groups {
		if name == "" || seen[name] {
			t.Errorf("two groups are called %q, or one has no name: %q", name, groups)
		}
		seen[name] = true
	}
	for _, name := range labels {
		if strings.HasPrefix(name, "Add a theme") {
			if seen[name] {
				t.Errorf("two fields are called %q", name)
			}
			seen[name] = true
		}
	}
	root, err := html.Parse(strings.NewReader(page.Text))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode || n.Data != "a" || !strings.HasPrefix(attr(n, "href"), "/staff/comments/") {
			continue
		}
		name := ""
		for c := range n.Descendants() {
			if c.Type == html.TextNode {
				name += c.Data
			}
		}
		if opens++; seen[name] {
			t.Errorf("two links are called %q", name)
		}
		seen[name] = true
	}
	if opens != 4 {
		t.Errorf("%d links open a comment", opens)
	}
}
