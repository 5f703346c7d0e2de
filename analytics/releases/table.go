package releases

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"yousaid/analytics/disclosure"
	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/analytics/register"
	"yousaid/surveys/permission"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
	"yousaid/surveys/wording"
)

// Table is a table of the register as it left, whatever the figures of today are: its cells and words were kept at
// the release, so that a file made from it years later is the file that left.
type Table struct {
	figures.Frame
	ID        int64
	Threshold int
	At        time.Time
	Status    string // released, corrected, withdrawn
	Corrects  int64
	Proven    Proven

	cells  []figures.Cell // without the total
	total  figures.Cell
	proof  json.RawMessage
	counts register.Coverage
}

// SameAnswers tells whether two releases count the same answers of the same period, under whatever names, as they were at one moment.
func (r Table) SameAnswers(other Table) bool {
	return r.counts.Is(other.counts) && r.Snapshot == other.Snapshot
}

// Proven says in numbers how a release was proved.
type Proven struct {
	Lattices    int            // whole tables that agree with everything printed
	Evidence    map[string]int // what they show of hidden aggregates: how often each
	AuditedWith []int64        // the earlier releases that it was audited with
	Limits      []string
}

// Number is that of the register.
func (r Table) Number() int64 { return r.ID }

// Equality tells whether the table is split by an equality characteristic.
func (r Table) Equality() bool {
	return slices.ContainsFunc(r.Dimensions, func(d figures.Dimension) bool { return d.Equality })
}

// Printed are the cells as they left, the total by itself.
func (r Table) Printed() (cells []figures.Cell, total figures.Cell) {
	return slices.Clone(r.cells), r.total
}

// JSON is the file for programs: the cells as the register keeps them, the total last, codes and answers in their own order.
func (r Table) JSON() ([]byte, error) { return json.Marshal(append(slices.Clone(r.cells), r.total)) }

// Proof is what the register keeps to check the release by: orders of codes and answers, whole tables, evidence. It is
// never published: it would tell more than the table.
func (r Table) Proof() []byte { return r.proof }

// Table reads a table of the register. Equality officers, consultation and administrators may; those who may not see
// equality tables read no such release either.
func (r Register) Table(ctx context.Context, by tenant.Actor, id int64) (Table, error) {
	tx, err := r.DB.Begin(ctx, by.Org)
	if err != nil {
		return Table{}, err
	}
	defer func() { _ = tx.Rollback() }()
	row, err := register.Find(ctx, tx, by.Org, id)
	if err != nil {
		return Table{}, err
	}
	t := Table{ID: id, Threshold: row.Threshold, At: row.At, Status: row.Status, Corrects: row.Corrects}
	t.Snapshot = row.Snapshot
	kept, proof, raw, err := register.Proof(ctx, tx, by.Org, id)
	if err != nil {
		return Table{}, err
	}
	row.Record, t.proof = kept, raw
	if err := t.fill(row, proof); err != nil {
		return Table{}, fmt.Errorf("reading release %d: %w", id, err)
	}
	t.counts = register.Coverage{Questions: row.Counts, From: row.From, To: row.To}
	switch {
	case permission.Holds(by, permission.SeeEquality):
	case permission.Holds(by, permission.SeeRegister) && !t.Equality():
	default:
		return Table{}, refusal.ErrNotAllowed
	}
	return t, nil
}

// fill reads what the register keeps. A release from before the words were kept has its codes for words.
func (r *Table) fill(row register.Release, proof disclosure.Proof) error {
	var err1, err2 error
	r.From, err1 = figures.ParseDate(row.From)
	r.To, err2 = figures.ParseDate(row.To)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	q := row.Query
	r.Query = figures.Query{Surveys: q.Surveys, Measure: q.Measure, By: q.By, Subtotals: q.Subtotals, Rounded: q.Rounded,
		From: r.From, To: r.To, Audience: figures.Public}
	r.Measure.Code, r.Zone = q.Measure, time.UTC
	r.Proven = Proven{Lattices: proof.Lattices(), Evidence: map[string]int{}, AuditedWith: row.Record.AuditedWith, Limits: row.Record.Limits}
	for _, e := range proof.Evidence {
		r.Proven.Evidence[e.Shows]++
	}
	r.name(row.Record, q.Surveys, q.By)
	return r.read(row)
}

// name puts the words of the release to its codes.
func (r *Table) name(record register.Record, slugs, by []string) {
	w := record.Words
	if w == nil {
		w = &register.Words{}
		for _, s := range slugs {
			w.Surveys = append(w.Surveys, register.Survey{Slug: s, Title: s})
		}
	}
	r.Organisation, r.LeftOut, r.Measure.HasMean, r.Measure.HasShare = w.Organisation, w.LeftOut, w.HasMean, w.HasShare
	r.Measure.Text = kept(w.Question)
	r.Measure.Kind = question.Kind(w.Kind)
	if zone, err := time.LoadLocation(w.Zone); err == nil {
		r.Zone = zone
	}
	for _, s := range w.Surveys {
		r.Surveys = append(r.Surveys, figures.SurveyRef{ID: s.ID, Slug: s.Slug, Title: kept(s.Title)})
	}
	for _, a := range record.Answers {
		code := figures.AnswerCode{Code: a.Code, Label: wording.Plain(a.Code), Score: a.Score, Satisfied: a.Satisfied}
		for _, l := range w.Answers {
			if l.Code == a.Code {
				code.Label = kept(l.Label)
			}
		}
		r.Measure.Answers = append(r.Measure.Answers, code)
	}
	for i, id := range by {
		d := figures.Dimension{ID: id, Label: wording.Plain(id), Equality: disclosure.RulesOf(r.Threshold).Equality}
		var codes []register.Label
		var groups []register.Label
		if i < len(w.Dimensions) {
			d.Label, d.Equality = ownWord(figures.DimensionLabel(id), w.Dimensions[i].Label), w.Dimensions[i].Equality
			codes, groups = w.Dimensions[i].Codes, w.Dimensions[i].Groups
		}
		if i < len(record.Dimensions) {
			for _, code := range record.Dimensions[i].Codes {
				d.Codes = append(d.Codes, figures.Code{Code: code, Label: labelled(id, codes, code)})
			}
			for _, g := range record.Dimensions[i].Groups {
				d.Groups = append(d.Groups, figures.CodeGroup{Code: figures.Code{Code: g.Code, Label: labelled(id, groups, g.Code)}, Of: g.Of})
			}
		}
		r.Dimensions = append(r.Dimensions, d)
	}
}

// labelled is the label with which a code left.
func labelled(dimension string, list []register.Label, code string) wording.Message {
	for _, l := range list {
		if l.Code == code {
			return ownWord(figures.CodeLabel(dimension, code), l.Label)
		}
	}
	return wording.Plain(code)
}

// ownWord is a word that left in English: the program's own where it says the same, which has other languages.
func ownWord(own wording.Message, left string) wording.Message {
	for _, one := range []wording.Message{own, figures.NotAnswered} {
		if one.String() == left {
			return one
		}
	}
	for _, mode := range figures.Modes {
		if mode.Label.String() == left {
			return mode.Label
		}
	}
	return kept(left)
}

// kept is a word that the register has in English only.
func kept(english string) wording.Message {
	return wording.Named(wording.Only{Language: "en", Text: english})
}

// read makes records of the frozen cells, the total last, as release wrote them.
func (r *Table) read(row register.Release) error {
	list, err := row.Cells()
	if err != nil {
		return err
	}
	answers := make([]string, len(r.Measure.Answers))
	for i, a := range r.Measure.Answers {
		answers[i] = a.Code
	}
	grouped := slices.ContainsFunc(r.Dimensions, func(d figures.Dimension) bool { return len(d.Groups) > 0 })
	for _, one := range list {
		one.Distribution, one.PartOf = one.Distribution.In(answers), nil
		if one.Everybody() {
			r.total = one // part of nothing
			continue
		}
		for i, d := range r.Dimensions {
			if grouped {
				one.PartOf = append(one.PartOf, d.Part(one.Codes[i]))
			}
		}
		r.cells = append(r.cells, one)
	}
	return nil
}
