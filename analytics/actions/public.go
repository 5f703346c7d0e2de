package actions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"yousaid/analytics/quoted"
	"yousaid/analytics/register"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// Published lists what the public may read today, newest first.
func (s Store) Published(ctx context.Context, org tenant.Org) ([]Item, error) {
	return s.items(ctx, org, 0, uuid.NullUUID{})
}

// Item finds one that the public may read, or could before it was withdrawn; ErrMissing.
func (s Store) Item(ctx context.Context, org tenant.Org, number int64) (Item, error) {
	list, err := s.items(ctx, org, number, uuid.NullUUID{})
	if err == nil && len(list) == 0 {
		err = ErrMissing
	}
	if err != nil {
		return Item{}, err
	}
	return list[0], nil
}

// ForResponse lists the published items that a response led to.
func (s Store) ForResponse(ctx context.Context, org tenant.Org, response uuid.UUID) ([]Item, error) {
	return s.items(ctx, org, 0, uuid.NullUUID{UUID: response, Valid: true})
}

// Changed is a stamp that changes whenever what the public may read does: with any change, and with the day.
func (s Store) Changed(ctx context.Context, org tenant.Org) (string, error) {
	today, err := s.today(ctx, org)
	if err != nil {
		return "", err
	}
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return "", err
	}
	defer func() { _ = tx.Rollback() }()
	// Counted, not only the highest number: of two changes at the same moment the one with the lower number may be committed last.
	var changes string
	if err := tx.GetContext(ctx, &changes, `
		SELECT count(*) || '-' || COALESCE(max(id), 0)
		FROM   action_history
		WHERE  organisation_id = $1`, org); err != nil {
		return "", err
	}
	// A release that is withdrawn, and a comment that is decided about anew, change what an item shows without a line in its history.
	var shows []struct {
		ID       int64 `db:"id"`
		Release  int64 `db:"release_id"`
		After    int64 `db:"after_release_id"`
		Standing bool  `db:"standing"` // the quote
	}
	if err := tx.SelectContext(ctx, &shows, `
		SELECT   a.id, COALESCE(a.release_id, 0) AS release_id, COALESCE(a.after_release_id, 0) AS after_release_id, r.id IS NOT NULL AS standing
		FROM     actions a
		LEFT     JOIN comments c ON c.organisation_id = $1 AND c.ref = a.quote_ref AND c.revision = a.quote_revision
		                  AND c.review_state IN ('read', 'redacted')
		LEFT     JOIN responses r ON r.organisation_id = $1 AND r.id = c.response_id AND response_counts(r.state, r.source, r.excluded_no)
		WHERE    a.organisation_id = $1 AND a.state = 'published'
		AND      (a.release_id IS NOT NULL OR a.after_release_id IS NOT NULL OR a.quote_ref IS NOT NULL)
		ORDER BY a.id`, org); err != nil {
		return "", fmt.Errorf("reading what published actions show: %w", err)
	}
	var ids []int64
	for _, one := range shows {
		ids = append(ids, one.Release, one.After)
	}
	states, err := register.Status(ctx, tx, org, ids)
	if err != nil {
		return "", err
	}
	digest := fnv.New64a()
	for _, one := range shows {
		_, _ = fmt.Fprintln(digest, one.ID, states[one.Release], states[one.After], one.Standing) // a digest takes whatever is written
	}
	return fmt.Sprintf("%s-%s-%x", today, changes, digest.Sum64()), nil
}

func (s Store) items(ctx context.Context, org tenant.Org, number int64, response uuid.NullUUID) ([]Item, error) {
	today, err := s.today(ctx, org)
	if err != nil {
		return nil, err
	}
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	var rows []publicRow
	if err := tx.SelectContext(ctx, &rows, `
		SELECT   a.id, a.number, COALESCE(a.service_id, 0) AS service, COALESCE(a.theme_id, 0) AS theme, a.kind, a.texts, 0::bigint AS owner,
		         COALESCE(a.target_date::text, '') AS target, COALESCE(a.completed_on::text, '') AS completed, a.state,
		         COALESCE(a.publish_on::text, '') AS publish_on,
		         '' AS edited_by, a.revision, a.figure, a.after_figure,
		         CASE WHEN r.id IS NOT NULL THEN a.quote_ref END AS quote_ref, COALESCE(a.quote_revision, 0) AS quote_revision,
		         CASE WHEN r.id IS NOT NULL THEN COALESCE(c.redacted, c.text) ELSE '' END AS quote_text,
		         COALESCE(r.language, '') AS quote_language,
		         COALESCE(v.slug, '') AS service_slug, COALESCE(v.names, '{}') AS service_names, COALESCE(d.slug, '') AS directorate_slug,
		         COALESCE(d.names, '{}') AS directorate_names,
		         COALESCE(t.slug, '') AS theme_slug, COALESCE(t.names, '{}') AS theme_names
		FROM     actions a
		LEFT     JOIN services v ON v.organisation_id = $1 AND v.id = a.service_id
		LEFT     JOIN LATERAL (SELECT m.directorate_id
		                       FROM   service_directorates m
		                       WHERE  m.organisation_id = $1 AND m.service_id = a.service_id AND m.valid_from <= $2::date
		                       ORDER  BY m.valid_from DESC
		                       LIMIT  1) m ON true
		LEFT     JOIN directorates d ON d.organisation_id = $1 AND d.id = m.directorate_id
		LEFT     JOIN themes t ON t.organisation_id = $1 AND t.id = a.theme_id
		LEFT     JOIN comments c ON c.organisation_id = $1 AND c.ref = a.quote_ref AND c.revision = a.quote_revision
		                  AND c.review_state IN ('read', 'redacted')
		LEFT     JOIN responses r ON r.organisation_id = $1 AND r.id = c.response_id AND response_counts(r.state, r.source, r.excluded_no)
		WHERE    a.organisation_id = $1 AND a.publish_on <= $2::date
		AND      (a.state = 'published' OR a.state = 'withdrawn' AND a.number = $3)
		AND      ($3::bigint = 0 OR a.number = $3)
		AND      ($4::uuid IS NULL OR EXISTS (SELECT FROM action_comments c WHERE c.organisation_id = $1 AND c.action_id = a.id
		                                      AND c.response_id = $4))
		ORDER BY a.publish_on DESC, a.number DESC
		LIMIT    5000`, org, today, number, response); err != nil {
		return nil, fmt.Errorf("reading what is published: %w", err)
	}
	list := make([]Item, len(rows))
	at := map[int64]int{}
	for i, r := range rows {
		a, err := r.action()
		if err != nil {
			return nil, err
		}
		at[a.ID], list[i] = i, r.item(a, today)
	}
	return list, errors.Join(blank(ctx, tx, org, list), s.corrections(ctx, tx, org, list, at))
}

// publicRow is an action with the words of what it is about and of the comment that it quotes.
type publicRow struct {
	row
	QuoteText       string `db:"quote_text"` // "" where the comment is gone
	QuoteLanguage   string `db:"quote_language"`
	ServiceSlug     string `db:"service_slug"`
	ServiceNames    []byte `db:"service_names"`
	DirectorateSlug string `db:"directorate_slug"`
	Directorate     []byte `db:"directorate_names"`
	ThemeSlug       string `db:"theme_slug"`
	ThemeNames      []byte `db:"theme_names"`
}

// item is what the public reads of an action today.
func (r publicRow) item(a Action, today string) Item {
	if a.Quote != nil {
		a.Quote.Text, a.Quote.Language = r.QuoteText, r.QuoteLanguage
	}
	return Item{
		Number: a.Number, YouSaid: a.Texts.YouSaid, WeDid: a.Texts.WeDid, Deliverable: a.Texts.Deliverable, Kind: a.Kind,
		Evidence: a.Evidence, Status: a.Status(today), Target: a.Target, Completed: a.Completed,
		Published: a.PublishOn, Updated: a.PublishOn, Withdrawn: a.State == Withdrawn,
		Service:     Named{r.ServiceSlug, names(r.ServiceNames)},
		Directorate: Named{r.DirectorateSlug, names(r.Directorate)},
		Theme:       Named{r.ThemeSlug, names(r.ThemeNames)},
	}
}

// blank takes the numbers of releases that were withdrawn out of what the public reads.
func blank(ctx context.Context, tx *sqlx.Tx, org tenant.Org, list []Item) error {
	all := make([]*Evidence, len(list))
	for i := range list {
		all[i] = &list[i].Evidence
	}
	if err := readStates(ctx, tx, org, all...); err != nil {
		return err
	}
	for _, e := range all {
		for _, f := range []**Figure{&e.Figure, &e.After} {
			if *f != nil && (*f).State == quoted.Withdrawn {
				*f = &Figure{Release: (*f).Release, State: quoted.Withdrawn}
			}
		}
	}
	return nil
}

// corrections adds what was put right in public, and the note of what was withdrawn.
func (s Store) corrections(ctx context.Context, tx *sqlx.Tx, org tenant.Org, list []Item, at map[int64]int) error {
	if len(list) == 0 {
		return nil
	}
	var rows []struct {
		Action int64  `db:"action_id"`
		Day    string `db:"from_day"`
		Note   []byte `db:"note"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT   action_id, from_day::text AS from_day, note
		FROM     action_versions
		WHERE    organisation_id = $1 AND version > 1 AND announced
		ORDER BY action_id, version`, org); err != nil {
		return fmt.Errorf("reading corrections: %w", err)
	}
	for _, r := range rows {
		i, ok := at[r.Action]
		if !ok {
			continue
		}
		list[i].Corrections = append(list[i].Corrections, Correction{r.Day, names(r.Note)})
		list[i].Updated = max(list[i].Updated, r.Day)
	}
	for i := range list {
		if n := len(list[i].Corrections); list[i].Withdrawn && n > 0 {
			list[i].WithdrawnNote = list[i].Corrections[n-1].Note
			list[i].Corrections = list[i].Corrections[:n-1]
		}
	}
	return nil
}

func names(b []byte) question.Text {
	var t question.Text
	_ = json.Unmarshal(b, &t) // a name nobody can read is shown as none
	return t
}
