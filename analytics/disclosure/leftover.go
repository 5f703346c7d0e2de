package disclosure

import (
	"fmt"
	"slices"
)

// tableLine is a place of one table and the places of the same table that it is made of along one dimension; or a place of those who came or went between two tables, by itself.
//
// What of a line is not printed with its answers is left over when the rest of it is subtracted. It is the answers of so many people or more (remainder.go); but a reader has more than that:
// everything printed of a place without its answers (number, mean, share) is an equation about its answers as well, and an answer that nobody gave in a place is given by nobody in its parts. All of
// this together can leave one distribution only for what is left over of fewer people. So there must be a whole table in which it is another one.
type tableLine struct {
	whole int
	parts []int
	base  int64 // the answers of so many people may be known
}

// left are the parts of a line that are not printed with their answers, where these are two or more and of too few people. A single one is a place like any other.
func (g *grid) left(l tableLine) (parts []int, needed bool) {
	n := int64(0)
	for _, p := range l.parts {
		if q := &g.places[p]; q.state != full && q.asked {
			parts = append(parts, p)
			n += q.n
		}
	}
	return parts, (len(parts) > 1 || len(l.parts) == 1 && len(parts) == 1) && n > 0 && n < l.base
}

// addLines finds the lines of a table, given its places. There are none where base, mean and share say every answer: then the rules print the answers of so few people.
func (g *grid) addLines(table []int, rules *Rules) {
	if !rules.Equality || g.answers == 1 || g.rules.loose || len(g.swaps()) == 0 {
		return
	}
	for d := range g.trees {
		alike := map[int][]int{} // places that agree in all other dimensions
		var order []int
		for _, p := range table {
			nodes := g.places[p].nodes
			key := g.key(nodes) - nodes[d]*g.stride[d]
			if alike[key] == nil {
				order = append(order, key)
			}
			alike[key] = append(alike[key], p)
		}
		for _, key := range order {
			for _, whole := range alike[key] {
				if parts := g.partsOf(d, whole, alike[key]); len(parts) > 1 {
					g.lines = append(g.lines, tableLine{whole, parts, rules.fullBase()})
				}
			}
		}
	}
}

// partsOf are the largest of some places that are in another one and not the whole of it, which agree with it but for a dimension.
func (g *grid) partsOf(d, whole int, list []int) (parts []int) {
	t := &g.trees[d]
	within := func(inner, outer int) bool {
		a, b := g.places[inner].nodes[d], g.places[outer].nodes[d]
		return a != b && len(t.under[a]) < len(t.under[b]) && !slices.ContainsFunc(t.under[a], func(leaf int) bool { return !t.in[b][leaf] })
	}
	for _, p := range list {
		if within(p, whole) {
			parts = append(parts, p)
		}
	}
	return slices.DeleteFunc(slices.Clone(parts), func(p int) bool {
		return slices.ContainsFunc(parts, func(q int) bool { return within(p, q) })
	})
}

// loosen finds a witness for what is left over of each line in which its answers are others; false where there is none. Without free, more is closed or held back for it.
func (g *grid) loosen(certificates []*certificate, free bool) ([]*certificate, bool) {
	certificates = slices.DeleteFunc(certificates, func(c *certificate) bool {
		if c.goal != toOthers {
			return false
		}
		parts, needed := g.left(g.lines[c.line])
		return !needed || !slices.Equal(parts, c.parts)
	})
	for again := true; again; {
		again = false
		for i, l := range g.lines {
			parts, needed := g.left(l)
			if !needed || slices.ContainsFunc(certificates, func(c *certificate) bool { return c.goal == toOthers && c.line == i && slices.Equal(c.parts, parts) }) {
				continue
			}
			c := g.knownOtherwise(i, parts, certificates)
			if c == nil {
				c = &certificate{place: parts[0], goal: toOthers, line: i, parts: parts}
				if !g.reach(c, true) && (free || !g.reach(c, false)) {
					return nil, false
				}
			}
			certificates = append(certificates, c)
			again = again || !free // what was closed may be part of a line that was looked at before
		}
	}
	return certificates, true
}

// knownOtherwise makes a certificate of what is left over of a line from a witness that is there for something else.
func (g *grid) knownOtherwise(line int, parts []int, certificates []*certificate) *certificate {
	for _, c := range certificates {
		if c.shut != nil || !slices.ContainsFunc(parts, func(p int) bool { return c.touches[p] }) {
			continue
		}
		if a := g.differs(parts, c.change); a >= 0 {
			return &certificate{place: parts[0], goal: toOthers, line: line, parts: parts, answer: a, change: c.change, touches: c.touches, shifts: c.shifts}
		}
	}
	return nil
}

// differs gives an answer that another number of the people in some places gave after a change; -1 for none.
func (g *grid) differs(parts []int, change change) int {
	if len(change) == 0 {
		return -1
	}
	sums := make([]int64, g.answers)
	for _, p := range parts {
		for _, cell := range g.places[p].cells {
			for a := range sums {
				sums[a] += change[cell*g.answers+a]
			}
		}
	}
	return slices.IndexFunc(sums, func(n int64) bool { return n != 0 })
}

// loosened are the ways to other answers in what is left over: an exchange in one of its parts, or people who come and go.
func (g *grid) loosened(c *certificate) (tries []func(wish) bool) {
	inside := make([]bool, len(g.codes))
	for _, p := range c.parts {
		for _, cell := range g.places[p].cells {
			inside[cell] = true
		}
	}
	once := func(place int, swap bool, vectors []vector) {
		tries = append(tries, func(w wish) bool {
			w.place, w.swap, w.need, w.vectors, w.across = place, swap, 1, vectors, inside
			m, ok := g.cheapest(w)
			if ok {
				g.apply(m, swap)
			}
			return ok
		})
	}
	for _, vectors := range [][]vector{g.swaps(), g.swapsOfTwo()} {
		for _, p := range c.parts {
			once(p, true, vectors)
		}
	}
	units := append(g.units(1), g.units(-1)...)
	for _, p := range c.parts {
		if g.places[p].state == closed {
			once(p, false, units)
		}
	}
	return tries
}

// checkLines tells what is left over of which line by the answers of too few people, and not shown to be another.
func (g *grid) checkLines(shown func(parts []int) bool) error {
	for _, l := range g.lines {
		if parts, needed := g.left(l); needed && !shown(parts) {
			return fmt.Errorf("nothing shows that what is left over of %v could have other answers", g.names(&g.places[l.whole]))
		}
	}
	return nil
}

// partNames are the codes of places that are taken together.
func (g *grid) partNames(parts []int) (names [][]string) {
	for _, p := range parts {
		names = append(names, g.names(&g.places[p]))
	}
	return names
}
