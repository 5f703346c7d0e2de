package staff

import (
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"yousaid/analytics"
	"yousaid/analytics/figures"
	"yousaid/server/page"
	"yousaid/surveys/wording"
)

// Filters are the fields of a filter form, by the names of the fields, which are those of the command line.
type Filters struct {
	Surveys      []string
	Measure      string
	From, To     string // days as written: 2026-03-31
	Channels     []string
	Services     []string
	Points       []string // access points
	Directorates []string
	By, And      string // a table of one's own: split by one dimension, crossed with another
	Ratings      []string
	Words        string
	Theme        string // id, or "none"
	Mark         string
	State        string // of review
	Subtotals    bool   // of a protected table
}

// ReadFilters takes the query of the address. What no database text can hold is left out, so that it finds nothing instead of failing.
func ReadFilters(c echo.Context) Filters { return FiltersOf(c.QueryParams()) }

// FiltersOf reads them from an address or from a form that was sent.
func FiltersOf(q url.Values) Filters {
	one := func(name string) string { return PlainText(q.Get(name)) }
	many := func(name string) (list []string) {
		for _, v := range q[name] {
			if v = PlainText(v); v != "" && !slices.Contains(list, v) && len(list) < 50 {
				list = append(list, v)
			}
		}
		return list
	}
	return Filters{
		Surveys:  many("survey"),
		Measure:  one("measure"),
		From:     one("from"),
		To:       one("to"),
		Channels: many("channel"),
		Services: many("service"),
		Points:   many("access_point"),
		Directorates: many(
			"directorate",
		),
		By:        one("by"),
		And:       one("and"),
		Ratings:   many("rating"),
		Words:     one("words"),
		Theme:     one("theme"),
		Mark:      one("mark"),
		State:     one("state"),
		Subtotals: one("subtotals") != "",
	}
}

func PlainText(s string) string {
	s = strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", ""))
	return page.Cut(s, 400)
}

// Complete chooses what was left open: the surveys of the offer, and a question that they ask. A question or a split that belongs to
// surveys chosen before gives way to those of
// the surveys chosen now; changed is a sentence that says so, or "".
func (f *Filters) Complete(frame page.Page, o analytics.Offer) (changed string) {
	f.Surveys = o.Chosen
	before := *f
	if f.Measure = o.Fitting(f.Measure); before.Measure != "" && f.Measure != before.Measure {
		f.Ratings = nil // the answers of the other question
	}
	if o.Elsewhere(f.By) {
		f.By, f.And = f.And, ""
	}
	if o.Elsewhere(f.By) { // what was crossed with it
		f.By = ""
	}
	if o.Elsewhere(f.And) {
		f.And = ""
	}
	switch {
	case before.Measure != "" && f.Measure == "":
		return frame.T("staff.these_surveys_ask_no|These surveys ask no question that can be counted together. Choose one survey.")
	case before.Measure != "" && f.Measure != before.Measure:
		changed = frame.T(
			"staff.the_question_that_was|The question that was chosen before is not asked here, or not in a way that can be counted together. " +
				"The figures are about another question: see “Question” in the form.",
		)
	}
	if f.By != before.By || f.And != before.And {
		changed = strings.TrimSpace(
			changed + " " + frame.T(
				"staff.the_table_of_your|The table of your own was split by a question that is not asked here, so that split is left out.",
			),
		)
	}
	return changed
}

// Values writes the filters as an address has them.
func (f Filters) Values() url.Values {
	v := url.Values{}
	for name, list := range map[string][]string{"survey": f.Surveys, "channel": f.Channels, "service": f.Services, "access_point": f.Points,
		"directorate": f.Directorates,
		"rating":      f.Ratings} {
		for _, one := range list {
			v.Add(name, one)
		}
	}
	for name, one := range map[string]string{"measure": f.Measure, "from": f.From, "to": f.To, "by": f.By, "and": f.And, "words": f.Words,
		"theme": f.Theme, "mark": f.Mark, "state": f.State} {
		if one != "" {
			v.Set(name, one)
		}
	}
	if f.Subtotals {
		v.Set("subtotals", "yes")
	}
	return v
}

// Query is the question to the figures, split by the dimensions. A problem names the field that cannot be read.
func (f Filters) Query(frame page.Page, problems *page.Problems, by ...string) figures.Query {
	q := figures.Query{Surveys: f.Surveys, Measure: f.Measure, Subtotals: f.Subtotals, Audience: figures.Internal}
	var err error
	if q.From, err = figures.ParseDate(f.From); err != nil {
		problems.Add("from", frame.T("staff.write_the_first_day|Write the first day as year-month-day, for example 2026-03-01."))
	}
	if q.To, err = figures.ParseDate(f.To); err != nil {
		problems.Add("to", frame.T("staff.write_the_last_day|Write the last day as year-month-day, for example 2026-03-31."))
	}
	for _, d := range by {
		if d != "" {
			q.By = append(q.By, d)
		}
	}
	for _, w := range []figures.Filter{{Dimension: "channel", Values: f.Channels}, {Dimension: "service", Values: f.Services},
		{Dimension: "access_point", Values: f.Points},
		{Dimension: "directorate", Values: f.Directorates}} {
		if len(w.Values) > 0 {
			q.Where = append(q.Where, w)
		}
	}
	return q
}

// Options makes the choices of a select, with one that leaves it open.
func Options(frame page.Page, open string, codes []figures.Code, chosen ...string) []page.Option {
	var list []page.Option
	if open != "" {
		list = append(list, page.Option{Text: open})
	}
	for _, c := range codes {
		list = append(list, page.Option{Value: c.Code, Text: frame.Say(c.Label), Chosen: slices.Contains(chosen, c.Code)})
	}
	return list
}

// SurveyOptions offers each survey, and all of them together where there are several. Surveys of one title are told apart by their short
// names.
func SurveyOptions(frame page.Page, o analytics.Offer) []page.Option {
	titles := map[string]int{}
	for _, s := range o.Surveys {
		titles[s.Title.String()]++
	}
	var codes []figures.Code
	for _, s := range o.Surveys {
		if titles[s.Title.String()] > 1 {
			s.Title = wording.Message{Text: "|%s (%s)", Args: []any{s.Title, s.Slug}}
		}
		codes = append(codes, figures.Code{Code: s.Slug, Label: s.Title})
	}
	if len(codes) > 1 {
		codes = append(codes, figures.Code{Code: "all", Label: wording.Say("staff.all_surveys_that_ask|All surveys that ask this question")})
	}
	return Options(frame, "", codes, o.Chosen...)
}

// HasCode tells whether a list offers a code.
func HasCode(codes []figures.Code, code string) bool {
	for _, c := range codes {
		if c.Code == code {
			return true
		}
	}
	return false
}
