package equality

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"yousaid/analytics/plans"
	"yousaid/server/staff/stafftest"
)

func serve(f *stafftest.Fixture) *stafftest.Site {
	p := &Pages{Analytics: f.Analytics, Register: f.Register, Plans: f.Plans, Surveys: f.Surveys, Now: f.Now}
	return f.Serve(map[string]echo.HandlerFunc{
		"GET /staff/equality": p.Equality, "GET /staff/equality/table.:format": p.EqualityFile,
		"GET /staff/equality/release": p.ConfirmRelease, "POST /staff/equality/release": p.ReleaseEquality,
		"GET /staff/equality/plan":  p.EqualityPlan,
		"POST /staff/equality/plan": p.ChangePlans, "GET /staff/equality/report": p.EqualityReport,
		"POST /staff/equality/report":        p.ReleaseReport,
		"GET /staff/equality/report.:format": p.EqualityReportFile,
	})
}

const sex = "survey=customer-satisfaction&measure=rating&by=sex"

func TestTheWorkspace(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f)
	site.Get("equality", "/staff/equality").Is(200, "Choose a characteristic", "Sex").Hides("<table")
	site.EachFault("equality", "/staff/equality?"+sex, nil).
		Is(200, "Female", "[c]", "/staff/equality/release?", "/staff/equality/table.csv?", "Which groups differ").
		Hides(">4<")
	site.Get("equality", "/staff/equality?"+sex+"&and=channel&from=2026-02-01&to=2026-02-28").Is(200)
	site.Get("equality", "/staff/equality?"+sex+"&channel=web&subtotals=yes").Is(200, "A table with a filter cannot be released")
	for query, says := range map[string]string{
		"by=sex&from=2026-03-02&to=2026-03-31": "first of a month", "by=sex&from=2026-04-01&to=2026-04-30": "not over",
		"by=sex&channel=web&service=bins": "one filter",
		"by=channel":                      "characteristics that the survey asks", "by=sex&and=shoe": "can be crossed with another one",
		"by=sex&from=tomorrow": "first day",
		"by=sex&to=tomorrow":   "last day", "by=sex&service=absent": "service has no value", "by=sex&and=sex": "",
	} {
		site.Get("equality", "/staff/equality?survey=customer-satisfaction&measure=rating&"+query).Is(422, says).Hides("Female</")
	}
	site.EachFault("equality", "/staff/equality/table.csv?"+sex, nil).Is(200, "Female", "[c]").Hides(",4,")
	site.Get("equality", "/staff/equality/table.xlsx?"+sex).Is(200, "PK")
	for _, query := range []string{"by=channel", "by=sex&measure=absent", "by=sex&from=x"} {
		if a := site.Get("equality", "/staff/equality/table.csv?survey=customer-satisfaction&"+query); a.Err == nil {
			t.Errorf("%s gives a file:\n%s", query, a.Body)
		}
	}
}

// What leaves is what was looked at; the button pressed twice is one release.
func TestARelease(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f)
	shown := site.EachFault("equality", "/staff/equality/release?"+sex+"&from=2026-02-01&to=2026-03-31", nil).Is(200, "Female", "[c]")
	site.Post("equality", "/staff/equality/release", shown.With("seen", "other")).Is(422, "The figures have changed since you looked at them")
	left := site.Post("equality", "/staff/equality/release", shown.Fields()).Is(303)
	again := site.EachFault("equality", "/staff/equality/release", shown.Fields())
	again.LeadsTo(left.Header.Get("Location"))
	site.Get("equality", "/staff/equality/release?survey=customer-satisfaction&by=shoe").Is(422)
	site.Get("equality", "/staff/equality/release?survey=customer-satisfaction&by=sex&measure=absent").Is(422)
	site.Post("equality", "/staff/equality/release", url.Values{"by": {"nothing"}}).Is(422)
	f.Owner.MustExec(`DELETE FROM responses WHERE change_no > 6`)
	site.Get("equality", "/staff/equality/release?"+sex+"&from=2026-02-01&to=2026-02-28").Is(422)
}

func TestPlans(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f)
	const at = "/staff/equality/plan"
	form := url.Values{
		"do":       {"add"},
		"survey":   {"customer-satisfaction"},
		"measure":  {"rating"},
		"by":       {"sex"},
		"cadence":  {"quarter"},
		"standing": {"yes"},
	}
	set := func(name, value string) url.Values {
		changed := url.Values{}
		for k, v := range form {
			changed[k] = v
		}
		changed.Set(name, value)
		return changed
	}
	site.EachFault("equality", at, nil).Is(200, "Every quarter", "Sex")
	site.EachFault("equality", at, form).LeadsTo(at)
	site.EachFault("equality", at, nil).Is(200, "by sex", "Due")
	for says, wrong := range map[string]url.Values{
		"This table is planned already":     form,
		"Choose one published survey":       set("survey", "absent"),
		"Choose a question of the survey":   set("measure", "absent"),
		"Choose one of the characteristics": set("by", "shoe"),
		"Choose another characteristic":     set("and", "sex"),
		"Choose how often the table leaves": set("cadence", "never"),
		"The report is made every quarter":  set("cadence", "month"),
	} {
		if a := site.Post("equality", at, wrong).Is(422, says); a.Status != 422 {
			t.Errorf("that was %q", says)
		}
	}
	var id int64
	if err := f.Owner.Get(&id, `SELECT id FROM release_plans`); err != nil {
		t.Fatal(err)
	}
	site.Get("equality", fmt.Sprintf("%s?end=%d", at, id)).Is(200, `value="end"`)
	site.Get("equality", at+"?end=7").Fails(plans.ErrNoPlan)
	site.EachFault("equality", at, url.Values{"do": {"end"}, "id": {fmt.Sprint(id)}}).LeadsTo(at)
	site.Post("equality", at, url.Values{"do": {"end"}, "id": {"7"}}).Fails(plans.ErrNoPlan)
	site.Post("equality", at, url.Values{"do": {"dance"}}).FailsWith(400)
}

// The report shows what is due in a quarter, lets it leave, and is one workbook.
func TestTheReport(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f)
	const at = "/staff/equality/report"
	if a := site.Get("equality", at+".xlsx"); a.Err == nil {
		t.Error("a report without tables is a file")
	}
	for _, more := range []string{"", "channel"} {
		site.Post("equality", "/staff/equality/plan", url.Values{"do": {"add"}, "survey": {"customer-satisfaction"}, "measure": {"rating"},
			"by": {"sex"}, "and": {more},
			"cadence": {"quarter"}, "standing": {"yes"}}).
			LeadsTo("/staff/equality/plan")
	}
	page := site.EachFault("equality", at+"?quarter=2026-Q1", nil).Is(200, "Quarterly equality report", "Female", "Not released")
	query := "?survey=customer-satisfaction&quarter=" + page.Fields().Get("quarter")
	site.Get("equality", at+".xlsx"+query).Is(200, "PK")
	site.Post("equality", at, page.With("seen", "other")).Is(422, "The tables have changed since you looked at them")
	site.Post("equality", at, page.Fields())
	site.Get("equality", at+query).Is(200, "Released")
	site.EachFault("equality", at+".xlsx"+query, nil).Is(200, "PK")
	site.Post("equality", at, site.Get("equality", at+query).Fields())
	site.Get("equality", at+"?quarter=never").Is(422, "Choose a quarter")
	site.Get("equality", at+"?survey=absent").Is(422, "Choose a published survey")
	site.Get("equality", at+"?quarter="+strings.Replace(page.Fields().Get("quarter"), "1", "2", 1))
	site.Post("equality", at, url.Values{"quarter": {"never"}}).Is(422)
}

func TestBeforeTheFirstSurvey(t *testing.T) {
	t.Parallel()
	site := serve(stafftest.Empty(t))
	site.Get("equality", "/staff/equality").Is(200)
	site.Get("equality", "/staff/equality/plan").Is(200)
	site.Get("equality", "/staff/equality/report").Is(200)
}
