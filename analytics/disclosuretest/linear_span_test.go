package disclosuretest

import (
	"fmt"
	"math/bits"
	"slices"

	"yousaid/analytics/disclosure"
)

// Subtracted is Remainders for tables of any number of dimensions and with subtotals, as far as they are small: it tries
// every set of cells in aggregates without their distribution that come to fewer than base people. all is false where
// these are more than 18, so that only single aggregates were tried.
//
// A set of cells is a linear combination of the aggregates that print their distribution when its remainder modulo those
// is zero. Calculated modulo 2^61-1: a combination that is one in fractions is one there.
func Subtracted(t disclosure.Table, truth disclosure.Lattice, base int64) (found []string, all bool) {
	cells := len(truth.Counts) / len(truth.Answers)
	var basis [][]uint64 // each with a leading 1 where no other has anything
	var leads []int
	reduce := func(v []uint64) {
		for k, b := range basis {
			if f := v[leads[k]]; f != 0 {
				for i := range v {
					v[i] = minus(v[i], times(f, b[i]))
				}
			}
		}
	}
	places := slices.Concat(t.Cells(), t.Margins(), []disclosure.Cell{t.Total()})
	vector := func(c disclosure.Cell) []uint64 {
		v := make([]uint64, cells)
		for i := range v {
			if inside(truth, c.Codes, i) {
				v[i] = 1
			}
		}
		return v
	}
	known := func(c disclosure.Cell) bool {
		return c.State == disclosure.NotAsked || c.Figures != nil && c.Figures.Distribution != nil
	}
	for _, c := range places {
		if !known(c) {
			continue
		}
		v := vector(c)
		reduce(v)
		lead := slices.IndexFunc(v, func(x uint64) bool { return x != 0 })
		if lead < 0 {
			continue
		}
		f := inverse(v[lead])
		for i := range v {
			v[i] = times(f, v[i])
		}
		for _, b := range basis {
			if f := b[lead]; f != 0 {
				for i := range b {
					b[i] = minus(b[i], times(f, v[i]))
				}
			}
		}
		basis, leads = append(basis, v), append(leads, lead)
	}
	for _, c := range places {
		if known(c) {
			continue
		}
		v := vector(c)
		reduce(v)
		if !slices.ContainsFunc(v, func(x uint64) bool { return x != 0 }) {
			found = append(found, fmt.Sprintf("the answers of %q, held back, can be subtracted", c.Codes))
		}
	}
	type light struct {
		n         int64
		remainder []uint64
	}
	var lights []light
	for _, c := range t.Cells() {
		n, _ := People(truth, c.Codes)
		if known(c) || n >= base {
			continue
		}
		v := vector(c)
		reduce(v)
		lights = append(lights, light{n, v})
	}
	if len(lights) > 18 {
		return found, false
	}
	sum := make([]uint64, cells)
	var try func(i int, n int64)
	try = func(i int, n int64) {
		if i == len(lights) {
			if n > 0 && !slices.ContainsFunc(sum, func(x uint64) bool { return x != 0 }) {
				found = append(found, fmt.Sprintf("the answers of %d people are left over", n))
			}
			return
		}
		try(i+1, n)
		if n+lights[i].n >= base {
			return
		}
		before := slices.Clone(sum)
		for k := range sum {
			sum[k] = minus(sum[k], minus(0, lights[i].remainder[k]))
		}
		try(i+1, n+lights[i].n)
		copy(sum, before)
	}
	try(0, 0)
	return found, true
}

const prime = 1<<61 - 1

func times(a, b uint64) uint64 {
	high, low := bits.Mul64(a, b)
	return bits.Rem64(high, low, prime)
}

func minus(a, b uint64) uint64 { return (a + prime - b) % prime }

// inverse is a number to the power of prime-2.
func inverse(a uint64) uint64 {
	out := uint64(1)
	for e := uint64(prime - 2); e > 0; e >>= 1 {
		if e&1 == 1 {
			out = times(out, a)
		}
		a = times(a, a)
	}
	return out
}

// inside tells whether a cell of a lattice is in the aggregate of some codes; nil is everybody.
func inside(l disclosure.Lattice, codes []string, cell int) bool {
	for i := len(codes) - 1; i >= 0; i-- {
		size := len(l.Dimensions[i].Codes)
		if !members(l.Dimensions[i], codes[i])[cell%size] {
			return false
		}
		cell /= size
	}
	return true
}
