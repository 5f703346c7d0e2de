package analytics

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

// plan turns a query into fields to count by, and readers of their values. The codebook stays as it is, for the next query.
func plan(shared *codebook.Book, by tenant.Actor, q figures.Query) (*table, error) {
	own := *shared
	own.Surveys = slices.Clone(shared.Surveys) // those that do not ask the measure are left out
	b := &own
	t := &table{org: b.Org, codebook: b}
	t.frame = figures.Frame{Query: q, Organisation: b.Name, Zone: b.Zone, From: q.From, To: q.To, Snapshot: b.Snapshot}
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
		d, err := t.dimension(id)
		if err != nil {
			return nil, err
		}
		t.by = append(t.by, d)
		t.equality = t.equality || d.Equality
	}
	if err := t.refuseCrossingWithItself(); err != nil {
		return nil, err
	}
	for _, f := range q.Where {
		if err := t.filter(f); err != nil {
			return nil, err
		}
	}
	if err := t.restrict(by); err != nil {
		return nil, err
	}
	if q.Everybody {
		t.scope = nil
	}
	for _, s := range b.Surveys {
		t.frame.Surveys = append(t.frame.Surveys, s.SurveyRef)
	}
	t.frame.LeftOut = b.LeftOut
	t.frame.Measure = t.measure.Measure
	for _, d := range t.by {
		t.frame.Dimensions = append(t.frame.Dimensions, d.Dimension)
	}
	return t, nil
}

// filter keeps the responses of some codes. Where they are read from one value the engine does it.
func (t *table) filter(f figures.Filter) error {
	d, err := (&table{codebook: t.codebook}).dimension(f.Dimension)
	if err != nil {
		return err
	}
	if err := d.accepts(f.Values); err != nil {
		return err
	}
	t.equality = t.equality || d.Equality
	if d.filter != nil {
		t.filters = append(t.filters, d.filter(f.Values))
		return nil
	}
	if d, err = t.dimension(f.Dimension); err != nil {
		return err
	}
	t.where = append(t.where, condition{d, f.Values})
	return nil
}

// restrict holds who may see which figures (DATA.md), and keeps an actor who works for some services to these and their parts.
func (t *table) restrict(by tenant.Actor) error {
	b := t.codebook
	needed := permission.SeeFigures
	switch {
	case t.equality:
		needed = permission.SeeEquality
	case t.frame.Query.Audience == figures.Public:
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
	t.scope = may
	return nil
}

// refuseCrossingWithItself refuses a question that is crossed with itself, under whatever name it is measured.
func (t *table) refuseCrossingWithItself() error {
	for _, d := range t.by {
		if !d.Equality && t.counts.Asks(register.Root(d.ID)) {
			return refusal.New(refusal.AboutSplit, d.ID,
				"refusal.this_table_counts_the|This table counts the answers to %s, so it cannot be split by "+
					"%s as well: every answer would stand in its own row. Split it by another question, or leave the split away.", register.Root(d.ID), d.ID)
		}
	}
	return nil
}
