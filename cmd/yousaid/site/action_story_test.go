package site_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"yousaid/analytics/actions"
	"yousaid/cmd/yousaid/site/sitetest"
	"yousaid/surveys/lint"
	"yousaid/surveys/question"
)

// parts are the three fields of a date.
func parts(v url.Values, name string, t time.Time) {
	v.Set(name+"-day", fmt.Sprint(t.Day()))
	v.Set(name+"-month", fmt.Sprint(int(t.Month())))
	v.Set(name+"-year", fmt.Sprint(t.Year()))
}

// An action goes from a reviewed comment to the public: written, given a released figure, reviewed by a second person, published,
// corrected, withdrawn.
func TestAnActionBecomesPublic(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	s.Fill(700)
	team, boss := s.SignIn(s.Person("consultation")), s.SignIn(s.Person("administrator"))
	manager := s.SignIn(s.Person("service"))
	get := func(who, path string) *sitetest.Answer { return s.Get(path, "Cookie", who) }
	post := func(who, path string, v url.Values) *sitetest.Answer { return s.Post(path, v, "Cookie", who) }
	// Only a reviewed comment can be quoted.
	of := aComment(nil, s)
	key := strings.TrimPrefix(of, "/staff/comments/")
	get(team, "/staff/actions/new?comment="+key).Is(409).Shows("has not been reviewed")
	post(team, of, url.Values{"do": {"redact"}, "revision": {"1"}, "text": {"Please ring me back."}}).Is(303)
	fill := form(get(manager, "/staff/actions/new?comment="+key).Is(200).Shows("Please ring me back.").Hides("01509"))
	service := regexp.MustCompile(`<option value="(\d+)"[^>]*>Housing repairs`).FindStringSubmatch(get(manager,
		"/staff/actions/new?comment="+key).Text)[1]
	for name, value := range map[string]string{"service": service, "theme": "0", "owner": "0", "kind": "doing",
		"you_said-en": "You wait too long. One tenant said nobody rang.", "we_did-en": "We ring everybody back."} {
		fill.Set(name, value)
	}
	at := post(manager, "/staff/actions/new", fill).To()
	get(manager, at).Is(200).Shows("“One tenant” is so few", "Write this in Welsh too", "A promise needs a date", "The comment it came from")
	fill = form(get(manager, at))
	set := func(v url.Values) {
		v.Set("service", service)
		v.Set("theme", "0")
		v.Set("kind", "doing")
		v.Set("you_said-en", "You wait too long for a call.")
		v.Set("you_said-cy", "Rydych yn aros yn rhy hir am alwad.")
		v.Set("we_did-en", "We ring everybody back in two days.")
		v.Set("we_did-cy", "Rydym yn ffonio pawb yn ôl.")
		v.Set("owner", regexp.MustCompile(`<option value="(\d+)"[^>]*>service@testham`).FindStringSubmatch(get(boss, at).Text)[1])
		parts(v, "target", time.Now().AddDate(0, 1, 0))
	}
	fill.Set("service", service)
	fill.Set("theme", "0")
	fill.Set("owner", "0")
	fill.Set("do", "send")
	post(manager, at, fill).Is(422).Shows("cannot go to review before this is put right")
	// A figure is chosen: only what is shown, and the table leaves once however often it is asked for.
	from, to := lastMonths(6)
	query := url.Values{"slot": {"before"}, "survey": {"customer-satisfaction"}, "measure": {"rating"}, "by": {"service"},
		"from": {from}, "to": {to}}
	get(team, at+"/figure/new?"+query.Encode()).Is(200).Shows("Release this table")
	post(manager, at+"/figure/new", query).Is(403)
	tables := post(team, at+"/figure/new", query).Is(303).To()
	if again := post(team, at+"/figure/new", query).Is(303).To(); again != tables {
		t.Errorf("asked again the table is at %s, not at %s", again, tables)
	}
	var releases int
	if err := s.Database.Owner().Get(&releases, `SELECT count(*) FROM releases`); err != nil || releases != 1 {
		t.Errorf("%d releases: %v", releases, err)
	}
	rows := regexp.MustCompile(`(?s)<select[^>]*name="row".*?</select>`).FindString(get(team, tables).Is(200).Text)
	row := regexp.MustCompile(`<option value="(\d+)"`).FindStringSubmatch(rows)[1]
	chosen := form(get(team, tables+"&row="+row+"&kind=satisfied").Is(200).Shows("As the public would read it", "people were satisfied"))
	for _, wrong := range []string{"99999", "-1", "x", ""} {
		bad := url.Values{"slot": {"before"}, "release": chosen["release"], "revision": chosen["revision"], "kind": {"satisfied"}, "row": {wrong}}
		post(team, at+"/figure", bad).Is(422).Shows("Choose a row that is shown")
	}
	post(manager, at+"/figure", chosen).Is(403)
	post(team, at+"/figure", chosen).Is(303)
	post(team, at+"/figure", chosen).Is(422).Shows("Somebody else changed this action")
	page := get(manager, at).Is(200).Shows("people were satisfied (likely range")
	fill = form(page)
	set(fill)
	fill.Set("do", "send")
	post(manager, at, fill).Is(303)
	get(manager, at).Is(200).Shows("In review")
	// A second person: neither whoever wrote it, nor one without the permission.
	approve := func() url.Values {
		v := url.Values{"do": {"approve"}, "revision": {form(get(boss, at)).Get("revision")}}
		parts(v, "publish_on", time.Now())
		return v
	}
	post(manager, at, approve()).Is(403)
	if list, err := s.Actions.Published(t.Context(), s.Org.ID); err != nil || len(list) != 0 {
		t.Errorf("%d items are public before they are approved: %v", len(list), err)
	}
	var wait sync.WaitGroup
	passed, refused := 0, 0
	var mu sync.Mutex
	body := approve()
	for range 6 {
		wait.Go(func() {
			a := post(team, at, body)
			mu.Lock()
			defer mu.Unlock()
			switch a.StatusCode {
			case 303:
				passed++
			case 409, 422:
				refused++
			}
		})
	}
	wait.Wait()
	if passed != 1 || refused != 5 {
		t.Errorf("%d approvals passed and %d were refused", passed, refused)
	}
	list, err := s.Actions.Published(t.Context(), s.Org.ID)
	if err != nil || len(list) != 1 || list[0].Figure == nil || list[0].Figure.N < 5 || list[0].Status != actions.UnderWay {
		t.Fatalf("%+v, %v", list, err)
	}
	frozen := *list[0].Figure
	s.Send(s.LinkTo("customer-satisfaction", "repairs", "web"), sitetest.Feedback{Rating: "1"})
	s.LastMonth() // more answers than when it was released
	if item, err := s.Actions.Item(t.Context(), s.Org.ID, 1); err != nil || item.Figure.Value != frozen.Value || item.Figure.N != frozen.N {
		t.Errorf("the frozen figure moved: %+v, %v", item.Figure, err)
	}
	// Corrected with a note, then withdrawn; what was said before stays in the versions.
	fill = form(get(boss, at))
	fill.Set("do", "correct")
	fill.Set("you_said-en", "You wait too long.")
	post(boss, at, fill).Is(422).Shows("Say in English what changed and why")
	fill.Set("note-en", "We said call; it was about letters too.")
	fill.Set("note-cy", "Roedd am lythyrau hefyd.")
	post(boss, at, fill).Is(303)
	decide := func(do string) url.Values {
		return url.Values{"do": {do},
			"change": {regexp.MustCompile(`name="change" value="(\d+)"`).FindStringSubmatch(get(boss, at).Is(200).Text)[1]}}
	}
	unchanged := func() {
		t.Helper()
		if item, err := s.Actions.Item(t.Context(), s.Org.ID, 1); err != nil || len(item.Corrections) != 0 ||
			item.YouSaid["en"] == "You wait too long." || item.Completed != "" {
			t.Errorf("one person alone changed what is public: %+v, %v", item, err)
		}
	}
	unchanged()
	get(boss, at).Shows("You proposed it, so somebody else approves it.").Hides("Approve the change")
	post(boss, at, decide("approve-change")).Is(422).Shows("a second person has to approve it")
	post(manager, at, decide("approve-change")).Is(403)
	unchanged()
	// one at a time, and nothing that was written is lost
	post(team, at, fill).Is(422).Shows("Another change of this action waits", "You wait too long.")
	get(team, at).Shows("The public reads now", "After the change", "You wait too long.", "Approve the change")
	post(team, at, decide("approve-change")).Is(303)
	item, err := s.Actions.Item(t.Context(), s.Org.ID, 1)
	if err != nil || len(item.Corrections) != 1 || item.YouSaid["en"] != "You wait too long." {
		t.Errorf("%+v, %v", item, err)
	}
	// A promise is not done because one person says so.
	done := url.Values{"do": {"plan"}, "owner": {"0"}}
	parts(done, "target", time.Now().AddDate(0, 1, 0))
	parts(done, "completed", time.Now())
	post(manager, at, done).Is(303)
	public := func() string {
		item, err := s.Actions.Item(t.Context(), s.Org.ID, 1)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(item.Status, " ", item.Completed)
	}
	if got := public(); got != "under way " {
		t.Errorf("the public reads %q, which one person says alone", got)
	}
	post(manager, at, decide("approve-change")).Is(403)
	post(team, at, decide("return-change")).Is(303)
	post(manager, at, done).Is(303)
	post(team, at, decide("approve-change")).Is(303)
	if got := public(); !strings.HasPrefix(got, "done 2") {
		t.Errorf("the public reads %q", got)
	}
	post(boss, at, url.Values{"do": {"withdraw"}, "sure": {"yes"}, "note-en": {"Wrong service."}, "note-cy": {"Gwasanaeth anghywir."}}).Is(303)
	if item, err = s.Actions.Item(t.Context(), s.Org.ID, 1); err != nil || !item.Withdrawn || item.WithdrawnNote["en"] != "Wrong service." {
		t.Errorf("%+v, %v", item, err)
	}
	get(team, at).Shows("approved it", "approved the correction of administrator@testham.example", "withdrew it", "sent it for review")
	// A manager sees nothing of another service's.
	other := promise(actions.Draft, func(c *actions.Content) { c.Service = 0 })(nil, s)
	get(manager, other).Is(404)
	post(manager, other, url.Values{"do": {"send"}}).Is(404)
}

// Two officers save one draft: the second is shown the first's words, and keeps their own on the page.
func TestTwoOfficersWriteOneAction(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	one, two := s.SignIn(s.Person("consultation")), s.SignIn(s.Person("administrator"))
	at := promise(actions.Draft)(nil, s)
	a, b := form(s.Get(at, "Cookie", one)), form(s.Get(at, "Cookie", two))
	service := regexp.MustCompile(`<option value="(\d+)" selected>Housing repairs`).FindStringSubmatch(s.Get(at, "Cookie", one).Text)[1]
	for _, v := range []url.Values{a, b} {
		v.Set("do", "save")
		v.Set("service", service)
		v.Set("theme", "0")
		v.Set("owner", "0")
	}
	a.Set("we_did-en", "We changed the rota.")
	b.Set("we_did-en", "We bought vans.")
	s.Post(at, a, "Cookie", one).Is(http.StatusSeeOther)
	shown := s.Post(at, b, "Cookie", two).Is(422).Shows("Somebody else changed this action", "We changed the rota.", "We bought vans.")
	again := form(shown)
	again.Set("do", "save")
	again.Set("service", service)
	again.Set("theme", "0")
	again.Set("owner", "0")
	s.Post(at, again, "Cookie", two).Is(http.StatusSeeOther)
	s.Get(at, "Cookie", one).Shows("We bought vans.")
}

// A target is in time until its day is over where the council is, also on the days when clocks change.
func TestOverdueByTheCouncilsDay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		target, today string
		want          actions.Status
	}{{"2026-03-29", "2026-03-29", actions.UnderWay}, {"2026-03-29", "2026-03-30", actions.Overdue},
		{"2026-10-25", "2026-10-25", actions.UnderWay}, {"2026-10-25", "2026-10-26", actions.Overdue}, {"", "2026-10-26", actions.UnderWay}} {
		if got := (actions.Content{Kind: actions.Doing, Target: c.target}).Status(c.today); got != c.want {
			t.Errorf("target %s on %s is %s", c.target, c.today, got)
		}
	}
	s := sitetest.New(t)
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	for now, want := range map[time.Time]string{
		time.Date(2026, 3, 29, 23, 30, 0, 0, time.UTC):  "2026-03-30", // summer time has begun
		time.Date(2026, 10, 24, 23, 30, 0, 0, time.UTC): "2026-10-25",
		time.Date(2026, 10, 25, 23, 30, 0, 0, time.UTC): "2026-10-25", // and ended
		time.Date(2026, 3, 31, 23, 59, 0, 0, zone):      "2026-03-31",
	} {
		store := s.Actions
		store.Now = func() time.Time { return now }
		if got, err := store.Today(t.Context(), s.Org.ID); err != nil || got != want {
			t.Errorf("%s is the day %s, not %s: %v", now, got, want, err)
		}
	}
	// Approved for tomorrow is not public today, and is tomorrow.
	n := promised(s, actions.Review)
	tomorrow := time.Now().In(zone).AddDate(0, 0, 1)
	second := s.By()
	second.Name = "second"
	if err := s.Actions.Approve(t.Context(), second, n, 1, tomorrow.Format(time.DateOnly)); err != nil {
		t.Fatal(err)
	}
	before, _ := s.Actions.Changed(t.Context(), s.Org.ID)
	if list, err := s.Actions.Published(t.Context(), s.Org.ID); err != nil || len(list) != 0 {
		t.Errorf("%d items a day early: %v", len(list), err)
	}
	store := s.Actions
	store.Now = func() time.Time { return tomorrow }
	after, _ := store.Changed(t.Context(), s.Org.ID)
	if list, err := store.Published(t.Context(), s.Org.ID); err != nil || len(list) != 1 || before == after {
		t.Errorf("%d items on the day, stamps %s and %s: %v", len(list), before, after, err)
	}
}

func TestWhatKeepsAnActionBack(t *testing.T) {
	t.Parallel()
	for text, stops := range map[string]bool{
		"One person said the line was bad.":        true,
		"Three of our residents said so.":          true,
		"2 people told us.":                        true,
		"A single tenant complained.":              true,
		"Some people said the line was bad.":       false,
		"A person who rings waits for ten minutes": false,
		"Five people said so.":                     false,
		"Mrs Jones waited.":                        true,
		"Ring 01509 263151.":                       true,
		"You said the one car park is full.":       false,
	} {
		c := actions.Content{Kind: actions.Did,
			Texts: actions.Texts{YouSaid: question.Text{"en": text}, WeDid: question.Text{"en": "We put it right."}}}
		got := false
		for _, f := range c.Review([]string{"en"}, actions.Evidence{}) {
			got = got || f.Severity != lint.Warning
		}
		if got != stops {
			t.Errorf("%q: %+v", text, c.Review([]string{"en"}, actions.Evidence{}))
		}
	}
}
