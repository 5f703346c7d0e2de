package exports

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"yousaid/server/staff/stafftest"
	"yousaid/surveys/responses/exporting"
)

func serve(f *stafftest.Fixture) *stafftest.Site {
	p := &Pages{Analytics: f.Analytics, Surveys: f.Surveys, Exports: f.Exports, Now: f.Now}
	return f.Serve(map[string]echo.HandlerFunc{
		"GET /staff/exports": p.ExportList, "POST /staff/exports": p.RequestExport, "POST /staff/exports/:id/delete": p.DeleteExport,
		"GET /staff/exports/:id/file": p.ExportFile,
	})
}

// An export is asked for, waits, is made, fetched, and deleted after a question.
func TestAnExport(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f)
	site.EachFault("consultation", "/staff/exports", nil).Is(200, "Choose a survey", "customer-satisfaction")
	form := url.Values{
		"survey":     {"customer-satisfaction"},
		"format":     {"csv"},
		"comments":   {"yes"},
		"from-day":   {"1"},
		"from-month": {"2"},
		"from-year":  {"2026"},
	}
	site.EachFault("consultation", "/staff/exports", form).LeadsTo("/staff/exports")
	waiting := site.Get("consultation", "/staff/exports").Is(200, "Waiting", "with comments", "1 February 2026")
	if waiting.Header.Get("Refresh") == "" {
		t.Error("the page of an export that waits does not load itself again")
	}
	list, err := f.Exports.Exports(t.Context(), f.Org.ID)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	id := strconv.FormatInt(list[0].ID, 10)
	site.Get("consultation", "/staff/exports/"+id+"/file").Fails(exporting.ErrGone)
	if err := f.Exports.Run(t.Context(), f.Org.ID, []byte(`{"export": `+id+`}`)); err != nil {
		t.Fatal(err)
	}
	site.Get("consultation", "/staff/exports").Is(200, "Ready", "/staff/exports/"+id+"/file")
	file := site.Get("consultation", "/staff/exports/"+id+"/file").Is(200, "remark 000")
	if n, _ := strconv.Atoi(file.Header.Get("Content-Length")); n != len(file.Body) ||
		!strings.HasPrefix(file.Header.Get("Repr-Digest"), "sha-256=:") {
		t.Errorf("%v of %d bytes", file.Header, len(file.Body))
	}
	site.Get("consultation", "/staff/exports/x/file").Fails(exporting.ErrMissing)
	site.Post("consultation", "/staff/exports/x/delete", nil).Fails(exporting.ErrMissing)
	site.Post("consultation", "/staff/exports/"+id+"/delete", nil).Is(200, "Delete this export?")
	site.EachFault("consultation", "/staff/exports/"+id+"/delete", url.Values{"sure": {"yes"}}).LeadsTo("/staff/exports")
	site.Get("consultation", "/staff/exports/"+id+"/file").Fails(exporting.ErrGone)
}

func TestAnExportThatCannotBeMade(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f)
	site.Post("consultation", "/staff/exports", url.Values{"from-day": {"31"}, "from-month": {"2"}, "from-year": {"2026"}}).
		Is(422, "Choose the kind of file", "Choose a survey")
	site.Post("consultation", "/staff/exports", url.Values{"survey": {"customer-satisfaction"}, "format": {"csv"}, "from-day": {"2"},
		"from-month": {"2"}, "from-year": {"2026"},
		"to-day": {"1"}, "to-month": {"2"}, "to-year": {"2026"}}).
		Is(422, "The last day is before the first")
	for range 30 {
		if a := site.Post("consultation", "/staff/exports", url.Values{"survey": {"customer-satisfaction"},
			"format": {"xlsx"}}); a.Status == 422 {
			a.Is(422, "Several exports are waiting already")
			return
		}
	}
	t.Error("any number of exports can wait")
}
