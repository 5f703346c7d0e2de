// Package disclosure decides which figures of a table may be seen, so that nobody in a small group is exposed; only it can make a Table.
package disclosure

import (
	"errors"
	"fmt"
)

// Lattice is what a table is made from: how many people gave each answer in each group. Everybody counted in the total must be in
// exactly one group, so an equality dimension lists "prefer not to say" and blank as groups of their own: without them, total
// minus shown would give those people away.
type Lattice struct {
	Dimensions []Dimension
	Answers    []Answer
	// Counts has one number for each group and answer, the answer running fastest, then the last dimension. Groups without
	// anybody are listed with zeros. Answers that do not count as valid ("don't know", no answer) are left out altogether.
	Counts []int64
	// NotAsked marks the groups (one entry a group, in the order of Counts; nil for none) which the questionnaire itself proves
	// empty, because the question was never put to them.
	NotAsked []bool
}

// Dimension is one way of grouping people.
type Dimension struct {
	ID    string
	Codes []string // unique; "pns" is prefer not to say, "" is blank
}

// Answer is one answer that people could give. Within a lattice either every answer has a score or none has, and either every
// answer says whether it counts as satisfied or none does.
type Answer struct {
	Code         string
	Score        *float64
	HasSatisfied bool // the scale says which answers count as satisfied
	Satisfied    bool
}

// Rules are the strengths of the protection.
type Rules struct {
	// Threshold is the fewest people a shown group may have; 0 means 10 with an equality dimension and 5 without. Never below 5.
	Threshold int
	// Equality says that the table is split or filtered by an equality characteristic.
	Equality bool
	// DistributionBase is the fewest people, with Equality, for whom all answers are shown and not only mean and share; also the
	// base below which a figure is marked as of low reliability. 0 means 30. Never below 30.
	DistributionBase int
}

const (
	lowestThreshold  = 5
	lowestBase       = 30
	equalityDefault  = 10
	mostPeopleInCell = 1 << 40
	mostCells        = 1 << 20
)

// ErrDimensions is returned for a table of more than one dimension.
var ErrDimensions = errors.New("crossed tables cannot be protected yet: ask for one dimension at a time")

// ErrLattice is returned, with what is wrong, for counts that do not make a table.
var ErrLattice = errors.New("these counts do not make a table")

// ErrRules is returned for rules weaker than the product allows.
var ErrRules = errors.New("these protection rules are too weak")

// settled fills in defaults and refuses weaker rules than promised.
func (r Rules) settled() (Rules, error) {
	if r.Threshold == 0 {
		r.Threshold = lowestThreshold
		if r.Equality {
			r.Threshold = equalityDefault
		}
	}
	if r.DistributionBase == 0 {
		r.DistributionBase = lowestBase
	}
	if r.Threshold < lowestThreshold {
		return r, fmt.Errorf("%w: the threshold is %d, use %d or more", ErrRules, r.Threshold, lowestThreshold)
	}
	if r.DistributionBase < lowestBase {
		return r, fmt.Errorf("%w: the base for full distributions is %d, use %d or more", ErrRules, r.DistributionBase, lowestBase)
	}
	return r, nil
}

// check refuses a lattice that cannot be read as people in groups.
func (l Lattice) check() error {
	if len(l.Dimensions) > 1 {
		return ErrDimensions
	}
	bad := func(format string, args ...any) error {
		return fmt.Errorf("%w: "+format, append([]any{ErrLattice}, args...)...)
	}
	if len(l.Dimensions) == 0 {
		return bad("there is no dimension")
	}
	groups, answers := len(l.Dimensions[0].Codes), len(l.Answers)
	switch {
	case groups == 0 || answers == 0:
		return bad("there must be at least one group and one answer")
	case groups > mostCells/answers:
		return bad("%d groups by %d answers are more than %d cells", groups, answers, mostCells)
	case len(l.Counts) != groups*answers:
		return bad("%d counts for %d groups and %d answers", len(l.Counts), groups, answers)
	case l.NotAsked != nil && len(l.NotAsked) != groups:
		return bad("%d marks of groups not asked for %d groups", len(l.NotAsked), groups)
	}
	seen := map[string]bool{}
	for _, code := range l.Dimensions[0].Codes {
		if seen[code] {
			return bad("the group %q is listed twice", code)
		}
		seen[code] = true
	}
	seen = map[string]bool{}
	for _, a := range l.Answers {
		if seen[a.Code] {
			return bad("the answer %q is listed twice", a.Code)
		}
		seen[a.Code] = true
		if (a.Score == nil) != (l.Answers[0].Score == nil) {
			return bad("some answers have a score and some have not; leave out answers without one")
		}
		if a.HasSatisfied != l.Answers[0].HasSatisfied || a.Satisfied && !a.HasSatisfied {
			return bad("some answers say whether they count as satisfied and some do not")
		}
	}
	for i, c := range l.Counts {
		group := i / answers
		if c < 0 || c > mostPeopleInCell {
			return bad("the count of group %q is %d", l.Dimensions[0].Codes[group], c)
		}
		if c > 0 && l.NotAsked != nil && l.NotAsked[group] {
			return bad("group %q was not asked and yet has answers", l.Dimensions[0].Codes[group])
		}
	}
	return nil
}
