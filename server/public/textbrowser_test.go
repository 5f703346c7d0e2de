package public_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// untouched is what lynx sends of the form on a page on which nobody chose or wrote anything: of radios with one name it chooses the first
// where none is
// chosen, and it passes over elements that it does not know, such as template, but not over what is in them.
func untouched(t *testing.T, page string) url.Values {
	t.Helper()
	fields, chosen := url.Values{}, map[string]bool{}
	_, form, found := strings.Cut(page, "<form ")
	form, _, closed := strings.Cut(form, "</form>")
	if !found || !closed {
		t.Fatal("the page has no form")
	}
	for z := html.NewTokenizer(strings.NewReader(form)); z.Next() != html.ErrorToken; {
		tag := z.Token()
		has := map[string]string{}
		for _, a := range tag.Attr {
			has[a.Key] = a.Val
		}
		_, checked := has["checked"]
		name, value := has["name"], has["value"]
		switch {
		case tag.Type != html.StartTagToken || name == "":
		case tag.Data == "textarea":
			fields.Set(name, "")
		case tag.Data != "input":
		case has["type"] == "radio":
			if _, first := fields[name]; !first || checked && !chosen[name] {
				fields.Set(name, value)
				chosen[name] = checked
			}
		case has["type"] == "checkbox":
			if checked {
				fields.Add(name, value)
			}
		default:
			fields.Set(name, value)
		}
	}
	return fields
}

// A text browser that chooses for the customer stores nothing that the customer did not choose.
func TestWhatATextBrowserChoosesIsNoAnswer(t *testing.T) {
	w := newFixture(t)
	first := w.get("/f/" + w.code).is(http.StatusOK)
	form := untouched(t, first.text)
	if form.Get("token") == "" || !form.Has("rating") {
		t.Fatalf("the form was read as %v", form)
	}
	again := w.post(first.action(), form).is(http.StatusUnprocessableEntity).shows("Choose one of the answers")
	w.stored(0)

	form = untouched(t, again.text) // the page that was refused is guarded too
	w.post(again.action(), form).is(http.StatusUnprocessableEntity)
	w.stored(0)

	form.Set("rating", "4")
	second := w.get(w.post(again.action(), form).leads()).is(http.StatusOK)
	third := w.get(w.post(second.action(), untouched(t, second.text)).leads()).is(http.StatusOK).shows("Questions about you")
	if len(untouched(t, third.text)) < 3 {
		t.Fatalf("the questions about the person were read as %v", untouched(t, third.text))
	}
	w.post(third.action(), untouched(t, third.text)).leads()
	if got := w.only(); got.Answers != `{"rating": "4"}` || got.Equality != "" || got.Comments != "" {
		t.Errorf("stored: answers %s, about the person %q, comments %q; only the rating was chosen", got.Answers, got.Equality, got.Comments)
	}

	// What a link in an email chose stays chosen.
	linked := w.get("/f/" + w.code + "?r=2").is(http.StatusOK)
	if got := untouched(t, linked.text).Get("rating"); got != "2" {
		t.Errorf("after ?r=2 a text browser sends %q", got)
	}
}
