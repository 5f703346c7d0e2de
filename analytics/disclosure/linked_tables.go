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
	g.classifyLinked(tabled, between,
		r.Equality || slices.ContainsFunc(j.Prior, func(e PriorTable) bool { return !e.Fixed && e.Rules.Equality }))
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

// locate adds the aggregates of the new table to the joint lattice, and gives where they are.
func (g *grid) locate(own *grid, codes [][]string) (at []int, err error) {
	at = make([]int, len(own.aggregates))
	for i := range own.aggregates {
		nodes, err := g.nodes(codes[i])
		if err != nil {
			return nil, err
		}
		at[i] = g.add(nodes)
		p, q := &g.aggregates[at[i]], &own.aggregates[i]
		p.requested, p.finest, p.total = true, p.finest || q.finest, q.total
		if p.n != q.n {
			return nil, fmt.Errorf("%w: %v has %d people in the table and %d behind it", ErrLattice, own.names(q), q.n, p.n)
		}
	}
	return at, nil
}

// addPriorTables adds what earlier tables print, and the sums of the new table and of each of them.
func (g *grid) addPriorTables(list []PriorTable, own []int) error {
	for n := range list {
		if err := g.markPrior(&list[n], n+1); err != nil {
			return err
		}
	}
	g.addLines(own, &g.rules)
	for n := range list {
		if err := g.addPriorLines(&list[n]); err != nil {
			return err
		}
	}
	return nil
}

// addDifferences adds what two tables differ by, which anybody can subtract.
func (g *grid) addDifferences(differences [][]string) (between map[int]bool, err error) {
	between = map[int]bool{}
	for _, codes := range differences {
		nodes, err := g.nodes(codes)
		if err != nil {
			return nil, err
		}
		between[g.add(nodes)] = true
	}
	return between, nil
}

// classifyLinked says of each aggregate whether it is sensitive and whether it may be printed. Those from tabled on are in no table.
func (g *grid) classifyLinked(tabled int, between map[int]bool, equality bool) {
	for i := range g.aggregates {
		p := &g.aggregates[i]
		p.changeOnly = g.isChangeOnly(p)
		switch {
		case p.fixed && !p.requested && p.prior == 0:
			// Nothing is printed of it, and nothing has to be shown of it, unless it is what tables differ by: then it is known, and
			// may not be small.
			if between[i] && !p.changeOnly {
				g.classifyDifference(p)
			}
		case p.beforeChange && p.state == suppressed:
			p.classifyHiddenBefore()
		case p.changeOnly:
			g.classifyChange(i, equality)
		case i >= tabled: // a difference is nowhere printed, and must not be known when it is small; none at all is no harm
			g.classifyDifference(p)
			p.state = suppressed
		default:
			natural, reason := g.classify(p)
			if p.prior == 0 {
				p.state, p.primary = natural, reason
			} else if p.state <= natural { // what was published stays published; what was sensitive stays suppressed
				p.primary = reason
			}
		}
	}
}

// classifyDifference says whether what tables differ by is sensitive.
func (g *grid) classifyDifference(p *aggregate) {
	if _, reason := g.classify(p); reason == belowThreshold || reason == uniform {
		p.primary = reason
	}
}

// hide suppresses aggregates of the new table that are to be hidden in any case.
func (g *grid) hide(hidden [][]string, own *grid, at []int) {
	for i := range own.aggregates {
		names := own.names(&own.aggregates[i])
		if slices.ContainsFunc(hidden, func(codes []string) bool { return slices.Equal(codes, names) }) {
			p := &g.aggregates[at[i]]
			p.state, p.prior = suppressed, max(p.prior, 1) // as if it were suppressed in a released table
		}
	}
}

// takeStates gives the new table what the proof in the joint lattice prints and hides of it.
func (g *grid) takeStates(joint *grid, at []int) {
	for i := range g.aggregates {
		p, q := &g.aggregates[i], &joint.aggregates[at[i]]
		natural, reason := g.classify(p)
		p.state, p.primary = min(natural, q.state), reason
		if q.prior > 0 && q.state > natural {
			p.primary = notSensitive // it is released already: this table does not repeat it, and cannot hide it
		}
		if p.ambiguous = joint.ambiguousAnswers(at[i]); q.state == published {
			p.ambiguous = make([]bool, g.answers)
		}
	}
}

// nodes finds the numbers of codes.
func (g *grid) nodes(codes []string) ([]int, error) {
	if len(codes) != len(g.trees) {
		return nil, fmt.Errorf("%w: %d codes for %d dimensions", ErrLattice, len(codes), len(g.trees))
	}
	nodes := make([]int, len(codes))
	for i, code := range codes {
		if nodes[i] = g.trees[i].node(code); nodes[i] < 0 {
			return nil, fmt.Errorf("%w: there is no %q in %s", ErrLattice, code, g.lattice.Dimensions[i].ID)
		}
	}
	return nodes, nil
}

// markPrior marks what earlier tables published.
func (g *grid) markPrior(e *PriorTable, number int) error {
	rules, err := e.Rules.settled()
	if err != nil {
		return err
	}
	for _, printed := range e.Cells {
		nodes, err := g.nodes(printed.Codes)
		if err != nil {
			return err
		}
		p := &g.aggregates[g.add(nodes)]
		s := suppressed
		switch {
		case printed.State == Shown && printed.Distribution || printed.State == NotAsked:
			s = published
		case printed.State == Shown:
			s = withoutDistribution
		}
		if e.Fixed { // it stays as it is; whether it is printed, others say
			p.fixed = true
			continue
		}
		if p.prior == 0 || s > p.state {
			p.state = s
		}
		if p.prior == 0 && !p.requested {
			p.rules = &rules
		}
		p.prior, p.finest = number, p.finest || printed.Finest
		p.beforeChange, p.wasBelowThreshold = p.beforeChange || e.Changed != Unchanged, p.wasBelowThreshold || printed.BelowThreshold
	}
	return nil
}

// addPriorLines adds the lines of a released table.
func (g *grid) addPriorLines(e *PriorTable) error {
	rules, err := e.Rules.settled()
	if err != nil || e.Fixed {
		return err
	}
	var table []int
	for _, printed := range e.Cells {
		nodes, err := g.nodes(printed.Codes)
		if err != nil {
			return err
		}
		if at := g.add(nodes); !slices.Contains(table, at) {
			table = append(table, at)
		}
	}
	g.addLines(table, &rules)
	return nil
}

// project gives a proof in terms of another table over the same people.
func (g *grid) project(proof Proof, own *grid, at []int) Proof {
	var out Proof
	if proof.People != nil && own.baseGrid != nil {
		people := g.baseGrid.project(*proof.People, own.baseGrid, at)
		out.People = &people
	}
	sum := func(lattice []int64) []int64 {
		counts := make([]int64, len(own.trueCounts))
		for i := range own.aggregates {
			if p := &own.aggregates[i]; own.isCell(p) {
				by, _ := g.sum(&g.aggregates[at[i]], lattice)
				copy(counts[p.cells[0]*own.answers:], by[:own.answers]) // answers that only others have come last
			}
		}
		return counts
	}
	for i := range proof.Lattices() {
		counts := sum(proof.Lattice(i))
		if i == 0 {
			out.Base = counts
			continue
		}
		var list [][2]int64
		for k, n := range counts {
			if d := n - out.Base[k]; d != 0 {
				list = append(list, [2]int64{int64(k), d})
			}
		}
		out.Others = append(out.Others, list)
	}
	mine := map[int]int{}
	for i, j := range at {
		mine[j] = i
	}
	for _, e := range proof.Evidence {
		left, all := e.Residual, true
		e.Residual = nil
		for _, codes := range left {
			i, ok := mine[g.find(codes)]
			if all = all && ok; all {
				e.Residual = append(e.Residual, own.names(&own.aggregates[i]))
			}
		}
		if i, ok := mine[g.find(e.Codes)]; ok && all {
			e.Codes = own.names(&own.aggregates[i])
			out.Evidence = append(out.Evidence, e)
		}
	}
	return out
}
