package tables

import (
	"math"
	"slices"
	"testing"

	"yousaid/analytics/figures"
	"yousaid/analytics/stats"
	"yousaid/surveys/wording"
)

func share(n, satisfied int64) figures.Cell {
	p, low, high := stats.Wilson(satisfied, n, 0.95)
	return figures.Cell{N: n, Satisfied: &p, Low: &low, High: &high, Unreliable: n < 30}
}

// printed is an answer that shows these cells.
type printed struct {
	figures.Frame
	cells []figures.Cell
	total figures.Cell
}

func (p printed) Printed() ([]figures.Cell, figures.Cell) { return p.cells, p.total }

func at(r figures.Cell, codes ...string) figures.Cell {
	r.Codes = codes
	return r
}

// The gap view uses what is printed: hidden groups have no gap and count with those who gave another answer, who
// preferred not to say counts with nobody, and no gap is called where its interval has nought in it.
func TestGapsComeFromWhatIsPrinted(t *testing.T) {
	t.Parallel()
	r := printed{total: share(460+80+50, 355+40+40)}
	r.Measure.HasShare = true
	r.Dimensions = []figures.Dimension{{ID: "age",
		Codes: []figures.Code{{Code: "a", Label: wording.Plain("A")}, {Code: "b", Label: wording.Plain("B")},
			{Code: "c", Label: wording.Plain("C")}, {Code: "d", Label: wording.Plain("D")},
			{Code: "pns", Label: wording.Plain("Prefer not to say")}, {Code: "", Label: wording.Plain("No answer")}}}}
	r.cells = []figures.Cell{at(share(60, 45), "a"), at(share(200, 190), "b"), {Codes: []string{"c"}, Hidden: true},
		at(share(20, 5), "d"), at(share(80, 40), "pns"), at(share(50, 40), "")}
	gaps, without := Differences(r)
	if len(gaps) != 3 || len(without) != 1 || without[0].Label.String() != "C" || !without[0].Hidden {
		t.Fatalf("%+v\n%+v", gaps, without)
	}
	a := gaps[0] // the reference case z2_vs_rest of R
	if a.N != 60 || a.RestN != 400 || a.OfShown || math.Abs(a.Diff+0.025) > 1e-12 || a.Clear || a.Low > 0 || a.High < 0 || a.P < 0.667 {
		t.Errorf("%+v", a)
	}
	if b := gaps[1]; !b.Clear || !b.Higher || b.Unreliable || math.Abs(b.Rest-165.0/260) > 1e-12 {
		t.Errorf("%+v", b)
	}
	if d := gaps[2]; !d.Clear || d.Higher || !d.Unreliable {
		t.Errorf("%+v", d)
	}
	// Where it is hidden how many gave no answer, or the total is, the other groups that are shown are what is left: 200 and 20 beside the 60.
	for name, hide := range map[string]func(r *printed){
		"no answer is hidden": func(r *printed) { r.cells[5] = figures.Cell{Codes: []string{""}, Hidden: true} },
		"prefer not to say":   func(r *printed) { r.cells[4] = figures.Cell{Codes: []string{"pns"}, Hidden: true} },
		"the total is hidden": func(r *printed) { r.total = figures.Cell{Hidden: true} },
	} {
		r := r
		r.cells = slices.Clone(r.cells)
		hide(&r)
		gaps, _ := Differences(r)
		if len(gaps) != 3 || gaps[0].RestN != 220 || math.Abs(gaps[0].Rest-195.0/220) > 1e-12 || !gaps[0].OfShown {
			t.Errorf("%s: %+v", name, gaps)
		}
	}
}

func TestAGapIsOfTheFirstDimension(t *testing.T) {
	t.Parallel()
	r := printed{total: share(400, 200)}
	r.Measure.HasShare = true
	r.Dimensions = []figures.Dimension{{ID: "age"}, {ID: "channel"}}
	r.cells = []figures.Cell{at(share(50, 20), "a", "web"), at(share(100, 80), "a", figures.All),
		at(share(300, 120), figures.All, "web"), at(share(395, 200), "b", figures.All)}
	gaps, without := Differences(r)
	if len(gaps) != 1 || gaps[0].Code != "a" || gaps[0].RestN != 300 || len(without) != 1 || without[0].Hidden {
		t.Errorf("%+v\n%+v", gaps, without)
	}
	if gaps, _ := Differences(Figures{}); gaps != nil {
		t.Error("there are no gaps of figures that are not protected")
	}
}
