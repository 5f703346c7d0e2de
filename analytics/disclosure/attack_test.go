package disclosure

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// The attacker below shares nothing with the protector: it sees a Table through its accessors, knows how many people gave each
// answer in all, and tries every way of spreading these people over the groups that agrees with what is printed.

// seen is what the attacker finds out about one group.
type seen struct {
	min, max  int64   // people in it
	mixed     bool    // it may have two people or more outside its most frequent answer
	first     []int64 // one possible distribution
	different bool    // there is another
}

type attacker struct {
	table  Table
	all    []int64 // people by answer, everywhere
	counts [][]int64
	groups []seen
	ways   int
}

func attack(table Table, all []int64) *attacker {
	a := &attacker{table: table, all: all}
	for range table.Cells() {
		a.counts = append(a.counts, make([]int64, len(all)))
		a.groups = append(a.groups, seen{min: math.MaxInt64, max: -1})
	}
	a.spread(table.Cells(), 0, 0, all[0])
	return a
}

// spread gives `left` people of one answer to the groups from `group` on, then goes on to the next answer.
func (a *attacker) spread(cells []Cell, answer, group int, left int64) {
	if group == len(cells) {
		if left > 0 {
			return
		}
		if answer+1 < len(a.all) {
			a.spread(cells, answer+1, 0, a.all[answer+1])
			return
		}
		a.consider(cells)
		return
	}
	low, high := int64(0), left
	cell := cells[group]
	switch {
	case cell.State == NotAsked:
		high = 0
	case cell.Figures != nil && cell.Figures.Distribution != nil:
		low = cell.Figures.Distribution[answer]
		high = min(high, low)
	case cell.Figures != nil: // the answers of one group come to its base
		rest := cell.Figures.N
		for _, n := range a.counts[group][:answer] {
			rest -= n
		}
		if answer == len(a.all)-1 {
			low = rest
		}
		high = min(high, rest)
	}
	if group == len(cells)-1 { // nobody is left over
		low = max(low, left)
	}
	for n := low; n <= high; n++ {
		a.counts[group][answer] = n
		a.spread(cells, answer, group+1, left-n)
	}
}

func (a *attacker) consider(cells []Cell) {
	answers := a.table.Answers()
	figures := func(counts []int64) (n, satisfied int64, sum float64) {
		for i, c := range counts {
			n += c
			if answers[i].Score != nil {
				sum += *answers[i].Score * float64(c)
			}
			if answers[i].Satisfied {
				satisfied += c
			}
		}
		return n, satisfied, sum
	}
	for g, cell := range cells {
		if f := cell.Figures; f != nil {
			n, satisfied, sum := figures(a.counts[g])
			if n != f.N ||
				f.Mean != nil && math.Abs(sum-*f.Mean*float64(n)) > 1e-6 ||
				f.Satisfied != nil && math.Abs(float64(satisfied)-*f.Satisfied*float64(n)) > 1e-6 {
				return
			}
		}
	}
	a.ways++
	for g, counts := range a.counts {
		s := &a.groups[g]
		n, _, _ := figures(counts)
		s.min, s.max = min(s.min, n), max(s.max, n)
		most := int64(0)
		for _, c := range counts {
			most = max(most, c)
		}
		s.mixed = s.mixed || n-most >= 2
		if s.first == nil {
			s.first = append([]int64{}, counts...)
		} else if fmt.Sprint(s.first) != fmt.Sprint(counts) {
			s.different = true
		}
	}
}

// ownWays counts the distributions that one group's printed figures and the answers of everybody leave open.
func ownWays(f *Figures, answers []Answer, all []int64) int {
	alone := Table{answers: answers, cells: []Cell{{State: Shown, Figures: f}, {State: Hidden}}}
	a := attack(alone, all)
	if a.groups[0].different {
		return 2
	}
	return 1
}

// found lists what the attacker learned that must stay unknown; counts are the true ones by group.
func found(table Table, counts [][]int64, r Rules) (leaks []string) {
	all := make([]int64, len(counts[0]))
	for _, c := range counts {
		for i, n := range c {
			all[i] += n
		}
	}
	leak := func(format string, args ...any) { leaks = append(leaks, fmt.Sprintf(format, args...)) }
	cells := table.Cells()
	nothing := table.Total().State == Hidden
	if nothing {
		for _, c := range cells {
			if c.Figures != nil {
				leak("group %q is shown and the total is not", c.Code())
			}
		}
		return leaks
	}
	a := attack(table, all)
	if a.ways == 0 {
		return []string{"what is printed agrees with no table at all"}
	}
	var union int64
	held, asked := 0, 0
	for g, c := range cells {
		if c.State == Hidden {
			for _, n := range counts[g] {
				union += n
			}
		}
		if c.State != NotAsked {
			asked++
			if c.Figures == nil || c.Figures.Distribution == nil {
				held++
			}
		}
	}
	full := int64(r.Threshold)
	if r.Equality {
		full = int64(r.DistributionBase)
	}
	// The attacker is told everybody's answers. Where the table holds them back, nothing can be subtracted from them.
	everybody := table.Total().Figures == nil || table.Total().Figures.Distribution != nil
	for g, c := range cells {
		var n, most int64
		for _, k := range counts[g] {
			n += k
			most = max(most, k)
		}
		s := a.groups[g]
		switch {
		case c.State == NotAsked:
		case c.State == Shown:
			if n < int64(r.Threshold) {
				leak("group %d of %d people is shown", g, n)
			}
			if n < int64(r.DistributionBase) && most >= n-1 {
				leak("group %d, all of one answer but for %d, is shown", g, n-most)
			}
			if n < full && c.Figures.Distribution != nil {
				leak("group %d of %d people has its distribution shown", g, n)
			}
			if n < full && !s.different && held < asked && everybody && ownWays(c.Figures, table.Answers(), all) > 1 {
				leak("the distribution of group %d of %d people can be worked out: %v", g, n, s.first)
			}
		case n == 0:
			if s.max < 1 {
				leak("group %d is certainly empty", g)
			}
		case n < int64(r.Threshold):
			if s.min > 0 || s.max < int64(r.Threshold) {
				leak("group %d of %d people is certainly %d to %d", g, n, s.min, s.max)
			}
		default:
			if s.min == s.max {
				leak("group %d is certainly %d people", g, n)
			}
			if !s.mixed && union < int64(r.DistributionBase) {
				leak("group %d of %d people is certainly of one answer", g, n)
			}
		}
	}
	return leaks
}

func rating(answers int) []Answer {
	list := make([]Answer, answers)
	for i := range list {
		score := float64(i + 1)
		list[i] = Answer{Code: fmt.Sprint(i + 1), Score: &score, HasSatisfied: true, Satisfied: i >= (answers+1)/2}
	}
	return list
}

func nominal(answers int) []Answer {
	list := make([]Answer, answers)
	for i := range list {
		list[i] = Answer{Code: string(rune('a' + i))}
	}
	return list
}

func lattice(answers []Answer, counts ...[]int64) Lattice {
	l := Lattice{Dimensions: []Dimension{{ID: "age"}}, Answers: answers}
	for g, c := range counts {
		l.Dimensions[0].Codes = append(l.Dimensions[0].Codes, fmt.Sprintf("g%d", g))
		l.Counts = append(l.Counts, c...)
	}
	return l
}

// Every table of many small random lattices survives the attacker. The rules are scaled down so that every possibility can be
// tried; only Protect's own floors are left out.
func TestAttackOnRandomTables(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	hidden, shown, bare, nothing := 0, 0, 0, 0
	tables := 3000
	if testing.Short() {
		tables = 500
	}
	for i := range tables {
		rules := Rules{Threshold: 2 + random.IntN(3), Equality: random.IntN(2) == 0}
		rules.DistributionBase = rules.Threshold + random.IntN(5)
		answers := rating(2 + random.IntN(3))
		if random.IntN(4) == 0 {
			answers = nominal(len(answers))
		}
		counts := make([][]int64, 1+random.IntN(4))
		for g := range counts {
			counts[g] = make([]int64, len(answers))
		}
		for range random.IntN(19) {
			// Skewed: low-numbered groups and answers are more frequent, as in life.
			g := min(random.IntN(len(counts)), random.IntN(len(counts)))
			counts[g][min(random.IntN(len(answers)), random.IntN(len(answers)))]++
		}
		table, _, err := protect(lattice(answers, counts...), rules)
		if err != nil {
			t.Fatalf("table %d, rules %+v, counts %v: %v", i, rules, counts, err)
		}
		if leaks := found(table, counts, rules); leaks != nil {
			t.Fatalf("table %d, rules %+v, counts %v: %v", i, rules, counts, leaks)
		}
		if table.Total().State == Hidden {
			nothing++
			continue
		}
		for _, c := range table.Cells() {
			switch {
			case c.State == Hidden:
				hidden++
			case c.Figures.Distribution == nil:
				bare++
			default:
				shown++
			}
		}
	}
	t.Logf("%d tables, %d of them hidden whole; cells hidden %d, without distribution %d, shown %d", tables, nothing, hidden, bare, shown)
	if hidden == 0 || shown == 0 || bare == 0 || nothing == 0 {
		t.Error("the random tables do not reach every kind of cell")
	}
}

// The same with the rules of the product, on tables with few answers so that larger groups can be tried.
func TestAttackWithTheProductsRules(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	shown := 0
	for i := range 12 {
		rules := Rules{Threshold: 5, DistributionBase: 30, Equality: i%2 == 0}
		counts := make([][]int64, 3)
		left := int64(54)
		for g := range counts {
			n := random.Int64N(left + 1)
			left -= n
			yes := random.Int64N(n + 1)
			counts[g] = []int64{n - yes, yes}
		}
		table, err := Protect(lattice(rating(2), counts...), rules)
		if err != nil {
			t.Fatal(err)
		}
		if leaks := found(table, counts, rules); leaks != nil {
			t.Fatalf("rules %+v, counts %v: %v", rules, counts, leaks)
		}
		for _, c := range table.Cells() {
			if c.State == Shown {
				shown++
			}
		}
	}
	if shown == 0 {
		t.Error("nothing was ever shown")
	}
}

// The attacker itself finds what is there to be found: each table here is badly protected by hand.
func TestAttackerFindsBadTables(t *testing.T) {
	rules := Rules{Threshold: 4, DistributionBase: 8, Equality: true}
	full := func(n int64, d ...int64) Cell {
		return Cell{State: Shown, Figures: &Figures{N: n, Distribution: d}}
	}
	bare := func(n int64) Cell { return Cell{State: Shown, Figures: &Figures{N: n}} }
	for name, c := range map[string]struct {
		cells  []Cell
		counts [][]int64
	}{
		"a lone hidden group":             {[]Cell{{}, full(9, 5, 4)}, [][]int64{{1, 2}, {5, 4}}},
		"hidden together below threshold": {[]Cell{{}, {}, full(9, 5, 4)}, [][]int64{{1, 0}, {1, 1}, {5, 4}}},
		"hidden zeros only":               {[]Cell{{}, {}, full(9, 5, 4)}, [][]int64{{0, 0}, {0, 0}, {5, 4}}},
		"hidden together of one answer":   {[]Cell{{}, {}, full(9, 5, 4)}, [][]int64{{5, 0}, {1, 0}, {5, 4}}},
		"a lone withheld distribution":    {[]Cell{bare(6), full(9, 5, 4)}, [][]int64{{3, 3}, {5, 4}}},
		"a small group shown":             {[]Cell{bare(3), bare(9)}, [][]int64{{1, 2}, {5, 4}}},
		"a small full distribution":       {[]Cell{full(6, 3, 3), full(9, 5, 4)}, [][]int64{{3, 3}, {5, 4}}},
		"a group of one answer shown":     {[]Cell{bare(6), full(9, 5, 4)}, [][]int64{{6, 0}, {5, 4}}},
	} {
		table := Table{answers: nominal(2), cells: c.cells, total: Cell{State: Shown}}
		if found(table, c.counts, rules) == nil {
			t.Errorf("%s: nothing found", name)
		}
	}
}

// FuzzProtect looks for counts of up to 15 people in each cell that break the protection or the program.
func FuzzProtect(f *testing.F) {
	f.Add(byte(3), byte(2), byte(0), []byte{1, 2, 0, 5, 4, 1})
	f.Add(byte(4), byte(3), byte(7), []byte{0, 0, 0, 0, 0, 0, 3, 2, 1, 2, 2, 2})
	f.Add(byte(1), byte(1), byte(1), []byte{9})
	f.Fuzz(func(t *testing.T, groups, answers, strength byte, raw []byte) {
		k, a := 1+int(groups%4), 1+int(answers%4)
		rules := Rules{Threshold: 2 + int(strength%3), Equality: strength&8 > 0}
		rules.DistributionBase = rules.Threshold + int(strength/16%5)
		list := rating(a)
		if strength&4 > 0 {
			list = nominal(a)
		}
		counts := make([][]int64, k)
		people := int64(0)
		for g := range counts {
			counts[g] = make([]int64, a)
			for i := range counts[g] {
				if at := g*a + i; at < len(raw) && people < 16 {
					counts[g][i] = min(int64(raw[at]%8), 16-people)
					people += counts[g][i]
				}
			}
		}
		table, _, err := protect(lattice(list, counts...), rules)
		if err != nil {
			t.Fatalf("rules %+v, counts %v: %v", rules, counts, err)
		}
		if leaks := found(table, counts, rules); leaks != nil {
			t.Fatalf("rules %+v, counts %v: %v", rules, counts, leaks)
		}
	})
}
