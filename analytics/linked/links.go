package linked

import (
	"slices"

	"yousaid/analytics/disclosure"
	"yousaid/analytics/figures"
	"yousaid/analytics/register"
)

// sameAnswers finds the releases that count some of the same answers as a new one, and what counts some of the same as these, oldest first.
func sameAnswers(own *priorRelease, list []*priorRelease) []*priorRelease {
	known := []*priorRelease{own}
	left := slices.Clone(list)
	for more := true; more; {
		more = false
		left = slices.DeleteFunc(left, func(r *priorRelease) bool {
			meets := slices.ContainsFunc(known, func(o *priorRelease) bool { return r.counts.SharesAnswers(o.counts) })
			if meets {
				known, more = append(known, r), true
			}
			return meets
		})
	}
	known = known[1:]
	slices.SortFunc(known, func(a, b *priorRelease) int { return int(a.ID - b.ID) })
	return known
}

// linkedReleases finds what hangs together with a new table when other questions are looked at, too. Two releases hang
// together when they count some of the same people and
//   - are split by one dimension, or
//   - one counts a question that the other is split by, or
//   - one is split by months that are not all printed, and the other is so as well, or counts only some of them,
//
// or through others that do. It gives nothing when all that hangs together counts the same question: that is proved with its answers.
//
// All other releases can stay as they are beside any table that proves what is hidden: such a table prints how many
// gave which answer, and people who gave the same one can be exchanged with all that the other releases tell of them.
func linkedReleases(own *priorRelease, all []*priorRelease) []*priorRelease {
	inside := []*priorRelease{own}
	for more := true; more; {
		more = false
		for _, r := range all {
			if !slices.Contains(inside, r) && slices.ContainsFunc(inside, r.isLinked) {
				inside, more = append(inside, r), true
			}
		}
	}
	inside = inside[1:]
	if !slices.ContainsFunc(inside, func(r *priorRelease) bool { return !r.counts.SameQuestions(own.counts) }) {
		return nil
	}
	slices.SortFunc(inside, func(a, b *priorRelease) int { return int(a.ID - b.ID) })
	return inside
}

func (r *priorRelease) isLinked(o *priorRelease) bool {
	if !r.counts.SharesPeople(o.counts) {
		return false
	}
	return r.shares(o.Query.By) || r.crosses(o) || !r.counts.SharesAnswers(o.counts) && r.sharesMonths(o)
}

// crosses tells whether one of two releases is split by the question that the other counts.
func (r *priorRelease) crosses(o *priorRelease) bool {
	by := func(split []string, c register.Coverage) bool {
		return slices.ContainsFunc(split, func(id string) bool { return c.Asks(register.Root(id)) })
	}
	return by(r.Query.By, o.counts) || by(o.Query.By, r.counts)
}

// sharesMonths tells whether what one release hides of months may bear on the other.
func (r *priorRelease) sharesMonths(o *priorRelease) bool {
	within := r.counts.From != o.counts.From || r.counts.To != o.counts.To
	hides := func(one, other *priorRelease) bool {
		return slices.Contains(one.Query.By, "month") && one.monthsAndTotal() == nil && (within || slices.Contains(other.Query.By, "month"))
	}
	return hides(r, o) || hides(o, r)
}

// dropIndependent finds the releases that do not hang together with a new one, and leaves of them their totals. Two
// releases hang together when they count some of the same answers and are split by one dimension, or through others
// that do.
//
// What hangs together is proved together, and no witness changes how many gave which answer in any span of months and
// survey that these releases tell apart (joint.shared). So it can be true with all other releases as they are: in each
// span those are split by other dimensions, and people can be matched one by one within span, survey and answer; where
// releases tell a span apart only later, people of one answer in it can be given its months anew. A table by itself
// changes nobody's answer either, as its total is out in full; one whose total is not is taken in.
func dropIndependent(own *priorRelease, list []*priorRelease) {
	inside := []*priorRelease{own}
	for more := true; more; {
		more = false
		for _, r := range list {
			if !slices.Contains(inside, r) && slices.ContainsFunc(inside, func(o *priorRelease) bool {
				return r.counts.SharesPeople(o.counts) && (r.shares(o.Query.By) || r.monthsAndTotal() == nil)
			}) {
				inside, more = append(inside, r), true
			}
		}
	}
	for _, r := range list {
		if slices.Contains(inside, r) || r.monthsAndTotal() == nil {
			continue
		}
		// Of a month that one release prints of one survey, and another of two, the second survey's part is the difference.
		if slices.ContainsFunc(inside, func(o *priorRelease) bool {
			return r.counts.SharesPeople(o.counts) && !slices.Equal(r.counts.Surveys(), o.counts.Surveys())
		}) {
			r.keepMonths()
			continue
		}
		r.keepTotal()
	}
}

// shares tells whether a release is split by one of some dimensions, or by what one of them follows from. All can be told apart by month.
func (r *priorRelease) shares(split []string) bool {
	return slices.ContainsFunc(r.Query.By, func(id string) bool {
		return id != "month" && slices.ContainsFunc(split, func(other string) bool { return register.Root(id) == register.Root(other) })
	})
}

// monthsAndTotal are the months and the total of a release; nil where one of them is not out with its distribution.
func (r *priorRelease) monthsAndTotal() (cells []priorCell) {
	for _, c := range r.cells {
		whole := true
		for i, id := range r.Query.By {
			whole = whole && (c.codes[i] == figures.All || id == "month")
		}
		switch {
		case !whole:
		case c.state == disclosure.Shown && c.distribution != nil:
			cells = append(cells, c)
		default:
			return nil
		}
	}
	return cells
}

// keepTotal leaves of a release its total, and its months to be compared with those of today. They need no aggregate
// beside it: who answered in which month of a period can be chosen anew for each witness, as long as the period keeps
// its answers.
func (r *priorRelease) keepTotal() {
	cells := r.monthsAndTotal()
	for _, c := range cells[:len(cells)-1] {
		at := slices.Index(r.Query.By, "month")
		c.codes = c.codes[at : at+1]
		r.byMonth = append(r.byMonth, c)
	}
	cells = cells[len(cells)-1:] // the total stands last
	cells[0].codes = nil
	r.cells, r.Query.By, r.groups = cells, nil, nil
}

// keepMonths leaves of a release its total and its months, to be proved with the others.
func (r *priorRelease) keepMonths() {
	at := slices.Index(r.Query.By, "month")
	if at < 0 {
		r.keepTotal()
		return
	}
	cells := r.monthsAndTotal()
	for i := range cells {
		cells[i].codes = cells[i].codes[at : at+1]
	}
	r.cells, r.Query.By, r.groups, r.rows = cells, []string{"month"}, r.groups[at:at+1], nil
}

// cloneReleases are releases that can be changed without changing these.
func cloneReleases(list []*priorRelease) (out []*priorRelease) {
	for _, r := range list {
		one := *r
		out = append(out, &one)
	}
	return out
}
