package linked

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
	own := asRelease(t.Frame, t.Counts)
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

// asRelease is a new table as the register would have it.
func asRelease(f figures.Frame, counts register.Coverage) *priorRelease {
	own := &priorRelease{counts: counts}
	own.Query.By, own.Query.Rounded = f.Query.By, f.Query.Rounded
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

// part gives the codes behind a code of a dimension: itself, or what the subtotal is made of.
func (r *priorRelease) part(i int, code string) []string {
	if of := r.groups[i][code]; of != nil {
		return of
	}
	return []string{code}
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

// find gives the cell of a release with these codes.
func (r *priorRelease) find(codes []string) (priorCell, bool) {
	for _, c := range r.cells {
		if slices.Equal(c.codes, codes) {
			return c, true
		}
	}
	return priorCell{}, false
}

// printed says what a release printed of an aggregate.
func (r *priorRelease) printed(codes []string) (disclosure.State, bool) {
	c, _ := r.find(codes)
	return c.state, c.distribution != nil
}
