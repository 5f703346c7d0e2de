package results

import (
	"testing"

	"github.com/labstack/echo/v4"

	"yousaid/server/staff/stafftest"
)

func serve(f *stafftest.Fixture) *stafftest.Site {
	p := &Pages{Analytics: f.Analytics, Insight: f.Insight, Actions: f.Actions, Now: f.Now}
	return f.Serve(map[string]echo.HandlerFunc{
		"GET /staff/results": p.Results, "GET /staff/results/table.:format": p.ResultsFile, "GET /staff/council": p.CouncilOverview,
	})
}

func TestResults(t *testing.T) {
	t.Parallel()
	site := serve(stafftest.New(t))
	const at = "/staff/results?survey=customer-satisfaction&by=service&and=channel"
	site.EachFault("consultation", at, nil).
		Is(200, "By channel", "By service", "By directorate", "By month", "Your own table", "North bins", "March 2026", ">120<", "40.0%",
			"remark 111",
			"/staff/results/table.csv?").
		Hides("remark 000 about bins <b>")
	site.Get("viewer", at).Is(200, ">120<").Hides("remark 1")
	for query, says := range map[string]string{
		"from=soon":           "Write the first day",
		"to=soon":             "Write the last day",
		"channel=pigeon":      "channel has no value",
		"by=shoe":             "no dimension",
		"measure=comment":     "own words",
		"survey=absent&by=":   "no published survey",
		"by=sex&and=age_band": "Equality",
	} {
		site.Get("administrator", "/staff/results?survey=customer-satisfaction&"+query).Is(422, says)
	}
}

// Somebody for one service has its figures, the council's share beside them, and no other's.
func TestResultsOfOneService(t *testing.T) {
	t.Parallel()
	site := serve(stafftest.New(t))
	for _, query := range []string{"", "?survey=all", "?service=roads", "?directorate=highways&by=service"} {
		site.Get("service", "/staff/results"+query).Hides(">120<", "North roads", "about roads")
		site.Get("service", "/staff/results/table.csv"+query).Hides(",120,", "North roads")
	}
	site.Get("service", "/staff/results?survey=customer-satisfaction").
		Is(200, ">60<", "your own services", "The whole council, by every channel")
}

func TestFilesOfResults(t *testing.T) {
	t.Parallel()
	site := serve(stafftest.New(t))
	csv := site.EachFault("viewer", "/staff/results/table.csv?survey=customer-satisfaction&by=channel&to=2026-02-28", nil).
		Is(200, "telephone", ",30,")
	if got := csv.Header.Get("Content-Disposition"); got != "attachment; filename=customer-satisfaction-rating-by-channel.csv" {
		t.Error(got)
	}
	site.Get("viewer", "/staff/results/table.xlsx?survey=customer-satisfaction&by=service&and=channel").Is(200, "PK")
	for _, query := range []string{"from=x", "measure=absent", "by=sex"} {
		if a := site.Get("administrator", "/staff/results/table.csv?"+query); a.Err == nil {
			t.Errorf("%s gives a file:\n%s", query, a.Body)
		}
	}
}

func TestCouncilOverview(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f)
	site.EachFault("administrator", "/staff/council", nil).
		Is(200, "How we are doing", "40%", "The environment", "North bins", "Month by month")
	site.Get("viewer", "/staff/council").Is(200, "40%").Hides("/staff/actions?show=overdue")
	site.Get("service", "/staff/council").Is(200, "North bins").Hides("North roads")
	site.Get("viewer", "/staff/council?scale=absent").Is(422)
}

func TestResultsBeforeTheFirstSurvey(t *testing.T) {
	t.Parallel()
	site := serve(stafftest.Empty(t))
	site.Get("viewer", "/staff/results").Is(200, "No survey has been published yet")
	site.Get("viewer", "/staff/council").Is(200)
}
