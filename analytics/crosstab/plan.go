// Package crosstab turns a query into a table: by which fields responses are counted, how their values become codes, and
// what a table that is to be protected may ask.
package crosstab

import (
	"slices"
	"strconv"

	"yousaid/analytics/codebook"
	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/analytics/register"
	"yousaid/surveys/permission"
	"yousaid/surveys/tenant"
)

// Plan turns a query into fields to count by, and readers of their values. The codebook stays as it is, for the next query.
func Plan(shared *codebook.Book, by tenant.Actor, q figures.Query) (*Table, error) {
	own := *shared
	own.Surveys = slices.Clone(shared.Surveys) // those that do not ask the measure are left out
	b := &own
	t := &Table{Org: b.Org, Codebook: b}
	t.Frame = figures.Frame{Query: q, Organisation: b.Name, Zone: b.Zone, From: q.From, To: q.To, Snapshot: b.Snapshot}
	if !q.From.IsZero() && !q.To.IsZero() && q.To.Before(q.From) {
		return nil, refusal.New(refusal.AboutTo, "",
			"refusal.the_period_ends_before|The period ends (%s) before it begins (%s).", q.To, q.From)
	}
	if len(q.By) > 2 {
		return nil, refusal.New(refusal.AboutSplit, "",
			"refusal.a_table_can_be|A table can be split by two dimensions at the most; these are %s.", len(q.By))
	}
	if err := t.choose(q.Measure); err != nil {
		return nil, err
	}
	for i, id := range q.By {
		if slices.Contains(q.By[:i], id) {
			return nil, refusal.New(refusal.AboutSplit, id,
				"refusal.is_named_twice_cross|%s is named twice: cross two different dimensions.", id)
		}
		d, err := t.Dimension(id)
		if err != nil {
			return nil, err
		}
		t.By = append(t.By, d)
		t.Equality = t.Equality || d.Equality
	}
	if err := t.refuseCrossingWithItself(); err != nil {
		return nil, err
	}
	for _, f := range q.Where {
		if err := t.filter(f); err != nil {
			return nil, err
		}
	}
	if err := t.Restrict(by); err != nil {
		return nil, err
	}
	if q.Everybody {
		t.Scope = nil
	}
	for _, s := range b.Surveys {
		t.Frame.Surveys = append(t.Frame.Surveys, s.SurveyRef)
	}
	t.Frame.LeftOut = b.LeftOut
	t.Frame.Measure = t.Measure.Measure
	for _, d := range t.By {
		t.Frame.Dimensions = append(t.Frame.Dimensions, d.Dimension)
	}
	return t, nil
}

// filter keeps the responses of some codes. Where they are read from one value the engine does it.
func (t *Table) filter(f figures.Filter) error {
	d, err := (&Table{Codebook: t.Codebook}).Dimension(f.Dimension)
	if err != nil {
		return err
	}
	if err := d.accepts(f.Values); err != nil {
		return err
	}
	t.Equality = t.Equality || d.Equality
	if d.filter != nil {
		t.filters = append(t.filters, d.filter(f.Values))
		return nil
	}
	if d, err = t.Dimension(f.Dimension); err != nil {
		return err
	}
	t.where = append(t.where, condition{d, f.Values})
	return nil
}

// Restrict holds who may see which figures (DATA.md), and keeps an actor who works for some services to these and their parts.
func (t *Table) Restrict(by tenant.Actor) error {
	b := t.Codebook
	needed := permission.SeeFigures
	switch {
	case t.Equality:
		needed = permission.SeeEquality
	case t.Frame.Query.Audience == figures.Public:
		needed = permission.PublishFigures // a public table is published for the whole council
	}
	if !permission.Holds(by, needed) {
		return refusal.ErrNotAllowed
	}
	reach := permission.Scope(by, needed)
	if reach.Everything {
		return nil
	}
	may := map[string]bool{}
	for _, s := range b.Services {
		id, _ := strconv.ParseInt(s.ID, 10, 64)
		var directorate int64
		now := b.Directorate(s.ID, "9999-12")
		if at := slices.IndexFunc(b.Directorates, func(d codebook.Entry) bool { return d.Code == now }); at >= 0 {
			directorate, _ = strconv.ParseInt(b.Directorates[at].ID, 10, 64)
		}
		if reach.Covers(id, s.Parent.Int64, directorate) {
			may[s.ID] = true
		}
	}
	t.Scope = may
	return nil
}

// refuseCrossingWithItself refuses a question that is crossed with itself, under whatever name it is measured.
func (t *Table) refuseCrossingWithItself() error {
	for _, d := range t.By {
		if !d.Equality && t.Counts.Asks(register.Root(d.ID)) {
			return refusal.New(refusal.AboutSplit, d.ID,
				"refusal.this_table_counts_the|This table counts the answers to %s, so it cannot be split by "+
					"%s as well: every answer would stand in its own row. Split it by another question, or leave the split away.",
				register.Root(d.ID), d.ID)
		}
	}
	return nil
}
