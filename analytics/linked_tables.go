package analytics

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	"yousaid/analytics/crosstab"
	"yousaid/analytics/disclosure"
	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/analytics/register"
	"yousaid/analytics/tables"
	"yousaid/surveys/tenant"
)

// protect makes the table that may be shown. A release is audited with what is out already about some of the same
// answers, and about the same people.
func (a *Analytics) protect(ctx context.Context, tx *sqlx.Tx, by tenant.Actor, t *crosstab.Table,
	rules disclosure.Rules) (provedTable, error) {
	l := t.Lattice()
	answer := provedTable{Protected: tables.Protected{Frame: t.Frame}, counts: t.Counts, rows: t.Codebook.Rows()}
	var known priorReleases
	var err error
	if t.Frame.Query.Audience == figures.Public {
		if known, err = readPriorReleases(ctx, tx, t); err != nil {
			return answer, err
		}
	}
	answer.priorIDs = known.ids()
	for _, r := range slices.Concat(known.same, known.other) {
		r.useCurrentCodes(t.Codebook)
	}
	if t.Frame.Query.Rounded {
		answer.Table, err = disclosure.Round(l, rules)
		answer.Limits = []string{"The counts are rounded at random and audited within this table, by what every printed number can " +
			"stand for. They are not proved together with other rounded tables."}
		return answer, refusal.From(err)
	}
	if same := unchanged(t, known.same, rules); same != nil {
		if answer.Table, err = disclosure.Rerelease(l, rules, same.printed); err != nil {
			return answer, refusal.From(err)
		}
		answer.rereleaseOf = same.ID
		_, answer.proof, _, err = register.Proof(ctx, tx, t.Org, same.ID)
		answer.AuditedWith = same.Record.AuditedWith // where it was withdrawn, the same table leaves again with its proof
		return answer, err
	}
	err = a.proveLinkedTables(ctx, tx, by, t, l, known, &answer, rules)
	return answer, addOtherPeriods(refusal.From(err), t.Frame, slices.Concat(known.same, known.other))
}

// proveLinkedTables proves a table beside what is out about the same answers, and then beside what is out about other
// questions; what it must hide for these it hides from the first on.
func (a *Analytics) proveLinkedTables(ctx context.Context, tx *sqlx.Tx, by tenant.Actor, t *crosstab.Table, l disclosure.Lattice,
	known priorReleases, answer *provedTable, rules disclosure.Rules) error {
	prove, err := a.proofWithLinked(ctx, tx, by, t, l, known.same, answer, rules)
	if err != nil {
		return err
	}
	if answer.Table, answer.proof, err = prove(nil); err != nil || known.other == nil {
		return namePriorReleases(err, known.same)
	}
	hide, err := a.suppressForLinkedQuestions(ctx, tx, by, t, known.other, answer, rules)
	if err != nil || hide == nil {
		return namePriorReleases(err, known.other)
	}
	answer.Table, answer.proof, err = prove(hide)
	return namePriorReleases(err, known.other)
}

// namePriorReleases says beside which releases no proof was found where the search ended without knowing which of them stand against it.
func namePriorReleases(err error, list []*priorRelease) error {
	var b disclosure.LinkageError
	unnamed := errors.As(err, &b) && len(b.Prior) == 0
	if !unnamed && !errors.Is(err, disclosure.ErrUnproven) || len(list) == 0 {
		return err
	}
	return disclosure.LinkageError{Prior: priorReleases{same: list}.ids()}
}

// proofWithLinked prepares the proof of a table by itself, or together with the releases about the same question; given
// aggregates to hide in any case, it hides them.
func (a *Analytics) proofWithLinked(ctx context.Context, tx *sqlx.Tx, by tenant.Actor, t *crosstab.Table, l disclosure.Lattice,
	list []*priorRelease, answer *provedTable, rules disclosure.Rules) (func(hide [][]string) (disclosure.Table, disclosure.Proof,
	error), error) {
	if len(list) == 0 {
		return func(hide [][]string) (disclosure.Table, disclosure.Proof, error) {
			if hide == nil {
				return a.proveAlone(l, rules)
			}
			return a.proveLinked(answer.Dimensions, l, disclosure.Joint{Lattice: l,
				JointCodes: func(codes []string) []string { return codes }, Hidden: hide}, rules)
		}, nil
	}
	list = cloneReleases(list)
	dropIndependent(asRelease(t), list)
	j, err := a.buildJointTable(ctx, tx, by, t, list)
	if err != nil {
		return nil, err
	}
	together, err := j.audit(answer, list, rules)
	return func(hide [][]string) (disclosure.Table, disclosure.Proof, error) {
		together.Hidden = hide
		return a.proveLinked(answer.Dimensions, l, together, rules)
	}, err
}

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

// audit compares each earlier release with the answers as they are today, and says what must hold beside them. An
// answer that came, went or was put right since would be known from the difference: it must be none, or as many as the
// threshold, in each direction. Where answers only came, or only went, a group may differ by fewer if others differ by
// more: the proof of both together then hides it. Of tables with other groups several such differences together could
// be known, which are no aggregate of either: there a few are refused.
func (j *jointTable) audit(answer *provedTable, list []*priorRelease, rules disclosure.Rules) (disclosure.Joint, error) {
	j.prepare()
	var out disclosure.Joint
	var since []changedRelease
	for _, r := range list {
		e := disclosure.PriorTable{Number: r.ID, Rules: r.rules()}
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
	surveys, months := answer.counts.Surveys(), crosstab.MonthsBetween(answer.From, answer.To)
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
func (j *jointTable) fewChangedMonths(r *priorRelease, answer *provedTable, rules disclosure.Rules) bool {
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
