package public_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// Pages on which the way ends offer the other languages, and what they offer is the same page in that language.
func TestPagesAtTheEndOfTheWayOfferOtherLanguages(t *testing.T) {
	w := newFixture(t)
	token, _ := w.finished("4")
	offer := regexp.MustCompile(`class="govuk-language-navigation__link" href="([^"]*)" rel="alternate" lang="cy"`)
	inWelsh := func(a answer) answer {
		t.Helper()
		m := offer.FindStringSubmatch(a.text)
		if m == nil {
			t.Fatalf("Welsh is not offered\n%s", a.text[:min(len(a.text), 3000)])
		}
		return w.get(strings.ReplaceAll(m[1], "&amp;", "&"))
	}
	inWelsh(
		w.get("/f/" + w.code + "/" + token + "/2?lang=en").is(http.StatusConflict),
	).is(http.StatusConflict).
		shows("Rydych eisoes wedi anfon")
	inWelsh(
		w.post("/f/"+w.code+"/"+token+"/2?in=en", url.Values{"comment": {"Too late"}}).is(http.StatusConflict),
	).is(http.StatusConflict).
		shows("Rydych eisoes wedi anfon")
	for _, wrong := range []string{"/f/ZZZZZZZZZZ", "/f/" + w.code + "/nonsense/2", "/moor/you-said-we-did/99999?lang=en",
		"/nowhere/privacy"} {
		a := w.get(wrong)
		if again := inWelsh(a); again.Code != a.Code || !strings.Contains(again.text, `<html lang="cy"`) {
			t.Errorf("%s answers %d; in Welsh %d", wrong, a.Code, again.Code)
		}
	}
}
