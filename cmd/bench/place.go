package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"

	"github.com/jmoiron/sqlx"
	"golang.org/x/sync/errgroup"

	"yousaid/migrations"
	"yousaid/migrations/localpg"
	"yousaid/surveys"
	"yousaid/surveys/responses"
	"yousaid/surveys/tenant"
)

// poolSize is how many connections each way may use: what suits single inserts best on two cores.
const poolSize = 16

// place is a throw-away database that waits for its disk as a council's does.
type place struct {
	dir     string
	cluster *localpg.Cluster
	owner   *sqlx.DB
	app     *sqlx.DB
	keys    *responses.Signer
	master  []byte // the load process signs its tokens with it
	made    int
}

func openPlace(ctx context.Context, under string) (p *place, err error) {
	p = &place{}
	if p.dir, err = os.MkdirTemp(under, "yousaid-bench-"); err != nil {
		return nil, err
	}
	if err := p.open(ctx); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

func (p *place) open(ctx context.Context) (err error) {
	if err := os.Chmod(p.dir, 0o755); err != nil { // as root, the server runs as somebody else
		return err
	}
	if p.cluster, err = localpg.Start(ctx, p.dir); err != nil {
		return err
	}
	if _, err := migrations.Up(ctx, p.cluster.OwnerDSN()); err != nil {
		return err
	}
	if p.owner, err = sqlx.ConnectContext(ctx, "postgres", p.cluster.OwnerDSN()); err != nil {
		return err
	}
	if p.app, err = pool(ctx, p.cluster.AppDSN()); err != nil {
		return err
	}
	if p.keys, err = responses.Keys(ctx, tenant.New(p.app)); err != nil {
		return err
	}
	if err = p.owner.GetContext(ctx, &p.master, `SELECT value FROM secrets WHERE name = 'master'`); err != nil {
		return err
	}
	return p.settle(ctx)
}

// pids are the processes that serve: this program and the database, whose children do the work.
func (p *place) pids() []int { return []int{os.Getpid(), p.cluster.PID()} }

// settle gives the tables a past and lets PostgreSQL look at it, as its autovacuum does within a minute: what is measured is any
// day but the first.
func (p *place) settle(ctx context.Context) error {
	c, err := p.council(ctx)
	if err != nil {
		return err
	}
	collector := responses.NewCollector(tenant.New(p.app), p.keys, responses.Options{})
	var all errgroup.Group
	all.SetLimit(256)
	for range 4000 {
		all.Go(func() error {
			form := responses.NewForm(c.org, c.link, c.version)
			if _, err := collector.Submit(ctx, responses.Submission{Form: form, Language: "en", First: true, Codes: []string{"rating"},
				Answers: `{"rating":"4"}`}); err != nil {
				return err
			}
			_, err := collector.Submit(ctx, responses.Submission{Form: form, Language: "en", Codes: []string{"reason"}, Answers: `{"reason":"time"}`,
				Comments: []responses.Comment{{Question: "comment", Text: words}}})
			return err
		})
	}
	if err := errors.Join(all.Wait(), collector.Close(ctx)); err != nil {
		return fmt.Errorf("giving the database a past: %w", err)
	}
	_, err = p.owner.ExecContext(ctx, `ANALYZE`)
	return err
}

func pool(ctx context.Context, dsn string) (*sqlx.DB, error) {
	db, err := migrations.Pool(dsn, poolSize)
	if err != nil {
		return nil, err
	}
	return db, db.PingContext(ctx)
}

// close stops the database and removes its folder, which this program made.
func (p *place) close() error {
	for _, db := range []*sqlx.DB{p.owner, p.app} {
		if db != nil {
			db.Close()
		}
	}
	if p.cluster != nil {
		p.cluster.Stop()
	}
	return os.RemoveAll(p.dir)
}

func (p *place) describe(ctx context.Context) string {
	var version, sync string
	if err := p.owner.QueryRowxContext(ctx, `SELECT current_setting('server_version'), current_setting('fsync')`).Scan(&version,
		&sync); err != nil {
		version = err.Error()
	}
	return fmt.Sprintf("PostgreSQL %s (fsync %s), %s, %d processors shared by load, program and database, pools of %d",
		version, sync, runtime.Version(), runtime.NumCPU(), poolSize)
}

// council is an organisation with one open survey, whose answers to one run are counted by themselves.
type council struct {
	org        tenant.Org
	survey     int64
	version    int64
	service    int64
	link       int64
	code       string
	slug       string
	definition surveys.Definition
}

// council makes a new one.
func (p *place) council(ctx context.Context) (c council, err error) {
	if c.definition, err = surveys.Template("customer-satisfaction"); err != nil {
		return c, err
	}
	definition, err := json.Marshal(c.definition)
	if err != nil {
		return c, err
	}
	p.made++
	prefix := []byte("222")
	for i, n := 2, p.made; n > 0; i, n = i-1, n/len(responses.Alphabet) {
		prefix[i] = responses.Alphabet[n%len(responses.Alphabet)]
	}
	c.code, c.slug = string(prefix)+"BENCH", strings.ToLower("bench-"+string(prefix))
	for _, step := range []struct {
		into  any
		query string
		args  func() []any
	}{
		{&c.org, `INSERT INTO organisations (slug, link_prefix, names) VALUES ($1, $2, '{"en": "Benchshire Council"}') RETURNING id`,
			func() []any { return []any{c.slug, string(prefix)} }},
		{&c.service, `INSERT INTO services (organisation_id, slug, names) VALUES ($1, 'bins', '{"en": "Bins and recycling"}') RETURNING id`,
			func() []any { return []any{c.org} }},
		{&c.survey, `INSERT INTO surveys (organisation_id, slug, state) VALUES ($1, 'customer-satisfaction', 'open') RETURNING id`,
			func() []any { return []any{c.org} }},
		{&c.version, `INSERT INTO versions (organisation_id, survey_id, number, definition, digest) VALUES ($1, $2, 1, $3, '') RETURNING id`,
			func() []any { return []any{c.org, c.survey, string(definition)} }},
		{&c.link, `INSERT INTO links (organisation_id, code, survey_id, service_id, channel) VALUES ($1, $2, $3, $4, 'web') RETURNING id`,
			func() []any { return []any{c.org, c.code, c.survey, c.service} }},
	} {
		if err := p.owner.GetContext(ctx, step.into, step.query, step.args()...); err != nil {
			return c, fmt.Errorf("making a council: %w", err)
		}
	}
	return c, nil
}

// stored counts what stands in the tables of one council.
func (p *place) stored(ctx context.Context, org tenant.Org) (forms, comments int, err error) {
	if err = p.owner.GetContext(ctx, &forms, `SELECT count(*) FROM responses WHERE organisation_id = $1`, org); err != nil {
		return
	}
	err = p.owner.GetContext(ctx, &comments, `SELECT count(*) FROM comments WHERE organisation_id = $1`, org)
	return
}
