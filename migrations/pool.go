package migrations

import (
	"database/sql"
	"fmt"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// Pool makes the pool through which the program uses the tables: at most so many connections, opened as they are needed and kept.
// Parameters go along with their statement (binary_parameters), in one round trip instead of two, which a pooler between
// transactions needs as well; JSON therefore goes in as string. A statement whose context has ended ends soon after, whatever the
// server does.
func Pool(dsn string, connections int) (*sqlx.DB, error) {
	c, err := pq.NewConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("reading the database address: %w", err)
	}
	c.BinaryParameters = true
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = connectTime
	}
	pool := sql.OpenDB(bounded{c})
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	return sqlx.NewDb(pool, "postgres"), nil
}
