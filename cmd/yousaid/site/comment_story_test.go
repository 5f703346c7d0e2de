package site_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"yousaid/cmd/yousaid/site/sitetest"
	"yousaid/surveys/redaction"
)

// A comment is read, tagged, marked, redacted by one officer while others work on it, and quoted only when it was reviewed.
func TestCommentsAreWorkedOn(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	someThemes("")(nil, s)
	team, manager := s.SignIn(s.Person("consultation")), s.SignIn(s.Person("service"))
	of := aComment(nil, s)
	themes, err := s.Comments.Themes(t.Context(), s.Org.ID)
	if err != nil {
		t.Fatal(err)
	}
	id := func(slug string) string {
		for _, th := range themes {
			if th.Slug == slug {
				box := regexp.MustCompile(`value="(\d+)"[^>]*>\s*<label[^>]*>\s*` + th.Names["en"])
				return box.FindStringSubmatch(s.Get(of, "Cookie", team).Text)[1]
			}
		}
		t.Fatalf("there is no theme %s", slug)
		return ""
	}
	waiting, staff := id("waiting-times"), id("staff")
	one := s.Get(of, "Cookie", team).Is(200).Shows("Not reviewed", "01509 263151", "phone number",
		"Please ring Mrs [name] on [phone number], at [postcode].", "It can be quoted once it is reviewed")
	for _, warning := range redaction.Warnings() {
		one.Shows(warning.String())
	}
	one.Shows("Names without a title are found about", "read the comment yourself")
	// Two officers have the same page open; what each ticks stays.
	mine, theirs := form(one), form(s.Get(of, "Cookie", manager).Is(200).Hides("How it is shown"))
	mine.Add("theme", waiting)
	mine.Add("mark", "you_said")
	mine.Set("do", "work")
	theirs.Add("theme", staff)
	theirs.Add("mark", "reply")
	theirs.Set("do", "work")
	s.Post(of, mine, "Cookie", team).Is(303)
	s.Post(of, theirs, "Cookie", manager).Is(303)
	list := s.Get("/staff/comments?survey=customer-satisfaction&theme="+waiting, "Cookie", team).Is(200).Shows("Please ring",
		"Waiting times", "Staff")
	if had := form(list).Get("c0-had"); had != "reply you_said" {
		t.Errorf("the comment has the marks %q", had)
	}
	s.Get("/staff/comments?theme=none", "Cookie", team).Is(200).Hides("Please ring")
	s.Get("/staff/comments?mark=redaction", "Cookie", team).Is(200).Hides("Please ring")
	// From the list: one tick off, and a theme more.
	tick := form(list)
	tick.Del("c0-mark")
	tick.Add("c0-mark", "reply")
	s.Post("/staff/comments", tick, "Cookie", team).Is(303)
	if had := form(s.Get("/staff/comments?survey=customer-satisfaction", "Cookie", team)).Get("c0-had"); had != "reply" {
		t.Errorf("after a tick was taken off the comment has %q", had)
	}
	// Who may not decide, does not; who decides on what is no more, is shown how it stands.
	s.Post(of, url.Values{"do": {"redact"}, "text": {"x"}, "revision": {"1"}}, "Cookie", manager).Is(403)
	stale := form(s.Get(of, "Cookie", team))
	fresh := form(s.Get(of, "Cookie", team))
	fresh.Set("do", "redact")
	fresh.Set("revision", "1")
	fresh.Set("text", "Please ring [name].")
	s.Post(of, fresh, "Cookie", team).Is(303)
	stale.Set("do", "withhold")
	stale.Set("revision", "1")
	stale.Set("text", "mine")
	s.Post(of, stale, "Cookie", team).Is(422).Shows("Somebody else decided about this comment", "Please ring [name].", "mine")
	s.Get(of, "Cookie", manager).Is(200).Shows("Please ring [name].", "Start an action from this comment").Hides("01509")
	s.Get("/staff/results?survey=customer-satisfaction", "Cookie", manager).Is(200).Shows("Please ring [name].").Hides("01509")
	// Withheld: only those who decide see it.
	s.Post(of, url.Values{"do": {"withhold"}, "revision": {"2"}, "sure": {"yes"}}, "Cookie", team).Is(303)
	s.Get(of, "Cookie", manager).Is(404)
	s.Get("/staff/comments?state=withheld", "Cookie", manager).Is(200).Hides("Please ring")
	s.Get("/staff/comments?state=withheld", "Cookie", team).Is(200).Shows("Please ring")
	// A manager of another service finds nothing, and no foreign comment can be marked by its name.
	s.Send(s.LinkTo("customer-satisfaction", "waste", "web"),
		sitetest.Feedback{Rating: "1", Reasons: url.Values{"comment": {"The bin was left"}}})
	var foreign string
	if err := s.Database.Owner().Get(&foreign, `SELECT ref::text FROM comments WHERE text = 'The bin was left'`); err != nil {
		t.Fatal(err)
	}
	s.Get("/staff/comments/"+foreign, "Cookie", manager).Is(404)
	s.Post("/staff/comments", url.Values{"c0": {foreign}, "c0-mark": {"reply"}}, "Cookie", manager).Is(303)
	var marked int
	if err := s.Database.Owner().Get(&marked,
		`SELECT count(*) FROM comments WHERE text = 'The bin was left' AND wants_reply`); err != nil || marked != 0 {
		t.Errorf("a foreign comment was marked: %d, %v", marked, err)
	}
}

// Many officers at once: every tick stays.
func TestManyOfficersLoseNothing(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	someThemes("")(nil, s)
	team := s.SignIn(s.Person("consultation"))
	of := aComment(nil, s)
	page := s.Get(of, "Cookie", team)
	values := regexp.MustCompile(`name="theme" type="checkbox" value="(\d+)"`).FindAllStringSubmatch(page.Text, -1)
	if len(values) < 10 {
		t.Fatalf("only %d themes are offered", len(values))
	}
	var wait sync.WaitGroup
	for _, v := range values {
		wait.Go(func() {
			fill := form(page)
			fill.Add("theme", v[1])
			fill.Set("do", "work")
			s.Post(of, fill, "Cookie", team).Is(http.StatusSeeOther)
		})
	}
	wait.Wait()
	if n := strings.Count(s.Get(of, "Cookie", team).Text, `name="theme" type="checkbox" value=`); n != len(values) {
		t.Errorf("%d themes", n)
	}
	var tagged int
	if err := s.Database.Owner().Get(&tagged, `SELECT count(*) FROM comment_tags`); err != nil || tagged != len(values) {
		t.Errorf("%d of %d tags stayed: %v", tagged, len(values), err)
	}
}
