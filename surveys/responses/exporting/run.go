package exporting

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"runtime"

	"yousaid/surveys"
	"yousaid/surveys/question"
	"yousaid/surveys/responses"
	"yousaid/surveys/tablefile"
	"yousaid/surveys/tenant"
)

// Run makes the file of an export: the handler of JobKind. It may run again after it was cut off; each attempt writes parts of its
// own, and only the last one's are given.
func (s Store) Run(ctx context.Context, org tenant.Org, payload []byte) error {
	var what struct{ Export int64 }
	if err := json.Unmarshal(payload, &what); err != nil {
		return err
	}
	e, err := s.begin(ctx, org, what.Export)
	if errors.Is(err, ErrMissing) {
		return nil // deleted while it waited
	}
	if err != nil {
		return err
	}
	err = s.write(ctx, org, e)
	if err == nil || ctx.Err() != nil {
		return err
	}
	return errors.Join(err, s.end(context.WithoutCancel(ctx), org, e, "failed", nil, problem(err)))
}

func problem(err error) string {
	if errors.Is(err, tablefile.ErrTooLarge) {
		return "There are more responses or questions than a worksheet has room for. Choose CSV, or fewer months."
	}
	return "The file could not be made. It will be tried again; if it fails again, tell the person who looks after the server."
}

// begin starts an attempt, and takes away what an earlier one left.
func (s Store) begin(ctx context.Context, org tenant.Org, id int64) (Export, error) {
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return Export{}, err
	}
	defer func() { _ = tx.Rollback() }()
	// Words that are being taken away at this moment are gone before the export reads; what is taken away from now on finds it
	// running. See responses.DiscardFiles.
	if err := responses.HoldFeed(ctx, tx, org); err != nil {
		return Export{}, err
	}
	var attempt int
	err = tx.GetContext(ctx, &attempt, `
		UPDATE exports
		SET    state = 'running', attempt = attempt + 1, rows_done = 0, problem = ''
		WHERE  organisation_id = $1 AND id = $2 AND state IN ('waiting', 'running', 'failed')
		RETURNING attempt`, org, id)
	if errors.Is(err, sql.ErrNoRows) {
		return Export{}, ErrMissing
	}
	if err != nil {
		return Export{}, fmt.Errorf("beginning export %d: %w", id, err)
	}
	if _, err := tx.ExecContext(ctx, `
		DELETE FROM export_chunks
		WHERE  organisation_id = $1 AND export_id = $2 AND attempt < $3`, org, id, attempt); err != nil {
		return Export{}, err
	}
	if err := tx.Commit(); err != nil {
		return Export{}, err
	}
	return s.Export(ctx, org, id)
}

// end writes down how an attempt ended; nothing where another attempt has begun since.
func (s Store) end(ctx context.Context, org tenant.Org, e Export, state string, made *chunked, why string) error {
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	var bytes int64
	var chunks int
	sum := ""
	if made != nil {
		bytes, chunks, sum = made.bytes, made.no, hex.EncodeToString(made.sum.Sum(nil))
	}
	var found int64
	if err := tx.GetContext(ctx, &found, `
		UPDATE exports
		SET    state = $4, bytes = $5, chunks = $6, sha256 = $7, expires_at = $8, problem = $9, rows_done = $10, rows_all = $10
		WHERE  organisation_id = $1 AND id = $2 AND attempt = $3 AND state = 'running'
		RETURNING id`, org, e.ID, e.Attempt, state, bytes, chunks, sum, s.Now().Add(Life), why, e.Rows); err != nil {
		return fmt.Errorf("ending export %d: %w", e.ID, err)
	}
	by := tenant.Actor{Org: org, Name: e.By, Via: "export"}
	if err := s.Ledger.Record(ctx, tx, by, "export."+state, fmt.Sprintf("export/%d", e.ID), nil,
		map[string]any{"survey": e.Slug, "rows": e.Rows, "bytes": bytes}); err != nil {
		return err
	}
	return tx.Commit()
}

// partsOfProgress is how many parts are read between two words of progress.
const partsOfProgress = 5

// write reads the responses in one state of the data, part by part, and writes them.
func (s Store) write(ctx context.Context, org tenant.Org, e Export) error {
	versions, err := s.Surveys.Versions(ctx, org, e.Survey)
	if err != nil {
		return err
	}
	shape, err := s.shape(ctx, org, e, versions)
	if err != nil {
		return err
	}
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	// One state of the data from the first row to the last, whatever comes in meanwhile.
	if _, err := tx.ExecContext(ctx, `SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY`); err != nil {
		return err
	}
	from, to := bounds(e, shape.zone)
	if err := tx.GetContext(ctx, &e.All, `
		SELECT count(*)
		FROM   responses
		WHERE  organisation_id = $1 AND survey_id = $2 AND response_counts(state, source, NULL)
		AND    ($3::timestamptz IS NULL OR answered_hour >= $3)
		AND    ($4::timestamptz IS NULL OR answered_hour < $4)`, org, e.Survey, from, to); err != nil {
		return fmt.Errorf("counting responses: %w", err)
	}
	format, known := tablefile.Named(e.Format, tablefile.Format.HoldsRows)
	if !known {
		return fmt.Errorf("%w: %q", ErrFormat, e.Format)
	}
	out := &chunked{ctx: ctx, store: s, org: org, export: e, sum: sha256.New()}
	file, err := format.Rows(out, shape.file(e))
	if err != nil {
		return err
	}
	reader, err := openReader(ctx, tx, org, e, from, to)
	if err != nil {
		return err
	}
	parts := 0
	err = reader.each(ctx, func(rows []response) error {
		for i := range rows {
			e.Rows++
			if err := file.Row(shape.cells(e.Rows, &rows[i])); err != nil {
				return err
			}
		}
		if parts++; parts%partsOfProgress != 0 {
			return nil
		}
		// The program lets its memory grow before it cleans up, which suits a crowd of small requests. Here what was read would pile up
		// on what those need.
		runtime.GC()
		return s.progress(ctx, org, e)
	})
	if err != nil {
		return err
	}
	if err := file.Close(e.Rows); err != nil {
		return err
	}
	if err := out.flush(); err != nil {
		return err
	}
	return s.end(ctx, org, e, "finished", out, "")
}

func (s Store) progress(ctx context.Context, org tenant.Org, e Export) error {
	tx, err := s.DB.Begin(ctx, org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(ctx, `
		UPDATE exports
		SET    rows_done = $4, rows_all = $5
		WHERE  organisation_id = $1 AND id = $2 AND attempt = $3`, org, e.ID, e.Attempt, e.Rows, e.All); err != nil {
		return err
	}
	return tx.Commit()
}

// chunkSize is the size of the parts of a file.
const chunkSize = 512 << 10

// chunked writes a file to the table in parts.
type chunked struct {
	ctx    context.Context
	store  Store
	org    tenant.Org
	export Export
	buffer []byte
	no     int
	bytes  int64
	sum    hash.Hash
}

// Write keeps what is written until it fills a part.
func (c *chunked) Write(b []byte) (int, error) {
	n := len(b)
	for len(b) > 0 {
		take := min(len(b), chunkSize-len(c.buffer))
		c.buffer, b = append(c.buffer, b[:take]...), b[take:]
		if len(c.buffer) == chunkSize {
			if err := c.flush(); err != nil {
				return 0, err
			}
		}
	}
	return n, nil
}

func (c *chunked) flush() error {
	if len(c.buffer) == 0 {
		return nil
	}
	tx, err := c.store.DB.Begin(c.ctx, c.org)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(c.ctx, `
		INSERT INTO export_chunks (organisation_id, export_id, attempt, no, bytes)
		VALUES ($1, $2, $3, $4, $5)`, c.org, c.export.ID, c.export.Attempt, c.no, c.buffer); err != nil {
		return fmt.Errorf("storing part %d of a file: %w", c.no, err)
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	c.sum.Write(c.buffer)
	c.bytes += int64(len(c.buffer))
	c.no++
	c.buffer = c.buffer[:0]
	return nil
}

// questionsOf lists every question that a survey ever asked, in the order of its newest version, those of older versions behind it,
// with every answer that was ever offered.
func questionsOf(versions []surveys.Version) []question.Question {
	var list []question.Question
	at := map[string]int{}
	for i := len(versions) - 1; i >= 0; i-- {
		for _, q := range versions[i].Definition.Questions() {
			j, there := at[q.Code]
			if !there {
				at[q.Code] = len(list)
				q = q.Clone()
				q.Options = q.Choices()
				list = append(list, q)
				continue
			}
			for _, o := range q.Choices() {
				if _, has := list[j].Option(o.Code); !has {
					list[j].Options = append(list[j].Options, o)
				}
			}
		}
	}
	return list
}
