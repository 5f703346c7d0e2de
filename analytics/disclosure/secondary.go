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
		switch {
		case g.choice(p):
			return bare, scarce
		case len(g.swaps()) > 0 && !slices.Contains(g.couldDiffer(p, nil), true):
			return closed, told
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
		if p := &g.places[i]; p.primary != none && p.primary != scarce { // distributions come last
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { // those with the largest move to make first
		pa, pb := &g.places[a], &g.places[b]
		if start%3 == 1 {
			return int(pa.n - pb.n)
		}
		return int(pb.n - pa.n)
	})
	if start%3 == 2 {
		shuffle := rand.New(rand.NewPCG(uint64(start), uint64(len(g.places)))) // which of equally good patterns it is, is the key's secret
		shuffle.Shuffle(len(order), func(a, b int) { order[a], order[b] = order[b], order[a] })
	}
	for _, i := range order {
		for _, goal := range g.goals(&g.places[i]) {
			c := &certificate{place: i, goal: goal}
			if !g.reach(c, false) {
				return nil, false
			}
			certificates = append(certificates, c)
		}
	}
	for before := -1; before != len(certificates); { // what is closed at last may leave more open of a distribution that is held back
		before = len(certificates)
		var ok bool
		if certificates, ok = g.varied(certificates); !ok {
			return nil, false
		}
		if certificates, ok = g.loosen(certificates, false); !ok {
			return nil, false
		}
		lone := g.lone()
		for _, same := range kinds(certificates) {
			more, ok := g.alone(lone, same, false)
			if !ok {
				return nil, false
			}
			certificates = append(certificates, more...)
		}
		if certificates, ok = g.open(certificates); !ok {
			return nil, false
		}
	}
	return certificates, true
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

// reopen prints what turned out not to be needed, the dearest first: all that no witness changes, and then what the witnesses
// can do without.
//
// It may look at about a quarter as much again as was looked at for closing, and a little more: what stays closed beyond that is a pity and no danger.
func (g *grid) reopen(certificates, people []*certificate) (left, leftOfPeople []*certificate) {
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
			keptOfPeople, ok := people, true
			if target == full {
				if keptOfPeople, ok = g.withAnswers(i, people); !ok {
					continue
				}
			}
			g.places[i].state = target
			if more, ok := g.eachReached(g.unsettled(i)); ok {
				if kept, ok := g.withoutAndLeft(i, certificates, more); ok {
					certificates, people = kept, keptOfPeople
					break
				}
			}
			g.places[i].state = before
			if g.people != nil {
				g.people.places[i].state = closed
			}
		}
	}
	return certificates, people
}

// eachReached finds witnesses without closing more.
func (g *grid) eachReached(list []*certificate) ([]*certificate, bool) {
	return list, !slices.ContainsFunc(list, func(c *certificate) bool { return !g.reach(c, true) })
}

// withoutAndLeft is without, together with new witnesses, where what is left over of lines must stay open as well; those it was given stay as they are.
func (g *grid) withoutAndLeft(place int, certificates, more []*certificate) ([]*certificate, bool) {
	if g.lines == nil {
		kept, ok := g.without(place, certificates)
		return append(kept, more...), ok
	}
	kept, ok := g.without(place, copied(certificates))
	if !ok {
		return nil, false
	}
	return g.loosen(append(kept, more...), true)
}

// copied are certificates that can be changed without changing these.
func copied(certificates []*certificate) []*certificate {
	out := make([]*certificate, len(certificates))
	for i, c := range certificates {
		one := *c
		out[i] = &one
	}
	return out
}

// without finds other witnesses for those that change a place which is to be printed, and drops those that were about it; all or nothing. The number
// of no other closed place may become known by it.
func (g *grid) without(place int, certificates []*certificate) ([]*certificate, bool) {
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
		if c.place == place && (c.goal == toShift || c.goal == toOther && g.places[place].state == full) {
			for p := range c.shifts {
				loose[p] = true
			}
			continue
		}
		left = append(left, c)
		if !c.touches[place] || c.goal == toOther && g.places[place].state == bare {
			continue
		}
		if c.goal == toOthers { // loosen finds another one
			for p := range c.shifts {
				loose[p] = true
			}
			left = left[:len(left)-1]
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
