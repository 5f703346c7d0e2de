package surveys

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
	"yousaid/surveys/wording"
)

// Severity says what a finding does.
type Severity string

// The severities.
const (
	// stops publishing: no version can have it, or people would be asked in a language that the survey does not speak
	Error Severity = "error"
	// stops publishing, because figures or people may come to harm, until the writer gives a reason, which the audit keeps
	Confirm Severity = "confirm"
	Warning Severity = "warning" // is advice; the audit keeps that it was not followed
)

// Finding is one thing that a questionnaire would do badly, at its place.
type Finding struct {
	Rule     string // Q1 to Q18 of the project's standards; "check" for what no version can have
	Severity Severity
	Question string // code; "" for the questionnaire as a whole
	Sentence wording.Message
}

// Checked is what the check of a definition found as a finding.
func Checked(p question.Problem) Finding {
	return Finding{Rule: "check", Severity: Error, Question: p.Question, Sentence: p.Message}
}

// Findings are what a review found, in the order of the questionnaire.
type Findings []Finding

// Errors are the findings that stop publishing whatever the writer says.
func (fs Findings) Errors() Findings { return fs.only(Error) }

// Confirms are the findings that stop publishing until the writer gives a reason.
func (fs Findings) Confirms() Findings { return fs.only(Confirm) }

func (fs Findings) only(s Severity) Findings {
	return slices.DeleteFunc(slices.Clone(fs), func(f Finding) bool { return f.Severity != s })
}

// Of lists the findings of a question; "" gives those of the whole.
func (fs Findings) Of(code string) Findings {
	return slices.DeleteFunc(slices.Clone(fs), func(f Finding) bool { return f.Question != code })
}

// despite is what the audit keeps of the findings that a version was published with: the question, the rule and its severity, one
// line each.
func (fs Findings) despite() []string {
	var all []string
	for _, f := range fs {
		all = append(all, strings.TrimSpace(fmt.Sprintf("%s %s (%s)", f.Question, f.Rule, f.Severity)))
	}
	return all
}

// Reviewer reads a draft before it is published, in the languages of its organisation: lint.Rules. It reads the database in the
// transaction of the store.
type Reviewer interface {
	Review(ctx context.Context, tx *sqlx.Tx, org tenant.Org, d Definition, languages []string) (Findings, error)
}

// Blocked says that a draft was not published because of findings. Overridable tells that a reason would be enough.
type Blocked struct {
	Findings    Findings // those that stop it
	Overridable bool
}

// Error gives every sentence on a line of its own.
func (b Blocked) Error() string {
	lines := []string{"the survey was not published:"}
	for _, f := range b.Findings {
		lines = append(lines, at(f.Question, f.Sentence).String())
	}
	return strings.Join(lines, "\n")
}

// ErrReason says that the reason for an override cannot be kept.
var ErrReason = fmt.Errorf("write the reason in one line of %d characters at the most", MaxReason)

// MaxReason is how many characters the reason for an override may have.
const MaxReason = 500

// errNoReviewer is a store that was put together without its rules. It publishes nothing.
var errNoReviewer = errors.New("the store of surveys has no reviewer")

// Findings is what the rules and the register of codes say about a definition of a survey, without saving anything: what Publish would say.
func (s Store) Findings(ctx context.Context, org tenant.Org, survey int64, d Definition) (Findings, error) {
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	found, err := s.review(ctx, tx, org, d)
	if err != nil {
		return nil, err
	}
	reused, err := s.reuse(ctx, tx, org, survey, d)
	for _, r := range reused {
		found = append(found, Checked(r))
	}
	return found, err
}

func (s Store) review(ctx context.Context, tx *sqlx.Tx, org tenant.Org, d Definition) (Findings, error) {
	if s.Reviewer == nil {
		return nil, errNoReviewer
	}
	var languages pq.StringArray
	if err := tx.GetContext(ctx, &languages, `
		SELECT languages
		FROM   organisations
		WHERE  id = $1`, int64(org)); err != nil {
		return nil, fmt.Errorf("reading the languages of the organisation: %w", err)
	}
	return s.Reviewer.Review(ctx, tx, org, d, languages)
}

// passes tells whether a draft may be published, and what the audit keeps of what was said against it.
func (s Store) passes(ctx context.Context, tx *sqlx.Tx, org tenant.Org, d Definition, override string) (audit map[string]any, err error) {
	found, err := s.review(ctx, tx, org, d)
	if err != nil {
		return nil, err
	}
	override = strings.TrimSpace(override)
	switch errs, confirms := found.Errors(), found.Confirms(); {
	case len(errs) > 0:
		return nil, Blocked{Findings: errs}
	case len(confirms) > 0 && override == "":
		return nil, Blocked{Findings: confirms, Overridable: true}
	case !utf8.ValidString(override) || utf8.RuneCountInString(override) > MaxReason || strings.ContainsFunc(override, unicode.IsControl):
		return nil, ErrReason
	case len(confirms) > 0:
		audit = map[string]any{"override": override}
	}
	if len(found) > 0 {
		if audit == nil {
			audit = map[string]any{}
		}
		audit["despite"] = found.despite()
	}
	return audit, nil
}
