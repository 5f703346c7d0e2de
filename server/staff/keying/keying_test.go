package keying

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"yousaid/server/staff/stafftest"
	"yousaid/surveys/links"
	"yousaid/surveys/responses"
)

func serve(f *stafftest.Fixture) *stafftest.Site {
	keys := f.Signer()
	collector := responses.NewCollector(f.DB, keys, responses.Options{Now: f.Now})
	f.T.Cleanup(func() { _ = collector.Close(context.Background()) })
	p := &Pages{
		Links:     f.Links,
		Surveys:   f.Surveys,
		Catalogue: f.Catalogue,
		Words:     f.Translations,
		Set:       f.Set,
		Signer:    keys,
		Collector: collector,
		Keyed:     responses.Keyed{DB: f.DB, Ledger: f.Ledger, Now: f.Now},
		Now:       f.Now,
	}
	return f.Serve(map[string]echo.HandlerFunc{
		"GET /staff/keying": p.Keying, "POST /staff/keying": p.StartKeying, "GET /staff/keying/:place": p.KeyForm,
		"POST /staff/keying/:place":       p.SaveKeyed,
		"GET /staff/keying/:place/:token": p.KeyEquality, "POST /staff/keying/:place/:token": p.SaveKeyedEquality,
	})
}

func start(site *stafftest.Site, role string) string {
	return site.EachFault(
		role,
		"/staff/keying",
		url.Values{"survey": {"customer-satisfaction"}, "service": {"bins"}, "channel": {"telephone"}, "mode": {"telephone_interview"}},
	).Header.Get(
		"Location",
	)
}

func TestKeying(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f)
	site.EachFault("frontline", "/staff/keying?survey=customer-satisfaction&mode=paper", nil).
		Is(200, "How did we do?", "North bins", "By telephone")
	site.Post("frontline", "/staff/keying", url.Values{}).Is(422, "Choose the survey", "Choose how the answers are collected")
	site.Post("frontline", "/staff/keying", url.Values{"survey": {"absent"}, "mode": {"paper"}}).Is(422, "Choose a survey from the list")
	site.Post("frontline", "/staff/keying", url.Values{"survey": {"customer-satisfaction"}, "mode": {"paper"}, "place": {"moon"}}).
		Is(422, "Choose a place from the list")
	place := start(site, "frontline")
	form := site.EachFault("frontline", place, nil).Is(200, "How did we do?", "Very satisfied", "North bins")
	site.Get("frontline", place+"?keys=off&lang=cy").Is(200, "Bodlon iawn")
	site.Post("frontline", place, form.With("do", "in-cy", "rating", "2")).Is(200, "Bodlon iawn")
	site.Post("frontline", place, form.With("do", "store")).Is(422)
	site.Post("frontline", place, form.With("do", "store", "rating", "99")).Is(422)
	stored := site.Post("frontline", place, form.With("do", "store", "rating", "2", "comment", "They rang back"))
	about := stored.Header.Get("Location")
	if !strings.HasPrefix(about, place+"/") {
		stored.LeadsTo(place + "/…")
		t.FailNow()
	}
	site.EachFault("frontline", about, nil).Is(200, "About the respondent", `name="sex"`)
	site.Post("frontline", about, url.Values{"do": {"store"}, "sex": {"nothing"}}).Is(422)
	next := site.Post("frontline", about, url.Values{"do": {"store"}, "sex": {"female"}}).Header.Get("Location")
	site.Get("frontline", next).Is(200, "The answers are stored", `value="undo"`)
	fresh := site.Get("frontline", place)
	declined := site.EachFault("frontline", place, url.Values{"token": {fresh.Fields().Get("token")}, "do": {"declined"}}).Is(303)
	site.Get("frontline", declined.Header.Get("Location")).Is(200, "Counted as declined")
	site.Get("frontline", "/staff/keying").Is(200, "People who did not answer, by day", ">1<")
	site.Get("frontline", place+"?said=unable").Is(200, "Counted as unable")
	site.Get("frontline", place+"?said=undone").Is(200, "The last one is undone")
	last := url.Values{"token": {form.Fields().Get("token")}, "do": {"undo"}}
	site.EachFault("frontline", place, last)
	site.Post("frontline", place, form.With("do", "store", "rating", "2")).Is(409, "sent or undone already")
}

func TestWhatCannotBeTypedIn(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f)
	place := start(site, "frontline")
	form := site.Get("frontline", place)
	site.Post("frontline", place, url.Values{"rating": {"2"}}).Fails(responses.ErrToken)
	site.Post("frontline", place, url.Values{"token": {"x"}}).Fails(responses.ErrToken)
	site.Get("frontline", place+"/x").Fails(responses.ErrToken)
	site.Get("frontline", "/staff/keying/1").Fails(links.ErrMissing)
	site.Get("frontline", "/staff/keying/x").Fails(links.ErrMissing)
	f.Owner.MustExec(`UPDATE surveys SET state = 'closed', closed_at = now()`)
	site.Get("frontline", place).LeadsTo("/staff/keying")
	site.Post("frontline", place, form.With("do", "store", "rating", "2")).Is(410, "The survey is closed")
	site.Post("frontline", place, form.With("do", "declined")).Is(410, "The survey is closed")
	site.Post("frontline", "/staff/keying", url.Values{"survey": {"customer-satisfaction"}, "mode": {"paper"}}).Is(422)
}

// Who types in for one service is offered that one, and can choose no other.
func TestKeyingForOneService(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f)
	by := f.As("frontline")
	by.Grants[0].Service = f.Services["bins"]
	site.Get("frontline", "/staff/keying").Is(200, "North bins").Hides("North roads", "Not about one service")
	site.Post("frontline", "/staff/keying", url.Values{"survey": {"customer-satisfaction"}, "service": {"roads"}, "mode": {"paper"}}).
		Is(422, "Your role does not cover this")
	f.Owner.MustExec(`UPDATE organisations SET languages = '{en,cy,ur}'`)
	site.Get("frontline", start(site, "frontline")).Is(200, "How did we do?")
}
