package public_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"yousaid/surveys/links"
)

// linkBy makes a link of a channel about bins, which many people may share, and gives its code.
func (w *fixture) linkBy(channel string, shared bool) string {
	w.t.Helper()
	l, err := w.links.Add(w.t.Context(), w.by, links.New{Survey: "customer-satisfaction", Service: "bins", Channel: channel})
	w.must(err)
	w.must(w.links.SetUse(w.t.Context(), w.by, l.ID, shared, false))
	return l.Code
}

// begins sends a rating and a comment by a link and gives the addresses of the pages that were shown: those in the history of the browser.
func (w *fixture) begins(code, comment string) (history []string) {
	w.t.Helper()
	second := w.post("/f/"+code, url.Values{"token": {w.get("/f/" + code).token()}, "rating": {"2"}}).leads()
	w.get(second).is(http.StatusOK)
	third := w.post(second, url.Values{"reason": {"time"}, "comment": {comment}}).leads()
	w.get(third).is(http.StatusOK)
	return []string{second, third}
}

const (
	leftTooLong = "This form was left for too long"
	noCode      = "We show the receipt code only right after"
	codeMark    = `<strong class="site-code">`
)

// Whoever finds the addresses of an unfinished form in the history of a shared computer reads no comment there once its time is over.
func TestTheHistoryShowsNoCommentLater(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	for name, c := range map[string]struct {
		code string
		life time.Duration
	}{
		"a link of one person":      {w.code, 22 * time.Hour},
		"a kiosk":                   {w.linkBy("kiosk", false), 20 * time.Minute},
		"a link that people shared": {w.linkBy("web", true), 20 * time.Minute},
	} {
		w := w.in(t)
		history := w.begins(c.code, "Secret words "+c.code)
		first := strings.TrimSuffix(history[0], "2") + "1"
		w.time.pass(c.life)
		w.get(history[0]).is(http.StatusOK).shows("Secret words " + c.code)
		w.get(first).is(http.StatusOK)
		w.time.pass(time.Second)
		for _, address := range []string{first, history[0], history[1], strings.TrimSuffix(history[1], "3") + "thanks", history[0] + "?lang=cy",
			history[0] + "?lang=en"} {
			a := w.get(address).is(http.StatusGone).kept("no-store").hides("Secret words", `name="rating"`, codeMark)
			if !strings.Contains(a.text, leftTooLong) && !strings.Contains(a.text, "Cafodd y ffurflen hon ei gadael am ormod o amser") {
				t.Errorf("%s: %s does not say why\n%s", name, address, a.main())
			}
		}
		w.time.pass(100 * 24 * time.Hour)
		w.get(history[0]).is(http.StatusGone)
	}
}

// Somebody who answers with long rests between the pages comes to the end: each page that is sent starts the time anew.
func TestAFormLivesWhileSomebodyAnswers(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	for name, code := range map[string]string{"one person": w.code, "a kiosk": w.linkBy("kiosk", false)} {
		w := w.in(t)
		before := w.count(`SELECT count(*) FROM responses`)
		token := w.get("/f/" + code).token()
		rest := func() { w.time.pass(21 * time.Hour) }
		second := w.post("/f/"+code, url.Values{"token": {token}, "rating": {"2"}}).leads()
		rest()
		// Back, and forward again.
		first := w.post(second, url.Values{"comment": {"Slow words"}, "action": {"back"}}).leads()
		if name == "one person" {
			w.get(first).is(http.StatusOK)
		} else {
			w.get(first).is(http.StatusGone) // what was answered is for nobody to see there, and is stored
		}
		third := w.post(second, url.Values{"comment": {"Slow words"}}).leads()
		rest()
		w.get(w.post(third, url.Values{"action": {"skip"}}).leads()).is(http.StatusOK).shows(codeMark)
		if n := w.count(`SELECT count(*) FROM responses`) - before; n != 1 {
			t.Errorf("%s: %d responses", name, n)
		}
		if n := w.count(`SELECT count(*) FROM responses WHERE state = 'finished'`) - before; n != 1 {
			t.Errorf("%s: %d are finished", name, n)
		}
	}
	if n := w.count(`SELECT count(*) FROM comments WHERE text = 'Slow words'`); n != 2 {
		t.Errorf("%d comments are stored", n)
	}
}

// What is written on a page whose form is over is given back, in the reader's language; of the questions about the person nothing is.
func TestWordsOnAnExpiredPageAreGivenBack(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	history := w.begins(w.code, "Stored words")
	w.time.pass(22*time.Hour + time.Second)
	typed := url.Values{"reason": {"staff"}, "comment": {"New <words>"}}
	w.post(history[0], typed).
		is(http.StatusGone).
		kept("no-store").
		shows(leftTooLong, "New &lt;words&gt;", "Copy it", `href="/f/`+w.code+`"`).
		hides("Stored words")
	w.post(history[0]+"?in=cy", typed).
		is(http.StatusGone).
		shows(`<html lang="cy"`, "Cafodd y ffurflen hon ei gadael am ormod o amser", "New &lt;words&gt;", "Copïwch").
		hides("Stored words")
	for _, action := range []string{"back", "in-cy"} {
		typed.Set("action", action)
		w.post(history[0], typed).is(http.StatusGone).shows("New &lt;words&gt;").hides("Stored words")
	}
	w.post(history[1], url.Values{"sex": {"female"}}).is(http.StatusGone).shows(leftTooLong).hides("female", "Copy it")
	if r := w.only(); r.Comments != "comment=Stored words" || r.State != "started" || r.Equality != "" {
		t.Errorf("what was refused was stored: %+v", r)
	}
}

// The receipt code shows right after the form was sent, can be reloaded, and is not in the history for whoever comes later.
func TestTheReceiptCodeShowsOnce(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	for name, c := range map[string]struct {
		code string
		life time.Duration
	}{
		"a link of one person":      {w.code, 5 * time.Minute},
		"a kiosk":                   {w.linkBy("kiosk", false), 2 * time.Minute},
		"a link that people shared": {w.linkBy("web", true), 2 * time.Minute},
	} {
		w := w.in(t)
		history := w.begins(c.code, "Words")
		w.time.pass(3 * time.Minute) // the code is as young as the sending, not as the form
		last := url.Values{"action": {"skip"}}
		thanks := w.post(history[1], last).leads()
		for range 2 {
			a := w.get(thanks).is(http.StatusOK).kept("no-store").shows(codeMark).hides(noCode)
			if got, want := a.Header().Get("Refresh"), "120; url=/f/"+c.code; (got == want) != (name == "a kiosk") {
				t.Errorf("%s: Refresh is %q", name, got)
			}
		}
		w.get(thanks + "?lang=cy").is(http.StatusOK).shows(codeMark)
		w.time.pass(c.life)
		w.get(thanks).is(http.StatusOK).shows(codeMark)
		w.time.pass(time.Second)
		later := w.get(thanks).is(http.StatusOK).shows("Thank you for your feedback", noCode).hides(codeMark, "Your receipt code")
		if got := later.Header().Get("Refresh"); got != "" {
			t.Errorf("%s: Refresh is %q", name, got)
		}
		// The pages before show nothing, and sending one of them again brings the code back neither.
		w.get(history[0]).is(http.StatusConflict).hides("Words")
		again := w.post(history[1], last).leads()
		w.get(again).is(http.StatusOK).shows(noCode).hides(codeMark)
		w.get(strings.TrimSuffix(history[1], "3") + "thanks").is(http.StatusOK).hides(codeMark)
	}
}

// A browser shows the answer to the last of two clicks.
func TestASecondClickShowsTheReceiptCode(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	history := w.begins(w.code, "Words")
	w.time.pass(time.Hour)
	about := url.Values{"sex": {"female"}}
	for range 2 {
		w.get(w.post(history[1], about).leads()).is(http.StatusOK).shows(codeMark)
		w.time.pass(30 * time.Second)
	}
	if r := w.only(); r.State != "finished" {
		t.Errorf("%+v", r)
	}
}

// A first page that stood open for long does not lead into the feedback of whoever used it before, and a second click is still one
// response.
func TestAnOldFirstPageBeginsAForm(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	for name, c := range map[string]struct {
		code string
		life time.Duration
	}{
		"a link of one person": {w.code, 22 * time.Hour},
		"a kiosk":              {w.linkBy("kiosk", false), 20 * time.Minute},
	} {
		w := w.in(t)
		before := w.count(`SELECT count(*) FROM responses`)
		token := w.get("/f/" + c.code).token()
		send := func(rating string) string {
			return w.post("/f/"+c.code, url.Values{"token": {token}, "rating": {rating}}).leads()
		}
		second := send("2")
		w.get(w.post(second, url.Values{"comment": {"Secret words"}}).leads()).is(http.StatusOK)
		w.time.pass(c.life)
		w.get(send("3")).is(http.StatusOK).shows("Secret words") // still the same person
		w.time.pass(time.Second)
		var all sync.WaitGroup
		pages := make([]string, 8)
		for i := range pages {
			all.Go(func() { pages[i] = send("5") })
		}
		all.Wait()
		for _, page := range pages {
			w.get(page).is(http.StatusOK).hides("Secret words")
		}
		if n := w.count(`SELECT count(*) FROM responses`) - before; n != 2 {
			t.Errorf("%s: %d responses, where two people answered", name, n)
		}
		if n := w.count(`SELECT count(*) FROM responses WHERE answers->>'rating' = '3'`); n == 0 {
			t.Errorf("%s: the first person's rating was changed", name)
		}
		// Something to put right keeps the new form.
		w.time.pass(c.life)
		wrong := w.post("/f/"+c.code, url.Values{"token": {token}}).is(http.StatusUnprocessableEntity)
		w.post(wrong.action(), url.Values{"token": {wrong.token()}, "rating": {"1"}}).is(http.StatusSeeOther)
		if n := w.count(`SELECT count(*) FROM responses`) - before; n != 3 {
			t.Errorf("%s: %d responses, where three people answered", name, n)
		}
	}
}

// A form of the program before says nothing of its time: it can be sent, and shows nothing.
func TestAFormOfTheProgramBeforeShowsNothing(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	history := w.begins(w.code, "Secret words")
	token := strings.Split(history[0], "/")[3]
	form, err := w.keys.Open(token)
	w.must(err)
	form.Shown = 0
	old := strings.Replace(history[0], token, w.keys.Mint(form), 1)
	w.get(old).is(http.StatusGone).hides("Secret words")
	third := w.post(old, url.Values{"comment": {"Other words"}}).leads()
	w.get(w.post(third, url.Values{"action": {"skip"}}).leads()).is(http.StatusOK).shows(codeMark)
	w.get(strings.TrimSuffix(old, "2") + "thanks").is(http.StatusOK).hides(codeMark)
	if r := w.only(); r.Comments != "comment=Other words" || r.State != "finished" {
		t.Errorf("%+v", r)
	}
}
