package unusual

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/labstack/echo/v4"

	"yousaid/server/staff/stafftest"
	"yousaid/surveys"
)

func serve(f *stafftest.Fixture) *stafftest.Site {
	p := &Pages{Analytics: f.Analytics, Surveys: f.Surveys, Links: f.Links, Unusuals: f.Unusual, Now: f.Now}
	return f.Serve(map[string]echo.HandlerFunc{
		"GET /staff/unusual": p.Unusual, "GET /staff/unusual/:id": p.UnusualSurvey, "POST /staff/unusual/:id": p.DecideUnusual,
	})
}

// A person leaves answers out, sees what that changes, and takes it back.
func TestADecision(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f)
	at := fmt.Sprintf("/staff/unusual/%d", f.Survey)
	site.EachFault("consultation", "/staff/unusual", nil).Is(200, "How did we do?", at)
	site.EachFault("consultation", at+"?from=2026-02-01&to=2026-03-31", nil).Is(200, "All links", "Every answer", ">120<")
	form := url.Values{
		"do":     {"decide"},
		"act":    {"exclude"},
		"reason": {"The counter was closed"},
		"from":   {"2026-02-01T00:00"},
		"to":     {"2026-02-05 00:00"},
	}
	site.Post("consultation", at, form).LeadsTo(at + "#decisions")
	site.EachFault("consultation", at+"?from=2026-02-01&to=2026-03-31", nil).
		Is(200, "The counter was closed", "Done", "Left out by a person", "If every unusual answer counted")
	var decision int64
	if err := f.Owner.Get(&decision, `SELECT max(id) FROM unusual_decisions`); err != nil {
		t.Fatal(err)
	}
	id := fmt.Sprint(decision)
	site.Post("second", at, url.Values{"do": {"agree"}, "decision": {id}}).Is(422, "decided this meanwhile")
	site.Post("second", at, url.Values{"do": {"refuse"}, "decision": {id}}).Is(422, "decided this meanwhile")
	site.Post("second", at, url.Values{"do": {"undo"}, "decision": {id}}).Is(422, "Say why")
	site.Post("second", at, url.Values{"do": {"undo"}, "decision": {id}, "why": {"It was open"}}).LeadsTo(at + "#decisions")
	site.Get("second", at).Is(200, "Take back decision")
	for _, wrong := range []struct {
		form url.Values
		says string
	}{
		{url.Values{"do": {"decide"}}, "Choose what shall happen"},
		{url.Values{"do": {"decide"}, "act": {"exclude"}, "reason": {"x"}, "from": {"soon"}, "to": {"2026-02-05"}}, "Write the day and the hour"},
		{url.Values{"do": {"decide"}, "act": {"exclude"}, "reason": {"x"}, "from": {"2026-02-06"}, "to": {"2026-02-05"}},
			"The last hour is before the first one"},
		{url.Values{"do": {"decide"}, "act": {"exclude"}, "reason": {"x"}, "from": {"2020-02-01"}, "to": {"2020-02-05"}},
			"There are no such answers"},
	} {
		site.Post("consultation", at, wrong.form).Is(422, wrong.says)
	}
	site.Get("consultation", at+"?from=soon&link=ABC").Is(200, "Write the days like")
	site.Post("consultation", at, url.Values{"do": {"finish"}, "decision": {"0"}})
	site.Post("consultation", at, url.Values{"do": {"dance"}}).FailsWith(400)
	site.Get("consultation", "/staff/unusual/x").Fails(surveys.ErrMissing)
	site.Get("consultation", "/staff/unusual/1").Fails(surveys.ErrMissing)
}
