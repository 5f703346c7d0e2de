// Package responses takes what people answered: it signs the form, checks each page that is sent, and stores it durably before
// anyone is told so.
package responses

import (
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"yousaid/surveys/responses/quality"
	"yousaid/surveys/tenant"
)

// What can become of a page that was sent. Test with errors.Is.
var (
	ErrToken  = errors.New("the form's token is not one of ours") // 404
	ErrNoPage = errors.New("the questionnaire has no such page")  // 404
	// 410: link or survey closed, or the link has expired
	ErrClosed = errors.New("this questionnaire is closed")
	ErrSpent  = errors.New("this form has been sent already and can no longer be changed") // 409: finished or withdrawn
	// 409: a later page came without its rating
	ErrNotStarted = errors.New("the first page of this form was never stored")
	ErrJobTaken   = errors.New("feedback about this job has been sent already")                            // 409: one response for each job
	ErrBusy       = errors.New("too many answers are waiting to be stored: try again in a moment")         // 503: the bounded queue is full
	ErrAway       = errors.New("the database has been away for too long: the answers could not be stored") // 503: keep them on the page
	ErrRefused    = errors.New("the database refused these answers: they cannot be stored as they are")    // 422: this submission alone
	ErrStopped    = errors.New("the program is stopping and takes no more answers: try again in a moment") // 503
)

// Form is what one view of a form carries, signed, from page to page.
type Form struct {
	Response     uuid.UUID // random, made when the form was shown; nothing is stored until it is sent
	Organisation tenant.Org
	Link         int64 // links.id
	Version      int64 // versions.id: the questionnaire that was shown
	Job          Job   // the piece of work that it is about; zero for none
	Shown        int64 // when the form was shown, in milliseconds since 1970; 0 where that is not known
}

// Job is the key of one piece of work: a keyed hash of its reference. The reference itself, which leads to a person, is stored nowhere.
type Job [16]byte

// None tells that the form is not about one job.
func (j Job) None() bool { return j == Job{} }

// String is the key as the table holds it; "" for none.
func (j Job) String() string {
	if j.None() {
		return ""
	}
	return hex.EncodeToString(j[:])
}

// Comment is a person's own words to one question. An empty text takes an earlier one away.
type Comment struct {
	Question string
	Text     string
}

// Submission is one page that was sent and checked, ready to be stored.
type Submission struct {
	Form
	Language string // BCP 47 tag the page was shown in
	First    bool   // page 1: starts the response. A later page only adds to one that was started
	Last     bool   // finishes it: after this the form is spent

	Codes    []string       // codes of all coded and numeric questions of the page: what is stored for them is replaced
	Answers  string         // JSON object of the answers among them: {"rating":"4","topics":["a","b"]}; "" or "{}" for none
	Comments []Comment      // one for each free-text question of the page
	Origin   quality.Origin // where it came from, as far as that is looked at; never stored
	Equality string         // JSON object by equality question id; "" or "{}" for none. It is stored apart and never read back
}

// Empty reports whether a first page holds no answer and no comment. It is no response then.
func (s *Submission) Empty() bool {
	return s.First && (s.Answers == "" || s.Answers == "{}") && len(s.Codes)+len(s.Comments) > 0 &&
		!slices.ContainsFunc(s.Comments, func(c Comment) bool { return c.Text != "" })
}

// size estimates the bytes a waiting submission holds.
func (s *Submission) size() int64 {
	n := 512 + len(s.Answers) + len(s.Equality)
	for _, c := range s.Codes {
		n += 16 + len(c)
	}
	for _, c := range s.Comments {
		n += 32 + len(c.Question) + len(c.Text)
	}
	return int64(n)
}

// same tells whether two submissions say exactly the same.
func (s *Submission) same(t *Submission) bool {
	return s.Form == t.Form && s.Language == t.Language && s.First == t.First && s.Last == t.Last && s.Answers == t.Answers &&
		s.Equality == t.Equality &&
		slices.Equal(s.Codes, t.Codes) && slices.Equal(s.Comments, t.Comments)
}

// asked tells whether there are equality answers to store: a page that was skipped leaves no row.
func (s *Submission) asked() bool { return s.Equality != "" && s.Equality != "{}" }

// CommentLife is how long a comment is kept: delete_after is this much later than the day of answering.
const CommentLife = 366 * 24 * time.Hour
