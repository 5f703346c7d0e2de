package releases

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lib/pq"

	"yousaid/surveys/bank"
	"yousaid/surveys/tenant"
)

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
	Asked     Asked     `db:"-"`
}

// Asked is the query of a release, as the register keeps it.
type Asked struct {
	Surveys   []string `json:"surveys"`
	Measure   string   `json:"measure"`
	By        []string `json:"by"`
	Subtotals bool     `json:"subtotals"`
	Rounded   bool     `json:"rounded"` // its counts are rounded instead of hidden
}

// Equality tells whether a dimension is an equality characteristic.
func (a Asked) Equality() bool { return slices.ContainsFunc(a.By, IsCharacteristic) }

// IsCharacteristic tells whether a dimension is an equality characteristic or its groups.
func IsCharacteristic(dimension string) bool {
	if _, ok := bank.Find(dimension); ok {
		return true
	}
	_, ok := bank.Find(strings.TrimSuffix(dimension, "_group"))
	return ok
}

// characteristics are the names of all dimensions that the register keeps from those who see no equality tables.
func characteristics() (list []string) {
	for _, id := range bank.IDs() {
		list = append(list, id, id+"_group")
	}
	return list
}

// Register is what left, and what became of it.
type Register struct {
	Reader
	Ledger tenant.Ledger
}

// Entries lists the register, newest first: at most limit entries with a number below before (0 for the newest). Without equality only tables without an equality dimension.
func (r Register) Entries(ctx context.Context, org tenant.Org, equality bool, before int64, limit int) ([]Entry, error) {
	tx, err := r.DB.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	var rows []struct {
		Entry
		Query []byte `db:"query"`
	}
	if err := tx.SelectContext(ctx, &rows, `
		SELECT   id, query, period_from::text AS period_from, period_to::text AS period_to, threshold, status, released_at,
		         CASE jsonb_typeof(cells->'cells') WHEN 'array' THEN jsonb_array_length(cells->'cells') ELSE 0 END AS cells,
		         CASE jsonb_typeof(pattern) WHEN 'array' THEN jsonb_array_length(pattern) ELSE 0 END AS hidden
		FROM     releases
		WHERE    organisation_id = $1 AND ($2::bigint = 0 OR id < $2) AND ($3::boolean OR NOT jsonb_exists_any(COALESCE(query->'by', '[]'), $4::text[]))
		ORDER BY id DESC
		LIMIT    $5`, org, before, equality, pq.Array(characteristics()), limit); err != nil {
		return nil, fmt.Errorf("reading the register: %w", err)
	}
	list := make([]Entry, 0, len(rows))
	for _, row := range rows {
		e := row.Entry
		if err := json.Unmarshal(row.Query, &e.Asked); err != nil {
			return nil, fmt.Errorf("reading release %d: %w", e.ID, err)
		}
		list = append(list, e)
	}
	return list, nil
}

// Same finds the releases of one query and period that count, newest first.
func (r Register) Same(ctx context.Context, org tenant.Org, a Asked, from, to string) ([]int64, error) {
	tx, err := r.DB.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	query, err := json.Marshal(map[string]any{"surveys": a.Surveys, "measure": a.Measure, "by": a.By, "subtotals": a.Subtotals})
	if err != nil {
		return nil, err
	}
	var ids []int64
	if err := tx.SelectContext(ctx, &ids, `
		SELECT   id
		FROM     releases
		WHERE    organisation_id = $1 AND status = 'released' AND period_from = $2::date AND period_to = $3::date AND query @> $4::jsonb AND query->'by' = $5::jsonb
		ORDER BY id DESC
		LIMIT    20`, org, from, to, string(query), list(a.By)); err != nil {
		return nil, fmt.Errorf("looking for a release: %w", err)
	}
	return ids, nil
}

// list writes texts as a JSON array: containment alone does not look at their order.
func list(texts []string) string {
	b, err := json.Marshal(texts)
	if err != nil {
		return "[]"
	}
	return string(b)
}

// Object is how the audit trail calls a release.
func Object(id int64) string { return fmt.Sprintf("release/%d", id) }

// Noted writes to the audit trail what was done with a release that changes nothing of it: "release.downloaded", "release.checked".
func (r Register) Noted(ctx context.Context, by tenant.Actor, id int64, action string, what any) error {
	tx, err := r.DB.Begin(ctx, by.Org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if err := r.Ledger.Record(ctx, tx, by, action, Object(id), nil, what); err != nil {
		return fmt.Errorf("%s of release %d: %w", action, id, err)
	}
	return tx.Commit()
}
