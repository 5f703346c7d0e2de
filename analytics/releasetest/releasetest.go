// Package releasetest puts protected tables into the register for tests that need a release and are not about how one comes about.
package releasetest

import (
	"testing"

	"github.com/jmoiron/sqlx"

	"yousaid/analytics/disclosure"
	"yousaid/analytics/figures"
	"yousaid/analytics/register"
	"yousaid/analytics/tables"
	"yousaid/surveys/wording"
)

// Table is what a release counts and of when: people by a dimension and by their answer to the question "rating".
type Table struct {
	Survey   int64
	By       disclosure.Dimension
	Answers  []disclosure.Answer
	Counts   []int64 // by code and answer, the answer running fastest
	From, To string
	Snapshot int64
	Equality bool
}

// Rating is a scale of three: good is satisfied.
func Rating() []disclosure.Answer {
	score := func(v float64) *float64 { return &v }
	return []disclosure.Answer{
		{Code: "good", Score: score(3), HasSatisfied: true, Satisfied: true},
		{Code: "fair", Score: score(2), HasSatisfied: true},
		{Code: "poor", Score: score(1), HasSatisfied: true},
	}
}

// Add protects the table and writes it to the register of organisation 1 with its proof. It gives the number of the release.
func Add(t *testing.T, owner *sqlx.DB, table Table) int64 {
	t.Helper()
	rules := disclosure.Rules{Equality: table.Equality, Key: "key"}
	lattice := disclosure.Lattice{Dimensions: []disclosure.Dimension{table.By}, Answers: table.Answers, Counts: table.Counts}
	protected, proof, err := disclosure.Prove(lattice, rules)
	if err != nil {
		t.Fatal(err)
	}
	dimension := figures.Dimension{ID: table.By.ID, Equality: table.Equality}
	kept := register.Record{Dimensions: []register.Dimension{{ID: table.By.ID, Codes: table.By.Codes}}, Words: &register.Words{
		Organisation: "Testham", Zone: "Europe/London", Surveys: []register.Survey{{ID: table.Survey, Slug: "ask", Title: "Ask"}},
		Question: "How was it?", HasMean: true, HasShare: true, Dimensions: []register.Heading{{Label: "Group", Equality: table.Equality}}}}
	for _, code := range table.By.Codes {
		dimension.Codes = append(dimension.Codes, figures.Code{Code: code, Label: wording.Plain("Group " + code)})
		kept.Words.Dimensions[0].Codes = append(kept.Words.Dimensions[0].Codes, register.Label{Code: code, Label: "Group " + code})
	}
	for _, a := range table.Answers {
		kept.Answers = append(kept.Answers, register.Answer{Code: a.Code, Score: a.Score, Satisfied: a.Satisfied})
		kept.Words.Answers = append(kept.Words.Answers, register.Label{Code: a.Code, Label: a.Code})
	}
	left := tables.Protected{Frame: figures.Frame{Dimensions: []figures.Dimension{dimension}}, Table: protected}
	tx, err := owner.BeginTxx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	id, _, err := register.Add(t.Context(), tx, 1, register.New{
		Query: register.Query{Surveys: []string{"ask"}, Measure: "rating", By: []string{table.By.ID}},
		From:  table.From, To: table.To, Snapshot: table.Snapshot, Threshold: protected.Rules().Threshold,
		Cells: left.CellsWithTotal(), Record: kept, Counts: map[int64]string{table.Survey: "rating"}, Proof: proof,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	return id
}
