package disclosure

import (
	"container/heap"
	"math"
)

// network is a table, or a part of it, as a graph in which every place is an arc and every sum a node: whatever goes round in it changes no sum. So the cheapest
// way round through a place is a shortest path. (Cox 1995 and Castro 2002 hide cells by the same networks.)
//
// Two dimensions of which one has no groups are a network, so where there is no path there is no move. Of more dimensions a chain is taken: the codes of the first,
// within each the codes of the second, and so on, by a last one without groups. That is all there is to tables that share their first dimension, but for totals
// over it, and a part of others; what a way round changes beyond the network is looked at afterwards.
type network struct {
	nodes int
	arcs  []arc
	at    [][]int // by node, the arcs that begin or end there
	of    []int   // by combination of nodes, the arc; -1 where it is none
}

// arc is a place: from its one sum to its other. A cell, by its number; -1 for groups and totals, which have all the room they need.
type arc struct {
	from, to int
	key      int // the combination of nodes
	cell     int
}

const (
	costOfKnowing = 0.01 // of a way through a cell of one or two people, in whose eyes another will be needed

	mostChained = 3   // dimensions: of more there would be too many chains
	mostArcs    = 600 // of one network: in a large table there are boxes enough
)

// networks lists those of a grid.
func networks(g *grid) (list []*network) {
	if len(g.trees) < 2 || len(g.trees) > mostChained {
		return nil
	}
	for flat := len(g.trees) - 1; flat >= 0; flat-- {
		if g.trees[flat].nodes != g.trees[flat].leaves+1 {
			continue
		}
		var chains [][]int
		var others []int
		for d := range g.trees {
			if d != flat {
				others = append(others, d)
			}
		}
		if len(others) == 1 {
			if len(g.lattice.Dimensions[others[0]].Sets) == 0 {
				chains = append(chains, others)
			}
		} else {
			chains = append(chains, others, []int{others[1], others[0]})
		}
		for _, chain := range chains {
			if all := knots(g, chain); len(all)*g.trees[flat].nodes <= mostArcs {
				list = append(list, newNetwork(g, all, flat))
			}
		}
	}
	return list
}

// knot is a combination of nodes along a chain.
type knot struct {
	key, cell, parent int
	leaf              bool
}

// knots lists the combinations: everybody, the first dimension's groups and codes, and within each code those of the next. Groups of later dimensions are not in it,
// nor selections.
func knots(g *grid, chain []int) []knot {
	root := 0
	for _, d := range chain {
		root += g.trees[d].root() * g.stride[d]
	}
	list := []knot{{key: root, parent: -1}}
	var grow func(i, at int)
	grow = func(i, at int) {
		d := chain[i]
		t := g.trees[d]
		numbers := map[int]int{t.root(): at}
		for n := t.root() - 1; n >= 0; n-- { // groups before what is in them
			up, known := numbers[t.parent[n]]
			if !known || i > 0 && n >= t.leaves {
				continue
			}
			if i > 0 {
				up = at
			}
			numbers[n] = len(list)
			list = append(list, knot{key: list[at].key + (n-t.root())*g.stride[d], cell: list[at].cell, parent: up})
			if n < t.leaves {
				here := numbers[n]
				list[here].cell += n * g.step[d]
				if list[here].leaf = i == len(chain)-1; !list[here].leaf {
					grow(i+1, here)
				}
			}
		}
	}
	grow(0, 0)
	return list
}

func newNetwork(g *grid, list []knot, flat int) *network {
	b := g.trees[flat]
	// The sums: of every leaf of the chain over the flat dimension, the same for everybody, and of the parts of everything else for each code of the flat dimension.
	nw := &network{of: make([]int, len(g.at))}
	for i := range nw.of {
		nw.of[i] = -1
	}
	first := make([]int, len(list))
	for i, k := range list {
		first[i] = nw.nodes
		if nw.nodes++; !k.leaf {
			nw.nodes += b.nodes
		}
	}
	nw.at = make([][]int, nw.nodes)
	for i, k := range list {
		for c := range b.nodes {
			own, upper := first[i], first[0] // of a leaf its sum; of everybody theirs
			if !k.leaf {
				own += 1 + c
			}
			if k.parent >= 0 {
				upper = first[k.parent] + 1 + c
			}
			e := arc{from: own, to: upper, key: k.key + c*g.stride[flat], cell: -1}
			if c == b.root() {
				e.from, e.to = upper, own
			} else if k.leaf {
				e.cell = k.cell + c*g.step[flat]
			}
			n := len(nw.arcs)
			nw.arcs, nw.of[e.key] = append(nw.arcs, e), n
			nw.at[own], nw.at[upper] = append(nw.at[own], n), append(nw.at[upper], n)
		}
	}
	return nw
}

// circuits looks for the cheapest ways round through the place.
func (s *look) circuits() {
	key := s.key(s.of.nodes)
	for _, net := range s.nets {
		through := net.of[key]
		if through < 0 || s.done() {
			continue
		}
		for _, v := range s.vectors {
			if e := net.arcs[through]; e.cell >= 0 && (s.out(e.cell) || s.room(e.cell, v, 1) <= 0) {
				continue
			}
			if s.round(net, through, v) {
				s.try(s.closing)
			}
		}
	}
}

// way is how a node was reached.
type way struct {
	cost float64
	by   int // the arc; -1 at the beginning
	done bool
}

// round finds the cheapest path from the end of an arc to its beginning, and writes the cells that change with it.
func (s *look) round(net *network, through int, v vector) bool {
	if len(s.ways) < net.nodes {
		s.ways = make([]way, net.nodes)
	}
	for i := range net.nodes {
		s.ways[i] = way{cost: math.Inf(1), by: -1}
	}
	limit := math.Inf(1)
	if s.found {
		limit = s.best.cost / s.best.share
	}
	begin, end := net.arcs[through].to, net.arcs[through].from
	s.ways[begin].cost = 0
	queue := &s.queue
	*queue = append((*queue)[:0], reached{begin, 0})
	for len(*queue) > 0 {
		r := heap.Pop(queue).(reached)
		if s.ways[r.node].done {
			continue
		}
		s.ways[r.node].done = true
		if r.node == end || r.cost > limit {
			break
		}
		for _, i := range net.at[r.node] {
			s.work--
			e := &net.arcs[i]
			next, sign := e.to, int64(1)
			if e.to == r.node {
				next, sign = e.from, -1
			}
			if i == through || s.ways[next].done || e.cell >= 0 && (s.out(e.cell) || s.room(e.cell, v, sign) <= 0) {
				continue
			}
			cost := r.cost + s.costOf(e.key)
			if at := s.at[e.key]; at >= 0 && s.isLone(int(at)) {
				cost += costOfKnowing
			}
			if cost < s.ways[next].cost {
				s.ways[next] = way{cost: cost, by: i}
				heap.Push(queue, reached{next, cost})
			}
		}
	}
	if !s.ways[end].done || s.ways[end].cost > limit+costOfKnowing {
		return false
	}
	s.cells, s.signs = s.cells[:0], s.signs[:0]
	if c := net.arcs[through].cell; c >= 0 {
		s.cells, s.signs = append(s.cells, c), append(s.signs, 1)
	}
	for n := end; n != begin; {
		e := net.arcs[s.ways[n].by]
		sign := int64(1)
		before := e.from
		if e.from == n {
			before, sign = e.to, -1
		}
		if e.cell >= 0 {
			s.cells, s.signs = append(s.cells, e.cell), append(s.signs, sign)
		}
		n = before
	}
	return true
}

type reached struct {
	node int
	cost float64
}

type nearest []reached

func (q nearest) Len() int           { return len(q) }
func (q nearest) Less(i, j int) bool { return q[i].cost < q[j].cost }
func (q nearest) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *nearest) Push(x any)        { *q = append(*q, x.(reached)) }
func (q *nearest) Pop() any {
	old := *q
	last := old[len(old)-1]
	*q = old[:len(old)-1]
	return last
}
