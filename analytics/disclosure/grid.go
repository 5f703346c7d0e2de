package disclosure

import "slices"

// tree is a dimension as numbers: its codes first, then its groups and selections, then everybody (the last node).
type tree struct {
	leaves, nodes int
	names         []string // of the nodes; All for the last
	parent        []int    // -1 for the last
	up            [][]int  // of each code: the nodes it is in, itself first
	in            [][]bool // [node][code]
	under         [][]int  // [node] its codes
}

func newTree(d Dimension) tree {
	t := tree{leaves: len(d.Codes), nodes: len(d.Codes) + len(d.Groups) + len(d.Sets) + 1}
	at := map[string]int{}
	for i, code := range d.Codes {
		at[code] = i
		t.names = append(t.names, code)
	}
	root := t.nodes - 1
	t.parent = make([]int, t.nodes)
	for i := range t.parent {
		t.parent[i] = root
	}
	t.parent[root] = -1
	for i, g := range d.Groups {
		at[g.Code] = t.leaves + i
		t.names = append(t.names, g.Code)
		for _, code := range g.Of {
			t.parent[at[code]] = t.leaves + i
		}
	}
	for i, s := range d.Sets {
		t.names = append(t.names, s.Code)
		t.parent[t.leaves+len(d.Groups)+i] = -1
	}
	t.names = append(t.names, All)
	t.in, t.under = make([][]bool, t.nodes), make([][]int, t.nodes)
	for n := range t.in {
		t.in[n] = make([]bool, t.leaves)
	}
	t.up = make([][]int, t.leaves)
	for leaf := range t.leaves {
		for n := leaf; n >= 0; n = t.parent[n] {
			t.up[leaf] = append(t.up[leaf], n)
			t.in[n][leaf] = true
			t.under[n] = append(t.under[n], leaf)
		}
	}
	for i, s := range d.Sets {
		n := t.leaves + len(d.Groups) + i
		for _, code := range s.Of {
			leaf := at[code]
			t.up[leaf] = append(t.up[leaf], n)
			t.in[n][leaf] = true
			t.under[n] = append(t.under[n], leaf)
		}
	}
	return t
}

// node gives the number of a code; -1 for none.
func (t tree) node(code string) int { return slices.Index(t.names, code) }

func (t tree) root() int { return t.nodes - 1 }

// publication is how much of an aggregate is printed.
type publication uint8

const (
	suppressed          publication = iota // nothing: hidden, or not part of any table
	withoutDistribution                    // the base, mean and share
	published                              // and the distribution
)

// aggregate is one combination of nodes for which something is printed, or hidden.
type aggregate struct {
	nodes             []int
	counts            []int64 // by answer
	n                 int64
	cells             []int // the combinations of codes in it
	asked             bool
	finest            bool // one combination of the codes of its table
	rules             *Rules
	requested         bool // is in the table that is being made; otherwise it is released already
	prior             int  // the number of the earlier table it is in, from 1; 0 when in none
	state             publication
	primary           reason
	total             bool
	beforeChange      bool    // it is of a table since which answers came or went
	wasBelowThreshold bool    // and had then fewer people than the threshold
	changeOnly        bool    // it is of those only who came or went
	fixed             bool    // no move may change it, whether it is printed or not
	ambiguous         []bool  // by answer: whether its figures leave open how many gave it (nil: not known yet)
	suppressionCost   float64 // what it costs to suppress it
	distributionCost  float64 // and to keep its distribution back
}

// reason says why an aggregate is sensitive (primary suppression).
type reason uint8

const (
	notSensitive         reason = iota
	empty                       // nobody: a hidden zero may not be known to be one
	belowThreshold              // 1 to threshold-1 people
	uniform                     // more, and all but one gave one answer
	smallBase                   // shown, but with too few people for its distribution
	belowThresholdBefore        // 1 to threshold-1 people when it was hidden
	changeBelowThreshold        // 1 to threshold-1 people who came or went
	determined                  // more, too few for their distribution, and base, mean and share would say all of it
)

// grid is a lattice with its aggregates, on the way to a table.
type grid struct {
	lattice            Lattice
	rules              Rules
	trees              []tree
	answers            int
	trueCounts         []int64 // the true counts, [cell*answers+answer]
	blocked            []bool  // by cell: not asked, nobody can be there
	codes              [][]int // by cell: its code in each dimension
	step               []int   // between cells, by dimension
	stride             []int   // between combinations of nodes, by dimension
	aggregateAt        []int32 // combination of nodes -> aggregate, or -1
	aggregates         []aggregate
	linked             bool          // there are earlier tables
	suppressedTogether map[int][]int // aggregates that are suppressed with an aggregate (nil: none)
	current            []int64       // the counts as moves have changed them; the true ones between searches
	changed            []int         // positions in current that may differ from trueCounts
	search             *moveSearch
	lines              []tableLine // of the tables, where their residuals must stay open
	// The same aggregates as numbers of people, suppressed where the answers are held back; nil where nothing is.
	baseGrid          *grid
	isBaseGrid        bool // it is such a companion
	swapVectors       []vector
	doubleSwapVectors []vector
	work              int // work that is left before the search gives up
}

// Work allowed for one table, in aggregates and boxes that are tried: about ten seconds on a small machine; and for
// publishing again what need not be suppressed.
const (
	allowedWork      = 400_000_000
	workForReopening = 500_000
)

func newGrid(l Lattice, r Rules) *grid {
	g := &grid{lattice: l, rules: r, answers: len(l.Answers), trueCounts: l.Counts, current: slices.Clone(l.Counts), work: allowedWork}
	cells, combinations := 1, 1
	for _, d := range l.Dimensions {
		t := newTree(d)
		g.trees = append(g.trees, t)
		cells *= t.leaves
		combinations *= t.nodes
	}
	g.step, g.stride = make([]int, len(g.trees)), make([]int, len(g.trees))
	s, c := 1, 1
	for i := len(g.trees) - 1; i >= 0; i-- {
		g.step[i], g.stride[i] = s, c
		s *= g.trees[i].leaves
		c *= g.trees[i].nodes
	}
	g.codes, g.blocked = make([][]int, cells), make([]bool, cells)
	for cell := range cells {
		g.codes[cell] = make([]int, len(g.trees))
		for i := range g.trees {
			g.codes[cell][i] = cell / g.step[i] % g.trees[i].leaves
		}
		g.blocked[cell] = l.NotAsked != nil && l.NotAsked[cell]
	}
	g.aggregateAt = make([]int32, combinations)
	for i := range g.aggregateAt {
		g.aggregateAt[i] = -1
	}
	return g
}

// add makes an aggregate for a combination of nodes, once, and gives its number.
func (g *grid) add(nodes []int) int {
	key := g.key(nodes)
	if g.aggregateAt[key] >= 0 {
		return int(g.aggregateAt[key])
	}
	p := aggregate{nodes: nodes, counts: make([]int64, g.answers), rules: &g.rules}
	g.eachCell(nodes, func(cell int) {
		p.cells = append(p.cells, cell)
		p.asked = p.asked || !g.blocked[cell]
		for a := range g.answers {
			p.counts[a] += g.trueCounts[cell*g.answers+a]
		}
	})
	for _, c := range p.counts {
		p.n += c
	}
	p.total = g.isTotal(&p)
	g.aggregateAt[key] = int32(len(g.aggregates)) // maxCells bounds it
	g.aggregates = append(g.aggregates, p)
	return len(g.aggregates) - 1
}

// key numbers the combinations of nodes.
func (g *grid) key(nodes []int) int {
	key := 0
	for i, n := range nodes {
		key += n * g.stride[i]
	}
	return key
}

// eachCell visits the combinations of codes within a combination of nodes.
func (g *grid) eachCell(nodes []int, visit func(cell int)) {
	var walk func(i, cell int)
	walk = func(i, cell int) {
		if i == len(nodes) {
			visit(cell)
			return
		}
		for _, leaf := range g.trees[i].under[nodes[i]] {
			walk(i+1, cell+leaf*g.step[i])
		}
	}
	walk(0, 0)
}

// addAllAggregates adds all combinations of nodes, codes running fastest as in Counts, and marks them as requested.
func (g *grid) addAllAggregates() {
	nodes := make([]int, len(g.trees))
	var walk func(i int)
	walk = func(i int) {
		if i == len(nodes) {
			p := g.add(append([]int(nil), nodes...))
			g.aggregates[p].requested, g.aggregates[p].finest = true, g.isCell(&g.aggregates[p])
			return
		}
		for n := range g.trees[i].nodes {
			nodes[i] = n
			walk(i + 1)
		}
	}
	walk(0)
}

// names are the codes of an aggregate, as a reader sees them.
func (g *grid) names(p *aggregate) []string {
	names := make([]string, len(p.nodes))
	for i, n := range p.nodes {
		names[i] = g.trees[i].names[n]
	}
	return names
}

// isCell tells whether an aggregate is one combination of codes.
func (g *grid) isCell(p *aggregate) bool {
	for i, n := range p.nodes {
		if n >= g.trees[i].leaves {
			return false
		}
	}
	return true
}

// isTotal tells whether an aggregate is everybody.
func (g *grid) isTotal(p *aggregate) bool {
	for i, n := range p.nodes {
		if n != g.trees[i].root() {
			return false
		}
	}
	return true
}
