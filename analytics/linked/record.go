package linked

import (
	"context"
	"errors"
	"slices"

	"github.com/jmoiron/sqlx"

	"yousaid/analytics/crosstab"
	"yousaid/analytics/disclosure"
	"yousaid/analytics/register"
	"yousaid/analytics/tables"
	"yousaid/surveys/tenant"
)

// Proved is a protected table with what the register keeps of it when it leaves.
type Proved struct {
	tables.Protected
	Counts register.Coverage

	org         tenant.Org
	proof       disclosure.Proof
	rows        map[string]map[string]string // by dimension and code: the database's id of a service or directorate
	priorIDs    []int64                      // the earlier releases that were there
	rereleaseOf int64                        // the release of this very table; 0 for none
}

// ErrOvertaken says that a table about the same answers left while this one was proved.
var ErrOvertaken = errors.New("another release was first")

// Register adds the table to the register, with the query that asked for it and the last change that it counts. It gives
// the number, and whether it is a new one: a table that left before, as it is, is not added again. Nobody else may
// release tables of the organisation until the transaction ends.
func (p Proved) Register(ctx context.Context, tx *sqlx.Tx, query any, snapshot int64) (id int64, added bool, err error) {
	now, err := readPriorReleases(ctx, tx, &crosstab.Table{Org: p.org, Frame: p.Frame, Counts: p.Counts})
	if err != nil {
		return 0, false, err
	}
	if !slices.Equal(now.ids(), p.priorIDs) {
		return 0, false, ErrOvertaken
	}
	return register.Add(ctx, tx, p.org, register.New{Query: query, From: p.From.String(), To: p.To.String(), Snapshot: snapshot,
		Threshold: p.Table.Rules().Threshold, Cells: p.CellsWithTotal(), Record: p.record(), Counts: p.Counts.Questions,
		Proof: p.proof, RereleaseOf: p.rereleaseOf})
}

// record is what the register keeps of the table beside its cells and its proof.
func (p Proved) record() register.Record {
	return register.Record{Dimensions: p.dimensionsRecord(), Answers: p.answers(), AuditedWith: p.AuditedWith, Limits: p.Limits,
		Words: p.words()}
}

func (p Proved) dimensionsRecord() (list []register.Dimension) {
	for _, d := range p.Table.Dimensions() {
		r := register.Dimension{ID: d.ID, Codes: d.Codes, Rows: p.rows[d.ID]}
		for _, g := range d.Groups {
			r.Groups = append(r.Groups, register.Group{Code: g.Code, Of: g.Of})
		}
		list = append(list, r)
	}
	return list
}

func (p Proved) answers() (list []register.Answer) {
	for _, a := range p.Table.Answers() {
		list = append(list, register.Answer{Code: a.Code, Score: a.Score, Satisfied: a.Satisfied})
	}
	return list
}

func (p Proved) words() *register.Words {
	w := &register.Words{Organisation: p.Organisation, Zone: p.Zone.String(), LeftOut: p.LeftOut, Question: p.Measure.Text.String(),
		Kind: string(p.Measure.Kind), HasMean: p.Measure.HasMean, HasShare: p.Measure.HasShare}
	for _, s := range p.Surveys {
		w.Surveys = append(w.Surveys, register.Survey{ID: s.ID, Slug: s.Slug, Title: s.Title.String()})
	}
	for _, a := range p.Measure.Answers {
		w.Answers = append(w.Answers, register.Label{Code: a.Code, Label: a.Label.String()})
	}
	for _, d := range p.Dimensions {
		h := register.Heading{Label: d.Label.String(), Equality: d.Equality}
		for _, c := range d.Codes {
			h.Codes = append(h.Codes, register.Label{Code: c.Code, Label: c.Label.String()})
		}
		for _, g := range d.Groups {
			h.Groups = append(h.Groups, register.Label{Code: g.Code.Code, Label: g.Label.String()})
		}
		w.Dimensions = append(w.Dimensions, h)
	}
	return w
}
