package linked

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"yousaid/analytics/codebook"
	"yousaid/analytics/crosstab"
	"yousaid/analytics/disclosure"
	"yousaid/analytics/figures"
	"yousaid/analytics/tabulate"
	"yousaid/surveys/bank"
	"yousaid/surveys/wording"
)

// jointTable is the finest table behind a new release and the earlier ones.
type jointTable struct {
	*crosstab.Table
	leaves [][]string
	sets   []map[string]string // by dimension: the codes taken together -> the code of the selection
	named  []disclosure.Dimension
}

// buildJointTable counts the answers behind a new table and earlier ones by everything that any of them is split by.
func (w *tableProof) buildJointTable(ctx context.Context, list []*priorRelease) (*jointTable, error) {
	questions := maps.Clone(w.table.Counts.Questions)
	for _, r := range list {
		maps.Copy(questions, r.counts.Questions)
	}
	j, ids, err := w.finest(ctx, list)
	if err != nil {
		return nil, err
	}
	if err := j.MeasureAlike(w.table.Measure.Measure, questions); err != nil {
		return nil, err
	}
	if err := j.split(ids, w.table, list); err != nil {
		return nil, err
	}
	if err := j.List(ctx, w.tx); err != nil {
		return nil, err
	}
	if err := j.Count(ctx, w.Engine, w.tx); err != nil {
		return nil, err
	}
	return j, nil
}

// finest opens the surveys and the period of a new table and earlier ones together, and says by what it must be split.
func (w *tableProof) finest(ctx context.Context, list []*priorRelease) (j *jointTable, ids []string, err error) {
	t := w.table
	q := t.Frame.Query
	q.Where, q.By, q.Surveys = nil, nil, nil
	q.From, q.To = t.Frame.From, t.Frame.To
	surveys := t.Counts.Surveys()
	add := func(split []string) {
		for _, id := range split {
			if id == "directorate" {
				id = "service"
			}
			if id != "month" && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	add(t.Frame.Query.By)
	for _, r := range list {
		add(r.Query.By)
		surveys = append(surveys, r.counts.Surveys()...)
		from, _ := figures.ParseDate(r.From)
		to, _ := figures.ParseDate(r.To)
		if from.Before(q.From) {
			q.From = from
		}
		if q.To.Before(to) {
			q.To = to
		}
	}
	// A characteristic that is there whole and by its groups is counted whole.
	ids = slices.DeleteFunc(ids, func(id string) bool {
		whole := strings.TrimSuffix(id, "_group")
		_, known := bank.Find(whole)
		return whole != id && known && slices.Contains(ids, whole)
	})
	slices.Sort(surveys)
	book, err := codebook.ReadOf(ctx, w.tx, t.Org, slices.Compact(surveys))
	if err != nil {
		return nil, nil, err
	}
	jt := &crosstab.Table{Org: book.Org, Codebook: book, Tabulating: t.Tabulating}
	jt.Frame = figures.Frame{Query: q, Organisation: book.Name, Zone: book.Zone, From: q.From, To: q.To}
	for _, s := range book.Surveys {
		jt.Frame.Surveys = append(jt.Frame.Surveys, s.SurveyRef)
	}
	return &jointTable{Table: jt}, ids, nil
}

// split tells apart the surveys, months and dimensions that some of the tables tell apart.
func (j *jointTable) split(ids []string, t *crosstab.Table, list []*priorRelease) error {
	jt := j.Table
	add := func(d crosstab.Dimension) {
		jt.By = append(jt.By, d)
		jt.Equality = jt.Equality || d.Equality
	}
	byMonth := slices.Contains(t.Frame.Query.By, "month")
	several, periods := false, byMonth
	for _, r := range list {
		byMonth = byMonth || slices.Contains(r.Query.By, "month")
		several = several || !slices.Equal(r.counts.Surveys(), t.Counts.Surveys())
		periods = periods || byMonth || r.From != t.Frame.From.String() || r.To != t.Frame.To.String()
	}
	if several {
		add(j.surveyDimension())
	}
	if periods {
		d, err := jt.Dimension("month")
		if err != nil {
			return err
		}
		if !byMonth && !slices.Contains(ids, "service") { // a service may be in another directorate within a span
			jt.Span = spans(t.Frame, list, crosstab.MonthsBetween(jt.Frame.From, jt.Frame.To))
			months := d.Read
			d.Read = func(raw []string) []string { return []string{jt.Span[months(raw)[0]]} }
		}
		add(d)
	}
	for _, id := range ids {
		d, err := jt.Dimension(id)
		if err != nil {
			return err
		}
		if id == "service" {
			d = j.serviceDimension(d)
		}
		add(d)
	}
	return nil
}

// spans gives each month the first one that the same releases count.
func spans(own figures.Frame, list []*priorRelease, months []string) map[string]string {
	first, out := map[string]string{}, map[string]string{}
	for _, m := range months {
		in := fmt.Sprint(slices.Contains(crosstab.MonthsBetween(own.From, own.To), m))
		for _, r := range list {
			in += fmt.Sprint(slices.Contains(r.months, m))
		}
		if first[in] == "" {
			first[in] = m
		}
		out[m] = first[in]
	}
	return out
}

// surveyDimension tells the surveys apart, by the order of their ids: which aggregates are hidden depends on the names
// of codes, and is not to depend on what other organisations made before.
func (j *jointTable) surveyDimension() crosstab.Dimension {
	at := j.Field(tabulate.Field{Of: tabulate.Survey})
	d := crosstab.Dimension{Dimension: figures.Dimension{ID: "(survey)"}, LabelOf: wording.Plain}
	byID := map[string][]string{}
	for i, s := range j.Frame.Surveys {
		code := fmt.Sprint(i + 1)
		d.Codes = append(d.Codes, figures.Code{Code: code})
		byID[fmt.Sprint(s.ID)] = []string{code}
	}
	d.Read = func(raw []string) []string { return byID[raw[at]] }
	return d
}

// serviceDimension tells services apart, and the directorates they belonged to.
func (j *jointTable) serviceDimension(service crosstab.Dimension) crosstab.Dimension {
	month := j.Field(tabulate.Field{Of: tabulate.Month})
	at := j.Field(tabulate.Field{Of: tabulate.Service})
	d := crosstab.Dimension{Dimension: figures.Dimension{ID: "service"}, LabelOf: wording.Plain}
	for _, s := range j.Codebook.Services {
		for _, m := range j.Months() {
			code := s.Code + crosstab.CodeSeparator + j.Codebook.Directorate(s.ID, m)
			if !slices.ContainsFunc(d.Codes, func(c figures.Code) bool { return c.Code == code }) {
				d.Codes = append(d.Codes, figures.Code{Code: code})
			}
		}
	}
	d.Read = func(raw []string) []string {
		slug := service.Read(raw)[0]
		return []string{slug + crosstab.CodeSeparator + j.Codebook.Directorate(raw[at], raw[month])}
	}
	return d
}
