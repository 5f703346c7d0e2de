package disclosuretest

import (
	"fmt"
	"math/rand/v2"

	"yousaid/analytics/disclosure"
)

// Generate makes the table of a number: of one to three dimensions, with and without subtotals, sparse and dense, even and
// skewed, linked pairs among them. The same number is always the same table.
func Generate(number uint64) Case {
	r := rand.New(rand.NewPCG(number, 20260))
	c := Case{Rules: disclosure.Rules{Equality: r.IntN(2) == 0, Key: fmt.Sprint(number)}}
	dimensions := 1 + r.IntN(3)
	pair := r.IntN(8) == 0
	if pair {
		dimensions = 3
	}
	answers := []int{1, 2, 3, 5}[r.IntN(4)]
	scored := r.IntN(3) > 0
	for a := range answers {
		answer := disclosure.Answer{Code: fmt.Sprintf("a%d", a+1)}
		if scored && answers > 1 {
			score := float64(a + 1)
			answer.Score, answer.HasSatisfied, answer.Satisfied = &score, true, a >= (answers+1)/2
		}
		c.Lattice.Answers = append(c.Lattice.Answers, answer)
	}
	cells := 1
	largest := []int{20, 8, 5}[dimensions-1]
	for i := range dimensions {
		d := disclosure.Dimension{ID: fmt.Sprintf("d%d", i+1)}
		for k := range 2 + r.IntN(largest-1) {
			d.Codes = append(d.Codes, fmt.Sprintf("%d.%d", i+1, k+1))
		}
		if n := len(d.Codes); !pair && n >= 4 && r.IntN(3) == 0 {
			d.Groups = subtotals(r, d.Codes)
		}
		cells *= len(d.Codes)
		c.Lattice.Dimensions = append(c.Lattice.Dimensions, d)
	}
	if pair {
		c.Linked = []string{"d1", "d2"}
	}
	c.Lattice.Counts = make([]int64, cells*answers)
	people := int(float64(cells) * []float64{1, 4, 12, 40, 120}[r.IntN(5)])
	skew := r.IntN(3)
	for range people {
		cell := 0
		for _, d := range c.Lattice.Dimensions {
			cell = cell*len(d.Codes) + skewed(r, len(d.Codes), skew)
		}
		c.Lattice.Counts[cell*answers+skewed(r, answers, skew)]++
	}
	c.Name = fmt.Sprintf("table %d (%d dimensions, %d cells, %d answers, %d people)", number, dimensions, cells, answers, people)
	return c
}

// Large is a table of a shape, with five answers and so many people, unevenly spread.
func Large(shape []int, people int) Case {
	r := rand.New(rand.NewPCG(1, 7))
	c := Case{Rules: disclosure.Rules{Threshold: 5, Key: "large"}}
	for a := range 5 {
		score := float64(a + 1)
		c.Lattice.Answers = append(
			c.Lattice.Answers,
			disclosure.Answer{Code: fmt.Sprint(a + 1), Score: &score, HasSatisfied: true, Satisfied: a > 2},
		)
	}
	cells := 1
	for i, n := range shape {
		d := disclosure.Dimension{ID: fmt.Sprintf("d%d", i+1)}
		for k := range n {
			d.Codes = append(d.Codes, fmt.Sprintf("%d.%d", i+1, k+1))
		}
		c.Lattice.Dimensions = append(c.Lattice.Dimensions, d)
		cells *= n
	}
	c.Lattice.Counts = make([]int64, cells*5)
	for range people {
		cell := 0
		for _, n := range shape {
			cell = cell*n + skewed(r, n, 1)
		}
		c.Lattice.Counts[cell*5+4-skewed(r, 5, 1)]++
	}
	c.Name = fmt.Sprintf("%d cells of %d dimensions, %d people", cells, len(shape), people)
	return c
}

// skewed draws below n, the smaller the more frequent.
func skewed(r *rand.Rand, n, skew int) int {
	k := r.IntN(n)
	for range skew {
		k = min(k, r.IntN(n))
	}
	return k
}

// subtotals makes two or three groups of neighbours, sometimes with one group of groups.
func subtotals(r *rand.Rand, codes []string) []disclosure.Group {
	half := 2 + r.IntN(len(codes)-3)
	groups := []disclosure.Group{{Code: "first " + codes[0], Of: codes[:half]}, {Code: "last " + codes[0], Of: codes[half:]}}
	if len(codes)-half < 2 {
		groups = groups[:1]
	}
	if len(groups) == 2 && len(codes)-half > 3 && r.IntN(2) == 0 {
		inner := disclosure.Group{Code: "inner " + codes[0], Of: codes[half : half+2]}
		groups[1].Of = append([]string{inner.Code}, codes[half+2:]...)
		groups = []disclosure.Group{groups[0], inner, groups[1]}
	}
	return groups
}
