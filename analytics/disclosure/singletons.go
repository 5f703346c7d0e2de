package disclosure

import (
	"fmt"
	"slices"
)

// goalKey is what a certificate shows: several of one aggregate and goal are the same to people who are in none of the cells they change.
type goalKey struct {
	aggregate int
	goal      goal
}

// groupByGoal sorts certificates by what they show; goals that do not concern singletons are left out.
func groupByGoal(certificates []*certificate) (list [][]*certificate) {
	at := map[goalKey]int{}
	for _, c := range certificates {
		if c.goal == toOtherAnswers || c.goal == toOtherResidual || c.goal == toOtherCount {
			continue
		}
		of := goalKey{c.aggregate, c.goal}
		i, known := at[of]
		if !known {
			i = len(list)
			at[of], list = i, append(list, nil)
		}
		list[i] = append(list[i], c)
	}
	return list
}

// singletons lists the hidden cells of one respondent, or of two.
func (g *grid) singletons() (list []int) {
	for i := range g.aggregates {
		if g.isSingleton(i) {
			list = append(list, i)
		}
	}
	return list
}

func (g *grid) isSingleton(aggregate int) bool {
	p := &g.aggregates[aggregate]
	return p.state == suppressed && (p.n == 1 || p.n == 2) && p.finest && !p.beforeChange && !g.rules.exactOnly && !g.rules.ignoreSingletons
}

// informedSingletons lists the singletons for whom none of the certificates, all of one aggregate and goal, is valid: each
// changes a number that they know.
func (g *grid) informedSingletons(singletons []int, same []*certificate) (list []int) {
	for _, q := range singletons {
		known := q != same[0].aggregate && !g.within(q, same[0].aggregate) && !g.concernsOnlySingleton(q, same[0])
		for _, c := range same {
			known = known && c.affected[q]
		}
		if known {
			list = append(list, q)
		}
	}
	return list
}

// protectFromSingletons adds what must hold as a respondent sees it who is the only one, or one of two, in a suppressed
// cell: the others' witnesses without that cell.
func (g *grid) protectFromSingletons(singletons []int, same []*certificate, free bool) (more []*certificate, ok bool) {
	met := g.informedSingletons(singletons, same)
	for len(met) > 0 {
		all := g.sparingSingletons(same[0], met)
		if g.findWitness(all, true) {
			return append(more, all), true
		}
		one := g.sparingSingletons(same[0], met[:1])
		if len(met) == 1 && free || !g.findWitness(one, free) {
			return more, false
		}
		more = append(more, one)
		met = slices.DeleteFunc(met[1:], func(q int) bool { return !one.affected[q] })
	}
	return more, true
}

// sparingSingletons is a certificate as the respondents of singletons see it: the numbers that they know stay. Of an
// aggregate that is part of such a cell the cell as a whole stays.
func (g *grid) sparingSingletons(of *certificate, singletons []int) *certificate {
	c := &certificate{aggregate: of.aggregate, goal: of.goal}
	for _, q := range singletons {
		if g.isProperPart(of.aggregate, q) {
			c.fixedAggregates = append(c.fixedAggregates, q)
		} else {
			c.excludedCells = append(c.excludedCells, g.aggregates[q].cells...)
		}
	}
	return c
}

// concernsOnlySingleton tells whether what a certificate shows of an aggregate is of no use to the respondents of a
// singleton, because the aggregate is part of that cell: the only respondent of the cell is everybody who can be in the
// aggregate; and whoever is one of two knows that it holds fewer than the threshold.
func (g *grid) concernsOnlySingleton(q int, c *certificate) bool {
	if !g.isProperPart(c.aggregate, q) {
		return false
	}
	p := &g.aggregates[c.aggregate]
	return g.aggregates[q].n == 1 || c.goal == toThreshold && g.aggregates[q].n < g.requiredCount(p)
}

// isProperPart tells whether all cells of an aggregate are cells of another that has more.
func (g *grid) isProperPart(inner, outer int) bool {
	return g.suppressedTogether == nil && len(g.aggregates[inner].cells) < len(g.aggregates[outer].cells) && g.within(inner, outer)
}

// checkSingletons tells whether every aggregate keeps what must be shown of it also as the respondent of each singleton sees it.
func (g *grid) checkSingletons(certificates []*certificate) error {
	singletons := g.singletons()
	for _, same := range groupByGoal(certificates) {
		if known := g.informedSingletons(singletons, same); len(known) > 0 {
			return fmt.Errorf(
				"a respondent in %v, who is alone there, could see that %v is not %q",
				g.names(&g.aggregates[known[0]]),
				g.names(&g.aggregates[same[0].aggregate]),
				goalNames[same[0].goal],
			)
		}
	}
	return nil
}

// within tells whether all cells of an aggregate are cells of another: the respondent of a singleton then knows part of
// the other, whatever is hidden.
func (g *grid) within(inner, outer int) bool {
	if g.suppressedTogether != nil { // the same people count under several questions, whatever codes their aggregates have
		return !slices.ContainsFunc(g.aggregates[inner].cells, func(cell int) bool {
			return g.trueCounts[cell] > 0 && !slices.Contains(g.aggregates[outer].cells, cell)
		})
	}
	for i, n := range g.aggregates[inner].nodes {
		for _, leaf := range g.trees[i].under[n] {
			if !g.trees[i].in[g.aggregates[outer].nodes[i]][leaf] {
				return false
			}
		}
	}
	return true
}
