package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/migrations/localpg"
	"yousaid/server/audit"
	"yousaid/surveys"
	"yousaid/surveys/responses/exporting"
	"yousaid/surveys/tenant"
)

// mostExportMemory is how many bytes more than before an export may keep in memory at any moment.
const mostExportMemory = 64 << 20

// mostExportTime is how many times as long as COPY of the same rows an export may take.
const mostExportTime = 3.0

// noQueue is a queue of exports that are run by hand.
type noQueue struct{}

func (noQueue) Enqueue(context.Context, *sqlx.Tx, tenant.Org, string, string, any) error { return nil }
func (noQueue) Wake()                                                                    {}

// export measures a row export against COPY of the same joined rows to a discarded stream, right after the rows were loaded and
// again after ANALYZE.
func (b *bench) export(ctx context.Context, p *place) error {
	fmt.Printf("row export of %d responses with comments, against COPY of the same rows to a discarded stream\n", b.Rows)
	c, err := p.council(ctx)
	if err != nil {
		return err
	}
	if err := p.load(ctx, c, b.Rows); err != nil {
		return err
	}
	admin, err := sqlx.ConnectContext(ctx, "postgres", p.cluster.DSN("postgres", localpg.Database))
	if err != nil {
		return err
	}
	defer admin.Close()
	// Right after the rows were loaded the planner takes them for a few, and the join below would take a time that grows with their square.
	admin.SetMaxOpenConns(1)
	if _, err := admin.ExecContext(ctx, `SET enable_nestloop = off`); err != nil {
		return err
	}
	db := tenant.New(p.app)
	ledger := audit.New(db)
	store := exporting.Store{DB: db, Ledger: ledger, Surveys: surveys.Store{DB: db, Ledger: ledger}, Queue: noQueue{}, Now: time.Now}
	for _, state := range []string{"just loaded", "analysed"} {
		if state == "analysed" {
			if _, err := p.owner.ExecContext(ctx, `ANALYZE responses, comments`); err != nil {
				return err
			}
		}
		ratios, most := map[string][]float64{}, map[string]int64{}
		for range b.Rounds {
			plain, err := p.copyOut(ctx, admin, c)
			if err != nil {
				return err
			}
			for _, format := range []string{"csv", "xlsx"} {
				took, memory, err := exportOnce(ctx, store, c, format)
				if err != nil {
					return fmt.Errorf("exporting %s: %w", format, err)
				}
				ratios[format] = append(ratios[format], took.Seconds()/plain.Seconds())
				most[format] = max(most[format], memory)
				fmt.Printf("  %-12s %-5s %8.2f s, COPY %6.2f s, %4d MB over idle\n", state, format, took.Seconds(), plain.Seconds(), memory>>20)
			}
		}
		for _, format := range []string{"csv", "xlsx"} {
			m := median(ratios[format])
			fmt.Printf("  ratio %-28s %12.2f   (at most %.1f: %s)   rounds: %s\n", state+", "+format+" to COPY", m, mostExportTime,
				verdict(m <= mostExportTime), list(ratios[format]))
			fmt.Printf("  memory %-27s %9d MB   (at most %d MB over idle: %s)\n", state+", "+format, most[format]>>20, mostExportMemory>>20,
				verdict(most[format] <= mostExportMemory))
		}
	}
	return nil
}

// load stores n responses, two in five of them with a comment, as an import does: nothing looks at the tables afterwards.
func (p *place) load(ctx context.Context, c council, n int) error {
	for _, statement := range []string{`ALTER TABLE responses SET (autovacuum_enabled = false)`,
		`ALTER TABLE comments SET (autovacuum_enabled = false)`} {
		if _, err := p.owner.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	const chunk = 50_000
	for from := 0; from < n; from += chunk {
		to := min(n, from+chunk)
		if _, err := p.owner.ExecContext(ctx, `
			INSERT INTO responses (organisation_id, id, survey_id, version_id, link_id, source, service_id, channel, mode, language, answered_hour,
			                       answers, state, change_no)
			SELECT $1::bigint, md5('bench' || $1::bigint || 'r' || i)::uuid, $2, $3, $4, 'link', $5, 'web', 'online',
			       CASE i % 9 WHEN 0 THEN 'cy' ELSE 'en' END,
			       timestamptz '2025-01-01 00:00+00' + (i % 8000) * interval '1 hour',
			       jsonb_build_object('rating', (1 + i % 5)::text, 'reason', (ARRAY['time', 'staff', 'quality', 'information'])[1 + i % 4]),
			       'finished', i
			FROM   generate_series($6::int, $7::int) AS i
			ON CONFLICT DO NOTHING`, c.org, c.survey, c.version, c.link, c.service, from, to-1); err != nil {
			return fmt.Errorf("loading responses: %w", err)
		}
		if _, err := p.owner.ExecContext(ctx, `
			INSERT INTO comments (organisation_id, response_id, question_code, text, delete_after)
			SELECT $1::bigint, md5('bench' || $1::bigint || 'r' || i)::uuid, 'comment',
			       'The crew came on the wrong day, no. ' || i || '; nobody told us, and the bin was "full" for a week.', '2099-12-31'
			FROM   generate_series($2::int, $3::int) AS i
			WHERE  i % 5 < 2
			ON CONFLICT DO NOTHING`, c.org, from, to-1); err != nil {
			return fmt.Errorf("loading comments: %w", err)
		}
	}
	return nil
}

// copyOut is the plain way: what a file has, joined and read once by the server, thrown away there.
func (p *place) copyOut(ctx context.Context, admin *sqlx.DB, c council) (time.Duration, error) {
	org, survey := strconv.FormatInt(int64(c.org), 10), strconv.FormatInt(c.survey, 10)
	started := time.Now()
	_, err := admin.ExecContext(ctx, `
		COPY (
		    SELECT    r.id, r.answered_hour, r.version_id, r.service_id, r.channel, r.mode, r.access_point_id, r.about, r.language, r.state,
		              r.answers, c.question_code,
		              coalesce(c.redacted, c.text)
		    FROM      responses r
		    LEFT JOIN comments c ON c.organisation_id = `+org+` AND c.response_id = r.id AND c.review_state <> 'withheld'
		    WHERE     r.organisation_id = `+org+` AND r.survey_id = `+survey+` AND r.state <> 'withdrawn' AND r.source <> 'pilot'
		    ORDER BY  r.id
		) TO '/dev/null'`)
	return time.Since(started), err
}

// exportOnce makes one file, and gives how long that took and how much memory it took beyond what was there before.
func exportOnce(ctx context.Context, store exporting.Store, c council, format string) (time.Duration, int64, error) {
	by := tenant.CommandLine(c.org)
	id, err := store.Ask(ctx, by, exporting.New{Survey: c.survey, Format: format, Comments: true})
	if err != nil {
		return 0, 0, err
	}
	debug.FreeOSMemory()
	before, err := resident()
	if err != nil {
		return 0, 0, err
	}
	peak := make(chan int64)
	watched, done := context.WithCancel(ctx)
	go func() {
		most := int64(0)
		for watched.Err() == nil {
			if now, err := resident(); err == nil {
				most = max(most, now)
			}
			select {
			case <-watched.Done():
			case <-time.After(20 * time.Millisecond):
			}
		}
		peak <- most
	}()
	started := time.Now()
	err = store.Run(ctx, c.org, []byte(`{"export":`+strconv.FormatInt(id, 10)+`}`))
	took := time.Since(started)
	done()
	memory := <-peak - before
	if err != nil {
		return 0, 0, err
	}
	e, err := store.Export(ctx, c.org, id)
	if err == nil && e.State != "finished" {
		err = fmt.Errorf("the export is %s: %s", e.State, e.Problem)
	}
	if err == nil {
		err = store.Delete(ctx, by, id)
	}
	runtime.GC()
	return took, memory, err
}

// resident is how much memory this program has, in bytes.
func resident() (int64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			return kb << 10, err
		}
	}
	return 0, fmt.Errorf("/proc/self/status does not tell VmRSS")
}
