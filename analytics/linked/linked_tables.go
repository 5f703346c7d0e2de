package linked

import (
	"slices"
	"strings"

	"yousaid/analytics/crosstab"
	"yousaid/analytics/disclosure"
	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
)

// unchanged finds the newest release of the very same table, when everything that it printed is still true: asked
// again, it is that release.
func unchanged(t *crosstab.Table, list []*priorRelease, rules disclosure.Rules) *priorRelease {
	q := t.Frame.Query
	for _, r := range slices.Backward(list) {
		if !r.counts.Is(t.Counts) || !slices.Equal(r.Query.By, q.By) || r.Query.Subtotals != q.Subtotals || r.Threshold != rules.Threshold {
			continue
		}
		aggregates := 0
		still := true
		crosstab.EachAggregate(t.Frame.Dimensions, func(codes []string) {
			aggregates++
			c, ok := r.find(codes)
			if !ok {
				still = false
				return
			}
			if c.state != disclosure.Shown {
				return
			}
			n, answers := t.People(codes)
			still = still && n == c.n
			for a, k := range c.distribution {
				still = still && answers[a] == k
			}
		})
		if still && aggregates == len(r.cells) {
			return r
		}
		return nil // the newest one counts
	}
	return nil
}

// audit compares each earlier release with the answers as they are today, and says what must hold beside them. An
// answer that came, went or was put right since would be known from the difference: it must be none, or as many as the
// threshold, in each direction. Where answers only came, or only went, a group may differ by fewer if others differ by
// more: the proof of both together then hides it. Of tables with other groups several such differences together could
// be known, which are no aggregate of either: there a few are refused.
func (j *jointTable) audit(answer *Proved, list []*priorRelease, rules disclosure.Rules) (disclosure.Joint, error) {
	j.prepare()
	var out disclosure.Joint
	var since []changedRelease
	for _, r := range list {
		e := disclosure.PriorTable{Number: r.ID, Rules: disclosure.RulesOf(r.Threshold)}
		changed, few, many := false, false, false
		var way changeDirections
		for _, c := range r.cells {
			codes := j.codes(r.Query.By, c.codes, r.counts.Surveys(), r.months, r.part)
			if slices.Contains(codes, noMembers) { // a code that nobody has any more
				changed = changed || c.state == disclosure.Shown && c.n > 0
				way.lost = way.lost || changed
				continue
			}
			e.Cells = append(e.Cells, j.publishedCell(c, codes, r.finest(c.codes)))
			if c.state != disclosure.Shown {
				continue
			}
			came, went := j.since(c, j.members(codes))
			changed = changed || came > 0 || went > 0
			way.came, way.went = way.came || came > 0, way.went || went > 0
			few = few || isFew(came, rules) || isFew(went, rules)
			many = many || came+went >= int64(rules.Threshold)
		}
		if changed {
			e.Changed = way.change()
		}
		if few && (!many || e.Changed == disclosure.Unchanged) || j.fewChangedMonths(r, answer, rules) {
			return out, refusal.Unproved(refusal.FewChanged, nil, r.ID)
		}
		if changed {
			since = append(since, changedRelease{e, way, few})
			continue
		}
		answer.AuditedWith = append(answer.AuditedWith, r.ID)
		out.Prior = append(out.Prior, e)
	}
	surveys, months := answer.Counts.Surveys(), crosstab.MonthsBetween(answer.From, answer.To)
	out.JointCodes = func(codes []string) []string {
		return j.codes(answer.Query.By, codes, surveys, months, answer.PartOf)
	}
	// The selections of all aggregates must be known before the lattice is laid.
	aggregates := map[string]bool{}
	crosstab.EachAggregate(answer.Dimensions, func(codes []string) { aggregates[strings.Join(out.JointCodes(codes), "\x1f")] = true })
	if err := refuseOtherAggregates(slices.Concat(out.Prior, tablesOfChanged(since)), aggregates, since); err != nil {
		return out, err
	}
	out.Prior = append(out.Prior, j.shared())
	out.Lattice = j.lay()
	return j.withChangedReleases(out, since, answer, rules)
}

func isFew(n int64, rules disclosure.Rules) bool { return n > 0 && n < int64(rules.Threshold) }

// fewChangedMonths tells whether the months of a release that is left with its total differ by few people from those of
// today, where the new table prints the same ones: each by itself, or together.
func (j *jointTable) fewChangedMonths(r *priorRelease, answer *Proved, rules disclosure.Rules) bool {
	own := crosstab.MonthsBetween(answer.From, answer.To)
	var both []string
	all := priorCell{distribution: map[string]int64{}}
	differs := func(c priorCell, months []string) bool {
		came, went := j.since(c, j.within(nil, nil, r.counts.Surveys(), months, r.part))
		return isFew(came, rules) || isFew(went, rules)
	}
	for _, c := range r.byMonth {
		if !slices.Contains(own, c.codes[0]) {
			continue
		}
		if slices.Contains(answer.Query.By, "month") && differs(c, c.codes) {
			return true
		}
		both = append(both, c.codes[0])
		all.n += c.n
		for a, n := range c.distribution {
			all.distribution[a] += n
		}
	}
	return both != nil && differs(all, both)
}

// shared is every span of months of every survey, to be held as it is.
func (j *jointTable) shared() disclosure.PriorTable {
	held := disclosure.PriorTable{Fixed: true}
	codes := make([]string, len(j.By))
	var walk func(i int)
	walk = func(i int) {
		if i == len(codes) {
			held.Cells = append(held.Cells, disclosure.PriorCell{Codes: slices.Clone(codes)})
			return
		}
		if id := j.By[i].ID; id != "month" && id != "(survey)" {
			codes[i] = figures.All
			walk(i + 1)
			return
		}
		for _, leaf := range j.leaves[i] {
			codes[i] = leaf
			walk(i + 1)
		}
	}
	walk(0)
	return held
}

// since counts, for an aggregate that is out, given the codes behind it in each dimension, the people who came and who
// went, as far as its figures tell.
func (j *jointTable) since(c priorCell, of [][]string) (came, went int64) {
	n, answers := j.peopleIn(of)
	if c.distribution == nil {
		return max(0, n-c.n), max(0, c.n-n)
	}
	for a := range c.distribution {
		d := answers[a] - c.distribution[a]
		came, went = came+max(0, d), went+max(0, -d)
	}
	for a, k := range answers {
		if _, printed := c.distribution[a]; !printed && j.counts(a) {
			came += k
		}
	}
	return came, went
}

// counts tells whether an answer counts towards the base.
func (j *jointTable) counts(code string) bool {
	return slices.ContainsFunc(j.Measure.Valid(), func(a figures.AnswerCode) bool { return a.Code == code })
}
