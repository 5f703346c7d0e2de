package disclosuretest

import (
	"fmt"
	"math"
	"slices"

	"yousaid/analytics/disclosure"
)

// Remainders lists what a reader of a table of two dimensions without subtotals can subtract and should not be able to:
// the answers of an aggregate whose distribution is held back, and those of aggregates of fewer than base people taken
// together. It knows the true counts (to weigh the aggregates) and nothing of how the table was made.
//
// Where the base, mean and share of an aggregate leave its answers open, they can be subtracted exactly when the aggregate
// is a linear combination of aggregates that print their distributions. Cells, and totals without a distribution, are the
// arcs of a graph whose nodes are the sums of the rows and columns; linear combinations are differences of node
// potentials. So an aggregate can be subtracted when the other arcs do not connect its ends, and cells taken together are
// a sum of directed cuts: the smallest one that holds a cell is a minimum cut, found here as a maximum flow. Both are
// exact.
func Remainders(t disclosure.Table, truth disclosure.Lattice, base int64) (found []string) {
	rows, columns := truth.Dimensions[0].Codes, truth.Dimensions[1].Codes
	const unlimited = math.MaxInt32
	// Nodes: all rows, all columns, then each row and each column.
	everyRow, everyColumn := 0, 1
	node := func(code string, codes []string, first, every int) int {
		if i := slices.Index(codes, code); i >= 0 {
			return first + i
		}
		return every
	}
	var arcs []flowArc
	for _, c := range slices.Concat(t.Cells(), t.Margins(), []disclosure.Cell{t.Total()}) {
		if c.State == disclosure.NotAsked || c.Figures != nil && c.Figures.Distribution != nil {
			continue
		}
		codes := c.Codes
		if codes == nil {
			codes = []string{disclosure.All, disclosure.All}
		}
		n, _ := People(truth, codes)
		one := flowArc{
			from:  node(codes[0], rows, 2, everyRow),
			to:    node(codes[1], columns, 2+len(rows), everyColumn),
			most:  n,
			back:  unlimited,
			codes: codes,
		}
		if one.margin = codes[0] == disclosure.All || codes[1] == disclosure.All; one.margin {
			one.most = unlimited // it is no cell, and takes part in any sum
		}
		switch {
		case codes[0] != disclosure.All && one.margin: // the total of a row is the sum over it, and part of that over all rows
			one.from, one.to = everyRow, one.from
		case codes[1] != disclosure.All && one.margin:
			one.from, one.to = one.to, everyColumn
		}
		arcs = append(arcs, one)
	}
	nodes := 2 + len(rows) + len(columns)
	for i, a := range arcs {
		n, _ := People(truth, a.codes)
		if !connected(nodes, arcs, i) {
			found = append(found, fmt.Sprintf("the answers of the %d people of %q, held back, can be subtracted", n, a.codes))
		}
		if a.margin || n == 0 {
			continue
		}
		if left := smallestCut(nodes, arcs, a.from, a.to, base); left < base {
			found = append(found, fmt.Sprintf("with %q the answers of %d people are left over", a.codes, left))
		}
	}
	return found
}

// flowArc is an aggregate without its distribution. Cells lead from their row to their column with as much room as people;
// against its direction an arc has room without limit.
type flowArc struct {
	from, to   int
	most, back int64
	codes      []string
	margin     bool
}

// connected tells whether the other arcs connect the ends of one.
func connected(nodes int, arcs []flowArc, but int) bool {
	reached := make([]bool, nodes)
	reached[arcs[but].from] = true
	for again := true; again; {
		again = false
		for i, a := range arcs {
			if i != but && reached[a.from] != reached[a.to] {
				reached[a.from], reached[a.to], again = true, true, true
			}
		}
	}
	return reached[arcs[but].to]
}

// smallestCut is the least number of people in a sum that holds the cell between two nodes; enough, once it is known to be that or more.
func smallestCut(nodes int, arcs []flowArc, from, to int, enough int64) (flow int64) {
	type half struct {
		to   int
		room int64
	}
	var halves []half
	leaving := make([][]int, nodes)
	for _, a := range arcs {
		leaving[a.from], leaving[a.to] = append(leaving[a.from], len(halves)), append(leaving[a.to], len(halves)+1)
		halves = append(halves, half{a.to, a.most}, half{a.from, a.back})
	}
	for flow < enough {
		came := make([]int, nodes)
		for i := range came {
			came[i] = -1
		}
		queue := []int{from}
		for at := 0; at < len(queue) && came[to] < 0; at++ {
			for _, h := range leaving[queue[at]] {
				if next := halves[h].to; halves[h].room > 0 && came[next] < 0 && next != from {
					came[next] = h
					queue = append(queue, next)
				}
			}
		}
		if came[to] < 0 {
			return flow
		}
		room := int64(math.MaxInt32)
		for n := to; n != from; n = halves[came[n]^1].to {
			room = min(room, halves[came[n]].room)
		}
		for n := to; n != from; n = halves[came[n]^1].to {
			halves[came[n]].room -= room
			halves[came[n]^1].room += room
		}
		flow += room
	}
	return enough
}
