package public

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"yousaid/analytics/actions"
	"yousaid/analytics/calendar"
	"yousaid/analytics/figures"
	"yousaid/analytics/quoted"
	"yousaid/analytics/register"
	"yousaid/analytics/releases"
	"yousaid/server/page"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// published is a calendar with what a council publishes.
type published []calendar.Publication

func (p published) Changed(context.Context, tenant.Org) (string, error) { return "1", nil }
func (p published) Publications(context.Context, tenant.Org) ([]calendar.Publication, error) {
	return p, nil
}

func number64(v float64) *float64 { return &v }

// cell is a group with its answers.
func cell(code string, n int64) figures.Cell {
	return figures.Cell{
		Dimensions: []string{"service"},
		Codes:      []string{code},
		N:          n,
		Satisfied:  number64(0.6),
		Low:        number64(0.5),
		High:       number64(0.7),
		Mean:       number64(3.5),
	}
}

func table(id int64, cells ...figures.Cell) releases.Release {
	total := cell(figures.All, 110)
	return releases.Release{
		ID:        id,
		From:      "2026-01-01",
		To:        "2026-03-31",
		Threshold: 10,
		Status:    "released",
		Later:     30,
		Cells:     cells,
		Total:     &total,
		Query:     register.Query{Surveys: []string{"how"}, Measure: "rating", By: []string{"service"}},
	}
}

func text(en string) question.Text { return question.Text{"en": en, "cy": en + " (cy)"} }

// everything is a council that publishes all there is: a table with a correction, one that is late, one that was withdrawn, and actions of
// each kind.
func everything(t *testing.T) func(path string) *httptest.ResponseRecorder {
	t.Helper()
	hidden := figures.Cell{Dimensions: []string{"service"}, Codes: []string{"roads"}, Hidden: true}
	first, second := table(7, cell("bins", 60), hidden), table(9, cell("bins", 62), hidden)
	one := calendar.Publication{
		ID:          1,
		Titles:      text("Satisfaction by service"),
		SurveySlug:  "how",
		SurveyTitle: text("How did we do?"),
		Measure:     "rating",
		By:          "service",
		From:        "2026-01-01",
		To:          "2026-03-31",
		Due:         "2026-04-20",
		State:       "published",
		Release:     9,
		PublishedOn: "2026-04-10",
		CorrectedOn: "2026-04-12",
		Note: text(
			"Late answers.",
		),
		Labels:   map[string]question.Text{"bins": text("Bins"), "roads": text("Roads")},
		Question: text("How satisfied are you?"),
		Answers:  []calendar.Answer{{Code: "2", Text: text("Good")}, {Code: "1", Text: text("Poor")}},
		Editions: []calendar.Edition{
			{Number: 1, On: "2026-04-10", Table: first},
			{Number: 2, On: "2026-04-12", Note: text("Late answers."), Table: second},
		},
	}
	late, gone := one, one
	late.ID, late.State, late.Due, late.Editions, late.Release = 2, "planned", "2026-04-01", nil, 0
	gone.ID, gone.State, gone.WithdrawnOn = 3, "withdrawn", "2026-04-20"
	quote := &actions.Quote{Text: "They rang back", Language: "en"}
	figure := &actions.Figure{
		Release:  9,
		Question: "How satisfied are you?",
		Asked:    text("How satisfied are you?"),
		Measured: quoted.Satisfied,
		Value:    0.6,
		Low:      number64(0.5),
		High:     number64(0.7),
		N:        62,
		From:     "2026-01-01",
		To:       "2026-03-31",
	}
	corrected, taken := *figure, *figure
	corrected.State, taken.State = quoted.Corrected, quoted.Withdrawn
	all := []actions.Item{item(5), item(4), item(3), item(2), item(1)}
	all[0].Evidence, all[0].Deliverable = actions.Evidence{Figure: figure, After: &corrected, Quote: quote}, text("New bins")
	all[0].Corrections = []actions.Correction{{On: "2026-04-03", Note: text("A word.")}}
	all[0].Service, all[0].Theme = actions.Named{Slug: "bins", Names: text("Bins")}, actions.Named{Slug: "waiting", Names: text("Waiting")}
	all[1].Kind, all[1].Status, all[1].Target = actions.Doing, actions.UnderWay, "2026-07-01"
	all[2].Kind, all[2].Status, all[2].Target = actions.Doing, actions.Overdue, "2026-04-01"
	all[3].Kind, all[3].Status = actions.Cannot, actions.CannotDo
	all[4].Status, all[4].Completed, all[4].Evidence = actions.Done, "2026-03-31", actions.Evidence{Figure: &taken}
	pages, err := page.Load()
	if err != nil {
		t.Fatal(err)
	}
	s := &source{items: all}
	p := New(Config{Pages: pages, Accounts: s, Actions: s, Calendar: published{one, late, gone}, BaseURL: "https://feedback.example.org"})
	e := echo.New()
	e.Renderer = pages
	for path, handler := range map[string]echo.HandlerFunc{
		"/:organisation": p.Council, "/:organisation/you-said-we-did": p.YouSaid, "/:organisation/you-said-we-did/poster": p.YouSaidPoster,
		"/:organisation/you-said-we-did/embed": p.Embed, "/:organisation/you-said-we-did/feed.atom": p.AtomFeed,
		"/:organisation/you-said-we-did/feed.json": p.JSONFeed, "/:organisation/you-said-we-did/list.:format": p.YouSaidFile,
		"/:organisation/you-said-we-did/:number": p.YouSaidItem, "/:organisation/performance": p.Performance,
		"/:organisation/performance/:id": p.PerformanceTable, "/:organisation/performance/:id/:edition/:file": p.PerformanceFile,
	} {
		e.GET(path, handler)
	}
	return func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		e.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w
	}
}

// Each page, feed and file of what a council publishes says what it is to say, in both languages, and hides what is hidden.
func TestWhatACouncilPublishes(t *testing.T) {
	t.Parallel()
	get := everything(t)
	for path, wants := range map[string][]string{
		"/testham":                     {"Testham", "/testham/performance"},
		list:                           {"Said 5.", "Said 1.", "Overdue", "They rang back", "New bins"},
		list + "?lang=cy":              {`lang="cy"`},
		list + "?service=bins":         {"Said 5."},
		list + "/5":                    {"Said 5.", "A word.", "60%"},
		list + "/poster":               {"Said 5."},
		list + "/embed":                {"Said 5."},
		list + "/feed.atom":            {"<feed", "Said 5."},
		list + "/feed.json":            {"https://jsonfeed.org/version/1.1", "Said 5."},
		list + "/list.csv":             {"Said 5."},
		list + "/list.html":            {"Said 5."},
		list + "/list.xlsx":            {"PK"},
		list + "/list.docx?lang=cy":    {"PK"},
		"/testham/performance":         {"Satisfaction by service"},
		"/testham/performance?lang=cy": {"Satisfaction by service (cy)"},
		"/testham/performance/1":       {"Bins", "60%", "Late answers.", "[c]"},
	} {
		w := get(path)
		if w.Code != http.StatusOK {
			t.Errorf("%s: %d\n%.600s", path, w.Code, w.Body)
			continue
		}
		for _, want := range wants {
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("%s: %q is not there", path, want)
			}
		}
	}
	shown := get("/testham/performance/1").Body.String()
	for _, part := range strings.Split(shown, `href="`)[1:] {
		address := part[:strings.IndexByte(part, '"')]
		if strings.HasPrefix(address, "/testham/performance/1/") {
			if w := get(strings.ReplaceAll(address, "&amp;", "&")); w.Code != http.StatusOK || w.Body.Len() == 0 {
				t.Errorf("%s: %d", address, w.Code)
			}
		}
	}
	for path, status := range map[string]int{"/testham/performance/3": http.StatusGone, "/testham/performance/2": http.StatusNotFound,
		"/testham/performance/9": http.StatusNotFound,
		list + "/99":             http.StatusNotFound,
		list + "/list.pdf":       http.StatusNotFound, "/testham/performance/1/9/x.csv": http.StatusNotFound} {
		if w := get(path); w.Code == http.StatusOK {
			t.Errorf("%s: %d, not %d", path, w.Code, status)
		}
	}
}
