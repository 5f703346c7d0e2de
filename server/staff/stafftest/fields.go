package stafftest

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// Fields are what a browser would send of the forms of the page as it stands, buttons left out. A page with several forms gives the fields
// of all of them.
func (a *Answer) Fields() url.Values {
	a.t.Helper()
	tree, err := html.Parse(strings.NewReader(a.Body))
	if err != nil {
		a.t.Fatal(err)
	}
	sent := url.Values{}
	for n := range tree.Descendants() {
		if n.Type != html.ElementNode || n.Data == "button" {
			continue
		}
		name, named := attribute(n, "name")
		if !named || name == "" {
			continue
		}
		value, _ := attribute(n, "value")
		switch n.Data {
		case "input":
			kind, _ := attribute(n, "type")
			_, checked := attribute(n, "checked")
			if kind != "file" && (kind != "radio" && kind != "checkbox" || checked) {
				sent.Add(name, value)
			}
		case "textarea":
			sent.Add(name, strings.TrimPrefix(text(n), "\n"))
		case "select":
			sent.Add(name, selected(n))
		}
	}
	return sent
}

// With is Fields with other values: name, value, name, value. An empty value takes the field out.
func (a *Answer) With(pairs ...string) url.Values {
	a.t.Helper()
	sent := a.Fields()
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			sent.Del(pairs[i])
			continue
		}
		sent.Set(pairs[i], pairs[i+1])
	}
	return sent
}

func attribute(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func text(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

// selected is the value of the option that is chosen, or of the first.
func selected(n *html.Node) string {
	first, found := "", false
	for c := range n.Descendants() {
		if c.Type != html.ElementNode || c.Data != "option" {
			continue
		}
		value, _ := attribute(c, "value")
		if _, chosen := attribute(c, "selected"); chosen {
			return value
		}
		if !found {
			first, found = value, true
		}
	}
	return first
}
