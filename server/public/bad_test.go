package public_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"yousaid/server/accounts"
	"yousaid/server/public"
	"yousaid/surveys/links"
	"yousaid/surveys/responses"
	"yousaid/surveys/tenant"
)

func TestUnknownCodesAndForgedTokensAreNotFound(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	for _, code := range []string{"ABCDEFGH", w.code[:3] + "2222222", w.code[:7], w.code + "2", "x", "%27", "%00", "%ff%fe",
		strings.Repeat("A", 3000), "favicon.ico", "..%2f..%2fetc"} {
		w.get("/f/" + code).is(http.StatusNotFound).shows("Check the address")
		w.post("/f/"+code, url.Values{"token": {"x"}}).is(http.StatusNotFound)
	}
	w.get("/f/ABCDEFGH", "Accept-Language", "cy").is(http.StatusNotFound).shows(`<html lang="cy"`)
	token := w.get("/f/" + w.code).token()
	turned := "A" + token[1:]
	if turned == token {
		turned = "B" + token[1:]
	}
	form := responses.NewForm(w.moor.ID, int64(w.count(`SELECT id FROM links`)), w.version())
	other, err := responses.NewSigner([]byte(strings.Repeat("another secret ", 3)))
	w.must(err)
	elsewhere := form
	elsewhere.Link++
	foreign := form
	foreign.Organisation++
	for name, forged := range map[string]string{"none": "", "short": "abc", "turned": turned, "cut": token[:75], "longer": token + "A",
		"twice": token + token, "another secret": other.Mint(form),
		"another link": w.keys.Mint(elsewhere), "another council": w.keys.Mint(foreign), "unreadable": "\xff\x00" + token[2:],
		"long": strings.Repeat("A", 20_000)} {
		w.post("/f/"+w.code, url.Values{"token": {forged}, "rating": {"4"}}).is(http.StatusNotFound).shows("Moor Council")
		if forged != "" && len(forged) < 1000 {
			w.get("/f/" + w.code + "/" + url.PathEscape(forged) + "/2").is(http.StatusNotFound)
			w.get("/f/" + w.code + "/" + url.PathEscape(forged) + "/thanks").is(http.StatusNotFound)
			w.post("/f/"+w.code+"/"+url.PathEscape(forged)+"/2", url.Values{"token": {token}, "reason": {"time"}}).is(http.StatusNotFound)
			t.Log(name)
		}
	}
	w.post("/f/"+w.code, url.Values{"rating": {"4"}}).is(http.StatusNotFound)
	w.post("/f/"+w.code+"?token="+token+"&rating=4", url.Values{}).is(http.StatusNotFound) // the address is no form
	w.stored(0)
	// The honest form still works, in whatever case the code is typed and with the hyphens of a letter.
	w.post("/f/"+strings.ToLower(w.code), url.Values{"token": {token}, "rating": {"4"}}).to("/f/" + w.code + "/" + token + "/2")
	w.get("/F/" + w.code[:5] + "-" + strings.ToLower(w.code[5:]) + "%20").is(http.StatusOK)
}

func (w *fixture) version() int64 {
	return int64(w.count(`SELECT id FROM versions WHERE survey_id = $1 ORDER BY number DESC LIMIT 1`, w.survey))
}

func TestASurveyThatClosesMidwayLetsThoseWhoRatedFinish(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	_, next := w.rated("4")
	late := w.get("/f/" + w.code).token()
	w.must(w.surveys.Close(t.Context(), w.by, w.survey))
	w.post("/f/"+w.code, url.Values{"token": {late}, "rating": {"4"}}).
		is(http.StatusGone).
		kept("no-store").
		shows("This survey has closed", "How did we do?", "Moor Council")
	// That answer also made the page look again.
	w.get("/f/" + w.code).is(http.StatusGone).shows("This survey has closed").hides("<form")
	w.call(http.MethodHead, "/f/"+w.code, nil).is(http.StatusGone)
	w.get("/f/"+w.code, "Accept-Language", "cy").is(http.StatusGone).shows("Cyngor y Rhos")
	third := w.post(w.get(next).is(http.StatusOK).action(), url.Values{"reason": {"time"}}).leads()
	thanks := w.post(third, url.Values{"sex": {"male"}}).leads()
	w.get(thanks).is(http.StatusOK).hides("Give feedback again")
	if r := w.only(); r.State != "finished" || r.Equality != `{"sex": "male"}` {
		t.Errorf("%+v", r)
	}
}

func TestAClosedOrExpiredLinkIsGone(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	expiring := w.link("customer-satisfaction", time.Now().Format(time.DateOnly))
	w.get("/f/" + expiring).is(http.StatusOK) // its last day is not over
	token := w.get("/f/" + expiring).token()
	if _, err := w.owner.Exec(`UPDATE links SET expires_on = '2024-03-01' WHERE code = $1`, expiring); err != nil {
		t.Fatal(err)
	}
	w.post("/f/"+expiring, url.Values{"token": {token}, "rating": {"2"}}).is(http.StatusGone).shows("This link has ended")
	w.get("/f/" + expiring).is(http.StatusGone).shows("This link has ended")
	closing := w.link("customer-satisfaction", "")
	token = w.get("/f/" + closing).token()
	w.must(w.links.Close(t.Context(), w.by, int64(w.count(`SELECT id FROM links WHERE code = $1`, closing))))
	w.post("/f/"+closing, url.Values{"token": {token}, "rating": {"2"}}).is(http.StatusGone).shows("This link has ended")
	w.get("/f/" + w.code).is(http.StatusOK)
	w.stored(0)
}

func TestALinkToADraftLeadsNowhereYet(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	d, err := w.surveys.Export(t.Context(), w.moor.ID, "customer-satisfaction")
	w.must(err)
	_, err = w.surveys.Create(t.Context(), w.by, "later", d)
	w.must(err)
	w.get("/f/" + w.link("later", "")).is(http.StatusNotFound)
}

func TestWhatIsWrongIsSaidWithTheAnswersStillThere(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.yaml(strings.Replace(twoPages, "second: true", "equality: [sex]", 1))
	code := w.link("two-pages", "")
	token := w.get("/f/" + code).token()
	good := url.Values{
		"token":   {token},
		"rating":  {"1"},
		"topics":  {"a", "b"},
		"visits":  {"7"},
		"again":   {"yes"},
		"place":   {"Town hall"},
		"unknown": {"x"},
		"state":   {"finished"},
		"lang":    {"cy"},
	}
	for name, c := range map[string]struct{ field, value, says string }{
		"no rating":             {"rating", "", "Choose one of the answers"},
		"unknown option":        {"rating", "9", "Choose an answer from the list"},
		"unknown topic":         {"topics", "z", "Choose an answer from the list"},
		"not a number":          {"visits", "many", "Enter a number in figures only"},
		"too large":             {"visits", "51", "Enter a number from 0 to 50"},
		"NUL":                   {"place", "a\x00b", "Your answer has a character that we cannot save"},
		"NUL in an option":      {"rating", "1\x00", "Your answer has a character that we cannot save"},
		"invalid UTF-8":         {"place", "caf\xe9", "Your answer has a character that we cannot save"},
		"invalid UTF-8 (code)":  {"again", "\xff", "Your answer has a character that we cannot save"},
		"a text that is long":   {"place", strings.Repeat("é", 201), "Your answer must be 200 characters or fewer. It has 201."},
		"markup in a bad place": {"rating", "<script>", "Choose an answer from the list"},
	} {
		// The page has several questions, so each sentence names its own.
		asks := map[string]string{
			"rating": "How was it?",
			"topics": "What about?",
			"visits": "How many visits?",
			"again":  "Would you come again?",
			"place":  "Where was it?",
		}
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			form := url.Values{}
			for k, v := range good {
				form[k] = v
			}
			form.Set(c.field, c.value)
			a := w.post("/f/"+code, form).is(http.StatusUnprocessableEntity).kept("no-store").
				shows("<title>Error: ", "There is a problem", `<a href="#`+c.field+`">`+asks[c.field]+" "+c.says, `id="`+c.field+`-error"`,
					`id="`+c.field+`"`).
				hides("<script")
			if a.token() != token {
				t.Error("the form has another token: sent again it would be another response")
			}
			for field, value := range map[string]string{"rating": "1", "topics": "a", "again": "yes"} {
				if field != c.field && a.checked(field) != value {
					t.Errorf("%s is no longer chosen", field)
				}
			}
			for field, value := range map[string]string{"visits": "7", "place": "Town hall"} {
				if field != c.field {
					a.shows(`value="` + value + `"`)
				}
			}
		})
	}
	w.stored(0)
	// Put right, the same form is stored, without what it does not ask.
	next := w.post("/f/"+code, good).leads()
	if r := w.only(); r.Answers != `{"again": "yes", "rating": "1", "topics": ["a", "b"], "visits": 7}` || r.Comments != "place=Town hall" ||
		r.State != "started" ||
		r.Language != "en" {
		t.Errorf("%+v", r)
	}
	long := strings.Repeat("long ", 11)
	w.post(next, url.Values{"comment": {long}}).
		is(http.StatusUnprocessableEntity).
		shows("Your comment must be 50 characters or fewer. It has 54.", long, "govuk-back-link")
	w.post(next, url.Values{"comment": {strings.Repeat("ŵ", 50)}}).leads()
	w.stored(1)
}

func TestAFormThatIsTooLargeLeadsBack(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	_, next := w.rated("4")
	for _, address := range []string{next, "/f/" + w.code} {
		w.post(address, url.Values{"comment": {strings.Repeat("a", 64<<10)}}).is(http.StatusRequestEntityTooLarge).shows(`href="` + address + `"`)
		// Without a length said beforehand.
		body := struct{ *strings.Reader }{strings.NewReader("comment=" + strings.Repeat("a", 64<<10))}
		w.send(http.MethodPost, address, body, "Content-Type", "application/x-www-form-urlencoded").
			is(http.StatusRequestEntityTooLarge).
			shows(`href="` + address + `"`)
	}
	for _, broken := range []string{"rating=%zz", "token=%", "a=b;c=d"} {
		w.send(http.MethodPost, "/f/"+w.code, strings.NewReader(broken), "Content-Type", "application/x-www-form-urlencoded").
			is(http.StatusBadRequest).
			shows(`href="/f/` + w.code + `"`)
	}
	w.send(http.MethodPost, "/f/"+w.code, strings.NewReader(`{"rating":"4"}`), "Content-Type", "application/json").is(http.StatusNotFound)
	if r := w.only(); r.Answers != `{"rating": "4"}` || r.Comments != "" {
		t.Errorf("%+v", r)
	}
}

// failing is a collector in trouble.
type failing struct{ err error }

func (f failing) Submit(context.Context, responses.Submission) (bool, error) { return false, f.err }

func TestWhatCannotBeStoredStaysOnThePage(t *testing.T) {
	t.Parallel()
	trouble := &failing{}
	w := newFixture(t, func(c *public.Config) {
		real := c.Collector
		c.Collector = submitter(func(ctx context.Context, s responses.Submission) (bool, error) {
			if trouble.err != nil {
				return trouble.Submit(ctx, s)
			}
			return real.Submit(ctx, s)
		})
	})
	token, next := w.rated("2")
	for _, c := range []struct {
		err    error
		status int
		says   string
	}{
		{responses.ErrBusy, http.StatusServiceUnavailable, "They are still on this page"},
		{responses.ErrAway, http.StatusServiceUnavailable, "They are still on this page"},
		{responses.ErrStopped, http.StatusServiceUnavailable, "They are still on this page"},
		{context.DeadlineExceeded, http.StatusServiceUnavailable, "They are still on this page"},
		{responses.ErrRefused, http.StatusUnprocessableEntity, "We could not save these answers as they are"},
	} {
		trouble.err = c.err
		a := w.post("/f/"+w.code, url.Values{"token": {token}, "rating": {"5"}}).is(c.status).kept("no-store").shows(c.says)
		if a.checked("rating") != "5" || a.token() != token {
			t.Errorf("%v: the answer is gone", c.err)
		}
		if wait := a.Header().Get("Retry-After"); (wait != "") != (c.status == http.StatusServiceUnavailable) {
			t.Errorf("%v: Retry-After is %q", c.err, wait)
		}
		a = w.post(next, url.Values{"reason": {"time"}, "comment": {"Precious words"}}).
			is(c.status).
			shows(c.says, "Precious words", "govuk-back-link")
		if a.checked("reason") != "time" || a.token() != token {
			t.Errorf("%v: the answer is gone", c.err)
		}
		a = w.post("/f/"+w.code+"/"+token+"/3", url.Values{"sex": {"male"}}).is(c.status).shows(c.says)
		if a.checked("sex") != "male" {
			t.Errorf("%v: the answer is gone", c.err)
		}
	}
	trouble.err = nil
	w.post("/f/"+w.code, url.Values{"token": {token}, "rating": {"5"}}).to(next)
	if r := w.only(); r.Answers != `{"rating": "5"}` {
		t.Errorf("%+v", r)
	}
}

type submitter func(context.Context, responses.Submission) (bool, error)

func (f submitter) Submit(ctx context.Context, s responses.Submission) (bool, error) {
	return f(ctx, s)
}

// The database goes away between the page and the sending, and comes back.
func TestAnOutageLosesNothingThatWasWritten(t *testing.T) {
	t.Parallel()
	away := false
	w := newFixture(t, func(c *public.Config) {
		real := c.Links
		c.Links = finder(func(ctx context.Context, code string) (links.Found, error) {
			if away {
				return links.Found{}, responses.ErrAway
			}
			return real.Find(ctx, code)
		})
	})
	token := w.get("/f/" + w.code).token()
	away = true
	w.time.pass(2 * time.Second)            // what is known of the link is no longer fresh
	w.get("/f/" + w.code).is(http.StatusOK) // the page is still there
	w.post("/f/"+w.code, url.Values{"token": {token}, "rating": {"3"}}).leads()
	w.get("/f/" + w.link("customer-satisfaction", "")).is(http.StatusServiceUnavailable)
	if r := w.only(); r.Answers != `{"rating": "3"}` {
		t.Errorf("%+v", r)
	}
}

type finder func(context.Context, string) (links.Found, error)

func (f finder) Job(context.Context, tenant.Org, string, string, string) (responses.Job, error) {
	return responses.Job{}, links.ErrJob
}
func (f finder) Find(ctx context.Context, code string) (links.Found, error) { return f(ctx, code) }

// A code of one council with a token of another finds nothing, whichever way round.
func TestCouncilsStayApart(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	mine, _ := w.rated("4")
	home, code := w.by, w.code
	fen, err := w.people.Add(
		t.Context(),
		tenant.CommandLine(0),
		accounts.Organisation{Slug: "fen", Names: map[string]string{"en": "Fen Council"}},
	)
	w.must(err)
	_, err = w.owner.Exec(`INSERT INTO services (organisation_id, slug, names) VALUES ($1, 'bins', '{"en": "Fen bins"}')`, fen.ID)
	w.must(err)
	w.by = tenant.CommandLine(fen.ID)
	w.ask("customer-satisfaction")
	theirs := w.link("customer-satisfaction", "")
	w.by = home
	token := w.get("/f/"+theirs).is(http.StatusOK).shows("Fen Council", "Fen bins").token()
	w.post("/f/"+code, url.Values{"token": {token}, "rating": {"1"}}).is(http.StatusNotFound)
	w.post("/f/"+theirs, url.Values{"token": {mine}, "rating": {"1"}}).is(http.StatusNotFound)
	w.get("/f/" + theirs + "/" + mine + "/2").is(http.StatusNotFound)
	w.only()
}
