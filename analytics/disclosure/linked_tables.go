package disclosure

import (
	"errors"
	"fmt"
	"slices"
)

// Joint is a new table among others that are released already, about people some of whom are in both. Its lattice is the
// finest cross-classification behind all of them, with a selection (Dimension.Sets) for whatever one of the tables takes
// together; NotAsked marks the combinations that cannot be.
type Joint struct {
	Lattice Lattice // any number of dimensions
	// JointCodes gives the codes in the joint lattice of an aggregate of the new table, whose codes are All where it is added up.
	JointCodes func(codes []string) []string
	Prior      []PriorTable
	Hidden     [][]string // aggregates of the new table, by its own codes, that are hidden in any case
}

// PriorTable is a released table.
type PriorTable struct {
	Number int64
	Rules  Rules // it was made with
	Cells  []PriorCell
	// Changed says what happened since to the answers that it counts. SplitChanged has been called, and the aggregates have
	// their codes in its lattice.
	Changed Change
	// Fixed says that the aggregates were not published, but are to be treated as if they had been: no witness may change
	// them. It is how tables that share no dimension are kept apart: a witness that leaves what they share as it is can be
	// true together with the other table as it is.
	Fixed bool
}

// PriorCell is an aggregate of an earlier table: its codes in the joint lattice, and how much of it was published.
type PriorCell struct {
	Codes        []string
	State        State
	Distribution bool // its distribution was published as well
	Finest       bool // it is no total of other aggregates of its table
	// Of a table since which answers came or went: what it printed, and whether it hid the aggregate because it was small.
	// Answers are those of the joint lattice, nil where they are held back.
	N               int64
	Answers         []int64
	Mean, Satisfied *float64
	BelowThreshold  bool
}

// LinkageError is the error for a table of which no proof was found together with tables that are released already. That
// is no proof that it gives anybody away.
type LinkageError struct {
	Prior []int64 // without any one of these it could
}

// Error says which earlier tables are the reason.
func (e LinkageError) Error() string {
	return fmt.Sprintf("no proof was found together with what is released already (%v)", e.Prior)
}

// MaxJointCells is how many combinations there may be behind tables that are proved together.
const MaxJointCells = 20_000

// ProveLinked is Prove for a table of which the proof must also agree with everything printed in earlier tables, and in
// which what they hide stays hidden. Errors besides those of Prove: LinkageError; ErrUnproven also for more than 20,000
// combinations behind the tables.
func ProveLinked(l Lattice, j Joint, r Rules) (Table, Proof, error) {
	r, err := r.settled()
	if err != nil {
		return Table{}, Proof{}, err
	}
	if err := errors.Join(l.Check(), j.Lattice.check(len(j.Lattice.Dimensions))); err != nil {
		return Table{}, Proof{}, err
	}
	cells := len(j.Lattice.Counts) / len(j.Lattice.Answers)
	if j.Lattice.Dimensions[len(j.Lattice.Dimensions)-1].ID == changeDimension {
		cells /= 2
	}
	if cells > MaxJointCells {
		return Table{}, Proof{}, fmt.Errorf(
			"%w: behind it and the earlier tables about the same people there are %d combinations, and %d are the most: choose fewer or "+
				"larger groups",
			ErrUnproven,
			cells,
			MaxJointCells,
		)
	}
	work := allowedWork
	table, proof, err := proveLinked(l, j, r, &work)
	if !errors.As(err, new(LinkageError)) {
		return table, proof, err
	}
	return Table{}, Proof{}, conflictingTables(l, j, r)
}

// conflictingTables finds the earlier tables without any one of which a table could leave; failing that, those beside
// which, alone, it cannot; failing that, all. The search for them may take half as long as the audit itself: after that, a
// table that was not tried is named.
func conflictingTables(l Lattice, j Joint, r Rules) LinkageError {
	work := allowedWork / 2
	fails := func(with func(k int) bool) bool {
		some := j
		some.Prior = nil
		for k, e := range j.Prior {
			if e.Fixed || with(k) {
				some.Prior = append(some.Prior, e)
			}
		}
		if work <= 0 {
			return true
		}
		_, _, err := proveLinked(l, some, r, &work)
		return err != nil
	}
	for _, way := range []func(i, k int) bool{
		func(i, k int) bool { return k != i }, // all but this one
		func(i, k int) bool { return k == i }, // this one alone
	} {
		var found LinkageError
		without := way(0, 1) // whether the table may then be released
		for i, e := range j.Prior {
			if !e.Fixed && fails(func(k int) bool { return way(i, k) }) != without {
				found.Prior = append(found.Prior, e.Number)
			}
		}
		if found.Prior != nil {
			return found
		}
	}
	var all, split LinkageError
	for _, e := range j.Prior {
		if !e.Fixed {
			all.Prior = append(all.Prior, e.Number)
		}
		if !e.Fixed && len(e.Cells) > 1 { // more than a total
			split.Prior = append(split.Prior, e.Number)
		}
	}
	if split.Prior != nil {
		return split
	}
	return all
}

// proveLinked does it once, with the work that is left.
func proveLinked(l Lattice, j Joint, r Rules, work *int) (Table, Proof, error) {
	own := newGrid(l, r)
	own.addAllAggregates()
	tables := aggregatesByTable(own, j)
	differences := deriveDifferences(&j.Lattice, tables)
	g := newGrid(j.Lattice, r)
	g.work, g.linked = *work, true
	defer func() { *work = g.work }()
	at, err := g.locate(own, tables[0])
	if err != nil {
		return Table{}, Proof{}, err
	}
	if err := g.addPriorTables(j.Prior, at); err != nil {
		return Table{}, Proof{}, err
	}
	tabled := len(g.aggregates)
	between, err := g.addDifferences(differences)
	if err != nil {
		return Table{}, Proof{}, err
	}
	equality := r.Equality || slices.ContainsFunc(j.Prior, func(e PriorTable) bool { return !e.Fixed && e.Rules.Equality })
	g.classifyLinked(tabled, between, equality)
	g.hide(j.Hidden, own, at)
	g.buildBaseGrid()
	best, ok := g.multistart()
	switch {
	case g.work <= 0:
		return Table{}, Proof{}, fmt.Errorf("%w: choose fewer or larger groups", ErrUnproven)
	case !ok:
		return Table{}, Proof{}, LinkageError{}
	}
	proof, err := g.prove(best)
	if err != nil {
		return Table{}, Proof{}, err
	}
	own.takeStates(g, at)
	own.buildBaseGridLike(g, at)
	projected := g.project(proof, own, at)
	if err := own.check(projected); err != nil {
		return Table{}, Proof{}, fmt.Errorf("%w: the proof does not hold (%w)", ErrUnproven, err)
	}
	return own.show(own.figures), projected, nil
}

// aggregatesByTable lists the aggregates of the new table and then of each earlier one, by their codes in the joint lattice.
func aggregatesByTable(own *grid, j Joint) [][][]string {
	tables := make([][][]string, 1+len(j.Prior))
	for i := range own.aggregates {
		tables[0] = append(tables[0], j.JointCodes(own.names(&own.aggregates[i])))
	}
	for n, e := range j.Prior {
		if e.Fixed {
			continue // nobody can subtract it
		}
		for _, p := range e.Cells {
			tables[n+1] = append(tables[n+1], p.Codes)
		}
	}
	return tables
}
