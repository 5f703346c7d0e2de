package migrations

import (
	"context"
	"database/sql"
	"fmt"
)

// Holdings counts what would go with an organisation: rows of each kind.
type Holdings struct {
	Surveys, Links, Services, People       int64
	Responses, Comments, EqualityAnswers   int64
	Actions, Releases, Imports, AuditLines int64
}

// Holds counts what an organisation has. It runs as yousaid_owner.
func Holds(ctx context.Context, ownerDSN string, org int64) (h Holdings, err error) {
	err = asOwner(ctx, ownerDSN, func(tx *sql.Tx) error {
		for _, one := range []struct {
			count *int64
			query string
		}{
			{&h.Surveys, `SELECT count(*) FROM surveys WHERE organisation_id = $1`},
			{&h.Links, `SELECT count(*) FROM links WHERE organisation_id = $1`},
			{&h.Services, `SELECT count(*) FROM services WHERE organisation_id = $1`},
			{&h.People, `SELECT count(*) FROM people WHERE organisation_id = $1`},
			{&h.Responses, `SELECT count(*) FROM responses WHERE organisation_id = $1`},
			{&h.Comments, `SELECT count(*) FROM comments WHERE organisation_id = $1`},
			{&h.EqualityAnswers, `SELECT count(*) FROM equality_answers WHERE organisation_id = $1`},
			{&h.Actions, `SELECT count(*) FROM actions WHERE organisation_id = $1`},
			{&h.Releases, `SELECT count(*) FROM releases WHERE organisation_id = $1`},
			{&h.Imports, `SELECT count(*) FROM imports WHERE organisation_id = $1`},
			{&h.AuditLines, `SELECT count(*) FROM audit WHERE organisation_id = $1`},
		} {
			if err := tx.QueryRowContext(ctx, one.query, org).Scan(one.count); err != nil {
				return fmt.Errorf("counting what the organisation has: %w", err)
			}
		}
		return nil
	})
	return h, err
}

// removal takes away every row of an organisation, children before parents. The first two make whoever stores an answer or changes
// something at the same time wait, and then fail. TestRemoveOrganisation fails where a table is left out.
var removal = []string{
	`DELETE FROM feeds WHERE organisation_id = $1`,
	`DELETE FROM audit_heads WHERE organisation_id = $1`,
	`DELETE FROM export_chunks WHERE organisation_id = $1`,
	`DELETE FROM exports WHERE organisation_id = $1`,
	`DELETE FROM jobs WHERE organisation_id = $1`,
	`DELETE FROM release_plans WHERE organisation_id = $1`,
	`DELETE FROM publication_editions WHERE organisation_id = $1`,
	`DELETE FROM publications WHERE organisation_id = $1`,
	`DELETE FROM public_changes WHERE organisation_id = $1`,
	`DELETE FROM action_comments WHERE organisation_id = $1`,
	`DELETE FROM action_history WHERE organisation_id = $1`,
	`DELETE FROM action_versions WHERE organisation_id = $1`,
	`DELETE FROM actions WHERE organisation_id = $1`,
	`DELETE FROM comment_tags WHERE organisation_id = $1`,
	`DELETE FROM themes WHERE organisation_id = $1`,
	`DELETE FROM unusual_decisions WHERE organisation_id = $1`,
	`DELETE FROM interface_words WHERE organisation_id = $1`,
	`DELETE FROM interface_languages WHERE organisation_id = $1`,
	`DELETE FROM logos WHERE organisation_id = $1`,
	`DELETE FROM draft_revisions WHERE organisation_id = $1`,
	`DELETE FROM release_counts WHERE organisation_id = $1`,
	`DELETE FROM releases WHERE organisation_id = $1`,
	`DELETE FROM weights WHERE organisation_id = $1`,
	`DELETE FROM weight_sets WHERE organisation_id = $1`,
	`DELETE FROM equality_answers WHERE organisation_id = $1`,
	`DELETE FROM comments WHERE organisation_id = $1`,
	`DELETE FROM responses WHERE organisation_id = $1`,
	`DELETE FROM imports WHERE organisation_id = $1`,
	`DELETE FROM links WHERE organisation_id = $1`,
	`DELETE FROM nonresponse_marks WHERE organisation_id = $1`,
	`DELETE FROM nonresponses WHERE organisation_id = $1`,
	`DELETE FROM codes WHERE organisation_id = $1`,
	`DELETE FROM versions WHERE organisation_id = $1`,
	`DELETE FROM drafts WHERE organisation_id = $1`,
	`DELETE FROM surveys WHERE organisation_id = $1`,
	`DELETE FROM audit WHERE organisation_id = $1`,
	`DELETE FROM access_points WHERE organisation_id = $1`,
	`DELETE FROM channels WHERE organisation_id = $1`,
	`DELETE FROM service_directorates WHERE organisation_id = $1`,
	`DELETE FROM memberships WHERE organisation_id = $1`,
	`DELETE FROM sign_in_failures WHERE organisation_id = $1`,
	`DELETE FROM password_links WHERE organisation_id = $1`,
	`DELETE FROM people WHERE organisation_id = $1`,
	`DELETE FROM services WHERE organisation_id = $1`,
	`DELETE FROM directorates WHERE organisation_id = $1`,
	`DELETE FROM sessions WHERE organisation = $1`,
	`DELETE FROM organisations WHERE id = $1`,
}

// RemoveOrganisation deletes an organisation with everything that belongs to it, the audit trail included, in one transaction. It
// runs as yousaid_owner: the program's own login may delete neither organisations nor the audit trail. An organisation into which
// others were merged is refused: their addresses lead to it.
func RemoveOrganisation(ctx context.Context, ownerDSN string, org int64) error {
	return asOwner(ctx, ownerDSN, func(tx *sql.Tx) error {
		var predecessors int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM organisations WHERE merged_into = $1`, org).Scan(&predecessors); err != nil {
			return err
		}
		if predecessors > 0 {
			return fmt.Errorf("other organisations were merged into this one, and their addresses lead to it: nothing was removed")
		}
		for _, statement := range removal {
			if _, err := tx.ExecContext(ctx, statement, org); err != nil {
				return fmt.Errorf("removing the organisation: %w", err)
			}
		}
		return nil
	})
}

// asOwner runs do in one transaction of yousaid_owner.
func asOwner(ctx context.Context, ownerDSN string, do func(*sql.Tx) error) error {
	dsn, err := withRole(ownerDSN, Owner)
	if err != nil {
		return err
	}
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}
