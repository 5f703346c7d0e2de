package surveys

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"yousaid/server/accounts"
	"yousaid/server/staff/stafftest"
	"yousaid/surveys"
)

// previews stands in for the pages of customers in a frame.
type previews struct{}

func (previews) Preview(
	c echo.Context,
	_ accounts.Organisation,
	_ surveys.Definition,
	lang string,
	index int,
	at func(int, string) string,
) error {
	return c.String(http.StatusOK, fmt.Sprintf("page %d in %s, then %s", index, lang, at(index+1, lang)))
}

func serve(f *stafftest.Fixture) *stafftest.Site {
	p := &Pages{Surveys: f.Surveys, Analytics: f.Analytics, Previews: previews{}}
	return f.Serve(map[string]echo.HandlerFunc{
		"GET /staff": p.Home, "GET /staff/surveys/new": p.NewSurvey, "POST /staff/surveys/new": p.CreateSurvey,
		"GET /staff/surveys/:id":  p.Survey,
		"POST /staff/surveys/:id": p.ChangeSurvey, "GET /staff/surveys/:id/texts": p.SurveyTexts, "POST /staff/surveys/:id/texts": p.SaveTexts,
		"GET /staff/surveys/:id/question": p.NewQuestion, "POST /staff/surveys/:id/question": p.AddQuestion,
		"GET /staff/surveys/:id/questions/:code":  p.Question,
		"POST /staff/surveys/:id/questions/:code": p.SaveQuestion, "GET /staff/surveys/:id/versions": p.SurveyVersions,
		"GET /staff/surveys/:id/preview":       p.Preview,
		"GET /staff/surveys/:id/preview/:page": p.PreviewPart, "POST /staff/surveys/:id/preview/:page": p.PreviewPart,
	})
}

func TestHome(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f)
	site.Post("consultation", "/staff/surveys/new", url.Values{"template": {"empty"}, "title-en": {"A draft"}})
	site.EachFault("consultation", "/staff", nil).Is(200, "How did we do?", "A draft", "120")
	site.Get("viewer", "/staff").Is(200, "How did we do?").Hides("A draft")
	site.Get("frontline", "/staff").Is(200, "/staff/keying")
	site.Get("equality", "/staff").Is(200).Hides("/staff/results?survey=")
}

func TestASurveyIsStarted(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f)
	site.Get("consultation", "/staff/surveys/new").Is(200, "An empty page")
	empty := url.Values{"template": {"empty"}, "title-en": {"Parks"}}
	first := site.EachFault("consultation", "/staff/surveys/new", empty).Is(303)
	site.Get("consultation", first.Header.Get("Location")).Is(200, "Parks")
	site.Post("consultation", "/staff/surveys/new", empty).Is(303) // under another short name
	empty.Set("slug", "parks")
	site.Post("consultation", "/staff/surveys/new", empty).Is(422, "Another survey has the short name")
	empty.Set("slug", "No Slug")
	site.Post("consultation", "/staff/surveys/new", empty).Is(422)
	site.Post("consultation", "/staff/surveys/new", url.Values{"template": {"empty"}}).Is(422, "Write the title of the survey")
	site.Post("consultation", "/staff/surveys/new", url.Values{"template": {"absent"}}).Is(422, "Choose a template")
	site.Post("consultation", "/staff/surveys/new", url.Values{"template": {"good-average-poor"}}).Is(303)
	for _, id := range []string{"x", "1"} {
		site.Get("consultation", "/staff/surveys/"+id).Fails(surveys.ErrMissing)
	}
}

// A draft is changed on its page: questions and pages are moved, copied, deleted and brought back.
func TestADraftIsChanged(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f)
	at := fmt.Sprintf("/staff/surveys/%d", f.Survey)
	site.EachFault("consultation", at, nil).Is(200, "How did we do?", "rating")
	site.EachFault("consultation", at, url.Values{"do": {"page-add"}}).LeadsTo(at + "#add")
	for _, order := range []string{"question-down rating", "question-up rating", "question-copy rating", "page-down 0", "page-up 1"} {
		site.Post("consultation", at, url.Values{"do": {order}}).Is(303)
	}
	site.Post("consultation", at, url.Values{"do": {"question-to comment"}, "to-comment": {"0"}}).LeadsTo(at + "#q-comment")
	site.Post("consultation", at, url.Values{"do": {"question-to comment"}}).Fails(surveys.ErrGone)
	site.Post("consultation", at, url.Values{"do": {"question-delete comment"}}).Is(200, "Delete the question “comment” from the draft?")
	deleted := site.EachFault("consultation", at, url.Values{"do": {"question-delete comment"}, "sure": {"yes"}}).Is(303)
	page := site.Get("consultation", deleted.Header.Get("Location")).Is(200, `value="undo comment"`)
	site.Post("consultation", at, page.With("do", "undo comment")).LeadsTo(at + "#q-comment")
	site.Post("consultation", at, page.With("do", "undo comment")).LeadsTo(at + "#q-comment")
	now := site.Get("consultation", at)
	site.Post("consultation", at, now.With("do", "page-delete 1")).Is(200, "Delete page 2 from the draft?")
	deleted = site.Post("consultation", at, now.With("do", "page-delete 1", "sure", "yes")).Is(303)
	site.Get("consultation", deleted.Header.Get("Location")).Is(200)
	query, err := url.Parse(deleted.Header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	undo := query.Query()
	site.Post("consultation", at, url.Values{"do": {"undo " + undo.Get("what")}, "deleted": {"page"}, "from": {undo.Get("from")}}).Is(303)
	site.Post("consultation", at, now.With("do", "question-delete rating", "sure", "yes"))
	site.Post("consultation", at, url.Values{"do": {"undo rating"}, "deleted": {"answers"}, "from": {undo.Get("from")}})
	site.Post("consultation", at, url.Values{"do": {"undo x"}, "deleted": {"page"}, "from": {undo.Get("from")}}).Fails(surveys.ErrGone)
	site.Post("consultation", at, url.Values{"do": {"undo x"}, "from": {"99999"}}).LeadsTo(at)
	site.Post("consultation", at, url.Values{"do": {"undo x"}}).FailsWith(400)
	site.Post("consultation", at, url.Values{"do": {"page-up x"}}).Fails(surveys.ErrGone)
	site.Post("consultation", at, url.Values{"do": {"page-up 0"}, "revision": {"99999"}}).Fails(surveys.ErrStaleDraft)
	site.Post("consultation", at, url.Values{"do": {"question-up absent"}}).LeadsTo(at)
	site.Post("consultation", at, url.Values{"do": {"dance"}}).FailsWith(400)
	site.Post("consultation", at, site.Get("consultation", at).With("do", "discard")).Is(200, "Discard the changes in this draft?")
	site.Post("consultation", at, url.Values{"do": {"discard"}, "revision": {"1"}, "sure": {"yes"}}).LeadsTo(at)
	discarded := site.Post("consultation", at, site.Get("consultation", at).With("do", "discard", "sure", "yes")).Is(303)
	query, err = url.Parse(discarded.Header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	back := url.Values{"do": {"undo draft"}, "deleted": {"draft"}, "from": {query.Query().Get("from")}}
	site.Post("consultation", at, back).LeadsTo(at)
	site.Post("consultation", at, back).LeadsTo(at)
}

func TestPublishingAndClosing(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f)
	at := fmt.Sprintf("/staff/surveys/%d", f.Survey)
	before := site.Get("consultation", at)
	site.Post("consultation", at, url.Values{"do": {"page-add"}})
	site.Post("consultation", at, before.With("do", "publish")).Is(422, "Somebody else changed the survey after you opened this page")
	site.Post("consultation", at, site.Get("consultation", at).With("do", "publish")).Is(422, "The survey was not published")
	site.Post("consultation", at, url.Values{"do": {"publish"}}).Is(422)
	site.Post("consultation", at, site.Get("consultation", at).With("do", "page-delete 2", "sure", "yes"))
	site.Post("consultation", at+"/texts", site.Get("consultation", at+"/texts").With("title-en", "How are we doing?")).LeadsTo(at)
	site.EachFault("consultation", at, site.Get("consultation", at).With("do", "publish")).LeadsTo(at)
	site.EachFault("consultation", at+"/versions", nil).Is(200, "Version 2", "How are we doing?")
	site.Get("consultation", at+"/versions?from=1&to=2").Is(200, "version 1")
	site.Get("consultation", at+"/versions?from=7&to=2").Fails(surveys.ErrMissing)
	site.Post("consultation", at, url.Values{"do": {"close"}}).Is(200, "Close the survey")
	site.EachFault("consultation", at, url.Values{"do": {"close"}, "sure": {"yes"}}).LeadsTo(at)
	site.Post("consultation", at, url.Values{"do": {"close"}}).Fails(surveys.ErrNotOpen)
	site.Post("consultation", at+"/texts", site.Get("consultation", at+"/texts").With("title-en", "Closed?")).
		Is(422, "The survey was closed while you were writing")
	site.Post("consultation", at, url.Values{"do": {"reopen"}}).LeadsTo(at)
	site.Post("consultation", at, url.Values{"do": {"reopen"}}).Fails(surveys.ErrNotClosed)
}

func TestTextsThatTwoPeopleChange(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f)
	at := fmt.Sprintf("/staff/surveys/%d/texts", f.Survey)
	mine := site.EachFault("consultation", at, nil).Is(200, "title-en", "equality")
	site.EachFault("consultation", at, mine.With("intro-en", "Tell us.")).LeadsTo(fmt.Sprintf("/staff/surveys/%d", f.Survey))
	site.Post("second", at, mine.With("intro-en", "Say it.")).Is(422, "Somebody else changed these texts", "Tell us.")
	site.Post("second", at, mine.With("was", "99999")).Fails(surveys.ErrStaleDraft)
	site.Post("second", at, mine.With("title-en", strings.Repeat("x", 5000), "was", ""))
}

func TestAQuestion(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f)
	base := fmt.Sprintf("/staff/surveys/%d", f.Survey)
	site.EachFault("consultation", base+"/question", nil).Is(200, "One of a list")
	added := site.EachFault("consultation", base+"/question", url.Values{"kind": {"choice"}, "text-en": {"What was it about?"},
		"page": {"0"}}).
		Is(303)
	at := added.Header.Get("Location")
	site.Post("consultation", base+"/question", url.Values{}).Is(422, "Choose the kind of question", "Write the question")
	site.Post("consultation", base+"/question", url.Values{"kind": {"choice"}, "text-en": {"Again?"}, "code": {"rating"}}).Is(422)
	site.Post("consultation", base+"/question", url.Values{"kind": {"choice"}, "text-en": {"Again?"}, "code": {"No Code"}}).Is(422)
	site.Post("consultation", base+"/question", url.Values{"kind": {"choice"}, "text-en": {"Again?"}, "page": {"0"}, "revision": {"99999"}}).
		Is(422, "Somebody else deleted this page meanwhile")

	form := site.EachFault("consultation", at, nil).Is(200, "What was it about?")
	for _, order := range []string{"add", "up 1", "down 0", "delete 0", "back 0"} {
		site.Post("consultation", at, form.With("do", order)).Is(200)
	}
	filled := form.Fields()
	for name := range filled {
		if strings.HasSuffix(name, "-en") && strings.Contains(name, "text") && name != "text-en" {
			filled.Set(name, "Answer "+name)
		}
	}
	site.EachFault("consultation", at, filled).LeadsTo(base + "#q-" + at[strings.LastIndex(at, "/")+1:])
	site.Post("consultation", at, form.With("text-en", "")).Is(422)
	theirs := site.Get("consultation", at)
	site.Post("consultation", at, theirs.With("text-en", "What was it all about?")).Is(303)
	site.Post("second", at, theirs.With("text-en", "What was it about, then?")).Is(422, "What was it all about?")
	site.Post("consultation", base, url.Values{"do": {"question-delete " + at[strings.LastIndex(at, "/")+1:]}, "sure": {"yes"}}).Is(303)
	lost := site.Post("second", at, theirs.With("text-en", "What was it?")).Is(422)
	site.Post("second", at, lost.With("lost", "yes"))
	site.Get("consultation", base+"/questions/absent").Fails(surveys.ErrMissing)
	for _, code := range []string{"rating", "reason", "comment"} {
		one := site.Get("consultation", base+"/questions/"+code).Is(200)
		site.Post("consultation", base+"/questions/"+code, one.With("hint-en", "A hint")).Is(303)
	}
}

func TestPreviews(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f)
	at := fmt.Sprintf("/staff/surveys/%d/preview", f.Survey)
	site.EachFault("consultation", at, nil).Is(200, "the draft", at+"/1?")
	site.EachFault("consultation", at+"?version=1&lang=cy&page=2", nil).Is(200, "version 1", at+"/2?")
	site.Get("consultation", at+"?version=7").Fails(surveys.ErrMissing)
	site.Get("consultation", at+"/1?lang=cy").Is(200, "page 0 in cy, then "+at+"/2?lang=cy&version=draft")
	site.Post("consultation", at+"/1?lang=cy", nil).LeadsTo(at + "/2?lang=cy&version=draft")
	site.Get("consultation", at+"/x").Fails(surveys.ErrMissing)
}
