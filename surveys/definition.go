// Package surveys holds what is asked: questionnaires, their versions, and the life of a survey from draft to open to closed.
package surveys

import (
	"strings"
	"time"

	"yousaid/surveys/question"
)

// Definition is a whole questionnaire, as it is written in YAML, kept in a draft and frozen in a version.
type Definition struct {
	Survey string        `json:"survey" yaml:"survey"` // the slug it proposes
	Title  question.Text `json:"title" yaml:"title"`
	Intro  question.Text `json:"intro,omitempty" yaml:"intro,omitempty"`
	Pages  []Page        `json:"pages" yaml:"pages"`
	// characteristic ids of the bank, asked on a page of their own at the end
	Equality []string `json:"equality,omitempty" yaml:"equality,omitempty"`

	// NotReviewed lists the languages that no speaker has checked yet; staff pages say so beside the wording.
	NotReviewed []string `json:"not_reviewed,omitempty" yaml:"not_reviewed,omitempty"`
}

// Page is what is asked on one screen and saved when it is sent.
type Page struct {
	Title     question.Text       `json:"title,omitempty" yaml:"title,omitempty"`
	Questions []question.Question `json:"questions" yaml:"questions"`
}

// Question finds a question by its code.
func (d Definition) Question(code string) (question.Question, bool) {
	for _, q := range d.Questions() {
		if q.Code == code {
			return q, true
		}
	}
	return question.Question{}, false
}

// Questions lists all questions in the order of the pages, without the equality block.
func (d Definition) Questions() []question.Question {
	var all []question.Question
	for _, p := range d.Pages {
		all = append(all, p.Questions...)
	}
	return all
}

// State is where a survey is in its life.
type State string

// The states of a survey. A closed survey can be reopened only as a new draft.
const (
	Draft  State = "draft"
	Open   State = "open"
	Closed State = "closed"
)

// Survey is what people talk about; what was asked is in its versions.
type Survey struct {
	ID    int64         `db:"id"`
	Slug  string        `db:"slug"`
	State State         `db:"state"`
	Owner string        `db:"owner"`
	Title question.Text `db:"-"` // as in the newest draft or version
}

// Version is what was asked: a published questionnaire that never changes.
type Version struct {
	ID          int64
	SurveyID    int64
	Number      int
	Definition  Definition
	Digest      []byte // SHA-256 of the definition as Canonical writes it
	PublishedAt time.Time
}

// WrittenIn tells whether the title or a question has a wording in the language, which offers it to customers.
func (d Definition) WrittenIn(lang string) bool {
	if strings.TrimSpace(d.Title[lang]) != "" {
		return true
	}
	for _, q := range d.Questions() {
		if strings.TrimSpace(q.Text[lang]) != "" {
			return true
		}
	}
	return false
}
