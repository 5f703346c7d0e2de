package disclosure

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
)

// What closing costs: as many points as people become unknown, more for totals, which more readers look for.
const (
	costOfAnyPlace = 4
	costOfTotals   = 6 // times as much for each dimension that is added up
	costOfBaring   = 0.2
	costSway       = 0.25 // the secret part
)

// setCosts says what closing a place costs.
func (g *grid) setCosts(start int) {
	for i := range g.places {
		p := &g.places[i]
		p.closing = costOfAnyPlace + math.Pow(float64(p.n), []float64{1, 0.5, 0.25, 0}[start/3%4])
		for d, n := range p.nodes {
			if n >= g.trees[d].leaves {
				p.closing *= costOfTotals
			}
		}
		if g.rules.Key != "" {
			p.closing *= 1 + costSway*float64(g.secret(g.names(p)...))/(1<<64)
		}
		p.baring = p.closing * costOfBaring
	}
}

// secret is a number that only those who have the organisation's key can work out.
func (g *grid) secret(of ...string) uint64 {
	mac := hmac.New(sha256.New, []byte(g.rules.Key))
	_, _ = mac.Write([]byte(strings.Join(of, "\x1f"))) // never fails
	return binary.BigEndian.Uint64(mac.Sum(nil))
}

// judge says how a place is shown when nothing else stands against it, and why it is hidden when it is.
func (g *grid) judge(p *place) (state, reason) {
	switch {
	case !p.asked:
		return full, none
	case p.n == 0 && g.rules.zeros:
		return full, none
	case p.n == 0:
		return closed, empty
	case p.n < int64(p.rules.Threshold):
		return closed, few
	case g.answers > 1 && p.n < int64(p.rules.DistributionBase) && slices.Max(p.counts) >= p.n-1:
		return closed, alike
	case g.answers > 1 && p.n < p.rules.fullBase():
		if g.choice(p) {
			return bare, scarce
		}
		return bare, none // base, mean and share say it all, and the rules release these
	}
	return full, none
}

// choice tells whether the figures of a place alone leave open how its people answered.
func (g *grid) choice(p *place) bool {
	return slices.ContainsFunc(g.swaps(), func(v vector) bool {
		for _, t := range v {
			if p.counts[t.answer]+t.n < 0 {
				return false
			}
		}
		return true
	})
}

// secure closes places until every one that is hidden for its own sake has its witnesses; false when that cannot be done.
// The witnesses remain good when more is closed.
func (g *grid) secure(start int) ([]*certificate, bool) {
	var certificates []*certificate
	order := make([]int, 0, len(g.places))
	for i := range g.places {
		if g.places[i].primary != none {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { // those with the largest move to make first; distributions last
		pa, pb := &g.places[a], &g.places[b]
		if pa.primary == scarce != (pb.primary == scarce) {
			return int(pa.primary) - int(pb.primary)
		}
		if start%3 == 1 {
			return int(pa.n - pb.n)
		}
		return int(pb.n - pa.n)
	})
	if start%3 == 2 {
		shuffle := rand.New(rand.NewPCG(uint64(start), uint64(len(g.places)))) //nolint:gosec // which of equally good patterns it is, is the key's secret
		first := slices.IndexFunc(order, func(i int) bool { return g.places[i].primary == scarce })
		if first < 0 {
			first = len(order)
		}
		shuffle.Shuffle(first, func(a, b int) { order[a], order[b] = order[b], order[a] })
	}
	for _, i := range order {
		if g.places[i].primary == scarce && g.places[i].state == closed {
			continue // closed for another's sake
		}
		for _, goal := range g.goals(&g.places[i]) {
			c := &certificate{place: i, goal: goal}
			if g.reach(c, false) {
				certificates = append(certificates, c)
				continue
			}
			if goal != toOther || g.places[i].was > 0 {
				return nil, false
			}
			g.places[i].state = closed
		}
	}
	g.thicken()
	lone := g.lone()
	for _, same := range kinds(certificates) {
		more, ok := g.alone(lone, same, false)
		if !ok {
			return nil, false
		}
		certificates = append(certificates, more...)
	}
	return g.open(certificates)
}

// open makes sure that the number of people of no closed place can be worked out, also where it is closed for the sake of its answers only or
// of another place: what readers can work out might as well be printed, and they would not know that it says nothing of anybody.
func (g *grid) open(certificates []*certificate) ([]*certificate, bool) {
	shifted := map[int]bool{}
	for _, c := range certificates {
		for p := range c.shifts {
			shifted[p] = true
		}
	}
	for again := true; again; {
		again = false
		for i := range g.places {
			p := &g.places[i]
			if p.state != closed || !p.wanted && p.was == 0 || shifted[i] || p.n == 0 && p.primary == none {
				continue
			}
			c := &certificate{place: i, goal: toShift}
			if !g.reach(c, false) {
				return nil, false
			}
			certificates, again = append(certificates, c), true
			for p := range c.shifts {
				shifted[p] = true
			}
		}
	}
	return certificates, true
}

// thin tells whether a place takes part in a sum that gives away the answers of too few people: one whose parts are printed with
// their answers, but for some that have together less than the base for answers.
func (g *grid) thin(i int) bool {
	p := &g.places[i]
	for d := range p.nodes {
		if g.thinLine(i, d) >= 0 {
			return true
		}
		if up := g.trees[d].parent[p.nodes[d]]; up >= 0 {
			if whole := g.along(p, d, up); whole >= 0 && g.thinLine(whole, d) >= 0 {
				return true
			}
		}
	}
	return false
}

// thinLine gives the smallest part that is printed with its answers, of a place whose other parts in a dimension leave the answers of too
// few people over; -1 when they do not.
func (g *grid) thinLine(whole, d int) int {
	p := &g.places[whole]
	if !g.rules.Equality || g.answers == 1 || p.state != full {
		return -1
	}
	left, held, smallest := int64(0), 0, -1
	for n, up := range g.trees[d].parent {
		if up != p.nodes[d] {
			continue
		}
		i := g.along(p, d, n)
		if i < 0 {
			return -1 // not all parts are in a table
		}
		switch part := &g.places[i]; {
		case !part.asked:
		case part.state != full:
			held++
			left += part.n
		case part.was == 0 && (smallest < 0 || part.n < g.places[smallest].n):
			smallest = i
		}
	}
	if held == 0 || left >= g.rules.fullBase() {
		return -1
	}
	return smallest
}

// along finds the place with another node in one dimension; -1 where there is none.
func (g *grid) along(p *place, d, node int) int {
	key := 0
	for i, n := range p.nodes {
		if i == d {
			n = node
		}
		key += n * g.stride[i]
	}
	return int(g.at[key])
}

// thicken holds back the answers of further parts until no sum is thin.
func (g *grid) thicken() {
	for again := true; again; {
		again = false
		for i := range g.places {
			for d := range g.places[i].nodes {
				if part := g.thinLine(i, d); part >= 0 {
					g.places[part].state = bare
					again = true
				}
			}
		}
	}
}

// reopen prints what turned out not to be needed, the dearest first: all that no witness changes, and then what the witnesses
// can do without.
//
// It may look at about a quarter as much again as was looked at for closing, and a little more: what stays closed beyond that is a pity and no danger.
func (g *grid) reopen(certificates []*certificate) []*certificate {
	least := g.work - (allowedWork-g.work)/4 - workForReopening
	var extra []int
	for i := range g.places {
		p := &g.places[i]
		natural, _ := g.judge(p)
		if p.wanted && p.was == 0 && p.state < natural {
			extra = append(extra, i)
		}
	}
	slices.SortStableFunc(extra, func(a, b int) int {
		switch d := g.places[b].closing - g.places[a].closing; {
		case d < 0:
			return -1
		case d > 0:
			return 1
		}
		return 0
	})
	for _, i := range extra {
		natural, reason := g.judge(&g.places[i])
		if g.work < least {
			break
		}
		if reason == scarce {
			continue // its distribution could not be kept otherwise
		}
		before := g.places[i].state
		for _, target := range []state{natural, bare} {
			if target <= before || target == bare && natural != full || g.answers == 1 && target == bare {
				continue
			}
			g.places[i].state = target
			if kept, ok := g.without(i, certificates); ok {
				certificates = kept
				break
			}
			g.places[i].state = before
		}
	}
	return certificates
}

// without finds other witnesses for those that change a place which is to be printed, and drops those that were about it; all or nothing. The number
// of no other closed place may become known by it.
func (g *grid) without(place int, certificates []*certificate) ([]*certificate, bool) {
	if g.thin(place) {
		return nil, false
	}
	type kept struct {
		c   *certificate
		was certificate
	}
	var changed []kept
	back := func() ([]*certificate, bool) {
		for _, k := range changed {
			*k.c = k.was
		}
		return nil, false
	}
	var left []*certificate
	loose := map[int]bool{}     // places that were shifted by what is changed
	shown := map[showing]bool{} // what is changed
	for _, c := range certificates {
		if c.place == place && c.goal == toShift {
			for p := range c.shifts {
				loose[p] = true
			}
			continue
		}
		left = append(left, c)
		if !c.touches[place] || c.goal == toOther && g.places[place].state == bare {
			continue
		}
		was := *c
		if !g.reach(c, true) {
			return back()
		}
		changed = append(changed, kept{c, was})
		shown[showing{c.place, c.goal}] = true
		for p := range was.shifts {
			loose[p] = true
		}
	}
	lone := g.lone()
	for _, same := range kinds(left) {
		if !shown[showing{same[0].place, same[0].goal}] {
			continue
		}
		more, ok := g.alone(lone, same, true)
		if !ok {
			return back()
		}
		left = append(left, more...)
	}
	for _, c := range left {
		for p := range c.shifts {
			delete(loose, p)
		}
	}
	for _, p := range slices.Sorted(maps.Keys(loose)) {
		if g.places[p].state != closed || p == place || !g.places[p].wanted && g.places[p].was == 0 {
			continue
		}
		c := &certificate{place: p, goal: toShift}
		if !g.reach(c, true) {
			return back()
		}
		left = append(left, c)
	}
	return left, true
}
