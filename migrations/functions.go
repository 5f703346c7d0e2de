package migrations

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"time"
)

// functionFile is one file of functions/: SQL that replaces what it makes as a whole, so that it is changed where it stands and
// read in one piece. Its first line is "-- revision N, sha256 …": the number grows with each change, so that an older program is
// known from a newer one, and a test compares the hash with the rest of the file, so that no change goes without a new number.
type functionFile struct {
	name     string // functions/store_pages.sql
	revision int64
	hash     string // of the text
	text     string
}

var firstLine = regexp.MustCompile(`^-- revision ([1-9]\d*), sha256 \S+\n`)

// functionFiles reads functions/, in the order of the names.
func functionFiles(from fs.FS) ([]functionFile, error) {
	names, err := fs.Glob(from, "functions/*.sql")
	if err != nil {
		return nil, err
	}
	var all []functionFile
	for _, name := range names {
		text, err := fs.ReadFile(from, name)
		if err != nil {
			return nil, err
		}
		head := firstLine.FindSubmatch(text)
		if head == nil {
			return nil, fmt.Errorf("%s does not begin with its revision", name)
		}
		revision, err := strconv.ParseInt(string(head[1]), 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		body := text[len(head[0]):]
		sum := sha256.Sum256(body)
		all = append(all, functionFile{name: name, revision: revision, hash: hex.EncodeToString(sum[:]), text: string(body)})
	}
	return all, nil
}

// functionState is the revision of a file that the database has.
type functionState struct {
	revision int64
	hash     string
	applied  time.Time
}

// isApplied tells whether the database has the file as it is.
func (f functionFile) isApplied(known map[string]functionState) bool {
	return known[f.name].hash == f.hash
}

// newerFunctions is ErrNewer where the database has functions of a newer program: a higher revision, or a file that this program
// does not know.
func newerFunctions(all []functionFile, known map[string]functionState) error {
	mine := map[string]int64{}
	for _, f := range all {
		mine[f.name] = f.revision
	}
	for name, k := range known {
		if k.revision > mine[name] {
			return fmt.Errorf("%w (%s is at revision %d, this program knows %d): install that version of Yousaid or a newer one",
				ErrNewer, name, k.revision, mine[name])
		}
	}
	return nil
}

// knownFunctions reads which files the database has. Its table is made by the first program that applies one, as goose makes its own.
func knownFunctions(ctx context.Context, tx *sql.Tx) (map[string]functionState, error) {
	var there bool
	if err := tx.QueryRowContext(ctx, `
		SELECT to_regclass('public.function_files') IS NOT NULL`).Scan(&there); err != nil || !there {
		return nil, err
	}
	rows, err := tx.QueryContext(ctx, `
		SELECT name, revision, sha256, applied_at
		FROM   public.function_files`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	known := map[string]functionState{}
	for rows.Next() {
		var name string
		var k functionState
		if err := rows.Scan(&name, &k.revision, &k.hash, &k.applied); err != nil {
			return nil, err
		}
		known[name] = k
	}
	return known, rows.Err()
}

// applyFunctions applies the files that the database does not have as they are, all in one transaction, and returns how many those
// were. The caller holds the lock of the migrations.
func applyFunctions(ctx context.Context, conn *sql.Conn, from fs.FS) (applied int, err error) {
	all, err := functionFiles(from)
	if err != nil || len(all) == 0 {
		return 0, err
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback()
	known, err := knownFunctions(ctx, tx)
	if err != nil {
		return 0, err
	}
	if err := newerFunctions(all, known); err != nil {
		return 0, err
	}
	for _, f := range all {
		if f.isApplied(known) {
			continue
		}
		if applied == 0 {
			if _, err := tx.ExecContext(ctx, `
				CREATE TABLE IF NOT EXISTS public.function_files (
				    name       text        PRIMARY KEY,
				    revision   bigint      NOT NULL,
				    sha256     text        NOT NULL,
				    applied_at timestamptz NOT NULL
				)`); err != nil {
				return 0, err
			}
		}
		if _, err := tx.ExecContext(ctx, f.text); err != nil {
			return 0, fmt.Errorf("%s failed, and the functions of the database stay as they were: %w", path.Base(f.name), err)
		}
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO public.function_files (name, revision, sha256, applied_at)
			VALUES ($1, $2, $3, now())
			ON CONFLICT (name) DO UPDATE SET revision = excluded.revision, sha256 = excluded.sha256, applied_at = excluded.applied_at`,
			f.name, f.revision, f.hash); err != nil {
			return 0, err
		}
		applied++
	}
	if applied == 0 {
		return 0, nil
	}
	return applied, tx.Commit()
}
