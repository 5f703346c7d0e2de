package attack

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"
)

// row says what is printed about one aggregate, and makes its hidden counts targets.
func (m *model) row(number int, v view, r Row, o Options) error {
	place, err := m.cellsUnder(v, r.Codes, -1)
	if err != nil {
		return err
	}
	n := sum{cells: place}
	if r.State == Impossible {
		m.constrain(n, 0, 0)
		return nil
	}
	if r.State == Hidden {
		if r.N != nil || r.Distribution != nil {
			return errors.New("it is hidden and has counts")
		}
		m.targets = append(m.targets, target{sum: n, table: number, codes: r.Codes, scale: 1})
	}
	if err := m.rounded(n, number, v, r, o); err != nil {
		return err
	}
	if err := m.counts(n, v, r, o); err != nil {
		return err
	}
	exact := r.Distribution != nil
	for _, d := range r.Distribution {
		exact = exact && d.Low == d.High
	}
	if exact {
		return nil // its mean and share follow
	}
	if r.Mean != nil {
		if err := m.mean(n, v, r); err != nil {
			return err
		}
	}
	if r.Satisfied != nil {
		if err := m.share(n, v, r); err != nil {
			return err
		}
	}
	if err := m.others(n, v, r); err != nil {
		return err
	}
	if o.Deeper && r.Distribution == nil && v.answers >= 0 {
		return m.deeper(n, number, v, r)
	}
	return nil
}

// rounded makes targets of what is printed as a range: the number of answers, and with Deeper those by answer.
func (m *model) rounded(n sum, number int, v view, r Row, o Options) error {
	if r.State != Shown || r.N == nil || r.N.Low == r.N.High {
		return nil
	}
	m.targets = append(m.targets, target{sum: n, table: number, codes: r.Codes, scale: 1, rounded: true})
	if !o.Deeper || v.answers < 0 || v.split {
		return nil
	}
	for i, d := range r.Distribution {
		if d.Low == d.High || i >= len(v.table.Answers) {
			continue
		}
		cells, err := m.cellsUnder(v, r.Codes, i)
		if err != nil {
			return err
		}
		m.targets = append(
			m.targets,
			target{sum: sum{cells: cells}, table: number, codes: r.Codes, of: v.table.Answers[i].Code, scale: 1, rounded: true},
		)
	}
	return nil
}

// counts says what is printed as counts. Where every answer is exact the number of answers is their sum and is not said
// again: that keeps the answers apart, and the range of a sum of parts that have nothing to do with each other is the sum
// of their ranges.
func (m *model) counts(n sum, v view, r Row, o Options) error {
	low, high := -unlimited, unlimited
	switch {
	case r.N != nil:
		if err := r.N.check(); err != nil {
			return err
		}
		low, high = r.N.Low, r.N.High
	case r.State == Shown:
		return errors.New("it is shown and has no number of answers")
	case r.Mean != nil || r.Satisfied != nil || len(r.Others) > 0:
		low = max(1, o.Lower) // nobody has no figures
	case o.Lower > 0:
		low = o.Lower
	}
	if r.Distribution == nil {
		m.constrain(n, low, high)
		return nil
	}
	if v.answers < 0 || v.split || len(r.Distribution) != len(v.table.Answers) {
		return fmt.Errorf("it prints %d answers and the table has %d", len(r.Distribution), len(v.table.Answers))
	}
	var lows, highs int64
	exact := true
	for i, d := range r.Distribution {
		if err := d.check(); err != nil {
			return err
		}
		cells, err := m.cellsUnder(v, r.Codes, i)
		if err != nil {
			return err
		}
		m.constrain(sum{cells: cells}, d.Low, d.High)
		lows, highs, exact = lows+d.Low, highs+d.High, exact && d.Low == d.High
	}
	if !exact || lows < low || highs > high {
		m.constrain(n, low, high)
	}
	return nil
}

// mean says what a printed mean does: two inequalities about the sum of the scores.
func (m *model) mean(n sum, v view, r Row) error {
	if err := r.Mean.check(); err != nil {
		return err
	}
	scores, scale, ok := scores(v.table.Answers)
	if !ok || v.split || v.answers < 0 {
		m.note("The scores of the answers are not known: printed means were not used. Give the scores to use them.")
		return nil
	}
	return m.figure(m.weighted(n, v, scores), *r.Mean, scale, r.N)
}

// share says what a printed share does. Answers of which nobody said that they are satisfied are not, when at least one is.
func (m *model) share(n sum, v view, r Row) error {
	if err := r.Satisfied.check(); err != nil {
		return err
	}
	weights := []int64{1, 0}
	if !v.split {
		said := false
		weights = make([]int64, len(v.table.Answers))
		for i, a := range v.table.Answers {
			said = said || a.Satisfied != nil
			if a.Satisfied != nil && *a.Satisfied {
				weights[i] = 1
			}
		}
		if !said {
			m.note("Which answers are satisfied ones is not known: printed shares were not used.")
			return nil
		}
	}
	return m.figure(m.weighted(n, v, weights), *r.Satisfied, 1, r.N)
}

// others says what further figures do, each like a mean of its weights.
func (m *model) others(n sum, v view, r Row) error {
	for _, key := range slices.Sorted(maps.Keys(r.Others)) {
		f := r.Others[key]
		if err := f.check(); err != nil {
			return err
		}
		whole, scale, ok := weights(v.table.Answers, key)
		if !ok || v.split || v.answers < 0 {
			m.note("What the answers count in the figure “" + key + "” is not known: it was not used.")
			continue
		}
		if err := m.figure(m.weighted(n, v, whole), *f, scale, r.N); err != nil {
			return err
		}
	}
	return nil
}

// weighted is the sum of an aggregate with a weight for each answer.
func (m *model) weighted(n sum, v view, weights []int64) sum {
	after := 1 // unknowns are numbered with the last axis running fastest
	for _, a := range m.axes[v.answers+1:] {
		after *= len(a.leaves)
	}
	w := sum{cells: n.cells, coef: make([]int64, len(n.cells))}
	for i, c := range n.cells {
		w.coef[i] = weights[int(c)/after%len(weights)]
	}
	return w
}

// figure says that the weighted sum, in 1/scale, is between f.Low and f.High times the number of answers.
func (m *model) figure(weighted sum, f Figure, scale int64, base *Interval) error {
	lp, lq, lowOpen := ratio(f.Low, math.Floor)
	hp, hq, highOpen := ratio(f.High, math.Ceil)
	if base != nil && base.Low == base.High {
		low := new(big.Int).Mul(big.NewInt(lp), big.NewInt(base.Low))
		high := new(big.Int).Mul(big.NewInt(hp), big.NewInt(base.Low))
		low.Mul(low, big.NewInt(scale))
		high.Mul(high, big.NewInt(scale))
		if lowOpen > 0 {
			low.Add(low, big.NewInt(1)) // more than a whole number of 1/q is at least the next
		}
		if highOpen < 0 {
			high.Sub(high, big.NewInt(1))
		}
		low.Neg(new(big.Int).Div(low.Neg(low), big.NewInt(lq))) // rounded up
		high.Div(high, big.NewInt(hq))                          // rounded down: Div is Euclidean
		if !low.IsInt64() || !high.IsInt64() {
			return errors.New("its mean or share is too large")
		}
		m.constrain(weighted, low.Int64(), high.Int64())
		return nil
	}
	// (score - low)·x >= 0 and (score - high)·x <= 0, in whole numbers. Somebody has answered, so an open end is 1 away.
	one := func(p, q int64) (s sum) {
		s = sum{cells: weighted.cells, coef: make([]int64, len(weighted.cells))}
		for i, w := range weighted.coef {
			s.coef[i] = w*q - p*scale
		}
		return s
	}
	low, high := int64(0), int64(0)
	if lowOpen > 0 {
		low = 1
	}
	if highOpen < 0 {
		high = -1
	}
	m.constrain(one(lp, lq), low, unlimited)
	m.constrain(one(hp, hq), -unlimited, high)
	return nil
}

// ratio is v as p/q. For v on the grid of what is printed (halves of tenths, of hundredths or of thousandths) p/q is that
// point, and side says whether v lies a breath above (1) or below it (-1), which is how an end that is not counted is
// written. Any other v is rounded outwards to 1e-9 by round.
func ratio(v float64, round func(float64) float64) (p, q int64, side int) {
	for _, q := range []int64{1, 20, 200, 2000} {
		p := math.Round(v * float64(q))
		if at := p / float64(q); math.Abs(at-v) <= 1e-14*max(1, math.Abs(v)) {
			switch {
			case v > at:
				side = 1
			case v < at:
				side = -1
			}
			return int64(p), q, side
		}
	}
	return int64(round(v * 1e9)), 1e9, 0
}

// scores gives the scores of all answers as whole numbers of 1/scale; not ok when one has none.
func scores(answers []Answer) (whole []int64, scale int64, ok bool) {
	return inWhole(answers, func(a Answer) (float64, bool) {
		if a.Score == nil {
			return 0, false
		}
		return *a.Score, true
	})
}

// weights gives those of another figure, likewise.
func weights(answers []Answer, key string) (whole []int64, scale int64, ok bool) {
	return inWhole(answers, func(a Answer) (float64, bool) { v, there := a.Weights[key]; return v, there })
}

func inWhole(answers []Answer, of func(Answer) (float64, bool)) (whole []int64, scale int64, ok bool) {
	for _, scale := range []int64{1, 2, 4, 10, 20, 100, 1000} {
		whole, ok = nil, len(answers) > 0
		for _, a := range answers {
			v, there := of(a)
			if !there || math.IsNaN(v) || math.Abs(v) > 1e6 {
				return nil, 0, false
			}
			s := v * float64(scale)
			ok = ok && math.Abs(s-math.Round(s)) < 1e-9
			whole = append(whole, int64(math.Round(s)))
		}
		if ok {
			return whole, scale, true
		}
	}
	return nil, 0, false
}

// deeper makes targets of the answers and of the sum of the scores of an aggregate that prints neither.
func (m *model) deeper(n sum, number int, v view, r Row) error {
	for i, code := range m.axes[v.answers].leaves {
		cells, err := m.cellsUnder(v, r.Codes, i)
		if err != nil {
			return err
		}
		m.targets = append(m.targets, target{sum: sum{cells: cells}, table: number, codes: r.Codes, of: code, scale: 1})
	}
	if whole, scale, ok := scores(v.table.Answers); ok && !v.split {
		m.targets = append(m.targets, target{sum: m.weighted(n, v, whole), table: number, codes: r.Codes, of: ScoreSum, scale: scale})
	}
	return nil
}

// ScoreSum is Finding.Of for the sum of the scores of an aggregate.
const ScoreSum = "score sum"
