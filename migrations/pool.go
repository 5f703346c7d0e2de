package migrations

import (
	"database/sql"
	"fmt"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// Pool makes the pool through which the program uses the tables: at most so many connections, opened as they are needed and kept. Parameters go along with
// their statement (binary_parameters), in one round trip instead of two, which a pooler between transactions needs as well; JSON therefore goes in as string.
func Pool(dsn string, connections int) (*sqlx.DB, error) {
	c, err := pq.NewConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("reading the database address: %w", err)
	}
	c.BinaryParameters = true
	connector, err := pq.NewConnectorConfig(c)
	if err != nil {
		return nil, fmt.Errorf("reading the database address: %w", err)
	}
	pool := sql.OpenDB(connector)
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	return sqlx.NewDb(pool, "postgres"), nil
}
