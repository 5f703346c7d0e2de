// Package disclosure decides which figures of a table may be seen, so that nobody in a small group is exposed; only it can make a Table.
package disclosure

import (
	"errors"
	"fmt"
	"slices"
)

// All is the code of a total: everybody, whatever their code in the dimension.
const All = "(all)"

// Lattice is what a table is made from: how many people gave each answer in each combination of codes. Everybody counted in the
// total must be in exactly one of them, so an equality dimension lists "prefer not to say" and blank as codes of their own: without
// them, total minus shown would give those people away. With one answer only it is a table of counts.
type Lattice struct {
	Dimensions []Dimension // one to three
	Answers    []Answer
	// Counts has one number for each combination and answer, the answer running fastest, then the last dimension. Combinations
	// without anybody are listed with zeros. Answers that do not count as valid ("don't know", no answer) are left out altogether.
	Counts []int64
	// NotAsked marks the combinations (one entry each, in the order of Counts; nil for none) which the questionnaire itself proves
	// empty, because the question was never put to them.
	NotAsked []bool
	// Sets has for each count (or is nil) a fingerprint of the responses counted in it, such that the fingerprint of two sets together
	// is their exclusive or. Round draws by it: the same people are rounded the same way, however they were asked for.
	Sets []uint64
}

// Dimension is one way of grouping people.
type Dimension struct {
	ID     string
	Codes  []string // the finest groups, unique; "pns" is prefer not to say, "" is blank
	Groups []Group  // subtotals, the inner ones first; nil for none
	Sets   []Group  // only beside earlier tables: other selections of codes, which may overlap
}

// Group is a subtotal: codes, or groups listed before it, taken together. Each code and each group is in at most one group.
type Group struct {
	Code string
	Of   []string
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
	// Key is a secret of the organisation: it varies the choice among cells that would do equally well to hide, and the draw of rounding.
	// A Table does not hold it.
	Key string
	// showZeros prints zeros, as the methods do that ours is compared with in tests. The product never does.
	showZeros bool
	// exactOnly asks of a hidden number only that it cannot be worked out, as the same methods do.
	exactOnly bool

	// ignoreSingletons asks nothing for the respondents of singletons.
	ignoreSingletons bool
}

// What docs/data.md promises of tables that are made today: fewer respondents than this in a group are not shown.
const (
	Threshold         = 5  // any table that is protected
	EqualityThreshold = 10 // one with an equality dimension
	DistributionBase  = 30 // full distributions beside an equality dimension need this many
)

// What every release in the register was protected by, whenever it was made: a release is read, and proved together
// with new tables, by the rules of its own day. Never raised. A threshold alone tells whether a release has an equality
// dimension, so that of other tables stays below the least one of these.
const (
	leastThreshold         = 5
	leastEqualityThreshold = 10
	leastDistributionBase  = 30
)

// RulesOf are the rules by which a release with a threshold was made.
func RulesOf(threshold int) Rules {
	return Rules{Threshold: threshold, Equality: threshold >= leastEqualityThreshold, DistributionBase: leastDistributionBase}
}

const (
	maxCount      = 1 << 40
	maxCells      = 1 << 20
	maxDimensions = 3
)

// ErrDimensions is returned for a table of no dimension, or more than three.
var ErrDimensions = errors.New("a protected table has one to three dimensions")

// ErrLattice is returned, with what is wrong, for counts that do not make a table.
var ErrLattice = errors.New("these counts do not make a table")

// ErrRules is returned for rules weaker than the product allows.
var ErrRules = errors.New("these protection rules are too weak")

// ErrUnproven is returned where no proof of safety was found within the work allowed. Nothing may be shown then.
var ErrUnproven = errors.New("it could not be proved within the time allowed that this table is safe")

// settled fills in defaults and refuses weaker rules than promised.
func (r Rules) settled() (Rules, error) {
	if r.Threshold == 0 {
		r.Threshold = Threshold
		if r.Equality {
			r.Threshold = EqualityThreshold
		}
	}
	if r.DistributionBase == 0 {
		r.DistributionBase = DistributionBase
	}
	if r.Threshold < leastThreshold {
		return r, fmt.Errorf("%w: the threshold is %d, use %d or more", ErrRules, r.Threshold, leastThreshold)
	}
	if r.DistributionBase < leastDistributionBase {
		return r, fmt.Errorf("%w: the base for full distributions is %d, use %d or more", ErrRules, r.DistributionBase, leastDistributionBase)
	}
	return r, nil
}

// fullBase is the fewest people whose answers may all be shown.
func (r Rules) fullBase() int64 {
	if r.Equality {
		return int64(r.DistributionBase)
	}
	return int64(r.Threshold)
}

// Check refuses a lattice that cannot be read as people in groups; ErrDimensions or ErrLattice.
func (l Lattice) Check() error { return l.check(maxDimensions) }

func (l Lattice) check(dimensions int) error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("%w: "+format, append([]any{ErrLattice}, args...)...)
	}
	if len(l.Dimensions) == 0 || len(l.Dimensions) > dimensions {
		return fmt.Errorf("%w: this one has %d", ErrDimensions, len(l.Dimensions))
	}
	cells, answers := 1, len(l.Answers)
	if answers == 0 {
		return bad("there is no answer")
	}
	for _, d := range l.Dimensions {
		if err := d.check(); err != nil {
			return err
		}
		if len(d.Codes) > maxCells/answers/cells {
			return bad("there are more than %d counts: take a dimension away, or choose larger groups", maxCells)
		}
		cells *= len(d.Codes)
	}
	switch {
	case len(l.Counts) != cells*answers:
		return bad("%d counts for %d combinations and %d answers", len(l.Counts), cells, answers)
	case l.NotAsked != nil && len(l.NotAsked) != cells:
		return bad("%d marks of groups not asked for %d combinations", len(l.NotAsked), cells)
	case l.Sets != nil && len(l.Sets) != len(l.Counts):
		return bad("%d fingerprints for %d counts", len(l.Sets), len(l.Counts))
	}
	seen := map[string]bool{}
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
		if c < 0 || c > maxCount {
			return bad("the count of combination %d is %d", i/answers, c)
		}
		if c > 0 && l.NotAsked != nil && l.NotAsked[i/answers] {
			return bad("combination %d was not asked and yet has answers", i/answers)
		}
	}
	return nil
}

func (d Dimension) check() error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("%w: in %s "+format, append([]any{ErrLattice, d.ID}, args...)...)
	}
	if len(d.Codes) == 0 {
		return bad("there must be at least one group")
	}
	free := map[string]bool{} // whether it is known, and in no group yet
	add := func(code string) error {
		if _, known := free[code]; known || code == All {
			return bad("the code %q is listed twice", code)
		}
		free[code] = true
		return nil
	}
	for _, code := range d.Codes {
		if err := add(code); err != nil {
			return err
		}
	}
	for _, g := range d.Groups {
		for _, code := range g.Of {
			if !free[code] {
				return bad("group %q is made of %q, which is not listed before it or is in another group", g.Code, code)
			}
			free[code] = false
		}
		if len(g.Of) == 0 {
			return bad("group %q is made of nothing", g.Code)
		}
		if err := add(g.Code); err != nil {
			return err
		}
	}
	for _, s := range d.Sets {
		for _, code := range s.Of {
			if !slices.Contains(d.Codes, code) {
				return bad("the selection %q is made of %q, which is not listed", s.Code, code)
			}
		}
		if err := add(s.Code); err != nil {
			return err
		}
	}
	return nil
}
