// Package tabulate counts responses by what they say. Whoever asks names fields and gets numbers; from what they are
// counted is an engine's own.
package tabulate

import (
	"context"
	"maps"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/surveys/tenant"
)

// Engine counts responses.
type Engine interface {
	// Count counts what a transaction sees: one of the site, or where the query is to be protected one of the login for tabulating.
	Count(ctx context.Context, tx *sqlx.Tx, q Query) ([]Count, error)
}

// Query asks for the number of responses of some surveys for each combination of the values of some fields.
type Query struct {
	Org        tenant.Org
	Surveys    []int64
	From, To   time.Time // the first moment that counts, and the first one after; zero where it is open
	Zone       *time.Location
	Dimensions []Field
	Measure    Field    // whose answers are counted
	Filters    []Filter // all of them hold
	Protected  bool     // the counts go to disclosure control: whole months, equality answers beside no response, by the login for tabulating
	People     bool     // with fingerprints of who is counted; only where it is protected
}

// Of says what a field is.
type Of uint8

// What a response has a value of.
const (
	Everybody      Of = iota // "1" for every response
	Channel                  // a code
	Mode                     // a code
	Service                  // the database's id
	AccessPoint              // the database's id
	Language                 // a tag
	Survey                   // the database's id
	Month                    // 2026-03
	Week                     // 2026-W09
	Day                      // 2026-03-31
	Answer                   // to a question: a code, a number, or a list of codes as JSON
	EqualityAnswer           // to an equality question; only where the query is protected
)

// Field is a value that each response has, as a text; "" where it has none.
type Field struct {
	Of       Of
	Question string           // the code of the question
	Each     map[int64]string // instead of Question: by survey, the code of the question
}

// AnswerTo is the answer to a question.
func AnswerTo(code string) Field { return Field{Of: Answer, Question: code} }

// AnswerInEach is the answer to another question in each survey.
func AnswerInEach(questions map[int64]string) Field { return Field{Of: Answer, Each: questions} }

// Is tells whether two fields are the same.
func (f Field) Is(other Field) bool {
	return f.Of == other.Of && f.Question == other.Question && maps.Equal(f.Each, other.Each)
}

// Filter keeps the responses that have one of some values.
type Filter struct {
	Field  Field
	Values []string
}

// Count is a combination of values with the responses that have it.
type Count struct {
	Values   []string // of the dimensions
	Answer   string   // of the measure
	Excluded bool     // left out as unusual: these responses count only where somebody asks what they would change
	N        int64
	People   uint64 // a fingerprint of who they are; 0 where it was not asked for
}
