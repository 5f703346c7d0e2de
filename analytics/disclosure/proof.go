package disclosure

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// Proof shows that what is hidden cannot be worked out: complete tables of whole numbers that agree with everything
// printed, and which of them shows what of each aggregate that is sensitive (primary suppression). Checking it takes only
// addition. The true counts are not in it.
type Proof struct {
	// Base is a lattice in the order of Lattice.Counts; nil where nothing had to be proved.
	Base []int64 `json:"base,omitempty"`
	// Others are further lattices, each as what is to be added to Base: pairs of a position in Counts and a difference.
	Others   [][][2]int64 `json:"others,omitempty"`
	Evidence []Evidence   `json:"evidence,omitempty"`
	// People is the proof that the residual, when aggregates printed with their answers are subtracted from others, is the
	// answers of enough people: lattices of numbers of people, whatever they answered, which agree with the numbers of those
	// aggregates only. nil where no answers are held back.
	People *Proof `json:"people,omitempty"`
}

// Evidence says that in one of the lattices an aggregate has what it must be able to have.
type Evidence struct {
	Codes   []string `json:"codes"`            // of the aggregate, All for what is added up
	Shows   string   `json:"shows"`            // "nobody", "enough", "varied", "unlike", "other answers" or "another number"
	Answer  string   `json:"answer,omitempty"` // of "other answers": which is given by another number of people
	Lattice int      `json:"lattice"`          // 0 is Base, 1 the first of Others
	// Residual are the aggregates, taken together, of which it says that they have "left over" answers: those of the residual
	// of the aggregate.
	Residual  [][]string `json:"left,omitempty"`
	Singleton bool       `json:"apart,omitempty"`
}

var goalNames = map[goal]string{
	toZero:          "nobody",
	toThreshold:     "enough",
	toVaried:        "varied",
	toUnlike:        "unlike",
	toOtherAnswers:  "other answers",
	toOtherCount:    "another number",
	toOtherResidual: "left over",
}

// Lattices is their number.
func (p Proof) Lattices() int {
	if p.Base == nil {
		return 0
	}
	return 1 + len(p.Others)
}

// Lattice gives one of them whole, in the order of Lattice.Counts.
func (p Proof) Lattice(i int) []int64 {
	counts := slices.Clone(p.Base)
	if i > 0 {
		for _, d := range p.Others[i-1] {
			counts[d[0]] += d[1]
		}
	}
	return counts
}

// pack is a lattice that serves several certificates, whose changes have no aggregate in common.
type pack struct {
	change     change
	aggregates map[int]bool
	cells      map[int]bool
}

func (k *pack) fits(g *grid, c *certificate) bool {
	if k.aggregates[c.aggregate] {
		return false
	}
	for at := range c.change {
		if k.cells[at/g.answers] {
			return false
		}
	}
	for p := range c.affected {
		if k.aggregates[p] {
			return false
		}
	}
	return true
}

const maxPacksTried = 40

// prove makes the proof and checks it.
func (g *grid) prove(best *pattern) (Proof, error) {
	certificates := best.certificates
	proof := g.packed(certificates)
	if g.baseGrid != nil {
		g.syncBaseGrid()
		people := g.baseGrid.packed(best.baseCertificates)
		proof.People = &people
	}
	err := g.check(proof)
	if err == nil {
		err = g.checkSingletons(certificates)
	}
	if err != nil {
		return Proof{}, fmt.Errorf("%w: the proof does not hold (%w)", ErrUnproven, err)
	}
	return proof, nil
}

// packed puts the witnesses into few lattices.
func (g *grid) packed(certificates []*certificate) Proof {
	var packs []*pack
	var proof Proof
	var lines []*certificate
	for _, c := range certificates {
		if c.goal == toOtherResidual {
			lines = append(lines, c)
			continue
		}
		at := -1
		for i := max(0, len(packs)-maxPacksTried); i < len(packs); i++ {
			if packs[i].fits(g, c) {
				at = i
				break
			}
		}
		if at < 0 {
			at = len(packs)
			packs = append(packs, &pack{change{}, map[int]bool{}, map[int]bool{}})
		}
		for cell, d := range c.change {
			packs[at].change[cell] += d
			packs[at].cells[cell/g.answers] = true
		}
		packs[at].aggregates[c.aggregate] = true // also where the truth itself shows it
		for p := range c.affected {
			packs[at].aggregates[p] = true
		}
		e := Evidence{
			Codes:     g.names(&g.aggregates[c.aggregate]),
			Shows:     goalNames[c.goal],
			Lattice:   at,
			Singleton: c.excludedCells != nil || c.fixedAggregates != nil,
		}
		if c.goal == toOtherAnswers {
			e.Answer = g.lattice.Answers[c.answer].Code
		}
		proof.Evidence = append(proof.Evidence, e)
	}
	for _, c := range lines { // most are shown by what is there
		at := slices.IndexFunc(packs, func(k *pack) bool { return g.changedAnswer(c.parts, k.change) >= 0 })
		if at < 0 {
			at, packs = len(packs), append(packs, &pack{change: c.change})
		}
		proof.Evidence = append(
			proof.Evidence,
			Evidence{
				Codes:    g.names(&g.aggregates[g.lines[c.line].whole]),
				Shows:    goalNames[toOtherResidual],
				Lattice:  at,
				Residual: g.partNames(c.parts),
				Answer:   g.lattice.Answers[g.changedAnswer(c.parts, packs[at].change)].Code,
			},
		)
	}
	proof.Base, proof.Others = g.latticesOf(packs)
	return proof
}

// latticesOf are the whole tables of packs: the first as it is, the others by how they differ from it.
func (g *grid) latticesOf(packs []*pack) (base []int64, others [][][2]int64) {
	for i, k := range packs {
		if i == 0 {
			base = slices.Clone(g.trueCounts)
			for at, d := range k.change {
				base[at] += d
			}
			continue
		}
		differs := change{}
		for at, d := range k.change {
			differs[at] += d
		}
		for at, d := range packs[0].change {
			differs[at] -= d
		}
		var list [][2]int64
		for at, d := range differs {
			if d != 0 {
				list = append(list, [2]int64{int64(at), d})
			}
		}
		slices.SortFunc(list, func(a, b [2]int64) int { return int(a[0] - b[0]) })
		others = append(others, list)
	}
	return base, others
}

// check verifies a proof by addition: every lattice agrees with what is printed, and every piece of evidence is there. It uses nothing
// of the search but the states. One lattice is in memory at a time: there may be a thousand.
func (g *grid) check(proof Proof) error {
	if g.baseGrid != nil {
		if proof.People == nil {
			return errors.New("nothing shows how many people's answers are left over")
		}
		g.syncBaseGrid()
		if err := g.baseGrid.check(*proof.People); err != nil {
			return fmt.Errorf("what is left over: %w", err)
		}
	}
	evidence := make([][]Evidence, proof.Lattices())
	for _, e := range proof.Evidence {
		evidence[e.Lattice] = append(evidence[e.Lattice], e)
	}
	shown := map[int]map[string]bool{}
	var others [][]int // aggregates that taken together are shown to have other answers
	for i := range evidence {
		lattice := proof.Lattice(i)
		if err := g.agrees(lattice); err != nil {
			return fmt.Errorf("lattice %d %w", i, err)
		}
		for _, e := range evidence[i] {
			if e.Shows == goalNames[toOtherResidual] {
				parts := make([]int, len(e.Residual))
				for k, codes := range e.Residual {
					parts[k] = g.find(codes)
				}
				if !g.showsOtherResidual(parts, e.Answer, lattice) {
					return fmt.Errorf("lattice %d does not show other answers of what is left over of %v", i, e.Codes)
				}
				others = append(others, parts)
				continue
			}
			p := g.find(e.Codes)
			if !g.shows(&g.aggregates[p], e, lattice) {
				return fmt.Errorf("lattice %d does not show %q of %v", i, e.Shows, e.Codes)
			}
			if shown[p] == nil {
				shown[p] = map[string]bool{}
			}
			shown[p][e.Shows+e.Answer] = true
		}
	}
	for i := range g.aggregates {
		p := &g.aggregates[i]
		for _, goal := range g.goals(p) {
			if !shown[i][goalNames[goal]] {
				return fmt.Errorf("nothing shows %q of %v", goalNames[goal], g.names(p))
			}
		}
		for _, c := range g.distributionGoals(i) {
			if answer := g.lattice.Answers[c.answer].Code; !shown[i][goalNames[toOtherAnswers]+answer] {
				return fmt.Errorf("nothing shows that another number of %v could have answered %q", g.names(p), answer)
			}
		}
	}
	return g.checkResiduals(func(parts []int) bool {
		return slices.ContainsFunc(others, func(shown []int) bool { return slices.Equal(shown, parts) })
	})
}

// showsOtherResidual tells whether in a lattice another number of the people in some aggregates gave an answer.
func (g *grid) showsOtherResidual(parts []int, code string, lattice []int64) bool {
	a := slices.IndexFunc(g.lattice.Answers, func(a Answer) bool { return a.Code == code })
	if a < 0 {
		return false
	}
	sum := int64(0)
	for _, p := range parts {
		for _, cell := range g.aggregates[p].cells {
			sum += lattice[cell*g.answers+a] - g.trueCounts[cell*g.answers+a]
		}
	}
	return sum != 0
}

// agrees tells whether a lattice could be the true one, for all that is printed.
func (g *grid) agrees(lattice []int64) error {
	for at, n := range lattice {
		if n < 0 || n > 0 && g.blocked[at/g.answers] {
			return fmt.Errorf("has %d people in cell %d", n, at)
		}
	}
	for i := range g.aggregates {
		p := &g.aggregates[i]
		if p.state == suppressed {
			continue
		}
		counts, n := g.sum(p, lattice)
		if p.state == published && !slices.Equal(counts, p.counts) || n != p.n || p.state == withoutDistribution && !g.sameFigures(p, counts, n) {
			return fmt.Errorf("does not agree with what is printed of %v", g.names(p))
		}
	}
	return nil
}

// shows tells whether a lattice has what evidence says of an aggregate.
func (g *grid) shows(p *aggregate, e Evidence, lattice []int64) bool {
	counts, n := g.sum(p, lattice)
	switch e.Shows {
	case goalNames[toZero]:
		return n == 0
	case goalNames[toThreshold]:
		return n >= int64(p.rules.Threshold) || p.n == 0 && n > 0 && p.primary != belowThresholdBefore
	case goalNames[toVaried]:
		return g.unlike(p, counts, n, 1)
	case goalNames[toUnlike]:
		return g.unlike(p, counts, n, 2)
	case goalNames[toOtherCount]:
		return n != p.n
	case goalNames[toOtherAnswers]:
		answer := slices.IndexFunc(g.lattice.Answers, func(a Answer) bool { return a.Code == e.Answer })
		return answer >= 0 && counts[answer] != p.counts[answer]
	}
	return false
}

func (g *grid) sum(p *aggregate, lattice []int64) (counts []int64, n int64) {
	counts = make([]int64, g.answers)
	for _, cell := range p.cells {
		for a := range counts {
			counts[a] += lattice[cell*g.answers+a]
			n += lattice[cell*g.answers+a]
		}
	}
	return counts, n
}

func (g *grid) sameFigures(p *aggregate, counts []int64, n int64) bool {
	satisfied := int64(0)
	for a, answer := range g.lattice.Answers {
		if answer.Satisfied {
			satisfied += counts[a] - p.counts[a]
		}
	}
	return satisfied == 0 && (g.lattice.Answers[0].Score == nil || math.Abs(g.mean(counts, n)-g.mean(p.counts, p.n)) < 1e-9)
}

// find gives the number of the aggregate with the given codes; it must be there.
func (g *grid) find(codes []string) int {
	key := 0
	for i, code := range codes {
		key += slices.Index(g.trees[i].names, code) * g.stride[i]
	}
	return int(g.aggregateAt[key])
}
