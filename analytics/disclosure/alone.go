package disclosure

import (
	"fmt"
	"slices"
)

// showing is what a certificate shows: several of one place and goal are the same to people who are in none of the cells they change.
type showing struct {
	place int
	goal  goal
}

// kinds sorts certificates by what they show, those aside that are of larger places only.
func kinds(certificates []*certificate) (list [][]*certificate) {
	at := map[showing]int{}
	for _, c := range certificates {
		if c.goal == toOther || c.goal == toOthers || c.goal == toShift {
			continue
		}
		of := showing{c.place, c.goal}
		i, known := at[of]
		if !known {
			i = len(list)
			at[of], list = i, append(list, nil)
		}
		list[i] = append(list[i], c)
	}
	return list
}

// lone lists the hidden cells of one respondent, or of two.
func (g *grid) lone() (list []int) {
	for i := range g.places {
		if g.isLone(i) {
			list = append(list, i)
		}
	}
	return list
}

func (g *grid) isLone(place int) bool {
	p := &g.places[place]
	return p.state == closed && (p.n == 1 || p.n == 2) && p.finest && !p.then && !g.rules.loose && !g.rules.stranger
}

// knowing lists the lone cells in whose eyes none of the certificates, all of one place and goal, is one: each changes what is known there.
func (g *grid) knowing(lone []int, same []*certificate) (list []int) {
	for _, q := range lone {
		known := q != same[0].place && !g.within(q, same[0].place) && !g.ownOnly(q, same[0])
		for _, c := range same {
			known = known && c.touches[q]
		}
		if known {
			list = append(list, q)
		}
	}
	return list
}

// alone adds what must hold in the eyes of a respondent who is the only one, or one of two, in a hidden cell: the others' witnesses
// without that cell.
func (g *grid) alone(lone []int, same []*certificate, free bool) (more []*certificate, ok bool) {
	met := g.knowing(lone, same)
	for len(met) > 0 {
		all := g.spared(same[0], met)
		if g.reach(all, true) {
			return append(more, all), true
		}
		one := g.spared(same[0], met[:1])
		if len(met) == 1 && free || !g.reach(one, free) {
			return more, false
		}
		more = append(more, one)
		met = slices.DeleteFunc(met[1:], func(q int) bool { return !one.touches[q] })
	}
	return more, true
}

// spared is a certificate in the eyes of the people in lone cells: what they know there stays. Of a place that is part of such a cell the cell as a whole stays.
func (g *grid) spared(of *certificate, lone []int) *certificate {
	c := &certificate{place: of.place, goal: of.goal}
	for _, q := range lone {
		if g.partOf(of.place, q) {
			c.hold = append(c.hold, q)
		} else {
			c.shut = append(c.shut, g.places[q].cells...)
		}
	}
	return c
}

// ownOnly tells whether what a certificate shows of a place is of no use to the people in a lone cell, because the place is part of that cell: whoever is alone in the cell is everybody who can be in
// the place; and whoever is one of two knows that it holds fewer than the threshold.
func (g *grid) ownOnly(q int, c *certificate) bool {
	if !g.partOf(c.place, q) {
		return false
	}
	p := &g.places[c.place]
	return g.places[q].n == 1 || c.goal == toEnough && g.places[q].n < g.enough(p)
}

// partOf tells whether all cells of a place are cells of another that has more.
func (g *grid) partOf(inner, outer int) bool {
	return g.together == nil && len(g.places[inner].cells) < len(g.places[outer].cells) && g.within(inner, outer)
}

// covered tells whether every place keeps what must be shown of it also in the eyes of each lone respondent.
func (g *grid) covered(certificates []*certificate) error {
	lone := g.lone()
	for _, same := range kinds(certificates) {
		if known := g.knowing(lone, same); len(known) > 0 {
			return fmt.Errorf("a respondent in %v, who is alone there, could see that %v is not %q", g.names(&g.places[known[0]]), g.names(&g.places[same[0].place]), goalNames[same[0].goal])
		}
	}
	return nil
}

// within tells whether all cells of a place are cells of another: who is alone in it then knows part of the other, whatever is hidden.
func (g *grid) within(inner, outer int) bool {
	if g.together != nil { // the same people count under several questions, whatever codes their places have
		return !slices.ContainsFunc(g.places[inner].cells, func(cell int) bool { return g.x[cell] > 0 && !slices.Contains(g.places[outer].cells, cell) })
	}
	for i, n := range g.places[inner].nodes {
		for _, leaf := range g.trees[i].under[n] {
			if !g.trees[i].in[g.places[outer].nodes[i]][leaf] {
				return false
			}
		}
	}
	return true
}
