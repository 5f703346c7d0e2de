package main

import (
	"context"
	"fmt"
	"strconv"
	"sync/atomic"

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
	{"one prepared INSERT per request", true, openSingle},
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

func (nothing) Submit(context.Context, responses.Submission) (bool, error) { return false, nil }

// single is the plain way: every request runs one prepared INSERT that commits by itself, into the same tables with the same keys,
// indexes and row-level security. It is spared what the plain way would need besides: the one order of changes, the checks that
// link and survey are open, and the answers of later pages. It alone of the project is prepared (migrations/sql_test.go lets this
// file): that is the best the plain way can do.
type single struct {
	council
	db      *sqlx.DB
	rating  *sqlx.Stmt
	comment *sqlx.Stmt
	no      atomic.Int64
}

func openSingle(ctx context.Context, p *place, c council) (public.Collector, func() error, error) {
	// The organisation is set when the connection opens, so that a request is one statement and not a transaction of three.
	db, err := pool(ctx, p.cluster.AppDSN()+` options='-c yousaid.org=`+strconv.FormatInt(int64(c.org), 10)+`'`)
	if err != nil {
		return nil, nil, err
	}
	s := &single{council: c, db: db}
	if s.rating, err = db.PreparexContext(ctx, `
		INSERT INTO responses (organisation_id, id, survey_id, version_id, link_id, source, service_id, channel, mode, language, answered_hour,
		                       answers, state, change_no)
		VALUES ($1, $2, $3, $4, $5, 'link', $6, 'web', 'online', $7, date_trunc('hour', now(), 'UTC'), $8, 'started', $9)
		ON CONFLICT (organisation_id, id) DO UPDATE SET answers = excluded.answers, change_no = excluded.change_no`); err != nil {
		return nil, nil, fmt.Errorf("preparing the plain way: %w", err)
	}
	if s.comment, err = db.PreparexContext(ctx, `
		INSERT INTO comments (organisation_id, response_id, question_code, text, delete_after)
		VALUES ($1, $2, $3, $4, current_date + 366)
		ON CONFLICT (organisation_id, response_id, question_code) DO UPDATE SET text = excluded.text`); err != nil {
		return nil, nil, fmt.Errorf("preparing the plain way: %w", err)
	}
	return s, db.Close, nil
}

func (s *single) Submit(ctx context.Context, sub responses.Submission) (bool, error) {
	if sub.First {
		_, err := s.rating.ExecContext(ctx, s.org, sub.Response, s.survey, s.version, s.link, s.service, sub.Language, sub.Answers, s.no.Add(1))
		return false, err
	}
	for _, c := range sub.Comments {
		if _, err := s.comment.ExecContext(ctx, s.org, sub.Response, c.Question, c.Text); err != nil {
			return false, err
		}
	}
	return false, nil
}
