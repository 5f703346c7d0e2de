package disclosure

import (
	"slices"
	"testing"
)

func changedJoint(change Change, split []PriorCell, counts ...[]int64) Joint {
	return Joint{
		Lattice:    lattice(rating(4), counts...),
		JointCodes: func(codes []string) []string { return codes },
		Prior:      []PriorTable{{Number: 7, Rules: Rules{Equality: true}, Cells: split, Changed: change}},
	}
}

func printedOf(code string, answers ...int64) PriorCell {
	p := PriorCell{Codes: []string{code}, State: Shown, Distribution: true, Answers: answers, Finest: code != All}
	for _, n := range answers {
		p.N += n
	}
	return p
}

// Those who came or went are found such that everything printed before agrees, with bases, means and shares where the
// answers were held back; and that nobody can be found is known where more went than came.
func TestWhoCameSince(t *testing.T) {
	t.Parallel()
	mean, satisfied := 2.5, 0.5
	held := PriorCell{Codes: []string{"g1"}, State: Shown, N: 12, Mean: &mean, Satisfied: &satisfied, Finest: true}
	split := []PriorCell{
		printedOf("g0", 10, 10, 10, 10),
		held,
		{Codes: []string{"g2"}, State: Hidden, Finest: true, BelowThreshold: true},
		printedOf(All, 15, 14, 14, 15),
	}
	counts := [][]int64{{15, 15, 15, 15}, {8, 8, 8, 8}, {3, 3, 3, 3}}
	j := changedJoint(AnswersAdded, split, counts...)
	joint, found, _ := j.SplitChanged()
	if !found {
		t.Fatal("nobody is found")
	}
	g := newGrid(joint.Lattice, Rules{Equality: true, Threshold: 10, DistributionBase: 30})
	of := func(code, state string) *aggregate {
		nodes, err := g.nodes([]string{code, state})
		if err != nil {
			t.Fatal(err)
		}
		return &g.aggregates[g.add(nodes)]
	}
	if p := of("g0", countedAlways); !slices.Equal(p.counts, []int64{10, 10, 10, 10}) {
		t.Errorf("g0 had %v", p.counts)
	}
	if p := of(All, countedAlways); !slices.Equal(p.counts, []int64{15, 14, 14, 15}) {
		t.Errorf("all had %v", p.counts)
	}
	if p := of("g1", countedAlways); p.n != 12 || g.mean(p.counts, p.n) != mean || p.counts[2]+p.counts[3] != 6 {
		t.Errorf("g1 had %v", p.counts)
	}
	for i, c := range counts {
		if p := of([]string{"g0", "g1", "g2"}[i], All); !slices.Equal(p.counts, c) {
			t.Errorf("%d: there are %v", i, p.counts)
		}
	}
	if _, found, certain := changedJoint(
		AnswersAdded,
		[]PriorCell{printedOf("g0", 16, 10, 10, 10)},
		counts...).SplitChanged(); found ||
		!certain {
		t.Error("more went than came")
	}
	if _, found, _ := changedJoint(AnswersRemoved, []PriorCell{printedOf("g0", 16, 15, 15, 20)}, counts...).SplitChanged(); !found {
		t.Error("nobody is found who went")
	}
}

// A hidden number of before must be able to be nobody beside what is printed after answers came: the new table hides what
// says that somebody was there.
func TestProofsWithAnEarlierTable(t *testing.T) {
	t.Parallel()
	split := []PriorCell{
		{Codes: []string{"g0"}, State: Hidden, Finest: true, BelowThreshold: true},
		{Codes: []string{"g1"}, State: Hidden, Finest: true, BelowThreshold: true},
		{Codes: []string{"g2"}, State: Hidden, Finest: true},
		printedOf("g3", 10, 10, 10, 10),
		printedOf(All, 13, 14, 14, 13),
	} // 54, of whom 7, 4 and 3 are hidden
	counts := [][]int64{{3, 3, 3, 3}, {1, 2, 2, 2}, {1, 1, 2, 1}, {13, 14, 14, 14}} // 12, 7, 5 and 55
	joint, found, _ := changedJoint(AnswersAdded, split, counts...).SplitChanged()
	if !found {
		t.Fatal("nobody is found")
	}
	table, _, err := ProveLinked(joint.without(), joint, Rules{Equality: true})
	if err != nil {
		t.Fatal(err)
	}
	if table.Cells()[0].State != Hidden {
		t.Errorf("g0 is printed as %+v: no more than 10 came outside g3, so there were 2 at least", *table.Cells()[0].Figures)
	}
	if table.Cells()[3].State != Shown {
		t.Error("g3 is hidden")
	}
	alone, err := Protect(joint.without(), Rules{Equality: true})
	if err != nil || alone.Cells()[0].State != Shown {
		t.Errorf("by itself g0 is hidden, too: %v", err)
	}
}

// without is the lattice of the new table by one dimension.
func (j Joint) without() Lattice {
	l := lattice(j.Lattice.Answers)
	n := len(l.Answers)
	l.Dimensions = j.Lattice.Dimensions[:1]
	for i := range len(l.Dimensions[0].Codes) {
		for a := range n {
			l.Counts = append(l.Counts, j.Lattice.Counts[2*i*n+a]+j.Lattice.Counts[(2*i+1)*n+a])
		}
	}
	return l
}
