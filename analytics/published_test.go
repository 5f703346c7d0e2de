package analytics_test

import (
	"math"
	"testing"
	"time"

	"yousaid/analytics"
	"yousaid/analytics/figures"
	"yousaid/analytics/tables"
	"yousaid/surveys/responses/importing/importingtest"
)

// TestPublishedFiguresByAsk asks for what other people published of their own surveys, after an import: the
// figures must be theirs.
func TestPublishedFiguresByAsk(t *testing.T) {
	for _, s := range []struct {
		survey  importingtest.Survey
		figures int
	}{{importingtest.Flying, 11}, {importingtest.RSE, 507}, {importingtest.Toronto, 282}} {
		t.Run(s.survey.Slug, func(t *testing.T) {
			t.Parallel()
			c := importingtest.New(t)
			rows := c.Import(t, s.survey).Stored
			ask := &analytics.Analytics{DB: c.DB, Ledger: c.Ledger, Now: time.Now}
			asked := map[string]tables.Figures{}
			right, words := 0, 0
			for _, f := range s.survey.Truth(t, s.survey) {
				if f.Text || f.Question == "" {
					words++ // words are in comments and all responses are rows: neither is a table
					continue
				}
				if _, there := asked[f.Question]; !there {
					a, err := ask.Ask(t.Context(), c.By, figures.Query{Surveys: []string{s.survey.Slug}, Measure: f.Question, Audience: figures.Internal})
					if err != nil {
						t.Fatalf("%s: %v", f.Question, err)
					}
					asked[f.Question] = a.(tables.Figures)
				}
				total := asked[f.Question].Total
				count := int64(0)
				for _, d := range total.Distribution {
					for _, code := range f.Codes {
						if d.Code == code {
							count += d.N
						}
					}
				}
				switch {
				case f.Codes == nil:
					count = total.N
				case f.Missing:
					count = rows - total.N
				}
				switch {
				case count != f.Count || f.Base >= 0 && total.N != f.Base:
					t.Errorf("%s: %d of %d, published %d of %d", f.Says, count, total.N, f.Count, f.Base)
				case f.Percent != nil && math.Round(100*float64(count)/float64(total.N)) != *f.Percent:
					t.Errorf("%s: %d of %d is not %v per cent", f.Says, count, total.N, *f.Percent)
				default:
					right++
				}
			}
			if right+words != s.figures {
				t.Errorf("%d figures and %d of words, want %d", right, words, s.figures)
			}
			t.Logf("%d figures as published; %d are no tables", right, words)
		})
	}
}

// TestAPublishedShareBySex: the equality table shows both groups with the interval that others worked out. "Satisfied"
// is the answer "not rude at all".
func TestAPublishedShareBySex(t *testing.T) {
	t.Parallel()
	truth := importingtest.RudeBySex(t)
	c := importingtest.New(t)
	c.Import(t, importingtest.Flying)
	ask := &analytics.Analytics{DB: c.DB, Ledger: c.Ledger, Now: time.Now}
	a, err := ask.Ask(t.Context(), c.By, figures.Query{Surveys: []string{importingtest.Flying.Slug}, Measure: "recline_rude",
		By:   []string{"sex"},
		From: figures.Date{Year: 2014, Month: 9, Day: 1}, To: figures.Date{Year: 2014, Month: 9, Day: 30}, Audience: figures.Internal})
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, cell := range a.(tables.Protected).Table.Cells() {
		want, ok := truth[cell.Code()]
		if !ok || cell.Figures == nil {
			continue
		}
		seen++
		got := cell.Figures
		near := func(got *float64, want float64) bool { return got != nil && math.Abs(*got-want) < 1e-9 }
		if got.N != want.Base || !near(got.Satisfied, 1-float64(want.Rude)/float64(want.Base)) || !near(got.Low, 1-want.Wilson[1]) ||
			!near(got.High, 1-want.Wilson[0]) {
			t.Errorf("%s: %+v, want %+v", cell.Code(), got, want)
		}
	}
	if seen != 2 {
		t.Errorf("%d groups, want 2", seen)
	}
}
