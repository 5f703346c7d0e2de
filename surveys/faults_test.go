package surveys

import (
	"slices"
	"testing"

	"yousaid/migrations/pgtest"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// Whatever statement fails, whoever asked hears of it, and a change is made as a whole or not at all.
func TestSurveysWhoseDatabaseFails(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	c := newCouncil(t, db, "anytown", "ANY")
	id := c.create(t, drafted("a b"))
	c.publish(t, id)
	app, _, faults := db.Failing(t)
	c.DB = tenant.New(app)
	ctx, org := t.Context(), c.by.Org

	for name, read := range map[string]func() error{
		"survey":   func() error { _, err := c.Survey(ctx, org, id); return err },
		"surveys":  func() error { _, err := c.Surveys(ctx, org, "", 10); return err },
		"draft":    func() error { _, _, err := c.Draft(ctx, org, id); return err },
		"version":  func() error { _, err := c.CurrentVersion(ctx, org, id); return err },
		"versions": func() error { _, err := c.Versions(ctx, org, id); return err },
		"revision": func() error { _, err := c.Revision(ctx, org, id, 1); return err },
		"editors":  func() error { _, err := c.Editors(ctx, org, id, 1, "a"); return err },
		"codes":    func() error { _, err := c.Codes(ctx, org, id); return err },
		"findings": func() error { _, err := c.Findings(ctx, org, id, drafted("a")); return err },
		"current": func() error {
			tx, err := c.DB.Begin(ctx, org)
			if err != nil {
				return err
			}
			defer func() { _ = tx.Rollback() }()
			_, err = c.Current(ctx, tx, org)
			return err
		},
	} {
		t.Log(name)
		faults.Each(t, read)
	}

	// What stands in the tables after each failure is what stood there before.
	standing := func() (rows []string) {
		if err := db.Owner().Select(&rows, `
			SELECT 'survey ' || id || ' ' || state FROM surveys
			UNION ALL SELECT 'draft ' || survey_id || ' ' || revision FROM drafts
			UNION ALL SELECT 'revisions ' || survey_id || ' ' || count(*) FROM draft_revisions GROUP BY survey_id
			UNION ALL SELECT 'version ' || survey_id || ' ' || number FROM versions
			UNION ALL SELECT 'code ' || survey_id || ' ' || question_code || ' ' || option_code || ' ' || (retired_at IS NULL) FROM codes
			ORDER BY 1`); err != nil {
			t.Fatal(err)
		}
		return rows
	}
	for _, change := range []struct {
		name string
		make func() error
	}{
		{"create", func() error {
			d := drafted("a")
			d.Survey = "another"
			_, err := c.Create(ctx, c.by, "", d)
			return err
		}},
		{"import a new survey", func() error {
			d := drafted("a")
			d.Survey = "imported"
			_, err := c.Import(ctx, c.by, d)
			return err
		}},
		{"import over a draft", func() error { _, err := c.Import(ctx, c.by, drafted("a b")); return err }},
		{"save", func() error {
			var revision int
			var err error
			faults.Paused(func() { _, revision = draftOf(t, c, id) })
			_, err = c.SaveDraft(ctx, c.by, id, revision, drafted("a b"))
			return err
		}},
		{"edit", func() error {
			_, err := c.Edit(ctx, c.by, id, func(d *Definition) error {
				d.Title = question.Text{"en": d.Title["en"] + "!"}
				return DeleteQuestion("b")(d)
			})
			return err
		}},
		{"publish", func() error { _, err := c.Publish(ctx, c.by, id, Publishing{}); return err }},
		{"discard", func() error {
			var revision int
			faults.Paused(func() { _, revision = draftOf(t, c, id) })
			_, err := c.Discard(ctx, c.by, id, revision)
			return err
		}},
		{"take back", func() error {
			var revision int
			faults.Paused(func() { _, revision = draftOf(t, c, id) })
			_, err := c.TakeBack(ctx, c.by, id, revision-1)
			return err
		}},
		{"close", func() error { return c.Close(ctx, c.by, id) }},
		{"reopen", func() error { return c.Reopen(ctx, c.by, id) }},
	} {
		before := standing()
		faults.Each(t, func() error {
			err := change.make()
			faults.Paused(func() {
				if after := standing(); err != nil && !slices.Equal(before, after) {
					t.Errorf("%s failed with %v and left\n%v\nof\n%v", change.name, err, after, before)
				}
			})
			return err
		})
		if after := standing(); slices.Equal(before, after) {
			t.Errorf("%s changed nothing", change.name)
		}
	}
}
