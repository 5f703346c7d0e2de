// Package actions keeps what the council does about feedback, from a draft to "you said, we did" in public, and what became of it.
package actions

import (
	"errors"
	"time"

	"yousaid/analytics/insight"
	"yousaid/analytics/review"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// Store keeps actions. Every change is told to the Ledger and to the action's own history in its transaction.
type Store struct {
	DB     tenant.DB
	Ledger tenant.Ledger
	Now    func() time.Time
}

// What can be wrong.
var (
	ErrMissing       = errors.New("there is no such action")
	ErrStale         = errors.New("somebody else changed this action meanwhile")
	ErrNotNow        = errors.New("the action is not in a state in which this can be done")
	ErrSamePerson    = errors.New("a second person must approve: whoever wrote it last cannot")
	ErrMayNotPublish = errors.New("only people who may publish actions review, correct and withdraw them")
	ErrNotAllowed    = errors.New("your role does not cover this service")
)

// Kind is what the council says it does.
type Kind string

// The kinds.
const (
	Did    Kind = "did"    // we did
	Doing  Kind = "doing"  // we are doing
	Cannot Kind = "cannot" // we cannot, because
)

// State is how far an action is.
type State string

// The states. A published action is public from its day on.
const (
	Draft     State = "draft"
	Review    State = "review"
	Published State = "published"
	Withdrawn State = "withdrawn"
)

// Status is what becomes of the promise, on a day.
type Status string

// The statuses.
const (
	Done     Status = "done"
	UnderWay Status = "under way"
	Overdue  Status = "overdue"
	CannotDo Status = "cannot"
)

// Texts are the words of an action, each in the council's languages.
type Texts struct {
	YouSaid     question.Text `json:"you_said"`
	WeDid       question.Text `json:"we_did"`
	Deliverable question.Text `json:"deliverable,omitempty"` // what will be there to see
}

// Content is what an officer writes.
type Content struct {
	Service   int64 // 0: the whole council
	Theme     int64
	Kind      Kind
	Texts     Texts
	Owner     int64 // people.id
	Target    string
	Completed string
}

// Action is an action as staff work on it.
type Action struct {
	ID, Number int64
	Content
	Evidence
	State     State
	PublishOn string
	EditedBy  string
	Revision  int
	Comments  []insight.Key
	// a change of what the public reads that waits for a second person; see Proposal. Of one action only, not in lists
	Waiting  *review.Change
	Proposed *Quote // by that change, with its words
}

// Status tells what became of the promise by the day (2006-01-02). The target day itself is still in time.
func (c Content) Status(today string) Status {
	switch {
	case c.Kind == Cannot:
		return CannotDo
	case c.Completed != "" || c.Kind == Did && c.Target == "":
		return Done
	case c.Target != "" && c.Target < today:
		return Overdue
	}
	return UnderWay
}

// Event is a line of an action's history.
type Event struct {
	At   time.Time `db:"at"`
	Who  string    `db:"who"`
	What string    `db:"what"`
	Note string    `db:"note"`
}

// Named is something with a short name and names by language.
type Named struct {
	Slug  string
	Names question.Text
}

// Correction is what was put right in public, and when.
type Correction struct {
	On   string
	Note question.Text
}

// Item is an action as the public reads it.
type Item struct {
	Number                     int64
	Service, Directorate       Named
	Theme                      Named
	YouSaid, WeDid             question.Text
	Deliverable, WithdrawnNote question.Text
	Kind                       Kind
	// the quote is nil once its comment is gone; a figure of a withdrawn release has its State and its Release and nothing
	// else
	Evidence
	Status             Status
	Target, Completed  string // days; "" for none
	Published, Updated string
	Corrections        []Correction
	Withdrawn          bool
}
