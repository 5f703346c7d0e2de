package disclosure

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Change says what has happened since a table left to the answers that it counts.
type Change uint8

// Either answers came, or answers went: where both happened, any table of then agrees with any table of today, as everybody could have been exchanged.
const (
	Unchanged Change = iota
	Came
	Went
)

// The dimension that tells those who are counted by the tables before and after a change from those who are counted by one of them only.
const (
	changeDimension = "(change)"
	countedAlways   = "always"
	countedOnce     = "once"
)

// Then is a joint table in which the answers that came or went since some of the earlier tables are told apart from the others, by one more dimension. Who they are is not known any more: so a lattice
// is looked for that agrees with everything those tables printed. That is enough to prove that what they hid is open, and what the new table hides: any lattice that agrees with everything serves as the
// beginning, and each witness is another one.
//
// Found is false where there is none. It is certain then when answers came as well as went; otherwise the search may have missed it.
func (j Joint) Then() (then Joint, found, certain bool) {
	changed := Unchanged
	for _, e := range j.Earlier {
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
	d, found, certain := j.difference(changed)
	if !found {
		return j, false, certain
	}
	then = j
	l := j.Lattice
	answers := len(l.Answers)
	l.Dimensions = append(slices.Clone(l.Dimensions), Dimension{ID: changeDimension, Codes: []string{countedAlways, countedOnce}})
	l.Counts = make([]int64, 0, 2*len(j.Lattice.Counts))
	l.NotAsked = nil
	for cell := range len(j.Lattice.Counts) / answers {
		now, once := j.Lattice.Counts[cell*answers:(cell+1)*answers], d[cell*answers:(cell+1)*answers]
		for a, n := range now {
			if changed == Came {
				n -= once[a]
			}
			l.Counts = append(l.Counts, n)
		}
		l.Counts = append(l.Counts, once...)
		if j.Lattice.NotAsked != nil {
			l.NotAsked = append(l.NotAsked, j.Lattice.NotAsked[cell], j.Lattice.NotAsked[cell])
		}
	}
	then.Lattice = l
	today, before := All, countedAlways
	if changed == Went {
		today, before = before, today
	}
	then.Place = func(codes []string) []string { return append(slices.Clone(j.Place(codes)), today) }
	then.Earlier = nil
	for _, e := range j.Earlier {
		places := e.Places
		e.Places = nil
		for _, p := range places {
			of := []string{today}
			switch {
			case e.Held:
				of = []string{countedAlways, countedOnce}
			case e.Changed != Unchanged:
				of = []string{before}
			}
			for _, code := range of {
				one := p
				one.Codes = append(slices.Clone(p.Codes), code)
				e.Places = append(e.Places, one)
			}
		}
		then.Earlier = append(then.Earlier, e)
	}
	return then, true, true
}

// lack is what is missing between what a place has and what was printed of it: people by answer, or people with a share and a sum of scores.
type lack struct {
	cells     []int
	byAnswer  []int64 // nil where the answers were held back
	n         int64
	satisfied int64
	sum       float64
}

// differences looks for those who are counted by one of two tables only.
type differences struct {
	*grid
	lacks []lack
	of    [][]int // by cell, the lacks that it is in
	most  []int64 // how many there can be (nil: no limit)
	once  []int64
	work  int
}

const (
	workForDifference = 30_000_000
	triesForOne       = 200
)

// difference finds answers that came or went such that the tables agree with what is there today and what they printed.
func (j Joint) difference(changed Change) (once []int64, found, certain bool) {
	g := newGrid(j.Lattice, Rules{Threshold: lowestThreshold, DistributionBase: lowestBase})
	s := differences{grid: g, of: make([][]int, len(g.codes)), work: workForDifference}
	sign := int64(1)
	if changed == Came {
		s.most = g.x
	} else {
		sign = -1
	}
	for _, e := range j.Earlier {
		for _, p := range e.Places {
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
	slices.SortStableFunc(s.lacks, func(a, b lack) int { return len(a.cells) - len(b.cells) })
	for i, l := range s.lacks {
		for _, cell := range l.cells {
			s.of[cell] = append(s.of[cell], i)
		}
	}
	first := s.lacks
	for try := range triesForOne {
		s.lacks = make([]lack, len(first))
		for i, l := range first {
			l.byAnswer = slices.Clone(l.byAnswer)
			s.lacks[i] = l
		}
		s.once = make([]int64, len(g.x))
		if s.fill(rand.New(rand.NewPCG(uint64(try), 36))) { //nolint:gosec // no secret: any will do
			return s.once, true, true
		}
		if s.work <= 0 {
			break
		}
	}
	return nil, false, false
}

// add notes what is missing at a place; false where that cannot be.
func (s *differences) add(place int, p Printed, sign int64) bool {
	q := &s.places[place]
	l := lack{cells: q.cells, n: sign * (q.n - p.N)}
	if p.Answers != nil {
		l.byAnswer = make([]int64, s.answers)
		for a := range l.byAnswer {
			if l.byAnswer[a] = sign * (q.counts[a] - p.Answers[a]); l.byAnswer[a] < 0 {
				return false
			}
		}
		s.lacks = append(s.lacks, l)
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
	s.lacks = append(s.lacks, l)
	return l.n >= 0 && s.fits(l)
}

// fits tells whether so many people could have such a share and sum.
func (s *differences) fits(l lack) bool {
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

// room is how many more of an answer a cell can have.
func (s *differences) room(cell, a int) int64 {
	s.work--
	if s.blocked[cell] {
		return 0
	}
	room := int64(math.MaxInt64)
	if s.most != nil {
		room = s.most[cell*s.answers+a] - s.once[cell*s.answers+a]
	}
	for _, i := range s.of[cell] {
		l := &s.lacks[i]
		if l.byAnswer != nil {
			room = min(room, l.byAnswer[a])
			continue
		}
		if room = min(room, l.n); room > 0 {
			one := *l
			s.take(&one, a, 1)
			if !s.fits(one) {
				return 0
			}
			room = 1
		}
	}
	return room
}

func (s *differences) take(l *lack, a int, n int64) {
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

// fill gives each place what it lacks, the smallest places first; false where it comes to no end.
func (s *differences) fill(dice *rand.Rand) bool {
	for i := range s.lacks {
		for s.lacks[i].n > 0 {
			if s.work <= 0 {
				return false
			}
			type choice struct {
				cell, answer int
				room         int64
			}
			var choices []choice
			for _, cell := range s.lacks[i].cells {
				for a := range s.answers {
					if room := s.room(cell, a); room > 0 {
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
			n := min(c.room, s.lacks[i].n)
			if n > 1 && len(choices) > 1 {
				n = 1 + dice.Int64N(n)
			}
			s.once[c.cell*s.answers+c.answer] += n
			for _, k := range s.of[c.cell] {
				s.take(&s.lacks[k], c.answer, n)
			}
		}
		if l := s.lacks[i]; l.byAnswer == nil && (l.satisfied != 0 || math.Abs(l.sum) > 1e-6) {
			return false
		}
	}
	return true
}

// once tells whether a place is of those only who came or went.
func (g *grid) once(p *place) bool {
	last := len(g.trees) - 1
	return g.lattice.Dimensions[last].ID == changeDimension && g.trees[last].names[p.nodes[last]] == countedOnce
}

// ofAll tells whether a place is everybody, of some span of months or survey.
func (g *grid) ofAll(p *place) bool {
	for i, n := range p.nodes {
		if id := g.lattice.Dimensions[i].ID; n != g.trees[i].root() && id != "month" && id != "(survey)" && id != changeDimension {
			return false
		}
	}
	return true
}

// judgeThen says what must be shown of a place that a table hid before answers came or went: what it had then is not known any more, but whether it was a small number is.
func (p *place) judgeThen() {
	switch {
	case p.small:
		p.primary = fewThen
	case p.n == 0:
		p.primary = empty
	default:
		p.primary = none
	}
}

// printedBefore tells whether a table of before answers came or went printed the place of which this is those who did: then it takes today's number only to know how many they are.
func (g *grid) printedBefore(p *place) bool {
	nodes := slices.Clone(p.nodes)
	last := len(nodes) - 1
	for _, n := range []int{g.trees[last].node(countedAlways), g.trees[last].root()} {
		nodes[last] = n
		if at := g.at[g.key(nodes)]; at >= 0 && g.places[at].then && g.places[at].state != closed {
			return true
		}
	}
	return false
}

// judgeOnce says what must be shown of those who came or went in a place that tables print or hide: a small number of them must be able to be another one, or nobody and as many as the threshold where the
// place was printed before; and the answers of fewer than the base, too.
func (g *grid) judgeOnce(at int, sensitive bool) {
	p := &g.places[at]
	p.state = closed
	if p.n > 0 && p.n < int64(p.rules.Threshold) {
		p.primary = fewOnce
		if g.printedBefore(p) {
			p.primary = few
		}
	}
	if sensitive && !g.ofAll(p) && g.answers > 1 {
		g.lines = append(g.lines, tableLine{at, []int{at}, int64(g.rules.DistributionBase)})
	}
}
