package actions

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lib/pq"

	"yousaid/surveys/lint"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// What keeps an action, a correction or a day from going on, whoever asks for it.
var (
	ErrNoNote = errors.New("a change of what is public needs a note that the public reads, in every language of the council")
	ErrPast   = errors.New("the public reads an action from today or a later day on")
	ErrDay    = errors.New("this is no day: write it as 2026-03-31")
)

// Unready is the error for words or evidence that Review keeps back: its errors, and the findings that the writer has to
// confirm and did not.
type Unready struct {
	Findings     []Finding
	Confirmation string // of all findings to confirm, confirmed or not; "" where there is none
}

// Error says the findings in a line.
func (u Unready) Error() string {
	var all []string
	for _, f := range u.Findings {
		all = append(all, strings.TrimRight(f.Field+" "+f.Lang, " ")+": "+f.Sentence.String())
	}
	return "the action is not ready: " + strings.Join(all, " ")
}

// Errors are the findings that cannot be confirmed.
func (u Unready) Errors() []Finding { return bySeverity(u.Findings, lint.Error) }

// ToConfirm are those that the writer may say are meant.
func (u Unready) ToConfirm() []Finding { return ToConfirm(u.Findings) }

// ToConfirm picks the findings that wait for the writer's word.
func ToConfirm(found []Finding) []Finding { return bySeverity(found, lint.Confirm) }

func bySeverity(found []Finding, s lint.Severity) []Finding {
	return slices.DeleteFunc(slices.Clone(found), func(f Finding) bool { return f.Severity != s })
}

// Confirmation names a set of findings to confirm, so that confirming them cannot stand for others; "" for none.
func Confirmation(found []Finding) string {
	found = ToConfirm(found)
	if len(found) == 0 {
		return ""
	}
	var all []string
	for _, f := range found {
		all = append(all, f.Field+" "+f.Lang+" "+f.Sentence.String())
	}
	slices.Sort(all)
	return fmt.Sprintf("%x", sha256.Sum256([]byte(strings.Join(all, "\n"))))[:16]
}

// ready holds what Review finds against a content and its evidence. It gives what the writer confirmed, for the history
// and the audit; ErrFigureGone and ErrQuoteGone for evidence that does not stand any more, Unready for anything else.
func (s Store) ready(
	ctx context.Context,
	org tenant.Org,
	c Content,
	e Evidence,
	confirms func(toConfirm []Finding) bool,
) (confirmed []string, err error) {
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	if err := s.checkEvidence(ctx, tx, org, e); err != nil {
		return nil, err
	}
	languages, err := s.languages(ctx, org)
	if err != nil {
		return nil, err
	}
	found := c.Review(languages, e)
	held, toConfirm := bySeverity(found, lint.Error), ToConfirm(found)
	if len(toConfirm) > 0 && !confirms(toConfirm) {
		held = append(held, toConfirm...)
	}
	if len(held) > 0 {
		return nil, Unready{held, Confirmation(toConfirm)}
	}
	for _, f := range toConfirm {
		confirmed = append(confirmed, f.Sentence.String())
	}
	return confirmed, nil
}

// refused tells whether ready found something wrong with the content or its evidence, rather than failing itself.
func refused(err error) bool {
	var unready Unready
	return errors.As(err, &unready) || errors.Is(err, ErrFigureGone) || errors.Is(err, ErrQuoteGone)
}

// byWriter tells whether the writer confirmed exactly the findings that are there.
func byWriter(confirmation string) func([]Finding) bool {
	return func(toConfirm []Finding) bool { return confirmation == Confirmation(toConfirm) }
}

// bySender says that the findings were confirmed when the action was sent; the second person reads them beside the words.
func bySender([]Finding) bool { return true }

func (s Store) languages(ctx context.Context, org tenant.Org) ([]string, error) {
	var list pq.StringArray
	err := s.DB.Global().GetContext(ctx, &list, `
		SELECT languages
		FROM   organisations
		WHERE  id = $1`, org)
	return list, err
}

// noted holds that a note of a change is written in every language of the organisation.
func (s Store) noted(ctx context.Context, org tenant.Org, note question.Text) error {
	languages, err := s.languages(ctx, org)
	if err != nil {
		return err
	}
	for _, lang := range languages {
		if strings.TrimSpace(note[lang]) == "" {
			return ErrNoNote
		}
	}
	return nil
}

// days holds that days are written as days; "" is none.
func days(list ...string) error {
	for _, day := range list {
		if day == "" {
			continue
		}
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			return fmt.Errorf("%w: %q", ErrDay, day)
		}
	}
	return nil
}
