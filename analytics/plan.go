package analytics

import (
	"slices"
	"strconv"

	"yousaid/surveys/tenant"
)

// plan turns a query into raw columns and readers.
func (b *book) plan(by tenant.Actor, q Query) (*table, error) {
	t := &table{org: b.org, book: b, first: b.first, args: []any{b.org, nil, nil, nil, b.zone.String()}}
	t.frame = Frame{Query: q, Organisation: b.name, Zone: b.zone, From: q.From, To: q.To, Snapshot: b.snapshot}
	if !q.From.IsZero() && !q.To.IsZero() && q.To.Before(q.From) {
		return nil, refuse("The period ends (%s) before it begins (%s).", q.To, q.From)
	}
	if len(q.By) > 2 {
		return nil, refuse("A table can be split by two dimensions at the most; these are %d.", len(q.By))
	}
	if err := b.measure(t, q.Measure); err != nil {
		return nil, err
	}
	for i, id := range q.By {
		if slices.Contains(q.By[:i], id) {
			return nil, refuse("%s is named twice: cross two different dimensions.", id)
		}
		d, err := b.dimension(t, id)
		if err != nil {
			return nil, err
		}
		t.by = append(t.by, d)
		t.equality = t.equality || d.Equality
	}
	if err := t.notItself(); err != nil {
		return nil, err
	}
	for _, f := range q.Where {
		d, err := b.dimension(t, f.Dimension)
		if err != nil {
			return nil, err
		}
		if err := d.accepts(f.Values); err != nil {
			return nil, err
		}
		t.where = append(t.where, condition{d, f.Values})
		t.equality = t.equality || d.Equality
	}
	if err := b.restrict(t, by); err != nil {
		return nil, err
	}
	if q.everybody {
		t.scope = nil
	}
	for _, s := range b.surveys {
		t.frame.Surveys = append(t.frame.Surveys, s.SurveyRef)
	}
	t.frame.LeftOut = b.leftOut
	t.frame.Measure = t.measure.Measure
	for _, d := range t.by {
		t.frame.Dimensions = append(t.frame.Dimensions, d.Dimension)
	}
	return t, nil
}

// restrict holds who may see which figures (DATA.md), and keeps an actor who works for some services to these and their parts.
func (b *book) restrict(t *table, by tenant.Actor) error {
	roles := []string{"viewer", "service", "consultation", "administrator"}
	switch {
	case t.equality:
		roles = []string{"equality", "administrator"}
	case t.frame.Query.Audience == Public:
		roles = []string{"consultation", "administrator"} // a public table is published for the whole council
	}
	may := map[string]bool{}
	seen := false
	for _, g := range by.Grants {
		if !slices.Contains(roles, g.Role) {
			continue
		}
		seen = true
		if g.Service == 0 && g.Directorate == 0 && g.Role != "service" {
			return nil
		}
		for _, s := range b.services {
			id, _ := strconv.ParseInt(s.ID, 10, 64)
			own := g.Service != 0 && (id == g.Service || s.Parent.Int64 == g.Service)
			if g.Directorate != 0 {
				now := b.directorate(s.ID, "9999-12")
				own = own || slices.ContainsFunc(b.directorates, func(d named) bool { return d.Code == now && d.ID == strconv.FormatInt(g.Directorate, 10) })
			}
			if own {
				may[s.ID] = true
			}
		}
	}
	if !seen {
		return ErrNotAllowed
	}
	t.scope = may
	b.serviceColumn = t.column("r.service_id")
	return nil
}
