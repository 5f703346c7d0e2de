package disclosure

import "math/rand/v2"

// starts are the different beginnings that are tried, as long as there is little to look at: which places come first, and how much more the
// loss of a large number counts than that of a small one, decide what ends up closed. Then the best pattern is varied: some of what it closes
// without need becomes dear, the rest cheap, and all is closed again from the beginning.
const (
	starts            = 12
	workForAnother    = 400_000
	startsForAny      = 6
	workForAny        = 4_000_000
	variations        = 40
	workForVariations = 700_000
)

// pattern is what is closed, with the proof that it may be.
type pattern struct {
	states       []state
	certificates []*certificate
	left         []*certificate // of the grid of numbers of people
	hidden       int            // places of the table
	people       float64        // in them
}

// best tries several beginnings, varies the best of them, and keeps the pattern that hides least; false when none ends well.
func (g *grid) best() (*pattern, bool) {
	initial := g.states()
	var best *pattern
	for n := range starts {
		g.restore(initial)
		g.setCosts(n)
		if now := g.attempt(n); now.before(best) {
			best = now
		}
		most := workForAnother
		if best == nil {
			most = workForAny
		}
		if best == nil && n+1 >= startsForAny || allowedWork-g.work > most || g.work <= 0 {
			break
		}
	}
	if best == nil {
		return nil, false
	}
	dice := rand.New(rand.NewPCG(g.secret("variations"), uint64(len(g.places)))) // the key is the secret
	from := best
	for range variations {
		if allowedWork-g.work > workForVariations || !g.vary(initial, from.states, dice) {
			break
		}
		now := g.attempt(dice.IntN(starts))
		if now != nil && !from.before(now) {
			from = now // also where it is only as good: so the variations wander
		}
		if now.before(best) {
			best = now
		}
	}
	g.restore(best.states)
	return best, true
}

// before tells whether a pattern hides less than another; nil, that there is none, is worse than any.
func (p *pattern) before(other *pattern) bool {
	switch {
	case p == nil || other == nil:
		return p != nil
	case p.hidden != other.hidden:
		return p.hidden < other.hidden
	}
	return p.people < other.people
}

// attempt closes what must be, from the states and costs at hand, and prints again what is not needed; nil when it does not end well.
func (g *grid) attempt(start int) *pattern {
	people, ok := g.holdBack(start)
	if !ok {
		return nil
	}
	certificates, ok := g.secure(start)
	if !ok {
		return nil
	}
	if g.people != nil {
		g.sayWhatIsKnown() // more is held back now: the witnesses remain good
	}
	p := &pattern{}
	p.certificates, p.left = g.reopen(certificates, people)
	p.states = g.states()
	for i := range g.places {
		if place := &g.places[i]; place.wanted && place.state == closed {
			p.hidden++
			p.people += float64(place.n)
		}
	}
	return p
}

// vary makes what a pattern closes without need cheap, but for one to three places, chosen by dice, that become dear; false where there is none.
func (g *grid) vary(initial, pattern []state, dice *rand.Rand) bool {
	g.restore(initial)
	g.setCosts(dice.IntN(starts))
	var extra []int
	for i := range g.places {
		p := &g.places[i]
		if pattern[i] == closed && initial[i] != closed && p.wanted {
			extra = append(extra, i)
			p.closing *= 0.2 + 0.2*dice.Float64()
		} else {
			p.closing *= 0.5 + dice.Float64()
		}
	}
	if len(extra) == 0 {
		return false
	}
	for range 1 + dice.IntN(3) {
		g.places[extra[dice.IntN(len(extra))]].closing *= 1000
	}
	for i := range g.places {
		g.places[i].baring = g.places[i].closing * costOfBaring
	}
	return true
}

func (g *grid) states() []state {
	list := make([]state, len(g.places))
	for i := range g.places {
		list[i] = g.places[i].state
	}
	return list
}

func (g *grid) restore(list []state) {
	for i := range g.places {
		g.places[i].state = list[i]
	}
}
