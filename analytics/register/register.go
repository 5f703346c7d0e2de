// Package register is the only reader and writer of the register: the tables that left, frozen as they left.
package register

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"yousaid/analytics/disclosure"
	"yousaid/analytics/figures"
	"yousaid/surveys/bank"
)

// ErrMissing is a number that is no release of the organisation.
var ErrMissing = errors.New("there is no such release")

// The states of a release. Whatever it is, what was once public stays known.
const (
	Released  = "released"
	Corrected = "corrected" // another release took its place
	Withdrawn = "withdrawn"
)

// Query is what was asked.
type Query struct {
	Surveys   []string `json:"surveys"` // by the names they had
	Measure   string   `json:"measure"`
	By        []string `json:"by"`
	Subtotals bool     `json:"subtotals"`
	Rounded   bool     `json:"rounded"` // its counts are rounded instead of hidden
}

// Equality tells whether a dimension is an equality characteristic.
func (q Query) Equality() bool { return slices.ContainsFunc(q.By, IsCharacteristic) }

// IsCharacteristic tells whether a dimension is an equality characteristic or its groups.
func IsCharacteristic(dimension string) bool {
	if _, ok := bank.Find(dimension); ok {
		return true
	}
	_, ok := bank.Find(strings.TrimSuffix(dimension, "_group"))
	return ok
}

// characteristics are the names of all dimensions that the register keeps from those who see no equality tables.
func characteristics() (list []string) {
	for _, id := range bank.IDs() {
		list = append(list, id, id+"_group")
	}
	return list
}

// Release is a table as it left.
type Release struct {
	ID        int64
	Query     Query
	From, To  string // the first and the last day, as 2026-03-31
	Snapshot  int64  // the last change of a response of its surveys and period
	Threshold int
	Status    string
	Corrects  int64 // the release whose place it took; 0 for none
	At        time.Time
	Counts    map[int64]string // by the survey's id, the code of the question that is counted
	Record    Record           // empty where Find read it
	Small     [][]string       // the codes of hidden places that had fewer people than the threshold; none where Find read it

	cells []byte
}

// Cells are read when they are needed: a register has many releases, and most are asked about by their period alone.
func (r Release) Cells() ([]figures.Cell, error) {
	cells, err := figures.Decode(r.cells, r.Query.By)
	if err != nil {
		return nil, fmt.Errorf("reading release %d: %w", r.ID, err)
	}
	return cells, nil
}

// Record is what the register keeps beside the cells of a release: the order of codes and answers in which the proof
// counts, with what it was audited, and its words.
type Record struct {
	Dimensions  []Dimension `json:"dimensions"`
	Answers     []Answer    `json:"answers"`
	AuditedWith []int64     `json:"beside,omitempty"`
	Limits      []string    `json:"limits,omitempty"`
	Words       *Words      `json:"words,omitempty"`
}

// Dimension has its codes in order.
type Dimension struct {
	ID    string   `json:"id"`
	Codes []string `json:"codes"`
	// by code, the database's id of a service or directorate: its code may come to be another one
	Rows   map[string]string `json:"rows,omitempty"`
	Groups []Group           `json:"groups,omitempty"`
}

// Group is a subtotal and the codes that it sums.
type Group struct {
	Code string   `json:"code"`
	Of   []string `json:"of"`
}

// Answer is an answer to the measure.
type Answer struct {
	Code      string   `json:"code"`
	Score     *float64 `json:"score,omitempty"`
	Satisfied bool     `json:"satisfied,omitempty"`
}

// Words are those of a table when it left: later a service may be called otherwise, and the file must stay what it was.
type Words struct {
	Organisation string    `json:"organisation"`
	Zone         string    `json:"zone"`
	Surveys      []Survey  `json:"surveys"`
	LeftOut      []string  `json:"left_out,omitempty"`
	Question     string    `json:"question"`
	Kind         string    `json:"kind,omitempty"` // of the question; "" of releases from before it was kept
	HasMean      bool      `json:"has_mean,omitempty"`
	HasShare     bool      `json:"has_share,omitempty"`
	Answers      []Label   `json:"answers"`
	Dimensions   []Heading `json:"dimensions"`
}

// Survey is a survey as it was called.
type Survey struct {
	ID    int64  `json:"id"`
	Slug  string `json:"slug"`
	Title string `json:"title"`
}

// Label is a code in words.
type Label struct {
	Code  string `json:"code"`
	Label string `json:"label"`
}

// Heading is a dimension in words.
type Heading struct {
	Label    string  `json:"label"`
	Equality bool    `json:"equality,omitempty"`
	Codes    []Label `json:"codes"`
	Groups   []Label `json:"groups,omitempty"`
}

// proved is the column proof: what is kept, and the proof itself.
type proved struct {
	Record
	Proof disclosure.Proof `json:"proof"`
}

// row is a release as the database has it.
type row struct {
	ID        int64     `db:"id"`
	Query     []byte    `db:"query"`
	Cells     []byte    `db:"cells"`
	From      string    `db:"period_from"`
	To        string    `db:"period_to"`
	Snapshot  int64     `db:"snapshot_no"`
	Threshold int       `db:"threshold"`
	Status    string    `db:"status"`
	Corrects  int64     `db:"corrects"`
	At        time.Time `db:"released_at"`
	Record    []byte    `db:"kept"`
	Small     []byte    `db:"small"`
	Counts    []byte    `db:"counts"`
}

func (r row) release() (Release, error) {
	out := Release{ID: r.ID, From: r.From, To: r.To, Snapshot: r.Snapshot, Threshold: r.Threshold, Status: r.Status,
		Corrects: r.Corrects, At: r.At, cells: r.Cells}
	if err := errors.Join(json.Unmarshal(r.Query, &out.Query), json.Unmarshal(r.Record, &out.Record),
		json.Unmarshal(r.Small, &out.Small)); err != nil {
		return out, fmt.Errorf("reading release %d: %w", r.ID, err)
	}
	if r.Counts == nil {
		return out, nil
	}
	if err := json.Unmarshal(r.Counts, &out.Counts); err != nil {
		return out, fmt.Errorf("reading what release %d counts: %w", r.ID, err)
	}
	return out, nil
}
