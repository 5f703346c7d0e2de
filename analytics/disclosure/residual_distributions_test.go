package disclosure

import (
	"slices"
	"strings"
	"testing"
)

// What base, mean and share of a group say by themselves is known when they are printed. So the group is hidden, where
// they usually leave a choice.
func TestFiguresThatDetermineEveryAnswer(t *testing.T) {
	t.Parallel()
	rules := Rules{Equality: true}
	told := []int64{14, 0, 8, 0} // 22 people: nobody chose 2 or 4, and a mean of 38/22 with a share of 8/22 leaves nothing else
	table, err := Protect(lattice(rating(4), told, []int64{20, 15, 15, 20}, []int64{18, 22, 17, 20}, []int64{18, 20, 20, 16}), rules)
	if err != nil {
		t.Fatal(err)
	}
	if c := table.Cells()[0]; c.State != Hidden ||
		table.Cells()[1].State == Hidden && table.Cells()[2].State == Hidden && table.Cells()[3].State == Hidden {
		t.Errorf("%+v", table.Cells())
	}
	// One person of another answer leaves it open.
	table, err = Protect(
		lattice(rating(4), []int64{13, 1, 8, 0}, []int64{20, 15, 15, 20}, []int64{18, 22, 17, 20}, []int64{18, 20, 20, 16}),
		rules,
	)
	if err != nil {
		t.Fatal(err)
	}
	if c := table.Cells()[0]; c.State != Shown || c.Figures.Distribution != nil {
		t.Errorf("%+v", table.Cells())
	}
	// Where a scale never leaves a choice, base, mean and share are what the rules print.
	table, err = Protect(lattice(rating(2), []int64{8, 14}, []int64{40, 30}, []int64{38, 40}, []int64{25, 30}), rules)
	if err != nil {
		t.Fatal(err)
	}
	if c := table.Cells()[0]; c.State != Shown {
		t.Errorf("%+v", table.Cells())
	}
}

// Nobody of a total gave an answer: then nobody of its groups did, and their base, mean and share would say the rest. So
// the total is not printed with its answers, or the groups are hidden.
func TestNobodyOfATotalGaveAnAnswer(t *testing.T) {
	t.Parallel()
	l := Lattice{
		Answers:    rating(4),
		Dimensions: []Dimension{{ID: "sex", Codes: []string{"f", "m"}}, {ID: "directorate", Codes: []string{"a", "b", "c"}}},
	}
	for _, c := range [][]int64{
		{12, 0, 8, 1}, {15, 0, 10, 3}, {11, 0, 6, 4}, // of 70 women nobody chose 2
		{12, 5, 8, 4}, {15, 4, 10, 5}, {11, 6, 6, 4},
	} {
		l.Counts = append(l.Counts, c...)
	}
	table, proof, err := Prove(l, Rules{Equality: true})
	if err != nil {
		t.Fatal(err)
	}
	zero, held := false, 0
	for _, c := range slices.Concat(table.Cells(), table.Margins()) {
		if c.Codes[0] != "f" || c.State != Shown {
			continue
		}
		if c.Figures.Distribution == nil {
			held++
		} else {
			zero = zero || c.Figures.Distribution[1] == 0
		}
	}
	if zero && held > 0 {
		t.Errorf("that no woman chose 2 is printed, and %d of their groups have base, mean and share", held)
	}
	for _, e := range proof.Evidence {
		if e.Codes[0] == "f" && e.Codes[1] != All && e.Shows == goalNames[toOtherAnswers] {
			return
		}
	}
	if held > 0 {
		t.Error("nothing shows that the answers of a group are open")
	}
}

// A proof that leaves out the residual of a line, or says something untrue of it, is noticed.
func TestAProofOfResidualsIsChecked(t *testing.T) {
	t.Parallel()
	l := Lattice{
		Answers:    rating(4),
		Dimensions: []Dimension{{ID: "sex", Codes: []string{"f", "m", "x", "y"}}, {ID: "directorate", Codes: []string{"a", "b", "c"}}},
	}
	for _, c := range [][]int64{
		{4, 1, 3, 2}, {3, 2, 1, 1}, {3, 1, 2, 2},
		{12, 5, 8, 9}, {15, 4, 10, 5}, {11, 6, 9, 4},
		{9, 8, 8, 9}, {10, 9, 10, 5}, {12, 6, 9, 5},
		{12, 9, 8, 9}, {11, 9, 11, 7}, {12, 6, 9, 5},
	} {
		l.Counts = append(l.Counts, c...)
	}
	made := func() (*grid, Proof) {
		g := newGrid(l, Rules{Equality: true, Threshold: 10, DistributionBase: 30})
		g.addAllAggregates()
		all := make([]int, len(g.aggregates))
		for i := range all {
			all[i] = i
		}
		g.addLines(all, &g.rules)
		_, proof, err := g.table()
		if err != nil {
			t.Fatal(err)
		}
		return g, proof
	}
	g, proof := made()
	lefts := 0
	for _, e := range proof.Evidence {
		if e.Shows == goalNames[toOtherResidual] {
			lefts++
		}
	}
	if err := g.check(proof); err != nil || lefts == 0 {
		t.Fatal(lefts, err)
	}
	proof.Evidence = slices.DeleteFunc(slices.Clone(proof.Evidence), func(e Evidence) bool { return e.Shows == goalNames[toOtherResidual] })
	if err := g.check(proof); err == nil || !strings.Contains(err.Error(), "left over") {
		t.Error(err)
	}
	g, proof = made()
	for i, e := range proof.Evidence {
		if e.Shows == goalNames[toOtherResidual] {
			proof.Evidence[i].Answer = "6"
		}
	}
	if err := g.check(proof); err == nil || !strings.Contains(err.Error(), "does not show other answers") {
		t.Error(err)
	}
}
