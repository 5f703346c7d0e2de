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

// What suppressing costs: as many points as people become unknown, more for totals, which more readers look for.
const (
	costOfAnyAggregate = 4
	costOfTotals       = 6 // times as much for each dimension that is added up
	costOfDistribution = 0.2
	costSway           = 0.25 // the part that depends on the key
)

// setCosts says what suppressing an aggregate costs.
func (g *grid) setCosts(start int) {
	for i := range g.aggregates {
		p := &g.aggregates[i]
		p.suppressionCost = costOfAnyAggregate + math.Pow(float64(p.n), []float64{1, 0.5, 0.25, 0}[start/3%4])
		for d, n := range p.nodes {
			if n >= g.trees[d].leaves {
				p.suppressionCost *= costOfTotals
			}
		}
		if g.rules.Key != "" {
			p.suppressionCost *= 1 + costSway*float64(g.keyedHash(g.names(p)...))/(1<<64)
		}
		p.distributionCost = p.suppressionCost * costOfDistribution
	}
}

// keyedHash is a number that only those who have the organisation's key can work out.
func (g *grid) keyedHash(of ...string) uint64 {
	mac := hmac.New(sha256.New, []byte(g.rules.Key))
	_, _ = mac.Write([]byte(strings.Join(of, "\x1f"))) // never fails
	return binary.BigEndian.Uint64(mac.Sum(nil))
}

// classify says how an aggregate is shown when nothing else stands against it, and why it is hidden when it is.
func (g *grid) classify(p *aggregate) (publication, reason) {
	switch {
	case !p.asked:
		return published, notSensitive
	case p.n == 0 && g.rules.showZeros:
		return published, notSensitive
	case p.n == 0:
		return suppressed, empty
	case p.n < int64(p.rules.Threshold):
		return suppressed, belowThreshold
	case g.answers > 1 && p.n < int64(p.rules.DistributionBase) && slices.Max(p.counts) >= p.n-1:
		return suppressed, uniform
	case g.answers > 1 && p.n < p.rules.fullBase():
		switch {
		case g.hasAmbiguousFigures(p):
			return withoutDistribution, smallBase
		case len(g.swaps()) > 0 && !slices.Contains(g.variableAnswers(p, nil), true):
			return suppressed, determined
		}
		return withoutDistribution, notSensitive // base, mean and share say it all, and the rules release these
	}
	return published, notSensitive
}

// hasAmbiguousFigures tells whether the figures of an aggregate alone leave open how its people answered.
func (g *grid) hasAmbiguousFigures(p *aggregate) bool {
	return slices.ContainsFunc(g.swaps(), func(v vector) bool {
		for _, t := range v {
			if p.counts[t.answer]+t.n < 0 {
				return false
			}
		}
		return true
	})
}

// suppressSecondary suppresses aggregates until every one that is sensitive (primary suppression) has its witnesses; false
// when that cannot be done. The witnesses remain good when more is suppressed.
func (g *grid) suppressSecondary(start int) ([]*certificate, bool) {
	var certificates []*certificate
	order := make([]int, 0, len(g.aggregates))
	for i := range g.aggregates {
		if p := &g.aggregates[i]; p.primary != notSensitive && p.primary != smallBase { // distributions come last
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { // those with the largest move to make first
		pa, pb := &g.aggregates[a], &g.aggregates[b]
		if start%3 == 1 {
			return int(pa.n - pb.n)
		}
		return int(pb.n - pa.n)
	})
	if start%3 == 2 {
		shuffle := rand.New(rand.NewPCG(uint64(start), uint64(len(g.aggregates)))) // which of equally good patterns it is, is the key's secret
		shuffle.Shuffle(len(order), func(a, b int) { order[a], order[b] = order[b], order[a] })
	}
	for _, i := range order {
		for _, goal := range g.goals(&g.aggregates[i]) {
			c := &certificate{aggregate: i, goal: goal}
			if !g.findWitness(c, false) {
				return nil, false
			}
			certificates = append(certificates, c)
		}
	}
	for before := -1; before != len(certificates); { // what is suppressed at last may leave more open of a distribution that is held back
		before = len(certificates)
		var ok bool
		if certificates, ok = g.protectDistributions(certificates); !ok {
			return nil, false
		}
		if certificates, ok = g.protectResiduals(certificates, false); !ok {
			return nil, false
		}
		singletons := g.singletons()
		for _, same := range groupByGoal(certificates) {
			more, ok := g.protectFromSingletons(singletons, same, false)
			if !ok {
				return nil, false
			}
			certificates = append(certificates, more...)
		}
		if certificates, ok = g.protectCounts(certificates); !ok {
			return nil, false
		}
	}
	return certificates, true
}

// protectCounts makes sure that the number of people of no suppressed aggregate can be worked out, also where it is
// suppressed because of its answers only or to protect another aggregate: what readers can calculate might as well be
// published.
func (g *grid) protectCounts(certificates []*certificate) ([]*certificate, bool) {
	shifted := map[int]bool{}
	for _, c := range certificates {
		for p := range c.countChanged {
			shifted[p] = true
		}
	}
	for again := true; again; {
		again = false
		for i := range g.aggregates {
			p := &g.aggregates[i]
			if p.state != suppressed || !p.requested && p.prior == 0 || shifted[i] || p.n == 0 && p.primary == notSensitive {
				continue
			}
			c := &certificate{aggregate: i, goal: toOtherCount}
			if !g.findWitness(c, false) {
				return nil, false
			}
			certificates, again = append(certificates, c), true
			for p := range c.countChanged {
				shifted[p] = true
			}
		}
	}
	return certificates, true
}

// unsuppress publishes what need not be suppressed, the most expensive first: all that no witness changes, and then what
// the witnesses can do without.
//
// It may spend about a quarter of the work of suppressing again, and a little more: what stays suppressed beyond that is
// safe, only more than needed.
func (g *grid) unsuppress(certificates, people []*certificate) (left, leftOfPeople []*certificate) {
	least := g.work - (allowedWork-g.work)/4 - workForReopening
	var extra []int
	for i := range g.aggregates {
		p := &g.aggregates[i]
		natural, _ := g.classify(p)
		if p.requested && p.prior == 0 && p.state < natural {
			extra = append(extra, i)
		}
	}
	slices.SortStableFunc(extra, func(a, b int) int {
		switch d := g.aggregates[b].suppressionCost - g.aggregates[a].suppressionCost; {
		case d < 0:
			return -1
		case d > 0:
			return 1
		}
		return 0
	})
	for _, i := range extra {
		natural, reason := g.classify(&g.aggregates[i])
		if g.work < least {
			break
		}
		if reason == smallBase {
			continue // its distribution could not be kept otherwise
		}
		before := g.aggregates[i].state
		for _, target := range []publication{natural, withoutDistribution} {
			if target <= before || target == withoutDistribution && natural != published || g.answers == 1 && target == withoutDistribution {
				continue
			}
			keptOfPeople := people
			if target == published {
				kept, ok := g.publishDistribution(i, people)
				if !ok {
					continue
				}
				keptOfPeople = kept
			}
			g.aggregates[i].state = target
			if more, ok := g.reachAll(g.distributionGoals(i)); ok {
				if kept, ok := g.witnessesWithoutAndResiduals(i, certificates, more); ok {
					certificates, people = kept, keptOfPeople
					break
				}
			}
			g.aggregates[i].state = before
			if g.baseGrid != nil {
				g.baseGrid.aggregates[i].state = suppressed
			}
		}
	}
	return certificates, people
}

// reachAll finds witnesses without suppressing more.
func (g *grid) reachAll(list []*certificate) ([]*certificate, bool) {
	return list, !slices.ContainsFunc(list, func(c *certificate) bool { return !g.findWitness(c, true) })
}

// witnessesWithoutAndResiduals is without, together with new witnesses, where the residuals of lines must stay open as
// well; those it was given stay as they are.
func (g *grid) witnessesWithoutAndResiduals(aggregate int, certificates, more []*certificate) ([]*certificate, bool) {
	if g.lines == nil {
		kept, ok := g.witnessesWithout(aggregate, certificates)
		return append(kept, more...), ok
	}
	kept, ok := g.witnessesWithout(aggregate, cloneCertificates(certificates))
	if !ok {
		return nil, false
	}
	return g.protectResiduals(append(kept, more...), true)
}

// cloneCertificates are certificates that can be changed without changing these.
func cloneCertificates(certificates []*certificate) []*certificate {
	out := make([]*certificate, len(certificates))
	for i, c := range certificates {
		one := *c
		out[i] = &one
	}
	return out
}

// witnessesWithout finds other witnesses for those that change an aggregate which is to be printed, and drops those that
// were about it; all or nothing. The number of no other suppressed aggregate may become known by it.
func (g *grid) witnessesWithout(aggregate int, certificates []*certificate) ([]*certificate, bool) {
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
	loose := map[int]bool{}     // aggregates whose number was changed by what is replaced
	shown := map[goalKey]bool{} // what is changed
	for _, c := range certificates {
		if c.aggregate == aggregate && (c.goal == toOtherCount || c.goal == toOtherAnswers && g.aggregates[aggregate].state == published) {
			for p := range c.countChanged {
				loose[p] = true
			}
			continue
		}
		left = append(left, c)
		if !c.affected[aggregate] || c.goal == toOtherAnswers && g.aggregates[aggregate].state == withoutDistribution {
			continue
		}
		if c.goal == toOtherResidual { // loosen finds another one
			for p := range c.countChanged {
				loose[p] = true
			}
			left = left[:len(left)-1]
			continue
		}
		was := *c
		if !g.findWitness(c, true) {
			return back()
		}
		changed = append(changed, kept{c, was})
		shown[goalKey{c.aggregate, c.goal}] = true
		for p := range was.countChanged {
			loose[p] = true
		}
	}
	singletons := g.singletons()
	for _, same := range groupByGoal(left) {
		if !shown[goalKey{same[0].aggregate, same[0].goal}] {
			continue
		}
		more, ok := g.protectFromSingletons(singletons, same, true)
		if !ok {
			return back()
		}
		left = append(left, more...)
	}
	for _, c := range left {
		for p := range c.countChanged {
			delete(loose, p)
		}
	}
	for _, p := range slices.Sorted(maps.Keys(loose)) {
		if g.aggregates[p].state != suppressed || p == aggregate || !g.aggregates[p].requested && g.aggregates[p].prior == 0 {
			continue
		}
		c := &certificate{aggregate: p, goal: toOtherCount}
		if !g.findWitness(c, true) {
			return back()
		}
		left = append(left, c)
	}
	return left, true
}
