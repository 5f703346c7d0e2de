package site_test

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"yousaid/cmd/yousaid/site/sitetest"
)

var (
	otherLink   = regexp.MustCompile(`class="govuk-language-navigation__link" href="([^"]*)" rel="alternate" lang="cy"`)
	otherButton = regexp.MustCompile(`<button type="submit" form="([a-z]+)" name="action" value="in-cy"`)
)

// inWelsh is the page in Welsh, as its language switch gives it: by a link, or by sending what is kept on the page.
func inWelsh(t *testing.T, s *sitetest.Site, a *sitetest.Answer) *sitetest.Answer {
	t.Helper()
	if m := otherButton.FindStringSubmatch(a.Text); m != nil {
		_, rest, ok := strings.Cut(a.Text, `<form action="`)
		if !ok || !strings.Contains(a.Text, `id="`+m[1]+`"`) {
			t.Fatalf("the button belongs to no form\n%s", a.Text[strings.Index(a.Text, "<body"):])
		}
		to, _, _ := strings.Cut(rest, `"`)
		fields := form(a)
		fields.Set("action", "in-cy")
		return s.Post(unescape(to), fields)
	}
	m := otherLink.FindStringSubmatch(a.Text)
	if m == nil {
		t.Fatalf("Welsh is not offered\n%s", a.Text[strings.Index(a.Text, "<body"):])
	}
	return s.Get(unescape(m[1]))
}

// Whatever answers a form that was sent offers the other languages, and what the reader comes to makes sense there: the same page
// with what was written, or the form.
func TestPagesThatAnswerAFormOfferOtherLanguages(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	link := s.Link("telephone")
	job := jobAddress(s, link, "Repair 12")
	first, second := s.Get(job+"&lang=en").Is(200), s.Get(job+"&lang=en").Is(200)
	s.Post(link+"?in=en", url.Values{"token": {first.Token()}, "rating": {"2"}}).Is(303)

	t.Log("somebody has answered about the job")
	taken := s.Post(link+"?in=en", url.Values{"token": {second.Token()}, "rating": {"5"}}).Is(409).Shows("Feedback about this job " +
		"has been sent already")
	welsh := inWelsh(t, s, taken).Is(409).Shows(`<html lang="cy"`, "eisoes").Stored(1)
	english := s.Post(link+"?in=cy",
		url.Values{"token": {second.Token()}, "rating": {"5"}, "action": {"in-en"}}).Is(409).Shows(`<html lang="en"`,
		"has been sent already").Stored(1)
	if !strings.Contains(welsh.Text, `name="rating" value="5"`) || !strings.Contains(english.Text, `name="rating" value="5"`) {
		t.Error("what was chosen is not kept for the next language")
	}

	t.Log("sent already")
	done := s.Send(link, finished)
	page := strings.TrimSuffix(done, "thanks") + "2"
	inWelsh(t, s, s.Post(page+"?in=en", url.Values{"comment": {"Too late"}}).Is(409)).Is(409).Shows(`<html lang="cy"`,
		"Rydych eisoes wedi anfon")

	t.Log("left too long, with words")
	later := s.Send(link, rated)
	parts := strings.Split(later, "/")
	parts[3] = s.Aged(parts[3], 24*time.Hour)
	old := strings.Join(parts, "/")
	left := s.Post(old+"?in=en", url.Values{"comment": {"It <b>took</b> long"},
		"reason": {"time"}}).Is(410).Shows("This form was left for too long", "It &lt;b&gt;took&lt;/b&gt; long")
	back := form(inWelsh(t, s, left).Is(410).Shows(`<html lang="cy"`, "It &lt;b&gt;took&lt;/b&gt; long"))
	back.Set("action", "in-en")
	s.Post(old+"?in=cy", back).Is(410).Shows(`<html lang="en"`, "It &lt;b&gt;took&lt;/b&gt; long")

	t.Log("what became of the feedback")
	code := receipted(s, "It took long")
	found := s.Post("/testham/receipt?in=en", url.Values{"code": {code}}).Is(200).Shows("We received your feedback")
	inWelsh(t, s, found).Is(200).Shows(`<html lang="cy"`, "Cawsom", `name="code" value="`+code)
	sure := s.Post("/testham/receipt?in=en", url.Values{"code": {code}, "action": {"ask"}}).Is(200).Shows("cannot be undone")
	inWelsh(t, s, sure).Is(200).Shows(`<html lang="cy"`, "Cawsom")
	gone := s.Post("/testham/receipt?in=en", url.Values{"code": {code}, "action": {"withdraw"}}).Is(200).Shows("was taken back")
	inWelsh(t, s, gone).Is(200).Shows(`<html lang="cy"`).Hides("Cawsom")

	t.Log("errors")
	for what, a := range map[string]*sitetest.Answer{
		"a broken token":           s.Post(link+"?in=en", url.Values{"token": {"nonsense"}, "rating": {"2"}}).Is(404),
		"a broken token, later":    s.Post(link+"/nonsense/2?in=en", url.Values{"comment": {"x"}}).Is(404),
		"no such page":             s.Post(strings.TrimSuffix(later, "2")+"9?in=en", url.Values{"comment": {"x"}}).Is(404),
		"too long":                 s.Post(link+"?in=en", url.Values{"comment": {strings.Repeat("a", 70<<10)}}).Is(413),
		"too long, no council yet": s.Post("/testham/receipt?in=en", url.Values{"code": {strings.Repeat("a", 70<<10)}}).Is(413),
		"not read":                 s.Upload(link+"?in=en", "%zz=1", "Content-Type", "application/x-www-form-urlencoded").Is(400),
		"another site's form": s.Post(link+"?in=en", url.Values{"rating": {"2"}}, "Origin", "https://elsewhere.example",
			"Sec-Fetch-Site", "cross-site").Is(403),
		"no such address":  s.Post("/nowhere/at/all?in=en", url.Values{}).Is(404),
		"no such code":     s.Post("/f/ZZZZZZZZ?in=en", url.Values{"rating": {"2"}}).Is(404),
		"nothing there":    s.Get("/nowhere/at/all?lang=en").Is(404),
		"nobody's receipt": s.Post("/testham/receipt?in=en", url.Values{"code": {"ABCDE-FGHJK"}}).Is(422),
	} {
		other := inWelsh(t, s, a)
		if !strings.Contains(other.Text, `<html lang="cy"`) || other.StatusCode >= 500 {
			t.Errorf("%s: in Welsh the page answers %d", what, other.StatusCode)
		}
	}
	s.Post(link+"?in=cy", url.Values{"comment": {strings.Repeat("a", 70<<10)}}).Is(413).Shows(`<html lang="cy"`, "rhy hir")
	s.Post("/f/ZZZZZZZZ", url.Values{}, "Accept-Language", "cy").Is(404).Shows(`<html lang="cy"`)
	s.Responses(4) // nothing was stored by any of it
}

// While the database is away, the answers stand on the error page; in another language too, and when it is back they stand in the
// form. The switch sends nothing.
func TestAnErrorPageKeepsTheAnswersInAnotherLanguage(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	link := s.Link("web")
	token := s.Get(link + "?lang=en").Is(200).Token()
	for range 6 { // what the link leads to is not believed any more
		s.Later()
	}
	owner := s.Database.Owner()
	limit := func(n int) {
		t.Helper()
		var name string
		if err := owner.Get(&name, `SELECT current_database()`); err != nil {
			t.Fatal(err)
		}
		owner.MustExec(fmt.Sprintf(`ALTER DATABASE %q CONNECTION LIMIT %d`, name, n))
	}
	limit(0)
	app := s.Database.App()
	// its own connection too, so it always fails
	_, _ = app.Exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user`)
	broken := s.Post(link+"?in=en", url.Values{"token": {token}, "rating": {"4"}}).Is(503).Shows(`<html lang="en"`,
		`name="rating" value="4"`, "Send it again")
	welsh := inWelsh(t, s, broken).Is(503).Shows(`<html lang="cy"`, `name="rating" value="4"`)
	limit(-1)
	inEnglish := regexp.MustCompile(`name="action" value="in-en"`)
	if !inEnglish.MatchString(welsh.Text) {
		t.Error("the way back to English is not offered")
	}
	fields := form(welsh)
	fields.Set("action", "in-cy")
	s.Post(link+"?in=en", fields).Is(200).Shows(`<html lang="cy"`, `value="4" checked`).Stored(0)
	s.Post(link+"?in=en", form(welsh)).Is(303).Stored(1) // sent again
}
