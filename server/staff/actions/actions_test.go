package actions

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"yousaid/analytics/actions"
	"yousaid/analytics/insight"
	"yousaid/server/staff/stafftest"
)

func serve(f *stafftest.Fixture) *stafftest.Site {
	p := &Pages{
		Analytics: f.Analytics,
		Insight:   f.Insight,
		Actions:   f.Actions,
		Register:  f.Register,
		Accounts:  f.Accounts,
		Catalogue: f.Catalogue,
		Set:       f.Set,
		Now:       f.Now,
	}
	return f.Serve(map[string]echo.HandlerFunc{
		"GET /staff/actions": p.ActionList, "GET /staff/actions/new": p.NewAction, "POST /staff/actions/new": p.CreateAction,
		"GET /staff/actions/:number":  p.Action,
		"POST /staff/actions/:number": p.ChangeAction, "GET /staff/actions/:number/figure": p.ActionFigure,
		"POST /staff/actions/:number/figure":    p.ChooseActionFigure,
		"GET /staff/actions/:number/figure/new": p.NewActionFigure, "POST /staff/actions/:number/figure/new": p.ReleaseActionFigure,
		"GET /staff/actions/:number/quote": p.ActionQuote, "POST /staff/actions/:number/quote": p.ChooseActionQuote,
	})
}

// written starts an action about the bins that can be sent, and gives its page.
func written(f *stafftest.Fixture, site *stafftest.Site) string {
	f.T.Helper()
	form := url.Values{
		"kind":        {"did"},
		"service":     {fmt.Sprint(f.Services["bins"])},
		"theme":       {"0"},
		"owner":       {"0"},
		"you_said-en": {"The lids break."},
		"you_said-cy": {"Mae’r caeadau’n torri."},
		"we_did-en":   {"We bought better bins."},
		"we_did-cy":   {"Fe wnaethom brynu biniau gwell."},
	}
	a := site.Post("consultation", "/staff/actions/new", form)
	at := a.Header.Get("Location")
	if !strings.HasPrefix(at, "/staff/actions/") {
		a.LeadsTo("/staff/actions/…")
		f.T.FailNow()
	}
	return at
}

// public has an action in public.
func public(f *stafftest.Fixture, site *stafftest.Site) string {
	f.T.Helper()
	at := written(f, site)
	site.Post("consultation", at, site.Get("consultation", at).With("do", "send")).LeadsTo(at)
	site.Post("second", at, site.Get("second", at).With("do", "approve")).LeadsTo(at)
	return at
}

// Sending saves the words and passes them on, both or neither: whatever fails, the same form can be sent again.
func TestAnActionIsSentInOneTransaction(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f)
	at := written(f, site)
	form := site.Get("consultation", at).With("do", "send", "we_did-en", "Ring 01632 960001.")
	form = site.EachFault("consultation", at, form).Is(422, "It is saved, and cannot go to review").With("do", "send", "we_did-en",
		"We came back.")
	site.EachFault("consultation", at, form).LeadsTo(at)
	site.Get("second", at).Is(200, "We came back.", "sent it for review")
}

func TestAnActionIsWritten(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f)
	site.EachFault("consultation", "/staff/actions/new", nil).Is(200, "You said", "North bins", "The whole council")
	site.Get("service", "/staff/actions/new").Is(200, "North bins").Hides("North roads", "The whole council")
	site.Post("consultation", "/staff/actions/new", nil).
		Is(422, "Choose what the council says", "Write what people said", "Choose one from the list")
	at := written(f, site)
	page := site.EachFault("consultation", at, nil).Is(200, "The lids break.", "Draft")
	site.EachFault("consultation", at, page.With("do", "save", "you_said-en", "The lids of bins break.", "target-day", "1", "target-month",
		"6", "target-year", "2026")).
		LeadsTo(at)
	site.Post("second", at, page.With("do", "save", "you_said-en", "Lids break.")).
		Is(422, "Somebody else changed this action", "The lids of bins break.")
	site.Post("consultation", at, site.Get("consultation", at).With("do", "save", "target-day", "40")).Is(422)
	site.Post("consultation", at, site.Get("consultation", at).With("do", "dance")).FailsWith(400)
	site.EachFault("consultation", "/staff/actions", nil).Is(200, "The lids of bins break.", at, "1 June 2026")
	site.Get("consultation", "/staff/actions?state=published&show=overdue&service="+fmt.Sprint(f.Services["roads"])).Is(200).Hides("lids")
	site.Get("second", "/staff/actions?show=mine").Is(200).Hides("lids")
	site.Get("consultation", "/staff/actions/x").Fails(actions.ErrMissing)
	site.Get("consultation", "/staff/actions/99").Fails(actions.ErrMissing)
	by := f.As("service")
	by.Grants[0].Service = f.Services["roads"]
	site.Get("service", "/staff/actions").Is(200).Hides("lids")
}

// Personal details keep an action from being sent; other findings have to be confirmed.
func TestAnActionIsSentAndApproved(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f)
	at := written(f, site)
	page := site.Get("consultation", at)
	site.Post("consultation", at, page.With("do", "send", "we_did-en", "Ring 01632 960001.")).Is(422, "It is saved, and cannot go to review")
	site.Post("consultation", at, site.Get("consultation", at).With("do", "send", "we_did-en", "")).Is(422)
	site.Post("consultation", at, site.Get("consultation", at).With("do", "send", "we_did-en", "9 of 10 people are happy now."))
	site.Post("consultation", at, site.Get("consultation", at).With("do", "send", "we_did-en", "We bought better bins.")).LeadsTo(at)
	site.Get("consultation", at).Is(200, "In review")
	site.Post("consultation", at, site.Get("consultation", at).With("do", "approve")).Is(422, "a second person has to approve it")
	site.Post("second", at, site.Get("second", at).With("do", "approve", "publish_on-year", "2020")).Is(422, "Choose today or a later day")
	site.Post("second", at, site.Get("second", at).With("do", "return", "why", "Say which bins")).LeadsTo(at)
	site.Post("consultation", at, site.Get("consultation", at).With("do", "send")).LeadsTo(at)
	site.EachFault("second", at, site.Get("second", at).With("do", "approve")).LeadsTo(at)
	site.Get("second", at).Is(200, "Published", "/north/you-said-we-did/")
	site.Post("second", at, url.Values{"do": {"return"}}).Is(422, "moved this action on meanwhile")
	site.Post("service", at, site.Get("service", at).With("do", "withdraw", "note-en", "x", "note-cy", "x", "sure", "yes")).
		Fails(actions.ErrMayNotPublish)
}

func TestAPublicActionIsCorrected(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f)
	at := public(f, site)
	page := site.Get("consultation", at).Is(200, "Published")
	words := []string{
		"you_said-en",
		"The lids break often.",
		"you_said-cy",
		"Mae’r caeadau’n torri.",
		"we_did-en",
		"We bought better bins.",
		"we_did-cy",
		"Fe wnaethom brynu biniau gwell.",
		"kind",
		"did",
		"service",
		fmt.Sprint(f.Services["bins"]),
		"theme",
		"0",
		"owner",
		"0",
	}
	site.Post("consultation", at, page.With(append(words, "do", "correct")...)).Is(422, "what changed and why")
	site.Post("consultation", at, page.With(append(words, "do", "correct", "note-en", "More exact.", "note-cy", "Mwy manwl.")...)).LeadsTo(at)
	waiting := site.EachFault("second", at, nil).Is(200, "A change waits for a second person", "The lids break often.", "More exact.")
	site.Post("consultation", at, page.With(append(words, "do", "correct", "note-en", "Again.", "note-cy", "Eto.")...)).
		Is(422, "Another change of this action waits")
	change := waiting.Fields().Get("change")
	site.Post("consultation", at, url.Values{"do": {"approve-change"}, "change": {change}}).Is(422, "You proposed this change")
	site.EachFault("second", at, url.Values{"do": {"approve-change"}, "change": {change}}).LeadsTo(at)
	site.Post("second", at, url.Values{"do": {"approve-change"}, "change": {change}}).Is(422, "does not wait any more")
	plan := url.Values{"do": {"plan"}, "owner": {"0"}, "target-day": {"1"}, "target-month": {"7"}, "target-year": {"2026"}}
	site.Post("consultation", at, plan).LeadsTo(at)
	dates := site.Get("second", at).Is(200, "1 July 2026")
	site.Post("second", at, url.Values{"do": {"return-change"}, "change": {dates.Fields().Get("change")}}).LeadsTo(at)
	plan.Set("owner", "x")
	site.Post("consultation", at, plan).Is(422, "Choose one from the list")
	site.Post("second", at, url.Values{"do": {"withdraw"}}).Is(422)
	note := url.Values{"do": {"withdraw"}, "note-en": {"It was another service."}, "note-cy": {"Gwasanaeth arall."}}
	site.Post("second", at, note).Is(200, "Withdraw this action?")
	note.Set("sure", "yes")
	site.Post("second", at, note).LeadsTo(at)
	site.Get("second", at).Is(200, "Withdrawn")
	site.Get("second", at+"/figure").Fails(actions.ErrNotNow)
}

// A figure is chosen from a released table, or from one that is released for it.
func TestAFigure(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f)
	release := strconv.FormatInt(f.Release("service"), 10)
	at := written(f, site)
	site.EachFault("consultation", at+"/figure?slot=after", nil).Is(200, "Release "+release, "by service")
	site.Get("consultation", at+"/figure?survey=customer-satisfaction&measure=rating&by=service&words=nothing").
		Is(200, "No released table fits this")
	site.EachFault("consultation", at+"/figure?slot=before&release="+release, nil).Is(200, "North bins", "Share satisfied")
	shown := site.EachFault("consultation", at+"/figure?slot=before&release="+release+"&row=0&kind=satisfied", nil).
		Is(200, "As the public would read it", "lang=\"cy\"")
	site.Get("consultation", at+"/figure?slot=before&release="+release+"&row=9&kind=satisfied").Is(422, "Choose a row that is shown")
	site.Get("consultation", at+"/figure?slot=before&release="+release+"&row=0&kind=absent").Is(422, "Choose which figure to show")
	site.Post("consultation", at+"/figure", url.Values{"slot": {"before"}}).Is(422, "Choose a table first")
	site.EachFault("consultation", at+"/figure", shown.Fields()).LeadsTo(at + "#evidence")
	site.Get("consultation", at).Is(200, "release "+release)
	site.Post("consultation", at+"/figure", shown.Fields()).Is(422, "Somebody else changed this action")
	out := site.Get("consultation", at+"/figure?slot=before").With("do", "take-out")
	site.Post("consultation", at+"/figure", out).LeadsTo(at + "#evidence")
	site.Get("service", at+"/figure?release="+release)

	months := "&from=2026-02-01&to=2026-03-31&survey=customer-satisfaction&measure=rating"
	site.EachFault("consultation", at+"/figure/new?slot=before", nil).Is(200, "March 2026")
	fresh := site.EachFault("consultation", at+"/figure/new?slot=before&by=channel"+months, nil).Is(200, "Website")
	site.Get("consultation", at+"/figure/new?by=channel&from=2026-04-01&to=2026-04-30&survey=customer-satisfaction").Is(422)
	site.Get("consultation", at+"/figure/new?measure=absent"+months).Is(422)
	site.Post("consultation", at+"/figure/new", url.Values{"slot": {"before"}}).Is(422, "look at the table first")
	left := site.Post("consultation", at+"/figure/new", fresh.Fields()).Is(303)
	site.Get("consultation", left.Header.Get("Location")).Is(200, "Website")
}

// A reviewed comment is quoted; in public it waits for a second person, and can be taken out at once.
func TestAQuote(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f)
	f.Owner.MustExec(`UPDATE comments SET review_state = 'read', revision = 2 WHERE text LIKE 'remark 0%'`)
	at := public(f, site)
	list := site.EachFault("consultation", at+"/quote", nil).Is(200, "remark", "about bins", "North bins").Hides("about roads")
	site.Get("consultation", at+"/quote?service=all&words=remark&marked=yes").Is(200)
	site.Get("consultation", at+"/quote?older=x").Fails(insight.ErrCursor)
	key := list.Fields().Get("comment")
	if key == "" {
		at := strings.Index(list.Body, `name="comment" value="`)
		key = list.Body[at+len(`name="comment" value="`):][:36]
	}
	revision := list.Fields().Get("revision")
	site.Post("consultation", at+"/quote", url.Values{"comment": {key}, "revision": {revision}}).Is(422, "what changed and why")
	noted := url.Values{"comment": {key}, "revision": {revision}, "note-en": {"In somebody’s words."}, "note-cy": {"Yng ngeiriau rhywun."}}
	site.EachFault("consultation", at+"/quote", noted).LeadsTo(at + "#evidence")
	waiting := site.Get("second", at).Is(200, "A change waits for a second person", "remark")
	site.Post("second", at, url.Values{"do": {"approve-change"}, "change": {waiting.Fields().Get("change")}}).LeadsTo(at)
	revision = site.Get("consultation", at+"/quote").Fields().Get("revision")
	out := url.Values{"do": {"take-out"}, "revision": {revision}}
	site.Post("consultation", at+"/quote", out).Is(200, "Take the quote out?")
	out.Set("sure", "yes")
	site.Post("consultation", at+"/quote", out).LeadsTo(at + "#evidence")
	site.Post("consultation", at+"/quote", url.Values{"comment": {"x"}}).Fails(insight.ErrNoComment)
	site.Post("consultation", at+"/quote", url.Values{"comment": {"00000000-0000-0000-0000-000000000000"}, "revision": {"99"},
		"note-en": {"x"}, "note-cy": {"x"}}).
		Is(422)
}

func TestAnActionFromAComment(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f)
	var key string
	if err := f.Owner.Get(&key,
		`UPDATE comments SET review_state = 'read' WHERE text LIKE 'remark 000%' RETURNING response_id || '-comment'`); err != nil {
		t.Fatal(err)
	}
	list, err := f.Insight.Comments(t.Context(), f.As("consultation"), insight.Query{Quotable: true, Limit: 5})
	if err != nil || len(list.Comments) != 1 {
		t.Fatal(list, err)
	}
	key = list.Comments[0].Key.String()
	page := site.EachFault("consultation", "/staff/actions/new?comment="+key, nil).Is(200, "remark 000 about bins")
	site.Post("consultation", "/staff/actions/new", page.With("kind", "doing", "you_said-en", "Bins.", "owner", "0", "theme", "0")).Is(303)
	site.Get("consultation", "/staff/actions/new?comment=x").Fails(insight.ErrNoComment)
	site.Post("consultation", "/staff/actions/new", url.Values{"from": {"x"}}).Fails(insight.ErrNoComment)
}
