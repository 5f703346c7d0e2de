package attack

import (
	"fmt"
	"slices"
	"strings"
)

// Lattice is a complete table: how many people stand in each combination of leaves, by answer. The key is Key of the leaf
// codes in the order of the table's dimensions; a combination that is missing is nobody. The counts are in the order of
// the table's answers; a table without answers has one count for all.
type Lattice struct{ Counts map[string][]int64 }

// Agrees says whether a complete table is one that the published table could have been made from: nil when every printed
// figure holds in it and no count is negative, otherwise which figure does not. It adds up and compares, and knows nothing
// of how the lattice was found.
func Agrees(t Table, l Lattice) error {
	parents := make([]map[string]string, len(t.Dimensions))
	inner := make([]map[string]bool, len(t.Dimensions))
	for i, d := range t.Dimensions {
		parents[i], inner[i] = map[string]string{}, map[string]bool{}
		for _, n := range d.Nodes {
			parents[i][n.Code] = n.Parent
			inner[i][n.Parent] = true
		}
	}
	type leaf struct {
		above  []map[string]bool // for each dimension, the codes that count it
		counts []int64
	}
	var leaves []leaf
	for key, counts := range l.Counts {
		codes := strings.Split(key, "\x1f")
		if len(t.Dimensions) == 0 && key == "" {
			codes = nil
		}
		if len(codes) != len(t.Dimensions) || len(counts) != max(1, len(t.Answers)) {
			return fmt.Errorf(
				"the combination %s has %d codes and %d counts; the table has %d dimensions and %d answers",
				strings.Join(codes, ", "),
				len(codes),
				len(counts),
				len(t.Dimensions),
				len(t.Answers),
			)
		}
		one := leaf{counts: counts}
		for i, code := range codes {
			if _, known := parents[i][code]; !known && !(code == All && len(parents[i]) == 0) || inner[i][code] && code != All {
				return fmt.Errorf("%q is no leaf of the dimension %s", code, t.Dimensions[i].ID)
			}
			above := map[string]bool{All: true}
			for up := code; !above[up]; up = parents[i][up] {
				above[up] = true
			}
			one.above = append(one.above, above)
		}
		for _, n := range counts {
			if n < 0 {
				return fmt.Errorf("%s has %d people", strings.Join(codes, ", "), n)
			}
		}
		leaves = append(leaves, one)
	}
	for _, r := range t.Rows {
		counts := make([]int64, max(1, len(t.Answers)))
	leaf:
		for _, one := range leaves {
			for i, code := range r.Codes {
				if !one.above[i][code] {
					continue leaf
				}
			}
			for i, n := range one.counts {
				counts[i] += n
			}
		}
		if err := r.agrees(t, counts); err != nil {
			return fmt.Errorf("%s of table %s: %w", strings.Join(r.Codes, ", "), t.Name, err)
		}
	}
	return nil
}

// agrees compares the counts of one aggregate with what is printed about it.
func (r Row) agrees(t Table, counts []int64) error {
	var n int64
	for _, c := range counts {
		n += c
	}
	within := func(v int64, i Interval) bool { return v >= i.Low && v <= i.High }
	if r.State == Impossible && n != 0 {
		return fmt.Errorf("nobody can be there and %d are", n)
	}
	if r.State == Shown && r.N != nil && !within(n, *r.N) {
		return fmt.Errorf("%d people and %d to %d are printed", n, r.N.Low, r.N.High)
	}
	if r.State == Shown && len(r.Distribution) == len(counts) {
		for i, d := range r.Distribution {
			if !within(counts[i], d) {
				return fmt.Errorf("%d gave the answer %s and %d to %d are printed", counts[i], t.Answers[i].Code, d.Low, d.High)
			}
		}
	}
	if r.State == Impossible || len(t.Answers) == 0 {
		return nil
	}
	scored, known := 0.0, true
	satisfied, said := int64(0), slices.ContainsFunc(t.Answers, func(a Answer) bool { return a.Satisfied != nil })
	for i, a := range t.Answers {
		if a.Score == nil {
			known = false
		} else {
			scored += *a.Score * float64(counts[i])
		}
		if a.Satisfied != nil && *a.Satisfied {
			satisfied += counts[i]
		}
	}
	near := 1e-9 * float64(max(n, 1))
	if f := r.Mean; f != nil && known && (n == 0 || scored < f.Low*float64(n)-near || scored > f.High*float64(n)+near) {
		return fmt.Errorf("the scores of %d people come to %g, and a mean of %g to %g is printed", n, scored, f.Low, f.High)
	}
	for key, f := range r.Others {
		of, scale, known := weights(t.Answers, key)
		sum := 0.0
		for i := range of {
			sum += float64(of[i]*counts[i]) / float64(scale)
		}
		if known && (n == 0 || sum < f.Low*float64(n)-near || sum > f.High*float64(n)+near) {
			return fmt.Errorf("%s of %d people comes to %g, and %g to %g for each is printed", key, n, sum, f.Low, f.High)
		}
	}
	if f := r.Satisfied; f != nil && said &&
		(n == 0 || float64(satisfied) < f.Low*float64(n)-near || float64(satisfied) > f.High*float64(n)+near) {
		return fmt.Errorf("%d of %d people are satisfied, and a share of %g to %g is printed", satisfied, n, f.Low, f.High)
	}
	return nil
}
