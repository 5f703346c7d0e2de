package site_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"yousaid/cmd/yousaid/site/sitetest"
	"yousaid/surveys"
	"yousaid/surveys/catalogue"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// sureOf sends the form of a page that says what will happen.
func sureOf(s *sitetest.Site, a *sitetest.Answer, at, cookie string) *sitetest.Answer {
	s.T.Helper()
	v := form(a.Is(200).Shows("What will happen", "How to undo it", "Go back and change nothing"))
	v.Set("sure", "yes")
	return s.Post(at, v, "Cookie", cookie)
}

// Nothing is closed, deleted or taken away before a page has shown what will happen; and it is undone as that page describes.
func TestEndingsSayWhatWillHappen(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	team, boss := s.SignIn(s.Person("consultation")), s.SignIn(s.Person("administrator"))
	one, err := s.Surveys.BySlug(t.Context(), s.Org.ID, "customer-satisfaction")
	if err != nil {
		t.Fatal(err)
	}
	survey, link := fmt.Sprintf("/staff/surveys/%d", one.ID), s.Link("web")
	code := "/staff/links/" + strings.TrimPrefix(link, "/f/")
	// A link.
	page := s.Post(code, url.Values{"do": {"close"}}, "Cookie", team).Shows("reads that it is closed", "work then as before")
	s.Get(link).Is(200)
	sureOf(s, page, code, team).Is(http.StatusSeeOther)
	s.Later() // what a code leads to is believed for a while
	s.Get(link).Is(http.StatusGone)
	s.Post(code, url.Values{"do": {"close"}}, "Cookie", team).Is(409).Shows("closed already")
	s.Get(code, "Cookie", team).Is(200).Shows("Open this link again")
	s.Post(code, url.Values{"do": {"reopen"}}, "Cookie", team).Is(http.StatusSeeOther)
	s.Post(code, url.Values{"do": {"reopen"}}, "Cookie", team).Is(409).Shows("open already")
	s.Later()
	s.Get(link).Is(200).Shows(`name="rating"`)
	if got := audited(s, "link.reopened", "link/"+strings.TrimPrefix(link, "/f/")); got == "nothing" {
		t.Error("the audit does not say that the link was reopened")
	}
	s.Post(code, nil, "Cookie", team).Is(400)
	// A question.
	page = s.Post(survey, url.Values{"do": {"question-delete comment"}}, "Cookie", team).Shows("Delete the question “comment”", "Choose Undo")
	if d := now(t, s, one.ID); !asks(d, "comment") {
		t.Error("the question was deleted before anybody agreed")
	}
	sureOf(s, page, survey, team).Is(http.StatusSeeOther)
	if d := now(t, s, one.ID); asks(d, "comment") {
		t.Error("the question was not deleted")
	}
	// The draft over the live version.
	page = s.Get(survey, "Cookie", team).Is(200).Shows("Discard the draft")
	v := url.Values{"do": {"discard"}, "revision": {form(page).Get("revision")}}
	asked := s.Post(survey, v, "Cookie", team).Shows("Customers notice nothing")
	if d := now(t, s, one.ID); asks(d, "comment") {
		t.Error("the draft was discarded before anybody agreed")
	}
	gone := sureOf(s, asked, survey, team).Is(http.StatusSeeOther).To()
	if d := now(t, s, one.ID); !asks(d, "comment") {
		t.Error("the draft was not discarded")
	}
	// an old page discards nothing
	s.Post(survey, url.Values{"do": {"discard"}, "revision": v["revision"], "sure": {"yes"}}, "Cookie", team).Is(http.StatusSeeOther)
	s.Get(survey, "Cookie", team).Is(200).Hides("Discard the draft")
	notice := s.Get(gone, "Cookie", team).Is(200).Shows("The draft was discarded")
	back := url.Values{"do": {"undo draft"}, "deleted": {"draft"}, "from": {form(notice).Get("from")}}
	s.Post(survey, back, "Cookie", team).Is(http.StatusSeeOther)
	if d := now(t, s, one.ID); asks(d, "comment") {
		t.Error("the discarded draft did not come back")
	}
	s.Post(survey, back, "Cookie", team).Is(http.StatusSeeOther) // a second click changes nothing
	if d := now(t, s, one.ID); asks(d, "comment") {
		t.Error("a second click on Undo changed the draft")
	}
	if n, err := s.Surveys.Versions(t.Context(), s.Org.ID, one.ID); err != nil || len(n) != 1 || !asks(n[0].Definition, "comment") {
		t.Errorf("the published version was touched: %v, %v", n, err)
	}
	// The survey.
	page = s.Post(survey, url.Values{"do": {"close"}}, "Cookie", team).Shows("Nobody new can answer", "the same links and QR codes work again")
	s.Get(link).Is(200)
	sureOf(s, page, survey, team).Is(http.StatusSeeOther)
	s.Later() // what a code leads to is believed for a while
	s.Get(link).Is(http.StatusGone)
	s.Post(survey, url.Values{"do": {"close"}}, "Cookie", team).Is(409)
	// A role: the person stays in the list.
	viewer := s.Person("viewer")
	do := regexp.MustCompile(`value="(take \d+ viewer 0)"`).FindStringSubmatch(s.Get("/staff/people", "Cookie", boss).Is(200).Text)[1]
	page = s.Post("/staff/people", url.Values{"do": {do}}, "Cookie", boss).Shows("away from "+viewer, "stays in the list")
	s.Get("/staff/people", "Cookie", boss).Shows(do)
	sureOf(s, page, "/staff/people", boss).Is(http.StatusSeeOther)
	s.Get("/staff/people", "Cookie", boss).Is(200).Shows(viewer, "No role at present").Hides(do)
}

func asks(d surveys.Definition, code string) bool {
	_, ok := d.Question(code)
	return ok
}

// Of a discard and an edit at the same revision one wins; without a version, in a closed survey and at another council nothing is
// discarded.
func TestWhatCannotBeDiscarded(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	ctx, by := t.Context(), s.By()
	id, err := s.Surveys.Create(ctx, by, "new", surveys.Definition{Title: question.Text{"en": "New"}, Pages: []surveys.Page{{}}})
	if err != nil {
		t.Fatal(err)
	}
	is(t, discard(s, by, id, 1), surveys.ErrNotPublished)
	one, err := s.Surveys.BySlug(ctx, s.Org.ID, "customer-satisfaction")
	if err != nil {
		t.Fatal(err)
	}
	_, revision, err := s.Surveys.Draft(ctx, s.Org.ID, one.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Surveys.Edit(ctx, by, one.ID, surveys.DeleteQuestion("comment")); err != nil {
		t.Fatal(err)
	}
	is(t, discard(s, by, one.ID, revision), surveys.ErrStaleDraft)
	is(t, discard(s, tenant.CommandLine(s.Org.ID+1), one.ID, revision+1), surveys.ErrNotPublished)
	if err := s.Surveys.Close(ctx, by, one.ID); err != nil {
		t.Fatal(err)
	}
	is(t, discard(s, by, one.ID, revision+1), surveys.ErrClosed)
	if d := now(t, s, one.ID); asks(d, "comment") {
		t.Error("a draft was discarded that could not be")
	}
}

func discard(s *sitetest.Site, by tenant.Actor, survey int64, revision int) error {
	_, err := s.Surveys.Discard(s.T.Context(), by, survey, revision)
	return err
}

func is(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got %v, wanted %v", err, want)
	}
}

// A comment is withheld, and a secret replaced, after a page has shown what will happen, and that happens.
func TestWithholdingAndSecretsSayWhatWillHappen(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	team, boss := s.SignIn(s.Person("consultation")), s.SignIn(s.Person("administrator"))
	of := aComment(nil, s)
	v := form(s.Get(of, "Cookie", team).Is(200))
	v.Set("do", "withhold")
	page := s.Post(of, v, "Cookie", team).Shows("Withhold this comment?", "row exports leave it out",
		"export files that may hold it are taken away")
	s.Get("/staff/comments?survey=customer-satisfaction", "Cookie", boss).Shows("Please ring")
	sureOf(s, page, of, team).Is(http.StatusSeeOther)
	s.Get("/staff/comments?survey=customer-satisfaction", "Cookie", boss).Hides("Please ring")
	// It is undone as the page said.
	s.Get("/staff/comments?state=withheld", "Cookie", team).Is(200).Shows("Please ring", of)
	v = form(s.Get(of, "Cookie", team).Is(200))
	v.Set("do", "as-is")
	s.Post(of, v, "Cookie", team).Is(http.StatusSeeOther)
	s.Get("/staff/comments?survey=customer-satisfaction", "Cookie", boss).Shows("Please ring")
	// Whoever decided on an older state is told so at once, not after they agreed.
	v.Set("do", "withhold")
	s.Post(of, v, "Cookie", team).Is(422).Shows("Somebody else decided about this comment")

	jobs, link := "/staff/links/jobs", s.Link("web")
	first := jobAddress(s, link, "R-1")
	page = s.Post(jobs, url.Values{"after": {"1"}}, "Cookie", boss).Shows("Secret 2 is made", "Secret 1 stays good").Hides("ends at once")
	s.Get(jobs, "Cookie", boss).Is(200).Hides("Secret 2")
	sureOf(s, page, jobs, boss).Is(http.StatusSeeOther)
	second := jobAddress(s, link, "R-2")
	s.Get(first).Is(200)
	page = s.Post(jobs, url.Values{"after": {"2"}}, "Cookie", boss).Shows("Secret 2 stays good", "Secret 1 ends at once",
		"Secret 1 does not come back")
	s.Get(first).Is(200)
	sureOf(s, page, jobs, boss).Is(http.StatusSeeOther)
	s.Get(first).Is(404)
	s.Get(second).Is(200)
}

// A merger says that reopening brings the service back and not its parts, and so it is.
func TestAMergedServiceIsReopenedAsThePageSaid(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	boss, ctx := s.SignIn(s.Person("administrator")), t.Context()
	service := func(slug string) catalogue.Service {
		list, err := s.Catalogue.Services(ctx, s.Org.ID)
		for _, one := range list {
			if one.Slug == slug {
				return one
			}
		}
		t.Fatalf("there is no service %s: %v", slug, err)
		return catalogue.Service{}
	}
	add := func(slug string, parent int64) int64 {
		id, err := s.Catalogue.AddService(ctx, s.By(), slug,
			catalogue.ServiceChange{Names: question.Text{"en": "The " + slug}, Parent: parent}, 0)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	parks := add("parks", 0)
	playgrounds := add("playgrounds", parks)
	at, part := fmt.Sprintf("/staff/services/%d", parks), fmt.Sprintf("/staff/services/%d", playgrounds)
	link, waste := s.LinkTo("customer-satisfaction", "parks", "web"), service("waste").ID
	page := s.Post(at, url.Values{"do": {"merge"}, "successor": {fmt.Sprint(waste)}}, "Cookie", boss).
		Shows("Merge “The parks” into", "Its parts do not come back by that", "Links that are there work until they are closed too")
	if service("parks").ClosedOn != nil {
		t.Fatal("it was merged before anybody agreed")
	}
	sureOf(s, page, at, boss).Is(http.StatusSeeOther)
	if one := service("parks"); one.ClosedOn == nil || one.Successor != waste || service("playgrounds").Parent != waste {
		t.Fatalf("merged: %+v, %+v", one, service("playgrounds"))
	}
	s.Later()
	s.Get(link).Is(200)
	s.Get("/staff/links/new", "Cookie", boss).Is(200).Hides(`value="parks"`)
	s.Get(at, "Cookie", boss).Is(200).Shows(`value="reopen"`)
	s.Post(at, url.Values{"do": {"reopen"}}, "Cookie", boss).Is(http.StatusSeeOther)
	if one := service("parks"); one.ClosedOn != nil || one.Successor != 0 || service("playgrounds").Parent != waste {
		t.Errorf("reopened: %+v, %+v", one, service("playgrounds"))
	}
	s.Get("/staff/links/new", "Cookie", boss).Is(200).Shows(`value="parks"`)
	s.Post(at, url.Values{"do": {"reopen"}}, "Cookie", boss).Is(422).Shows("The service is open already.")
	// The parts are brought back on their own pages.
	v := form(s.Get(part, "Cookie", boss).Is(200))
	v.Set("do", "save")
	v.Set("parent", fmt.Sprint(parks))
	s.Post(part, v, "Cookie", boss).Is(http.StatusSeeOther)
	if service("playgrounds").Parent != parks {
		t.Error("the part did not come back on its page")
	}
	// A part of a closed service is reopened after it, which the page shows.
	closing := url.Values{"do": {"close"}, "sure": {"yes"}}
	s.Post(part, closing, "Cookie", boss).Is(http.StatusSeeOther)
	s.Post(at, closing, "Cookie", boss).Is(http.StatusSeeOther)
	s.Post(part, url.Values{"do": {"reopen"}}, "Cookie", boss).Is(422).Shows("Reopen that first")
	s.Post(at, url.Values{"do": {"reopen"}}, "Cookie", boss).Is(http.StatusSeeOther)
	s.Post(part, url.Values{"do": {"reopen"}}, "Cookie", boss).Is(http.StatusSeeOther)
}
