package site_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"yousaid/analytics/actions"
	"yousaid/analytics/figures"
	"yousaid/analytics/insight"
	"yousaid/analytics/quoted"
	"yousaid/analytics/releases"
	"yousaid/analytics/tables"
	"yousaid/cmd/yousaid/site/sitetest"
	"yousaid/surveys/question"
	"yousaid/surveys/responses"
	"yousaid/surveys/tenant"
	"yousaid/surveys/wording"
)

// note is what the public reads with a change.
var note = question.Text{"en": "We added it.", "cy": "Rydym wedi’i ychwanegu.", "ar": "أضفناه."}

// aRelease lets a table of the last four closed months leave, and gives its number.
func aRelease(s *sitetest.Site, by ...string) int64 {
	s.T.Helper()
	from, to := lastMonths(4)
	return released(s, from, to, by...)
}

func released(s *sitetest.Site, from, to string, by ...string) int64 {
	s.T.Helper()
	first, err1 := figures.ParseDate(from)
	last, err2 := figures.ParseDate(to)
	answer, err := s.Analytics.Ask(s.T.Context(), s.By(),
		figures.Query{Surveys: []string{"customer-satisfaction"}, Measure: "rating", By: by, Audience: figures.Public, From: first, To: last})
	if err := errors.Join(err1, err2, err); err != nil {
		s.T.Fatal(err)
	}
	return answer.(tables.Protected).Release
}

// rowOf finds a row of a release by its labels.
func rowOf(s *sitetest.Site, release int64, labels string) int {
	s.T.Helper()
	r, err := s.Register.Table(s.T.Context(), s.By(), release)
	if err != nil {
		s.T.Fatal(err)
	}
	var all []string
	for i, row := range tables.Rows(r) {
		if wording.Listed(", ", row.Labels).String() == labels {
			return i
		}
		all = append(all, wording.Listed(", ", row.Labels).String())
	}
	s.T.Fatalf("no row is called %s: %q", labels, all)
	return 0
}

// reviewed is a comment on repairs that was reviewed as it was written.
func reviewed(s *sitetest.Site, text string) insight.Key {
	s.T.Helper()
	s.Send(s.LinkTo("customer-satisfaction", "repairs", "email"),
		sitetest.Feedback{Rating: "2", Reasons: url.Values{"reason": {"time"}, "comment": {text}}})
	k := keyWith(s, text)
	if err := s.Comments.Review(s.T.Context(), s.By(), k, 1, insight.AsIs, ""); err != nil {
		s.T.Fatal(err)
	}
	return k
}

func keyWith(s *sitetest.Site, text string) insight.Key {
	s.T.Helper()
	var k insight.Key
	if err := s.Database.Owner().Get(&k, `SELECT ref FROM comments WHERE text = $1`, strings.TrimSpace(text)); err != nil {
		s.T.Fatal(err)
	}
	return k
}

func revisionOf(s *sitetest.Site, number int64) int {
	s.T.Helper()
	a, _, err := s.Actions.Action(s.T.Context(), s.By(), number)
	if err != nil {
		s.T.Fatal(err)
	}
	return a.Revision
}

func quoteIt(s *sitetest.Site, number int64, k insight.Key, note question.Text) bool {
	s.T.Helper()
	waits, err := s.Actions.QuoteComment(s.T.Context(), s.By(), number, revisionOf(s, number), k, note)
	if err != nil {
		s.T.Fatal(err)
	}
	return waits
}

func chooseIt(s *sitetest.Site, number int64, slot actions.Slot, c actions.Choice, note question.Text) bool {
	s.T.Helper()
	waits, err := s.Actions.ChooseFigure(s.T.Context(), s.By(), number, revisionOf(s, number), slot, &c, note)
	if err != nil {
		s.T.Fatal(err)
	}
	return waits
}

// agreedOn has a second person approve what waits on an action.
func agreedOn(s *sitetest.Site, number int64) {
	s.T.Helper()
	a, _, err := s.Actions.Action(s.T.Context(), s.By(), number)
	if err == nil {
		err = s.Actions.ApproveChange(s.T.Context(), second(s), number, a.Waiting.ID)
	}
	if err != nil {
		s.T.Fatal(err)
	}
}

func second(s *sitetest.Site) tenant.Actor {
	return tenant.Actor{Org: s.Org.ID, Name: "second@testham.example", Via: "web", Grants: s.By().Grants}
}

// passed brings a draft to the public, approved by a second person.
func passed(s *sitetest.Site, number int64) {
	s.T.Helper()
	today, err := s.Actions.Today(s.T.Context(), s.Org.ID)
	revision := revisionOf(s, number)
	if err == nil {
		err = s.Actions.Send(s.T.Context(), s.By(), number, revision, "")
	}
	if err == nil {
		err = s.Actions.Approve(s.T.Context(), second(s), number, revision, today)
	}
	if err != nil {
		s.T.Fatal(err)
	}
}

// evident is an action with two figures and a quote.
func evident(state actions.State) func(*council, *sitetest.Site) string {
	return func(_ *council, s *sitetest.Site) string {
		s.T.Helper()
		n := promised(s, actions.Draft)
		release := aRelease(s, "channel")
		chooseIt(s, n, actions.Before, actions.Choice{Release: release, Row: rowOf(s, release, "Phone"), Measured: quoted.Satisfied}, nil)
		chooseIt(s, n, actions.After, actions.Choice{Release: release, Row: rowOf(s, release, "All"), Measured: quoted.Mean}, nil)
		quoteIt(s, n, reviewed(s, "Mae’r ffenestr wedi torri ers mis <b>Mai</b>."), nil)
		if state == actions.Published {
			passed(s, n)
		}
		return fmt.Sprintf("/staff/actions/%d", n)
	}
}

// Whoever may release figures chooses among all that were released; the public reads them with base, period and release, in both
// languages and in every file, and not when their table was withdrawn.
func TestAnyReleasedFigureIsChosen(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	s.Fill(4000)
	team, manager, boss := s.SignIn(s.Person("consultation")), s.SignIn(s.Person("service")), s.SignIn(s.Person("administrator"))
	get := func(who, path string) *sitetest.Answer { return s.Get(path, "Cookie", who) }
	// Released: a publication by service, a table by channel and month, and an equality table.
	calendar := planned(s, 6, tomorrow())
	s.Post(calendar, url.Values{"do": {"publish"}}, "Cookie", team).Is(303)
	agreed(s, calendar)
	from, to := lastMonths(6)
	var public int64
	if err := s.Database.Owner().Get(&public, `SELECT release_id FROM publications WHERE release_id IS NOT NULL`); err != nil {
		t.Fatal(err)
	}
	channels, equality := aRelease(s, "channel"), released(s, from, to, "sex")

	n := promised(s, actions.Draft)
	at := fmt.Sprintf("/staff/actions/%d", n)
	// Somebody who may not release reads why and who can, and is refused wherever they knock.
	get(manager, at).Is(200).Shows("You cannot choose figures", "your role does not release figures", "consultation@testham.example",
		"administrator@testham.example").Hides(at + "/figure")
	for _, path := range []string{"/figure", "/figure/new"} {
		get(manager, at+path).Is(403)
		s.Post(at+path, url.Values{"do": {"take-out"}}, "Cookie", manager).Is(403)
	}
	service, err := s.Catalogue.ServiceID(t.Context(), s.Org.ID, "repairs")
	if err != nil {
		t.Fatal(err)
	}
	officer := tenant.Actor{Org: s.Org.ID, Name: "officer", Grants: []tenant.Grant{{Role: "service", Service: service}}}
	if _, err := s.Actions.ChooseFigure(t.Context(), officer, n, 1, actions.Before, nil, nil); !errors.Is(err, actions.ErrMayNotRelease) {
		t.Errorf("the store lets an officer of a service choose: %v", err)
	}
	// The tables are found by survey, question, split, period and group. Equality tables are there for those who may see them.
	get(team, at).Is(200).Shows(at + "/figure?slot=before").Hides("You cannot choose figures")
	list := func(who, query string) *sitetest.Answer { return get(who, at+"/figure?slot=before&"+query).Is(200) }
	line := func(release int64) string { return fmt.Sprintf("Release %d:", release) }
	list(team, "").Shows(line(public), line(channels), "Administrators can choose from them").Hides(line(equality), "Sex")
	list(boss, "").Shows(line(public), line(channels), line(equality), "by sex").Hides("Administrators can choose from them")
	list(boss, "by=sex").Shows(line(equality)).Hides(line(public), line(channels))
	list(boss, "by=service&survey=customer-satisfaction&measure=rating").Shows(line(public)).Hides(line(equality), line(channels))
	list(team, "period="+url.QueryEscape(from+" "+to)).Shows(line(public)).Hides(line(channels))
	list(team, "words=housing+REPAIRS").Shows(line(public)).Hides(line(channels))
	list(team, "words=%25&survey=%00&before=x&period=soon").Shows("No released table fits this")
	for _, path := range []string{"release=" + fmt.Sprint(equality), "release=999999", "release=-1"} {
		if status := get(team, at+"/figure?"+path).StatusCode; status != 403 && status != 404 {
			t.Errorf("%s answers the consultation team %d", path, status)
		}
	}
	// A figure is shown as it would be published, in each language.
	row := rowOf(s, public, "Housing repairs")
	one := fmt.Sprintf("/figure?slot=before&release=%d&row=%d&kind=", public, row)
	preview := get(team, at+one+"satisfied").Is(200).Shows("As the public would read it", "Housing repairs: ",
		"people were satisfied (likely range", fmt.Sprintf("Source: release %d", public), `lang="cy"`,
		fmt.Sprintf("Ffynhonnell: rhyddhad %d", public), "o bobl yn fodlon", "Use this figure")
	get(team, at+one+"mean").Is(200).Shows("the mean score of")
	get(team, at+one+"n").Is(200).Shows("people answered")
	get(team, at+one+"share+1").Is(200).Shows("people answered “Very dissatisfied”")
	get(team, at+one+"share+nonsense").Is(422).Shows("Choose which figure to show.")
	get(team, at+one+"everything").Is(422).Shows("Choose which figure to show.")
	get(team, at+fmt.Sprintf("/figure?release=%d&row=77777&kind=n", public)).Is(422).Shows("Choose a row that is shown.")
	chosen := form(preview)
	s.Post(at+"/figure", chosen, "Cookie", team).Is(303)
	s.Post(at+"/figure", chosen, "Cookie", team).Is(422).Shows("Somebody else changed this action")
	shown := get(manager, at).Is(200).Shows("Housing repairs: ", "people were satisfied",
		fmt.Sprintf("release %d", public)).Hides(fmt.Sprintf("/staff/releases/%d", public))
	get(team, at).Shows(fmt.Sprintf(`href="/staff/releases/%d"`, public))
	sentence := regexp.MustCompile(`Housing repairs: [0-9]+% of [0-9,]+ people were satisfied ` +
		`\(likely range [0-9]+% to [0-9]+%\), [A-Za-z0-9 ]+`).FindString(shown.Text)
	if sentence == "" {
		t.Fatal(shown.Text)
	}
	// It is the figure of the register.
	r, err := s.Register.Table(t.Context(), s.By(), public)
	if err != nil {
		t.Fatal(err)
	}
	if n := tables.Rows(r)[row].N; !strings.Contains(strings.ReplaceAll(sentence, ",", ""), fmt.Sprintf("of %d people", n)) {
		t.Errorf("%q is not of %d people", sentence, n)
	}
	// What the register hides cannot be chosen in any measure, nor the share of one answer of few people; another council has no such release.
	hidden, few := 0, 0
	for _, release := range []int64{public, channels, equality} {
		r, err := s.Register.Table(t.Context(), s.By(), release)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range tables.Rows(r) {
			for _, m := range []quoted.Measured{quoted.Satisfied, quoted.Mean, quoted.Answers, quoted.Share} {
				choice := actions.Choice{Release: release, Row: i, Measured: m, Answer: "1"}
				f, err := s.Actions.FigureOf(t.Context(), s.By(), choice)
				switch small := m == quoted.Share && (row.N < 30 || row.Distribution == nil); {
				case row.Hidden || small:
					if !errors.Is(err, actions.ErrNoFigure) {
						t.Errorf("%v %s of release %d is given: %+v, %v", row.Labels, m, release, f, err)
					}
					if hidden++; small && !row.Hidden {
						few++
					}
				case err != nil || f.N != row.N:
					t.Errorf("%v %s of release %d: %+v, %v", row.Labels, m, release, f, err)
				case m == quoted.Share && math.Abs(f.Value*100-math.Round(f.Value*100)) > 1e-9:
					t.Errorf("%v: the share %v is finer than whole per cent", row.Labels, f.Value)
				}
				foreign := tenant.Actor{Org: s.Org.ID + 1, Name: "boss@elsewhere.example", Grants: s.By().Grants}
				if _, err := s.Actions.FigureOf(t.Context(), foreign, choice); !errors.Is(err, releases.ErrMissing) {
					t.Fatalf("another council chooses it: %v", err)
				}
			}
		}
	}
	if hidden == 0 || few == 0 {
		t.Errorf("%d hidden figures and %d shares of few people were tried: this shows nothing", hidden, few)
	}
	// Whoever chose it wrote the action last, so that somebody else approves. An equality figure comes in by an administrator.
	chooseIt(s, n, actions.After, actions.Choice{Release: equality, Row: rowOf(s, equality, "Female"), Measured: quoted.Satisfied}, nil)
	a, _, err := s.Actions.Action(t.Context(), s.By(), n)
	if err != nil || a.EditedBy != s.By().Name || a.State != actions.Draft {
		t.Errorf("%+v, %v", a, err)
	}
	if found := a.Review([]string{"en", "cy"}, a.Evidence); !strings.Contains(fmt.Sprint(found),
		"about different questions, groups or measures") || !strings.Contains(fmt.Sprint(found), "months after those of the first") {
		t.Errorf("nothing is said of two figures that cannot be compared: %+v", found)
	}
	passed(s, n)
	item := "/testham/you-said-we-did/" + fmt.Sprint(n)
	source := fmt.Sprintf("Source: release %d", public)
	soon(s, item, sentence, source, "The question was: ", "Female: ", fmt.Sprintf("Source: release %d", equality),
		`href="/testham/performance/`).Is(200)
	s.Get(item+"?lang=cy").Is(200).Shows("o bobl yn fodlon", fmt.Sprintf("Ffynhonnell: rhyddhad %d", public), "Benyw: ")
	for _, file := range []string{"/list.csv", "/list.html", "/feed.json", "/feed.atom"} {
		s.Get("/testham/you-said-we-did"+file).Is(200).Shows("Housing repairs: ", source)
	}
	s.Get("/testham/you-said-we-did/poster").Is(200).Shows("Housing repairs: ").Hides(source) // a sheet holds no more
	// A figure of what is public changes by two people, with a note.
	next := actions.Choice{Release: channels, Row: rowOf(s, channels, "Phone"), Measured: quoted.Satisfied}
	if _, err := s.Actions.ChooseFigure(t.Context(), s.By(), n, revisionOf(s, n), actions.After, &next, nil); !errors.Is(err,
		actions.ErrNoNote) {
		t.Errorf("without a note: %v", err)
	}
	change := form(get(team, at+fmt.Sprintf("/figure?slot=after&release=%d&row=%d&kind=satisfied", channels,
		next.Row)).Is(200).Shows("Send this figure for review"))
	s.Post(at+"/figure", change, "Cookie", team).Is(422).Shows("Say in English what changed and why", "Say in Welsh")
	change.Set("note-en", "The later figure is about calls.")
	change.Set("note-cy", "Mae’r ffigur am alwadau.")
	s.Post(at+"/figure", change, "Cookie", team).Is(303)
	s.Post(at+"/figure", change, "Cookie", team).Is(422).Shows("Another change of this action waits")
	unchanged := func() {
		t.Helper()
		if item, err := s.Actions.Item(t.Context(), s.Org.ID, n); err != nil || item.After.Release != equality || len(item.Corrections) != 0 {
			t.Errorf("one person alone changed what is public: %+v, %v", item, err)
		}
	}
	unchanged()
	waits := regexp.MustCompile(`name="change" value="(\d+)"`).FindStringSubmatch(get(boss, at).Is(200).Shows("The public reads now",
		"Female: ", "Phone: ", "The later figure is about calls.").Text)[1]
	s.Post(at, url.Values{"do": {"approve-change"}, "change": {waits}}, "Cookie", team).Is(422).Shows("a second person has to approve it")
	unchanged()
	s.Post(at, url.Values{"do": {"approve-change"}, "change": {waits}}, "Cookie", boss).Is(303)
	soon(s, item, "Phone: ", "The later figure is about calls.").Hides("Female: ")
	if got := audited(s, "action.change_approved", fmt.Sprintf("action/%d", n)); got == "nothing" {
		t.Error("the audit does not say that the figure was approved")
	}
	// The table is withdrawn: its figure leaves the public at once, and the place says so.
	draft := promised(s, actions.Draft)
	chooseIt(s, draft, actions.Before, actions.Choice{Release: public, Row: row, Measured: quoted.Satisfied}, nil)
	s.Post(calendar, url.Values{"do": {"withdraw"}, "sure": {"yes"}, "note-en": {"A fault."}, "note-cy": {"Nam."}}, "Cookie", team).Is(303)
	if one, err := s.Actions.Item(t.Context(), s.Org.ID, n); err != nil || one.Figure.N != 0 || one.Figure.Value != 0 ||
		one.Figure.Low != nil || one.Figure.State != quoted.Withdrawn {
		t.Errorf("the store gives numbers of a withdrawn release: %+v, %v", one.Figure, err)
	}
	soon(s, item, "A figure stood here. It is no longer published, because its table was taken back.",
		"Phone: ").Hides("Housing repairs: ", source)
	s.Get(item + "?lang=cy").Shows("Roedd ffigur yma.").Hides("o bobl yn fodlon (rhwng")
	for _, file := range []string{"/list.csv", "/list.html", "/feed.json", "/feed.atom", "/poster"} {
		s.Get("/testham/you-said-we-did" + file).Is(200).Hides("Housing repairs: ")
	}
	s.Get(regexp.MustCompile(`/testham/performance/\d+`).FindString(s.Get(item).Text)).Is(410).Shows("A fault.")
	get(team, at).Is(200).Shows("Its table was withdrawn")
	list(team, "").Hides(line(public))
	get(team, at+one+"satisfied").Is(422).Shows("withdrawn or corrected")
	// What quotes it cannot be published any more.
	to2 := fmt.Sprintf("/staff/actions/%d", draft)
	get(team, to2).Is(200).Shows("Its table was withdrawn", "Choose the figure anew, or take it out")
	if err := s.Actions.Send(t.Context(), s.By(), draft, revisionOf(s, draft), ""); !errors.Is(err, actions.ErrFigureGone) {
		t.Errorf("sent with a figure that was withdrawn: %v", err)
	}
	s.Post(to2+"/figure", url.Values{"slot": {"before"}, "do": {"take-out"}, "revision": {fmt.Sprint(revisionOf(s, draft))}}, "Cookie",
		team).Is(303)
	passed(s, draft)
}

// A figure whose table was corrected stays, and says so; it cannot be published anew.
func TestAFigureOfACorrectedTableSaysSo(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	s.Fill(900)
	release := aRelease(s, "channel")
	one, two := promised(s, actions.Draft), promised(s, actions.Draft)
	for _, n := range []int64{one, two} {
		chooseIt(s, n, actions.Before, actions.Choice{Release: release, Row: rowOf(s, release, "Phone"), Measured: quoted.Answers}, nil)
	}
	passed(s, one)
	today, _ := s.Actions.Today(t.Context(), s.Org.ID)
	revision := revisionOf(s, two)
	if err := s.Actions.Send(t.Context(), s.By(), two, revision, ""); err != nil {
		t.Fatal(err)
	}
	soon(s, "/testham/you-said-we-did/1", "Phone: ").Hides("corrected since")
	changed := restamped(s)
	s.Database.Owner().MustExec(`UPDATE releases SET status = 'corrected' WHERE id = $1`, release)
	changed("a corrected release")
	soon(s, "/testham/you-said-we-did/1", "Phone: ", "The table of this figure has been corrected since.")
	if err := s.Actions.Approve(t.Context(), second(s), two, revision, today); !errors.Is(err, actions.ErrFigureGone) {
		t.Errorf("approved with a figure that was corrected: %v", err)
	}
	boss := s.SignIn(s.Person("administrator"))
	v := url.Values{"do": {"approve"}, "revision": {fmt.Sprint(revision)}}
	parts(v, "publish_on", time.Now())
	s.Post(fmt.Sprintf("/staff/actions/%d", two), v, "Cookie", boss).Is(422).Shows("withdrawn or corrected")
}

// everywhere counts the rows of all tables that hold words.
func everywhere(s *sitetest.Site, words string) (found []string) {
	s.T.Helper()
	var tables []string
	if err := s.Database.Owner().Select(&tables,
		`SELECT c.relname
		FROM   pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE  n.nspname = 'public' AND c.relkind = 'r'
		ORDER BY 1`); err != nil {
		s.T.Fatal(err)
	}
	for _, table := range tables {
		var n int
		if err := s.Database.Owner().Get(&n, fmt.Sprintf(`SELECT count(*) FROM %s t WHERE to_jsonb(t)::text LIKE $1`, table),
			"%"+words+"%"); err != nil {
			s.T.Fatal(err)
		}
		if n > 0 {
			found = append(found, fmt.Sprintf("%s: %d", table, n))
		}
	}
	return found
}

// A reviewed comment is quoted as it was reviewed, with nothing of who wrote it; a second person reads it first; and it leaves the
// public page with the comment, whatever becomes of that.
func TestAPublishedItemQuotesAReviewedComment(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	team, manager, boss := s.SignIn(s.Person("consultation")), s.SignIn(s.Person("service")), s.SignIn(s.Person("administrator"))
	get := func(who, path string) *sitetest.Answer { return s.Get(path, "Cookie", who) }
	n := promised(s, actions.Draft)
	at := fmt.Sprintf("/staff/actions/%d", n)
	// Unreviewed, withheld, of another service, of another council, too long: none of them.
	s.Send(s.LinkTo("customer-satisfaction", "repairs", "email"),
		sitetest.Feedback{Rating: "1", Reasons: url.Values{"comment": {"Ask for Mrs Ann Jones, nobody rang me back about the boiler."}}})
	k := keyWith(s, "Ask for Mrs Ann Jones, nobody rang me back about the boiler.")
	get(manager, at).Is(200).Shows(at+"/quote", "None is chosen.")
	quotes := at + "/quote?service=all"
	choose := func(who string, k insight.Key, more ...string) *sitetest.Answer {
		v := url.Values{"comment": {k.String()}, "revision": {fmt.Sprint(revisionOf(s, n))}, "service": {"all"}}
		for i := 0; i+1 < len(more); i += 2 {
			v.Set(more[i], more[i+1])
		}
		return s.Post(at+"/quote", v, "Cookie", who)
	}
	get(manager, quotes).Is(200).Shows("No reviewed comment fits this").Hides("boiler")
	choose(manager, k).Is(422).Shows("has not been reviewed")
	s.Post("/staff/comments/"+k.String(),
		url.Values{"do": {"redact"}, "revision": {"1"}, "text": {"Nobody rang me back about the boiler."}}, "Cookie", team).Is(303)
	long := reviewed(s, strings.Repeat("Nobody rang me back. ", 40))
	other := s.LinkTo("customer-satisfaction", "waste", "web")
	s.Send(other, sitetest.Feedback{Rating: "1", Reasons: url.Values{"comment": {"The bin was left."}}})
	bins := keyWith(s, "The bin was left.")
	if err := s.Comments.Review(t.Context(), s.By(), bins, 1, insight.AsIs, ""); err != nil {
		t.Fatal(err)
	}
	get(manager, quotes).Is(200).Shows("Nobody rang me back about the boiler.", "Longer than 500 characters").Hides("Jones",
		"The bin was left", "dissatisfied", "Email")
	get(manager, at+"/quote").Is(200).Shows(`<option value="repairs" selected>`)
	get(team, quotes+"&words=BIN").Is(200).Shows("The bin was left").Hides("boiler")
	get(team, quotes+"&marked=yes").Is(200).Shows("No reviewed comment fits this")
	get(team, at+"/quote?service=%00&words=%ff&older=x").Is(404)
	choose(manager, long).Is(422).Shows("more than 500 characters")
	choose(manager, bins).Is(422).Shows("taken back by its writer, was withheld")
	choose(manager, insight.Key{}).Is(422)
	choose(manager, k).Is(303)
	get(manager, at).Is(200).Shows("Nobody rang me back about the boiler.").Hides("Jones")
	passed(s, n)
	item, list := "/testham/you-said-we-did/"+fmt.Sprint(n), "/testham/you-said-we-did"
	files := []string{list, list + "/list.csv", list + "/list.html", list + "/feed.json", list + "/feed.atom", item, item + "?lang=cy",
		list + "?q=boiler"}
	stands := func(words string) {
		t.Helper()
		s.Later()
		for _, path := range files {
			s.Get(path).Is(200).Shows(words).Hides("Jones")
		}
	}
	absent := func(why, words string) {
		t.Helper()
		s.Later()
		for _, path := range files {
			if a := s.Get(path); a.StatusCode != 200 || strings.Contains(strings.ReplaceAll(a.Text, `value="boiler"`, ""), words) {
				t.Errorf("%s: %s still shows %q", why, path, words)
			}
		}
	}
	gone := func(why, words string) {
		t.Helper()
		absent(why, words)
		get(team, at).Is(200).Shows("The comment is gone").Hides(words)
	}
	stands("Nobody rang me back about the boiler.")
	s.Get(item+"?lang=cy").Shows(`lang="en"`, "Yng ngeiriau rhywun")
	var feed struct {
		Items []struct {
			Text string `json:"content_text"`
		}
	}
	if err := json.Unmarshal([]byte(s.Get(list+"/feed.json").Text), &feed); err != nil || !strings.Contains(feed.Items[0].Text,
		"“Nobody rang me back about the boiler.”") {
		t.Errorf("%+v, %v", feed, err)
	}
	get(manager, "/staff/comments/"+k.String()).Is(200).Shows("Quoted by:", fmt.Sprintf(`href="%s"`, at))
	// The words stand in the comment and nowhere else, so that they can leave.
	if found := everywhere(s, "about the boiler"); fmt.Sprint(found) != "[comments: 1]" {
		t.Errorf("the words stand in %v", found)
	}
	// Decided about anew: gone at once, in whatever way it was decided. Chosen again it waits for a second person.
	again := func() {
		t.Helper()
		if !quoteIt(s, n, k, note) {
			t.Fatal("one person alone changed the quote of what is public")
		}
		absent("before a second person", "about the boiler")
		get(boss, at).Shows("Nobody rang me back about the boiler.", "We added it.", "Approve the change")
		agreedOn(s, n)
		s.Later()
		s.Get(item).Shows("about the boiler")
	}
	review := func(state insight.ReviewState, text string) {
		t.Helper()
		f, err := s.Comments.One(t.Context(), s.By(), k, "")
		if err == nil {
			err = s.Comments.Review(t.Context(), s.By(), k, f.Revision, state, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	changed := restamped(s)
	review(insight.Redacted, "Nobody rang me back.")
	changed("a comment that was decided about anew")
	gone("redacted further", "about the boiler")
	review(insight.Redacted, "Nobody rang me back about the boiler.")
	gone("reviewed again", "about the boiler")
	again()
	review(insight.Withheld, "")
	gone("withheld", "about the boiler")
	review(insight.Redacted, "Nobody rang me back about the boiler.")
	again()
	// Left out of the figures as unusual, and counted again.
	owner := s.Database.Owner()
	changed = restamped(s)
	owner.MustExec(`UPDATE responses SET excluded_no = 1 WHERE id = (SELECT response_id FROM comments WHERE ref = $1)`, k)
	changed("a response that is left out")
	gone("left out as unusual", "about the boiler")
	choose(team, k, "note-en", "x", "note-cy", "x").Is(422).Shows("left out of the figures")
	owner.MustExec(`UPDATE responses SET excluded_no = NULL WHERE id = (SELECT response_id FROM comments WHERE ref = $1)`, k)
	stands("about the boiler")
	// A waiting quote whose comment is decided about meanwhile cannot be approved.
	k2 := reviewed(s, "The second window is broken.")
	quoteIt(s, n, k2, note)
	if err := s.Comments.Review(t.Context(), s.By(), k2, 2, insight.Withheld, ""); err != nil {
		t.Fatal(err)
	}
	waits := regexp.MustCompile(`name="change" value="(\d+)"`).FindStringSubmatch(get(boss,
		at).Is(200).Shows("a quote whose comment is gone").Text)[1]
	s.Post(at, url.Values{"do": {"approve-change"}, "change": {waits}}, "Cookie",
		s.SignIn(s.Person("administrator"))).Is(422).Shows("decided about, changed or taken back")
	s.Post(at, url.Values{"do": {"return-change"}, "change": {waits}}, "Cookie", boss).Is(303)
	// Taken out at once by one person, after a page has said what will happen; a change that waits for other words stays approvable.
	v := url.Values{"do": {"take-out"}, "revision": {fmt.Sprint(revisionOf(s, n))}}
	page := s.Post(at+"/quote", v, "Cookie", manager).Is(200).Shows("Take the quote out?",
		"A second person has to approve it before the public reads it")
	s.Get(item).Shows("about the boiler")
	sureOf(s, page, at+"/quote", manager).Is(303)
	soon(s, item).Hides("about the boiler")
	if one, err := s.Actions.Item(t.Context(), s.Org.ID, n); err != nil || len(one.Corrections) != 2 {
		t.Errorf("the public reads of %d changes, %v", len(one.Corrections), err)
	}
	if got := audited(s, "action.quote_taken_out", fmt.Sprintf("action/%d", n)); got == "nothing" {
		t.Error("the audit does not say that the quote was taken out")
	}
	if !quoteIt(s, n, k, note) {
		t.Fatal("one person alone put the quote back")
	}
	agreedOn(s, n)
	stands("about the boiler")
	// The writer takes the answers back: nothing of the words is left anywhere.
	id := ""
	if err := owner.Get(&id, `SELECT response_id::text FROM comments WHERE ref = $1`, k); err != nil {
		t.Fatal(err)
	}
	withdrawn(s, id)
	gone("taken back", "about the boiler")
	if found := everywhere(s, "about the boiler"); len(found) != 0 {
		t.Errorf("after the answers were taken back the words stand in %v", found)
	}
}

// withdrawn takes a response back as its writer does, and so do undone imports and typed answers.
func withdrawn(s *sitetest.Site, response string) {
	s.T.Helper()
	tx, err := s.DB.Begin(s.T.Context(), s.Org.ID)
	if err != nil {
		s.T.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	var no int64
	err = tx.Get(&no, `UPDATE feeds SET last_no = last_no + 1 WHERE organisation_id = $1 RETURNING last_no`, s.Org.ID)
	if err == nil {
		err = responses.Withdraw(s.T.Context(), tx, s.Org.ID, []string{response}, no, false)
	}
	if err == nil {
		err = tx.Commit()
	}
	if err != nil {
		s.T.Fatal(err)
	}
}

// restamped notes the stamp that public pages compare with to be rendered anew, and expects another one later.
func restamped(s *sitetest.Site) func(what string) {
	s.T.Helper()
	stamp := func() string {
		now, err := s.Actions.Changed(s.T.Context(), s.Org.ID)
		if err != nil {
			s.T.Fatal(err)
		}
		return now
	}
	before := stamp()
	return func(what string) {
		s.T.Helper()
		if stamp() == before {
			s.T.Errorf("%s does not change the stamp of the public pages", what)
		}
	}
}
