package linked

import (
	"fmt"
	"slices"
	"strings"

	"yousaid/analytics/disclosure"
	"yousaid/analytics/refusal"
)

// directions say what happened since a release to the answers that it counts, as far as its figures tell: some came,
// some went; and whether a code that people had is not known any more.
type changeDirections struct{ came, went, lost bool }

func (d changeDirections) change() disclosure.Change {
	switch {
	case d.lost || d.came && d.went:
		return disclosure.Unchanged
	case d.came:
		return disclosure.AnswersAdded
	}
	return disclosure.AnswersRemoved
}

// changedRelease is a release since which answers changed, as the proof takes it.
type changedRelease struct {
	earlier disclosure.PriorTable
	way     changeDirections
	few     bool // somewhere it were a few only: where the two are not proved together, the table is refused
}

// publishedCell is what a release printed of an aggregate, in terms of the joint table.
func (j *jointTable) publishedCell(c priorCell, codes []string, finest bool) disclosure.PriorCell {
	p := disclosure.PriorCell{Codes: codes, State: c.state, Distribution: c.distribution != nil, Finest: finest, N: c.n,
		Mean: c.mean, Satisfied: c.satisfied, BelowThreshold: c.small}
	if c.distribution != nil {
		for _, a := range j.Measure.Valid() {
			p.Answers = append(p.Answers, c.distribution[a.Code])
		}
	}
	return p
}

func tablesOfChanged(since []changedRelease) (list []disclosure.PriorTable) {
	for _, s := range since {
		list = append(list, s.earlier)
	}
	return list
}

// refuseOtherAggregates refuses a table to whose groups a few came or went since a release, where releases have other
// aggregates than the table: the few in several aggregates together could be known then, and are no aggregate of
// either.
func refuseOtherAggregates(releases []disclosure.PriorTable, aggregates map[string]bool, since []changedRelease) error {
	other := slices.ContainsFunc(releases, func(e disclosure.PriorTable) bool {
		return slices.ContainsFunc(e.Cells, func(p disclosure.PriorCell) bool { return !aggregates[strings.Join(p.Codes, "\x1f")] })
	})
	for _, s := range since {
		if s.few && other {
			return refusal.Unproved(refusal.FewChanged, nil, s.earlier.Number)
		}
	}
	return nil
}

// withChangedReleases proves the new table together with the releases since which answers came, or went, too. Those
// since which answers came as well as went are compared only: whoever does not know how many, knows nothing of the one
// table by the other. The same where the releases left at more than one moment, but for the last of them.
func (j *jointTable) withChangedReleases(joint disclosure.Joint, since []changedRelease, answer *Proved,
	rules disclosure.Rules) (disclosure.Joint, error) {
	var moved []disclosure.PriorTable
	for _, s := range since {
		if s.earlier.Changed != disclosure.Unchanged {
			moved = append(moved, s.earlier)
		}
	}
	proved := func(moved []disclosure.PriorTable) (disclosure.Joint, bool, bool) {
		all := joint
		all.Prior = slices.Concat(moved, joint.Prior)
		return all.SplitChanged()
	}
	for len(moved) > 0 {
		then, found, certain := proved(moved)
		if found {
			joint = then
			break
		}
		if !certain && len(moved) == 1 {
			return joint, disclosure.LinkageError{Prior: []int64{moved[0].Number}}
		}
		moved = moved[1:]
	}
	for _, s := range since {
		number := s.earlier.Number
		if slices.ContainsFunc(moved, func(e disclosure.PriorTable) bool { return e.Number == number }) {
			answer.AuditedWith = append(answer.AuditedWith, number)
			answer.Limits = append(answer.Limits, fmt.Sprintf("Since release %d at least %d of the answers it counts have %s. Which they "+
				"are is not kept: it was proved together with this one for answers that agree with what it printed.", number, rules.Threshold, s.way))
			continue
		}
		if s.few {
			return joint, refusal.Unproved(refusal.FewChanged, nil, number)
		}
		answer.Limits = append(answer.Limits, fmt.Sprintf("Since release %d at least %d of the answers it counts have changed. It was "+
			"compared cell by cell, and not proved together with this one.", number, rules.Threshold))
	}
	slices.Sort(answer.AuditedWith)
	return joint, nil
}

// String says it in words.
func (d changeDirections) String() string {
	if d.came {
		return "come in late"
	}
	return "been taken back"
}
