package attack

import (
	"fmt"
	"testing"
)

// file is a publication without a split: how many answered, and their mean with one decimal.
func (c sdcPublication) file(t *testing.T) Publication {
	t.Helper()
	p := Publication{Measure: "rating", Surveys: []string{"s"}, From: "2026-01", To: "2026-01",
		Table: Table{Name: fmt.Sprint(c.N), Answers: scale(5, 4, 3, 2, 1), Rows: []Row{shown(nil, c.N)}}}
	if c.Mean != 0 {
		mean := roundedTo(c.Mean, 20)
		p.Table.Rows[0].Mean = &mean
	}
	return p
}

// ratings is a questionnaire with one rating of five answers.
func ratings() Questionnaire {
	q := Question{Code: "rating", Scale: "five", Surveys: []string{"s", "other"}}
	for score := 5.0; score >= 1; score-- {
		satisfied := score >= 4
		q.Answers = append(q.Answers, Answer{Code: fmt.Sprintf("a%d", int(5-score)), Score: &score, Satisfied: &satisfied})
	}
	return Questionnaire{Questions: []Question{q}}
}

// The reference cases of two files, with their own numbers, by the attack on all files together.
func TestReferenceCasesOfTwoFiles(t *testing.T) {
	t.Parallel()
	cases := sdcCases(t)
	// 14 people with a mean of 3.5, then 15 with 3.6: one person is told apart (who gave exactly 5)
	t.Run("time_differencing_mean", func(t *testing.T) {
		c := cases["time_differencing_mean"]
		before, after := c.One.file(t), c.Two.file(t)
		after.Epoch = 1
		o := patient
		o.Changes = []Change{Came}
		r := People(ratings(), []Publication{before, after}, o)
		r.finds(t, DifferenceDisclosed, "(came 1): difference disclosed, 1:")
	})
	t.Run("filter_differencing", func(t *testing.T) { // 120 people, and 118 of all but one selection: the selection has 2
		all, but := sdcPublication{N: 120}.file(t), sdcPublication{N: 118}.file(t)
		all.Surveys = []string{"s", "other"}
		r := People(ratings(), []Publication{all, but}, patient)
		r.finds(t, DifferenceDisclosed, "(other): difference disclosed, 2:")
		for _, n := range []int64{120, 115} { // nobody, and as many as the threshold
			but := sdcPublication{N: n}.file(t)
			if r := People(ratings(), []Publication{all, but}, patient); r.Count(DifferenceDisclosed) > 0 {
				t.Errorf("120 and %d: %v", n, r.Findings)
			}
		}
	})
}
