package unusual

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jmoiron/sqlx"

	"yousaid/analytics/register"
	"yousaid/surveys/responses"
	"yousaid/surveys/responses/quality"
	"yousaid/surveys/tenant"
)

// Decide excludes or includes the answers of a scope, with a reason. Where figures of the time are public it only asks:
// the answers change when another person agrees. ErrNothing when no answer would change.
func (s Store) Decide(ctx context.Context, by tenant.Actor, scope Scope, act Act, reason string) (Decision, error) {
	scope.From, scope.To = scope.From.UTC().Truncate(time.Hour), scope.To.UTC().Truncate(time.Hour)
	if !scope.From.Before(scope.To) {
		return Decision{}, ErrScope
	}
	if scope.Verdict != quality.None && !slices.Contains(quality.Verdicts, scope.Verdict) {
		return Decision{}, ErrNothing // no rule of this name found any
	}
	if act != Exclude && act != Include {
		return Decision{}, fmt.Errorf("deciding about unusual answers: there is no act %q", act)
	}
	return s.add(
		ctx,
		by,
		Decision{Survey: scope.Survey, Link: scope.Link, Verdict: scope.Verdict, From: scope.From, To: scope.To, Act: act, Reason: reason},
	)
}

// Undo takes back what a decision changed and no later one changed again. ErrMissing, ErrDecided when it was taken back
// already or never carried out.
func (s Store) Undo(ctx context.Context, by tenant.Actor, id int64, reason string) (Decision, error) {
	d, err := s.decision(ctx, by.Org, id)
	switch {
	case err != nil:
		return d, err
	case d.State != "done" || d.Undone:
		return d, ErrDecided
	}
	return s.add(
		ctx,
		by,
		Decision{Survey: d.Survey, Link: d.Link, Verdict: d.Verdict, From: d.From, To: d.To, Act: Undo, Undoes: d.ID, Reason: reason},
	)
}

func (s Store) decision(ctx context.Context, org tenant.Org, id int64) (Decision, error) {
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return Decision{}, err
	}
	defer func() { _ = tx.Rollback() }()
	return find(ctx, tx, org, id)
}

func find(ctx context.Context, tx *sqlx.Tx, org tenant.Org, id int64) (Decision, error) {
	list, err := decisions(ctx, tx, org, 0, id, 1)
	if err == nil && (len(list) == 0 || id == 0) {
		err = ErrMissing
	}
	if err != nil {
		return Decision{}, err
	}
	return list[0], nil
}

// mostReason is the longest reason, in characters.
const mostReason = 500

// add keeps a decision, and carries it out unless another person has to agree.
func (s Store) add(ctx context.Context, by tenant.Actor, d Decision) (Decision, error) {
	d.Reason = strings.TrimSpace(d.Reason)
	if n := utf8.RuneCountInString(d.Reason); n == 0 || n > mostReason || !utf8.ValidString(d.Reason) || strings.ContainsRune(d.Reason, 0) {
		return d, ErrReason
	}
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return d, err
	}
	defer func() { _ = tx.Rollback() }()
	selection, err := s.selection(ctx, tx, by.Org, d)
	if err != nil {
		return d, err
	}
	some, err := selection.Any(ctx, tx, by.Org)
	if err != nil {
		return d, err
	}
	if !some {
		return d, ErrNothing
	}
	if d.Published, err = register.Counted(ctx, tx, by.Org, d.Survey, d.From, d.To); err != nil {
		return d, err
	}
	d.State = "agreed"
	if d.Published {
		d.State = "waiting"
	}
	err = tx.GetContext(ctx, &d.ID, `
		INSERT INTO unusual_decisions (organisation_id, survey_id, link_id, verdict, from_hour, to_hour, act, undoes_id, reason, state,
		                               published, asked_by, asked_name, asked_at)
		VALUES ($1, $2, NULLIF($3::bigint, 0), $4, $5, $6, $7, NULLIF($8::bigint, 0), $9, $10, $11, $12, $13, $14)
		RETURNING id`, by.Org, d.Survey, d.Link, d.Verdict, d.From, d.To, d.Act, d.Undoes, d.Reason, d.State, d.Published, by.Person,
		by.Name, s.Now())
	if err != nil {
		return d, fmt.Errorf("keeping a decision about unusual answers: %w", err)
	}
	if err := s.Ledger.Record(ctx, tx, by, "unusual.asked", object(d.ID), nil, d.logged()); err != nil {
		return d, err
	}
	if err := tx.Commit(); err != nil || d.Published {
		return d, err
	}
	return d, s.carryOut(ctx, by, d)
}

// Agree is the second person's yes, which carries a decision out; refused is their no. ErrSamePerson for whoever asked,
// ErrDecided when it waits no more.
func (s Store) Agree(ctx context.Context, by tenant.Actor, id int64, refused bool) error {
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	d, err := find(ctx, tx, by.Org, id)
	switch {
	case err != nil:
		return err
	case !refused && (d.AskedBy == by.Person || by.Person == 0):
		return ErrSamePerson
	}
	state, action := "agreed", "unusual.agreed"
	if refused {
		state, action = "refused", "unusual.refused"
	}
	err = tx.GetContext(ctx, &d.ID, `
		UPDATE unusual_decisions
		SET    state = $3, decided_by = $4, decided_name = $5, decided_at = $6
		WHERE  organisation_id = $1 AND id = $2 AND state = 'waiting' AND ($3 = 'refused' OR asked_by <> $4)
		RETURNING id`, by.Org, id, state, by.Person, by.Name, s.Now())
	if errors.Is(err, sql.ErrNoRows) {
		return ErrDecided
	}
	if err != nil {
		return err
	}
	if err := s.Ledger.Record(ctx, tx, by, action, object(id), nil, d.logged()); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil || refused {
		return err
	}
	return s.carryOut(ctx, by, d)
}

// Finish carries out what was agreed and broken off.
func (s Store) Finish(ctx context.Context, by tenant.Actor, id int64) error {
	d, err := s.decision(ctx, by.Org, id)
	if err != nil {
		return err
	}
	if d.State != "agreed" {
		return ErrDecided
	}
	return s.carryOut(ctx, by, d)
}

// carryOut changes the answers part by part. Broken off, it can be called again.
func (s Store) carryOut(ctx context.Context, by tenant.Actor, d Decision) error {
	ctx = context.WithoutCancel(ctx) // a closed tab should not leave half of it
	for {
		n, err := s.part(ctx, by, d)
		if err != nil {
			return fmt.Errorf("carrying out decision %d about unusual answers: %w", d.ID, err)
		}
		if n == 0 {
			return nil
		}
	}
}

// part changes some answers; 0 ends the decision.
func (s Store) part(ctx context.Context, by tenant.Actor, d Decision) (int, error) {
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }()
	selection, err := s.selection(ctx, tx, by.Org, d)
	if err != nil {
		return 0, err
	}
	n, err := selection.Change(ctx, tx, by.Org)
	if err != nil {
		return 0, err
	}
	state := "agreed"
	if n == 0 {
		state = "done"
	}
	var changed int
	err = tx.GetContext(ctx, &changed, `
		UPDATE unusual_decisions
		SET    changed = changed + $3, state = $4
		WHERE  organisation_id = $1 AND id = $2 AND state = 'agreed'
		RETURNING changed`, by.Org, d.ID, n, state)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil // somebody else carried it out at the same moment
	}
	if err != nil {
		return 0, err
	}
	if n == 0 {
		if err := s.Ledger.Record(ctx, tx, by, "unusual.done", object(d.ID), nil, map[string]any{"responses": changed}); err != nil {
			return 0, err
		}
	}
	return n, tx.Commit()
}

// selection is which responses a decision changes, and how.
func (s Store) selection(ctx context.Context, tx *sqlx.Tx, org tenant.Org, d Decision) (responses.Selection, error) {
	sel := responses.Selection{
		Decision: d.ID,
		Survey:   d.Survey,
		Link:     d.Link,
		Verdict:  d.Verdict,
		From:     d.From,
		To:       d.To,
		Exclude:  d.Act == Exclude,
		Undoes:   d.Undoes,
	}
	// What an undo does is the opposite of what it undoes, which may be an undo itself.
	for at := d; at.Act == Undo; sel.Exclude = !sel.Exclude {
		before, err := find(ctx, tx, org, at.Undoes)
		if err != nil {
			return sel, err
		}
		if before.Act == Exclude {
			sel.Exclude = !sel.Exclude
		}
		at = before
	}
	return sel, nil
}

func object(id int64) string { return fmt.Sprintf("unusual/%d", id) }

func (d Decision) logged() map[string]any {
	return map[string]any{
		"survey":    d.Survey,
		"link":      d.Link,
		"rule":      d.Verdict,
		"from":      d.From,
		"to":        d.To,
		"act":       d.Act,
		"undoes":    d.Undoes,
		"reason":    d.Reason,
		"published": d.Published,
	}
}
