package register

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"yousaid/analytics/disclosure"
	"yousaid/analytics/figures"
	"yousaid/surveys/tenant"
)

// Find reads a release in a transaction that another store has open, without what is kept beside its cells: pages show
// many, and the proof is far larger than the table. ErrMissing.
func Find(ctx context.Context, tx *sqlx.Tx, org tenant.Org, id int64) (Release, error) {
	var r row
	err := tx.GetContext(ctx, &r, `
		SELECT id, query, cells, period_from::text AS period_from, period_to::text AS period_to, snapshot_no, threshold, status,
		       COALESCE(corrects_id, 0) AS corrects, released_at,
		       '{}'::jsonb AS kept, '[]'::jsonb AS small,
		       (SELECT jsonb_object_agg(c.survey_id, c.question)
		        FROM   release_counts c
		        WHERE  c.organisation_id = $1 AND c.release_id = $2) AS counts
		FROM   releases
		WHERE  organisation_id = $1 AND id = $2`, org, id)
	if errors.Is(err, sql.ErrNoRows) {
		return Release{}, ErrMissing
	}
	if err != nil {
		return Release{}, fmt.Errorf("reading release %d: %w", id, err)
	}
	return r.release()
}

// Proof reads what is kept beside the cells of a release, its proof, and the whole column that has both. The proof is
// never published: it would tell more than the table.
func Proof(ctx context.Context, tx *sqlx.Tx, org tenant.Org, id int64) (Record, disclosure.Proof, json.RawMessage, error) {
	var raw []byte
	if err := tx.GetContext(ctx, &raw, `
		SELECT proof
		FROM   releases
		WHERE  organisation_id = $1 AND id = $2`, org, id); err != nil {
		return Record{}, disclosure.Proof{}, nil, fmt.Errorf("reading the proof of release %d: %w", id, err)
	}
	var p proved
	if err := json.Unmarshal(raw, &p); err != nil {
		return Record{}, disclosure.Proof{}, nil, fmt.Errorf("reading the proof of release %d: %w", id, err)
	}
	return p.Record, p.Proof, raw, nil
}

// New is a table that leaves.
type New struct {
	Query       any // as the audit trail has it; it is read as Query
	From, To    string
	Snapshot    int64
	Threshold   int
	Cells       []figures.Cell // the total last
	Record      Record
	Counts      map[int64]string // as Release.Counts
	Proof       disclosure.Proof
	RereleaseOf int64 // the release of this very table with other words; 0 for none
}

// Add writes a table to the register and gives its number. One that left before, as it is, and still counts is not added again.
func Add(ctx context.Context, tx *sqlx.Tx, org tenant.Org, n New) (id int64, added bool, err error) {
	hidden := []int{}
	for i, r := range n.Cells {
		if r.Hidden {
			hidden = append(hidden, i)
		}
	}
	query, err1 := json.Marshal(n.Query)
	cells, err2 := figures.Encode(n.Cells)
	pattern, err3 := json.Marshal(hidden)
	proof, err4 := json.Marshal(proved{n.Record, n.Proof})
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return 0, false, err
	}
	err = tx.GetContext(ctx, &id, `
		SELECT   id
		FROM     releases
		WHERE    organisation_id = $1 AND snapshot_no = $5 AND status = 'released' AND
		         (id = $8 OR query = $2::jsonb AND period_from = $3 AND period_to = $4 AND threshold = $6 AND cells = $7::jsonb)
		ORDER BY id
		LIMIT    1`, org, string(query), n.From, n.To, n.Snapshot, n.Threshold, string(cells), n.RereleaseOf)
	if !errors.Is(err, sql.ErrNoRows) {
		return id, false, err
	}
	err = tx.GetContext(ctx, &id, `
		INSERT INTO releases (organisation_id, query, period_from, period_to, snapshot_no, threshold, cells, pattern, proof, status)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'released')
		RETURNING id`,
		org, string(query), n.From, n.To, n.Snapshot, n.Threshold, string(cells), string(pattern), string(proof))
	if err != nil {
		return 0, false, fmt.Errorf("writing the release: %w", err)
	}
	return id, true, addCounts(ctx, tx, org, id, n, query)
}

// addCounts writes what a release counts, by which it is found when another table is audited.
func addCounts(ctx context.Context, tx *sqlx.Tx, org tenant.Org, id int64, n New, query []byte) error {
	var asked Query
	if err := json.Unmarshal(query, &asked); err != nil {
		return err
	}
	var surveys []int64
	var questions []string
	for _, survey := range slices.Sorted(maps.Keys(n.Counts)) {
		surveys, questions = append(surveys, survey), append(questions, n.Counts[survey])
	}
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO release_counts (organisation_id, release_id, survey_id, question, period_from, period_to, rounded, linked_by)
		SELECT $1, $2, c.survey, c.question, $5, $6, $7, $8
		FROM   unnest($3::bigint[], $4::text[]) AS c (survey, question)
		ON     CONFLICT DO NOTHING`,
		org, id, pq.Array(surveys), pq.Array(questions), n.From, n.To, asked.Rounded, pq.Array(linkedBy(asked.By, n.Counts))); err != nil {
		return fmt.Errorf("writing what release %d counts: %w", id, err)
	}
	return nil
}

// Correct notes that a release took the place of another.
func Correct(ctx context.Context, tx *sqlx.Tx, org tenant.Org, before, now int64) error {
	if _, err := tx.ExecContext(ctx, `
		UPDATE releases
		SET    status = 'corrected'
		WHERE  organisation_id = $1 AND id = $2`, org, before); err != nil {
		return fmt.Errorf("correcting release %d: %w", before, err)
	}
	if _, err := tx.ExecContext(ctx, `
		UPDATE releases
		SET    corrects_id = $3
		WHERE  organisation_id = $1 AND id = $2 AND corrects_id IS NULL`, org, now, before); err != nil {
		return fmt.Errorf("correcting release %d: %w", before, err)
	}
	return nil
}

// Withdraw notes that a release was taken back.
func Withdraw(ctx context.Context, tx *sqlx.Tx, org tenant.Org, id int64) error {
	if _, err := tx.ExecContext(ctx, `
		UPDATE releases
		SET    status = 'withdrawn'
		WHERE  organisation_id = $1 AND id = $2`, org, id); err != nil {
		return fmt.Errorf("withdrawing release %d: %w", id, err)
	}
	return nil
}

// Entry is a line of the register.
type Entry struct {
	ID        int64     `db:"id"`
	From      string    `db:"period_from"`
	To        string    `db:"period_to"`
	Threshold int       `db:"threshold"`
	Status    string    `db:"status"`
	At        time.Time `db:"released_at"`
	Cells     int       `db:"cells"`  // the total among them
	Hidden    int       `db:"hidden"` // of these
	Query     Query     `db:"-"`
}

// Wanted says which entries of the register to list; empty fields ask for all.
type Wanted struct {
	Equality  bool // tables with an equality dimension, too
	Standing  bool // only tables that were neither corrected nor withdrawn
	Survey    string
	Measure   string
	Dimension string // one of those that split the table
	From, To  string // days of the period
	Words     string // they stand in the words of the table, in capitals or not: its question, answers and rows
	Before    int64  // number; 0 for the newest
	Limit     int
}

// Entries lists the register, newest first.
func Entries(ctx context.Context, tx *sqlx.Tx, org tenant.Org, w Wanted) ([]Entry, error) {
	var rows []entryRow
	if err := tx.SelectContext(ctx, &rows, `
		SELECT   id, query, period_from::text AS period_from, period_to::text AS period_to, threshold, status, released_at,
		         CASE jsonb_typeof(cells->'cells') WHEN 'array' THEN jsonb_array_length(cells->'cells') ELSE 0 END AS cells,
		         CASE jsonb_typeof(pattern) WHEN 'array' THEN jsonb_array_length(pattern) ELSE 0 END AS hidden
		FROM     releases
		WHERE    organisation_id = $1 AND ($2::bigint = 0 OR id < $2) 
		AND      ($3::boolean OR NOT jsonb_exists_any(COALESCE(query->'by', '[]'), $4::text[]))
		AND      (NOT $6 OR status = 'released') AND ($7 = '' OR jsonb_exists(query->'surveys', $7))
		AND      ($8 = '' OR query->>'measure' = $8) AND ($9 = '' OR jsonb_exists(query->'by', $9))
		AND      ($10 = '' OR period_from = NULLIF($10, '')::date) AND ($11 = '' OR period_to = NULLIF($11, '')::date)
		AND      ($12 = '' OR (proof->'words')::text ILIKE $12)
		ORDER BY id DESC
		LIMIT    $5`, org, w.Before, w.Equality, pq.Array(characteristics()), w.Limit, w.Standing, w.Survey, w.Measure, w.Dimension,
		w.From, w.To, pattern(w.Words)); err != nil {
		return nil, fmt.Errorf("reading the register: %w", err)
	}
	return entries(rows)
}

type entryRow struct {
	Entry
	Raw []byte `db:"query"`
}

func entries(rows []entryRow) ([]Entry, error) {
	list := make([]Entry, 0, len(rows))
	for _, r := range rows {
		e := r.Entry
		if err := json.Unmarshal(r.Raw, &e.Query); err != nil {
			return nil, fmt.Errorf("reading release %d: %w", e.ID, err)
		}
		list = append(list, e)
	}
	return list, nil
}

// pattern finds words wherever they stand; "" for none.
func pattern(words string) string {
	if words == "" {
		return ""
	}
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(words) + "%"
}

// Kinds are what tables that stand there are: one line for each combination of surveys, question, dimensions and
// period, the newest period first.
func Kinds(ctx context.Context, tx *sqlx.Tx, org tenant.Org, equality bool) ([]Entry, error) {
	var rows []entryRow
	if err := tx.SelectContext(ctx, &rows, `
		SELECT   max(id) AS id, query, period_from::text AS period_from, period_to::text AS period_to
		FROM     releases
		WHERE    organisation_id = $1 AND status = 'released' AND ($2::boolean OR NOT jsonb_exists_any(COALESCE(query->'by', '[]'), $3::text[]))
		GROUP BY query, period_from, period_to
		ORDER BY period_to DESC, period_from DESC
		LIMIT    2000`, org, equality, pq.Array(characteristics())); err != nil {
		return nil, fmt.Errorf("reading the register: %w", err)
	}
	return entries(rows)
}

// Status tells what became of releases, by their numbers.
func Status(ctx context.Context, tx *sqlx.Tx, org tenant.Org, ids []int64) (map[int64]string, error) {
	var rows []struct {
		ID     int64  `db:"id"`
		Status string `db:"status"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT id, status
		FROM   releases
		WHERE  organisation_id = $1 AND id = ANY ($2::bigint[])`, org, pq.Array(ids)); err != nil {
		return nil, fmt.Errorf("reading what became of releases: %w", err)
	}
	all := make(map[int64]string, len(rows))
	for _, r := range rows {
		all[r.ID] = r.Status
	}
	return all, nil
}

// Same finds the releases of one query and period that count, newest first.
func Same(ctx context.Context, tx *sqlx.Tx, org tenant.Org, q Query, from, to string) (ids []int64, err error) {
	query, err1 := json.Marshal(map[string]any{"surveys": q.Surveys, "measure": q.Measure, "by": q.By, "subtotals": q.Subtotals})
	by, err2 := json.Marshal(q.By) // containment alone does not look at their order
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	if err := tx.SelectContext(ctx, &ids, `
		SELECT   id
		FROM     releases
		WHERE    organisation_id = $1 AND status = 'released' AND period_from = $2::date AND period_to = $3::date
		AND      query @> $4::jsonb AND query->'by' = $5::jsonb
		ORDER BY id DESC
		LIMIT    20`, org, from, to, string(query), string(by)); err != nil {
		return nil, fmt.Errorf("looking for a release: %w", err)
	}
	return ids, nil
}

// Counting is a release that counts, by its number, with what it was asked and what it counts.
type Counting struct {
	ID       int64
	From, To string
	Query    Query
	Counts   map[int64]string // as Release.Counts
}

// OfSurveys lists the releases that count, of some surveys by their ids. Oldest first.
func OfSurveys(ctx context.Context, tx *sqlx.Tx, org tenant.Org, ids []int64) ([]Counting, error) {
	var rows []struct {
		ID     int64  `db:"id"`
		From   string `db:"period_from"`
		To     string `db:"period_to"`
		Query  []byte `db:"query"`
		Counts []byte `db:"counts"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT   r.id, r.query, r.period_from::text AS period_from, r.period_to::text AS period_to, 
		         jsonb_object_agg(c.survey_id, c.question) AS counts
		FROM     releases r
		JOIN     release_counts c ON c.organisation_id = $1 AND c.release_id = r.id
		WHERE    r.organisation_id = $1 AND r.status = 'released'
		AND      r.id IN (SELECT o.release_id FROM release_counts o WHERE o.organisation_id = $1 AND o.survey_id = ANY ($2))
		GROUP BY r.organisation_id, r.id
		ORDER BY r.id`, org, pq.Array(ids)); err != nil {
		return nil, fmt.Errorf("reading the register: %w", err)
	}
	list := make([]Counting, 0, len(rows))
	for _, r := range rows {
		c := Counting{ID: r.ID, From: r.From, To: r.To}
		if err := errors.Join(json.Unmarshal(r.Query, &c.Query), json.Unmarshal(r.Counts, &c.Counts)); err != nil {
			return nil, fmt.Errorf("reading release %d: %w", r.ID, err)
		}
		list = append(list, c)
	}
	return list, nil
}

// Counted tells whether a release that counts is about a survey and a day of some hours. Both ends count.
func Counted(ctx context.Context, tx *sqlx.Tx, org tenant.Org, survey int64, from, to time.Time) (is bool, err error) {
	err = tx.GetContext(ctx, &is, `
		SELECT EXISTS (SELECT FROM release_counts c
		               JOIN   releases r ON r.organisation_id = $1 AND r.id = c.release_id AND r.status = 'released'
		               JOIN   organisations o ON o.id = $1
		               WHERE  c.organisation_id = $1 AND c.survey_id = $2
		               AND    c.period_from <= (($4::timestamptz - interval '1 hour') AT TIME ZONE o.time_zone)::date
		               AND    c.period_to >= ($3::timestamptz AT TIME ZONE o.time_zone)::date)`, org, survey, from, to)
	if err != nil {
		return false, fmt.Errorf("looking for releases of the time: %w", err)
	}
	return is, nil
}

// ExcludedLater counts the answers of a release that were excluded as unusual after it left.
func ExcludedLater(ctx context.Context, tx *sqlx.Tx, org tenant.Org, id int64) (n int, err error) {
	if err := tx.GetContext(ctx, &n, `
		SELECT count(*)
		FROM   releases q
		JOIN   organisations o ON o.id = q.organisation_id
		JOIN   release_counts c ON c.organisation_id = $1 AND c.release_id = q.id
		JOIN   responses r ON r.organisation_id = $1 AND r.survey_id = c.survey_id AND r.verdict <> '' AND r.excluded_no > q.snapshot_no
		                      AND r.answered_hour >= q.period_from::timestamp AT TIME ZONE o.time_zone
		                      AND r.answered_hour < (q.period_to + 1)::timestamp AT TIME ZONE o.time_zone
		WHERE  q.organisation_id = $1 AND q.id = $2`, org, id); err != nil {
		return 0, fmt.Errorf("counting what was excluded after release %d: %w", id, err)
	}
	return n, nil
}
