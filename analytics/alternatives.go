package analytics

import (
	"context"
	"errors"
	"slices"

	"yousaid/analytics/disclosure"
	"yousaid/analytics/figures"
	"yousaid/analytics/linked"
	"yousaid/analytics/refusal"
	"yousaid/surveys/bank"
)

const (
	maxTried        = 4 // tables that are tried instead of one that was not proved: each takes as long as it did
	maxAlternatives = 2 // of them that are named
)

// findAlternatives tries what may be released instead of a table that was not proved, and puts it in the refusal.
func (s *Snapshot) findAlternatives(ctx context.Context, q figures.Query, err error) error {
	var r refusal.Refusal
	if !errors.As(err, &r) || r.Why == refusal.NoAnswer || r.Why == refusal.RoundedOtherwise || r.Why == refusal.Inconsistent {
		return err
	}
	var list []figures.Query
	for _, days := range r.OtherPeriods {
		one := q
		one.From, one.To = days[0], days[1]
		list = append(list, one)
	}
	if r.Why != refusal.FewChanged { // else every table of these days is refused
		list = append(simpler(q), list...)
	}
	for _, one := range list[:min(len(list), maxTried)] {
		r.Tried = true
		answer, err := s.once(ctx, one, trying)
		if err != nil {
			if errors.As(err, new(refusal.Refusal)) || errors.Is(err, refusal.ErrNotAllowed) {
				continue
			}
			return err
		}
		if p, ok := answer.(linked.Proved); !ok || p.Table.Total().State != disclosure.Shown {
			continue // nothing of it is to be seen
		}
		if r.Alternatives = append(r.Alternatives, one); len(r.Alternatives) == maxAlternatives {
			break
		}
	}
	return r
}

// simpler lists tables that may be proved where one was not: split by one of two dimensions, by groups of a
// characteristic, without subtotals.
func simpler(q figures.Query) (list []figures.Query) {
	add := func(by []string, subtotals bool) {
		one := q
		one.By, one.Subtotals = by, subtotals
		list = append(list, one)
	}
	if len(q.By) == 2 {
		add(q.By[:1], q.Subtotals)
		add(q.By[1:], q.Subtotals)
	}
	for i, id := range q.By {
		if c, ok := bank.Find(id); ok && len(c.Groups) > 0 {
			by := slices.Clone(q.By)
			by[i] += "_group"
			add(by, q.Subtotals)
		}
	}
	if q.Subtotals {
		add(q.By, false)
	}
	return list
}
