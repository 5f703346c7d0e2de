package publications

import (
	"fmt"
	"net/url"
	"strconv"
	"testing"

	"github.com/labstack/echo/v4"

	"yousaid/analytics/calendar"
	"yousaid/analytics/refusal"
	"yousaid/analytics/releases"
	"yousaid/server/staff/stafftest"
)

// attacker stands in for the one that tries to work out what a release hides.
type attacker struct{}

func (attacker) Check(r releases.Table, beside []releases.Table) (string, bool, error) {
	return fmt.Sprintf("0 disclosed of release %d beside %d others", r.ID, len(beside)), true, nil
}

func pages(f *stafftest.Fixture) *Pages {
	return &Pages{
		Analytics:    f.Analytics,
		Publications: f.Publications,
		Register:     f.Register,
		Surveys:      f.Surveys,
		Catalogue:    f.Catalogue,
		Ledger:       f.Ledger,
		Check:        attacker{},
		BaseURL:      "https://feedback.example",
		Now:          f.Now,
	}
}

func serve(f *stafftest.Fixture, p *Pages) *stafftest.Site {
	return f.Serve(map[string]echo.HandlerFunc{
		"GET /staff/published": p.Calendar, "POST /staff/published": p.DecidePlan, "GET /staff/published/new": p.NewPublications,
		"POST /staff/published/new": p.PlanPublications,
		"GET /staff/published/:id":  p.Publication, "POST /staff/published/:id": p.ChangePublication, "GET /staff/releases": p.ReleaseList,
		"GET /staff/releases/:id":  p.Release,
		"POST /staff/releases/:id": p.CheckRelease, "GET /staff/releases/:id/:file": p.ReleaseFile,
	})
}

// plan is a table by service for the first quarter of 2026.
var plan = url.Values{
	"survey":   {"customer-satisfaction"},
	"measure":  {"rating"},
	"by":       {"service"},
	"from":     {"2026-01-01"},
	"length":   {"3"},
	"times":    {"1"},
	"days":     {"30"},
	"title-en": {"Satisfaction by service"},
	"title-cy": {"Bodlonrwydd yn ôl gwasanaeth"},
}

func with(form url.Values, pairs ...string) url.Values {
	changed := url.Values{}
	for name, values := range form {
		changed[name] = values
	}
	for i := 0; i < len(pairs); i += 2 {
		changed.Set(pairs[i], pairs[i+1])
	}
	return changed
}

// planned has a table in the calendar, agreed to by a second person, and gives its page.
func planned(f *stafftest.Fixture, site *stafftest.Site) string {
	f.T.Helper()
	site.Post("consultation", "/staff/published/new", plan).LeadsTo("/staff/published")
	decide(f, site, "second", "/staff/published", "approve-change").LeadsTo("/staff/published")
	var id int64
	if err := f.Owner.Get(&id, `SELECT max(id) FROM publications`); err != nil {
		f.T.Fatal(err)
	}
	return fmt.Sprintf("/staff/published/%d", id)
}

func decide(f *stafftest.Fixture, site *stafftest.Site, role, at, do string) *stafftest.Answer {
	f.T.Helper()
	change := site.Get(role, at).Is(200).Fields().Get("change")
	return site.Post(role, at, url.Values{"do": {do}, "change": {change}})
}

func TestTheCalendar(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f, pages(f))
	site.EachFault("consultation", "/staff/published/new?survey=customer-satisfaction&measure=rating&by=service", nil).
		Is(200, "A quarter", "Service", "January 2026")
	for says, wrong := range map[string]url.Values{
		"Write a whole number":                 with(plan, "length", "13"),
		"Choose the first month":               with(plan, "from", "2026-01-02"),
		"Write the title: the public reads it": with(plan, "title-cy", ""),
		"Choose a published survey":            with(plan, "survey", "absent"),
		"Choose how the table is split":        with(plan, "by", "sex"),
		"that has one answer from a list":      with(plan, "measure", "comment"),
	} {
		if a := site.Post("consultation", "/staff/published/new", wrong).Is(422, says); a.Status != 422 {
			t.Errorf("that was %q", says)
		}
	}
	site.EachFault("consultation", "/staff/published/new", plan).LeadsTo("/staff/published")
	site.EachFault("second", "/staff/published", nil).
		Is(200, "Additions to the calendar wait for a second person", "Satisfaction by service",
			"https://feedback.example/north/you-said-we-did/embed")
	decide(f, site, "consultation", "/staff/published", "approve-change").LeadsTo("/staff/published")
	site.Get("second", "/staff/published").Is(200, "wait for a second person")
	decide(f, site, "consultation", "/staff/published", "return-change").LeadsTo("/staff/published")
	site.Post("second", "/staff/published", url.Values{"do": {"approve-change"}, "change": {"7"}}).LeadsTo("/staff/published")
	site.Post("second", "/staff/published", url.Values{"do": {"dance"}}).FailsWith(400)
	site.Get("consultation", "/staff/published/x").Fails(calendar.ErrNoPublication)
	site.Get("consultation", "/staff/published/1").Fails(calendar.ErrNoPublication)
}

// A table is frozen by one person, made public by a second, corrected, and withdrawn with a note.
func TestAPublication(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f, pages(f))
	at := planned(f, site)
	site.Post("consultation", "/staff/published/new", plan).Is(422, "in the calendar already")
	site.EachFault("consultation", at, nil).Is(200, "Satisfaction by service", "North bins", ">60<", "Planned")
	site.Post("consultation", at, url.Values{"do": {"publish"}}).LeadsTo(at)
	site.Get("second", at).Is(200, "North bins", "60 answers")
	site.Post("consultation", at, url.Values{"do": {"publish"}}).LeadsTo(at) // the same table, proposed once
	decide(f, site, "consultation", at, "approve-change").LeadsTo(at)
	decide(f, site, "second", at, "approve-change").LeadsTo(at)
	site.Get("consultation", at).Is(200, "Published")
	site.Post("consultation", at, url.Values{"do": {"correct"}}).Is(422, "Say what changed and why")
	note := url.Values{"do": {"correct"}, "note-en": {"Late answers."}, "note-cy": {"Atebion hwyr."}}
	site.Post("consultation", at, note).Is(422, "there is nothing to correct")
	f.Owner.MustExec(`UPDATE responses SET state = 'withdrawn' WHERE change_no <= 20`)
	_ = site.Post("consultation", at, note)
	site.Get("second", at).Is(200)
	withdraw := with(note, "do", "withdraw")
	site.Post("consultation", at, withdraw).Is(200, "Withdraw this table?")
	site.EachFault("consultation", at, with(withdraw, "sure", "yes")).LeadsTo("/staff/published")
	site.Get("consultation", at).Is(200, "Withdrawn")
	site.Post("consultation", at, with(note, "do", "dance")).FailsWith(400)
}

func TestATableThatCannotBePublished(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f, pages(f))
	site.Post("consultation", "/staff/published/new", with(plan, "from", "2026-04-01", "by", "channel")).LeadsTo("/staff/published")
	decide(f, site, "second", "/staff/published", "approve-change")
	var id int64
	if err := f.Owner.Get(&id, `SELECT max(id) FROM publications`); err != nil {
		t.Fatal(err)
	}
	at := fmt.Sprintf("/staff/published/%d", id)
	site.Post("consultation", at, url.Values{"do": {"publish"}}).Is(422, "These months are not over yet")
	decide(f, site, "second", "/staff/published", "return-change")
}

// The names of rows stay with a table, whatever it is split by.
func TestNamesOfRows(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	p := pages(f)
	f.Owner.MustExec(
		`INSERT INTO access_points (organisation_id, slug, names, channel) VALUES ($1, 'desk', '{"en": "Front desk"}', 'face_to_face')`,
		f.Org.ID,
	)
	for by, wants := range map[string]string{"service": "bins", "access_point": "desk", "directorate": "environment", "channel": "web"} {
		names, err := p.Catalogue.NamesOf(t.Context(), f.Org.ID, by)
		if err != nil || names[wants] == nil {
			t.Errorf("by %s: %v %v", by, names, err)
		}
	}
}

func TestTheRegister(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	p := pages(f)
	site := serve(f, p)
	plain, equality := f.Release("service"), f.Release("sex")
	at := fmt.Sprintf("/staff/releases/%d", plain)
	site.EachFault("administrator", "/staff/releases", nil).Is(200, "by sex", "by service")
	site.Get("consultation", "/staff/releases").Is(200, "by service").Hides("by sex")
	site.EachFault("administrator", at, nil).Is(200, "North bins", "Threshold", "CSV")
	site.Get("consultation", fmt.Sprintf("/staff/releases/%d", equality)).Fails(refusal.ErrNotAllowed)
	site.Get("equality", fmt.Sprintf("/staff/releases/%d", equality)).Is(200, "Female")
	for _, format := range []string{"csv", "xlsx", "json"} {
		a := site.EachFault("consultation", at+"/table."+format, nil).Is(200)
		if a.Header.Get("Content-Disposition") == "" {
			t.Errorf("%s: %v", format, a.Header)
		}
	}
	site.Get("consultation", at+"/table.doc").Fails(releases.ErrMissing)
	site.Get("consultation", at+"/nothing").Fails(releases.ErrMissing)
	site.EachFault("consultation", at, url.Values{}).LeadsTo(at + "#check")
	site.Get("consultation", at).Is(200, "0 disclosed of release", "Downloaded", "Last checked on")
	site.Get("consultation", "/staff/releases/x").Fails(releases.ErrMissing)
	site.Get("consultation", "/staff/releases/1").Fails(releases.ErrMissing)
	p.Check = nil
	site.Post("consultation", at, nil).FailsWith(404)
	site.Get("consultation", "/staff/releases?before="+strconv.FormatInt(equality, 10)).Is(200)
}
