package analytics

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"yousaid/analytics/figures"
	"yousaid/surveys/permission"
	"yousaid/surveys/tenant"
)

// ErrNoRelease says that a number is no release of the organisation.
var ErrNoRelease = errors.New("there is no such release")

// Released is a table of the register as it left, whatever the figures of today are: its cells and words were kept at the release, so that a file made from it years later is
// the file that left.
type Released struct {
	Frame
	ID        int64
	Threshold int
	At        time.Time
	Status    string // released, corrected, withdrawn
	Corrects  int64
	Proven    Proven

	cells  []figures.Record // without the total
	total  figures.Record
	proof  json.RawMessage
	counts counted
}

// SameAnswers tells whether two releases count the same answers of the same period, under whatever names, as they were at one moment.
func (r Released) SameAnswers(other Released) bool {
	return r.counts.is(other.counts) && r.Snapshot == other.Snapshot
}

// Proven says in numbers how a release was proved.
type Proven struct {
	Lattices int            // whole tables that agree with everything printed
	Evidence map[string]int // what they show of hidden places: how often each
	Beside   []int64        // the earlier releases that it was audited with
	Limits   []string
}

// Equality tells whether the table is split by an equality characteristic.
func (r Released) Equality() bool {
	return slices.ContainsFunc(r.Dimensions, func(d Dimension) bool { return d.Equality })
}

// JSON is the file for programs: the cells as the register keeps them, the total last, codes and answers in their own order.
func (r Released) JSON() ([]byte, error) { return json.Marshal(append(slices.Clone(r.cells), r.total)) }

// Proof is what the register keeps to check the release by: orders of codes and answers, whole tables, evidence. It is never published: it would tell more than the table.
func (r Released) Proof() []byte { return r.proof }

// registeredWords are the words of a table when it left: later a service may be called otherwise, and the file must stay what it was.
type registeredWords struct {
	Organisation string              `json:"organisation"`
	Zone         string              `json:"zone"`
	Surveys      []registeredSurvey  `json:"surveys"`
	LeftOut      []string            `json:"left_out,omitempty"`
	Question     string              `json:"question"`
	HasMean      bool                `json:"has_mean,omitempty"`
	HasShare     bool                `json:"has_share,omitempty"`
	Answers      []registeredLabel   `json:"answers"`
	Dimensions   []registeredHeading `json:"dimensions"`
}

type registeredSurvey struct {
	ID    int64  `json:"id"`
	Slug  string `json:"slug"`
	Title string `json:"title"`
}

type registeredLabel struct {
	Code  string `json:"code"`
	Label string `json:"label"`
}

type registeredHeading struct {
	Label    string            `json:"label"`
	Equality bool              `json:"equality,omitempty"`
	Codes    []registeredLabel `json:"codes"`
	Groups   []registeredLabel `json:"groups,omitempty"`
}

func (p Protected) words() *registeredWords {
	w := &registeredWords{Organisation: p.Organisation, Zone: p.Zone.String(), LeftOut: p.LeftOut, Question: p.Measure.Text, HasMean: p.Measure.HasMean, HasShare: p.Measure.HasShare}
	for _, s := range p.Surveys {
		w.Surveys = append(w.Surveys, registeredSurvey(s))
	}
	for _, a := range p.Measure.Answers {
		w.Answers = append(w.Answers, registeredLabel{a.Code, a.Label})
	}
	for _, d := range p.Dimensions {
		h := registeredHeading{Label: d.Label, Equality: d.Equality}
		for _, c := range d.Codes {
			h.Codes = append(h.Codes, registeredLabel(c))
		}
		for _, g := range d.Groups {
			h.Groups = append(h.Groups, registeredLabel(g.Code))
		}
		w.Dimensions = append(w.Dimensions, h)
	}
	return w
}

// Released reads a table of the register. Equality officers, consultation and administrators may; those who may not see equality tables read no such release either.
func (a *Analytics) Released(ctx context.Context, by tenant.Actor, id int64) (Released, error) {
	tx, err := a.DB.Begin(ctx, by.Org)
	if err != nil {
		return Released{}, err
	}
	defer func() { _ = tx.Rollback() }()
	var row struct {
		Query     []byte    `db:"query"`
		From      string    `db:"period_from"`
		To        string    `db:"period_to"`
		Snapshot  int64     `db:"snapshot_no"`
		Threshold int       `db:"threshold"`
		Cells     []byte    `db:"cells"`
		Proof     []byte    `db:"proof"`
		Status    string    `db:"status"`
		Corrects  int64     `db:"corrects"`
		At        time.Time `db:"released_at"`
		Counts    []byte    `db:"counts"`
		Named     []byte    `db:"named"`
	}
	err = tx.GetContext(ctx, &row, `
		SELECT query, period_from::text AS period_from, period_to::text AS period_to, snapshot_no, threshold, cells, proof, status, COALESCE(corrects_id, 0) AS corrects, released_at,
		       COALESCE(proof->'counts', 'null') AS counts, COALESCE(proof->'words'->'surveys', 'null') AS named
		FROM   releases
		WHERE  organisation_id = $1 AND id = $2`, by.Org, id)
	if errors.Is(err, sql.ErrNoRows) {
		return Released{}, ErrNoRelease
	}
	if err != nil {
		return Released{}, fmt.Errorf("reading release %d: %w", id, err)
	}
	r := Released{ID: id, Threshold: row.Threshold, At: row.At, Status: row.Status, Corrects: row.Corrects, proof: row.Proof}
	r.Snapshot = row.Snapshot
	if err := r.fill(row.Query, row.Cells, row.Proof, row.From, row.To); err != nil {
		return Released{}, fmt.Errorf("reading release %d: %w", id, err)
	}
	same := &earlier{ID: id, RawQuery: row.Query, RawCounts: row.Counts, RawSurveys: row.Named, From: row.From, To: row.To, At: row.At}
	if err := resolve(ctx, tx, by.Org, []*earlier{same}); err != nil {
		return Released{}, err
	}
	r.counts = same.counts
	switch {
	case permission.Holds(by, permission.SeeEquality):
	case permission.Holds(by, permission.SeeRegister) && !r.Equality():
	default:
		return Released{}, ErrNotAllowed
	}
	return r, nil
}

// fill reads what the register keeps. A release from before the words were kept has its codes for words.
func (r *Released) fill(query, cells, proof []byte, from, to string) error {
	var asked struct {
		Surveys   []string `json:"surveys"`
		Measure   string   `json:"measure"`
		By        []string `json:"by"`
		Subtotals bool     `json:"subtotals"`
		Rounded   bool     `json:"rounded"`
	}
	var kept registered
	err1, err2 := json.Unmarshal(query, &asked), json.Unmarshal(proof, &kept)
	var err3, err4 error
	r.From, err3 = ParseDate(from)
	r.To, err4 = ParseDate(to)
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return err
	}
	r.Query = Query{Surveys: asked.Surveys, Measure: asked.Measure, By: asked.By, Subtotals: asked.Subtotals, Rounded: asked.Rounded, From: r.From, To: r.To, Audience: Public}
	r.Measure.Code, r.Zone = asked.Measure, time.UTC
	r.Proven = Proven{Lattices: kept.Proof.Lattices(), Evidence: map[string]int{}, Beside: kept.Beside, Limits: kept.Limits}
	for _, e := range kept.Proof.Evidence {
		r.Proven.Evidence[e.Shows]++
	}
	r.name(kept, asked.Surveys, asked.By)
	return r.read(cells)
}

// name puts the words of the release to its codes.
func (r *Released) name(kept registered, slugs, by []string) {
	w := kept.Words
	if w == nil {
		w = &registeredWords{}
		for _, s := range slugs {
			w.Surveys = append(w.Surveys, registeredSurvey{Slug: s, Title: s})
		}
	}
	r.Organisation, r.LeftOut, r.Measure.Text, r.Measure.HasMean, r.Measure.HasShare = w.Organisation, w.LeftOut, w.Question, w.HasMean, w.HasShare
	if zone, err := time.LoadLocation(w.Zone); err == nil {
		r.Zone = zone
	}
	for _, s := range w.Surveys {
		r.Surveys = append(r.Surveys, SurveyRef(s))
	}
	for _, a := range kept.Answers {
		code := AnswerCode{Code: a.Code, Label: a.Code, Score: a.Score, Satisfied: a.Satisfied}
		for _, l := range w.Answers {
			if l.Code == a.Code {
				code.Label = l.Label
			}
		}
		r.Measure.Answers = append(r.Measure.Answers, code)
	}
	for i, id := range by {
		d := Dimension{ID: id, Label: id, Equality: r.Threshold >= equalityThreshold}
		var codes []registeredLabel
		var groups []registeredLabel
		if i < len(w.Dimensions) {
			d.Label, d.Equality, codes, groups = w.Dimensions[i].Label, w.Dimensions[i].Equality, w.Dimensions[i].Codes, w.Dimensions[i].Groups
		}
		if i < len(kept.Dimensions) {
			for _, code := range kept.Dimensions[i].Codes {
				d.Codes = append(d.Codes, Code{code, labelled(codes, code)})
			}
			for _, g := range kept.Dimensions[i].Groups {
				d.Groups = append(d.Groups, CodeGroup{Code{g.Code, labelled(groups, g.Code)}, g.Of})
			}
		}
		r.Dimensions = append(r.Dimensions, d)
	}
}

func labelled(list []registeredLabel, code string) string {
	for _, l := range list {
		if l.Code == code {
			return l.Label
		}
	}
	return code
}

// read makes records of the frozen cells, the total last, as release wrote them.
func (r *Released) read(cells []byte) error {
	list, err := figures.Decode(cells, r.Query.By)
	if err != nil {
		return err
	}
	answers := make([]string, len(r.Measure.Answers))
	for i, a := range r.Measure.Answers {
		answers[i] = a.Code
	}
	grouped := slices.ContainsFunc(r.Dimensions, func(d Dimension) bool { return len(d.Groups) > 0 })
	for _, one := range list {
		one.Distribution, one.PartOf = one.Distribution.In(answers), nil
		if one.Everybody() {
			r.total = one // part of nothing
			continue
		}
		for i, d := range r.Dimensions {
			if grouped {
				one.PartOf = append(one.PartOf, d.part(one.Codes[i]))
			}
		}
		r.cells = append(r.cells, one)
	}
	return nil
}
