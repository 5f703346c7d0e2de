package site_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"yousaid/analytics/figures"
	"yousaid/analytics/releaseaudit"
	"yousaid/analytics/tables"
	"yousaid/cmd/yousaid/site/sitetest"
	"yousaid/server/accounts"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// trail is every entry of the audit trail with the action, newest first: who did it, and to what.
func trail(s *sitetest.Site, action string) (list []string) {
	s.T.Helper()
	entries, err := s.Ledger.Entries(s.T.Context(), s.Org.ID, 0, 10000)
	if err != nil {
		s.T.Fatal(err)
	}
	for _, e := range entries {
		if e.Action == action {
			list = append(list, e.Actor+" "+e.Object)
		}
	}
	return list
}

// An officer compares age groups by channel, sees how many cells are hidden, lets the table out, and finds it in the register with
// its files. Others see nothing of it.
func TestAnEqualityTableLeaves(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	s.Fill(1500)
	officer, consultation, viewer := s.SignIn(s.Person("equality")), s.SignIn(s.Person("consultation")), s.SignIn(s.Person("viewer"))
	query := url.Values{"survey": {"customer-satisfaction"}, "measure": {"rating"}, "by": {"age_group"}, "and": {"channel"}}

	// The workspace says at once what is hidden, in counts of cells.
	work := s.Get("/staff/equality?"+query.Encode(), "Cookie", officer).Is(200).Shows("Share satisfied, and number of answers (n), "+
		"by age and channel", "What is hidden, and why", "Gaps between groups", "Section 149 of the Equality Act 2010", "Limited and logged")
	table := work.Table("table")
	shown, hidden := marks(table)
	if hidden == 0 || shown == 0 {
		t.Fatalf("%d cells are shown and %d hidden: the story needs both", shown, hidden)
	}
	work.Shows(fmt.Sprintf("The table has %d cells, totals included. %d of them are hidden.", shown+hidden, hidden))
	work.Hides("of them is small", "of them are small", "too small: ")
	if got := trail(s, "equality.asked"); len(got) != 1 || got[0] != "equality@testham.example survey customer-satisfaction" {
		t.Errorf("the trail has %v", got)
	}

	// The page in between shows what will leave, and lets nothing out by itself; what is sent without being seen does not leave.
	confirm := s.Get("/staff/equality/release?"+query.Encode(), "Cookie", officer).Is(200).Shows("This is what will leave")
	if !reflect.DeepEqual(confirm.Table("table"), table) {
		t.Error("what would leave is not what was shown")
	}
	s.Post("/staff/equality/release", query, "Cookie", officer).Is(422).Shows("have changed since you looked")
	form := fields(confirm)
	s.Post("/staff/equality/release", form, "Cookie", viewer).Is(403)
	s.Post("/staff/equality/release", form, "Cookie", consultation).Is(403)
	if got := trail(s, "table.released"); len(got) != 0 {
		t.Fatalf("something was released: %v", got)
	}
	released := s.Post("/staff/equality/release", form, "Cookie", officer).To()
	if again := s.Post("/staff/equality/release", form, "Cookie", officer).To(); again != released {
		t.Errorf("sent twice it is %s and %s", released, again)
	}
	number := strings.TrimPrefix(released, "/staff/releases/")

	// The register has it once, and its page shows it as it left; also after late answers have changed the figures of today.
	list := s.Get("/staff/releases", "Cookie", officer).Is(200).Shows("rating by age (in groups) and channel", fmt.Sprintf(">%d<", hidden))
	if n := strings.Count(list.Text, `href="/staff/releases/`+number+`"`); n != 1 {
		t.Errorf("the register lists it %d times", n)
	}
	s.Database.Owner().MustExec(`UPDATE responses SET state = 'withdrawn' WHERE channel = 'web'`)
	one := s.Get(released, "Cookie", officer).Is(200).Shows("Threshold", "10 people", "whole tables were kept",
		"It has not been checked again")
	if !reflect.DeepEqual(one.Table("table")[len(one.Table("table"))-len(table):], table) {
		t.Errorf("the register shows other figures than left:\n%v\n%v", one.Table("table"), table)
	}
	asFiled(s, released, number, officer)
	if got := trail(s, "release.downloaded"); len(got) != 3 || got[0] != "equality@testham.example release/"+number {
		t.Errorf("the trail has %v", got)
	}
	s.Get(released, "Cookie", officer).Shows("Checks and downloads", "Downloaded")

	// The attacker tries again, and what it printed is kept with who asked.
	s.Get(s.Post(released, url.Values{}, "Cookie", officer).To(), "Cookie", officer).Is(200).Shows("Last checked on",
		"by equality@testham.example", "The audit found: 0 exactly disclosed",
		"whole tables of the proof agree with everything that is printed. The release holds.")
	if got := trail(s, "release.checked"); len(got) != 1 || got[0] != "equality@testham.example release/"+number {
		t.Errorf("the trail has %v", got)
	}

	// Consultation reads the register without tables about groups of people; viewers and other councils read nothing.
	s.Get("/staff/releases", "Cookie", consultation).Is(200).Hides("(in groups)", released)
	for _, address := range []string{released, released + "/table.csv", released + "/table.json"} {
		s.Get(address, "Cookie", consultation).Is(403)
		s.Get(address, "Cookie", viewer).Is(403)
	}
	s.Post(released, url.Values{}, "Cookie", consultation).Is(403)
	foreign := foreigner(s)
	s.Get("/staff/releases", "Cookie", foreign).Is(200).Hides("(in groups)", released)
	s.Get(released, "Cookie", foreign).Is(404)
	s.Get(released+"/table.csv", "Cookie", foreign).Is(404)
	s.Post(released, url.Values{}, "Cookie", foreign).Is(404)
}

// A register that somebody has changed does not hold: the attacker works the hidden figure out, and the whole tables of the proof
// agree no more.
func TestACheckFindsWhatGivesAway(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	s.Fill(900)
	officer := s.SignIn(s.Person("equality"))
	released := letOut(s, officer, url.Values{"survey": {"customer-satisfaction"}, "measure": {"rating"}, "by": {"age"}})
	s.Get(s.Post(released, url.Values{}, "Cookie", officer).To(), "Cookie", officer).Shows("The audit found: 0 exactly disclosed",
		"The release holds.")
	var cells []map[string]any
	var raw []byte
	if err := s.Database.Owner().Get(&raw, `SELECT cells->'cells' FROM releases`); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &cells); err != nil {
		t.Fatal(err)
	}
	hidden := 0
	for _, cell := range cells {
		if cell["hidden"] == true {
			if hidden++; hidden > 1 { // all hidden cells but one are printed now
				delete(cell, "hidden")
				cell["n"] = 2
			}
		}
	}
	if hidden < 2 {
		t.Fatalf("%d cells are hidden", hidden)
	}
	changed, _ := json.Marshal(cells)
	s.Database.Owner().MustExec(`UPDATE releases SET cells = jsonb_set(cells, '{cells}', $1)`, string(changed))
	s.Get(s.Post(released, url.Values{}, "Cookie", officer).To(), "Cookie", officer).Shows("The audit found: 1 exactly disclosed",
		" 0 of ", "The release does not hold: tell the data-protection officer.")
	if got := trail(s, "release.checked"); len(got) != 2 {
		t.Errorf("the trail has %v", got)
	}
}

// Check again adds up what is left over when printed answers are subtracted, too.
func TestACheckAddsUpWhatIsLeftOver(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	s.Fill(900)
	officer := s.SignIn(s.Person("equality"))
	released := letOut(s, officer, url.Values{"survey": {"customer-satisfaction"}, "measure": {"rating"}, "by": {"age"}})
	check := func() *sitetest.Answer {
		return s.Get(s.Post(released, url.Values{}, "Cookie", officer).To(), "Cookie", officer).Is(200)
	}
	check().Shows(" tables of people show that what is left over", "The release holds.").Hides(" 0 of ")
	s.Database.Owner().MustExec(`
		UPDATE releases
		SET    proof = jsonb_set(proof, '{proof,people,base}',
		           (SELECT jsonb_agg(0) FROM jsonb_array_elements(proof #> '{proof,people,base}')))`)
	check().Shows(" 0 of ", " tables of people show that what is left over", "The release does not hold")
}

// A rounded table is checked by what its numbers can stand for: each can be another one.
func TestARoundedReleaseIsChecked(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	s.Fill(900)
	officer := s.SignIn(s.Person("equality"))
	a, err := s.Analytics.Ask(t.Context(), s.By(),
		figures.Query{Surveys: []string{"customer-satisfaction"}, Measure: "rating", By: []string{"age", "sex"}, Audience: figures.Public,
			Rounded: true})
	if err != nil {
		t.Fatal(err)
	}
	released := fmt.Sprintf("/staff/releases/%d", a.(tables.Protected).Release)
	s.Get(released, "Cookie", officer).Is(200)
	s.Get(s.Post(released, url.Values{}, "Cookie", officer).To(), "Cookie",
		officer).Shows("The audit found: 0 exactly disclosed, 0 unknown, ", "The release holds.").Hides("0 unknown, 0 cells")

	// Without time nothing is judged: it does not hold, and nobody is told that something was given away.
	r, err := s.Register.Table(t.Context(), s.By(), a.(tables.Protected).Release)
	if err != nil {
		t.Fatal(err)
	}
	said, holds, err := releaseaudit.Auditor{Budget: time.Nanosecond}.Check(r, nil)
	if err != nil || holds || !strings.Contains(said, "0 exactly disclosed") || !strings.HasSuffix(said,
		"Check again when the machine is less busy.") {
		t.Errorf("without time: %v, %q, %v", holds, said, err)
	}
}

// A release that hides nothing has nothing to work out: its check looks at what it prints, and never says that it holds because
// nothing was found in nothing.
func TestAReleaseThatHidesNothingIsChecked(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	s.Fill(900)
	a, err := s.Analytics.Ask(t.Context(), s.By(),
		figures.Query{Surveys: []string{"customer-satisfaction"}, Measure: "rating", By: []string{"month"}, Audience: figures.Public})
	if err != nil {
		t.Fatal(err)
	}
	id := a.(tables.Protected).Release
	check := func() (string, bool) {
		t.Helper()
		r, err := s.Register.Table(t.Context(), s.By(), id)
		if err != nil {
			t.Fatal(err)
		}
		said, holds, err := releaseaudit.Auditor{}.Check(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		return said, holds
	}
	if hidden := a.(tables.Protected).Table.Hidden(); hidden > 0 {
		t.Fatalf("%d months are hidden: this story is about a table that hides nothing", hidden)
	}
	if said, holds := check(); !holds || !strings.Contains(said, "hides no number, so there is nothing to work out") ||
		strings.Contains(said, "0 cells") {
		t.Errorf("as it left: %q, %v", said, holds)
	}
	s.Database.Owner().MustExec(`UPDATE releases SET cells = jsonb_set(cells, '{cells,0,n}', '3')`)
	if said, holds := check(); holds || !strings.Contains(said, "1 of its ") || !strings.Contains(said, "does not hold") {
		t.Errorf("with a small number: %q, %v", said, holds)
	}
}

// foreigner is the administrator of another council.
func foreigner(s *sitetest.Site) (cookie string) {
	s.T.Helper()
	other, err := s.Accounts.Add(s.T.Context(), tenant.CommandLine(0),
		accounts.Organisation{Slug: "fenland", LinkPrefix: "FEN", Names: question.Text{"en": "Fenland"}})
	if err == nil {
		_, err = s.Accounts.AddUser(s.T.Context(), tenant.CommandLine(other.ID),
			accounts.NewUser{Email: "boss@fenland.example", Password: sitetest.Password, Role: "administrator"})
	}
	if err != nil {
		s.T.Fatal(err)
	}
	there := *s
	there.Org = other
	return there.SignIn("boss@fenland.example")
}

// marks counts the cells of a crossed table that are shown and hidden, and holds that a hidden one has no figure.
func marks(table sitetest.Table) (shown, hidden int) {
	for _, line := range table[1:] {
		for _, cell := range line[1:] {
			if cell == "[c]" {
				hidden++
			} else {
				shown++
			}
		}
	}
	return shown, hidden
}

// asFiled holds that the files of a release are the cells of the register, and that no hidden cell has a figure in any of them.
func asFiled(s *sitetest.Site, released, number, cookie string) {
	s.T.Helper()
	var raw []byte
	if err := s.Database.Owner().Get(&raw, `SELECT cells->'cells' FROM releases WHERE id = $1`, number); err != nil {
		s.T.Fatal(err)
	}
	var kept, file []map[string]any
	if err := json.Unmarshal(raw, &kept); err != nil {
		s.T.Fatal(err)
	}
	if err := json.Unmarshal([]byte(s.Get(released+"/table.json", "Cookie", cookie).Is(200).Text), &file); err != nil {
		s.T.Fatal(err)
	}
	if !reflect.DeepEqual(kept, file) {
		s.T.Errorf("the JSON file is not the cells of the register:\n%v\n%v", file, kept)
	}
	csv := s.Get(released+"/table.csv", "Cookie", cookie).CSV()
	workbook := s.Get(released+"/table.xlsx", "Cookie", cookie).Workbook("Age")
	for name, table := range map[string]sitetest.Table{"CSV": csv, "XLSX": workbook} {
		if len(table) != len(kept)+1 {
			s.T.Fatalf("the %s has %d lines for %d cells", name, len(table)-1, len(kept))
		}
		for i, cell := range kept {
			line := table[i+1]
			if cell["hidden"] == true {
				for _, figure := range line[4:] {
					if figure != "[c]" && figure != "no remark" {
						s.T.Errorf("the %s has %q in a hidden cell: %v", name, figure, line)
					}
				}
				continue
			}
			if got := strings.ReplaceAll(line[4], ",", ""); got != fmt.Sprint(cell["n"]) {
				s.T.Errorf("the %s says %s of %v, the register %v", name, got, line[:4], cell["n"])
			}
		}
	}
}

// Whoever asks for what cannot be is told so where it can be put right, and loses nothing of what was chosen.
func TestWhatCannotBeAskedIsSaidAtItsField(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	s.Send(s.Link("web"), sitetest.Feedback{Rating: "1"})
	officer := s.SignIn(s.Person("equality"))
	const base = "/staff/equality?survey=customer-satisfaction"
	for address, field := range map[string]string{
		"&by=age&and=age_group":             "and",
		"&by=age&and=age":                   "and",
		"&by=age&and=month":                 "and",
		"&by=service&and=age":               "by",
		"&by=hair":                          "by",
		"&by=age&from=2026-01-05":           "from",
		"&by=age&from=soon":                 "from",
		"&by=age&to=2026-01-05":             "to",
		"&by=age&to=2090-01-31":             "to",
		"&by=age&measure=comment":           "measure",
		"&by=age&measure=nothing":           "measure",
		"&by=age&channel=web&service=waste": "service",
	} {
		a := s.Get(base+address+"&subtotals=yes", "Cookie", officer).Is(422).Shows(`<a href="#`+field+`">`, `id="`+field+`-error"`,
			`value="yes" checked`)
		v, _ := url.ParseQuery(strings.TrimPrefix(address, "&"))
		for name := range v {
			a.Shows(`value="` + v.Get(name) + `" selected`)
		}
	}
}

// What the council promised to let out is due, leaves with one button, and stands in the report of its quarter as it left.
func TestTheQuarterlyEqualityReport(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	s.Fill(6000)
	officer := s.SignIn(s.Person("equality"))
	get := func(to string) *sitetest.Answer { return s.Get(to, "Cookie", officer) }
	send := func(to string, v url.Values) *sitetest.Answer { return s.Post(to, v, "Cookie", officer) }
	plan := url.Values{"do": {"add"}, "survey": {"customer-satisfaction"}, "measure": {"rating"}, "by": {"age_group"},
		"and": {"channel"}, "cadence": {"quarter"}, "standing": {"yes"}}
	send("/staff/equality/plan", plan).Is(303)
	send("/staff/equality/plan", plan).Is(422).Shows("planned already")
	plan.Set("by", "sex")
	plan.Del("and")
	send("/staff/equality/plan", plan).Is(303)
	plan.Set("cadence", "year")
	send("/staff/equality/plan", plan).Is(422).Shows(`href="#standing"`)
	for _, role := range []string{"viewer", "consultation"} {
		cookie := s.SignIn(s.Person(role))
		s.Get("/staff/equality/plan", "Cookie", cookie).Is(403)
		s.Get("/staff/equality/report", "Cookie", cookie).Is(403)
		s.Post("/staff/equality/report", url.Values{}, "Cookie", cookie).Is(403)
	}
	get("/staff/equality/plan").Is(200).Shows("1 is due", "by age, in groups and channel", "by sex")

	report := get("/staff/equality/report?survey=customer-satisfaction").Is(200).Shows("2 tables are due", "Not released")
	quarter := url.Values{"survey": {"customer-satisfaction"}, "quarter": {lastQuarter()}}
	send("/staff/equality/report", quarter).Is(422).Shows("have changed since you looked") // nobody has looked
	quarter.Set("seen", seenField.FindStringSubmatch(report.Text)[1])
	to := send("/staff/equality/report", quarter).To()
	if got := trail(s, "table.released"); len(got) != 2 {
		t.Fatalf("released were %v", got)
	}
	after := get(to).Is(200).Hides("Not released", "Release all").Shows("number ")
	for _, id := range planIDs(s) { // the second is audited beside the first: other cells may be hidden, and no figure is another
		before, now := report.Table(id), after.Table(id)
		for i := range now {
			for j := range now[i] {
				if was, is := before[i][j], now[i][j]; was != is && was != "[c]" && is != "[c]" {
					t.Errorf("%s left otherwise than it stood: %s was %s", id, is, was)
				}
			}
		}
	}
	get("/staff/equality/plan").Is(200).Hides("1 is due").Shows("Nothing is due", "Released as number")

	book, err := excelize.OpenReader(strings.NewReader(get("/staff/equality/report.xlsx?" + quarter.Encode()).Is(200).Text))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	tables := 0
	for _, sheet := range book.GetSheetList() {
		if strings.HasPrefix(sheet, "T") {
			tables++
		}
	}
	if tables != 2 || len(trail(s, "release.downloaded")) != 2 {
		t.Errorf("the workbook has %v, the trail %v", book.GetSheetList(), trail(s, "release.downloaded"))
	}

	// Pressed again it releases nothing more; what is ended is owed no more.
	send("/staff/equality/report", quarter).To()
	if got := trail(s, "table.released"); len(got) != 2 {
		t.Errorf("released were %v", got)
	}
	id := strings.TrimPrefix(planIDs(s)[0], "plan-")
	get("/staff/equality/plan?end=" + id).Is(200).Shows("End this plan?")
	send("/staff/equality/plan", url.Values{"do": {"end"}, "id": {id}}).Is(303)
	send("/staff/equality/plan", url.Values{"do": {"end"}, "id": {id}}).Is(http.StatusNotFound)
	if len(planIDs(s)) != 1 || len(trail(s, "plan.added")) != 2 || len(trail(s, "plan.ended")) != 1 {
		t.Errorf("%v %v %v", planIDs(s), trail(s, "plan.added"), trail(s, "plan.ended"))
	}
}

func lastQuarter() string {
	now := time.Now().AddDate(0, -(int(time.Now().Month())-1)%3-1, 1-time.Now().Day())
	return fmt.Sprintf("%d-Q%d", now.Year(), (int(now.Month())+2)/3)
}

func planIDs(s *sitetest.Site) (list []string) {
	s.T.Helper()
	plans, err := s.Plans.Plans(s.T.Context(), s.Org.ID)
	if err != nil {
		s.T.Fatal(err)
	}
	for _, p := range plans {
		list = append(list, fmt.Sprintf("plan-%d", p.ID))
	}
	return list
}

// Figures of everybody who answered would undo what is hidden: what a person may see of the register follows the role, also when it
// is asked for by number.
func TestTheRegisterFollowsTheRole(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	s.Fill(300)
	from, to := lastMonths(3)
	first, _ := figures.ParseDate(from)
	last, _ := figures.ParseDate(to)
	a, err := s.Analytics.Ask(t.Context(), s.By(),
		figures.Query{Surveys: []string{"customer-satisfaction"}, Measure: "rating", By: []string{"channel"}, From: first, To: last,
			Audience: figures.Public})
	if err != nil {
		t.Fatal(err)
	}
	at := fmt.Sprintf("/staff/releases/%d", a.(tables.Protected).Release)
	for role, status := range map[string]int{"consultation": 200, "equality": 200, "administrator": 200, "viewer": 403, "service": 403,
		"frontline": 403} {
		cookie := s.SignIn(s.Person(role))
		s.Get(at, "Cookie", cookie).Is(status)
		s.Get(at+"/table.csv", "Cookie", cookie).Is(status)
		s.Get("/staff/releases", "Cookie", cookie).Is(status)
	}
}
