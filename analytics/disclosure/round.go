package disclosure

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"

	"yousaid/analytics/stats"
)

// Base is what Round rounds to. HESA rounds so; its percentages need a base of 22.5 or more.
const (
	Base           = 5
	percentageBase = 22.5
)

// ErrSets is returned by Round for a lattice without fingerprints: without them the same people could be rounded twice, differently.
var ErrSets = errors.New("rounding needs the fingerprints of the sets of answers")

// Round makes the other kind of table: counts only, each rounded at random to the next multiple of 5 below or above, the
// nearer the more likely (v mod 5 fifths of the time up), so that the expected value is the true one. The draw is keyed by
// the organisation's key and by who is counted: the same people are rounded the same way however they were asked for, so
// that asking again tells nothing. Sums of rounded numbers need not be the rounded sum. Shares come from the rounded
// counts, and only for a base of 22.5 or more. There are no means.
//
// It is audited by inequalities: a printed v stands for v-4 to v+4. An aggregate is hidden unless whole tables within all
// of these are found that differ in its number, and in how many gave each answer. Never round and hide tables of the same
// answers: the register holds to that.
//
// Errors as of Protect, and ErrSets.
func Round(l Lattice, r Rules) (Table, error) {
	r, err := r.settled()
	if err != nil {
		return Table{}, err
	}
	if err := l.Check(); err != nil {
		return Table{}, err
	}
	if l.Sets == nil {
		return Table{}, ErrSets
	}
	g := newGrid(l, r)
	g.addAllAggregates()
	o := &rounding{grid: g, n: make([]int64, len(g.aggregates)), by: make([][]int64, len(g.aggregates))}
	for i := range g.aggregates {
		o.draw(i)
	}
	o.audit()
	return o.shown(), nil
}

// rounding is a grid whose numbers are rounded.
type rounding struct {
	*grid
	n  []int64   // by aggregate
	by [][]int64 // and answer
}

// draw rounds the numbers of an aggregate.
func (o *rounding) draw(i int) {
	p := &o.aggregates[i]
	o.by[i] = make([]int64, o.answers)
	var all uint64
	for a := range o.answers {
		var set uint64
		for _, cell := range p.cells {
			set ^= o.lattice.Sets[cell*o.answers+a]
		}
		all ^= set
		o.by[i][a] = o.rounded(p.counts[a], set)
	}
	o.n[i] = o.rounded(p.n, all)
	p.state = published
}

// rounded draws for a number of people.
func (o *rounding) rounded(n int64, set uint64) int64 {
	rest := n % Base
	if rest == 0 {
		return n
	}
	mac := hmac.New(sha256.New, []byte(o.rules.Key))
	var text [16]byte
	binary.BigEndian.PutUint64(text[:], set)
	binary.BigEndian.PutUint64(text[8:], uint64(n)) // never negative
	_, _ = mac.Write(text[:])                       // never fails
	if int64(binary.BigEndian.Uint32(mac.Sum(nil)))*Base < rest<<32 {
		return n - rest + Base
	}
	return n - rest
}

// within tells whether a number could have been rounded to what is printed.
func within(n, printed int64) bool { return n >= 0 && n > printed-Base && n < printed+Base }

// audit hides the aggregates that could be worked out.
func (o *rounding) audit() {
	for i := range o.aggregates {
		if p := &o.aggregates[i]; p.asked && !o.isProtected(p) {
			p.state = suppressed
		}
	}
}

const changesTried = 4000

// isProtected tells whether each number of an aggregate is open: how many gave an answer, and with that how many people there are.
func (o *rounding) isProtected(p *aggregate) bool {
	for a := range o.answers {
		if !o.hasAlternative(p, a) {
			return false
		}
	}
	return true
}

// hasAlternative looks for one whole table within what is printed in which more or fewer people of an aggregate gave an
// answer: one person more or fewer in a cell, exchanged for one of another answer, or with a neighbour's.
func (o *rounding) hasAlternative(p *aggregate, answer int) bool {
	left := changesTried
	for _, cell := range p.cells {
		if o.blocked[cell] {
			continue
		}
		for _, d := range []int64{1, -1} {
			if o.agrees(map[int]int64{cell*o.answers + answer: d}) {
				return true
			}
			for other := range o.answers {
				if other != answer && o.agrees(map[int]int64{cell*o.answers + answer: d, cell*o.answers + other: -d}) {
					return true
				}
			}
			for other := range o.codes {
				if left--; left < 0 {
					return false
				}
				if o.blocked[other] || (&moveSearch{grid: o.grid}).containsCell(p, other) {
					continue
				}
				mine, theirs := cell*o.answers, other*o.answers
				if o.agrees(map[int]int64{mine + answer: d, theirs + answer: -d}) {
					return true
				}
				for b := range o.answers {
					if b != answer &&
						(o.agrees(map[int]int64{mine + answer: d, theirs + b: -d}) ||
							o.agrees(map[int]int64{mine + answer: d, mine + b: -d, theirs + answer: -d, theirs + b: d})) {
						return true
					}
				}
			}
		}
	}
	return o.hasBoxAlternative(p, answer, &left)
}

// hasBoxAlternative tries boxes: two cells of a line and two of another, so that both lines keep their sums.
func (o *rounding) hasBoxAlternative(p *aggregate, answer int, left *int) bool {
	for _, cell := range p.cells {
		for i, t := range o.trees {
			for j := range i {
				for c := range t.leaves {
					for d := range o.trees[j].leaves {
						if *left--; *left < -changesTried {
							return false
						}
						a := cell + (c-o.codes[cell][i])*o.step[i]
						b := cell + (d-o.codes[cell][j])*o.step[j]
						corner := a + b - cell
						if a == cell || b == cell || o.blocked[cell] || o.blocked[a] || o.blocked[b] || o.blocked[corner] {
							continue
						}
						for _, sign := range []int64{1, -1} {
							change := map[int]int64{
								cell*o.answers + answer:   sign,
								a*o.answers + answer:      -sign,
								b*o.answers + answer:      -sign,
								corner*o.answers + answer: sign,
							}
							if o.agrees(change) && o.differs(p, change) {
								return true
							}
						}
					}
				}
			}
		}
	}
	return false
}

func (o *rounding) differs(p *aggregate, change map[int]int64) bool {
	d := int64(0)
	for _, cell := range p.cells {
		for a := range o.answers {
			d += change[cell*o.answers+a]
		}
	}
	return d != 0
}

// agrees tells whether a changed table could have been rounded to everything that is printed.
func (o *rounding) agrees(change map[int]int64) bool {
	sums := map[int][]int64{}
	for at, d := range change {
		if o.trueCounts[at]+d < 0 {
			return false
		}
		cell, a := at/o.answers, at%o.answers
		var walk func(i, key int)
		walk = func(i, key int) {
			if i == len(o.trees) {
				p := int(o.aggregateAt[key])
				if sums[p] == nil {
					sums[p] = make([]int64, o.answers)
				}
				sums[p][a] += d
				return
			}
			for _, n := range o.trees[i].up[o.codes[cell][i]] {
				walk(i+1, key+n*o.stride[i])
			}
		}
		walk(0, 0)
	}
	for i, by := range sums {
		p := &o.aggregates[i]
		if p.state == suppressed {
			continue
		}
		n := p.n
		for a, d := range by {
			n += d
			if !within(p.counts[a]+d, o.by[i][a]) {
				return false
			}
		}
		if !within(n, o.n[i]) {
			return false
		}
	}
	return true
}

// shown copies the rounded numbers into a table, and nothing else.
func (o *rounding) shown() Table {
	figures := map[*aggregate]*Figures{}
	for i := range o.aggregates {
		p := &o.aggregates[i]
		f := &Figures{N: o.n[i], Distribution: o.by[i], LowReliability: o.n[i] < int64(o.rules.DistributionBase)}
		if answers := o.lattice.Answers; answers[0].HasSatisfied && float64(o.n[i]) >= percentageBase {
			var satisfied, all int64
			for a, n := range o.by[i] {
				all += n
				if answers[a].Satisfied {
					satisfied += n
				}
			}
			if all > 0 {
				share, low, high := stats.Wilson(satisfied, all, 0.95)
				f.Satisfied, f.Low, f.High = &share, &low, &high
			}
		}
		figures[p] = f
	}
	t := o.grid.show(func(p *aggregate) *Figures { return figures[p] })
	t.rounded = Base
	return t
}
