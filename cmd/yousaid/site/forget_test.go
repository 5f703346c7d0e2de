package site_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"yousaid/cmd/yousaid/site/sitetest"
	"yousaid/server/accounts"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// TestOldCommentsOfRealPeopleGo: the site takes away comments whose time is over, and leaves a made-up year alone, however long ago
// it lies.
func TestOldCommentsOfRealPeopleGo(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	made, err := s.Accounts.Add(t.Context(), tenant.CommandLine(0), accounts.Organisation{
		Slug: "made-up", Kind: accounts.Demonstration, Names: question.Text{"en": "Made-up Council"},
	})
	if err != nil {
		t.Fatal(err)
	}
	owner := s.Database.Owner()
	for _, org := range []tenant.Org{s.Org.ID, made.ID} {
		var survey, version int64
		if err := owner.Get(&survey, `INSERT INTO surveys (organisation_id, slug, state) VALUES ($1, 'old', 'open') RETURNING id`,
			org); err != nil {
			t.Fatal(err)
		}
		if err := owner.Get(&version,
			`INSERT INTO versions (organisation_id, survey_id, number, definition, digest) VALUES ($1, $2, 1, '{}', '') RETURNING id`, org,
			survey); err != nil {
			t.Fatal(err)
		}
		owner.MustExec(`
			WITH one AS (
			    INSERT INTO responses (organisation_id, id, survey_id, version_id, source, mode, language, answered_hour, answers, state, change_no)
			    VALUES ($1, gen_random_uuid(), $2, $3, 'link', 'online', 'en', '2020-01-01 10:00Z', '{}', 'finished', 1)
			    RETURNING organisation_id, id)
			INSERT INTO comments (organisation_id, response_id, question_code, text, delete_after)
			SELECT organisation_id, id, 'comment', 'long ago', '2021-01-01'
			FROM   one`, org, survey, version)
	}
	left := func(org tenant.Org) (n int) {
		if err := owner.Get(&n, `SELECT count(*) FROM comments WHERE organisation_id = $1`, org); err != nil {
			t.Fatal(err)
		}
		return n
	}
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Minute)
	done := make(chan struct{})
	go func() { s.Forget(ctx, slog.New(slog.DiscardHandler)); close(done) }()
	for left(s.Org.ID) > 0 && ctx.Err() == nil {
		time.Sleep(10 * time.Millisecond)
	}
	stop()
	<-done
	if left(s.Org.ID) != 0 || left(made.ID) != 1 {
		t.Errorf("%d comments of the council and %d made-up ones are left", left(s.Org.ID), left(made.ID))
	}
}
