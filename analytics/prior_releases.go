package analytics

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/jmoiron/sqlx"

	"yousaid/analytics/codebook"
	"yousaid/analytics/crosstab"
	"yousaid/analytics/disclosure"
	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/analytics/register"
)

// priorRelease is a release that counts some of the same answers as a new one.
type priorRelease struct {
	register.Release
	counts register.Coverage
	months []string
	groups []map[string][]string // by dimension: what each subtotal is made of
	rows   []map[string]string   // by dimension: the ids of services or directorates, by the code they had
	cells  []priorCell

	byMonth []priorCell // of one that is left with its total: the months that it printed
}

// priorCell is an aggregate of an earlier release, as its record has it.
type priorCell struct {
	codes        []string
	state        disclosure.State
	n            int64
	distribution map[string]int64 // nil when it was held back
	mean         *float64
	satisfied    *float64
	small        bool // hidden, and had fewer people than the threshold
}

// priorReleases is what is out about the people of a new table.
type priorReleases struct {
	same []*priorRelease // about the same question, and what hangs together with that
	// all that may hang together with the new table if there is another question among them: see linked; nil when there is
	// none
	other []*priorRelease
}

// ids are the numbers of all of them.
func (o priorReleases) ids() (list []int64) {
	for _, r := range slices.Concat(o.same, o.other) {
		list = append(list, r.ID)
	}
	return list
}

// readPriorReleases reads what is out about some of the same answers, and what hangs together with that: a quarter and
// two of its months give the third away, which shares no day with the two. Whatever became of a release since: what was
// once public stays known.
func readPriorReleases(ctx context.Context, tx *sqlx.Tx, t *crosstab.Table) (found priorReleases, err error) {
	own := asRelease(t)
	read, err := register.Linked(ctx, tx, t.Org, own.asked())
	if err != nil {
		return found, err
	}
	rows := make([]*priorRelease, len(read))
	for i, r := range read {
		rows[i] = &priorRelease{Release: r, counts: register.Coverage{Questions: r.Counts, From: r.From, To: r.To}}
	}
	var exact []*priorRelease
	for _, r := range rows {
		if r.Query.Rounded != t.Frame.Query.Rounded && r.counts.SharesPeople(own.counts) {
			return found, refusal.Unproved(refusal.RoundedOtherwise, nil, r.ID)
		}
		if !r.Query.Rounded {
			exact = append(exact, r)
		}
	}
	for _, r := range exact {
		if err := r.read(); err != nil {
			return found, fmt.Errorf("reading release %d: %w", r.ID, err)
		}
	}
	found.same = sameAnswers(own, exact)
	if !t.Frame.Query.Rounded {
		found.other = linkedReleases(own, exact)
	}
	return found, refuseTwoQuestions(t, found.same)
}

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

// refuseTwoQuestions refuses where a survey's answers to two of its questions would have to be counted as one: that is
// so where a scale counts one of them and a release joins it with the other by the code that it has elsewhere.
func refuseTwoQuestions(t *crosstab.Table, known []*priorRelease) error {
	questions := maps.Clone(t.Counts.Questions)
	for _, r := range known {
		for survey, code := range r.counts.Questions {
			if was, there := questions[survey]; there && was != code {
				return refusal.Unproved(refusal.NotProvedLinked, nil, r.ID)
			}
			questions[survey] = code
		}
	}
	return nil
}

// asRelease is the new table as the register would have it.
func asRelease(t *crosstab.Table) *priorRelease {
	own := &priorRelease{counts: t.Counts}
	own.Query.By, own.Query.Rounded = t.Frame.Query.By, t.Frame.Query.Rounded
	return own
}

// asked is the table as the register takes it to select what is audited together with it.
func (r *priorRelease) asked() register.Asked {
	return register.Asked{Counts: r.counts.Questions, From: r.counts.From, To: r.counts.To, By: r.Query.By, Rounded: r.Query.Rounded}
}

func (r *priorRelease) read() error {
	if r.cells != nil {
		return nil
	}
	from, err1 := figures.ParseDate(r.From)
	to, err2 := figures.ParseDate(r.To)
	if err1 != nil || err2 != nil {
		return fmt.Errorf("its period is %s to %s", r.From, r.To)
	}
	r.months = crosstab.MonthsBetween(from, to)
	tree := r.Record.Dimensions
	for i := range r.Query.By {
		groups := map[string][]string{}
		r.rows = append(r.rows, nil)
		if i < len(tree) {
			r.rows[i] = tree[i].Rows
			for _, g := range tree[i].Groups {
				groups[g.Code] = g.Of
			}
		}
		r.groups = append(r.groups, groups)
	}
	cells, err := r.Cells()
	if err != nil {
		return err
	}
	for _, one := range cells {
		c := priorCell{codes: one.Codes, n: one.N, mean: one.Mean, satisfied: one.Satisfied}
		switch {
		case one.Hidden:
			c.state = disclosure.Hidden
			c.small = slices.ContainsFunc(r.Small, func(codes []string) bool { return slices.Equal(codes, c.codes) })
		case one.NotAsked:
			c.state = disclosure.NotAsked
		default:
			c.state = disclosure.Shown
		}
		if one.Distribution != nil {
			c.distribution = map[string]int64{}
			for _, count := range one.Distribution {
				c.distribution[count.Code] = count.N
			}
		}
		r.cells = append(r.cells, c)
	}
	return nil
}

// useCurrentCodes puts the codes that services and directorates have today instead of those they had when the release left.
func (r *priorRelease) useCurrentCodes(b *codebook.Book) {
	for i, id := range r.Query.By {
		now := map[string]string{}
		for code, row := range b.Rows()[id] {
			now[row] = code
		}
		is := map[string]string{}
		for code, row := range r.rows[i] {
			if now[row] != "" && now[row] != code {
				is[code] = now[row]
			}
		}
		if len(is) == 0 {
			continue
		}
		for _, c := range r.cells {
			c.codes[i] = cmp.Or(is[c.codes[i]], c.codes[i])
		}
		for _, of := range r.groups[i] {
			for k, code := range of {
				of[k] = cmp.Or(is[code], code)
			}
		}
	}
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

// part gives the codes behind a code of a dimension: itself, or what the subtotal is made of.
func (r *priorRelease) part(i int, code string) []string {
	if of := r.groups[i][code]; of != nil {
		return of
	}
	return []string{code}
}

// rules are those it was made by.
func (r *priorRelease) rules() disclosure.Rules {
	return disclosure.Rules{Threshold: r.Threshold, Equality: r.Threshold >= disclosure.EqualityThreshold,
		DistributionBase: disclosure.MinDistributionBase}
}

// finest tells whether a cell is no sum of others.
func (r *priorRelease) finest(codes []string) bool {
	for i, code := range codes {
		if code == figures.All || r.groups[i][code] != nil {
			return false
		}
	}
	return true
}
