package public_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
)

func TestOpeningALinkStoresNothing(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	before := w.count(`SELECT COALESCE(sum(last_no), 0) FROM feeds`)
	audited := w.count(`SELECT count(*) FROM audit`)
	for _, address := range []string{"/f/" + w.code, "/f/" + w.code + "?r=4", "/f/" + w.code + "?R=4", "/f/" + w.code + "?r=4%27",
		"/F/" + w.code, "/f/" + strings.ToLower(w.code) + "?R=2&RATING=2&LANG=CY"} {
		for range 2 {
			a := w.get(address).is(http.StatusOK).kept("private, no-cache").shows("Overall, how satisfied or dissatisfied are you")
			if a.Header().Get("Content-Length") != fmt.Sprint(a.sent) {
				t.Errorf("%s: Content-Length is %s for %d bytes", address, a.Header().Get("Content-Length"), a.sent)
			}
			w.call(http.MethodHead, address, nil).is(http.StatusOK).kept("private, no-cache")
			w.get(address, "Sec-Purpose", "prefetch;prerender", "Purpose", "prefetch").is(http.StatusOK)
		}
	}
	// A scanner's mangled code is another code, or the same one; either way nothing happens.
	w.get("/f/" + w.code + "%27")
	w.call(http.MethodHead, "/f/"+w.code+"%27", nil)
	w.stored(0)
	if now := w.count(`SELECT COALESCE(sum(last_no), 0) FROM feeds`); now != before {
		t.Errorf("the order of changes went from %d to %d", before, now)
	}
	if now := w.count(`SELECT count(*) FROM audit`); now != audited {
		t.Errorf("the audit trail grew by %d", now-audited)
	}
	if n := w.count(`SELECT count(*) FROM comments`) + w.count(`SELECT count(*) FROM equality_answers`) +
		w.count(`SELECT count(*) FROM sessions`); n != 0 {
		t.Errorf("%d rows were stored", n)
	}
}

func TestALinkThatNamesARatingShowsItChosen(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	a := w.get("/f/" + w.code + "?r=4").is(http.StatusOK).shows("You chose 4, Fairly satisfied")
	if got := a.checked("rating"); got != "4" {
		t.Errorf("%q stands chosen", got)
	}
	for _, unknown := range []string{"", "9", "x", "4%20or%205", "%00", "%ff", strings.Repeat("4", 4000)} {
		a := w.get("/f/"+w.code+"?r="+unknown).is(http.StatusOK).hides("You chose", "inset")
		if got := a.checked("rating"); got != "" {
			t.Errorf("?r=%.10s chose %q", unknown, got)
		}
	}
	w.get("/f/"+w.code+"?r=2&lang=cy").
		is(http.StatusOK).
		shows(`lang="cy"`, "Eich dewis oedd 2, Eithaf anfodlon", `name="action" value="in-en"`)
	w.stored(0)
}

// The whole way, as a browser without scripts goes it.
func TestAClickBecomesAResponse(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	first := w.get("/f/"+w.code).is(http.StatusOK).shows("Moor Council", "Bins and recycling", "How did we do?").hides("govuk-back-link")
	token := first.token()
	second := w.post(first.action(), url.Values{"token": {token}, "rating": {"4"}}).kept("no-store").to("/f/" + w.code + "/" + token + "/2")
	if r := w.only(); r.Answers != `{"rating": "4"}` || r.State != "started" || r.Language != "en" || r.Channel != "web" {
		t.Errorf("after the rating: %+v", r)
	}
	page := w.get(second).
		is(http.StatusOK).
		kept("no-store").
		shows("Your answers so far are saved", "What is the main reason for your answer?",
			`name="action" value="back" formnovalidate class="govuk-back-link`)
	third := w.post(page.action(), url.Values{"token": {token}, "reason": {"time"}, "comment": {"Quick\r\nand kind"}}).
		kept("no-store").
		to("/f/" + w.code + "/" + token + "/3")
	if r := w.only(); r.Answers != `{"rating": "4", "reason": "time"}` || r.Comments != "comment=Quick\nand kind" || r.State != "started" {
		t.Errorf("after the comment: %+v", r)
	}
	page = w.get(third).
		is(http.StatusOK).
		kept("no-store").
		shows("Questions about you", "Equality Act 2010", "What is your ethnic group?", "Skip these questions")
	if questions, ways := strings.Count(page.text, "<fieldset"), strings.Count(page.text, `value="pns"`); questions != 5 || ways != questions {
		t.Errorf("%d equality questions, %d ways not to say", questions, ways)
	}
	thanks := w.post(page.action(), url.Values{"token": {token}, "age_band": {"35_44"}, "sex": {"pns"}}).
		kept("no-store").
		to("/f/" + w.code + "/" + token + "/thanks")
	if r := w.only(); r.Equality != `{"sex": "pns", "age_band": "35_44"}` || r.State != "finished" {
		t.Errorf("after the equality questions: %+v", r)
	}
	for range 3 { // the page survives a reload and a bookmark
		a := w.get(thanks).is(http.StatusOK).kept("no-store").shows("Thank you for your feedback", "What happens next", `href="/f/`+w.code+`"`)
		receipt := a.text[strings.Index(a.text, `class="site-code">`)+len(`class="site-code">`):][:11]
		if n := w.count(`SELECT count(*) FROM responses WHERE receipt_hash = sha256(convert_to(replace($1, '-', ''), 'UTF8'))`, receipt); n != 1 {
			t.Errorf("the receipt code %s finds %d responses", receipt, n)
		}
	}
	w.only()
}

func TestReloadRetryAndDoubleClickAreOneResponse(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	token := w.get("/f/" + w.code).token()
	form := url.Values{"token": {token}, "rating": {"3"}}
	next := w.post("/f/"+w.code, form).leads()
	w.post("/f/"+w.code, form).to(next)
	details := url.Values{"reason": {"staff"}, "comment": {"Once"}}
	third := w.post(next, details).leads()
	w.post(next, details).to(third)
	w.get(next).is(http.StatusOK)
	w.get(next).is(http.StatusOK)
	about := url.Values{"sex": {"female"}}
	thanks := w.post(third, about).leads()
	w.post(third, about).to(thanks)
	w.get(thanks).is(http.StatusOK)
	if r := w.only(); r.Answers != `{"rating": "3", "reason": "staff"}` || r.Comments != "comment=Once" || r.Equality != `{"sex": "female"}` ||
		r.State != "finished" {
		t.Errorf("%+v", r)
	}
	if n := w.count(`SELECT count(*) FROM equality_answers`); n != 1 {
		t.Errorf("%d rows of equality answers", n)
	}
}

func TestRacedFormsAreOneResponse(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	token := w.get("/f/" + w.code).token()
	var all sync.WaitGroup
	codes := make([]int, 40)
	for i := range codes {
		all.Go(func() {
			codes[i] = w.post("/f/"+w.code, url.Values{"token": {token}, "rating": {fmt.Sprint(1 + i%5)}}).Code
		})
	}
	all.Wait()
	for i, code := range codes {
		if code != http.StatusSeeOther {
			t.Errorf("form %d was answered %d", i, code)
		}
	}
	w.only()
	// Forms of their own are responses of their own.
	for range 10 {
		all.Go(func() { w.rated("5") })
	}
	all.Wait()
	w.stored(11)
}

func TestBackChangeSendChangesTheOneResponse(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	token, next := w.rated("2")
	w.get(next).is(http.StatusOK)
	// Back shows the page as it was, with its token, and the other rating is sent.
	w.post("/f/"+w.code, url.Values{"token": {token}, "rating": {"5"}}).to(next)
	if r := w.only(); r.Answers != `{"rating": "5"}` {
		t.Errorf("%+v", r)
	}
	// The link "Back" leads to the same form, with what is stored.
	first := w.get("/f/" + w.code + "/" + token + "/1").is(http.StatusOK).kept("no-store").hides("so far are saved")
	if got := first.checked("rating"); got != "5" || first.token() != token {
		t.Errorf("the rating %q stands chosen", got)
	}
	w.post(first.action(), url.Values{"token": {token}, "rating": {"1"}}).to(next)
	if r := w.only(); r.Answers != `{"rating": "1"}` {
		t.Errorf("%+v", r)
	}
	// A fresh look at the address is a fresh form.
	if w.get("/f/"+w.code).token() == token {
		t.Error("the form came twice")
	}
}

func TestLaterPagesShowWhatWasSaidButNeverEqualityAnswers(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.yaml(strings.Replace(twoPages, "second: true", "equality: [sex, age]", 1))
	code := w.link("two-pages", "")
	token := w.get("/f/" + code).token()
	next := w.post("/f/"+code, url.Values{"token": {token}, "rating": {"2"}, "topics": {"b", "a"}, "visits": {"3"}, "again": {"no"},
		"place": {"<Town> & \"hall\""}}).
		leads()
	first := w.get("/f/"+code+"/"+token+"/1").is(http.StatusOK).shows(`value="3"`, `value="&lt;Town&gt; &amp; &#34;hall&#34;"`)
	if first.checked("rating") != "2" || first.checked("again") != "no" || strings.Count(first.text, " checked") != 4 {
		t.Errorf("not all answers stand on the page\n%s", first.text)
	}
	third := w.post(next, url.Values{"comment": {"Words </textarea><script>alert(1)</script>"}}).leads()
	w.get(next).is(http.StatusOK).shows("Words &lt;/textarea&gt;").hides("<script>alert")
	// The equality page is sent with something wrong: what was sent stands on it. Nothing was stored.
	a := w.post(third, url.Values{"sex": {"female"}, "age_band": {"ancient"}}).
		is(http.StatusUnprocessableEntity).
		shows("Choose an answer from the list")
	if a.checked("sex") != "female" {
		t.Error("the answer that was right is gone")
	}
	a = w.get(third).is(http.StatusOK)
	if strings.Contains(a.text, " checked") {
		t.Error("an equality answer came back")
	}
	w.post(third, url.Values{"sex": {"female"}}).leads()
	a = w.get(third).is(http.StatusConflict).shows("You have already sent this feedback")
	if strings.Contains(a.text, "female") {
		t.Error("an equality answer came back")
	}
}

func TestSkippingIsSendingNothing(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	_, next := w.rated("4")
	third := w.post(next, url.Values{}).leads()
	thanks := w.post(third, url.Values{"action": {"skip"}, "sex": {"male"}, "age_band": {"nonsense"}}).leads()
	w.get(thanks).is(http.StatusOK).shows("Thank you")
	if r := w.only(); r.Equality != "" || r.State != "finished" || r.Answers != `{"rating": "4"}` || r.Comments != "" {
		t.Errorf("%+v", r)
	}
	if n := w.count(`SELECT count(*) FROM equality_answers`); n != 0 {
		t.Errorf("%d rows of equality answers", n)
	}
}

func TestASpentFormOffersANewOne(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	token, thanks := w.finished("4")
	for _, address := range []string{"/f/" + w.code, "/f/" + w.code + "/" + token + "/1"} {
		w.post(address, url.Values{"token": {token}, "rating": {"1"}}).is(http.StatusConflict).kept("no-store").
			shows("You have already sent this feedback", "Give feedback again", `href="/f/`+w.code+`"`)
	}
	w.post("/f/"+w.code+"/"+token+"/2", url.Values{"comment": {"Too late"}}).is(http.StatusConflict)
	w.get("/f/" + w.code + "/" + token + "/2").is(http.StatusConflict).shows("Give feedback again").hides("Thank you</textarea>")
	w.get(thanks).is(http.StatusOK)
	if r := w.only(); r.Answers != `{"rating": "4", "reason": "time"}` || r.Comments != "comment=Thank you" {
		t.Errorf("%+v", r)
	}
	if again := w.get("/f/" + w.code).token(); again == token {
		t.Error("the spent token came again")
	}
	w.rated("1")
	w.stored(2)
}

// A questionnaire of one page is spent when that page is stored: the same again is a retry, a change comes too late and must not look
// taken.
func TestAFormOfOnePage(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.yaml(onePage)
	code := w.link("one-page", "")
	first := w.get("/f/" + code).is(http.StatusOK).shows("Send feedback")
	token := first.token()
	form := url.Values{"token": {token}, "rating": {"good"}, "comment": {" Fine. "}}
	thanks := w.post("/f/"+code, form).to("/f/" + code + "/" + token + "/thanks")
	w.post("/f/"+code, form).to(thanks)
	w.post("/f/"+code, url.Values{"token": {token}, "rating": {"poor"}}).is(http.StatusConflict).shows("You have already sent")
	w.get("/f/" + code + "?r=good").is(http.StatusOK).shows("You chose Good")
	if r := w.only(); r.Answers != `{"rating": "good"}` || r.Comments != "comment=Fine." || r.State != "finished" {
		t.Errorf("%+v", r)
	}
	w.get(thanks).is(http.StatusOK)
}

func TestAddressesOutOfTurnLeadWhereTheyShould(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	token := w.get("/f/" + w.code).token()
	form := "/f/" + w.code + "/" + token
	for _, page := range []string{"/1", "/2", "/3", "/thanks"} { // nothing was sent of this form
		w.get(form + page).kept("no-store").to("/f/" + w.code)
	}
	w.post(form+"/2", url.Values{"reason": {"time"}}).is(http.StatusConflict).shows("Start with the first page")
	w.stored(0)
	w.post("/f/"+w.code, url.Values{"token": {token}, "rating": {"4"}}).leads()
	w.get(form + "/thanks").to(form + "/2")
	w.post(form+"/2", url.Values{"reason": {"time"}}).leads()
	w.get(form + "/thanks").to(form + "/3")
	for _, page := range []string{"/0", "/4", "/-1", "/02", "/two", "/9999999999999999999999", "/1e0"} {
		w.get(form + page).is(http.StatusNotFound).shows("Moor Council")
		w.post(form+page, url.Values{}).is(http.StatusNotFound)
	}
	if r := w.only(); r.Answers != `{"rating": "4", "reason": "time"}` {
		t.Errorf("%+v", r)
	}
}

func TestAWithdrawnResponseIsNotShown(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	token, thanks := w.finished("4")
	if _, err := w.owner.Exec(`UPDATE responses SET state = 'withdrawn', answers = '{}'`); err != nil {
		t.Fatal(err)
	}
	w.get(thanks).is(http.StatusGone).hides("receipt")
	w.get("/f/" + w.code + "/" + token + "/2").is(http.StatusGone)
	w.post("/f/"+w.code, url.Values{"token": {token}, "rating": {"5"}}).is(http.StatusConflict)
}

func TestTheBestLanguageOfTheRequest(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	for _, c := range []struct{ header, query, lang, shows string }{
		{"", "", "en", "How did we do?"},
		{"cy", "", "cy", "Sut wnaethom ni?"},
		{"cy-GB,cy;q=0.9,en;q=0.8", "", "cy", "Cyngor y Rhos"},
		{"en-GB,en;q=0.9,cy;q=0.8", "", "en", "Moor Council"},
		{"fr, cy;q=0.5", "", "cy", "Sut wnaethom ni?"},
		{"fr", "", "en", "How did we do?"},
		{"en", "?lang=cy", "cy", "Sut wnaethom ni?"},
		{"cy", "?lang=en", "en", "How did we do?"},
		{"cy", "?lang=xx", "cy", "Sut wnaethom ni?"},
		{strings.Repeat("cy,", 2000) + "\x00;;q=z", "", "en", "How did we do?"},
	} {
		a := w.get("/f/"+w.code+c.query, "Accept-Language", c.header).
			is(http.StatusOK).
			shows(`<html lang="`+c.lang+`" dir="ltr"`, c.shows, `value="in-`)
		if !strings.Contains(a.Header().Get("Vary"), "Accept-Language") {
			t.Error("caches are not told that the page depends on the language")
		}
	}
}

// The response's language is what the page was shown in, and goes along without a cookie.
func TestALanguageOnceChosenStays(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	first := w.get("/f/" + w.code + "?lang=cy").is(http.StatusOK)
	token := first.token()
	next := w.post(first.action(), url.Values{"token": {token}, "rating": {"5"}}).leads()
	if r := w.only(); r.Language != "cy" {
		t.Errorf("the response is in %s", r.Language)
	}
	second := w.get(next).is(http.StatusOK).shows(`<html lang="cy"`, "Beth yw’r prif reswm")
	// Something wrong is said in the page's language.
	w.post(second.action(), url.Values{"reason": {"weather"}}).
		is(http.StatusUnprocessableEntity).
		shows(`<html lang="cy"`, "Mae problem", "<title>Gwall: ")
	third := w.post(second.action(), url.Values{"reason": {"time"}}).leads()
	page := w.get(third).is(http.StatusOK).shows("Cwestiynau amdanoch chi", "Mae’n well gennyf beidio â dweud")
	thanks := w.post(page.action(), url.Values{"action": {"skip"}}).leads()
	w.get(thanks).is(http.StatusOK).shows(`<html lang="cy"`, `href="/f/`+w.code+`?lang=cy"`)
	w.get(thanks, "Accept-Language", "cy").is(http.StatusOK).shows(`href="/f/` + w.code + `"`)
	if r := w.only(); r.Language != "cy" {
		t.Errorf("the response is in %s", r.Language)
	}
	// On the way the language can be changed.
	token, next = w.rated("4")
	second = w.get(next + "?lang=cy").is(http.StatusOK).shows(`<html lang="cy"`)
	third = w.post(second.action(), url.Values{}).leads()
	w.get(third).is(http.StatusOK).shows(`<html lang="cy"`)
	// A program that sends the answers alone keeps the language of the page before.
	w.post("/f/"+w.code+"/"+token+"/2", url.Values{}).leads()
	w.get(third).is(http.StatusOK).shows(`<html lang="cy"`)
}

func TestWordingThatIsMissingFallsBackAndSaysSo(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.yaml(onePage)
	code := w.link("one-page", "")
	w.get("/f/"+code, "Accept-Language", "cy").is(http.StatusOK).
		shows(`<html lang="cy"`, "Un dudalen", `<span lang="en" dir="ltr">How was it?</span>`,
			`<span lang="en" dir="ltr">Bins and recycling</span>`, "Da</label>", `<span lang="en" dir="ltr">Poor</span>`)
	// A council that shows Arabic too: the page runs from right to left.
	if _, err := w.owner.Exec(`UPDATE organisations SET languages = '{en,ar}'`); err != nil {
		t.Fatal(err)
	}
	w = w.another()
	w.get("/f/"+code, "Accept-Language", "ar").is(http.StatusOK).shows(`<html lang="ar" dir="rtl"`, "كيف كان", `lang="en" dir="ltr"`)
	w.get("/f/"+code, "Accept-Language", "cy").is(http.StatusOK).shows(`<html lang="en"`)
}

func TestNotices(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	for _, c := range []struct{ address, shows, welsh string }{
		{"/moor/privacy", "Moor Council is responsible", "Cyngor y Rhos"},
		{"/privacy", "The council is responsible", "Sut rydym yn defnyddio"},
		{"/moor/cookies", "no cookies", "Cyngor y Rhos"},
		{"/cookies", "no cookies", "Cwcis"},
		{"/moor/accessibility", "feedback pages of Moor Council", "Cyngor y Rhos"},
		{"/accessibility", "Web Content Accessibility Guidelines version 2.2", "hygyrchedd"},
	} {
		w.get(c.address).is(http.StatusOK).shows(c.shows, `<html lang="en"`, `?lang=cy"`)
		w.get(c.address, "Accept-Language", "cy").is(http.StatusOK).shows(c.welsh, `<html lang="cy"`)
		w.get(c.address + "?lang=cy").is(http.StatusOK).shows(c.welsh)
		w.call(http.MethodHead, c.address, nil).is(http.StatusOK)
	}
	w.get("/moor/privacy").shows("12 months")
	w.get("/f/"+w.code).shows(`href="/moor/privacy"`, `href="/moor/cookies"`, `href="/moor/accessibility"`)
	w.get("/nowhere/privacy").is(http.StatusNotFound)
}

const onePage = `
survey: one-page
title: {en: One page, cy: Un dudalen}
pages:
  - questions:
      - code: rating
        kind: rating
        required: true
        text: {en: How was it?, ar: "كيف كان؟"}
        options:
          - {code: good, score: 3, satisfied: true, text: {en: Good, cy: Da}}
          - {code: poor, score: 1, text: {en: Poor}}
      - {code: comment, kind: text, max_length: 100, text: {en: Why?}}
`

const twoPages = `
survey: two-pages
title: {en: Two pages}
pages:
  - questions:
      - code: rating
        kind: rating
        required: true
        text: {en: How was it?}
        options: [{code: "2", score: 2, text: {en: Good}},
          {code: "1", score: 1, text: {en: Poor}},
          {code: "0", dont_know: true, text: {en: Do not know}}]
      - code: topics
        kind: several
        text: {en: What about?}
        options: [{code: a, text: {en: A}}, {code: b, text: {en: B}}, {code: none, exclusive: true, text: {en: None of these}}]
      - {code: visits, kind: number, min: 0, max: 50, text: {en: How many visits?}}
      - {code: again, kind: yesno, text: {en: Would you come again?}}
      - {code: place, kind: short, text: {en: Where was it?}}
  - title: {en: In your words}
    questions:
      - {code: comment, kind: text, max_length: 50, text: {en: What else?}}
second: true
`
