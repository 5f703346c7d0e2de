package disclosure

import "math/rand/v2"

// multistarts are the different starts that are tried, as long as they cost little: which aggregates come first, and how
// much more the loss of a large number counts than that of a small one, decide what ends up suppressed. Then the best
// pattern is varied: some of what it suppresses without need becomes expensive, the rest cheap, and all is suppressed
// again from the beginning.
const (
	multistarts          = 12
	workForNextStart     = 400_000
	startsWithoutPattern = 6
	workWithoutPattern   = 4_000_000
	variations           = 40
	workForVariations    = 700_000
)

// pattern is what is suppressed, with the proof that it may be.
type pattern struct {
	states           []publication
	certificates     []*certificate
	baseCertificates []*certificate // of the grid of numbers of people
	hidden           int            // aggregates of the table
	people           float64        // in them
}

// multistart tries several starts, varies the best of them, and keeps the pattern that hides least; false where none succeeds.
func (g *grid) multistart() (*pattern, bool) {
	initial := g.states()
	var best *pattern
	for n := range multistarts {
		g.restore(initial)
		g.setCosts(n)
		if now := g.attempt(n); now.hidesLessThan(best) {
			best = now
		}
		most := workForNextStart
		if best == nil {
			most = workWithoutPattern
		}
		if best == nil && n+1 >= startsWithoutPattern || allowedWork-g.work > most || g.work <= 0 {
			break
		}
	}
	if best == nil {
		return nil, false
	}
	dice := rand.New(rand.NewPCG(g.keyedHash("variations"), uint64(len(g.aggregates)))) // the key is the secret
	from := best
	for range variations {
		if allowedWork-g.work > workForVariations || !g.vary(initial, from.states, dice) {
			break
		}
		now := g.attempt(dice.IntN(multistarts))
		if now != nil && !from.hidesLessThan(now) {
			from = now // also where it is only as good: so that the variations move through equally good patterns
		}
		if now.hidesLessThan(best) {
			best = now
		}
	}
	g.restore(best.states)
	return best, true
}

// hidesLessThan tells whether a pattern hides less than another; nil, that there is none, is worse than any.
func (p *pattern) hidesLessThan(other *pattern) bool {
	switch {
	case p == nil || other == nil:
		return p != nil
	case p.hidden != other.hidden:
		return p.hidden < other.hidden
	}
	return p.people < other.people
}

// attempt suppresses what must be, from the states and costs at hand, and publishes again what need not be suppressed; nil
// where nothing is found.
func (g *grid) attempt(start int) *pattern {
	people, ok := g.suppressDistributions(start)
	if !ok {
		return nil
	}
	certificates, ok := g.suppressSecondary(start)
	if !ok {
		return nil
	}
	if g.baseGrid != nil {
		g.syncBaseGrid() // more is held back now: the witnesses remain good
	}
	p := &pattern{}
	p.certificates, p.baseCertificates = g.unsuppress(certificates, people)
	p.states = g.states()
	for i := range g.aggregates {
		if aggregate := &g.aggregates[i]; aggregate.requested && aggregate.state == suppressed {
			p.hidden++
			p.people += float64(aggregate.n)
		}
	}
	return p
}

// vary makes what a pattern suppresses without need cheap, but for one to three aggregates, chosen at random, that become
// expensive; false where there is none.
func (g *grid) vary(initial, pattern []publication, dice *rand.Rand) bool {
	g.restore(initial)
	g.setCosts(dice.IntN(multistarts))
	var extra []int
	for i := range g.aggregates {
		p := &g.aggregates[i]
		if pattern[i] == suppressed && initial[i] != suppressed && p.requested {
			extra = append(extra, i)
			p.suppressionCost *= 0.2 + 0.2*dice.Float64()
		} else {
			p.suppressionCost *= 0.5 + dice.Float64()
		}
	}
	if len(extra) == 0 {
		return false
	}
	for range 1 + dice.IntN(3) {
		g.aggregates[extra[dice.IntN(len(extra))]].suppressionCost *= 1000
	}
	for i := range g.aggregates {
		g.aggregates[i].distributionCost = g.aggregates[i].suppressionCost * costOfDistribution
	}
	return true
}

func (g *grid) states() []publication {
	list := make([]publication, len(g.aggregates))
	for i := range g.aggregates {
		list[i] = g.aggregates[i].state
	}
	return list
}

func (g *grid) restore(list []publication) {
	for i := range g.aggregates {
		g.aggregates[i].state = list[i]
	}
}
