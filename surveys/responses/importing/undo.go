package importing

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"yousaid/surveys/responses"
	"yousaid/surveys/tenant"
)

// What can stand in the way of an import or of undoing one.
var (
	ErrNoImport   = errors.New("there is no import with this number")
	ErrNotRunning = errors.New("this import was undone while it ran: run it again")
)

// Import is one import as it is listed.
type Import struct {
	ID        int64     `db:"id"`
	Survey    string    `db:"slug"`
	File      string    `db:"file_name"` // "" for imports before files were named
	By        string    `db:"by"`
	Started   time.Time `db:"started_at"`
	State     string    `db:"state"` // running (or stopped half-way), finished, undoing (or stopped half-way), undone
	Read      int64     `db:"read"`
	Stored    int64     `db:"stored"`
	Again     int64     `db:"again"`
	Conflicts int64     `db:"conflicts"`
	Refused   int64     `db:"refused"`
	Undone    int64     `db:"undone"` // responses that were withdrawn
}

// Imports lists the imports of files, the newest first; survey is a slug, or "" for all. They end at most after the first thousand.
func Imports(ctx context.Context, db tenant.DB, org tenant.Org, survey string) ([]Import, error) {
	tx, err := db.Begin(ctx, org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	var list []Import
	if err := tx.SelectContext(ctx, &list, `
		SELECT   i.id, s.slug, i.file_name, i.by, i.started_at, i.state, i.read, i.stored, i.again, i.conflicts, i.refused, i.undone
		FROM     imports i
		JOIN     surveys s ON s.organisation_id = i.organisation_id AND s.id = i.survey_id
		WHERE    i.organisation_id = $1 AND s.organisation_id = $1 AND i.mapping ->> 'sha256' IS NOT NULL AND ($2 = '' OR s.slug = $2)
		ORDER BY i.id DESC
		LIMIT    1000`, org, survey); err != nil {
		return nil, fmt.Errorf("listing imports: %w", err)
	}
	return list, nil
}

// undoAtOnce is how many responses one transaction withdraws: it holds the organisation's feed, so it must be short.
const undoAtOnce = 500

// Undo withdraws every response of an import, part by part, and frees its rows, so that they can be imported again by another
// mapping. What was released stays as it was released. It may be stopped at any moment and run again; done twice it changes
// nothing. It gives the import as it stands then; ErrNoImport.
func Undo(ctx context.Context, db tenant.DB, ledger tenant.Ledger, by tenant.Actor, id int64,
	progress func(done, total int64)) (Import, error) {
	it, err := startUndo(ctx, db, ledger, by, id)
	if err != nil || it.State == "undone" {
		return it, err
	}
	last, seen := "00000000-0000-0000-0000-000000000000", it.Undone
	for {
		n, next, err := undo(ctx, db, by.Org, id, last)
		if err != nil {
			return it, fmt.Errorf("undoing import %d: %w", id, err)
		}
		if n == 0 {
			break
		}
		last, seen = next, seen+n
		if progress != nil {
			progress(min(seen, it.Stored), it.Stored)
		}
	}
	return finishUndo(ctx, db, ledger, by, id)
}

// Find finds one import by its number; ErrNoImport.
func Find(ctx context.Context, db tenant.DB, org tenant.Org, id int64) (Import, error) {
	tx, err := db.Begin(ctx, org)
	if err != nil {
		return Import{}, err
	}
	defer func() { _ = tx.Rollback() }()
	return find(ctx, tx, org, id)
}

func find(ctx context.Context, tx *sqlx.Tx, org tenant.Org, id int64) (it Import, err error) {
	err = tx.GetContext(ctx, &it, `
		SELECT i.id, s.slug, i.file_name, i.by, i.started_at, i.state, i.read, i.stored, i.again, i.conflicts, i.refused, i.undone
		FROM   imports i
		JOIN   surveys s ON s.organisation_id = i.organisation_id AND s.id = i.survey_id
		WHERE  i.organisation_id = $1 AND s.organisation_id = $1 AND i.id = $2 AND i.mapping ->> 'sha256' IS NOT NULL`, org, id)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNoImport
	}
	return it, err
}

// startUndo marks the import, so that no run of it goes on storing.
func startUndo(ctx context.Context, db tenant.DB, ledger tenant.Ledger, by tenant.Actor, id int64) (Import, error) {
	tx, err := db.Begin(ctx, by.Org)
	if err != nil {
		return Import{}, err
	}
	defer func() { _ = tx.Rollback() }()
	it, err := find(ctx, tx, by.Org, id)
	if err != nil || it.State == "undone" {
		return it, err
	}
	marked, err := tx.ExecContext(ctx, `
		UPDATE imports
		SET    state = 'undoing'
		WHERE  organisation_id = $1 AND id = $2 AND state IN ('running', 'finished')`, by.Org, id)
	if err != nil {
		return it, fmt.Errorf("undoing import %d: %w", id, err)
	}
	if n, err := marked.RowsAffected(); err != nil {
		return it, err
	} else if n == 1 {
		if err := ledger.Record(ctx, tx, by, "responses.import_undo_started", "survey "+it.Survey, nil,
			map[string]any{"import": id, "stored": it.Stored}); err != nil {
			return it, err
		}
	}
	return it, tx.Commit()
}

// undo withdraws one part of an import's responses: those behind last in the order of their ids. It gives how many, and the last of them.
func undo(ctx context.Context, db tenant.DB, org tenant.Org, id int64, last string) (n int64, next string, err error) {
	tx, err := db.Begin(ctx, org)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = tx.Rollback() }()
	// The feed's row first: it is the lock that puts changes in order.
	if _, err := tx.ExecContext(ctx, `
		UPDATE feeds
		SET    last_no = last_no
		WHERE  organisation_id = $1`, org); err != nil {
		return 0, "", err
	}
	var ids []string
	if err := tx.SelectContext(ctx, &ids, `
		SELECT   r.id
		FROM     responses r
		WHERE    r.organisation_id = $1 AND r.import_id = $2 AND r.id > $3::uuid AND r.state <> 'withdrawn'
		ORDER BY r.id
		LIMIT    $4`, org, id, last, undoAtOnce); err != nil || len(ids) == 0 {
		return 0, "", err
	}
	var no int64
	if err := tx.GetContext(ctx, &no, `
		UPDATE feeds
		SET    last_no = last_no + $2
		WHERE  organisation_id = $1
		RETURNING last_no`, org, len(ids)); err != nil {
		return 0, "", err
	}
	if err := responses.Withdraw(ctx, tx, org, ids, no, true); err != nil {
		return 0, "", err
	}
	if _, err := tx.ExecContext(ctx, `
		UPDATE imports
		SET    undone = undone + $3
		WHERE  organisation_id = $1 AND id = $2`, org, id, len(ids)); err != nil {
		return 0, "", err
	}
	return int64(len(ids)), ids[len(ids)-1], tx.Commit()
}

func finishUndo(ctx context.Context, db tenant.DB, ledger tenant.Ledger, by tenant.Actor, id int64) (Import, error) {
	tx, err := db.Begin(ctx, by.Org)
	if err != nil {
		return Import{}, err
	}
	defer func() { _ = tx.Rollback() }()
	done, err := tx.ExecContext(ctx, `
		UPDATE imports
		SET    state = 'undone'
		WHERE  organisation_id = $1 AND id = $2 AND state = 'undoing'`, by.Org, id)
	if err != nil {
		return Import{}, fmt.Errorf("undoing import %d: %w", id, err)
	}
	it, err := find(ctx, tx, by.Org, id)
	if err != nil {
		return it, err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return it, err // somebody else has finished it
	}
	if err := ledger.Record(ctx, tx, by, "responses.import_undone", "survey "+it.Survey, nil,
		map[string]any{"import": id, "withdrawn": it.Undone}); err != nil {
		return it, err
	}
	return it, tx.Commit()
}

// before finds earlier imports of the same file by another mapping that still count: their rows were stored with other answers.
func (st *store) before(ctx context.Context, file [32]byte, mapping string) ([]int64, error) {
	tx, err := st.db.Begin(ctx, st.by.Org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	var ids pq.Int64Array
	if err := tx.GetContext(ctx, &ids, `
		SELECT COALESCE(array_agg(id ORDER BY id), '{}')
		FROM   imports
		WHERE  organisation_id = $1 AND survey_id = $2 AND file_sha256 = $3
			AND mapping ->> 'yaml' <> $4 AND state <> 'undone' AND stored > undone`,
		st.by.Org, st.survey, file[:], mapping); err != nil {
		return nil, fmt.Errorf("finding earlier imports of the file: %w", err)
	}
	return ids, nil
}
