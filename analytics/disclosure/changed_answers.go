package disclosure

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Change says what has happened since a table left to the answers that it counts.
type Change uint8

// Either answers came, or answers went: where both happened, any table of that time agrees with any table of today, as
// everybody could have been exchanged.
const (
	Unchanged Change = iota
	AnswersAdded
	AnswersRemoved
)

// The dimension that tells those who are counted by the tables before and after a change from those who are counted by one of them only.
const (
	changeDimension = "(change)"
	countedAlways   = "always"
	countedOnce     = "once"
)

// SplitChanged is a joint table in which the answers that came or went since some of the earlier tables are told apart
// from the others, by one more dimension. Who they are is not known any more: so a lattice is searched for that agrees
// with everything those tables printed. That is enough to prove that what they hid is open, and what the new table hides:
// any lattice that agrees with everything serves as the beginning, and each witness is another one.
//
// Found is false where there is none. It is certain then when answers came as well as went; otherwise the search may have
// missed it.
func (j Joint) SplitChanged() (split Joint, found, certain bool) {
	changed := Unchanged
	for _, e := range j.Prior {
		switch {
		case e.Changed == Unchanged:
		case changed == Unchanged || changed == e.Changed:
			changed = e.Changed
		default:
			return j, false, false
		}
	}
	if changed == Unchanged {
		return j, true, true
	}
	d, found, certain := j.findChange(changed)
	if !found {
		return j, false, certain
	}
	split = j
	l := j.Lattice
	answers := len(l.Answers)
	l.Dimensions = append(slices.Clone(l.Dimensions), Dimension{ID: changeDimension, Codes: []string{countedAlways, countedOnce}})
	l.Counts = make([]int64, 0, 2*len(j.Lattice.Counts))
	l.NotAsked = nil
	for cell := range len(j.Lattice.Counts) / answers {
		now, once := j.Lattice.Counts[cell*answers:(cell+1)*answers], d[cell*answers:(cell+1)*answers]
		for a, n := range now {
			if changed == AnswersAdded {
				n -= once[a]
			}
			l.Counts = append(l.Counts, n)
		}
		l.Counts = append(l.Counts, once...)
		if j.Lattice.NotAsked != nil {
			l.NotAsked = append(l.NotAsked, j.Lattice.NotAsked[cell], j.Lattice.NotAsked[cell])
		}
	}
	split.Lattice = l
	today, before := All, countedAlways
	if changed == AnswersRemoved {
		today, before = before, today
	}
	split.JointCodes = func(codes []string) []string { return append(slices.Clone(j.JointCodes(codes)), today) }
	split.Prior = nil
	for _, e := range j.Prior {
		aggregates := e.Cells
		e.Cells = nil
		for _, p := range aggregates {
			of := []string{today}
			switch {
			case e.Fixed:
				of = []string{countedAlways, countedOnce}
			case e.Changed != Unchanged:
				of = []string{before}
			}
			for _, code := range of {
				one := p
				one.Codes = append(slices.Clone(p.Codes), code)
				e.Cells = append(e.Cells, one)
			}
		}
		split.Prior = append(split.Prior, e)
	}
	return split, true, true
}

// deficit is what is missing between what an aggregate has and what was printed of it: people by answer, or people with a
// share and a sum of scores.
type deficit struct {
	cells     []int
	byAnswer  []int64 // nil where the answers were held back
	n         int64
	satisfied int64
	sum       float64
}

// changeSearch looks for those who are counted by one of two tables only.
type changeSearch struct {
	*grid
	deficits   []deficit
	deficitsOf [][]int // by cell, the deficits that it is in
	limit      []int64 // how many there can be (nil: no limit)
	assigned   []int64
	work       int
}

const (
	workForChangeSearch = 30_000_000
	changeSearchTries   = 200
)

// findChange finds answers that came or went such that the tables agree with what is there today and what they printed.
func (j Joint) findChange(changed Change) (once []int64, found, certain bool) {
	g := newGrid(j.Lattice, Rules{Threshold: leastThreshold, DistributionBase: leastDistributionBase})
	s := changeSearch{grid: g, deficitsOf: make([][]int, len(g.codes)), work: workForChangeSearch}
	sign := int64(1)
	if changed == AnswersAdded {
		s.limit = g.trueCounts
	} else {
		sign = -1
	}
	for _, e := range j.Prior {
		for _, p := range e.Cells {
			if e.Changed == Unchanged || p.State != Shown {
				continue
			}
			nodes, err := g.nodes(p.Codes)
			if err != nil {
				return nil, false, false
			}
			if !s.add(g.add(nodes), p, sign) {
				return nil, false, true
			}
		}
	}
	slices.SortStableFunc(s.deficits, func(a, b deficit) int { return len(a.cells) - len(b.cells) })
	for i, l := range s.deficits {
		for _, cell := range l.cells {
			s.deficitsOf[cell] = append(s.deficitsOf[cell], i)
		}
	}
	first := s.deficits
	for try := range changeSearchTries {
		s.deficits = make([]deficit, len(first))
		for i, l := range first {
			l.byAnswer = slices.Clone(l.byAnswer)
			s.deficits[i] = l
		}
		s.assigned = make([]int64, len(g.trueCounts))
		if s.fill(rand.New(rand.NewPCG(uint64(try), 36))) { // no secret: any will do
			return s.assigned, true, true
		}
		if s.work <= 0 {
			break
		}
	}
	return nil, false, false
}

// add notes what is missing at an aggregate; false where that cannot be.
func (s *changeSearch) add(aggregate int, p PriorCell, sign int64) bool {
	q := &s.aggregates[aggregate]
	l := deficit{cells: q.cells, n: sign * (q.n - p.N)}
	if p.Answers != nil {
		l.byAnswer = make([]int64, s.answers)
		for a := range l.byAnswer {
			if l.byAnswer[a] = sign * (q.counts[a] - p.Answers[a]); l.byAnswer[a] < 0 {
				return false
			}
		}
		s.deficits = append(s.deficits, l)
		return l.n >= 0
	}
	for a, answer := range s.lattice.Answers {
		if answer.Satisfied {
			l.satisfied += sign * q.counts[a]
		}
		if answer.Score != nil {
			l.sum += float64(sign) * *answer.Score * float64(q.counts[a])
		}
	}
	if p.Satisfied != nil {
		l.satisfied -= sign * int64(math.Round(*p.Satisfied*float64(p.N)))
	}
	if p.Mean != nil {
		l.sum -= float64(sign) * *p.Mean * float64(p.N)
	}
	s.deficits = append(s.deficits, l)
	return l.n >= 0 && s.feasible(l)
}

// feasible tells whether so many people could have such a share and sum.
func (s *changeSearch) feasible(l deficit) bool {
	answers := s.lattice.Answers
	if answers[0].HasSatisfied && (l.satisfied < 0 || l.satisfied > l.n) {
		return false
	}
	if answers[0].Score == nil {
		return true
	}
	low, high := 0.0, 0.0
	for _, satisfied := range []bool{true, false} {
		n := l.n
		if answers[0].HasSatisfied && satisfied {
			n = l.satisfied
		} else if answers[0].HasSatisfied {
			n -= l.satisfied
		} else if satisfied {
			continue
		}
		least, most := math.Inf(1), math.Inf(-1)
		for _, a := range answers {
			if !a.HasSatisfied || a.Satisfied == satisfied {
				least, most = min(least, *a.Score), max(most, *a.Score)
			}
		}
		if n > 0 {
			low, high = low+float64(n)*least, high+float64(n)*most
		}
	}
	return low-1e-6 <= l.sum && l.sum <= high+1e-6
}

// capacity is how many more of an answer a cell can have.
func (s *changeSearch) capacity(cell, a int) int64 {
	s.work--
	if s.blocked[cell] {
		return 0
	}
	room := int64(math.MaxInt64)
	if s.limit != nil {
		room = s.limit[cell*s.answers+a] - s.assigned[cell*s.answers+a]
	}
	for _, i := range s.deficitsOf[cell] {
		l := &s.deficits[i]
		if l.byAnswer != nil {
			room = min(room, l.byAnswer[a])
			continue
		}
		if room = min(room, l.n); room > 0 {
			one := *l
			s.take(&one, a, 1)
			if !s.feasible(one) {
				return 0
			}
			room = 1
		}
	}
	return room
}

func (s *changeSearch) take(l *deficit, a int, n int64) {
	l.n -= n
	answer := s.lattice.Answers[a]
	if l.byAnswer != nil {
		l.byAnswer[a] -= n
		return
	}
	if answer.Satisfied {
		l.satisfied -= n
	}
	if answer.Score != nil {
		l.sum -= float64(n) * *answer.Score
	}
}

// fill gives each aggregate what it lacks, the smallest aggregates first; false where it comes to no end.
func (s *changeSearch) fill(dice *rand.Rand) bool {
	for i := range s.deficits {
		for s.deficits[i].n > 0 {
			if s.work <= 0 {
				return false
			}
			type choice struct {
				cell, answer int
				room         int64
			}
			var choices []choice
			for _, cell := range s.deficits[i].cells {
				for a := range s.answers {
					if room := s.capacity(cell, a); room > 0 {
						choices = append(choices, choice{cell, a, room})
					}
				}
			}
			if choices == nil {
				return false
			}
			c := choices[dice.IntN(len(choices))]
			for range 2 { // rather one with much room
				if other := choices[dice.IntN(len(choices))]; other.room > c.room {
					c = other
				}
			}
			n := min(c.room, s.deficits[i].n)
			if n > 1 && len(choices) > 1 {
				n = 1 + dice.Int64N(n)
			}
			s.assigned[c.cell*s.answers+c.answer] += n
			for _, k := range s.deficitsOf[c.cell] {
				s.take(&s.deficits[k], c.answer, n)
			}
		}
		if l := s.deficits[i]; l.byAnswer == nil && (l.satisfied != 0 || math.Abs(l.sum) > 1e-6) {
			return false
		}
	}
	return true
}

// isChangeOnly tells whether an aggregate is of those only who came or went.
func (g *grid) isChangeOnly(p *aggregate) bool {
	last := len(g.trees) - 1
	return g.lattice.Dimensions[last].ID == changeDimension && g.trees[last].names[p.nodes[last]] == countedOnce
}

// isEverybody tells whether an aggregate is everybody, of some span of months or survey.
func (g *grid) isEverybody(p *aggregate) bool {
	for i, n := range p.nodes {
		if id := g.lattice.Dimensions[i].ID; n != g.trees[i].root() && id != "month" && id != "(survey)" && id != changeDimension {
			return false
		}
	}
	return true
}

// classifyHiddenBefore says what must be shown of an aggregate that a table hid before answers came or went: what it had
// then is not known any more, but whether it was a small number is.
func (p *aggregate) classifyHiddenBefore() {
	switch {
	case p.wasBelowThreshold:
		p.primary = belowThresholdBefore
	case p.n == 0:
		p.primary = empty
	default:
		p.primary = notSensitive
	}
}

// printedBefore tells whether a table of before answers came or went printed the aggregate of which this is those who did:
// then it takes today's number only to know how many they are.
func (g *grid) printedBefore(p *aggregate) bool {
	nodes := slices.Clone(p.nodes)
	last := len(nodes) - 1
	for _, n := range []int{g.trees[last].node(countedAlways), g.trees[last].root()} {
		nodes[last] = n
		if at := g.aggregateAt[g.key(nodes)]; at >= 0 && g.aggregates[at].beforeChange && g.aggregates[at].state != suppressed {
			return true
		}
	}
	return false
}

// classifyChange says what must be shown of those who came or went in an aggregate that tables print or hide: a small
// number of them must be able to be another one, or nobody and as many as the threshold where the aggregate was printed
// before; and the answers of fewer than the base, too.
func (g *grid) classifyChange(at int, sensitive bool) {
	p := &g.aggregates[at]
	p.state = suppressed
	if p.n > 0 && p.n < int64(p.rules.Threshold) {
		p.primary = changeBelowThreshold
		if g.printedBefore(p) {
			p.primary = belowThreshold
		}
	}
	if sensitive && !g.isEverybody(p) && g.answers > 1 {
		g.lines = append(g.lines, tableLine{at, []int{at}, int64(g.rules.DistributionBase)})
	}
}
