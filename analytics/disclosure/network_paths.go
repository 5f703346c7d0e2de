package disclosure

import (
	"container/heap"
	"math"
)

// network is a table, or a part of it, as a graph in which every aggregate is an arc and every sum a node: whatever goes
// round in it changes no sum. So the cheapest cycle through an aggregate is a shortest path. (Cox 1995 and Castro 2002
// hide cells by the same networks.)
//
// Two dimensions of which one has no groups are a network, so where there is no path there is no move. Of more dimensions
// a chain is taken: the codes of the first, within each the codes of the second, and so on, by a last one without groups.
// That is all there is to tables that share their first dimension, but for totals over it, and a part of others; what a
// cycle changes beyond the network is looked at afterwards.
type network struct {
	nodes  int
	arcs   []arc
	arcsAt [][]int // by node, the arcs that begin or end there
	arcOf  []int   // by combination of nodes, the arc; -1 where it is none
}

// arc is an aggregate: from its one sum to its other. A cell, by its number; -1 for groups and totals, which have all the room they need.
type arc struct {
	from, to int
	key      int // the combination of nodes
	cell     int
}

const (
	costOfSingleton = 0.01 // of a path through a cell of one or two people, which needs another witness of its own

	maxChainedDimensions = 3   // dimensions: of more there would be too many chains
	maxArcs              = 600 // of one network: in a large table there are boxes enough
)

// networks lists those of a grid.
func networks(g *grid) (list []*network) {
	if len(g.trees) < 2 || len(g.trees) > maxChainedDimensions {
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
			if all := chainNodes(g, chain); len(all)*g.trees[flat].nodes <= maxArcs {
				list = append(list, newNetwork(g, all, flat))
			}
		}
	}
	return list
}

// chainNode is a combination of nodes along a chain.
type chainNode struct {
	key, cell, parent int
	leaf              bool
}

// chainNodes lists the combinations: everybody, the first dimension's groups and codes, and within each code those of the
// next. Groups of later dimensions are not in it, nor selections.
func chainNodes(g *grid, chain []int) []chainNode {
	root := 0
	for _, d := range chain {
		root += g.trees[d].root() * g.stride[d]
	}
	list := []chainNode{{key: root, parent: -1}}
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
			list = append(list, chainNode{key: list[at].key + (n-t.root())*g.stride[d], cell: list[at].cell, parent: up})
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

func newNetwork(g *grid, list []chainNode, flat int) *network {
	b := g.trees[flat]
	// The sums: of every leaf of the chain over the flat dimension, the same for everybody, and of the parts of everything
	// else for each code of the flat dimension.
	nw := &network{arcOf: make([]int, len(g.aggregateAt))}
	for i := range nw.arcOf {
		nw.arcOf[i] = -1
	}
	first := make([]int, len(list))
	for i, k := range list {
		first[i] = nw.nodes
		if nw.nodes++; !k.leaf {
			nw.nodes += b.nodes
		}
	}
	nw.arcsAt = make([][]int, nw.nodes)
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
			nw.arcs, nw.arcOf[e.key] = append(nw.arcs, e), n
			nw.arcsAt[own], nw.arcsAt[upper] = append(nw.arcsAt[own], n), append(nw.arcsAt[upper], n)
		}
	}
	return nw
}

// networkPaths looks for the cheapest cycles through the aggregate.
func (s *moveSearch) networkPaths() {
	key := s.key(s.target.nodes)
	for _, net := range s.networks {
		through := net.arcOf[key]
		if through < 0 || s.isOptimal() {
			continue
		}
		for _, v := range s.vectors {
			if e := net.arcs[through]; e.cell >= 0 && (s.isExcluded(e.cell) || s.room(e.cell, v, 1) <= 0) {
				continue
			}
			if s.shortestPath(net, through, v) {
				s.consider(s.moveCost)
			}
		}
	}
}

// pathStep is how a node was reached.
type pathStep struct {
	cost float64
	by   int // the arc; -1 at the beginning
	done bool
}

// shortestPath finds the cheapest path from the end of an arc to its beginning, and writes the cells that change with it.
func (s *moveSearch) shortestPath(net *network, through int, v vector) bool {
	if len(s.steps) < net.nodes {
		s.steps = make([]pathStep, net.nodes)
	}
	for i := range net.nodes {
		s.steps[i] = pathStep{cost: math.Inf(1), by: -1}
	}
	limit := math.Inf(1)
	if s.found {
		limit = s.best.cost / s.best.share
	}
	begin, end := net.arcs[through].to, net.arcs[through].from
	s.steps[begin].cost = 0
	queue := &s.queue
	*queue = append((*queue)[:0], pathNode{begin, 0})
	for len(*queue) > 0 {
		r := heap.Pop(queue).(pathNode)
		if s.steps[r.node].done {
			continue
		}
		s.steps[r.node].done = true
		if r.node == end || r.cost > limit {
			break
		}
		for _, i := range net.arcsAt[r.node] {
			s.work--
			e := &net.arcs[i]
			next, sign := e.to, int64(1)
			if e.to == r.node {
				next, sign = e.from, -1
			}
			if i == through || s.steps[next].done || e.cell >= 0 && (s.isExcluded(e.cell) || s.room(e.cell, v, sign) <= 0) {
				continue
			}
			cost := r.cost + s.combinationCost(e.key)
			if at := s.aggregateAt[e.key]; at >= 0 && s.isSingleton(int(at)) {
				cost += costOfSingleton
			}
			if cost < s.steps[next].cost {
				s.steps[next] = pathStep{cost: cost, by: i}
				heap.Push(queue, pathNode{next, cost})
			}
		}
	}
	if !s.steps[end].done || s.steps[end].cost > limit+costOfSingleton {
		return false
	}
	s.cells, s.signs = s.cells[:0], s.signs[:0]
	if c := net.arcs[through].cell; c >= 0 {
		s.cells, s.signs = append(s.cells, c), append(s.signs, 1)
	}
	for n := end; n != begin; {
		e := net.arcs[s.steps[n].by]
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

type pathNode struct {
	node int
	cost float64
}

type pathQueue []pathNode

func (q pathQueue) Len() int           { return len(q) }
func (q pathQueue) Less(i, j int) bool { return q[i].cost < q[j].cost }
func (q pathQueue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *pathQueue) Push(x any)        { *q = append(*q, x.(pathNode)) }
func (q *pathQueue) Pop() any {
	old := *q
	last := old[len(old)-1]
	*q = old[:len(old)-1]
	return last
}
