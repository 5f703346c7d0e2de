package main

import (
	"context"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/server/public"
	"yousaid/surveys/responses"
	"yousaid/surveys/tenant"
)

// way is one way of storing what is sent. The ways differ in nothing else.
type way struct {
	name   string
	stores bool // what it acknowledged can be counted afterwards
	open   func(context.Context, *place, council) (public.Collector, func() error, error)
}

var ways = []way{
	{"group commit (Yousaid)", true, openGroup},
	{"one INSERT per request", true, openSingle},
	{"nothing stored", false, func(context.Context, *place, council) (public.Collector, func() error, error) {
		return nothing{}, func() error { return nil }, nil
	}},
}

func openGroup(_ context.Context, p *place, _ council) (public.Collector, func() error, error) {
	c := responses.NewCollector(tenant.New(p.app), p.keys, responses.Options{})
	return c, func() error { return c.Close(context.Background()) }, nil
}

// nothing acknowledges at once.
type nothing struct{}

func (nothing) Submit(context.Context, responses.Submission) error { return nil }

// single is the plain way: every request runs one INSERT that commits by itself, into the same tables with the same keys, indexes and row-level
// security. It is spared what the plain way would need besides: the one order of changes, the checks that link and survey are open, and the answers of
// later pages. The INSERT is not prepared, as no statement of this project is (a pooler would break it; a test holds that): PostgreSQL parses and plans it each
// time, in the same single round trip.
type single struct {
	council
	db *sqlx.DB
	no atomic.Int64
}

func openSingle(ctx context.Context, p *place, c council) (public.Collector, func() error, error) {
	// The organisation is set when the connection opens, so that a request is one statement and not a transaction of three.
	db, err := pool(ctx, p.cluster.AppDSN()+` binary_parameters=yes options='-c yousaid.org=`+strconv.FormatInt(int64(c.org), 10)+`'`)
	if err != nil {
		return nil, nil, err
	}
	return &single{council: c, db: db}, db.Close, nil
}

func (s *single) Submit(ctx context.Context, sub responses.Submission) error {
	if sub.First {
		_, err := s.db.ExecContext(ctx, `
			INSERT INTO responses (organisation_id, id, survey_id, version_id, link_id, source, service_id, channel, mode, language, answered_hour, answers, state, change_no)
			VALUES ($1, $2, $3, $4, $5, 'link', $6, 'web', 'online', $7, $8, $9, 'started', $10)
			ON CONFLICT (organisation_id, id) DO UPDATE SET answers = excluded.answers, change_no = excluded.change_no`,
			s.org, sub.Response, s.survey, s.version, s.link, s.service, sub.Language, time.Now().UTC().Truncate(time.Hour), sub.Answers, s.no.Add(1))
		return err
	}
	for _, c := range sub.Comments {
		_, err := s.db.ExecContext(ctx, `
			INSERT INTO comments (organisation_id, response_id, question_code, text, delete_after)
			VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (organisation_id, response_id, question_code) DO UPDATE SET text = excluded.text`,
			s.org, sub.Response, c.Question, c.Text, time.Now().Add(responses.CommentLife).Format(time.DateOnly))
		if err != nil {
			return err
		}
	}
	return nil
}
