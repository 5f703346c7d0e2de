package surveys

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
	"yousaid/surveys/wording"
)

// Publishing is how a draft is published.
type Publishing struct {
	Revision int    // the draft as it was read: ErrStaleDraft when it has changed since; 0 means as it stands
	Override string // why findings of the severity Confirm are meant so; the audit keeps it
}

// Publish freezes the draft as the next version and opens the survey. Problems when the draft is not ready or gives a code a new
// meaning; Blocked when findings of the review stop it; ErrClosed when the survey is closed. The audit names the findings that it
// was published despite. Publishing a draft that is the current version already makes no new one: it gives that one back.
func (s Store) Publish(ctx context.Context, by tenant.Actor, survey int64, how Publishing) (Version, error) {
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return Version{}, err
	}
	defer func() { _ = tx.Rollback() }()
	// The lock on the survey's row puts two publishers one after the other.
	var slug string
	err = tx.GetContext(ctx, &slug, `
		UPDATE surveys
		SET    state = 'open'
		WHERE  organisation_id = $1 AND id = $2 AND state IN ('draft', 'open')
		RETURNING slug`, by.Org, survey)
	if errors.Is(err, sql.ErrNoRows) {
		known, missing := find(ctx, tx, by.Org, survey)
		if missing != nil {
			return Version{}, fmt.Errorf("publishing survey %d: %w", survey, missing)
		}
		return Version{}, fmt.Errorf("publishing “%s”: %w", known.Slug, ErrClosed)
	}
	if err != nil {
		return Version{}, fmt.Errorf("publishing survey %d: %w", survey, err)
	}
	v, err := s.publish(ctx, tx, by, survey, slug, how)
	if err != nil {
		return Version{}, err
	}
	return v, tx.Commit()
}

func (s Store) publish(ctx context.Context, tx *sqlx.Tx, by tenant.Actor, survey int64, slug string, how Publishing) (Version, error) {
	var draft []byte
	err := tx.GetContext(ctx, &draft, `
		SELECT definition
		FROM   drafts
		WHERE  organisation_id = $1 AND survey_id = $2 AND ($3 = 0 OR revision = $3)`, by.Org, survey, how.Revision)
	if errors.Is(err, sql.ErrNoRows) && how.Revision != anyRevision {
		err = ErrStaleDraft
	}
	if err != nil {
		return Version{}, fmt.Errorf("publishing “%s”: %w", slug, err)
	}
	d, err := decode(draft)
	if err != nil {
		return Version{}, err
	}
	if problems := d.Check(); len(problems) > 0 {
		return Version{}, problems
	}
	audit, err := s.passes(ctx, tx, by.Org, d, how.Override)
	if err != nil {
		return Version{}, err
	}
	canonical, err := Canonical(d)
	if err != nil {
		return Version{}, err
	}
	digest := sha256.Sum256(canonical)
	var last versionRow
	err = tx.GetContext(ctx, &last, `
		SELECT   id, survey_id, number, definition, digest, published_at
		FROM     versions
		WHERE    organisation_id = $1 AND survey_id = $2
		ORDER BY number DESC
		LIMIT    1`, by.Org, survey)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Version{}, err
	}
	if bytes.Equal(last.Digest, digest[:]) {
		if err := s.Ledger.Record(ctx, tx, by, "survey.published", object(slug), nil,
			andAudit(audit, map[string]any{"version": last.Number})); err != nil {
			return Version{}, err
		}
		return last.version()
	}
	if err := s.registerCodes(ctx, tx, by.Org, survey, d); err != nil {
		return Version{}, err
	}
	row := versionRow{SurveyID: survey, Number: last.Number + 1, Definition: canonical, Digest: digest[:]}
	if err := tx.QueryRowxContext(ctx, `
		INSERT INTO versions (organisation_id, survey_id, number, definition, digest)
		VALUES ($1, $2, $3, $4, $5)
		RETURNING id, published_at`, by.Org, survey, row.Number, string(canonical), row.Digest).Scan(&row.ID, &row.PublishedAt); err != nil {
		return Version{}, fmt.Errorf("publishing “%s”: %w", slug, err)
	}
	after := map[string]any{"version": row.Number, "digest": fmt.Sprintf("%x", digest)}
	if err := s.Ledger.Record(ctx, tx, by, "survey.published", object(slug), nil, andAudit(audit, after)); err != nil {
		return Version{}, err
	}
	return row.version()
}

// andAudit adds to an entry of the audit what a version was published despite, and why.
func andAudit(audit, after map[string]any) map[string]any {
	maps.Copy(after, audit)
	return after
}

// codeRow is one code that was ever published. The row of a question itself has no option code.
type codeRow struct {
	Question string `db:"question_code"`
	Option   string `db:"option_code"`
	Bank     string `db:"bank_id"`
	Scale    string `db:"scale_id"`
	Meaning  string `db:"meaning"`
	Retired  bool   `db:"retired"`
}

// meaning is what a code stands for: whatever makes figures, and the wording.
type meaning struct {
	Kind      question.Kind `json:"kind,omitempty"` // of a question
	Score     *float64      `json:"score,omitempty"`
	Satisfied bool          `json:"satisfied,omitempty"`
	DontKnow  bool          `json:"dont_know,omitempty"`
	Language  string        `json:"language,omitempty"`
	Wording   string        `json:"wording,omitempty"`
}

// same tells whether a code still stands for what it did. The wording of a question may be improved; that of an answer may lose a
// typing error and no more, because everybody who chose it chose those words.
func (m meaning) same(n meaning) bool {
	score := m.Score == n.Score || m.Score != nil && n.Score != nil && *m.Score == *n.Score
	wording := m.Kind != "" || m.Language != n.Language || sameWords(m.Wording, n.Wording)
	return m.Kind == n.Kind && score && m.Satisfied == n.Satisfied && m.DontKnow == n.DontKnow && wording
}

// message is the wording of an answer and what it counts.
func (m meaning) message() wording.Message {
	parts := []wording.Message{wording.Named(wording.Only{Language: m.Language, Text: m.Wording})}
	if m.Score != nil {
		parts = append(parts, wording.Say("survey.has_score|(score %s)", question.Decimal(*m.Score)))
	}
	if m.Satisfied {
		parts = append(parts, wording.Say("survey.is_satisfied|(satisfied)"))
	}
	if m.DontKnow {
		parts = append(parts, wording.Say("survey.is_dont_know|(don’t know)"))
	}
	return wording.Listed(" ", parts)
}

// codesOf lists what a definition would register.
func codesOf(d Definition) []codeRow {
	var all []codeRow
	row := func(q question.Question, option string, m meaning) {
		text, _ := json.Marshal(m) // only strings, marks and a score that Check has seen
		all = append(all, codeRow{Question: q.Code, Option: option, Bank: q.Bank, Scale: q.Scale, Meaning: string(text)})
	}
	for _, q := range d.Questions() {
		row(q, "", meaning{Kind: q.Kind})
		if !q.Coded() {
			continue
		}
		for _, o := range q.Choices() {
			wording, in := o.Text.In("en")
			row(q, o.Code, meaning{Score: o.Score, Satisfied: o.Satisfied, DontKnow: o.DontKnow, Language: in, Wording: wording})
		}
	}
	return all
}

// registerCodes holds a definition against every code that was ever published, adds the new ones and retires those left out.
func (s Store) registerCodes(ctx context.Context, tx *sqlx.Tx, org tenant.Org, survey int64, d Definition) error {
	known, err := registered(ctx, tx, org, survey)
	if err != nil {
		return err
	}
	var problems Problems
	var added []codeRow
	for _, r := range codesOf(d) {
		before, ok := known[codeKey{r.Question, r.Option}]
		delete(known, codeKey{r.Question, r.Option})
		if !ok {
			added = append(added, r)
		} else if p, bad := reused(before, r); bad {
			problems = append(problems, p)
		}
	}
	if len(problems) > 0 {
		return problems
	}
	for _, r := range added {
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO codes (organisation_id, survey_id, question_code, option_code, bank_id, scale_id, meaning)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`, org, survey, r.Question, r.Option, r.Bank, r.Scale, r.Meaning); err != nil {
			return fmt.Errorf("registering the code %s %s: %w", r.Question, r.Option, err)
		}
	}
	for k, r := range known {
		if r.Retired {
			continue
		}
		if _, err := tx.ExecContext(ctx, `
			UPDATE codes
			SET    retired_at = now()
			WHERE  organisation_id = $1 AND survey_id = $2 AND question_code = $3 AND option_code = $4`, org, survey, k.question,
			k.option); err != nil {
			return fmt.Errorf("retiring the code %s %s: %w", k.question, k.option, err)
		}
	}
	return nil
}

// codeKey names a code of a survey.
type codeKey struct{ question, option string }

// registered reads every code that was ever published in a survey.
func registered(ctx context.Context, tx *sqlx.Tx, org tenant.Org, survey int64) (map[codeKey]codeRow, error) {
	var rows []codeRow
	if err := tx.SelectContext(ctx, &rows, `
		SELECT question_code, option_code, bank_id, scale_id, meaning, retired_at IS NOT NULL AS retired
		FROM   codes
		WHERE  organisation_id = $1 AND survey_id = $2`, org, survey); err != nil {
		return nil, fmt.Errorf("reading the codes of survey %d: %w", survey, err)
	}
	known := map[codeKey]codeRow{}
	for _, r := range rows {
		known[codeKey{r.Question, r.Option}] = r
	}
	return known, nil
}

// reused says why a code may not stand where it stood before in another way.
func reused(before, now codeRow) (question.Problem, bool) {
	var was, is meaning
	_ = json.Unmarshal([]byte(before.Meaning), &was) // written by codesOf
	_ = json.Unmarshal([]byte(now.Meaning), &is)
	add := func(text string, args ...any) (question.Problem, bool) {
		return ofQuestion(now.Question, text, args...), true
	}
	switch option := now.Option != ""; {
	case before.Retired && option:
		return add("survey.option_retired|The answer code “%s” was used in an earlier version and taken out. A code is never used again: "+
			"choose a new one.", now.Option)
	case before.Retired:
		return add("survey.code_retired|The code “%s” was used in an earlier version and taken out. A code is never used again: "+
			"choose a new one.",
			now.Question)
	case option && !was.same(is):
		return add("survey.option_changed|The answer “%s” meant “%s” in an earlier version. A code keeps its meaning: give the new answer a "+
			"new code.", now.Option, was.message())
	case !option && before.Scale != "" && (!was.same(is) || before.Scale != now.Scale):
		return add("survey.scale_changed|The question “%s” was of kind “%s” with the scale “%s” in an earlier version. A code "+
			"keeps its meaning: "+
			"give the new question a new code.", now.Question, string(was.Kind), before.Scale)
	case !option && (!was.same(is) || before.Scale != now.Scale):
		return add("survey.code_changed|The question “%s” was of kind “%s” in an earlier version. A code keeps its meaning: give the "+
			"new question "+
			"a new code.", now.Question, string(was.Kind))
	}
	return question.Problem{}, false
}

var words = regexp.MustCompile(`[\p{L}\p{M}\p{N}]+`)

// sameWords tells whether two wordings differ only in capitals, punctuation, or a typing error inside a longer word: "recieved"
// and "received", but not "helpful" and "unhelpful", nor "16 to 24" and "16 to 25".
func sameWords(a, b string) bool {
	left, right := words.FindAllString(strings.ToLower(a), -1), words.FindAllString(strings.ToLower(b), -1)
	if len(left) == 0 || len(right) == 0 {
		return a == b // faces and other signs
	}
	if len(left) != len(right) {
		return false
	}
	for i := range left {
		if !slip([]rune(left[i]), []rune(right[i])) {
			return false
		}
	}
	return true
}

// slip tells whether two words are the same but for two neighbouring letters that changed places or a letter that was doubled:
// nothing that makes another word of it ("worse" and "worst", "Tuesday" and "Thursday").
func slip(a, b []rune) bool {
	if len(a) < len(b) {
		a, b = b, a
	}
	at := 0
	for at < len(b) && a[at] == b[at] {
		at++
	}
	switch len(a) - len(b) {
	case 0:
		return at == len(b) || len(a) >= 5 && at > 0 && at+1 < len(a) && a[at] == b[at+1] && a[at+1] == b[at] && slices.Equal(a[at+2:], b[at+2:])
	case 1:
		return len(a) >= 5 && at > 0 && a[at] == a[at-1] && slices.Equal(a[at+1:], b[at:])
	}
	return false
}
