package disclosure

import (
	"errors"
	"fmt"
	"slices"
)

// Joint is a new table among others that are out already, about people some of whom are in both. Its lattice is the finest
// cross-classification behind all of them, with a selection (Dimension.Sets) for whatever one of the tables takes together; NotAsked marks the
// combinations that cannot be.
type Joint struct {
	Lattice Lattice // any number of dimensions
	// Place gives the codes in the joint lattice of a place of the new table, whose codes are All where it is added up.
	Place   func(codes []string) []string
	Earlier []Earlier
	Hidden  [][]string // places of the new table, by its own codes, that are hidden in any case
}

// Earlier is a table that is out.
type Earlier struct {
	Number int64
	Rules  Rules // it was made with
	Places []Printed
	// Changed says what happened since to the answers that it counts. Then has been called, and the places have their codes in its lattice.
	Changed Change
	// Held says that the places are not out, but are to be treated as if they were: no witness may change them. It is how tables that share no dimension are kept apart: a witness
	// that leaves what they share as it is can be true together with the other table as it is.
	Held bool
}

// Printed is a place of an earlier table: its codes in the joint lattice, and how much of it is out.
type Printed struct {
	Codes        []string
	State        State
	Distribution bool // its distribution is out as well
	Finest       bool // it is no total of other places of its table
	// Of a table since which answers came or went: what it printed, and whether it hid the place because it was small. Answers are those of the joint lattice, nil where they are held back.
	N               int64
	Answers         []int64
	Mean, Satisfied *float64
	Small           bool
}

// Betrayal is the error for a table of which no proof was found together with tables that are out already. That is no proof that it gives anybody away.
type Betrayal struct {
	Earlier []int64 // without any one of these it could
}

// Error says which earlier tables are the reason.
func (b Betrayal) Error() string {
	return fmt.Sprintf("no proof was found together with what is out already (%v)", b.Earlier)
}

// MostJointCells is how many combinations there may be behind tables that are proved together.
const MostJointCells = 20_000

// ProveBeside is Prove for a table of which the proof must also agree with everything printed in earlier tables, and in which what they hide
// stays hidden. Errors besides those of Prove: Betrayal; ErrUnproven also for more than 20,000 combinations behind the tables.
func ProveBeside(l Lattice, j Joint, r Rules) (Table, Proof, error) {
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
	if cells > MostJointCells {
		return Table{}, Proof{}, fmt.Errorf("%w: behind it and the earlier tables about the same people there are %d combinations, and %d are the most: choose fewer or larger groups", ErrUnproven, cells, MostJointCells)
	}
	work := allowedWork
	table, proof, err := beside(l, j, r, &work)
	if !errors.As(err, new(Betrayal)) {
		return table, proof, err
	}
	return Table{}, Proof{}, reasons(l, j, r)
}

// reasons finds the earlier tables without any one of which a table could leave; failing that, those beside which, alone, it cannot; failing that, all.
// The search for them may take half as long as the audit itself: after that, whoever was not found to be innocent is named.
func reasons(l Lattice, j Joint, r Rules) Betrayal {
	work := allowedWork / 2
	betrays := func(with func(k int) bool) bool {
		some := j
		some.Earlier = nil
		for k, e := range j.Earlier {
			if e.Held || with(k) {
				some.Earlier = append(some.Earlier, e)
			}
		}
		if work <= 0 {
			return true
		}
		_, _, err := beside(l, some, r, &work)
		return err != nil
	}
	for _, way := range []func(i, k int) bool{
		func(i, k int) bool { return k != i }, // all but this one
		func(i, k int) bool { return k == i }, // this one alone
	} {
		var found Betrayal
		without := way(0, 1) // whether what is looked for is that it works without
		for i, e := range j.Earlier {
			if !e.Held && betrays(func(k int) bool { return way(i, k) }) != without {
				found.Earlier = append(found.Earlier, e.Number)
			}
		}
		if found.Earlier != nil {
			return found
		}
	}
	var all, split Betrayal
	for _, e := range j.Earlier {
		if !e.Held {
			all.Earlier = append(all.Earlier, e.Number)
		}
		if !e.Held && len(e.Places) > 1 { // more than a total
			split.Earlier = append(split.Earlier, e.Number)
		}
	}
	if split.Earlier != nil {
		return split
	}
	return all
}

// beside does it once, with as much work as is left.
func beside(l Lattice, j Joint, r Rules, work *int) (Table, Proof, error) {
	own := newGrid(l, r)
	own.everyPlace()
	tables := make([][][]string, 1+len(j.Earlier))
	for i := range own.places {
		tables[0] = append(tables[0], j.Place(own.names(&own.places[i])))
	}
	for n, e := range j.Earlier {
		for _, p := range e.Places {
			if e.Held {
				break // nobody can subtract it
			}
			tables[n+1] = append(tables[n+1], p.Codes)
		}
	}
	differences := derive(&j.Lattice, tables)
	g := newGrid(j.Lattice, r)
	g.work, g.beside = *work, true
	defer func() { *work = g.work }()
	at := make([]int, len(own.places)) // place of the new table -> of the joint lattice
	for i := range own.places {
		nodes, err := g.nodes(tables[0][i])
		if err != nil {
			return Table{}, Proof{}, err
		}
		at[i] = g.add(nodes)
		p := &g.places[at[i]]
		p.wanted, p.finest, p.total = true, p.finest || own.places[i].finest, own.places[i].total
		if p.n != own.places[i].n {
			return Table{}, Proof{}, fmt.Errorf("%w: %v has %d people in the table and %d behind it", ErrLattice, own.names(&own.places[i]), own.places[i].n, p.n)
		}
	}
	for n := range j.Earlier {
		if err := g.print(&j.Earlier[n], n+1); err != nil {
			return Table{}, Proof{}, err
		}
	}
	g.addLines(at, &g.rules)
	for n := range j.Earlier {
		if err := g.linesOf(&j.Earlier[n]); err != nil {
			return Table{}, Proof{}, err
		}
	}
	sensitive := r.Equality || slices.ContainsFunc(j.Earlier, func(e Earlier) bool { return !e.Held && e.Rules.Equality })
	tabled, between := len(g.places), map[int]bool{}
	for _, codes := range differences {
		nodes, err := g.nodes(codes)
		if err != nil {
			return Table{}, Proof{}, err
		}
		between[g.add(nodes)] = true
	}
	for i := range g.places {
		p := &g.places[i]
		p.once = g.once(p)
		if p.held && !p.wanted && p.was == 0 {
			// Nothing is printed of it, and nothing has to be shown of it, unless it is what tables differ by: then it is known, and may not be small.
			if _, reason := g.judge(p); between[i] && !p.once && (reason == few || reason == alike) {
				p.primary = reason
			}
			continue
		}
		if p.then && p.state == closed {
			p.judgeThen()
			continue
		}
		if p.once {
			g.judgeOnce(i, sensitive)
			continue
		}
		natural, reason := g.judge(p)
		if i >= tabled { // a difference is nowhere printed, and must not be known when it is small; none at all is no harm
			if p.state = closed; reason == few || reason == alike {
				p.primary = reason
			}
			continue
		}
		if p.was == 0 {
			p.state, p.primary = natural, reason
		} else if p.state <= natural { // what is out stays out; what was hidden for its own sake stays hidden
			p.primary = reason
		}
	}
	for i := range own.places {
		names := own.names(&own.places[i])
		if slices.ContainsFunc(j.Hidden, func(codes []string) bool { return slices.Equal(codes, names) }) {
			p := &g.places[at[i]]
			p.state, p.was = closed, max(p.was, 1) // as if it were hidden in a table that is out
		}
	}
	g.countPeople()
	best, ok := g.best()
	switch {
	case g.work <= 0:
		return Table{}, Proof{}, fmt.Errorf("%w: choose fewer or larger groups", ErrUnproven)
	case !ok:
		return Table{}, Proof{}, Betrayal{}
	}
	proof, err := g.prove(best)
	if err != nil {
		return Table{}, Proof{}, err
	}
	known := map[int]bool{}
	for i := range own.places {
		p, q := &own.places[i], &g.places[at[i]]
		natural, reason := own.judge(p)
		p.state, p.primary = min(natural, q.state), reason
		if q.was > 0 && q.state > natural {
			p.primary = none // it is out already: this table does not repeat it, and cannot hide it
			known[i] = true
		}
		if p.open = g.leftOpen(at[i]); q.state == full {
			p.open = make([]bool, own.answers) // as above
		}
	}
	own.countLike(g, at)
	projected := g.project(proof, own, at)
	if err := own.check(projected); err != nil {
		return Table{}, Proof{}, fmt.Errorf("%w: the proof does not hold (%w)", ErrUnproven, err)
	}
	return own.show(own.figures), projected, nil
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

// print marks what is out.
func (g *grid) print(e *Earlier, number int) error {
	rules, err := e.Rules.settled()
	if err != nil {
		return err
	}
	for _, printed := range e.Places {
		nodes, err := g.nodes(printed.Codes)
		if err != nil {
			return err
		}
		p := &g.places[g.add(nodes)]
		s := closed
		switch {
		case printed.State == Shown && printed.Distribution || printed.State == NotAsked:
			s = full
		case printed.State == Shown:
			s = bare
		}
		if e.Held { // it stays as it is; whether it is printed, others say
			p.held = true
			continue
		}
		if p.was == 0 || s > p.state {
			p.state = s
		}
		if p.was == 0 && !p.wanted {
			p.rules = &rules
		}
		p.was, p.finest = number, p.finest || printed.Finest
		p.then, p.small = p.then || e.Changed != Unchanged, p.small || printed.Small
	}
	return nil
}

// linesOf adds the lines of a table that is out.
func (g *grid) linesOf(e *Earlier) error {
	rules, err := e.Rules.settled()
	if err != nil || e.Held {
		return err
	}
	var table []int
	for _, printed := range e.Places {
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
	if proof.People != nil && own.people != nil {
		people := g.people.project(*proof.People, own.people, at)
		out.People = &people
	}
	sum := func(lattice []int64) []int64 {
		counts := make([]int64, len(own.x))
		for i := range own.places {
			if p := &own.places[i]; own.isCell(p) {
				by, _ := g.sum(&g.places[at[i]], lattice)
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
		left, all := e.Left, true
		e.Left = nil
		for _, codes := range left {
			i, ok := mine[g.find(codes)]
			if all = all && ok; all {
				e.Left = append(e.Left, own.names(&own.places[i]))
			}
		}
		if i, ok := mine[g.find(e.Codes)]; ok && all {
			e.Codes = own.names(&own.places[i])
			out.Evidence = append(out.Evidence, e)
		}
	}
	return out
}
