package public_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestReported02LanguagesKeepWhatWasChosenAndWritten: a customer who changes the language finds on the page what stood on it, stored or
// not.
func TestReported02LanguagesKeepWhatWasChosenAndWritten(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	first := w.get("/f/" + w.code).is(http.StatusOK).shows(`name="action" value="in-cy"`)
	welsh := w.post(first.action(), url.Values{"token": {first.token()}, "rating": {"4"}, "action": {"in-cy"}}).
		is(http.StatusOK).
		kept("no-store").
		shows(`<html lang="cy"`, "Sut wnaethom ni?")
	if got := welsh.checked("rating"); got != "4" || welsh.token() != first.token() {
		t.Errorf("the rating %q stands chosen", got)
	}
	w.stored(0)
	second := w.get(w.post(welsh.action(), url.Values{"token": {welsh.token()}, "rating": {"4"}}).leads()).
		is(http.StatusOK).
		shows(`<html lang="cy"`)
	page := w.post(second.action(), url.Values{"reason": {"time"}, "comment": {"Ŵyn <b>a</b> geiriau"}, "action": {"in-en"}}).
		is(http.StatusOK).
		shows(`<html lang="en"`, "Ŵyn &lt;b&gt;a&lt;/b&gt; geiriau")
	if got := page.checked("reason"); got != "time" {
		t.Errorf("the reason %q stands chosen", got)
	}
	if r := w.only(); r.Comments != "" || r.Answers != `{"rating": "4"}` || r.State != "started" {
		t.Errorf("a change of language stores: %+v", r)
	}
	// A page with something to put right offers the other language too, and keeps what is wrong.
	long := strings.Repeat("x", 1201)
	wrong := w.post(page.action(), url.Values{"comment": {long}}).is(http.StatusUnprocessableEntity).shows(`value="in-cy"`)
	w.post(wrong.action(), url.Values{"comment": {long}, "action": {"in-cy"}}).is(http.StatusOK).shows(`<html lang="cy"`, long)
	// The questions about the person: nothing is stored by looking at them in another language.
	third := w.get(w.post(page.action(), url.Values{"reason": {"time"}}).leads()).is(http.StatusOK)
	about := w.post(third.action(), url.Values{"sex": {"female"}, "action": {"in-cy"}}).is(http.StatusOK).shows(`<html lang="cy"`)
	if got := about.checked("sex"); got != "female" {
		t.Errorf("%q stands chosen", got)
	}
	if n := w.count(`SELECT count(*) FROM equality_answers`); n != 0 {
		t.Errorf("%d equality answers are stored", n)
	}
	// A language that is not offered is no language: the page is sent as it is.
	w.post(third.action(), url.Values{"sex": {"female"}, "action": {"in-xx"}}).is(http.StatusSeeOther)
}

// TestBackKeepsWhatWasWritten: the way back stores the page first, and the way forward shows it again.
func TestBackKeepsWhatWasWritten(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	_, next := w.rated("4")
	second := w.get(next).is(http.StatusOK)
	first := w.post(second.action(), url.Values{"comment": {"Precious words"}, "action": {"back"}}).leads()
	if r := w.only(); r.Comments != "comment=Precious words" || r.State != "started" {
		t.Errorf("%+v", r)
	}
	page := w.get(first).is(http.StatusOK)
	if got := page.checked("rating"); got != "4" {
		t.Errorf("the rating %q stands chosen", got)
	}
	again := w.post(page.action(), url.Values{"token": {page.token()}, "rating": {"3"}}).leads()
	w.get(again).is(http.StatusOK).shows("Precious words")
	// What cannot be stored is told, and stays on the page.
	long := strings.Repeat("x", 1201)
	w.post(second.action(), url.Values{"comment": {long}, "action": {"back"}}).is(http.StatusUnprocessableEntity).shows(long)
	// Back from the questions about the person finishes nothing; what was chosen there is stored apart, as ever, and not shown again.
	third := w.get(w.post(second.action(), url.Values{"reason": {"time"}, "comment": {"Precious words"}}).leads()).is(http.StatusOK)
	before := w.post(third.action(), url.Values{"sex": {"female"}, "action": {"back"}}).leads()
	w.get(before).is(http.StatusOK).shows("Precious words")
	if r := w.only(); r.State != "started" || r.Equality != `{"sex": "female"}` {
		t.Errorf("%+v", r)
	}
	w.get(w.post(third.action(), url.Values{"action": {"skip"}}).leads()).is(http.StatusOK)
	if r := w.only(); r.State != "finished" || r.Equality != `{"sex": "female"}` {
		t.Errorf("after skipping what was answered before: %+v", r)
	}
}

// TestEnterSends: the first button of a form, which Enter presses, is the one that sends, not one that changes the language.
func TestEnterSends(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	_, next := w.rated("4")
	for _, address := range []string{"/f/" + w.code, next} {
		a := w.get(address).is(http.StatusOK)
		_, rest, _ := strings.Cut(a.text, "<button")
		if button, _, _ := strings.Cut(rest, ">"); strings.Contains(button, "name=") || !strings.Contains(button, `form="answers"`) {
			t.Errorf("%s: the first button is <button%s>", address, button)
		}
	}
}

// TestReported20JobLinksInSentences: what a mail program or a sentence adds to a link does not keep the form from opening.
func TestReported20AddressesInSentences(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	for _, query := range []string{"?lang=cy&amp;r=4", "?lang=cy&r=4.", "?lang=cy&r=4)", "?lang=cy-GB&r=4", "?lang=cy.&r=4,"} {
		a := w.get("/f/" + w.code + query).is(http.StatusOK).shows(`<html lang="cy"`)
		if got := a.checked("rating"); got != "4" {
			t.Errorf("%s: the rating %q stands chosen", query, got)
		}
	}
	for _, code := range []string{w.code + "%E2%80%8B", w.code + "%EF%BB%BF", w.code + "%3E", w.code + "."} {
		w.get("/f/" + code).is(http.StatusOK)
	}
	w.stored(0)
}

// TestReported06TrailingSlash: an address with a slash too many, or a council's name in capitals, leads to the page.
func TestReported06TrailingSlash(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	for address, want := range map[string]string{
		"/f/" + w.code + "/":             "/f/" + w.code,
		"/f/" + w.code + "/?lang=cy&r=4": "/f/" + w.code + "?lang=cy&r=4",
		"//f/" + w.code:                  "/f/" + w.code,
		"/F/" + w.code + "/":             "/F/" + w.code,
		"/moor/you-said-we-did/":         "/moor/you-said-we-did",
		"/Moor/you-said-we-did":          "/moor/you-said-we-did",
		"/moor/receipt/":                 "/moor/receipt",
		"//evil.example/":                "/evil.example",
		"///evil.example/%2f..":          "/evil.example/%2f..",
		"/STAFF/sign-in/":                "/staff/sign-in",
	} {
		if got := w.get(address).is(http.StatusPermanentRedirect).Header().Get("Location"); got != want {
			t.Errorf("%s leads to %q, want %q", address, got, want)
		}
	}
}
