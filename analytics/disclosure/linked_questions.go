package disclosure

import (
	"errors"
	"fmt"
	"slices"
)

// LinkedQuestions is a new table among earlier ones about some of the same people, of which some count the answers to
// other questions. Its lattice counts the people, with one answer only, by everything that any of the tables is split by
// and by the answer to each question; NotAsked marks the combinations that cannot be, among them those of questions
// answered and left out that nobody has: readers may know that whoever answered one question answered another.
type LinkedQuestions struct {
	Lattice Lattice // any number of dimensions
	New     []QuestionCell
	Prior   []QuestionCell
}

// QuestionCell is a group of a table in terms of the lattice of LinkedQuestions: its number of people, and what is printed of their
// answers.
type QuestionCell struct {
	// of the people who gave an answer that counts; where two questions were answered by the same people, those of one of
	// them, so that they can be subtracted
	Codes   []string
	Answers [][]string // of those who gave each of the answers; nil where they are not told apart
	// its number, and with it the answers. Answers that are held back beside a number are given as if they were printed: then
	// nothing is proved by changing them
	Shown  bool
	Finest bool  // it is no total of other groups of its table
	Total  bool  // it is everybody in its table
	Rules  Rules // the table's
	Number int64 // of the earlier table; 0 for the new one
}

// SuppressAcrossQuestions finds which groups of the new table must be hidden besides those that are, so that the number of
// people in every hidden group of every table, whatever question it counts, stays open: those of fewer than the threshold
// could be empty, and could have as many as the threshold; those of nobody could have somebody; all others could have
// another number. The same for what a reader can subtract, see derive. It gives their aggregates in New. Of answers it
// looks at how many gave them: what else must be shown of them is for the proof of each question by itself.
//
// Errors: LinkageError where nothing that can be hidden is enough; ErrUnproven for more than 20,000 combinations or too
// much work; ErrLattice.
func SuppressAcrossQuestions(q LinkedQuestions, r Rules) ([]int, error) {
	r, err := r.settled()
	if err != nil {
		return nil, err
	}
	if err := q.Lattice.check(len(q.Lattice.Dimensions)); err != nil {
		return nil, err
	}
	if len(q.Lattice.Answers) != 1 {
		return nil, fmt.Errorf("%w: people are counted, and there are %d answers", ErrLattice, len(q.Lattice.Answers))
	}
	if cells := len(q.Lattice.Counts); cells > MaxJointCells {
		return nil, fmt.Errorf(
			"%w: behind it and the earlier tables about the same people there are %d combinations, and %d are the most",
			ErrUnproven,
			cells,
			MaxJointCells,
		)
	}
	work := allowedWork
	hide, err := q.withhold(r, &work)
	if !errors.As(err, new(LinkageError)) {
		return hide, err
	}
	return nil, q.conflictingTables(r)
}

// conflictingTables finds the earlier tables beside which, alone, the new one could not leave; failing that, all. It may
// take half as long as the search itself: a table that was not tried by then is named.
func (q LinkedQuestions) conflictingTables(r Rules) LinkageError {
	var all, alone LinkageError
	work := allowedWork / 2
	for _, c := range q.Prior {
		if slices.Contains(all.Prior, c.Number) {
			continue
		}
		all.Prior = append(all.Prior, c.Number)
		one := q
		one.Prior = slices.DeleteFunc(slices.Clone(q.Prior), func(other QuestionCell) bool { return other.Number != c.Number })
		if _, err := one.withhold(r, &work); err != nil {
			alone.Prior = append(alone.Prior, c.Number)
		}
	}
	if alone.Prior != nil {
		return alone
	}
	return all
}

func (q LinkedQuestions) withhold(r Rules, work *int) ([]int, error) {
	l := q.Lattice
	differences := deriveDifferences(&l, q.tables())
	g := newGrid(l, r)
	g.work, g.linked, g.suppressedTogether = *work, true, map[int][]int{}
	defer func() { *work = g.work }()
	groups := make([][]int, len(q.New))
	for _, c := range q.Prior {
		if _, err := g.group(c); err != nil {
			return nil, err
		}
	}
	for i, c := range q.New {
		var err error
		if groups[i], err = g.group(c); err != nil {
			return nil, err
		}
		if p := g.find(c.Codes); !c.Shown && g.aggregates[p].state != suppressed && g.aggregates[p].n >= int64(r.Threshold) {
			return nil, LinkageError{} // the table suppresses it to protect another, and others print it
		}
	}
	tabled := len(g.aggregates)
	for _, codes := range differences { // nowhere printed, and not to be known when it is small
		nodes, err := g.nodes(codes)
		if err != nil {
			return nil, err
		}
		if at := g.add(nodes); at >= tabled && g.aggregates[at].n > 0 && g.aggregates[at].n < int64(r.Threshold) {
			g.aggregates[at].primary = belowThreshold
		}
	}
	initial := g.states()
	var best []int
	found := false
	for start := range startsWithoutPattern {
		g.restore(initial)
		g.setCosts(start)
		if hidden, ok := g.withheld(groups, start); ok && (!found || len(hidden) < len(best)) {
			best, found = hidden, true
		}
		if found && (len(best) == 0 || *work-g.work > workWithoutPattern) || g.work <= 0 {
			break
		}
	}
	switch {
	case found:
		return best, nil
	case g.work <= 0:
		return nil, ErrUnproven
	}
	return nil, LinkageError{}
}

// tables are the aggregates of each table, as far as they are numbers of people: the new one's first.
func (q LinkedQuestions) tables() [][][]string {
	at := map[int64]int{0: 0}
	tables := [][][]string{nil}
	for _, c := range slices.Concat(q.New, q.Prior) {
		i, known := at[c.Number]
		if !known {
			i = len(tables)
			at[c.Number], tables = i, append(tables, nil)
		}
		tables[i] = append(tables[i], c.Codes)
	}
	return tables
}

// group adds the aggregates of a group. What it gives are those that are hidden together when it is one of the new table
// and not hidden yet, its number first.
func (g *grid) group(c QuestionCell) (aggregates []int, err error) {
	rules, err := c.Rules.settled()
	if err != nil {
		return nil, err
	}
	for k, codes := range slices.Concat([][]string{c.Codes}, c.Answers) {
		nodes, err := g.nodes(codes)
		if err != nil {
			return nil, err
		}
		at := g.add(nodes)
		aggregates = append(aggregates, at)
		p := &g.aggregates[at]
		p.finest, p.total = p.finest || k == 0 && c.Finest, p.total || c.Total
		switch {
		case !c.Shown:
			if p.prior == 0 { // else another table has it as well
				p.state, p.rules, p.prior = suppressed, &rules, 1
			}
			if !p.asked {
				return nil, nil
			}
			if p.state == suppressed && p.n == 0 {
				p.primary = empty
			} else if p.state == suppressed && p.n < int64(rules.Threshold) {
				p.primary = belowThreshold
			}
			return nil, nil
		case c.Number > 0: // it was published, and stays so, whatever other table suppressed it
			p.state, p.primary, p.prior = published, notSensitive, 1
		case p.prior == 0:
			p.state, p.requested = published, p.requested || k == 0
		}
	}
	if c.Number > 0 {
		return nil, nil
	}
	for _, at := range aggregates {
		g.suppressedTogether[at] = append(g.suppressedTogether[at], aggregates...)
	}
	return aggregates, nil
}

// suppress hides an aggregate, and with it the rest of the groups that it is part of.
func (g *grid) suppress(aggregate int) {
	g.aggregates[aggregate].state = suppressed
	for _, other := range g.suppressedTogether[aggregate] {
		if p := &g.aggregates[other]; p.prior == 0 && p.state != suppressed {
			g.suppress(other)
		}
	}
}

// withheld gives the groups of the new table that one start suppresses, once those are shown again that need not be
// hidden; false where nothing is found.
func (g *grid) withheld(groups [][]int, start int) (hidden []int, ok bool) {
	certificates, ok := g.suppressSecondary(start)
	if !ok {
		return nil, false
	}
	isHidden := func(group []int) bool {
		return slices.ContainsFunc(group, func(at int) bool { return g.aggregates[at].state == suppressed })
	}
	for _, group := range groups {
		if !isHidden(group) {
			continue
		}
		for _, at := range group {
			if g.aggregates[at].state != suppressed {
				continue
			}
			g.aggregates[at].state = published
			kept, ok := g.witnessesWithout(at, certificates)
			if !ok {
				g.aggregates[at].state = suppressed
				break
			}
			certificates = kept
		}
		if isHidden(group) {
			g.suppress(group[0])
		}
	}
	if _, err := g.prove(&pattern{certificates: certificates}); err != nil {
		return nil, false
	}
	for i, group := range groups {
		if isHidden(group) {
			hidden = append(hidden, i)
		}
	}
	return hidden, true
}
